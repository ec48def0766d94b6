"""Delays against closed forms: order, breaking points, histories, doses, events, statuses and refusals."""

from __future__ import annotations

import dataclasses
import math

import numpy as np
import pytest

from nonself.codegen.program import Program
from nonself.engine.loop import solve
from nonself.engine.problem import Action, Array, Begin, parameter_table
from nonself.engine.result import Status
from nonself.engine.trace import trace
from nonself.errors import CompositionError, InputError
from nonself.expr import evaluate
from nonself.model.check import check
from nonself.model.compose import compose, with_rules
from nonself.model.ir import Model
from nonself.model.parts import (
    Clone,
    Constraint,
    Event,
    Hazard,
    Mechanism,
    Observable,
    Parameter,
    Reaction,
    Rule,
    Species,
)
from tests.engine.eventful import WHY, compiled, log, model, problem, run, values

TAU = math.sqrt(2) / 2
LINEAR = model({"y": 1.0}, {"y": "-delay(y, tau)"}, parameters={"tau": TAU})
CURVED = model({"w": math.e}, {"w": "-w*delay(log(w), tau)"}, parameters={"tau": TAU})


def fading(time: float, tau: float = TAU) -> float:
    """y' = -y(t - tau) from 1, and 1 before: a polynomial of degree k + 1 after k delays."""
    count = int(max(time, 0.0) / tau) + 2
    return 1.0 + sum(
        (-1) ** k * max(time - (k - 1) * tau, 0.0) ** k / math.factorial(k) for k in range(1, count)
    )


def answer(time: float, tau: float) -> float:
    """y' = -y(t - tau) from 1, and 0 before: what a dose becomes."""
    if time < 0:
        return 0.0
    return sum(
        (-1) ** k * max(time - k * tau, 0.0) ** k / math.factorial(k) for k in range(int(time / tau) + 1)
    )


def shown(rates: dict[str, str], observables: dict[str, str], **more: object) -> Model:
    """A model of species that begin at 0, unless `initial` says otherwise."""
    initial = dict(more.get("initial", {}))  # type: ignore[call-overload]
    history = dict(more.get("history", {}))  # type: ignore[call-overload]
    parameters = dict(more.get("parameters", {}))  # type: ignore[call-overload]
    mechanism = Mechanism(
        "m", "m", (),
        species=tuple(
            Species(name, initial.get(name, 0.0), "1", WHY, scale=1e-6, history=history.get(name)) for name in rates
        ),
        parameters=tuple(Parameter(name, value, "1", WHY) for name, value in parameters.items()),
        reactions=tuple(Reaction(f"of_{name}", rate, {name: 1}, signed=True) for name, rate in rates.items()),
        observables=tuple(Observable(name, formula, "1") for name, formula in observables.items()),
    )  # fmt: skip
    return compose([mechanism], id="m", time_unit="day")


# order -------------------------------------------------------------------------------------------------------------
def _error(built: Program, size: float, exact: Array, until: float) -> float:
    """The largest error where every step is at most `size`, whatever the tolerance says."""
    grid = np.linspace(0.0, until, len(exact))
    pauses = tuple(Action(k * size, "pause") for k in range(1, round(until / size)))
    course = run(built, grid, rtol=1e6, atol=np.array([1e6]), actions=pauses)
    return float(np.abs(course.values[0, :, 0] - exact).max())


def _order(given: Model, curved: bool) -> float:
    """The slope of log(error) over log(step), for steps that do not divide the delay."""
    built, until = compiled(given), 5.0
    exact = np.array([fading(time) for time in np.linspace(0.0, until, 41)])
    counts = np.array([20, 28, 40, 56, 80])
    errors = [_error(built, until / n, np.exp(exact) if curved else exact, until) for n in counts]
    return float(-np.polyfit(np.log(counts), np.log(errors), 1)[0])


@pytest.mark.parametrize(("given", "curved"), [(LINEAR, False), (CURVED, True)], ids=["linear", "curved"])
def test_order_five_holds(given: Model, curved: bool) -> None:
    assert _order(given, curved) > 4.6


@pytest.mark.parametrize(("given", "curved"), [(LINEAR, False), (CURVED, True)], ids=["linear", "curved"])
def test_planted_breach_without_breaking_points_the_order_is_lost(
    given: Model, curved: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("nonself.codegen.breaks.LEVELS", 0)
    assert _order(given, curved) < 3.0


def test_planted_breach_a_drift_that_forgets_the_past_loses_order(monkeypatch: pytest.MonkeyPatch) -> None:
    """The derivative of what is looked back at enters the method's df/dt."""
    from nonself.codegen.derivative import Derivatives

    whole = Derivatives._of
    monkeypatch.setattr(
        Derivatives, "_of",
        lambda self, node: {} if self.tape.nodes[node].operation == "delayed" else whole(self, node),
    )  # fmt: skip
    assert _order(CURVED, True) < 3.5


@pytest.mark.parametrize(("rtol", "bound"), [(1e-4, 2e-4), (1e-6, 4e-6), (1e-9, 1e-8)])
def test_the_error_follows_the_tolerance(rtol: float, bound: float) -> None:
    grid = np.linspace(0.0, 5.0, 41)
    exact = np.exp([fading(time) for time in grid])
    found = values(CURVED, "w", grid, rtol=rtol)
    assert np.abs(found / exact - 1).max() < bound


# what is looked back at ---------------------------------------------------------------------------------------------
def test_delays_differ_between_patients_and_may_be_zero() -> None:
    built = compiled(LINEAR)
    delays = np.array([0.0, 0.1, 0.37, TAU, 1.0, math.pi, 100.0])
    grid = np.linspace(0.0, 4.0, 17)
    table = parameter_table(built, len(delays), {"tau": delays})
    outcomes = solve(problem(built, grid, len(delays), parameters=table))
    assert outcomes.finished.all()
    exact = [np.exp(-grid)] + [np.array([fading(time, tau) for time in grid]) for tau in delays[1:]]
    assert np.abs(outcomes.of("y") - np.array(exact)).max() < 1e-8


@pytest.mark.parametrize("mu", [-1.3, 0.4])
def test_a_history_function_of_time(mu: float) -> None:
    """y' = mu exp(mu tau) y(t - tau) goes on as exp(mu t) where it was that before."""
    given = shown(
        {"y": "mu*exp(mu*tau)*delay(y, tau)"}, {}, initial={"y": 1.0}, history={"y": "exp(mu*time)"},
        parameters={"mu": mu, "tau": TAU},
    )  # fmt: skip
    grid = np.linspace(0.0, 4.0, 17)
    assert np.abs(values(given, "y", grid) / np.exp(mu * grid) - 1).max() < 1e-7


def test_expressions_time_and_delays_in_delays() -> None:
    given = shown(
        {"x": "1"},
        {
            "clock": "delay(time, 0.7)", "square": "delay(x*x, 0.3)", "twice": "delay(delay(x, 0.4)*2, 0.3)",
            "wave": "delay(sin(10*time), 0.7)", "whole": "delay(x, 0)", "sum": "delay(x + delay(x, 1), 1)",
        },
        history={"x": "time"},
    )  # fmt: skip
    grid = np.linspace(0.0, 3.0, 31)
    found = run(given, grid)
    exact = {
        "clock": grid - 0.7, "square": (grid - 0.3) ** 2, "twice": 2 * (grid - 0.7), "wave": np.sin(10 * (grid - 0.7)),
        "whole": grid, "sum": 2 * grid - 3,
    }  # fmt: skip
    for name, values_ in exact.items():
        assert np.abs(found.of(name)[0] - values_).max() < 1e-7, name


def test_planted_breach_what_is_remembered_without_a_tolerance_is_seen(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A polynomial through a wave of a step that only sees a straight line."""
    monkeypatch.setattr("nonself.codegen.delays.Delays._misfit", lambda self, error: error)
    grid = np.linspace(0.0, 3.0, 31)
    found = values(shown({"x": "1"}, {"wave": "delay(sin(10*time), 0.7)"}), "wave", grid)
    assert np.abs(found - np.sin(10 * (grid - 0.7))).max() > 1e-4


def test_a_parameter_that_is_set_is_seen_as_it_was() -> None:
    given = shown({"x": "0"}, {"then": "delay(k*x, 0.7)"}, initial={"x": 1.0}, parameters={"k": 1.0})
    grid = np.array([0.0, 0.5, 0.9, 1.1, 1.19, 1.21, 2.0])
    found = values(given, "then", grid, actions=(Action(0.5, "set", "k", 3.0),))
    assert found.tolist() == [1, 1, 1, 1, 1, 3, 3]


def test_lengths_that_change_are_shown() -> None:
    given = shown({"x": "1"}, {"half": "delay(x, time/2)", "ahead": "delay(x, x - 1)"}, parameters={"k": 1.0})
    grid = np.linspace(0.0, 4.0, 9)
    ahead = solve(problem(compiled(given), grid))
    assert ahead.status[0] == Status.BAD_DELAY, "x - 1 is below zero at first"
    late = shown({"x": "1"}, {"half": "delay(x, time/2)", "then": "delay(x, delay(x, 1))"})
    found = run(late, grid)
    assert np.abs(found.of("half")[0] - grid / 2).max() < 1e-9
    assert np.abs(found.of("then")[0] - np.minimum(grid, 1.0)).max() < 1e-9


# doses, events, conditions, chance -----------------------------------------------------------------------------------
def test_doses_enter_the_breaking_points() -> None:
    doses = ((0.43, 2.0), (1.0, -0.5), (2.9, 1.0))
    actions = tuple(Action(time, "add", "y", amount) for time, amount in doses)
    grid = np.linspace(0.0, 5.0, 51)
    exact = np.array([fading(t) + sum(amount * answer(t - at, TAU) for at, amount in doses) for t in grid])
    found = run(LINEAR, grid, actions=actions)
    assert np.abs(found.of("y")[0] - exact).max() < 1e-8
    assert found.rejected[0] <= 5, "no step has to feel for a jump"


def test_planted_breach_doses_without_breaking_points_cost_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    actions = tuple(Action(time, "add", "y", 1.0) for time in (0.43, 1.0, 2.9))
    whole = run(LINEAR, 5.0, actions=actions)
    monkeypatch.setattr("nonself.codegen.breaks.LEVELS", 0)
    felt = run(LINEAR, 5.0, actions=actions)
    assert felt.steps[0] > 2 * whole.steps[0]
    assert felt.rejected[0] > 5


def test_a_trigger_looks_back() -> None:
    """What is continuous crosses on the way; what jumps is met exactly where the jump is seen again."""
    given = model(
        {"x": 0.0, "level": 0.0, "seen": 0.0, "late": 0.0}, {"x": "1"},
        (
            Event("rise", "x >= 1.1", {"level": "1"}),
            Event("smooth", "delay(x, tau) >= 1", {"seen": "delay(x, tau) + delay(level, 0.1)"}),
            Event("jump", "delay(level, tau) > 0.5", {"late": "1"}),
        ), {"tau": 0.7},
    )  # fmt: skip
    times = {(one.event, one.species): one for one in log(given, 4.0)}
    assert times["smooth", "seen"].time == pytest.approx(1.7, abs=1e-12)
    assert times["smooth", "seen"].value == pytest.approx(2.0, abs=1e-9)
    assert times["jump", "late"].time == pytest.approx(1.8, abs=1e-12)


def test_a_condition_on_time_is_seen_again() -> None:
    given = model({"y": 0.0}, {"y": "delay(3 if 1 < time < 1.2 else 0, 0.7)"})
    grid = np.linspace(0.0, 3.0, 31)
    found = values(given, "y", grid, rtol=1e-4)
    assert np.abs(found - 3 * np.clip(grid - 1.7, 0, 0.2)).max() < 1e-9


def test_a_rate_s_condition_on_the_past_ends_a_step() -> None:
    given = model({"x": 0.0, "y": 0.0}, {"x": "1", "y": "1 if delay(x, 0.7) < 1 else -1"})
    grid = np.linspace(0.0, 3.0, 31)
    found = values(given, "y", grid, rtol=1e-4)
    assert np.abs(found - np.where(grid < 1.7, grid, 3.4 - grid)).max() < 1e-9


def test_what_happens_by_chance_is_seen_a_delay_later() -> None:
    given = model(
        {"x": 0.0, "y": 0.0}, {"y": "delay(x, 0.7)"}, hazards=(Hazard("strike", "0.8", {"x": 1.0}),)
    )
    grid = np.linspace(0.0, 6.0, 601)
    outcomes = run(given, grid, seed=5)
    x, y = outcomes.of("x")[0], outcomes.of("y")[0]
    assert x[-1] >= 3
    rises = 6.0 - 0.7 - grid[np.flatnonzero(np.diff(x)) + 1]
    assert y[-1] == pytest.approx(np.maximum(rises, 0).sum(), abs=0.01 * x[-1])
    assert outcomes.rejected[0] <= x[-1]


def test_a_constraint_looks_back() -> None:
    """0 = z - y(t - tau) and y' = -z is y' = -y(t - tau), with a dose."""
    mechanism = Mechanism(
        "m", "m", (),
        species=tuple(Species(name, 1.0, "1", WHY, scale=1e-6) for name in ("y", "z")),
        parameters=(Parameter("tau", TAU, "1", WHY),),
        reactions=(Reaction("r", "-z", {"y": 1}, signed=True),),
        constraints=(Constraint("same", "z - delay(y, tau)", "z"),),
    )  # fmt: skip
    grid = np.linspace(0.0, 5.0, 41)
    exact = np.array([fading(t) + 2.0 * answer(t - 0.43, TAU) for t in grid])
    found = run(compose([mechanism], id="m", time_unit="day"), grid, actions=(Action(0.43, "add", "y", 2.0),))
    assert np.abs(found.of("y")[0] - exact).max() < 1e-8


# how a course ends ---------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("tau", [-1.0, math.nan, math.inf])
def test_a_delay_that_is_none_is_a_status(tau: float) -> None:
    built = compiled(LINEAR)
    table = parameter_table(built, 3, {"tau": np.array([1.0, tau, 2.0])})
    outcomes = solve(problem(built, 2.0, 3, parameters=table))
    assert outcomes.status.tolist() == [0, int(Status.BAD_DELAY), 0]
    assert "delay" in outcomes.failures[0].sentence


def test_a_full_ring_is_a_retry_with_more_room_and_then_a_status(monkeypatch: pytest.MonkeyPatch) -> None:
    """A quick wave and a long delay: many steps are looked back at."""
    given = model(
        {"x": 1.0, "v": 0.0, "y": 0.0},
        {"x": "v", "v": "-400*x", "y": "delay(x, tau)"},
        parameters={"tau": 9.0},
    )
    built = compiled(given)
    delays = np.array([0.5, 2.0, 9.0])
    posed = problem(
        built, np.linspace(0.0, 20.0, 21), 3, parameters=parameter_table(built, 3, {"tau": delays})
    )
    whole = solve(posed)
    assert whole.finished.all()
    assert whole.steps.max() > 256, "more than fits at first"
    monkeypatch.setattr("nonself.engine.loop.SEGMENTS", 8)
    assert solve(posed).values.tobytes() == whole.values.tobytes()
    monkeypatch.setattr("nonself.engine.loop.MOST_SEGMENTS", 64)
    few = solve(posed)
    assert few.status.tolist()[2] == int(Status.PAST_FULL)
    assert "room" in few.failures[-1].sentence
    assert few.values[2, 0].tobytes() == whole.values[2, 0].tobytes()


def test_planted_breach_a_ring_that_forgets_unseen_gives_other_numbers(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    given = model({"x": 1.0, "v": 0.0, "y": 0.0}, {"x": "v", "v": "-400*x", "y": "delay(x, 9)"})
    grid = np.linspace(0.0, 20.0, 21)
    whole = values(given, "y", grid)
    monkeypatch.setattr("nonself.codegen.delays.Delays.end_lost", lambda self, end: None)
    monkeypatch.setattr("nonself.engine.loop.SEGMENTS", 8)
    assert np.abs(values(given, "y", grid) - whole).max() > 1e-3


def test_a_trace_knows_rates_that_look_back() -> None:
    followed = trace(problem(compiled(LINEAR), 4.0, actions=(Action(1.0, "add", "y", 2.0),)), "p0")
    for moment in followed.moments[1:]:
        exact = -fading(moment.time - TAU) - 2 * answer(moment.time - 1 - TAU, TAU)
        at_a_jump = abs(moment.time - 1 - TAU) < 1e-9
        assert at_a_jump or moment.fastest.change == pytest.approx(exact, abs=1e-6), moment.time
    assert followed.last[0].change == pytest.approx(-fading(4 - TAU) - 2 * answer(3 - TAU, TAU), abs=1e-6)


# checks ------------------------------------------------------------------------------------------------------------
def _checked(rate: str, signed: bool, unit: str = "day") -> list[str]:
    mechanism = Mechanism(
        "m", "m", (), species=(Species("y", 1.0, "cell", WHY),), parameters=(Parameter("tau", 1.0, unit, WHY),),
        reactions=(Reaction("r", rate, {"y": -1}, signed=signed),),
    )  # fmt: skip
    return [flaw.check for flaw in check(compose([mechanism], id="m", time_unit="day"))]


def test_units_and_signs_of_delays_are_checked() -> None:
    assert _checked("delay(y, tau)/tau", signed=True) == []
    assert _checked("delay(y, tau)/tau", signed=False) == ["sign"], "what was there is taken from what is not"
    assert _checked("delay(1/tau, tau)*y", signed=False) == []
    assert _checked("delay(y, tau)", signed=True) == ["dimensions"]
    assert _checked("delay(y, tau)", signed=True, unit="cell") == ["dimensions"]


# what is refused -----------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("rate", "said"),
    [
        ("-delay(y, y)", "depends on 'y'"), ("-delay(y, time/2)", "depends on 'time'"),
        ("-delay(y)", "not allowed"), ("-delay(y, delay(y, 1))", "depends on 'y'"),
    ],
)  # fmt: skip
def test_what_cannot_be_exact_is_refused_by_name(rate: str, said: str) -> None:
    with pytest.raises(
        InputError, match="not allowed" if said == "not allowed" else "which may change"
    ) as caught:
        model({"y": 1.0}, {"y": rate})
    assert said in str(caught.value)


def test_refused_where_there_is_no_past() -> None:
    with pytest.raises(CompositionError, match="no past"):
        shown({"y": "-y"}, {}, initial={"y": "delay(k, 1)"}, parameters={"k": 1.0})
    clones = Mechanism(
        "m", "m", (), species=(Species("L", 5.0, "cell", WHY),),
        clones=(Clone("L", "0.1", "0.1*delay(L, 1)/(L + 1)"),),
    )  # fmt: skip
    with pytest.raises(CompositionError, match="move by chance"):
        compose([clones], id="m", time_unit="day")
    with pytest.raises(CompositionError, match="at the visit"):
        with_rules(LINEAR, [Rule("hold", "tau", "delay(y, 7)")])
    with pytest.raises(InputError, match="no past is known"):
        evaluate("delay(y, 7)", {"y": 1.0})
    built = compiled(LINEAR)
    with pytest.raises(InputError, match="length of a delay"):
        problem(built, 2.0, actions=(Action(1.0, "set", "tau", 2.0),))
    begin = Begin(np.ones(1), np.ones((1, 1)), np.zeros((0, 1), dtype=np.int64))
    with pytest.raises(InputError, match="without its past"):
        problem(built, 2.0, begin=begin)


def test_a_history_is_part_of_the_structure() -> None:
    given = shown({"y": "-delay(y, 1)"}, {}, initial={"y": 1.0})
    other = dataclasses.replace(given, species=(dataclasses.replace(given.species[0], history="1 + time"),))
    assert given.structure_hash != other.structure_hash
