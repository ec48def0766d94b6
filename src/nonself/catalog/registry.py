"""Finds what the catalog holds: one file per model or therapy, imported when it is asked for."""

from __future__ import annotations

import hashlib
import importlib
import pkgutil
from collections.abc import Mapping, Sequence
from importlib.resources import files
from types import MappingProxyType

from nonself.catalog.entry import Ensemble, PublishedModel, Therapy
from nonself.catalog.tables import read_table
from nonself.errors import IntegrityError, UnknownName
from nonself.model.people import Population

BODY = "body"
_ENSEMBLE = "ensemble_"
_MODELS = "nonself.catalog.models"
_THERAPIES = "nonself.catalog.therapies"


def model_ids() -> tuple[str, ...]:
    """Return the ids of all published models, sorted, without importing one."""
    return _names(_MODELS)


def therapy_ids() -> tuple[str, ...]:
    """Return the ids of all therapies, sorted, without importing one."""
    return _names(_THERAPIES)


def model(name: str) -> PublishedModel:
    """Return the published model of this id; "body" is the body without target tissues, leukemia and drugs.

    **Raises:** `UnknownName` with the near misses when there is none.

    **Example:** `model("hahnel2020").time_unit` gives `"month"`.
    """
    if name == BODY:
        return body()
    if name not in model_ids():
        raise UnknownName("model", name, (*model_ids(), BODY))
    found = importlib.import_module(f"{_MODELS}.{name}").MODEL
    if not isinstance(found, PublishedModel) or found.id != name:
        raise IntegrityError(f"catalog/models/{name}.py does not hold the PublishedModel {name!r}")
    return found


def body(
    tissues: Sequence[str] = (), leukemia: str | None = None, therapies: Sequence[str] = ()
) -> PublishedModel:
    """Return the body with these target tissues, leukemia and drugs as an entry of the catalog.

    **Raises:** `UnknownName` for a tissue or leukemia that is not there.

    **Example:** `body(tissues=("thyroid",)).time_unit` gives `"day"`.
    """
    from nonself.catalog.body import build
    from nonself.catalog.body.states import states

    mechanisms = build.body(tissues, leukemia, therapies)
    return PublishedModel(
        id=BODY,
        title="One immune system in one body",
        time_unit="day",
        mechanisms=mechanisms,
        until=3652.5,
        must=(),
        states=states(mechanisms),
        review="second writings of its mechanisms from their words alone, by another hand: tests/qc/body",
    )


def population() -> Population:
    """Return the people whose body it is."""
    from nonself.catalog.body.population import population as reference

    return reference()


def ensemble_ids() -> tuple[str, ...]:
    """Return the ids of all ensembles of parameter sets of the body, sorted."""
    names = (path.name for path in files("nonself.catalog").joinpath("data").iterdir())
    return tuple(
        sorted(
            name.removeprefix(_ENSEMBLE).removesuffix(".csv")
            for name in names
            if name.startswith(_ENSEMBLE) and name.endswith(".csv")
        )
    )


def ensemble(name: str) -> Ensemble:
    """Return the parameter sets of this id: the table `data/ensemble_<name>.csv`, one set a row.

    **Raises:** `UnknownName` when there is none.

    **Example:** `len(ensemble("reference").sets)`
    """
    if name not in ensemble_ids():
        raise UnknownName("ensemble", name, ensemble_ids())
    rows = read_table(f"{_ENSEMBLE}{name}")
    sets = tuple({key: float(value) for key, value in row.items()} for row in rows)
    digest = hashlib.sha256(repr([sorted(part.items()) for part in sets]).encode()).hexdigest()
    return Ensemble(name, sets, digest)


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
