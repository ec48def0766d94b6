"""Units of SBML as words: those that have a name get it, others are written out; they change no number."""

from __future__ import annotations

import math
from typing import Any

_TIMES = {1.0: "second", 60.0: "minute", 3600.0: "hour", 86400.0: "day", 604800.0: "week", 31557600.0: "year"}
_PREFIXES = {-15: "femto", -12: "pico", -9: "nano", -6: "micro", -3: "milli", 0: "", 3: "kilo"}
_SPELLED = {"litre": "liter", "metre": "meter", "avogadro": "", "item": "", "dimensionless": ""}


def time_unit(model: Any) -> str:
    """Return the model's unit of time; "time" where it says none."""
    name = model.getTimeUnits() if model.getLevel() == 3 else "time"
    if not name:
        return "time"
    definition = model.getUnitDefinition(name)
    if definition is None:
        return "second" if model.getLevel() < 3 else _spelled(name)
    return unit_text(definition)


def unit_of(part: Any, model: Any) -> str:
    """Return an element's own unit, as derived by libSBML; "1" where there is none."""
    definition = part.getDerivedUnitDefinition()
    return "1" if definition is None or definition.getNumUnits() == 0 else unit_text(definition)


def unit_text(definition: Any) -> str:
    """Return a unit definition as text, such as "1/day" or "nanomole/liter"."""
    above: list[str] = []
    below: list[str] = []
    for number in range(definition.getNumUnits()):
        unit = definition.getUnit(number)
        word, power = _word(unit), unit.getExponentAsDouble()
        if word and power:
            target = above if power > 0 else below
            size = abs(power)
            target.append(word if size == 1 else f"{word}**{size:g}")
    top = "*".join(above) or "1"
    if not below:
        return top
    return f"{top}/{below[0]}" if len(below) == 1 else f"{top}/({'*'.join(below)})"


def _spelled(kind: str) -> str:
    return _SPELLED.get(kind, kind)


def _word(unit: Any) -> str:
    import libsbml

    kind = libsbml.UnitKind_toString(unit.getKind())
    word, size = _spelled(kind), unit.getMultiplier() * 10.0 ** max(-300, min(300, unit.getScale()))
    if kind == "second":
        for seconds, name in _TIMES.items():
            if math.isclose(size, seconds):
                return name
    if math.isclose(size, 1.0) or not word:
        return word
    power = math.log10(size) if 0.0 < size < math.inf else math.nan
    if math.isfinite(power) and math.isclose(power, round(power), abs_tol=1e-9) and round(power) in _PREFIXES:
        return _PREFIXES[round(power)] + word
    return f"({size:g} {word})"
