"""Histograms: quantiles within a bin of the values', the same bytes for any chunks in any order, no patient lost."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from nonself.engine.tally import BINS, Counts, count, quantiles, together

LEVELS = (0.0, 0.05, 0.25, 0.5, 0.75, 0.95, 1.0)
FINITE = st.floats(allow_nan=False, allow_infinity=False, width=64)
TABLES = arrays(np.float64, st.tuples(st.integers(1, 60), st.integers(1, 5)), elements=FINITE)


def same(left: Counts, right: Counts) -> bool:
    return left.octaves.tobytes() == right.octaves.tobytes() and (
        left.numbers.tobytes() == right.numbers.tobytes()
    )


def within_a_bin(found: np.ndarray, values: np.ndarray) -> bool:
    """Each quantile lies a bin at most from both order statistics around the exact one."""
    low = np.quantile(values, LEVELS, axis=0, method="lower")
    high = np.quantile(values, LEVELS, axis=0, method="higher")
    wide = np.maximum(np.abs(low), np.abs(high)) / BINS + 2.0**-119
    return bool(((found >= low - wide) & (found <= high + wide)).all())


@settings(max_examples=150, deadline=None)
@given(TABLES)
def test_quantiles_lie_within_a_bin_and_everybody_is_counted(values: np.ndarray) -> None:
    counts = count(values)
    assert (counts.numbers.sum(axis=(0, 1)) == len(values)).all()
    with np.errstate(over="ignore", invalid="ignore"):
        found = quantiles(counts, LEVELS)
    usual = np.abs(values).max() < 1e300
    assert not usual or within_a_bin(found, values)
    assert not usual or (np.diff(found, axis=0) >= 0).all()


@settings(max_examples=60, deadline=None)
@given(TABLES, st.integers(1, 20), st.randoms())
def test_chunks_in_any_order_give_the_same_bytes(values: np.ndarray, chunk: int, random: object) -> None:
    parts = [count(values[first : first + chunk]) for first in range(0, len(values), chunk)]
    random.shuffle(parts)  # type: ignore[attr-defined]
    assert same(together(parts), count(values))


@pytest.mark.parametrize("scale", [1e-30, 1e-3, 1.0, 1e12])
@pytest.mark.parametrize("sign", [1, -1])
def test_a_large_cohort_on_either_side_of_zero(scale: float, sign: int) -> None:
    values = sign * scale * np.exp(np.random.default_rng(1).normal(0, 2, (5000, 3)))
    found = quantiles(count(values), LEVELS[1:-1])
    exact = np.quantile(values, LEVELS[1:-1], axis=0)
    assert np.abs(found / exact - 1).max() < 1 / BINS
    assert np.abs(found / exact - 1).max() > 1e-9  # planted breach: exact values would not come from bins


def test_planted_breach_a_patient_counted_twice_or_not_at_all_is_seen() -> None:
    values = np.random.default_rng(2).normal(size=(40, 2))
    parts = [count(values[:20]), count(values[20:])]
    assert same(together(parts), count(values))
    assert not same(together([*parts, count(values[:1])]), count(values))
    assert not same(together(parts[:1]), count(values))


def test_what_is_no_number_gives_none_and_infinity_keeps_its_place() -> None:
    values = np.array([[1.0, np.nan, -np.inf], [2.0, 1.0, 1.0], [3.0, 1.0, 2.0]])
    found = quantiles(count(values), (0.0, 0.5, 1.0))
    assert np.isnan(found[:, 1]).all()
    assert found[0, 2] == -np.inf
    assert found[1:, 2] == pytest.approx([1.0, 2.0], rel=1 / BINS)
    assert quantiles(count(np.zeros((3, 2))), (0.5,)).tolist() == [[0.0, 0.0]]


def test_nobody_at_all() -> None:
    empty = count(np.empty((0, 4)))
    assert empty.numbers.shape == (0, BINS, 4)
    some = count(np.ones((2, 4)))
    assert same(together([empty, some]), some)
    assert same(together([some, empty]), some)
    assert np.isnan(quantiles(empty, (0.5,))).all()


def test_who_has_died_is_counted_no_more() -> None:
    values = np.array([[1.0, np.nan, np.nan], [2.0, 2.0, np.nan], [4.0, 4.0, np.nan]])
    counts = count(values, ~np.isnan(values))
    assert counts.numbers.sum(axis=(0, 1)).tolist() == [3, 2, 0]
    found = quantiles(counts, (0.5,))[0]
    assert found[:2] == pytest.approx([2.0, 3.0], rel=1 / BINS)
    assert np.isnan(found[2])
    parts = [count(values[[row]], ~np.isnan(values[[row]])) for row in (2, 0, 1)]
    assert same(together(parts), counts)
