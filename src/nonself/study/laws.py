"""Parameters of patients who are in no study: fixed, or varied by a law written as text."""

from __future__ import annotations

import re
from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from nonself.cohort.draw import Distribution, Law, check_distribution, sample, virtual_ids
from nonself.errors import InputError, UnknownName, near_misses
from nonself.model.ir import Model
from nonself.model.naming import called
from nonself.study.quantities import quantity

Array = NDArray[np.float64]

PATIENTS_IF_VARIED = 100
MOST_FORMULA = 100
LAWS: tuple[Law, ...] = ("lognormal", "normal", "uniform", "loguniform")
_LAW = re.compile(r"^\s*(\w+)\s*\(\s*([^,()]+)\s*,\s*([^,()]+)\s*\)\s*$")


def ids_of(patients: int | None, varied: bool) -> tuple[str, ...]:
    """Return the ids of virtual patients: one, or many if any parameter varies.

    **Raises:** `InputError` for many who would all be the same.

    **Example:** `ids_of(None, varied=False)` gives `("v00001",)`.
    """
    count = patients if patients is not None else PATIENTS_IF_VARIED if varied else 1
    if count > 1 and not varied:
        raise InputError(f"{count} patients would all be the same", mend="say what differs, with --vary")
    return virtual_ids(count)


def columns_from(
    model: Model, fixed: Mapping[str, float | str], varied: Mapping[str, str], ids: tuple[str, ...], seed: int
) -> dict[str, float | Array]:
    """Return the parameters that differ from the model's: fixed ones, and ones drawn for each patient.

    **Arguments:** `fixed` parameter -> value, or text with a unit; `varied` parameter -> law as text; a species stands
    for what it begins with; `ids` of the patients; `seed` of the draws. **Raises:** `InputError` for a name, number or
    law that does not fit.

    **Example:** `columns_from(model, {"TKI": 2.0}, {"pz": "lognormal(100,0.3)"}, ("a", "b"), 1)["pz"]`
    """
    units = {part.id: part.unit for part in model.parameters}
    columns: dict[str, float | Array] = {}
    for name, given in fixed.items():
        own = _new(model, name, columns)
        columns[own] = _value(name, given, units[own])
    for name, text in varied.items():
        own = _new(model, name, columns)
        columns[own] = sample(parse_law(name, text), seed, f"simulate: {own}", ids)
    return columns


def _new(model: Model, name: str, given: Mapping[str, float | Array]) -> str:
    """The parameter of this name, or what the species of this name begins with, which was not given before."""
    follows = {part.id: str(part.value) for part in model.derived}
    follows |= {part.id: part.formula for part in model.observables}
    follows |= {part.id: part.formula for part in model.expressions}
    if name in follows:
        raise InputError(
            f"{name!r} follows from others: {name} = {_short(follows[name])}",
            mend="set or vary what it follows from",
        )
    first = next((str(part.initial) for part in model.species if part.id == name), None)
    if first is not None and first not in {part.id for part in model.parameters}:
        raise InputError(
            f"what {name!r} begins with is no parameter of its own, but {_short(follows.get(first, first))}",
            mend="set or vary what that follows from",
        )
    own = called(model.parameters, name, "parameter") if first is None else first
    if own in given:
        raise InputError(f"{name!r} is both set and varied", mend="do one of the two")
    return own


def _short(formula: str) -> str:
    return formula if len(formula) <= MOST_FORMULA else f"{formula[:MOST_FORMULA]} …"


def _value(name: str, given: float | str, unit: str) -> float:
    try:
        return quantity(given, unit)
    except InputError as error:
        error.what = f"{name}: {error.what}"
        raise


def parse_law(name: str, text: str) -> Distribution:
    """Return a distribution written as text.

    **Raises:** `InputError` when it cannot be read or drawn from.

    **Example:** `parse_law("slope", "lognormal(8.58, 0.4)")`
    """
    match = _LAW.match(text)
    law = None if match is None else next((one for one in LAWS if one == match[1].lower()), None)
    if match is not None and law is None and near_misses(match[1], LAWS):
        raise UnknownName(f"law for {name!r}", match[1], LAWS)
    if match is None or law is None:
        raise InputError(
            f"how {name!r} varies cannot be read from {text!r}",
            mend="write lognormal(median,sd of the log), normal(mean,sd), uniform(low,high) or loguniform(low,high)",
        )
    try:
        first, second = float(match[2]), float(match[3])
    except ValueError:
        raise InputError(
            f"{text!r} does not hold two numbers", mend="write it as in lognormal(8.58,0.4)"
        ) from None
    drawn = Distribution(law, first, second)
    check_distribution(drawn)
    return drawn
