"""Rates that depend on time itself: the order is kept, and no pulse is stepped over."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.integrate import solve_ivp

from nonself.codegen import twin
from nonself.codegen.methods import RODAS5P
from nonself.codegen.probe import evaluate, jacobian
from nonself.engine.loop import solve
from nonself.engine.problem import Action, Problem, parameter_table
from nonself.errors import InputError
from nonself.expr import evaluate as evaluate_formula
from nonself.model.compose import compose
from nonself.model.parts import Mechanism, Parameter, Reaction, Species
from nonself.model.turning import turning_points
from nonself.provenance import assumed
from tests.codegen.test_kernels import complex_step, disagreement
from tests.models import driven, program, pulsed

WHY = assumed("a test")


def _driven(rtol: float, times: np.ndarray) -> tuple[float, float]:
    built = program("driven")
    problem = Problem(built, ("a",), parameter_table(built, 1), 3.0, times, rtol=rtol, atol=np.array([rtol]))
    outcomes = solve(problem)
    assert outcomes.finished.all()
    return float(np.abs(outcomes.values[0, :, 0] - np.exp(-times)).max()), float(outcomes.steps[0])


@pytest.mark.parametrize(
    ("times", "order"),
    [(np.array([3.0]), RODAS5P.order), (np.linspace(0, 3.0, 301), RODAS5P.dense_order)],
    ids=["step", "dense output"],
)
def test_order_with_explicit_time(times: np.ndarray, order: int) -> None:
    errors, steps = np.array([_driven(rtol, times) for rtol in np.geomspace(1e-6, 1e-10, 7)]).T
    assert -np.polyfit(np.log(steps), np.log(errors), 1)[0] > order - 0.6


def test_observables_see_the_time_of_the_readout() -> None:
    built = program("driven")
    times = np.array([0.0, 0.123, 1.0, 2.9999, 3.0])
    problem = Problem(built, ("a",), parameter_table(built, 1), 3.0, times, rtol=1e-9)
    outcomes = solve(problem)
    assert outcomes.of("clock")[0].tolist() == times.tolist()
    assert np.abs(outcomes.of("lag")).max() < 1e-8


def test_machine_code_equals_the_twin_at_any_time() -> None:
    rng = np.random.default_rng(1)
    for name in ("driven", "pulsed"):
        built = program(name)
        parameters = built.defaults[:, None] * np.exp(rng.normal(0, 0.2, (len(built.parameters), 9)))
        states = rng.uniform(-0.5, 2.0, (len(built.species), 9))
        for time in (0.0, 1.5, 5.0, 5.00005, 9.0):
            rates, observed = evaluate(built, parameters, states, time)
            expected = twin.right_hand_side(built.model, parameters, states, time)
            assert np.allclose(rates, expected, rtol=1e-12, atol=1e-14)
            assert np.allclose(observed, twin.observables(built.model, parameters, states, time), rtol=1e-12)
        assert (
            disagreement(jacobian(built, parameters, states), complex_step(built, parameters, states)) < 1e-11
        )


def _pulsed(on: np.ndarray, **more: object) -> np.ndarray:
    built = program("pulsed")
    table = parameter_table(built, len(on), {"on": on, "k": np.zeros(len(on))})
    names = tuple(map(str, range(len(on))))
    problem = Problem(built, names, table, 100.0, np.array([100.0]), rtol=1e-3, **more)  # type: ignore[arg-type]
    outcomes = solve(problem)
    assert outcomes.finished.all()
    return outcomes.values[:, 0, 0]


def test_a_pulse_a_millionth_of_the_course_is_never_stepped_over() -> None:
    """height 1e4 for 1e-4 adds exactly 1, for each patient at another time; a turn after the end adds nothing."""
    values = _pulsed(np.array([0.0, 1e-6, 5.0, 33.333333, 99.9998, 150.0]))
    assert np.allclose(values, [1, 1, 1, 1, 1, 0], rtol=1e-9)


def test_a_turn_moved_by_an_action_is_not_stepped_over() -> None:
    later = Action(20.0, "set", "on", 60.0)
    assert np.allclose(_pulsed(np.array([5.0, 30.0]), actions=(later,)), [2.0, 1.0], rtol=1e-9)


def test_planted_breach_without_stops_the_pulse_is_missed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("nonself.engine.stops.turning_points", lambda model: ())
    assert _pulsed(np.array([33.333333]))[0] < 0.5


def test_kinks_against_an_independent_solver() -> None:
    built = program("pulsed")
    times = np.linspace(0.0, 20.0, 41)
    outcomes = solve(Problem(built, ("a",), parameter_table(built, 1), 20.0, times, rtol=1e-9))
    column = built.defaults[:, None]
    pieces, state = [], np.array([0.0, 1.0])
    for first, last in ((0.0, 5.0), (5.0, 5.0001), (5.0001, 20.0)):
        middle = (first + last) / 2  # which side of each turn this piece is on
        run = solve_ivp(
            lambda t, y, middle=middle: twin.right_hand_side(built.model, column, y[:, None], middle)[:, 0],
            (first, last), state, "LSODA", rtol=1e-11, atol=1e-13, dense_output=True,
        )  # fmt: skip
        pieces.append((last, run.sol))
        state = run.y[:, -1]
    expected = np.array([next(sol for last, sol in pieces if time <= last)(time) for time in times])
    assert np.allclose(outcomes.values[0], expected, rtol=1e-6, atol=1e-8)


def test_turning_points_are_found_or_refused() -> None:
    assert turning_points(pulsed()) == ("on", "on + length")
    assert turning_points(driven()) == ()
    parts = {"species": (Species("Y", 1.0, "1", WHY),), "parameters": (Parameter("k", 1.0, "1", WHY),)}

    def turns(rate: str) -> tuple[str, ...]:
        mechanism = Mechanism("m", "m", (), reactions=(Reaction("r", rate, {"Y": 1}),), **parts)  # type: ignore[arg-type]
        return turning_points(compose([mechanism], id="m", time_unit="day"))

    (linear,) = turns("k if k - 2*(time - 3)/k < -4 else 0")
    assert evaluate_formula(linear, {"k": 3.0}) == 13.5
    assert turns("k if 2 < time < 5 or True else 0") == ("2", "5")
    assert turns("k if time < Y else 0") == ()  # found on the way
    with pytest.raises(InputError, match="cannot be known beforehand"):
        turns("k if exp(time) > k else 0")
