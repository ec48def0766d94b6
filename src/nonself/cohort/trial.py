"""Cohort times arms: the same patients under each plan, simulated and kept as courses around a time zero."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from nonself.codegen.program import Program
from nonself.cohort.population import Cohort
from nonself.cohort.regimen import Item, actions
from nonself.cohort.solvers import Check, Solver
from nonself.engine.problem import Action, Problem, parameter_table
from nonself.engine.result import Failure, Status
from nonself.engine.verify import Verified
from nonself.errors import InputError, UnknownName

Array = NDArray[np.float64]


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
    """The courses of one arm.

    **Arguments:** `values` (n, n_times, n_observables), NaN from a failure or death onward; `status` (n,) of
    `engine.result.Status`; `finished` (n,) who was followed to the end; `failures` one record for each patient that did
    not finish or is inaccurate; `verified` what verifying found, None if nobody asked; `cause` (n,) the hazard that a
    patient died of, or ""; `lasted` (n,) how long each was followed from time zero.
    """

    arm: Arm
    observables: tuple[str, ...]
    values: Array
    status: NDArray[np.int64]
    finished: NDArray[np.bool_]
    failures: tuple[Failure, ...]
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

    def of(self, observable: str) -> Array:
        """Return (n, n_times) of one observable. **Raises:** `UnknownName` when it was not kept."""
        if observable not in self.observables:
            raise UnknownName("observable", observable, self.observables)
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
    workers: int = 1,
    progress: Callable[[int], None] | None = None,
) -> TrialResult:
    """Simulate a cohort under every arm.

    **Arguments:** `observables` the ones to keep; `rtol` relative tolerance; `solve` the integrator; `seed` of
    what happens by chance; `check` verifies what was integrated, by default nothing does; `progress` is called
    with the number of courses finished so far. **Returns:** the courses; patients that failed are in them, by
    status. **Raises:** `InputError` for a readout before the model's start, or a regimen that does not fit.

    **Example:** `run_trial(program, cohort, arms, schedule, observables=["Y"], rtol=1e-6, solve=solve)`
    """
    results = []
    for number, (arm, problem) in enumerate(
        zip(arms, problems(program, cohort, arms, schedule, rtol, seed), strict=True)
    ):
        report = _shifted(progress, number * len(cohort.patients))
        outcomes = solve(problem, workers=workers, progress=report, keep=tuple(observables))
        verified = None
        if check is not None:
            outcomes, verified = check(problem, outcomes, workers=workers)
        results.append(
            ArmResult(
                arm,
                outcomes.observables,
                outcomes.values,
                outcomes.status,
                outcomes.finished,
                outcomes.failures,
                verified,
                tuple("" if row < 0 else outcomes.causes[row] for row in outcomes.cause.tolist()),
                outcomes.reached - problem.first - schedule.zero,
            )
        )
    return TrialResult(cohort, schedule, tuple(results))


def problems(
    program: Program, cohort: Cohort, arms: Sequence[Arm], schedule: Schedule, rtol: float, seed: int = 0
) -> list[Problem]:
    """Return the problem of every arm of a cohort, with the same stops in all.

    **Raises:** as `run_trial`.

    **Example:** `problems(program, cohort, arms, schedule, 1e-6)[0].horizon`
    """
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
    zero = schedule.zero if begin is None else begin.time + schedule.zero
    grid = schedule.grid if schedule.grid.ndim == 2 else schedule.grid[:, None]
    return [
        Problem(
            program=program,
            patients=cohort.patients,
            parameters=parameter_table(program, len(cohort.patients), cohort.columns),
            horizon=zero + schedule.until,
            outputs=zero + grid,
            actions=plan,
            rtol=rtol,
            seed=seed,
            begin=begin,
        )
        for plan in plans
    ]


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


def _shifted(progress: Callable[[int], None] | None, before: int) -> Callable[[int, int], None] | None:
    if progress is None:
        return None
    report = progress
    return lambda done, total: report(before + done)
