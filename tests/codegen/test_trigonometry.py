"""Circular, hyperbolic and step functions: error bounds in units of the last place, special cases, bits, slopes."""

from __future__ import annotations

import ctypes
import functools
import math
from collections.abc import Callable
from dataclasses import replace

import mpmath
import numpy as np
import pytest
from llvmlite import binding as llvm
from llvmlite import ir

import nonself
from nonself.codegen import probe, target, trigonometry, twin
from nonself.codegen.build import build
from nonself.codegen.lanes import INT, VOID, Lanes
from nonself.engine.problem import parameter_table
from nonself.errors import InputError
from nonself.model.compose import compose
from nonself.model.parts import Expression, Mechanism, Observable, Parameter, Reaction, Species
from nonself.provenance import assumed
from tests.codegen.test_functions import SPECIAL, worst

WHY = assumed("a test")
Runner = Callable[[str, np.ndarray], np.ndarray]
BOUNDS = {
    "sin": 1, "cos": 1, "tan": 2, "atan": 2, "expm1": 2, "log1p": 2, "asin": 3, "acos": 3, "sinh": 3, "cosh": 3,
    "tanh": 3, "asinh": 4, "acosh": 4, "atanh": 4,
}  # fmt: skip
NUMPY = {"asin": "arcsin", "acos": "arccos", "atan": "arctan", "asinh": "arcsinh", "acosh": "arccosh",
         "atanh": "arctanh"}  # fmt: skip


@functools.cache
def runner(width: int) -> Runner:
    """Compile all functions and return run(name, x)."""
    level = target.host_level() if width == 8 else "x86-64-v3"
    module = ir.Module("functions")
    module.triple = llvm.get_default_triple()
    for name in trigonometry.FUNCTIONS:
        kind = ir.FunctionType(VOID, [ir.PointerType(), ir.PointerType(), INT])
        function = ir.Function(module, kind, f"run_{name}")
        lanes = Lanes(module, ir.IRBuilder(function.append_basic_block("entry")), width)
        with lanes.count(function.args[2]) as row:
            result = trigonometry.call(lanes, name, lanes.load(function.args[0], 0, row))
            lanes.store(result, function.args[1], 0, row)
        lanes.builder.ret_void()
    machine = target.machine(level)
    compiled = llvm.parse_assembly(str(module))
    target.optimize(compiled, machine)
    engine = llvm.create_mcjit_compiler(compiled, machine)
    engine.finalize_object()

    def run(name: str, x: np.ndarray) -> np.ndarray:
        count = -(-len(x) // 8) * 8
        block = np.zeros(2 * count + 8)
        first = (-block.ctypes.data // 8) % 8
        rows = [block[k * count + first : k * count + first + count] for k in range(2)]
        rows[0][: len(x)] = x
        kind = ctypes.CFUNCTYPE(None, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_int64)
        kind(engine.get_function_address(f"run_{name}"))(*(r.ctypes.data for r in rows), count // width)
        return rows[1][: len(x)].copy()

    run.engine = engine  # type: ignore[attr-defined]  # keeps the code alive
    return run


def points(name: str) -> np.ndarray:
    """Where a function is looked at: evenly, tiny, huge, and next to where it is hard."""
    rng = np.random.default_rng(sum(name.encode()))
    both = rng.choice([-1.0, 1.0], 3000)
    even, tiny = rng.uniform(-3, 3, 3000), both * np.exp(rng.uniform(-40, 0, 3000))
    if name in ("asin", "acos", "atanh"):
        return np.concatenate(
            [rng.uniform(-1, 1, 3000), tiny, both * (1 - np.exp(rng.uniform(-30, 0, 3000)))]
        )
    if name in ("sinh", "cosh", "expm1"):
        return np.concatenate([even, tiny, rng.uniform(-700, 700, 3000)])
    if name == "log1p":
        return np.concatenate([rng.uniform(-0.999, 3, 3000), np.abs(tiny), np.exp(rng.uniform(0, 700, 3000))])
    if name == "acosh":
        return np.concatenate([1 + np.abs(even), 1 + np.abs(tiny), np.exp(rng.uniform(0, 700, 3000))])
    large = both * np.exp(rng.uniform(0, 700 if name in ("atan", "asinh", "tanh") else 27, 3000))
    quarters = np.pi / 2 * np.rint(np.exp(rng.uniform(0, 26, 3000)))
    return np.concatenate([even, tiny, large, quarters, np.nextafter(quarters, np.inf)])


@pytest.fixture(autouse=True)
def _precision() -> None:
    mpmath.mp.prec = 300


@pytest.mark.parametrize("name", BOUNDS)
def test_errors_are_within_their_bounds(name: str) -> None:
    x = points(name)
    with mpmath.workprec(300):
        exact = [getattr(mpmath, name)(mpmath.mpf(v)) for v in x]
    assert worst(runner(8)(name, x), exact) < BOUNDS[name]


def test_planted_breach_a_reduction_with_one_part_of_pi_is_seen() -> None:
    x = np.pi / 2 * np.arange(1000.0, 2000.0)
    wrong = np.sin(x - np.pi / 2 * np.rint(x / (np.pi / 2)))
    exact = [mpmath.sin(mpmath.mpf(v)) * (1, -1)[k // 2 % 2] for k, v in enumerate(x)]
    assert worst(np.abs(wrong), [abs(e) for e in exact]) > 1e3


@pytest.mark.parametrize("name", [*BOUNDS, "floor", "ceil"])
def test_special_values_are_as_ieee_has_them(name: str) -> None:
    x = SPECIAL[np.abs(SPECIAL) <= 2.0**40] if name in ("sin", "cos", "tan") else SPECIAL
    x = np.concatenate([x, [np.inf, -np.inf, np.nan]])
    with np.errstate(all="ignore"):
        expected = getattr(np, NUMPY.get(name, name))(x)
    for width in (8, 4, 1):
        got = runner(width)(name, x)
        assert (np.isnan(got) == np.isnan(expected)).all()
        sure = ~np.isnan(expected)
        assert (np.signbit(got) == np.signbit(expected))[sure].all()
        finite = sure & np.isfinite(expected)
        assert (got[sure & ~finite] == expected[sure & ~finite]).all()
        assert np.allclose(got[finite], expected[finite], rtol=1e-15, atol=1e-300)


def test_rates_and_slopes_of_all_functions_are_those_of_the_plain_twin() -> None:
    """Slopes against complex steps: exact to rounding."""
    smooth = [name for name in BOUNDS if name not in ("expm1", "log1p")]
    states = [f"y{k}" for k in range(len(smooth))]
    inner = {"acosh": "1.5 + x*x"}
    rates = [f"{name}({inner.get(name, 'k*x + 0.1*y0')})" for name in smooth]
    mechanism = Mechanism(
        "functions",
        "all functions",
        (),
        species=tuple(Species(name, 0.3, "1", WHY) for name in ("x", *states)),
        parameters=(Parameter("k", 0.4, "1", WHY),),
        reactions=(
            Reaction("of x", "0.1*x", {"x": 1}),
            *(Reaction(f"of {s}", rate, {s: 1}) for s, rate in zip(states, rates, strict=True)),
        ),
        observables=(Observable("steps", "floor(10*x) + 100*ceil(10*x) + factorial(3 + 0*x)", "1"),),
    )
    model = compose([mechanism], id="functions", time_unit="day")
    program = build(model)
    rng = np.random.default_rng(7)
    at = rng.uniform(0.05, 0.9, (len(program.species), 16))
    table = parameter_table(program, 16)
    found, observed = probe.evaluate(program, table, at)
    assert found == pytest.approx(twin.right_hand_side(model, table, at), rel=1e-14, abs=1e-15)
    assert observed == pytest.approx(twin.observables(model, table, at), rel=1e-15)
    slopes = probe.jacobian(program, table[:, :4], at[:, :4])
    for column in range(len(program.species)):
        stepped = at[:, :4].astype(complex)
        stepped[column] += 1e-30j
        exact = twin.right_hand_side(model, table[:, :4], stepped).imag / 1e-30
        assert pytest.approx(exact, rel=1e-11, abs=1e-13) == slopes[:, :, column].T


@pytest.mark.parametrize("rate", ["k*floor(time)", "k*ceil(x)", "k*half", "k if floor(x) < 1 else 0"])
def test_steps_of_what_moves_are_refused_in_rates_and_not_in_observables(rate: str) -> None:
    parts = {
        "species": (Species("x", 1.0, "1", WHY),),
        "parameters": (Parameter("k", 0.4, "1", WHY), Parameter("n", 2.5, "1", WHY)),
        "expressions": (Expression("half", "floor(0.5*x)", "1"),),
        "observables": (Observable("whole", "floor(x)", "1"),),
    }
    fine = Mechanism("m", "m", (), reactions=(Reaction("r", "k*floor(n)*x", {"x": 1}),), **parts)
    compose([fine], id="m", time_unit="day")
    with pytest.raises(InputError, match="let an event count it"):
        compose([replace(fine, reactions=(Reaction("r", rate, {"x": 1}),))], id="m", time_unit="day")


def test_a_state_at_the_zero_of_a_root_goes_on_from_there() -> None:
    """dx/dt = 1 - sqrt(y), dy/dt = 1 from 0: the slope of the root is infinite at the start."""
    mechanism = Mechanism(
        "root",
        "root",
        (),
        species=(Species("x", 0.0, "1", WHY), Species("y", 0.0, "1", WHY)),
        parameters=(Parameter("n", 0.4, "1", WHY),),
        reactions=(Reaction("a", "1 - sqrt(y) + y**n", {"x": 1}, signed=True), Reaction("b", "1", {"y": 1})),
    )
    found = nonself.simulate(compose([mechanism], id="root", time_unit="day"), until=1.0, rtol=1e-8)
    assert found.finished.all()
    assert found.values[0, -1, 0] == pytest.approx(1 - 2 / 3 + 1 / 1.4, rel=1e-6)


def test_an_angle_too_large_to_mean_anything_is_none() -> None:
    for name in ("sin", "cos", "tan"):
        assert np.isnan(runner(8)(name, np.array([2.0**41, -1e300]))).all()


def test_factorials_are_the_nearest_doubles() -> None:
    got = runner(8)("factorial", np.arange(171.0))
    assert got.tolist() == [float(math.factorial(n)) for n in range(171)]
    others = runner(8)("factorial", np.array([171.0, np.inf, -1.0, 0.5, np.nan]))
    assert others[:2].tolist() == [np.inf, np.inf]
    assert np.isnan(others[2:]).all()


@pytest.mark.parametrize("name", list(trigonometry.FUNCTIONS))
def test_the_same_bits_for_any_width(name: str) -> None:
    x = points(name) if name in BOUNDS else np.random.default_rng(4).uniform(-5, 200, 1000)
    reference = runner(8)(name, x)
    for width in (4, 2, 1):
        other = runner(width)(name, x)
        assert (np.isnan(other) == np.isnan(reference)).all()
        sure = ~np.isnan(reference)
        assert other[sure].tobytes() == reference[sure].tobytes()
