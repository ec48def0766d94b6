"""Quantities as people write them in a study: a number, a number with a unit, or a patient column."""

from __future__ import annotations

import math
import re

import numpy as np
from numpy.typing import NDArray

from nonself.cohort.population import Cohort
from nonself.errors import InputError, UnitError
from nonself.units import are_alike, factor

Array = NDArray[np.float64]
_QUANTITY = re.compile(r"^\s*(?P<number>[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?)\s*(?P<unit>.*?)\s*$")


def is_quantity(text: str) -> bool:
    """Return whether a text starts with a number, as "60 month" does and a column's name does not."""
    return _QUANTITY.match(text) is not None


def has_unit_like(given: str, unit: str, unless: str) -> bool:
    """Return whether a text has a unit of the same kind as `unit`, which is of another kind than `unless`.

    **Example:** `has_unit_like("5 mg", "gram", unless="gram/liter")` gives `True`.
    """
    match = _QUANTITY.match(given)
    if match is None or not match["unit"]:
        return False
    return are_alike(match["unit"], unit) and not are_alike(unit, unless)


def quantity(given: float | str, unit: str) -> float:
    """Return a number in `unit`: a plain number is in it already, a text carries its own unit and is
    converted.

    **Raises:** `InputError` for a text without a number, or a number that is not finite; `UnitError` when the
    units do not fit.

    **Example:** `quantity("0.18 g", "mg")` gives `180.0`.
    """
    value = _converted(given, unit)
    if not math.isfinite(value):
        raise InputError(f"{given!r} is not a finite number", mend="give a finite number")
    return value


def _converted(given: float | str, unit: str) -> float:
    if not isinstance(given, str):
        return float(given)
    match = _QUANTITY.match(given)
    if match is None:
        raise InputError(f"{given!r} is not a quantity", mend=f"write it as in '180 {unit}'")
    if not match["unit"]:
        return float(match["number"])
    try:
        return float(match["number"]) * factor(match["unit"], unit)
    except UnitError as error:
        error.what = f"{given!r}: {error.what}"
        raise


def moment(given: float | str, cohort: Cohort, unit: str, model_unit: str) -> float | Array:
    """Return a time in the model's unit, one for all or (n,) for a patient column.

    **Arguments:** `given` a number in `unit`, a quantity of time, or the name of a column (in the model's
    unit). **Raises:** `UnknownName` for a column that the cohort lacks; `InputError` for a patient without a
    number in it.

    **Example:** `moment("CessT", cohort, "month", "month")`
    """
    if isinstance(given, str) and not is_quantity(given):
        return cohort.number(given)
    if isinstance(given, str):
        return quantity(given, model_unit)
    return given * factor(unit, model_unit)
