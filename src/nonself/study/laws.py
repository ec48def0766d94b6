"""Parameters of patients who are in no study: fixed, or varied by a law written as text."""

from __future__ import annotations

import re
from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from nonself.cohort.draw import Distribution, check_distribution, sample, virtual_ids
from nonself.errors import InputError, UnknownName
from nonself.model.ir import Model
from nonself.study.quantities import quantity

Array = NDArray[np.float64]

PATIENTS_IF_VARIED = 100
_LAW = re.compile(r"^\s*(lognormal|normal|uniform|loguniform)\s*\(\s*([^,()]+)\s*,\s*([^,()]+)\s*\)\s*$")


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

    **Arguments:** `fixed` parameter -> value, or text with a unit; `varied` parameter -> law as text; `ids` of the
    patients; `seed` of the draws. **Raises:** `InputError` for a name, number or law that does not fit.

    **Example:** `columns_from(model, {"TKI": 2.0}, {"pz": "lognormal(100,0.3)"}, ("a", "b"), 1)["pz"]`
    """
    units = {part.id: part.unit for part in model.parameters}
    for name in (*fixed, *varied):
        if name not in units:
            raise UnknownName("parameter", name, units)
        if name in fixed and name in varied:
            raise InputError(f"{name!r} is both set and varied", mend="do one of the two")
    columns: dict[str, float | Array] = {name: quantity(given, units[name]) for name, given in fixed.items()}
    for name, text in varied.items():
        columns[name] = sample(parse_law(name, text), seed, f"simulate: {name}", ids)
    return columns


def parse_law(name: str, text: str) -> Distribution:
    """Return a distribution written as text.

    **Raises:** `InputError` when it cannot be read or drawn from.

    **Example:** `parse_law("slope", "lognormal(8.58, 0.4)")`
    """
    match = _LAW.match(text)
    if match is None:
        raise InputError(
            f"how {name!r} varies cannot be read from {text!r}",
            mend="write lognormal(median,sd), normal(mean,sd), uniform(low,high) or loguniform(low,high)",
        )
    try:
        first, second = float(match[2]), float(match[3])
    except ValueError:
        raise InputError(
            f"{text!r} does not hold two numbers", mend="write it as in lognormal(8.58,0.4)"
        ) from None
    laws: dict[str, Distribution] = {
        "lognormal": Distribution("lognormal", first, second),
        "normal": Distribution("normal", first, second),
        "uniform": Distribution("uniform", first, second),
        "loguniform": Distribution("loguniform", first, second),
    }
    check_distribution(laws[match[1]])
    return laws[match[1]]
