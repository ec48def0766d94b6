"""Units of SBML as words: those that have a name get it, others are written out; they change no number."""

from __future__ import annotations

import math
from typing import Any

from nonself.formats.sbml.unit_out import NAMESPACE

UNSAID = "1"  # the unit of what says none
_TIMES = {1.0: "second", 60.0: "minute", 3600.0: "hour", 86400.0: "day", 604800.0: "week", 31557600.0: "year"}
_PREFIXES = {-15: "femto", -12: "pico", -9: "nano", -6: "micro", -3: "milli", 0: "", 3: "kilo"}
_SPELLED = {"litre": "liter", "metre": "meter", "avogadro": "", "item": "", "dimensionless": ""}
_LEVEL_2 = {
    "substance": "mole",
    "volume": "liter",
    "area": "meter**2",
    "length": "meter",
    "time": "second",
}
_SIZES = {3.0: "volume", 2.0: "area", 1.0: "length"}


def time_unit(model: Any) -> str:
    """Return the model's unit of time; "time" where it says none."""
    name = model.getTimeUnits() if model.getLevel() == 3 else "time"
    return _named(name, model) if name else "time"


def unit_of(part: Any, model: Any) -> str:
    """Return the unit that a compartment or parameter has by itself or by default; "1" where there is none."""
    if part.isSetUnits():
        return _named(part.getUnits(), model)
    if part.getElementName() != "compartment":
        return UNSAID
    return _default(_SIZES.get(part.getSpatialDimensionsAsDouble(), ""), model)


def unit_of_species(part: Any, model: Any, is_amount: bool) -> str:
    """Return the unit of what a species' name means: of substance, or of substance per size."""
    own = part.getSubstanceUnits() if part.isSetSubstanceUnits() else ""
    substance = _named(own, model) if own else _default("substance", model)
    compartment = model.getCompartment(part.getCompartment())
    if is_amount or compartment is None:
        return substance
    size = unit_of(compartment, model)
    if size == UNSAID:
        return substance
    return f"{substance}/({size})" if "/" in size or "*" in size else f"{substance}/{size}"


def _default(kind: str, model: Any) -> str:
    """The model's unit of a kind of quantity."""
    if model.getLevel() < 3:
        return _named(kind, model) if kind else UNSAID
    given = {
        "substance": model.getSubstanceUnits(), "volume": model.getVolumeUnits(), "area": model.getAreaUnits(),
        "length": model.getLengthUnits(),
    }.get(kind, "")  # fmt: skip
    return _named(given, model) if given else UNSAID


def _named(name: str, model: Any) -> str:
    """A unit by its name: defined in the file, one of Level 2, or of SBML itself."""
    definition = model.getUnitDefinition(name)
    if definition is not None:
        own = definition.isSetName() and NAMESPACE in definition.getAnnotationString()
        return str(definition.getName()) if own else _text(definition)
    if model.getLevel() < 3 and name in _LEVEL_2:
        return _LEVEL_2[name]
    return _SPELLED.get(name, name) or UNSAID


def _text(definition: Any) -> str:
    """A unit definition as text, such as "1/day" or "nanomole/liter"."""
    above: list[str] = []
    below: list[str] = []
    for number in range(definition.getNumUnits()):
        unit = definition.getUnit(number)
        word, power = _word(unit), unit.getExponentAsDouble()
        if word and power:
            size = abs(power)
            (above if power > 0 else below).append(word if size == 1 else f"{word}**{size:g}")
    top = "*".join(above) or "1"
    if not below:
        return top
    return f"{top}/{below[0]}" if len(below) == 1 else f"{top}/({'*'.join(below)})"


def _word(unit: Any) -> str:
    import libsbml

    kind = str(libsbml.UnitKind_toString(unit.getKind()))
    word = _SPELLED.get(kind, kind)
    size = unit.getMultiplier() * 10.0 ** max(-300, min(300, unit.getScale()))
    if kind == "second":
        for seconds, name in _TIMES.items():
            if math.isclose(size, seconds):
                return name
    if math.isclose(size, 1.0):
        return word
    power = math.log10(size) if 0.0 < size < math.inf else math.nan
    prefix = None
    if math.isfinite(power) and math.isclose(power, round(power), abs_tol=1e-9):
        prefix = _PREFIXES.get(round(power))
    if word and prefix is not None:
        return prefix + word
    return f"({size:g} {word or 'items'})"
