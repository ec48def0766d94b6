"""Cohort times arms: the same patients under each plan, simulated and kept as courses around a time zero."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nonself.codegen.program import Program
from nonself.cohort.population import Cohort
from nonself.cohort.regimen import Item, actions
from nonself.cohort.solvers import Check, Solver
from nonself.engine.problem import Action, Problem, parameter_table
from nonself.engine.result import Failure
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
    alike or (n_times, n).
    """

    zero: Array
    grid: Array
    until: float


@dataclass(frozen=True, slots=True)
class ArmResult:
    """The courses of one arm.

    **Arguments:** `values` (n, n_times, n_observables), NaN from a failure onward; `status` (n,) of
    `engine.result.Status`; `failures` one record for each patient that did not finish or is inaccurate;
    `verified` what verifying found, None if nobody asked.
    """

    arm: Arm
    observables: tuple[str, ...]
    values: Array
    status: NDArray[np.int64]
    finished: NDArray[np.bool_]
    failures: tuple[Failure, ...]
    verified: Verified | None = None

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
    grid = schedule.grid if schedule.grid.ndim == 2 else schedule.grid[:, None]
    return [
        Problem(
            program=program,
            patients=cohort.patients,
            parameters=parameter_table(program, len(cohort.patients), cohort.columns),
            horizon=schedule.zero + schedule.until,
            outputs=schedule.zero + grid,
            actions=plan,
            rtol=rtol,
            seed=seed,
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
