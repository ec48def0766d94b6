"""Finds the criteria: every file in this folder that holds a tuple CRITERIA."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Mapping
from types import MappingProxyType

from nonself.errors import IntegrityError, UnknownName
from nonself.model.criterion import Criterion, Score

_FOLDER = "nonself.catalog.criteria"


def criteria() -> Mapping[str, Criterion | Score]:
    """Return all criteria by id.

    **Raises:** `IntegrityError` when two files hold one id.

    **Example:** `criteria()["hypothyroidism_overt"].lasting` gives `21.0`.
    """
    found: dict[str, Criterion | Score] = {}
    for info in pkgutil.iter_modules(importlib.import_module(_FOLDER).__path__):
        module = importlib.import_module(f"{_FOLDER}.{info.name}")
        for one in getattr(module, "CRITERIA", ()):
            if one.id in found:
                raise IntegrityError(f"criterion {one.id!r} stands twice in catalog/criteria")
            found[one.id] = one
    return MappingProxyType(found)


def criterion(name: str) -> Criterion | Score:
    """Return the criterion of this id.

    **Raises:** `UnknownName` with the near misses when there is none.
    """
    known = criteria()
    if name not in known:
        raise UnknownName("criterion", name, known)
    return known[name]
