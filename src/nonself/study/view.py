"""What the catalog holds, as plain values for lists and pages of text."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from nonself.analysis.diagnosis import reads
from nonself.catalog import registry
from nonself.catalog.criteria.registry import criteria, criterion
from nonself.catalog.entry import Depletion, PublishedModel, Switch, Therapy
from nonself.errors import InputError, UnknownName
from nonself.model.compose import who_set_what
from nonself.model.criterion import Criterion, Score
from nonself.model.ir import right_hand_sides
from nonself.model.parts import Species
from nonself.study.library import shipped_studies
from nonself.study.model_file import is_model_file
from nonself.study.models import published
from nonself.study.shown import unit
from nonself.study.source import read_study
from nonself.study.spec import (
    AreaSpec,
    CrossingSpec,
    DiagnosisSpec,
    ExtremumSpec,
    IncidenceSpec,
    LagSpec,
    ReferenceSpec,
    ValueSpec,
    VariationSpec,
)

ENDPOINTS = {
    "crossing": CrossingSpec,
    "diagnosis": DiagnosisSpec,
    "incidence": IncidenceSpec,
    "value": ValueSpec,
    "reference": ReferenceSpec,
    "minimum": ExtremumSpec,
    "maximum": ExtremumSpec,
    "area": AreaSpec,
    "variation": VariationSpec,
    "lag": LagSpec,
}
KINDS = ("models", "mechanisms", "therapies", "endpoints", "criteria", "evidence", "studies")


def listing(kind: str) -> list[dict[str, str]]:
    """Return the entries of one kind, each as column -> text; the first column is the id.

    **Raises:** `UnknownName` when there is no such kind.

    **Example:** `listing("models")[0]["id"]`
    """
    makers = {
        "models": _models,
        "mechanisms": _mechanisms,
        "therapies": _therapies,
        "endpoints": _endpoints,
        "criteria": _criteria,
        "evidence": _evidence,
        "studies": _studies,
    }
    if kind not in makers:
        raise UnknownName("kind", kind, makers)
    return makers[kind]()


def _models() -> list[dict[str, str]]:
    therapies = registry.therapies()
    return [
        {
            "id": entry.id,
            "title": entry.title,
            "variants": str(len(entry.variants)),
            "therapies": ", ".join(name for name, part in therapies.items() if entry.id in part.acts),
        }
        for entry in _entries()
    ]


def _entries() -> list[PublishedModel]:
    """The published models, then the body."""
    return [*registry.models().values(), registry.body()]


def _mechanisms() -> list[dict[str, str]]:
    return [
        {"id": part.id, "title": part.title, "model": entry.id}
        for entry in _entries()
        for part in entry.mechanisms
    ]


def _therapies() -> list[dict[str, str]]:
    return [
        {"id": part.id, "title": part.title, "models": ", ".join(part.acts)}
        for part in registry.therapies().values()
    ]


def _evidence() -> list[dict[str, str]]:
    """Every number of the catalog: what it is, its value and where it comes from."""
    return [
        {
            "id": f"{entry.id}.{part.id}",
            "title": part.label,
            "value": f"{part.value} {unit(part.unit)}".rstrip(),
            "source": part.source.text,
        }
        for entry in _entries()
        for part in (parameter for mechanism in entry.mechanisms for parameter in mechanism.parameters)
    ]


def _endpoints() -> list[dict[str, str]]:
    return [
        {"kind": kind, "measures": " ".join((part.__doc__ or "").split())} for kind, part in ENDPOINTS.items()
    ]


def _criteria() -> list[dict[str, str]]:
    return [
        {
            "id": part.id,
            "title": part.title,
            "reads": ", ".join(sorted(reads(part))),
            "source": part.source.text,
        }
        for part in criteria().values()
    ]


def _studies() -> list[dict[str, str]]:
    found = []
    for name, path in shipped_studies().items():
        part = read_study(path).spec
        found.append({"id": name, "title": part.title, "model": part.model, "file": str(path)})
    return found


def describe(name: str) -> dict[str, Any]:
    """Return everything that the catalog says about a model, mechanism, therapy or shipped study.

    **Returns:** section -> text, mapping, or rows. **Raises:** `UnknownName` with near misses.

    **Example:** `describe("hahnel2020")["equations"]["X"]`
    """
    if name in (*registry.model_ids(), registry.BODY):
        return _model(registry.model(name))
    if name in registry.therapy_ids():
        return _therapy(registry.therapy(name))
    if name in criteria():
        return _criterion(criterion(name))
    if name in shipped_studies():
        study = read_study(shipped_studies()[name])
        return {
            "kind": "study",
            "id": name,
            "title": study.spec.title,
            "file": study.file,
            "text": study.text,
        }
    for row in _mechanisms():
        if row["id"] == name:
            return _mechanism(registry.model(row["model"]), name)
    if is_model_file(name):
        raise InputError(
            f"{name} is a file, not an entry of the catalog", mend=f"see 'nonself import {name}'"
        )
    known = [
        *registry.model_ids(),
        registry.BODY,
        *registry.therapy_ids(),
        *criteria(),
        *shipped_studies(),
        *(row["id"] for row in _mechanisms()),
    ]
    raise UnknownName("id", name, known)


def _begins(part: Species) -> float | str:
    return part.initial if part.history is None else f"{part.initial}, before the start {part.history}"


def _model(entry: PublishedModel) -> dict[str, Any]:
    _, model = published(entry.id)
    return {
        "kind": "model",
        "id": entry.id,
        "title": entry.title,
        "review": entry.review,
        "time unit": entry.time_unit,
        "hash": model.model_hash,
        "species": [
            _row(part.id, part.label, _begins(part), part.unit, part.source.text) for part in model.species
        ],
        "parameters": [
            _row(part.id, part.label, part.value, part.unit, part.source.text)
            for part in (*model.parameters, *model.derived)
        ],
        "expressions": {part.id: part.formula for part in model.expressions},
        "equations": right_hand_sides(model),
        "observables": [_row(part.id, part.label, part.formula, part.unit, "") for part in model.observables],
        "who set what": {name: ", ".join(owners) for name, owners in who_set_what(model).items()},
        "variants": [{"id": part.id, "label": part.label, "group": part.group} for part in entry.variants],
        "must show": [part.statement for part in entry.must],
        "notes": list(entry.notes),
        "references": [part.reference for part in model.references],
    }


def _row(name: str, label: str, value: float | str, unit_of: str, source: str) -> dict[str, str]:
    return {"id": name, "label": label, "value": str(value), "unit": unit(unit_of), "source": source}


def _therapy(part: Therapy) -> dict[str, Any]:
    acts: Mapping[str, str] = {
        name: f"sets {', '.join(f'{key} to {value:g}' for key, value in act.off.items())} when off"
        if isinstance(act, Switch)
        else f"removes {', '.join(f'{share:g} of {key}' for key, share in act.shares.items())}"
        if isinstance(act, Depletion)
        else f"adds a dose in {act.unit} to {act.species}"
        for name, act in part.acts.items()
    }
    return {
        "kind": "therapy",
        "id": part.id,
        "title": part.title,
        "acts": dict(acts),
        "source": part.source.text,
    }


def _criterion(part: Criterion | Score) -> dict[str, Any]:
    common = {"kind": "criterion", "id": part.id, "title": part.title}
    if isinstance(part, Score):
        items = [f"{item.points:g} ({item.domain}): {item.criterion.title}" for item in part.items]
        how = {"entry": part.entry.title, "points needed": f"{part.needed:g}", "points": items}
        return {**common, **how, "note": part.note, "source": part.source.text}
    return {
        **common,
        "condition": part.condition,
        "limits": [_row(one.id, one.label, one.value, one.unit, one.source.text) for one in part.limits],
        "for how long": f"at every visit for {part.lasting:g} days" if part.lasting else "at one visit",
        "note": part.note,
        "source": part.source.text,
    }


def _mechanism(entry: PublishedModel, name: str) -> dict[str, Any]:
    part = next(part for part in entry.mechanisms if part.id == name)
    return {
        "kind": "mechanism",
        "id": name,
        "title": part.title,
        "model": entry.id,
        "species": [species.id for species in part.species],
        "parameters": [
            _row(number.id, number.label, number.value, number.unit, number.source.text)
            for number in part.parameters
        ],
        "reactions": {reaction.id: f"{reaction.rate}   ({reaction.label})" for reaction in part.reactions},
        "references": [citation.reference for citation in part.references],
    }
