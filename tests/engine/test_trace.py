"""A trace is the course itself: its steps, its states, what was done and what moved it; nothing is reconstructed."""

from __future__ import annotations

import functools
from dataclasses import replace

import numpy as np
import pytest

from nonself.codegen import twin
from nonself.codegen.build import build
from nonself.codegen.program import Program
from nonself.engine import trace as module
from nonself.engine.loop import Part, _Run, replay, solve
from nonself.engine.problem import Action, Problem, parameter_table
from nonself.engine.result import Status
from nonself.engine.trace import Trace, trace
from nonself.engine.unfold import balances, rates
from nonself.errors import UnknownName
from nonself.model.compose import compose
from nonself.model.parts import Expression, Mechanism, Parameter, Reaction, Rule, Species
from nonself.provenance import assumed
from tests.models import program

WHY = assumed("a test model")
DOSES = (
    Action(0.0, "add", "drug", 3.0),
    Action(7.0, "add", "drug", np.array([1.0, 2.0])),
    Action(7.0, "add", "young", 0.0),
    Action(12.0, "set", "kill", 0.0),
    Action(np.nan, "set", "kill", 9.0),
)


def dosed(**more: object) -> Problem:
    built = program("dosed")
    table = parameter_table(built, 2, {"base": np.array([5.0, 7.0])})
    return Problem(built, ("a", "b"), table, 50.0, np.linspace(0.0, 50.0, 11), DOSES, **more)  # type: ignore[arg-type]


def exploding() -> Problem:
    built = program("growth")
    table = parameter_table(built, 3, {"r": np.array([0.01, 1.0, 0.01])})
    return Problem(built, ("a", "b", "c"), table, 50.0, np.linspace(0.0, 50.0, 11))


def assert_adds_up(found: Trace, problem: Problem, row: int) -> None:
    """The lines together have every step of the course, and each is where the course was."""
    whole = solve(problem)
    assert sum(moment.steps for moment in found.moments) == found.steps == whole.steps[row]
    assert sum(moment.rejected for moment in found.moments) == found.rejected == whole.rejected[row]
    times = np.array([moment.time for moment in found.moments])
    assert times[0] == 0.0
    assert times[-1] == found.reached == whole.reached[row]
    assert np.all(np.diff(times) > 0)
    accepted = np.array([moment.steps - moment.rejected for moment in found.moments[1:]])
    sizes = np.array([moment.size for moment in found.moments[1:]])
    assert np.allclose(sizes * accepted, np.diff(times), rtol=1e-12)


@pytest.mark.parametrize("row", [0, 1])
def test_the_lines_add_up_to_the_course(row: int) -> None:
    problem = dosed()
    found = trace(problem, problem.patients[row])
    assert_adds_up(found, problem, row)
    assert found.status is Status.FINISHED
    assert found.failure is None
    assert len(found.moments) == module.LINES + 1
    times = np.array([moment.time for moment in found.moments])
    states = solve(replace(problem, outputs=times, readout="before"), keep=problem.program.species).values[
        row
    ]
    assert np.array([moment.values for moment in found.moments]).tobytes() == states.tobytes()


def assert_steps_end_there(found: Trace, problem: Problem) -> None:
    """A run that has its horizon at a line needs the steps of that line; the last two it cuts to arrive there."""
    alone = replay(problem, found.patient)
    counted = 0
    for moment in found.moments[1:]:
        counted += moment.steps
        short = solve(replace(alone, horizon=moment.time, outputs=np.zeros(1)))
        assert abs(int(short.steps[0]) - counted) <= 2


def test_steps_end_at_the_lines() -> None:
    assert_steps_end_there(trace(dosed(), "a"), dosed())


def test_planted_breach_a_budget_that_changes_steps_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = _Run.chunk

    def careless(self: _Run, part: Part, tighter: float = 1.0, events: int = 8) -> None:
        whole(self, part, tighter if self.problem.max_steps > 1000 else 1e-3, events)

    monkeypatch.setattr(_Run, "chunk", careless)
    found = trace(dosed(), "a")
    with pytest.raises(AssertionError):
        assert_steps_end_there(found, dosed())


def test_every_step_has_its_line_where_there_are_few() -> None:
    built = program("decay")
    problem = Problem(built, ("a",), parameter_table(built, 1), 1.0, np.array([1.0]), rtol=1e-4)
    found = trace(problem, "a", lines=1000)
    assert_adds_up(found, problem, 0)
    assert len(found.moments) == found.steps - found.rejected + 1


def test_what_is_done_is_told_with_what_it_changes() -> None:
    first, second, switch = trace(dosed(), "b").happenings
    assert (first.time, first.kind, first.target, first.before, first.after) == (
        0.0,
        "dose",
        "drug",
        0.0,
        3.0,
    )
    assert (second.time, second.kind, second.target) == (7.0, "dose", "drug")
    assert second.after - second.before == pytest.approx(2.0)
    assert (switch.time, switch.kind, switch.target, switch.before, switch.after) == (
        12.0,
        "switch",
        "kill",
        1.0,
        0.0,
    )


def test_what_moves_a_species_follows_the_switches() -> None:
    """Without its effect the drug kills nobody: deaths and divisions are then those of the healthy."""
    found = trace(dosed(), "a")
    model = found.model
    for moment in found.moments:
        kill = 1.0 if moment.time <= 12.0 else 0.0
        built = program("dosed")
        table = parameter_table(built, 1, {"kill": kill})
        change = twin.right_hand_side(model, table, moment.values[:, None])[:, 0]
        row = built.species.index(moment.fastest.species)
        assert moment.fastest.change == pytest.approx(change[row], rel=1e-9, abs=1e-12)
        relative = np.abs(change) / (np.abs(moment.values) + built.scales)
        assert relative[row] == pytest.approx(relative.max(), rel=1e-9)
    assert found.moments[3].fastest.species == "drug"
    assert found.moments[3].fastest.parts[0][0] == "elimination"


def test_balances_are_the_right_hand_side_split_by_reaction() -> None:
    built = program("robertson")
    parameters = dict(zip(built.parameters, built.defaults.tolist(), strict=True))
    state = np.array([0.9, 3e-5, 0.1])
    found = balances(built.model, rates(built.model, parameters, state, 0.0), state)
    expected = twin.right_hand_side(built.model, built.defaults[:, None], state[:, None])[:, 0]
    assert {one.species for one in found} == set(built.species)
    for one in found:
        assert one.change == pytest.approx(expected[built.species.index(one.species)], rel=1e-9)
        assert one.change == pytest.approx(sum(part for _, part in one.parts), rel=1e-9)
        sizes = [abs(part) for _, part in one.parts]
        assert sizes == sorted(sizes, reverse=True)


def test_a_patient_that_explodes_shows_its_steps_shrink_and_what_grew() -> None:
    problem = exploding()
    found = trace(problem, "b")
    assert_adds_up(found, problem, 1)
    assert found.status is Status.STEP_TOO_SMALL
    assert found.failure is not None
    assert found.failure == replace(solve(problem).failures[0], index=0)
    sizes = [moment.size for moment in found.moments[5:]]
    assert sizes[0] > 1e6 * sizes[-2]
    assert all(moment.fastest.species == "Y" for moment in found.moments)
    (last,) = found.last
    assert (last.species, last.value) == ("Y", found.failure.value)
    assert last.parts[0][0] == "birth"
    values = [float(moment.values[0]) for moment in found.moments]
    assert values == sorted(values)
    assert sum(1.0 < value < 1e12 for value in values) > 10


def test_other_failures_are_followed_to_their_end() -> None:
    built = program("growth")
    one = parameter_table(built, 1)
    start = trace(Problem(built, ("a",), parameter_table(built, 1, {"Y0": np.nan}), 5.0, np.zeros(1)), "a")
    assert (start.status, start.steps, len(start.moments)) == (Status.NOT_FINITE_AT_START, 0, 1)
    dose = (Action(0.5, "add", "Y", np.inf),)
    after = trace(Problem(built, ("a",), one, 5.0, np.zeros(1), dose), "a")
    assert after.status is Status.NOT_FINITE_AFTER_ACTION
    assert np.isfinite(after.moments[-1].values).all()
    assert np.isinf(after.happenings[0].after)
    assert np.isinf(after.last[0].value)
    stiff = program("robertson")
    short = Problem(stiff, ("a",), parameter_table(stiff, 1), 1e5, np.array([1e5]), max_steps=57)
    budget = trace(short, "a")
    assert_adds_up(budget, short, 0)
    assert (budget.status, budget.steps) == (Status.TOO_MANY_STEPS, 57)


def test_after_a_retry_the_course_that_counts_is_followed(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = _Run.chunk
    problem = replace(exploding(), parameters=parameter_table(program("growth"), 3))

    def spoiled(self: _Run, part: Part, tighter: float = 1.0, events: int = 8) -> None:
        whole(self, part, tighter, events)
        if self.problem.rtol * tighter > 1e-7 and self.problem.max_steps > 1000:
            self.status[part] = Status.STEP_TOO_SMALL

    monkeypatch.setattr(_Run, "chunk", spoiled)
    mended = solve(problem)
    found = trace(problem, "b")
    assert found.status is Status.FINISHED_ON_RETRY
    assert found.rtol == pytest.approx(1e-8)
    assert found.steps == mended.steps[1]
    assert found.moments[-1].values[0] == mended.values[1, -1, 0]


@functools.cache
def ruled() -> Program:
    """Cells that a dose kills; a visit holds the next dose while there are few."""
    values = {"give": 1.0, "k": 0.05, "d": 5.0}
    mechanism = Mechanism(
        "ruled",
        "ruled",
        (),
        species=(Species("drug", 0.0, "1", WHY, scale=1e-3), Species("cells", 10.0, "1", WHY, scale=1e-3)),
        parameters=tuple(Parameter(name, value, "1", WHY) for name, value in values.items()),
        expressions=(Expression("hit", "2*drug*cells", "1"),),
        reactions=(
            Reaction("birth", "k*(10 - cells)", {"cells": 1}, signed=True),
            Reaction("kill", "hit", {"cells": -1}),
            Reaction("out", "d*drug", {"drug": -1}),
        ),
    )
    model = compose([mechanism], id="ruled", time_unit="day")
    return build(replace(model, rules=(Rule("hold", "give", "0 if cells < 5 else 1"),)), use_cache=False)


def test_rules_are_decided_as_the_engine_decides_them() -> None:
    built = ruled()
    doses = tuple(Action(day, "add", "drug", 3.0, scale="give") for day in (1.0, 2.0, 30.0))
    visits = tuple(Action(day, "decide", "hold") for day in (1.0, 2.0, 30.0))
    problem = Problem(
        built, ("a",), parameter_table(built, 1), 40.0, np.linspace(0, 40, 41), (*doses, *visits)
    )
    found = trace(problem, "a")
    assert_adds_up(found, problem, 0)
    told = [(one.time, one.kind, one.after) for one in found.happenings]
    assert [kind for _, kind, _ in told] == ["dose", "rule", "rule", "dose"]
    assert told[1] == (2.0, "rule", 0.0)
    assert told[2] == (30.0, "rule", 1.0)
    drug = solve(problem).of("drug")[0]
    assert told[0][2] == drug[1]
    assert told[3][2] == drug[30]
    assert drug[2] < 0.1


def test_a_turn_of_a_rate_is_told() -> None:
    built = program("pulsed")
    problem = Problem(built, ("a",), parameter_table(built, 1), 20.0, np.array([20.0]))
    turns = [one for one in trace(problem, "a").happenings if one.kind == "turn"]
    assert [one.time for one in turns] == [5.0, 5.0001]


def test_an_unknown_patient_is_refused() -> None:
    with pytest.raises(UnknownName, match="unknown patient 'z'"):
        trace(dosed(), "z")
