"""Conditions on species in rates: held through a step, turned where they turn, against closed forms."""

from __future__ import annotations

import math

import numpy as np
import pytest

from nonself.codegen import lower, twin
from nonself.codegen.probe import evaluate, events, jacobian
from nonself.codegen.program import Program
from nonself.engine.loop import solve
from nonself.engine.problem import Array, parameter_table
from nonself.engine.result import Status
from nonself.model.compose import compose
from nonself.model.parts import Event, Mechanism, Parameter, Reaction, Species
from tests.codegen.test_kernels import complex_step, disagreement
from tests.engine.eventful import WHY, compiled, model, problem, run, values

# an oscillator, and how long it was above 0.3: 2 acos(0.3) a period
CLOCK = model({"A": 1.0, "B": 0.0, "Z": 0.0}, {"A": "B", "B": "-A", "Z": "(1 if A > 0.3 else 0)"})
PERIODS = 10


def _off(rtol: float) -> tuple[float, int]:
    """The relative error of the time above, and the steps tried."""
    outcomes = run(CLOCK, [2 * math.pi * PERIODS], rtol=rtol, atol=np.full(3, rtol))
    exact = PERIODS * 2 * math.acos(0.3)
    return abs(outcomes.of("Z")[0, 0] / exact - 1), int(outcomes.steps[0] + outcomes.rejected[0])


def test_a_rate_that_jumps_costs_no_accuracy_and_no_order() -> None:
    errors, steps = np.array([_off(rtol) for rtol in np.geomspace(1e-4, 1e-9, 6)]).T
    assert (errors < 5 * np.geomspace(1e-4, 1e-9, 6)).all()
    assert -np.polyfit(np.log(steps), np.log(errors), 1)[0] > 4.4


def test_planted_breach_conditions_looked_at_in_every_stage_are_seen(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """As they were before: the error is a hundred times as large, with more steps."""
    held, steps = _off(1e-6)
    monkeypatch.setattr(lower, "_watched", lambda *rest: ({}, frozenset()))
    free, more = _off(1e-6)
    assert free > 20 * held
    assert more > 2 * steps


@pytest.mark.parametrize(
    "condition", ["Y > 1", "1 < Y", "not Y <= 1", "Y >= 1 and Y != 0.5", "0.9 < 1 < Y or Y > 8"]
)
def test_every_way_to_write_it(condition: str) -> None:
    """Y = 2 - 2 exp(-t/2) passes 1 at 2 ln 2; Z approaches 5 from then on."""
    given = model({"Y": 0.0, "Z": 0.0}, {"Y": "1 - 0.5*Y", "Z": f"(5 if {condition} else 0) - Z"})
    times = np.array([1.0, 2 * math.log(2), 2.0, 6.0])
    exact = 5 * -np.expm1(-np.maximum(times - 2 * math.log(2), 0.0))
    assert np.allclose(values(given, "Z", times), exact, rtol=1e-7, atol=1e-7)


def test_a_condition_that_compares_time_with_species() -> None:
    given = model({"Y": 3.0, "Z": 0.0}, {"Y": "-0.5", "Z": "(1 if time > Y else 0)"})
    assert np.allclose(values(given, "Z", [2.0, 3.0, 5.0]), [0.0, 1.0, 3.0], rtol=1e-12)


def test_what_a_condition_guards_stays_guarded() -> None:
    """A tank runs dry at t = 2: below zero the root is no number, and the step is tried with the guard in force."""
    given = model({"Y": 1.0}, {"Y": "-(sqrt(Y) if Y > 0 else 0)"})
    times = np.linspace(0.0, 4.0, 41)
    assert np.abs(values(given, "Y", times) - np.maximum(1 - times / 2, 0.0) ** 2).max() < 1e-6


def test_a_state_that_cannot_leave_a_condition_ends_with_a_status() -> None:
    given = compiled(model({"Y": 1.3}, {"Y": "(1 if Y < 1 else -1)"}))
    outcomes = solve(problem(given, [5.0], max_steps=20_000))
    assert outcomes.status[0] in (Status.TOO_MANY_STEPS, Status.TOO_MANY_EVENTS)
    assert abs(outcomes.reached[0] - 0.3) < 1e-3
    assert "condition" in outcomes.failures[0].sentence


def _opposed(begins: float | None, falls: bool) -> Array:
    """How often 200 patients fire as x passes a level that a rate compares the other way round, or begins there."""
    first, rate, trigger = (2.0, "-v*x", "x <= c") if falls else (0.0, "v*(3 - x)", "x >= c")
    given = model(
        {"x": first, "n": 0.0, "z": 0.0}, {"x": rate, "z": "(1 if x >= c else 2)" if falls else "(1 if x > c else 2)"},
        (Event("e", trigger, {"n": "n + 1"}, initial_value=False),), {"v": 1.0, "c": 1.0},
    )  # fmt: skip
    built = compiled(given)
    table = parameter_table(built, 200) * np.exp(
        np.random.default_rng(0).normal(0, 0.2, (len(built.parameters), 200))
    )
    rows = {name: row for row, name in enumerate(built.parameters)}
    if begins is not None:
        table[rows["x_initial"]] = begins * table[rows["c"]]
    outcomes = solve(problem(built, [10.0], 200, parameters=table, rtol=1e-6))
    return np.where(outcomes.finished, outcomes.of("n")[:, 0], np.nan)


OPPOSED = [(None, False), (None, True), (1.0, False)]


@pytest.mark.parametrize(("begins", "falls"), OPPOSED, ids=["rises", "falls", "begins there"])
def test_a_level_that_is_met_by_two_comparisons_is_passed_once(begins: float | None, falls: bool) -> None:
    assert (_opposed(begins, falls) == 1).all()


@pytest.mark.parametrize(("begins", "falls"), OPPOSED, ids=["rises", "falls", "begins there"])
def test_planted_breach_comparisons_that_turn_one_after_the_other_are_seen(
    monkeypatch: pytest.MonkeyPatch, begins: float | None, falls: bool
) -> None:
    monkeypatch.setattr(lower.Network, "opposed", property(lambda network: 0))
    assert (_opposed(begins, falls) != 1).sum() > 5


def _conditional() -> Program:
    expressions = {"on": "1 if 0.2 < X < 0.9 and not Y == 0.4 else 0.3"}
    rates = {"X": "k*on - X*Y if X > Y or False else Y**2", "Y": "on*(X if Y < 0.7 and time < 2 else -Y)"}
    happening = Event(
        "e", "on > 0.5 and X < time or True and Y >= k", {"Y": "on*X", "X": "k if X > 1 else time"},
        delay="abs(X) if Y > X else 1", priority="X - Y",
        factors={"Y": "X*time - k"},
    )  # fmt: skip
    return compiled(model({"X": 1.0, "Y": 0.5}, rates, (happening,), {"k": 0.8}, expressions))


def test_machine_code_equals_the_twin() -> None:
    rng = np.random.default_rng(1)
    built = _conditional()
    parameters = built.defaults[:, None] * np.exp(rng.normal(0, 0.2, (len(built.parameters), 300)))
    states = rng.uniform(0.05, 1.5, (2, 300))
    states[1, :5] = 0.4
    for time in (0.0, 1.0, 3.0):
        rates = evaluate(built, parameters, states, time)[0]
        assert np.allclose(rates, twin.right_hand_side(built.model, parameters, states, time), rtol=1e-13)
        found, expected = (source(built, time, parameters, states) for source in (_machine, _twin))
        assert found.keys() == expected.keys()
        assert 0 < found["e trigger"].mean() < 1
        for name in found:
            assert np.allclose(found[name], expected[name], rtol=1e-13), name
    assert disagreement(jacobian(built, parameters, states), complex_step(built, parameters, states)) < 1e-11


def _machine(built: Program, time: float, parameters: Array, states: Array) -> dict[str, Array]:
    return events(built, parameters, states, time)


def _twin(built: Program, time: float, parameters: Array, states: Array) -> dict[str, Array]:
    return twin.events(built.model, parameters, states, time)


def _peaks(depth: float, rtol: float) -> Array:
    """How often each of 32 oscillators, which start at different phases, is seen above 1 - depth in 20 periods."""
    mechanism = Mechanism(
        "m", "m", (),
        species=(Species("A", "a", "1", WHY), Species("B", "b", "1", WHY), Species("n", 0.0, "1", WHY)),
        parameters=tuple(Parameter(name, 0.0, "1", WHY) for name in ("a", "b", "level")),
        reactions=(Reaction("x", "B", {"A": 1}, signed=True), Reaction("y", "-A", {"B": 1}, signed=True)),
        events=(Event("peak", "A > level", {"n": "n + 1"}),),
    )  # fmt: skip
    built = compiled(compose([mechanism], id="m", time_unit="day"))
    phase = np.linspace(-6.0, -1.0, 32)
    table = parameter_table(built, 32, {"a": np.sin(phase), "b": np.cos(phase), "level": 1 - depth})
    atol = np.array([rtol, rtol, 1.0])
    asked = problem(built, [40 * math.pi], 32, rtol=rtol, atol=atol, parameters=table)
    return solve(asked).of("n")[:, 0]


@pytest.mark.parametrize(("rtol", "depth"), [(1e-4, 1e-2), (1e-6, 1e-4), (1e-8, 1e-6)])
def test_a_trigger_that_is_true_for_a_small_part_of_a_step_is_not_passed_over(
    rtol: float, depth: float
) -> None:
    """Above 1 - depth for 2 sqrt(2 depth) of each period: three tenths to a fiftieth of a step."""
    assert (_peaks(depth, rtol) == 20).all()


def test_planted_breach_without_the_look_between_samples_peaks_are_missed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("nonself.codegen.roots.CLOSE", -1e300)
    assert _peaks(1e-4, 1e-6).mean() < 15


def test_planted_breach_without_samples_inside_a_step_turns_are_missed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("nonself.codegen.roots.Roots._seen", _only_the_end)
    assert _peaks(1e-2, 1e-4).mean() < 15


def _only_the_end(self: object) -> object:
    from nonself.codegen.roots import SAMPLES, Roots

    assert isinstance(self, Roots)
    turned = self.b.zext(self._turned(SAMPLES), self.lanes.integers)
    return self.b.shl(turned, self.lanes.whole(SAMPLES))
