"""Finds what the catalog holds: one file per model or therapy, imported when it is asked for."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Mapping
from types import MappingProxyType

from nonself.catalog.entry import PublishedModel, Therapy
from nonself.errors import IntegrityError, UnknownName

_MODELS = "nonself.catalog.models"
_THERAPIES = "nonself.catalog.therapies"


def model_ids() -> tuple[str, ...]:
    """Return the ids of all published models, sorted, without importing one."""
    return _names(_MODELS)


def therapy_ids() -> tuple[str, ...]:
    """Return the ids of all therapies, sorted, without importing one."""
    return _names(_THERAPIES)


def model(name: str) -> PublishedModel:
    """Return the published model of this id.

    **Raises:** `UnknownName` with the near misses when there is none.

    **Example:** `model("hahnel2020").time_unit` gives `"month"`.
    """
    if name not in model_ids():
        raise UnknownName("model", name, model_ids())
    found = importlib.import_module(f"{_MODELS}.{name}").MODEL
    if not isinstance(found, PublishedModel) or found.id != name:
        raise IntegrityError(f"catalog/models/{name}.py does not hold the PublishedModel {name!r}")
    return found


def models() -> Mapping[str, PublishedModel]:
    """Return all published models by id."""
    return MappingProxyType({name: model(name) for name in model_ids()})


def therapy(name: str) -> Therapy:
    """Return the therapy of this id.

    **Raises:** `UnknownName` with the near misses when there is none.

    **Example:** `therapy("tki").acts["hahnel2020"]` gives `Switch(off={"TKI": 0.0})`.
    """
    if name not in therapy_ids():
        raise UnknownName("therapy", name, therapy_ids())
    found = importlib.import_module(f"{_THERAPIES}.{name}").THERAPY
    if not isinstance(found, Therapy) or found.id != name:
        raise IntegrityError(f"catalog/therapies/{name}.py does not hold the Therapy {name!r}")
    return found


def therapies() -> Mapping[str, Therapy]:
    """Return all therapies by id."""
    return MappingProxyType({name: therapy(name) for name in therapy_ids()})


def _names(package: str) -> tuple[str, ...]:
    path = importlib.import_module(package).__path__
    return tuple(sorted(info.name for info in pkgutil.iter_modules(path) if not info.name.startswith("_")))
