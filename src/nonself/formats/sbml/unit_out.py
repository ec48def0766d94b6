"""Units of ours -> unit definitions of SBML, each with its own words as its name, by which reading knows it again."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any
from xml.etree.ElementTree import Element, SubElement

from nonself.errors import UnitError

NAMESPACE = "urn:nonself:sbml:1"  # of what only we read
UNSAID = "time"  # the unit of time of a model that says none
_KINDS = {
    "second": ("second", 1.0), "minute": ("second", 60.0), "hour": ("second", 3600.0), "day": ("second", 86400.0),
    "week": ("second", 604800.0), "month": ("second", 2629800.0), "year": ("second", 31557600.0),
    "liter": ("litre", 1.0), "meter": ("metre", 1.0), "gram": ("gram", 1.0), "mole": ("mole", 1.0),
    "kelvin": ("kelvin", 1.0), "ampere": ("ampere", 1.0), "candela": ("candela", 1.0), "cell": ("item", 1.0),
    "percent": ("dimensionless", 0.01), "kilogram": ("kilogram", 1.0), "radian": ("dimensionless", 1.0),
    "dimensionless": ("dimensionless", 1.0),
}  # fmt: skip
_PREFIXES = {
    "": 0, "kilo": 3, "mega": 6, "giga": 9, "tera": 12, "milli": -3, "micro": -6, "nano": -9, "pico": -12,
    "femto": -15, "centi": -2, "deci": -1,
}  # fmt: skip
AMOUNTS = {"item", "mole", "gram", "kilogram", "dimensionless"}
_ILLEGAL = re.compile(r"[^A-Za-z0-9]+")
Part = tuple[str, float, int, float]  # kind, exponent, scale, multiplier


@dataclass(slots=True)
class Units:
    """The unit definitions of one file.

    **Arguments:** `are_said` false for a model in which every unit is "1": it says nothing of units; `unknown` units
    that could not be put in terms of SBML's, which keep their name only.
    """

    are_said: bool
    given: dict[str, str] = field(default_factory=dict)
    unknown: list[str] = field(default_factory=list)
    definitions: list[Element] = field(default_factory=list)

    def attribute(self, unit: str, word: str) -> dict[str, str]:
        """Return the attribute that gives a unit, or none where units are not said."""
        return {word: self.id(unit)} if self.are_said and unit != UNSAID else {}

    def id(self, unit: str) -> str:
        """Return the id of a unit, defined when it is first asked for."""
        if unit == "1":
            return "dimensionless"
        if unit not in self.given:
            self.given[unit] = self._new_id(unit)
            self._define(unit)
        return self.given[unit]

    def is_substance(self, unit: str) -> bool:
        """Return whether a unit is one of amounts, as SBML wants the unit of what reactions turn over to be."""
        if unit == "1":
            return True
        try:
            kinds = {kind: power for kind, power, *_ in _parts(unit)}
        except UnitError:
            return False
        return len(kinds) == 1 and all(kind in AMOUNTS and power == 1.0 for kind, power in kinds.items())

    def _new_id(self, unit: str) -> str:
        words = unit.replace("**", "^").replace("^", " to ").replace("/", " per ")
        plain = found = "unit_" + _ILLEGAL.sub("_", words).strip("_")
        number = 2
        while found in self.given.values():
            found, number = f"{plain}_{number}", number + 1
        return found

    def _define(self, unit: str) -> None:
        definition = Element("unitDefinition", {"id": self.given[unit], "name": unit})
        annotation = SubElement(definition, "annotation")
        SubElement(annotation, "nonself:unit", {"xmlns:nonself": NAMESPACE})
        self.definitions.append(definition)
        try:
            parts = _parts(unit)
        except UnitError:
            self.unknown.append(unit)
            return
        inner = SubElement(definition, "listOfUnits")
        for kind, exponent, scale, multiplier in parts:
            SubElement(
                inner,
                "unit",
                {
                    "kind": kind,
                    "exponent": f"{exponent:g}",
                    "scale": str(scale),
                    "multiplier": f"{multiplier!r}".removesuffix(".0"),
                },
            )


def _parts(unit: str) -> list[Part]:
    """A unit as a product of SBML's kinds.

    **Raises:** `UnitError` for a unit that is not known.
    """
    from nonself.units import dimension, registry

    dimension(unit)
    found: list[Part] = []
    units: Any = registry()
    for name, power in units.parse_units(unit)._units.items():
        (prefix, plain, _), *_ = units.parse_unit_name(str(name))
        if plain in _KINDS and prefix in _PREFIXES:
            kind, multiplier = _KINDS[plain]
            found.append((kind, float(power), _PREFIXES[prefix], multiplier))
            continue
        base = units.Quantity(1.0, str(name)).to_base_units()
        found.append(("dimensionless", float(power), 0, float(base.magnitude)))
        for inner, times in base._units.items():
            kind, multiplier = _KINDS[str(inner)]
            found.append((kind, float(power) * float(times), 0, multiplier))
    return found
