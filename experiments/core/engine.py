"""The core as a program, and batches of it: columns of parameters in, a level of tissue out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache

import numpy as np
from numpy.typing import NDArray

from nonself.catalog.core import CORE
from nonself.codegen.build import build
from nonself.codegen.program import Program
from nonself.engine.loop import solve
from nonself.engine.problem import Action, Problem, parameter_table
from nonself.engine.result import Outcomes
from nonself.model.compose import compose

Array = NDArray[np.float64]
Columns = Mapping[str, Array | float]
YEAR = 365.25
MONTH = 30.0  # days between readouts
LASTS = 6  # readouts that tissue must be down: half a year
HALF = 0.5  # tissue below one half is loss
RTOL = 1e-5
WORKERS = 2


@cache
def program() -> Program:
    """Return the compiled core."""
    return build(compose(CORE, id="core", time_unit="day"))


def run(
    columns: Columns,
    count: int,
    days: float,
    actions: Sequence[Action] = (),
    keep: tuple[str, ...] = ("tissue",),
) -> Outcomes:
    """Integrate `count` patients with these columns of parameters, read out every month; all must finish."""
    problem = Problem(
        program(),
        tuple(f"p{row}" for row in range(count)),
        parameter_table(program(), count, columns),
        days,
        np.arange(MONTH, days + 1e-9, MONTH),
        tuple(actions),
        rtol=RTOL,
    )
    found = solve(problem, workers=WORKERS, keep=keep)
    if not found.finished.all():
        raise RuntimeError(f"{len(found.failures)} patients did not finish: {found.failures[0].sentence}")
    return found


def held(outcomes: Outcomes) -> Array:
    """Return (n_patients,) the level of tissue that was undercut for half a year in all."""
    return np.partition(outcomes.of("tissue"), LASTS - 1, axis=1)[:, LASTS - 1]


def usual_infections(days: float, first: float = 100.0, gap: float = YEAR / 1.5) -> list[Action]:
    """Return infections of the usual size at the usual pace."""
    return [Action(float(time), "add", "innate", 1.0) for time in np.arange(first, days, gap)]


def deep_depletion(at: float = 365.0, kill: float = 0.6) -> list[Action]:
    """Return a depletion over five days that leaves exp(-5 kill) of every lymphocyte: 5 % at 0.6 a day."""
    return [Action(at, "set", "depletion", kill), Action(at + 5.0, "set", "depletion", 0.0)]
