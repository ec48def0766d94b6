"""Every cohort of a study under every arm, by the engine; who is inaccurate is marked wherever it is shown."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np

from nonself.cohort.solvers import Solver
from nonself.cohort.trial import TrialResult, run_trial
from nonself.engine.result import Status
from nonself.study import drawings
from nonself.study.measure import reduction
from nonself.study.prepare import Group, Prepared

Progress = Callable[[int, int], None]


def simulate_all(
    prepared: Prepared,
    workers: int,
    progress: Progress | None = None,
    is_verified: bool = False,
    solver: Solver | None = None,
    courses: bool = False,
) -> tuple[TrialResult, ...]:
    """Simulate every cohort under every arm, and reduce it to its endpoints and bands.

    **Arguments:** `is_verified` integrates a sample of each again and marks who is inaccurate; `solver` by default the
    engine's `solve`; `courses` keeps them whole.
    """
    from nonself.codegen.build import build
    from nonself.engine.loop import solve
    from nonself.engine.verify import verify

    reductions = [reduction(prepared, group) for group in prepared.groups]
    program = build(prepared.model)
    sizes = [len(group.cohort.patients) * len(group.arms) for group in prepared.groups]
    trials = []
    for number, group in enumerate(prepared.groups):
        before = sum(sizes[:number])
        report = None if progress is None else _counting(progress, before, sum(sizes))
        trials.append(
            run_trial(
                program,
                group.cohort,
                group.arms,
                group.schedule,
                observables=prepared.kept,
                rtol=prepared.study.spec.rtol,
                solve=solver or solve,
                seed=prepared.study.spec.seed,
                check=verify if is_verified else None,
                reduce=reductions[number],
                courses=courses,
                workers=workers,
                progress=report,
            )
        )
    return tuple(trials)


def _counting(progress: Progress, before: int, total: int) -> Callable[[int], None]:
    return lambda done: progress(before + done, total)


def simulate_panels(
    prepared: Prepared, trials: Sequence[TrialResult], workers: int
) -> tuple[Group, TrialResult] | None:
    """Simulate the patients shown singly over their whole course, from the model's start.

    **Arguments:** `trials` of `simulate_all`: who is inaccurate there is so here.
    """
    from nonself.codegen.build import build
    from nonself.engine.loop import solve

    name = prepared.study.spec.panels
    for group, measured in zip(prepared.groups, trials, strict=True):
        if group.cohort.name == name:
            whole = np.linspace(-group.schedule.zero, group.schedule.until, drawings.PANEL_POINTS)
            trial = run_trial(
                build(prepared.model),
                group.cohort,
                group.arms,
                replace(group.schedule, grid=whole),
                observables=tuple(shown.id for shown in prepared.shown),
                rtol=prepared.study.spec.rtol,
                solve=solve,
                seed=prepared.study.spec.seed,
                courses=True,
                workers=workers,
            )
            return group, _marked(trial, measured)
    return None


def _marked(trial: TrialResult, measured: TrialResult) -> TrialResult:
    """The same trial with the status INACCURATE for whom it was found."""
    arms = []
    for arm, other in zip(trial.arms, measured.arms, strict=True):
        wrong = other.status == int(Status.INACCURATE)
        arms.append(replace(arm, status=np.where(wrong, other.status, arm.status)))
    return replace(trial, arms=tuple(arms))
