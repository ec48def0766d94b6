"""exp, log and pow: error bounds in units of the last place, IEEE special cases, the same bits for any width."""

from __future__ import annotations

import ctypes
import functools
import math
from collections.abc import Callable

import mpmath
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from llvmlite import binding as llvm
from llvmlite import ir

from nonself.codegen import functions, target
from nonself.codegen.lanes import INT, VOID, Lanes

Runner = Callable[..., np.ndarray]
ARITY = {"exp": 1, "log": 1, "pow": 2}
SPECIAL = np.array(
    [0.0, -0.0, 1, -1, 2, -2, 0.5, -0.5, 3, -3, 2.5, -2.5, np.inf, -np.inf, np.nan, 1e308, -1e308, 5e-324, -5e-324,
     1e-310, 2.0**53, 2.0**54, -745.2, -746.0, 709.7, 710.0, 1e300, -1e300, 1024, 1025.0, 2.0**53 - 1, -7]
)  # fmt: skip


@functools.cache
def runner(width: int) -> Runner:
    """Compile the three functions alone and return run(name, x, y)."""
    level = target.host_level() if width == 8 else "x86-64-v3"
    module = ir.Module("functions")
    module.triple = llvm.get_default_triple()
    pointer = ir.PointerType()
    for name, arity in ARITY.items():
        function = ir.Function(module, ir.FunctionType(VOID, [pointer, pointer, pointer, INT]), f"run_{name}")
        lanes = Lanes(module, ir.IRBuilder(function.append_basic_block("entry")), width)
        with lanes.count(function.args[3]) as row:
            arguments = [lanes.load(function.args[k], 0, row) for k in range(arity)]
            lanes.store(functions.batch(lanes, name, [arguments])[0], function.args[2], 0, row)
        lanes.builder.ret_void()
    machine = target.machine(level)
    compiled = llvm.parse_assembly(str(module))
    target.optimize(compiled, machine)
    engine = llvm.create_mcjit_compiler(compiled, machine)
    engine.finalize_object()

    def run(name: str, x: np.ndarray, y: np.ndarray | None = None) -> np.ndarray:
        count = -(-len(x) // 8) * 8
        block = np.zeros((3, count + 8))
        first = (-block.ctypes.data // 8) % 8
        rows = [block.ravel()[k * count + first : k * count + first + count] for k in range(3)]
        rows[0][: len(x)] = x
        rows[1][: len(x)] = x if y is None else y
        kind = ctypes.CFUNCTYPE(None, *[ctypes.c_void_p] * 3, ctypes.c_int64)
        kind(engine.get_function_address(f"run_{name}"))(*(r.ctypes.data for r in rows), count // width)
        return rows[2][: len(x)].copy()

    run.engine = engine  # type: ignore[attr-defined]  # keeps the code alive
    return run


def worst(got: np.ndarray, exact: list[mpmath.mpf], allowance: np.ndarray | None = None) -> float:
    """Return the largest error in units in the last place, less an allowance for each value."""
    errors = []
    for k, (value, true) in enumerate(zip(got, exact, strict=True)):
        if math.isfinite(float(true)) and abs(float(true)) > 1e-300:
            error = float(abs((mpmath.mpf(value) - true) / math.ulp(float(true))))
            errors.append(error - (0.0 if allowance is None else allowance[k]))
    return max(errors)


@pytest.fixture(autouse=True)
def _precision() -> None:
    mpmath.mp.prec = 140


def test_exp_within_one() -> None:
    x = np.random.default_rng(1).uniform(-700, 709, 4000)
    assert worst(runner(8)("exp", x), [mpmath.exp(mpmath.mpf(v)) for v in x]) < 1.0


def test_log_within_one() -> None:
    rng = np.random.default_rng(2)
    x = np.concatenate([np.exp(rng.uniform(-700, 700, 2000)), rng.uniform(0.5, 2, 2000)])
    assert worst(runner(8)("log", x), [mpmath.log(mpmath.mpf(v)) for v in x]) < 1.0


def test_pow_within_its_bound() -> None:
    rng = np.random.default_rng(3)
    x = np.concatenate([np.exp(rng.uniform(-20, 20, 2000)), rng.uniform(0.9, 1.1, 2000)])
    y = np.concatenate([rng.uniform(-30, 30, 2000), rng.uniform(-5000, 5000, 2000)])
    size = np.abs(y * np.log(x))
    exact = [mpmath.mpf(a) ** mpmath.mpf(b) for a, b in zip(x, y, strict=True)]
    assert worst(runner(8)("pow", x, y), exact, np.where(size <= 32, 0.0, size / 16)) < 2.0


def test_planted_breach_the_measure_sees_three_units() -> None:
    x = np.array([1.5])
    wrong = runner(8)("exp", x) + 3 * np.spacing(runner(8)("exp", x))
    assert worst(wrong, [mpmath.exp(mpmath.mpf(1.5))]) > 2.0


@pytest.mark.parametrize("width", [8, 4, 2, 1])
@pytest.mark.parametrize("name", ["exp", "log", "pow"])
def test_special_values_are_as_ieee_has_them(name: str, width: int) -> None:
    x, y = (grid.ravel() for grid in np.meshgrid(SPECIAL, SPECIAL))
    with np.errstate(all="ignore"):
        expected = {"exp": np.exp(x), "log": np.log(x), "pow": np.power(x, y)}[name]
    got = runner(width)(name, x, y)
    assert (np.isnan(got) == np.isnan(expected)).all()
    sure = ~np.isnan(expected)
    assert (np.signbit(got) == np.signbit(expected))[sure].all()
    finite = sure & np.isfinite(expected)
    assert (got[sure & ~finite] == expected[sure & ~finite]).all()
    assert (np.abs(got[finite] - expected[finite]) <= 4 * np.abs(np.spacing(expected[finite]))).all()


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.floats(), st.floats()), min_size=1, max_size=32))
def test_the_same_bits_for_any_width(pairs: list[tuple[float, float]]) -> None:
    x, y = np.array(pairs).T.copy()
    for name in ARITY:
        reference = runner(8)(name, x, y)
        for width in (4, 2, 1):
            other = runner(width)(name, x, y)
            nan = np.isnan(reference)
            assert (np.isnan(other) == nan).all()
            assert other[~nan].tobytes() == reference[~nan].tobytes()
