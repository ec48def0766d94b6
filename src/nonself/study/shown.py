"""What a model can be read out for, as it is shown."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from nonself.model.ir import Model

LONG = 20  # characters of an id


@dataclass(frozen=True, slots=True)
class Shown:
    """An observable or species as it is shown."""

    id: str
    label: str
    unit: str
    log_axis: bool


def observables(model: Model) -> Mapping[str, Shown]:
    """Return everything a model can be read out for: its species, then its observables, by id."""
    species = [
        Shown(part.id, part.label or part.id, unit(part.unit), log_axis=False) for part in model.species
    ]
    own = [
        Shown(part.id, part.label or part.id, unit(part.unit), part.log_axis) for part in model.observables
    ]
    return {part.id: part for part in (*species, *own)}


def unit(name: str) -> str:
    """Return a unit as people write it: "%" for percent."""
    return "%" if name == "percent" else name


def written(name: str) -> str:
    """Return a unit as laboratories write it in a sentence.

    **Example:** `written("Gcell/L")` gives `"×10⁹/L"`.
    """
    return "" if name == "1" else name.replace("Gcell/", "×10⁹/")


def short_name(id: str, label: str) -> str:
    """Return what to call a part where there is little room: its id, or its label where the id is long and the label
    shorter, as in files whose ids are made by a program.

    **Example:** `short_name("mw114aa90f_5f5b_4fe8_9406_361c8489b6a1", "CRP")` gives `"CRP"`.
    """
    return label if label and len(id) > LONG and len(label) < len(id) else id
