"""The machine code against the plain twin, and the Jacobian against complex steps, at random states."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nonself.codegen import twin
from nonself.codegen.probe import evaluate, jacobian
from nonself.codegen.program import Program
from nonself.codegen.sparse import plan
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
