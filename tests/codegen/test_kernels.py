"""The machine code against the plain twin, and the Jacobian against complex steps, at random states."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nonself.codegen import twin
from nonself.codegen.build import build
from nonself.codegen.probe import evaluate, jacobian
from nonself.codegen.program import Program
from nonself.codegen.sparse import plan
from nonself.model.compose import compose
from nonself.model.ir import Model
from nonself.model.parts import Mechanism, Parameter, Reaction, Species
from nonself.provenance import assumed
from tests.models import program

NAMES = ("robertson", "dosed", "growth", "decay")


def random_point(built: Program, seed: int, count: int = 11) -> tuple[np.ndarray, np.ndarray]:
    """Return parameters and states spread around a model's own."""
    rng = np.random.default_rng(seed)
    parameters = built.defaults[:, None] * np.exp(rng.normal(0, 0.4, (len(built.parameters), count)))
    typical = np.maximum(np.abs(twin.initial_state(built.model, parameters)), 10 * built.scales[:, None])
    return parameters, typical * np.exp(rng.normal(0, 1.0, typical.shape))


def complex_step(built: Program, parameters: np.ndarray, states: np.ndarray) -> np.ndarray:
    """The Jacobian (n, n_species, n_species) by complex steps through the twin: exact to rounding."""
    size = len(built.species)
    found = np.empty((states.shape[1], size, size))
    for column in range(size):
        moved = states.astype(complex)
        moved[column] += 1e-200j
        found[:, :, column] = (twin.right_hand_side(built.model, parameters, moved).imag / 1e-200).T
    return found


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("width", [8, 4, 1])
def test_rates_equal_the_twin(name: str, width: int) -> None:
    built = program(name, width)
    parameters, states = random_point(built, 1)
    rates, observed = evaluate(built, parameters, states)
    expected = twin.right_hand_side(built.model, parameters, states)
    assert np.allclose(rates, expected, rtol=1e-12, atol=1e-13 * np.abs(expected).max())
    assert np.allclose(observed, twin.observables(built.model, parameters, states), rtol=1e-12)


@pytest.mark.parametrize("name", NAMES)
def test_jacobian_equals_complex_steps(name: str) -> None:
    built = program(name)
    parameters, states = random_point(built, 2)
    assert disagreement(jacobian(built, parameters, states), complex_step(built, parameters, states)) < 1e-11


def disagreement(left: np.ndarray, right: np.ndarray) -> float:
    """Return the largest difference relative to the largest entry of each matrix."""
    scale = np.maximum(np.abs(right).max(axis=(1, 2), keepdims=True), 1e-300)
    return float((np.abs(left - right) / scale).max())


def test_planted_breach_a_wrong_entry_is_seen() -> None:
    built = program("dosed")
    parameters, states = random_point(built, 2)
    wrong = complex_step(built, parameters, states)
    wrong[:, 1, 2] *= 1.001
    assert disagreement(jacobian(built, parameters, states), wrong) > 1e-8


@settings(max_examples=40, deadline=None)
@given(st.integers(1, 12), st.data())
def test_lu_plan_covers_its_fill(size: int, data: st.DataObject) -> None:
    """Eliminating in the planned order touches only planned places."""
    places = st.tuples(st.integers(0, size - 1), st.integers(0, size - 1))
    pattern = data.draw(st.lists(places, max_size=3 * size))
    found = plan(size, pattern)
    assert sorted(found.order) == list(range(size))
    present = {*pattern, *((k, k) for k in range(size))}
    assert present <= found.slots.keys()
    for row in found.order:
        for pivot in found.lower[row]:
            assert all((row, column) in found.slots for column in found.upper[pivot])


def test_the_slope_of_a_power_holds_from_denormal_to_huge_amounts() -> None:
    built = build(growing_by_power())
    amounts = np.array([5e-324, 1e-310, 1e-300, 1e-160, 1e-80, 1e-3, 1.0, 1e80, 1e150])
    for power in (1.25, 1.5, 1.75):
        slopes = power * amounts ** (power - 1.0)
        found = jacobian(built, np.stack([1.0 / slopes, np.full(len(amounts), power)]), amounts[None, :])
        assert np.allclose(found[:, 0, 0], 1.0, rtol=1e-12, atol=0.0), power
        with np.errstate(over="ignore", invalid="ignore"):
            naive = amounts**power * (
                power / amounts
            )  # overflows, and loses digits of what is nearly nothing
        assert not np.allclose(naive, slopes, rtol=1e-12, atol=0.0), power


def growing_by_power() -> Model:
    why = assumed("a test")
    mechanism = Mechanism(
        id="power",
        title="growth by a power",
        references=(),
        species=(Species("x", "0", "1", why),),
        parameters=(Parameter("k", 1.0, "1/day", why), Parameter("n", 2.0, "1", why)),
        reactions=(Reaction("growth", "k*positive_power(x, n)", {"x": 1}),),
    )
    return compose([mechanism], id="power", time_unit="day")
