"""What changes no bit, with delays, doses, events and conditions: width, chunks, order, workers, output grid, twins."""

from __future__ import annotations

import dataclasses
import functools

import numpy as np
import pytest

from nonself.codegen.build import build
from nonself.codegen.program import Program
from nonself.engine.loop import replay, solve
from nonself.engine.problem import Action, Array, Problem, parameter_table
from nonself.model.ir import Model
from nonself.model.parts import Event, Hazard
from tests.engine.eventful import compiled, model
from tests.engine.identities import same, same_on, select

PATIENTS = 37
GRID = np.array([0.0, 0.4, 3.0, 7.0, 7.5, 11.1, 20.0, 20.0, 26.0, 30.0])


def looking_back() -> Model:
    """Two delays, one in the other, of a curve; a dose, events that look back, a condition, and a hazard."""
    return model(
        {"drug": 2.5, "cells": 5.0, "given": 0.0, "struck": 0.0},
        {
            "drug": "-out*drug",
            "cells": "birth*delay(cells/(1 + cells**2), tau) + 0.05*delay(delay(drug*cells, tau), lag)"
            " - (kill*delay(drug, lag)*cells if drug > 1 else 0.1*cells)",
        },
        (
            Event("need", "delay(drug, lag) < low", {"drug": "drug + 3", "given": "given + 1"}),
            Event("late", "drug > 2", {"cells": "0.9*cells + 0.1*delay(cells, lag)"}, delay="0.2*drug"),
        ),
        {"low": 0.6, "out": 0.8, "kill": 0.4, "birth": 1.2, "tau": 1.3, "lag": 0.45},
        hazards=(Hazard("strike", "0.05", {"struck": 1}),),
    )  # fmt: skip


@functools.cache
def _built(width: int | None = None) -> Program:
    return compiled(looking_back(), width)


def _problem(width: int | None = None, grid: Array = GRID, **changes: object) -> Problem:
    built = _built(width)
    rng = np.random.default_rng(3)
    table = parameter_table(built, PATIENTS) * np.exp(rng.normal(0, 0.2, (len(built.parameters), PATIENTS)))
    table[built.parameters.index("lag"), 5] = 0.0
    actions = (
        Action(7.0, "add", "drug", 1.0), Action(20.0, "set", "low", 0.9),
        Action(np.linspace(5.0, 25.0, PATIENTS), "add", "cells", 0.5),
    )  # fmt: skip
    names = tuple(f"p{k}" for k in range(PATIENTS))
    return dataclasses.replace(Problem(built, names, table, 30.0, grid, actions, seed=2), **changes)  # type: ignore[arg-type]


def test_every_course_is_complete_and_differs() -> None:
    outcomes = solve(_problem())
    assert outcomes.finished.all()
    assert outcomes.of("given")[:, -1].min() > 1
    assert len(set(outcomes.of("cells")[:, -1].tolist())) == PATIENTS


@pytest.mark.parametrize("width", [4, 2, 1])
def test_vector_width(width: int) -> None:
    assert same(solve(_problem()), solve(_problem(width)))


def test_looped_factors() -> None:
    """A large model's LU loops over tables."""
    looped = build(looking_back(), use_cache=False, largest_unrolled=0)
    assert same(solve(_problem()), solve(dataclasses.replace(_problem(), program=looped)))


def test_chunks_and_workers() -> None:
    whole = solve(_problem())
    for chunk, workers in ((1, 1), (5, 2), (PATIENTS, 2)):
        assert same(whole, solve(_problem(), chunk=chunk, workers=workers))


def test_order_and_replay() -> None:
    problem = _problem()
    whole = solve(problem)
    order = list(np.random.default_rng(4).permutation(PATIENTS))
    assert solve(select(problem, order)).values.tobytes() == whole.values[order].tobytes()
    for index in (0, 5, 36):
        assert solve(replay(problem, f"p{index}")).values[0].tobytes() == whole.values[index].tobytes()


def test_room_for_the_past(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = solve(_problem())
    monkeypatch.setattr("nonself.engine.loop.SEGMENTS", 2)
    assert same(whole, solve(_problem()))
    monkeypatch.setattr("nonself.engine.loop.SEGMENTS", 4096)
    assert same(whole, solve(_problem()))


def test_output_grid() -> None:
    whole = solve(_problem())
    grid = np.sort(np.concatenate([GRID, np.random.default_rng(5).uniform(0, 30, 200)]))
    finer = solve(_problem(grid=grid))
    assert same_on(GRID, whole, grid, finer)


def test_twins_are_equal_before_a_change() -> None:
    grid = np.sort(np.concatenate([GRID[GRID < 20], 20.0 - np.geomspace(1e-3, 1.0, 20), [24.0]]))
    problem = _problem(grid=grid)
    changed = (problem.actions[0], dataclasses.replace(problem.actions[1], value=0.3), problem.actions[2])
    one, other = solve(problem), solve(dataclasses.replace(problem, actions=changed))
    assert one.values[:, :-1].tobytes() == other.values[:, :-1].tobytes()
    assert one.values[:, -1].tobytes() != other.values[:, -1].tobytes()


def test_before_and_after_a_jump_that_is_seen_again() -> None:
    """A readout before what happens at a time sees the earlier side of a jump that is looked back at then."""
    given = model({"x": 0.0, "y": 0.0}, {"y": "delay(x, 0.5)"}, expressions={"seen": "delay(x, 0.5)"})
    built = compiled(dataclasses.replace(given, observables=(_shown(),)))
    found = {}
    for readout in ("before", "after"):
        names, table = ("p",), parameter_table(built, 1)
        actions = (Action(1.0, "add", "x", 1.0), Action(1.5, "pause"))
        posed = Problem(built, names, table, 2.0, np.array([1.4, 1.5, 1.6]), actions, readout=readout)  # type: ignore[arg-type]
        found[readout] = solve(posed).of("seen")[0].tolist()
    assert found == {"before": [0, 0, 1], "after": [0, 1, 1]}


def _shown() -> object:
    from nonself.model.parts import Observable

    return Observable("seen", "seen", "1")
