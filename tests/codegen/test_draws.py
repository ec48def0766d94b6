"""Draws in machine code: the generator as Python has it, each law exact over all uniform numbers, planted breaches."""

from __future__ import annotations

import ctypes

import numpy as np
import pytest
from scipy import stats

from nonself.engine.streams import digests, stream_key, uniforms
from tests.clones import Array, clone_program

GRID = 20_000
EVENLY = (np.arange(GRID) + 0.5) / GRID
D = ctypes.c_double


def _function(name: str, arguments: int) -> ctypes._FuncPointer:  # type: ignore[name-defined]
    address = clone_program("alone").engine.get_function_address(f"nonself_{name}")
    return ctypes.CFUNCTYPE(D, *[D] * arguments)(address)


def _drawn(name: str, *arguments: float) -> Array:
    draw = _function(name, len(arguments) + 1)
    return np.array([draw(*arguments, uniform) for uniform in EVENLY.tolist()])


def _apart(counts: Array, law: Array) -> float:
    """The largest difference of a share of evenly spread uniform numbers and its chance, in uniform numbers."""
    shares = np.bincount(counts.astype(int), minlength=law.size)
    assert shares.size == law.size
    return float(np.abs(shares - law * GRID).max())


@pytest.mark.parametrize(
    ("trials", "miss"),
    [
        (1, 0.3),
        (2, 0.999),
        (10, 0.5),
        (23, 0.04),
        (1000, 0.01),
        (10_000, 0.4),
        (10_000, 1e-6),
        (10_000, 0.9999),
    ],
)
def test_binomial(trials: int, miss: float) -> None:
    law = stats.binom.pmf(np.arange(trials + 1), trials, 1 - miss)
    assert _apart(_drawn("binomial", trials, 1 - miss, miss), law) <= 1.0 + 1e-6
    assert (
        _apart(_drawn("binomial", trials, miss, 1 - miss), law) > 1.0 + 1e-6 or miss == 0.5
    )  # planted: swapped


@pytest.mark.parametrize(
    ("wanted", "ratio"),
    [(1, 0.3), (1, 0.98), (2, 0.5), (10, 0.9), (400, 0.01), (10_000, 0.3), (10_000, 1e-6)],
)
def test_negative_binomial(wanted: int, ratio: float) -> None:
    counts = _drawn("negative_binomial", wanted, 1 - ratio, ratio)
    most = np.arange(int(counts.max()) + 1)
    assert _apart(counts, stats.nbinom.pmf(most, wanted, 1 - ratio)) <= 1.0 + 1e-6
    assert _apart(counts, stats.nbinom.pmf(most, wanted, 1 - 1.01 * ratio)) > 1.0 + 1e-6 or ratio < 1e-3


def test_probability_of_the_mode() -> None:
    probability = _function("probability", 4)
    for trials in (1, 2, 15, 16, 17, 100, 9999, 30_000):
        for p in (1e-5, 0.1, 0.5, 0.77, 0.99999):
            mode = min(trials, int((trials + 1) * p))
            assert probability(mode, trials, p, 1 - p) == pytest.approx(
                stats.binom.pmf(mode, trials, p), rel=1e-11
            )


def test_no_draw_falls_through() -> None:
    """The lowest and highest uniform numbers there are give a number of the law."""
    for uniform in (2.0**-54, 2.0**-53, 1 - 2.0**-53):
        assert 0 <= _function("binomial", 4)(100, 0.3, 0.7, uniform) <= 100
        assert 0 <= _function("negative_binomial", 4)(100, 0.3, 0.7, uniform) < 2000


@pytest.mark.parametrize(
    ("deaths", "births"), [(-0.1, 0.1), (0.1, -0.1), (np.nan, 0.1), (0.1, np.nan), (np.inf, 0.1), (0.1, 1.2)]
)
def test_what_is_no_law_is_said(deaths: float, births: float) -> None:
    assert _function("count", 5)(10.0, deaths, births, 0.5, 0.5) == -1.0


def test_edges_of_the_law() -> None:
    count = _function("count", 5)
    assert count(10.0, 0.0, 0.0, 0.3, 0.6) == 10.0
    assert count(10.0, -1e-9, 0.0, 0.3, 0.6) == 10.0  # rounding of the course
    assert count(10.0, 1e30, 0.5, 0.3, 0.6) == 0.0
    assert count(10.0, 0.0, 0.4, 0.3, 0.6) >= 10.0
    assert count(10.0, 0.4, 0.0, 0.3, 0.6) <= 10.0


def test_the_generator_is_that_of_python() -> None:
    kind = ctypes.CFUNCTYPE(None, *[ctypes.c_uint64] * 4, ctypes.c_void_p)
    draw = kind(clone_program("alone").engine.get_function_address("nonself_uniforms"))
    found = np.zeros(2)
    for patient, number, replicate in (("p1", 0, 0), ("p2", 7, 3), ("p3", 2**32 - 1, 5)):
        low, high = stream_key(9, "clone R")
        draw(low | high << 32, int(digests([patient])[0]), number, replicate, found.ctypes.data)
        assert found[0] == uniforms(9, "clone R", [patient], draw=number, replicate=replicate)[0]
        assert 0 < found[1] < 1 != found[0]
