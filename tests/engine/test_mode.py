"""The caller's floating-point mode changes nothing and is given back."""

from __future__ import annotations

import ctypes
import ctypes.util
import platform

import numpy as np
import pytest

from nonself.codegen import target
from nonself.codegen.build import build
from nonself.codegen.program import Program
from nonself.engine.loop import solve
from nonself.engine.problem import Action, Problem, parameter_table
from tests.models import dosed, program

UPWARD, NEAREST = 0x800, 0x000  # x86's values of FE_UPWARD and FE_TONEAREST

pytestmark = pytest.mark.skipif(platform.machine() != "x86_64", reason="the mode is set on x86-64 only")


def _solved(built: Program) -> bytes:
    doses = (Action(0.0, "add", "drug", 3.0),)
    grid = np.linspace(0.0, 10.0, 11)
    return solve(Problem(built, ("a",), parameter_table(built, 1), 10.0, grid, doses)).values.tobytes()


def test_the_rounding_mode_of_the_caller_changes_no_bit_and_is_restored() -> None:
    library = ctypes.CDLL(ctypes.util.find_library("m"))
    built = program("dosed")
    plain = _solved(built)
    assert library.fesetround(UPWARD) == 0
    try:
        assert np.float64(1.0) + np.float64(1e-30) > 1.0  # the planted mode is really on
        odd = _solved(built)
        assert library.fegetround() == UPWARD
    finally:
        library.fesetround(NEAREST)
    assert odd == plain


def test_planted_breach_a_program_that_leaves_the_mode_alone_differs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(target, "floating_mode", lambda level: None)
    careless = build(dosed(), use_cache=False)
    library = ctypes.CDLL(ctypes.util.find_library("m"))
    plain = _solved(careless)
    library.fesetround(UPWARD)
    try:
        odd = _solved(careless)
    finally:
        library.fesetround(NEAREST)
    assert odd != plain
