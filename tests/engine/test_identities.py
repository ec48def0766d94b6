"""What changes no bit: width, chunks, order, workers, output grid."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nonself.engine.loop import replay, solve
from nonself.engine.problem import Action, Array, Problem, parameter_table
from nonself.engine.result import Outcomes
from tests.engine.identities import same, same_on, select
from tests.models import program

PATIENTS = 29
GRID = np.array([0.0, 0.3, 3.0, 7.0, 7.5, 13.0, 28.0, 28.0, 33.3, 60.0])
ACTIONS = (
    Action(0.0, "add", "drug", 3.0),
    Action(7.0, "add", "drug", 2.0),
    Action(7.0, "set", "kill", 1.5),
    Action(28.0, "add", "drug", np.linspace(0.5, 4.0, PATIENTS)),
    Action(np.linspace(10.0, 50.0, PATIENTS), "set", "kill", 0.0),
    Action(60.0, "add", "drug", 1.0),
)


def _problem(width: int | None = None, grid: Array = GRID, **changes: object) -> Problem:
    built = program("dosed", width)
    rng = np.random.default_rng(7)
    table = parameter_table(built, PATIENTS) * np.exp(rng.normal(0, 0.3, (len(built.parameters), PATIENTS)))
    names = tuple(f"p{k}" for k in range(PATIENTS))
    problem = Problem(built, names, table, 60.0, grid, ACTIONS)
    return dataclasses.replace(problem, **changes)  # type: ignore[arg-type]


@pytest.mark.parametrize("width", [4, 2, 1])
def test_vector_width(width: int) -> None:
    assert same(solve(_problem(8)), solve(_problem(width)))


@pytest.mark.parametrize("chunk", [1, 3, 8, 11, 29, 64])
def test_chunks(chunk: int) -> None:
    assert same(solve(_problem()), solve(_problem(), chunk=chunk))


def test_workers() -> None:
    assert same(solve(_problem(), chunk=4), solve(_problem(), chunk=4, workers=2))


@settings(max_examples=15, deadline=None)
@given(st.permutations(range(PATIENTS)))
def test_patient_order(order: list[int]) -> None:
    whole, mixed = solve(_problem()), solve(select(_problem(), order))
    assert mixed.values.tobytes() == whole.values[order].tobytes()


@settings(max_examples=25, deadline=None)
@given(st.lists(st.floats(0.0, 60.0), min_size=1, max_size=30))
def test_output_grid(times: list[float]) -> None:
    """A value at a time is the same whatever else is read, and the steps are too."""
    grid = np.sort(np.array([*times, *GRID]))
    whole, finer = solve(_problem()), solve(_problem(grid=grid))
    assert same_on(GRID, whole, grid, finer)


def test_replay_of_one_patient_gives_the_same_bytes() -> None:
    whole = solve(_problem())
    for index in (0, 13, 28):
        alone = solve(replay(_problem(), f"p{index}"))
        assert alone.values[0].tobytes() == whole.values[index].tobytes()


def test_planted_breach_one_bit_in_one_parameter_is_seen() -> None:
    problem = _problem()
    table = problem.parameters.copy()
    table[0, 5] = np.nextafter(table[0, 5], np.inf)
    assert not same(solve(problem), solve(dataclasses.replace(problem, parameters=table)))


def test_planted_breach_another_tolerance_is_seen() -> None:
    assert not same(solve(_problem()), solve(_problem(rtol=1.0000001e-6)))


def test_a_change_leaves_everything_before_it_alone() -> None:
    """Twins that share one stop table are the same to the bit before the change, 20 points in its last step too."""
    late = 28.0 - np.geomspace(1e-3, 1.0, 20)[::-1]
    grid = np.sort(np.concatenate([GRID[GRID < 28], late]))
    with_dose = _problem(grid=grid)
    without = dataclasses.replace(
        with_dose, actions=tuple(dataclasses.replace(a, value=0.0) if a.time is ACTIONS[3].time and k == 3 else a
                                 for k, a in enumerate(with_dose.actions))
    )  # fmt: skip
    assert same_values(solve(with_dose), solve(without))
    after = np.array([29.0])
    assert not same_values(
        solve(dataclasses.replace(with_dose, outputs=after)),
        solve(dataclasses.replace(without, outputs=after)),
    )


def same_values(left: Outcomes, right: Outcomes) -> bool:
    """True when two outcomes hold the same values to the bit."""
    return left.values.tobytes() == right.values.tobytes()
