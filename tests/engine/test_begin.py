"""Courses that go on from the end of others, to the same bytes; shares left of a species; deaths."""

from __future__ import annotations

import dataclasses
import functools
from pathlib import Path

import numpy as np
import pytest
from scipy import stats

from nonself.codegen.build import build
from nonself.codegen.program import Program
from nonself.engine.finished import Keeper
from nonself.engine.loop import replay, solve
from nonself.engine.problem import Action, Array, Begin, Problem, parameter_table
from nonself.engine.result import Outcomes, Status
from nonself.engine.trace import trace
from nonself.engine.verify import sample, verify
from nonself.errors import InputError
from nonself.model.check import check
from nonself.model.compose import compose
from nonself.model.parts import Expression, Hazard, Mechanism, Parameter, Reaction, Species
from nonself.provenance import assumed

WHY = assumed("a test")
COUNT = 60
NAMES = tuple(f"p{k}" for k in range(COUNT))
GRID = np.linspace(0.0, 40.0, 21)

LIFE = Mechanism(
    "life", "a cell number with feedback that ages, mutates and may be the death of its patient", (),
    species=(
        Species("cells", "base", "1", WHY, scale=1e-3), Species("drug", 0.0, "1", WHY, scale=1e-3),
        Species("mutants", 0.0, "1", WHY, scale=1e-3),
    ),
    parameters=(
        Parameter("base", 5.0, "1", WHY), Parameter("k", 0.7, "1/day", WHY), Parameter("out", 3.0, "1/day", WHY),
        Parameter("mu", 0.2, "1/day", WHY), Parameter("lethal", 0.02, "1/day", WHY),
        Parameter("old", 0.002, "1/day", WHY), Parameter("aging", 30.0, "day", WHY),
    ),
    expressions=(Expression("age", "exp(time/aging)", "1"),),
    reactions=(
        Reaction("birth", "k*base", {"cells": 1}),
        Reaction("death", "k*cells*(1 + drug)", {"cells": -1}),
        Reaction("clearance", "out*drug", {"drug": -1}),
    ),
    hazards=(
        Hazard("mutation", "mu*cells/base", {"mutants": 1}),
        Hazard("depletion", "lethal*max(1 - cells/base, 0)", {}, "too few cells", ends=True),
        Hazard("years", "old*age", {}, "age", ends=True),
    ),
)  # fmt: skip


@functools.cache
def program(width: int | None = None) -> Program:
    level = None if width is None or width == 8 else "x86-64-v3"
    model = compose([LIFE], id="life", time_unit="day")
    assert check(model) == ()
    return build(model, width=width, level=level, use_cache=False)


def lives(width: int | None = None, **changes: object) -> Problem:
    built = program(width)
    table = parameter_table(built, COUNT, {"base": np.linspace(2.0, 9.0, COUNT)})
    doses = tuple(Action(time, "add", "drug", 1.0) for time in (3.0, 17.0, 29.5))
    problem = Problem(built, NAMES, table, 40.0, GRID, actions=doses, rtol=1e-7, seed=3)
    return dataclasses.replace(problem, **changes)  # type: ignore[arg-type]


def continued(problem: Problem, middle: Array) -> tuple[Outcomes, Outcomes, Outcomes]:
    """The whole course with a renewal at `middle`; its first part; what goes on from the end of that."""
    whole = solve(dataclasses.replace(problem, actions=(*problem.actions, Action(middle, "renew"))))
    early = [a for a in problem.actions if a.time < middle.min()]
    late = [a for a in problem.actions if a.time >= middle.max()]
    before = solve(dataclasses.replace(problem, horizon=middle, outputs=np.zeros(1), actions=tuple(early)))
    begin = Begin(middle, before.final.T, before.fired.T)
    alive = np.flatnonzero(~before.died)
    after = dataclasses.replace(problem, begin=begin, actions=tuple(late), outputs=GRID[middle.max() <= GRID])
    return whole, before, solve(after.part(alive))


@pytest.mark.parametrize("width", [8, 1])
def test_going_on_from_the_end_of_a_course_gives_the_same_bytes(width: int) -> None:
    middle = np.linspace(17.2, 19.9, COUNT)
    whole, before, after = continued(lives(width), middle)
    alive = ~before.died
    assert np.count_nonzero(whole.died & alive) > 5, "some die later"
    assert before.died.any()
    late = middle.max() <= GRID
    assert after.values.tobytes() == whole.values[alive][:, late].tobytes()
    assert (after.status == whole.status[alive]).all()
    assert (after.cause == whole.cause[alive]).all()
    assert after.reached.tobytes() == whole.reached[alive].tobytes()
    assert after.fired.tobytes() == whole.fired[alive].tobytes()
    assert after.final.tobytes() == whole.final[alive].tobytes()


def test_planted_breaches_a_hazard_counted_anew_or_no_renewal_is_seen() -> None:
    middle = np.full(COUNT, 18.0)
    problem = lives()
    _, before, after = continued(problem, middle)
    alive = ~before.died
    late = GRID >= 18.0
    forgot = Begin(middle, before.final.T, np.zeros_like(before.fired.T))
    rest = dataclasses.replace(problem, begin=forgot, outputs=GRID[late], actions=problem.actions[2:])
    wrong = solve(rest)
    assert (wrong.of("mutants")[alive] > after.of("mutants") + 0.5).any()
    plain = solve(problem)
    assert plain.values[alive][:, late].tobytes() != after.values.tobytes()
    assert np.allclose(plain.values[alive][:, late], after.values, rtol=1e-4, atol=1e-3, equal_nan=True)


def test_every_identity_holds_for_courses_that_go_on() -> None:
    middle = np.linspace(17.2, 19.9, COUNT)
    problem = lives()
    before = solve(
        dataclasses.replace(problem, horizon=middle, outputs=np.zeros(1), actions=problem.actions[:2])
    )
    begin = Begin(middle, np.nan_to_num(before.final.T), before.fired.T)
    after = dataclasses.replace(problem, begin=begin, outputs=GRID[GRID >= 20.0], actions=problem.actions[2:])
    result = solve(after)
    for other in (solve(after, chunk=7, workers=2), solve(after.part(slice(0, COUNT)))):
        assert other.values.tobytes() == result.values.tobytes()
        assert other.cause.tobytes() == result.cause.tobytes()
    alone = solve(replay(after, "p17"))
    assert alone.values[0].tobytes() == result.values[17].tobytes()


def test_what_was_kept_holds_the_end_and_the_cause(tmp_path: Path) -> None:
    keeper = Keeper(tmp_path / "kept", chunk=25)
    first, again = keeper(lives()), keeper(lives())
    assert keeper.counts == {"solved": 3, "found": 3}
    for name in ("values", "final", "fired", "cause", "status"):
        assert getattr(first, name).tobytes() == getattr(again, name).tobytes()
    assert again.causes == ("mutation", "depletion", "years")
    begin = Begin(
        np.zeros(COUNT), solve(lives(horizon=0.0, outputs=np.zeros(1), actions=())).final.T, first.fired.T
    )
    keeper(lives(begin=begin))
    assert keeper.counts["solved"] == 6


def test_wrong_begins_are_refused() -> None:
    state, fired = np.ones((6, COUNT)), np.zeros((3, COUNT), dtype=np.int64)
    good = Begin(np.full(COUNT, 2.0), state, fired)
    for change, what in (
        ({"begin": Begin(good.time[:3], state, fired)}, "shape"),
        ({"begin": Begin(good.time, state[:2], fired)}, "shape"),
        ({"begin": good}, "outside the course"),
        ({"begin": good, "outputs": GRID[5:], "horizon": 1.0}, "before the course begins"),
        ({"begin": Begin(good.time + 3, state, fired), "outputs": GRID[5:]}, "where courses begin"),
    ):
        with pytest.raises(InputError, match=what):
            lives(**change)


def test_a_share_left_is_a_product() -> None:
    problem = lives(
        actions=(Action(10.0, "multiply", "cells", 0.25),), outputs=np.array([10.0]), readout="before"
    )
    before, after = solve(problem), solve(dataclasses.replace(problem, readout="after"))
    alive = ~after.died
    assert after.of("cells")[alive].tobytes() == (before.of("cells")[alive] * 0.25).tobytes()
    with pytest.raises(InputError, match="negative"):
        lives(actions=(Action(10.0, "multiply", "cells", -0.1),))


def test_death_comes_when_its_law_says_and_is_no_failure() -> None:
    """P(alive at t) = exp(-old * aging * (e^(t/aging) - 1)) without depletion."""
    count = 4000
    built = program()
    names = tuple(f"q{k}" for k in range(count))
    table = parameter_table(built, count, {"lethal": 0.0, "mu": 0.0, "old": 0.01})
    outcomes = solve(Problem(built, names, table, 60.0, np.array([0.0, 60.0]), seed=8), keep=("cells",))
    law = lambda t: 1 - np.exp(-0.01 * 30.0 * (np.exp(t / 30.0) - 1))  # noqa: E731
    died = outcomes.died
    assert outcomes.failures == ()
    assert not outcomes.finished[died].any()
    assert (outcomes.status[died] == int(Status.DIED)).all()
    assert {outcomes.causes[k] for k in outcomes.cause[died]} == {"years"}
    assert (outcomes.cause[~died] == -1).all()
    assert np.isnan(outcomes.values[died, 1]).all()
    assert abs(died.mean() - law(60.0)) < 4 * np.sqrt(law(60.0) * (1 - law(60.0)) / count)
    assert stats.kstest(outcomes.reached[died], lambda t: law(t) / law(60.0)).pvalue > 1e-3
    wrong = stats.kstest(outcomes.reached[died], lambda t: t / 60.0).pvalue
    assert wrong < 1e-3, "planted breach: another law of death is seen"


def test_causes_are_told_apart() -> None:
    table = parameter_table(program(), COUNT, {"lethal": 50.0, "old": 0.0, "base": 5.0})
    outcomes = solve(lives(parameters=table))
    assert outcomes.died.all()
    assert {outcomes.causes[k] for k in outcomes.cause} == {"depletion"}
    assert (outcomes.reached > 3.0).all(), "nobody is depleted before the first dose"


def test_who_dies_can_be_traced_and_verified() -> None:
    problem = lives()
    outcomes = solve(problem)
    dead = problem.patients[int(np.flatnonzero(outcomes.died)[0])]
    followed = trace(problem, dead)
    assert followed.status is Status.DIED
    assert followed.failure is None
    assert followed.moments[-1].time == outcomes.reached[problem.patients.index(dead)]
    marked, found = verify(problem, outcomes, sample(problem.patients, 1))
    assert found.inaccurate == 0
    assert (marked.died == outcomes.died).all()
