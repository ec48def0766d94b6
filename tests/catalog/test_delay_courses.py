"""Whole courses of the models with delays: the engine against SciPy on the second writings."""

from __future__ import annotations

import importlib

import numpy as np
import pytest

from nonself.catalog import registry
from nonself.engine.loop import solve
from nonself.engine.problem import Array, Problem, parameter_table
from tests.catalog.test_second_writings import built
from tests.dde import solve_dde

APART = 3e-9  # relative to the largest value
COURSES = [
    ("kim_lee_levy2008", "P1", 400.0), ("kim_lee_levy2008", "P4", 400.0), ("kim_lee_levy2008", "P12", 400.0),
    ("mackey_glass1977", "default", 500.0), ("mackey_glass1977", "settles", 200.0), ("wheldon1974", "default", 100.0),
    ("zhuge_lei_mackey2012", "default", 200.0), ("zhuge_lei_mackey2012", "no_other_lines", 200.0),
]  # fmt: skip


def difference(id: str, variant: str, until: float, breach: dict[str, float] | None = None) -> float:
    """Return the largest difference of any species, relative to the most of it, over 81 times."""
    writing, program = importlib.import_module(f"tests.qc.{id}"), built(id)
    values = {one.id: dict(one.values) for one in registry.model(id).variants}.get(variant, {})
    grid = np.linspace(0.0, until, 81)
    table = parameter_table(program, 1, {**values, **(breach or {})})
    found = solve(Problem(program, ("p",), table, until, grid, rtol=1e-10))
    assert found.finished.all()
    given = writing.VARIANTS.get(variant, writing.PARAMETERS)
    start = writing.INITIALS.get(variant, writing.INITIAL)
    course = solve_dde(
        lambda t, y, past: writing.rhs(t, y, given, past), writing.lags(given),
        [start[name] for name in writing.SPECIES], until, 1e-11, 1e-26,
    )  # fmt: skip
    expected: Array = np.array([course(time) for time in grid])
    worst = 0.0
    for column, name in enumerate(writing.SPECIES):
        off = np.abs(found.of(name)[0] - expected[:, column]).max()
        worst = max(worst, float(off / (np.abs(expected[:, column]).max() + 1e-12)))
    return worst


@pytest.mark.parametrize(("id", "variant", "until"), COURSES)
def test_the_whole_course_is_that_of_scipy(id: str, variant: str, until: float) -> None:
    assert difference(id, variant, until) < APART


@pytest.mark.parametrize(
    ("id", "variant", "breach"),
    [
        ("kim_lee_levy2008", "P1", {"tau": 1.001}), ("mackey_glass1977", "settles", {"tau": 4.004}),
        ("wheldon1974", "default", {"tau": 20.02}), ("zhuge_lei_mackey2012", "default", {"tau_S": 2.803}),
    ],
)  # fmt: skip
def test_planted_breach_a_delay_a_thousandth_longer_is_seen(
    id: str, variant: str, breach: dict[str, float]
) -> None:
    assert difference(id, variant, 60.0, breach) > 10 * APART
