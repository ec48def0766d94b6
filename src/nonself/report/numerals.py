"""Numbers as people read them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from decimal import Decimal, InvalidOperation

MISSING = "—"
_MINUS, _TIMES = "\N{MINUS SIGN}", "\N{MULTIPLICATION SIGN}"
_RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
_COUNTED = ("second", "minute", "hour", "day", "week", "month", "year", "cell", "patient")
_NO_UNIT = ("", "1", "dimensionless")


def power(exponent: int) -> str:
    """Return ten to the power of `exponent`, raised: `10⁻³`."""
    return f"10{str(exponent).translate(_RAISED)}"


def number(value: float | None) -> str:
    """Return `value` with three significant digits (four from 1,000 on), whole numbers as they are.

    **Arguments:** `value` any number; a count (int) keeps all digits; None and NaN are shown as a dash.

    **Returns:** text with thousands separators; below 0.001 and from a million on with a power of ten.

    **Example:** `number(1234.56)` gives `"1,235"`.
    """
    if value is None or math.isnan(value):
        return MISSING
    if math.isinf(value):
        return "∞" if value > 0 else f"{_MINUS}∞"
    sign, size = _MINUS if value < 0 else "", abs(float(value))
    if isinstance(value, int):
        return f"{sign}{abs(value):,}"
    if size == 0:
        return "0"
    if size.is_integer() and size < 1e6:
        return f"{sign}{int(size):,}"
    rounded = float(f"{size:.3e}" if size >= 999.5 else f"{size:.2e}")
    exponent = math.floor(math.log10(rounded))
    if rounded >= 1e6 or rounded < 1e-3:
        return f"{sign}{rounded / 10.0**exponent:.3g} {_TIMES} {power(exponent)}"
    return f"{sign}{rounded:,.{max(0, 2 - exponent)}f}"


def exact(text: str) -> str:
    """Return a number given as text, or two of them as `a to b`, with all digits, set for reading; any other
    text as it is.

    **Example:** `exact("742834.0")` gives `"742,834"`.
    """
    if " to " in text:
        return " to ".join(exact(part) for part in text.split(" to "))
    try:
        value = Decimal(text.strip())
    except InvalidOperation:
        return text
    if not value.is_finite():
        return text
    if value == 0:
        return "0"
    sign, exponent = _MINUS if value < 0 else "", value.adjusted()
    value = abs(value).normalize()
    if -4 <= exponent < 7:
        return f"{sign}{value:,f}"
    mantissa = value.scaleb(-exponent)
    return f"{sign}{power(exponent)}" if mantissa == 1 else f"{sign}{mantissa:f} {_TIMES} {power(exponent)}"


def has_unit(unit: str) -> bool:
    """Return whether `unit` is worth printing: not empty and not dimensionless."""
    return unit.strip() not in _NO_UNIT


def plural(unit: str, value: float | None = None) -> str:
    """Return `unit` as it follows `value` (None: as in an axis label): `month` or `months`."""
    return f"{unit}s" if unit in _COUNTED and value != 1 else unit.replace("Gcell/", "×10⁹/")


def quantity(value: float | None, unit: str) -> str:
    """Return `value` with its unit; a dash where there is no value."""
    shown = number(value)
    return shown if shown == MISSING or not has_unit(unit) else f"{shown}\u00a0{plural(unit, value)}"


def interval(low: float | None, high: float | None) -> str:
    """Return `low to high`; a dash where neither is known."""
    if low is None and high is None:
        return MISSING
    return f"{number(low)}\u00a0to {number(high)}"


def axis_label(name: str, unit: str) -> str:
    """Return an axis label: the name, and the unit in parentheses unless it is there already."""
    return name if not has_unit(unit) or name.endswith(f"({unit})") else f"{name} ({plural(unit)})"


def tick_labels(ticks: Sequence[float], log_axis: bool) -> list[str]:
    """Return one label per tick, all in the same manner: plain numbers, or powers of ten.

    **Arguments:** `ticks` (n_ticks,); on a logarithmic axis each is a power of ten.
    """
    sizes = [abs(tick) for tick in ticks if tick != 0]
    plain = not sizes or (max(sizes) < 1e6 and min(sizes) > 9e-5)
    if log_axis and not plain:
        return [power(round(math.log10(tick))) for tick in ticks]
    if plain:
        return [f"{tick:,.10f}".rstrip("0").rstrip(".").replace("-", _MINUS) for tick in ticks]
    return [number(tick) for tick in ticks]
