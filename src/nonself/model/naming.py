"""Parts of a model by what a person calls them: the id, or the name that a file gives beside it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

from nonself.errors import InputError, UnknownName, near_misses


class Labeled(Protocol):
    """Whatever has an id, a label and a unit."""

    @property
    def id(self) -> str:
        """Its name in formulas."""

    @property
    def label(self) -> str:
        """What people call it."""

    @property
    def unit(self) -> str:
        """Of its values."""


def called(parts: Iterable[Labeled], name: str, kind: str) -> str:
    """Return the id of the part with this id, or else of the only one with this label.

    **Raises:** `UnknownName` with near misses among both; `InputError` where several have the label.

    **Example:** `called(model.species, "CRP", "species")`
    """
    ids, labels = set[str](), dict[str, list[Labeled]]()
    for part in parts:
        ids.add(part.id)
        if part.label:
            labels.setdefault(part.label, []).append(part)
    if name in ids:
        return name
    found = labels.get(name, [])
    if len(found) == 1:
        return found[0].id
    if found:
        by_id = ", ".join(f"{part.id} [{part.unit}]" for part in found)
        raise InputError(f"several are called {name!r}", mend=f"give one by its id: {by_id}")
    near = near_misses(name, ids) or not near_misses(name, labels)
    raise UnknownName(kind, name, ids if near else labels)
