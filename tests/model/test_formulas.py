"""Formulas, units and rate laws."""

from __future__ import annotations

import math

import pytest

from nonself.errors import InputError, UnitError
from nonself.expr import evaluate, names, parse
from nonself.model import rate_laws
from nonself.units import factor


@pytest.mark.parametrize(
    "text",
    [
        "__import__('os')",
        "a.b",
        "a[0]",
        "lambda: 1",
        "a if b else c",
        "sine(a)",
        "a < b",
        "a if b else c",
        "a if (b in c) else e",
        "1 + (a < b)",
        "not a",
        "max(a)",
        "exp(a, b)",
        "a and b",
        "1j",
        "'x'",
        "a;b",
        "",
    ],
)
def test_anything_but_a_formula_is_refused(text: str) -> None:
    with pytest.raises(InputError) as caught:
        parse(text)
    assert caught.value.mend


def test_names_leave_functions_out() -> None:
    assert sorted(names("a*exp(-b*Y) + log(c)")) == ["Y", "a", "b", "c"]


def test_impossible_numbers_are_nan() -> None:
    for formula in ("1/a", "log(a)", "sqrt(a - 1)", "(a - 1)**0.5", "exp(1000 + a)"):
        assert math.isnan(evaluate(formula, {"a": 0.0}))


@pytest.mark.parametrize(
    ("law", "values", "expected"),
    [
        (rate_laws.mass_action("k", "A", "B"), {"k": 2, "A": 3, "B": 5}, 30),
        (rate_laws.logistic("k", "A", "K"), {"k": 2, "A": 3, "K": 6}, 3),
        (rate_laws.logistic("k", "A", "K"), {"k": 2, "A": 6, "K": 6}, 0),
        (rate_laws.gompertz("k", "A", "K"), {"k": 2, "A": 1, "K": math.e}, 2),
        (rate_laws.gompertz("k", "A", "K", "(A + B)"), {"k": 2, "A": 1, "B": math.e - 1, "K": math.e}, 0),
        (rate_laws.saturating("k", "A", "D", "h"), {"k": 2, "A": 3, "D": 4, "h": 4}, 3),
        (rate_laws.hill("k", "D", "h", "n"), {"k": 2, "D": 3, "h": 1, "n": 2}, 1.8),
        (rate_laws.hill("k", "D", "h", "n"), {"k": 2, "D": -1e-9, "h": 1, "n": 1.5}, 0),
        (rate_laws.windowed("k", "A", "D", "h"), {"k": 2, "A": 3, "D": 4, "h": 4}, 0.75),
    ],
)
def test_rate_laws(law: str, values: dict[str, float], expected: float) -> None:
    assert evaluate(law, values) == pytest.approx(expected, abs=1e-12)


def test_units_convert_or_are_refused() -> None:
    assert factor("day", "hour") == pytest.approx(24)
    assert factor("g", "mg") == pytest.approx(1000)
    assert factor("cell/uL", "Gcell/L") == pytest.approx(1e-3)
    with pytest.raises(UnitError, match="measure different things"):
        factor("mg", "day")
    with pytest.raises(UnitError, match="not known"):
        factor("milligrams_of", "mg")
