"""Order, dense output, stiffness, conservation: against exact answers and independent solvers."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.integrate import solve_ivp

from nonself.codegen import twin
from nonself.codegen.methods import RODAS5P
from nonself.engine.loop import solve
from nonself.engine.problem import Action, Problem, parameter_table
from tests.models import program

# as the independent solver gives them below, written down so that both cannot drift together
ROBERTSON = {
    0.4: (0.9851721138630, 3.386395376e-5, 1.479402221e-2),
    40.0: (0.7158270688, 9.185534765e-6, 0.2841637457),
    4e5: (4.938274521e-3, 1.984994080e-8, 0.9950617056),
}


def test_robertson() -> None:
    built = program("robertson")
    times = np.array(list(ROBERTSON))
    outcomes = solve(Problem(built, ("a",), parameter_table(built, 1), 4e5, times, rtol=1e-9))
    independent = solve_ivp(
        lambda t, y: twin.right_hand_side(built.model, built.defaults[:, None], y[:, None])[:, 0],
        (0, 4e5), [1.0, 0, 0], "Radau", times, rtol=1e-11, atol=1e-16,
    )  # fmt: skip
    assert np.allclose(outcomes.values[0], independent.y.T, rtol=1e-7, atol=0)
    assert np.allclose(outcomes.values[0], list(ROBERTSON.values()), rtol=2e-6, atol=0)
    assert np.abs(outcomes.values[0].sum(axis=1) - 1.0).max() < 1e-12


def _errors(times: np.ndarray, tolerances: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    built = program("dosed")
    actions = (Action(0.0, "add", "drug", 3.0),)
    exact = solve(Problem(built, ("a",), parameter_table(built, 1), 4.0, times, actions, rtol=1e-13)).values
    errors, steps = [], []
    for rtol in tolerances:
        outcomes = solve(
            Problem(built, ("a",), parameter_table(built, 1), 4.0, times, actions, rtol=float(rtol))
        )
        errors.append(np.abs(outcomes.values - exact).max())
        steps.append(outcomes.steps[0])
    return np.array(errors), np.array(steps, dtype=float)


@pytest.mark.parametrize(
    ("times", "order"),
    [(np.array([4.0]), RODAS5P.order), (np.linspace(0.0, 4.0, 397), RODAS5P.dense_order)],
    ids=["step", "dense output"],
)
def test_order(times: np.ndarray, order: int) -> None:
    """The error falls with the number of steps at least as fast as the method's declared order, less a half."""
    errors, steps = _errors(times, np.geomspace(1e-7, 1e-10, 7))
    slope = -np.polyfit(np.log(steps), np.log(errors), 1)[0]
    assert slope > order - 0.5


def test_planted_breach_a_wrong_coefficient_loses_the_order() -> None:
    """The classical order conditions up to three, which a mistyped coefficient breaks."""
    assert _order_residual(RODAS5P.a, RODAS5P.c, RODAS5P.gamma) < 1e-12
    broken = (*RODAS5P.c[:3], (RODAS5P.c[3][0] + 1e-3, *RODAS5P.c[3][1:]), *RODAS5P.c[4:])
    assert _order_residual(RODAS5P.a, broken, RODAS5P.gamma) > 1e-6


def _order_residual(
    a: tuple[tuple[float, ...], ...], c: tuple[tuple[float, ...], ...], gamma: float
) -> float:
    """Largest residual of the conditions sum b = 1, sum b beta = 1/2, b alpha^2 = 1/3, b beta beta = 1/6."""
    stages = len(a)
    C = np.zeros((stages, stages))
    A = np.zeros((stages, stages))
    for row in range(stages):
        C[row, : len(c[row])] = c[row]
        A[row, : len(a[row])] = a[row]
    Gamma = np.linalg.inv(np.eye(stages) / gamma - C)
    m = np.append(A[-1, :-1], 1.0)
    b = m @ Gamma
    alpha = A @ Gamma
    beta = (alpha + Gamma).sum(axis=1)
    residuals = [
        b.sum() - 1,
        b @ beta - 1 / 2,
        b @ alpha.sum(axis=1) ** 2 - 1 / 3,
        b @ ((alpha + Gamma) @ beta) - 1 / 6,
        b @ alpha.sum(axis=1) ** 3 - 1 / 4,
        b @ alpha.sum(axis=1) ** 4 - 1 / 5,
    ]
    return float(np.abs(residuals).max())


def test_against_an_independent_solver() -> None:
    built = program("dosed")
    rng = np.random.default_rng(3)
    table = parameter_table(built, 12) * np.exp(rng.normal(0, 0.3, (len(built.parameters), 12)))
    times = np.linspace(0.0, 30.0, 31)
    actions = (Action(0.0, "add", "drug", 3.0),)
    outcomes = solve(Problem(built, tuple("abcdefghijkl"), table, 30.0, times, actions, rtol=1e-8))
    for k in range(12):
        column = table[:, [k]]
        start = twin.initial_state(built.model, column)[:, 0] + [3.0, 0, 0]
        independent = solve_ivp(
            lambda t, y, column=column: twin.right_hand_side(built.model, column, y[:, None])[:, 0],
            (0, 30.0), start, "DOP853", times, rtol=1e-11, atol=1e-13,
        )  # fmt: skip
        assert np.allclose(outcomes.values[k, :, :3], independent.y.T, rtol=1e-6, atol=1e-8)


def test_step_counts_stay_what_they_are() -> None:
    """Speed is gated on counts, not on seconds: a change in the controller or the method shows here."""
    built = program("robertson")
    outcomes = solve(Problem(built, ("a",), parameter_table(built, 1), 4e5, np.array([4e5]), rtol=1e-6))
    assert outcomes.steps[0] <= 150
    built = program("dosed")
    doses = tuple(Action(28.0 * k, "add", "drug", 3.0) for k in range(6))
    outcomes = solve(
        Problem(built, ("a",), parameter_table(built, 1), 200.0, np.array([200.0]), doses, rtol=1e-6)
    )
    assert outcomes.steps[0] <= 330
    assert outcomes.rejected[0] <= 12
