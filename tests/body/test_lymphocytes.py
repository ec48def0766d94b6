"""The lymphocytes at rest: a fixed point at the targets, in dimensions that fit."""

from __future__ import annotations

import numpy as np

from nonself.codegen import twin
from nonself.engine.problem import parameter_table
from nonself.model.check import check
from tests.body.lymphocytes import model, program


def test_model_checks_find_nothing() -> None:
    assert check(model()) == ()


def rest_rates(**columns: float) -> np.ndarray:
    """Return the rates at the start, relative to the state or its scale."""
    used = program(aging=False)
    table = parameter_table(used, 1, columns)
    start = twin.initial_state(used.model, table)
    return np.abs(twin.right_hand_side(used.model, table, start)) / np.maximum(start, used.scales[:, None])


def test_reference_adult_is_a_fixed_point() -> None:
    for size in (0.6, 1.0, 1.5):
        assert rest_rates(size=size).max() < 1e-12


def test_planted_breach_another_age_is_not_a_fixed_point() -> None:
    assert rest_rates(age_at_start=31.0).max() > 1e-6
