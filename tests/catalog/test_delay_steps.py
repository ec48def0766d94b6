"""Courses of the models with delays: the engine against the plainest steps there are, on the second writings."""

from __future__ import annotations

import functools

import numpy as np
import pytest

from nonself.engine.loop import solve
from nonself.engine.problem import Array, Problem
from tests.catalog.test_delay_writings import Values, given, published, second
from tests.catalog.test_second_writings import built
from tests.steps import solve_by_steps

# id, set, days, length of a step (every delay is a whole number of them)
COURSES = [
    ("kim_lee_levy2008", "P1", 300.0, 0.02), ("mackey_glass1977", "default", 200.0, 0.02),
    ("wheldon1974", "default", 100.0, 0.005), ("zhuge_lei_mackey2012", "default", 100.0, 0.01),
]  # fmt: skip
CLOSE = 1e-9  # of the largest value of each species


@functools.cache
def engine_course(id: str, variant: str, until: float) -> Array:
    program, writing = built(id), second(id)
    problem = Problem(program, ("p",), given(id, variant), until, np.linspace(0.0, until, 101), rtol=1e-11)
    found = solve(problem)
    assert found.finished.all()
    return np.array([found.of(name)[0] for name in writing.SPECIES]).T


def off_course(id: str, variant: str, until: float, step: float, change: Values | None = None) -> float:
    """Return how far the engine's course is from plain steps of the second writing, relative to the most of each."""
    writing, (numbers, start) = second(id), published(id, variant)
    changed = {**numbers, **(change or {})}
    begin = [start[name] * (change or {}).get(name, 1.0) for name in writing.SPECIES]
    count = round(until / step)
    course = solve_by_steps(
        lambda t, y, past: writing.rhs(t, y, changed, past), writing.lags(changed), begin, step, count
    )
    found, mine = engine_course(id, variant, until), course[:: count // 100]
    return float((np.abs(found - mine).max(0) / (np.abs(mine).max(0) + 1e-30)).max())


@pytest.mark.parametrize(("id", "variant", "until", "step"), COURSES)
def test_the_engine_is_where_plain_steps_are(id: str, variant: str, until: float, step: float) -> None:
    assert off_course(id, variant, until, step) < CLOSE


@pytest.mark.parametrize(
    ("id", "variant", "until", "step", "change"),
    [
        ("kim_lee_levy2008", "P1", 50.0, 0.02, {"tau": 1 + 1 / 60}),
        ("kim_lee_levy2008", "P1", 50.0, 0.02, {"T": 1.000001}),
        ("mackey_glass1977", "default", 50.0, 0.02, {"tau": 14.02}),
        ("wheldon1974", "default", 50.0, 0.005, {"delay": 20.005}),
        ("zhuge_lei_mackey2012", "default", 50.0, 0.01, {"tau_S": 2.81}),
        ("zhuge_lei_mackey2012", "default", 50.0, 0.01, {"tau_NM": 6.01}),
    ],
)
def test_planted_breach_a_delay_one_step_longer_is_seen(
    id: str, variant: str, until: float, step: float, change: Values
) -> None:
    assert off_course(id, variant, until, step, change) > 10 * CLOSE
