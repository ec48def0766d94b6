"""Cohort times arms: the same patients under each plan, simulated around a time zero and reduced chunk by chunk."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from nonself.codegen.program import Program
from nonself.cohort.population import Cohort
from nonself.cohort.regimen import Item, actions
from nonself.cohort.solvers import Check, Reduce, Reduced, Solver
from nonself.engine.cohorts import in_chunks
from nonself.engine.loop import CHUNK
from nonself.engine.problem import Action, Problem, parameter_table
from nonself.engine.result import Failure, Outcomes, Status
from nonself.engine.tally import Counts, together
from nonself.engine.verify import Verified, sample
from nonself.errors import InputError, UnknownName

Array = NDArray[np.float64]
EVERYBODY = slice(None)


@dataclass(frozen=True, slots=True)
class Arm:
    """A named plan: its regimen, and `who` is on it in words ("who stopped")."""

    name: str
    items: tuple[Item, ...]
    who: str = ""


@dataclass(frozen=True, slots=True)
class Schedule:
    """When patients are read out, up to `until`: `grid` relative to each patient's `zero` (n,), (n_times,) for all
    alike or (n_times, n); `zero` from the model's start, or from where courses go on.
    """

    zero: Array
    grid: Array
    until: float


@dataclass(frozen=True, slots=True)
class ArmResult:
    """What one arm gave.

    **Arguments:** `status` (n,) of `engine.result.Status`; `failures` one record for each patient that did not finish
    or is inaccurate; `prints` (n,) a digest of each course, bit by bit; `columns` and `counts` what it was reduced to;
    `values` (n, n_times, n_observables), NaN from a failure or death onward, None unless courses are kept; `verified`
    what verifying found, None if nobody asked; `cause` (n,) the hazard that a patient died of, or ""; `lasted` (n,) how
    long each was followed from time zero.
    """

    arm: Arm
    observables: tuple[str, ...]
    status: NDArray[np.int64]
    failures: tuple[Failure, ...]
    prints: NDArray[np.uint64]
    columns: Mapping[str, Array] = field(default_factory=dict)
    counts: Mapping[str, Counts] = field(default_factory=dict)
    values: Array | None = None
    verified: Verified | None = None
    cause: tuple[str, ...] = ()
    lasted: Array = field(default_factory=lambda: np.empty(0))

    @property
    def died(self) -> NDArray[np.bool_]:
        """(n,) true for who died while followed."""
        return np.asarray(self.status == int(Status.DIED))

    @property
    def followed(self) -> NDArray[np.bool_]:
        """(n,) true for who was followed to the end or to death."""
        return self.finished | self.died

    @property
    def finished(self) -> NDArray[np.bool_]:
        """(n,) true where the course is complete."""
        return self.status <= int(Status.FINISHED_ON_RETRY)

    def of(self, observable: str) -> Array:
        """Return (n, n_times) of one observable.

        **Raises:** `UnknownName` when it was not read out; `InputError` when courses were not kept.
        """
        if observable not in self.observables:
            raise UnknownName("observable", observable, self.observables)
        if self.values is None:
            raise InputError("the courses were not kept", mend="run again with courses=True")
        return np.asarray(self.values[:, :, self.observables.index(observable)])


@dataclass(frozen=True, slots=True)
class TrialResult:
    """One cohort under every arm, on a schedule."""

    cohort: Cohort
    schedule: Schedule
    arms: tuple[ArmResult, ...]


def run_trial(
    program: Program,
    cohort: Cohort,
    arms: Sequence[Arm],
    schedule: Schedule,
    *,
    observables: Sequence[str],
    rtol: float,
    solve: Solver,
    seed: int = 0,
    check: Check | None = None,
    reduce: Reduce | None = None,
    courses: bool = False,
    workers: int = 1,
    progress: Callable[[int], None] | None = None,
) -> TrialResult:
    """Simulate a cohort under every arm, chunk by chunk: memory does not grow with courses unless they are kept.

    **Arguments:** `observables` the ones to read out; `rtol` relative tolerance; `solve` the integrator; `seed` of
    what happens by chance, and of the sample that `check` verifies, by default nothing does; `reduce` what is kept of
    each course; `courses` keeps them whole; `workers` threads, which change no bit; `progress` is called with the
    number of courses finished so far. **Returns:** what was kept; patients that failed are in it, by status.
    **Raises:** `InputError` for a readout before the model's start, or a regimen that does not fit.

    **Example:** `run_trial(program, cohort, arms, schedule, observables=["Y"], rtol=1e-6, solve=solve)`
    """
    problem_of = _planned(program, cohort, arms, schedule, rtol, seed)
    chosen = np.empty(0, dtype=np.intp) if check is None else sample(cohort.patients, seed)
    total, results = len(cohort.patients), []
    for number, arm in enumerate(arms):

        def one(rows: slice, number: int = number) -> _Part:
            problem = problem_of(number, rows)
            outcomes, verified = solve(problem, workers=1, keep=tuple(observables)), None
            if check is not None:
                own = chosen[(chosen >= rows.start) & (chosen < rows.stop)] - rows.start
                outcomes, verified = check(problem, outcomes, own)
            lasted = outcomes.reached - problem.first - schedule.zero[rows]
            reduced = None if reduce is None else reduce(outcomes, lasted, rows)
            return _part(outcomes, verified, lasted, reduced, courses)

        gathered = _Gathered(total)
        for rows, part in in_chunks(total, one, workers=workers, chunk=CHUNK):
            gathered.put(rows, part)
            if progress is not None:
                progress(number * total + gathered.done)
        results.append(gathered.result(arm, tuple(observables)))
    return TrialResult(cohort, schedule, tuple(results))


@dataclass(frozen=True, slots=True)
class _Part:
    """One chunk of one arm, reduced."""

    tables: Mapping[str, NDArray[np.generic]]
    counts: Mapping[str, Counts]
    failures: tuple[Failure, ...]
    verified: Verified | None
    causes: tuple[str, ...]


def _part(
    outcomes: Outcomes, verified: Verified | None, lasted: Array, reduced: Reduced | None, courses: bool
) -> _Part:
    rows = np.ascontiguousarray(outcomes.values, dtype="<f8")
    prints = b"".join(hashlib.blake2b(row.tobytes(), digest_size=8).digest() for row in rows)
    tables: dict[str, NDArray[np.generic]] = {
        "status": outcomes.status,
        "cause": outcomes.cause,
        "lasted": lasted,
        "prints": np.frombuffer(prints, dtype="<u8").astype(np.uint64),
        **({} if reduced is None else {f"column {name}": part for name, part in reduced.columns.items()}),
        **({"values": outcomes.values} if courses else {}),
    }
    counts = {} if reduced is None else reduced.counts
    return _Part(tables, counts, outcomes.failures, verified, outcomes.causes)


class _Gathered:
    """The tables of one arm, filled by chunks in any order."""

    def __init__(self, total: int) -> None:
        self.total = total
        self.done = 0
        self.tables: dict[str, NDArray[np.generic]] = {}
        self.counts: dict[str, Counts] = {}
        self.failures: list[Failure] = []
        self.verified: list[tuple[int, Verified]] = []
        self.causes: tuple[str, ...] = ()

    def put(self, rows: slice, part: _Part) -> None:
        """Put a chunk where it belongs."""
        for name, table in part.tables.items():
            if name not in self.tables:
                self.tables[name] = np.empty((self.total, *table.shape[1:]), dtype=table.dtype)
            self.tables[name][rows] = table
        for name, counts in part.counts.items():
            self.counts[name] = together([self.counts[name], counts]) if name in self.counts else counts
        self.failures += [replace(one, index=one.index + rows.start) for one in part.failures]
        self.causes = part.causes
        if part.verified is not None:
            self.verified.append((rows.start, part.verified))
        self.done += rows.stop - rows.start

    def result(self, arm: Arm, observables: tuple[str, ...]) -> ArmResult:
        """Return the arm, all chunks being there."""
        tables = {name: np.asarray(table) for name, table in self.tables.items()}
        heads = {name: name.removeprefix("column ") for name in tables if name.startswith("column ")}
        return ArmResult(
            arm=arm,
            observables=observables,
            status=tables["status"],
            failures=tuple(sorted(self.failures, key=lambda one: one.index)),
            prints=tables["prints"],
            columns={head: tables[name] for name, head in heads.items()},
            counts=self.counts,
            values=tables.get("values"),
            verified=self._verified(),
            cause=tuple("" if row < 0 else self.causes[row] for row in tables["cause"].tolist()),
            lasted=tables["lasted"],
        )

    def _verified(self) -> Verified | None:
        if not self.verified:
            return None
        ordered = sorted(self.verified, key=lambda one: one[0])
        return replace(
            ordered[0][1],
            rows=np.concatenate([first + one.rows for first, one in ordered]),
            differences=np.concatenate([one.differences for _, one in ordered]),
        )


def problems(
    program: Program,
    cohort: Cohort,
    arms: Sequence[Arm],
    schedule: Schedule,
    rtol: float,
    seed: int = 0,
    rows: slice = EVERYBODY,
) -> list[Problem]:
    """Return the problem of every arm of a cohort, or of some of its patients, with the same stops in all.

    **Raises:** as `run_trial`.

    **Example:** `problems(program, cohort, arms, schedule, 1e-6)[0].horizon`
    """
    problem_of = _planned(program, cohort, arms, schedule, rtol, seed)
    return [problem_of(number, rows) for number in range(len(arms))]


def _planned(
    program: Program, cohort: Cohort, arms: Sequence[Arm], schedule: Schedule, rtol: float, seed: int
) -> Callable[[int, slice], Problem]:
    """Return what makes the problem of one arm and some patients; only what is done is made for all at once."""
    require_after_start(cohort, schedule)
    defaults = dict(zip(program.parameters, program.defaults.tolist(), strict=True))
    plans = with_shared_stops([actions(arm.items, cohort, defaults) for arm in arms])
    begin = None if cohort.history is None else cohort.history.begin
    if cohort.history is not None:
        first = cohort.history.begin.time
        plans = [
            (*(replace(one, time=one.time + first) for one in plan), *cohort.history.actions)
            for plan in plans
        ]
    grid = schedule.grid if schedule.grid.ndim == 2 else schedule.grid[:, None]

    def problem(number: int, rows: slice) -> Problem:
        patients = cohort.patients[rows]
        columns = {name: values[rows] for name, values in cohort.columns.items()}
        own = None if begin is None else begin.part(rows)
        first, zero = np.zeros(1) if own is None else own.time, schedule.zero[rows]
        return Problem(
            program=program,
            patients=patients,
            parameters=parameter_table(program, len(patients), columns),
            horizon=first + (zero + schedule.until),
            outputs=first
            + (zero + (grid[:, rows] if grid.shape[1] > 1 else grid)),  # no readout before the begin
            actions=tuple(action.part(rows) for action in plans[number]),
            rtol=rtol,
            seed=seed,
            begin=own,
        )

    return problem


def require_after_start(cohort: Cohort, schedule: Schedule) -> None:
    """Refuse a schedule whose first readout lies before the model's start for some patient.

    **Raises:** `InputError` naming the patient.
    """
    first = schedule.zero + schedule.grid[0]
    if not np.all(first >= 0):
        row = int(np.argmin(first))
        raise InputError(
            f"the first readout of patient {cohort.patients[row]!r} in cohort {cohort.name!r} would lie "
            f"{-first[row]:g} before the model's start",
            mend=f"start the readouts at {-schedule.zero.min():g} or later, relative to time zero",
        )


def with_shared_stops(plans: Sequence[tuple[Action, ...]]) -> list[tuple[Action, ...]]:
    """Give every arm a stop wherever any arm has one: where it does nothing, it pauses.

    So the steps of all arms are the same until their plans differ, and their courses bit-identical until
    then.
    """
    stops: dict[bytes, Action] = {}
    for plan in plans:
        for action in plan:
            stops.setdefault(_moment(action), Action(action.time, "pause"))
    shared = []
    for plan in plans:
        own = {_moment(action) for action in plan}
        shared.append((*plan, *(action for key, action in stops.items() if key not in own)))
    return shared


def _moment(action: Action) -> bytes:
    return np.asarray(action.time, dtype=float).tobytes()
