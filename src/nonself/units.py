"""Units and dimensions, on pint, with cells as a dimension of their own."""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from nonself.errors import UnitError, shortened
from nonself.expr import TIME, parse

if TYPE_CHECKING:
    import pint

DAYS_PER_MONTH = 30.4375
UNSAID_TIME = "time"  # the unit of time of a model whose file says none
LONGEST = 1_000  # characters of a unit
MOST_GROUPS = 2  # powers of what stands in brackets
_POWER = re.compile(r"\*\*|\^")
_SMALL_POWER = re.compile(
    r"(?:\*\*|\^)\s*\(?\s*[+-]?\s*\d{1,2}(?:\.\d{0,17})?(?:\s*/\s*\d{1,2})?(?![\d.eE])\s*\)?(?!\s*(?:\*\*|\^))"
)
_POWER_OF_GROUP = re.compile(r"\)\s*(?:\*\*|\^)")


@lru_cache(maxsize=1)
def registry() -> pint.UnitRegistry[Any]:
    """Return the unit registry: pint's, plus `cell` and a month of 30.4375 days (365.25 / 12)."""
    import pint

    units: pint.UnitRegistry[Any] = pint.UnitRegistry(cache_folder=None)
    units.define("cell = [cell] = cells")
    return units


@lru_cache(maxsize=4096)
def dimension(unit: str) -> Mapping[str, float]:
    """Return the dimensions of a unit, e.g. `{"[time]": -1}` for "1/day".

    **Raises:** `UnitError` when the unit is not known.
    """
    _require_computable(unit)
    try:
        found = registry().parse_units("" if unit.strip() == "1" else unit).dimensionality
    except Exception as error:
        raise UnitError(
            f"unit {unit!r} is not known ({error})", mend="write it as in '1/day', 'cell/uL', 'mg', 'percent'"
        ) from None
    return {name: float(power) for name, power in found.items()}  # type: ignore[arg-type]


def are_alike(one: str, other: str) -> bool:
    """Return whether two units measure the same kind of quantity.

    **Raises:** `UnitError` when one is not known.
    """
    return one == other or dimension(one) == dimension(other)


def _require_computable(unit: str) -> None:
    """Refuse what would not be worked out soon, such as 9**9**9**9."""
    powers = _POWER.findall(unit)
    small = len(_SMALL_POWER.findall(unit)) == len(powers)
    if len(unit) > LONGEST or not small or len(_POWER_OF_GROUP.findall(unit)) > MOST_GROUPS:
        raise UnitError(
            f"unit {shortened(unit)!r} is too long, or has a power that is no number below 100",
            mend="write it as in '1/day', 'cell/uL', 'mg', 'meter**3'",
        )


def factor(source: str, target: str) -> float:
    """Return what a number in `source` is multiplied with to be in `target`.

    **Raises:** `UnitError` when the two measure different things.

    **Example:** `factor("day", "hour")` gives `24.0`.
    """
    if source == target:
        return 1.0
    if dimension(source) != dimension(target):
        raise UnitError(
            f"{source!r} cannot be converted to {target!r}: they measure different things",
            mend=f"give the value in {target} or in a unit of the same kind",
        )
    units = registry()
    return float(units.Quantity(1.0, source).to(target).magnitude)


def _combine(left: Mapping[str, float], right: Mapping[str, float], sign: float) -> dict[str, float]:
    total = {key: left.get(key, 0) + sign * right.get(key, 0) for key in {*left, *right}}
    return {key: value for key, value in total.items() if abs(value) > 1e-12}


def formula_dimension(formula: str, known: Mapping[str, Mapping[str, float]]) -> Mapping[str, float]:
    """Return the dimensions of a formula from those of its names.

    **Raises:** `UnitError` naming the part that does not fit: a sum of unlike things, a function or an
    exponent that is not a pure number.
    """
    return _dimension(parse(formula), known, formula)


Dimensions = Mapping[str, float]


def _dimension(node: ast.expr, known: Mapping[str, Dimensions], formula: str) -> Dimensions:
    if isinstance(node, ast.Name):
        return known[node.id]
    if isinstance(node, ast.Constant):
        return {}
    if isinstance(node, ast.UnaryOp):
        return _dimension(node.operand, known, formula)
    if isinstance(node, ast.IfExp):
        _conditions(node.test, known, formula)
        return _alike([node.body, node.orelse], node, known, formula)
    if isinstance(node, ast.Call):
        return _of_call(node, known, formula)
    assert isinstance(node, ast.BinOp)
    if isinstance(node.op, (ast.Add, ast.Sub)):
        return _alike([node.left, node.right], node, known, formula)
    left, right = (_dimension(part, known, formula) for part in (node.left, node.right))
    if isinstance(node.op, ast.Pow):
        return _of_power(node, node.right, left, right, formula)
    return _combine(left, right, 1 if isinstance(node.op, ast.Mult) else -1)


def _of_call(node: ast.Call, known: Mapping[str, Dimensions], formula: str) -> Dimensions:
    assert isinstance(node.func, ast.Name)
    if node.func.id in ("min", "max", "abs"):
        return _alike(node.args, node, known, formula)
    inner = [_dimension(part, known, formula) for part in node.args]
    if node.func.id == "delay":
        _require(known.get(TIME, {}), inner[1], node, formula)
        return inner[0]
    if node.func.id == "sqrt":
        return {key: value / 2 for key, value in inner[0].items()}
    if node.func.id == "positive_power":
        return _of_power(node, node.args[1], inner[0], inner[1], formula)
    _require({}, inner[0], node, formula)
    return {}


def _of_power(
    node: ast.expr, exponent: ast.expr, base: Dimensions, power: Dimensions, formula: str
) -> Dimensions:
    _require({}, power, node, formula)
    if not base:
        return {}
    value = _constant(exponent)
    if value is None:
        raise UnitError(
            f"in {formula!r}: {ast.unparse(node)!r} raises a quantity with a unit to a variable power"
        )
    return {key: part * value for key, part in base.items()}


def _alike(
    parts: Sequence[ast.expr], node: ast.expr, known: Mapping[str, Dimensions], formula: str
) -> Dimensions:
    first, *others = (_dimension(part, known, formula) for part in parts)
    for other in others:
        _require(first, other, node, formula)
    return first


def _conditions(node: ast.expr, known: Mapping[str, Dimensions], formula: str) -> None:
    """Hold both sides of every comparison to the same dimensions."""
    for part in ast.walk(node):
        if isinstance(part, ast.Compare):
            _alike([part.left, *part.comparators], part, known, formula)


def _constant(node: ast.expr) -> float | None:
    if isinstance(node, ast.Constant) and isinstance(node.value, (int, float)):
        return float(node.value)
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        inner = _constant(node.operand)
        return None if inner is None else -inner
    return None


def _require(left: Mapping[str, float], right: Mapping[str, float], node: ast.expr, formula: str) -> None:
    if _combine(left, right, -1):
        raise UnitError(
            f"in {formula!r}: {ast.unparse(node)!r} joins {_words(left)} with {_words(right)}",
            mend="check the units of the names in it",
        )


def _words(dimensions: Mapping[str, float]) -> str:
    return " ".join(f"{key}^{value:g}" for key, value in sorted(dimensions.items())) or "a pure number"
