"""Models of the catalog, or from files, and studies with data, written for other programs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from nonself.catalog import registry
from nonself.catalog.entry import PublishedModel
from nonself.errors import InputError, UnknownName
from nonself.formats.sbml.write import write_sbml
from nonself.model.ir import Model
from nonself.study.model_file import is_model_file
from nonself.study.models import published
from nonself.study.petab import write_petab

SBML, ANTIMONY, PETAB = "sbml", "antimony", "petab"
ENDINGS = {SBML: ".xml", ANTIMONY: ".ant"}
Write = Callable[[Model, Path, tuple[str, ...]], tuple[str, ...]]


def export(
    name: str,
    format: str = SBML,
    out: Path | None = None,
    variant: str | None = None,
    estimate: tuple[str, ...] = (),
) -> dict[str, Any]:
    """Write a model for other programs: the equations and numbers, without doses and plans, which belong to studies;
    or a study with data as a PEtab problem.

    **Arguments:** `name` the id of a model, or a model file; of a study for "petab"; `format` "sbml", "antimony" or
    "petab"; `out` a file, by default the id with the format's ending, or for "petab" a folder; `variant` a published
    parameter set, `estimate` what is to be estimated, which belong to models and to "petab".

    **Returns:** what was written and what was left out. **Raises:** `InputError` for what the format cannot say.

    **Example:** `export("hahnel2020", out=Path("hahnel2020.xml"))["written"]`
    """
    if format not in (*ENDINGS, PETAB):
        raise UnknownName("format", format, (*ENDINGS, PETAB))
    _require_fits(format, variant, estimate)
    if format == PETAB:
        return write_petab(name, out, estimate=estimate)
    entry, model = published(name)
    model = _with_variant(entry, model, variant)
    place = Path(f"{entry.id}{ENDINGS[format]}") if out is None else out
    if is_model_file(name) and place.exists() and place.samefile(name):
        raise InputError("would be written over itself", file=name, mend="give --out another file")
    notes = () if is_model_file(name) else entry.notes
    left_out = _writer(format)(model, place, notes)
    return {
        "model": model.id,
        "title": model.title,
        "format": "SBML Level 3 Version 2" if format == SBML else "Antimony",
        "written": str(place),
        "species": len(model.species),
        "reactions": len(model.reactions),
        "left out": [*left_out, *_of_studies(entry)],
    }


def _require_fits(format: str, variant: str | None, estimate: tuple[str, ...]) -> None:
    if format == PETAB and variant is not None:
        raise InputError("a study says which patients it has", mend="leave --variant out")
    if format != PETAB and estimate:
        raise InputError(f"a model written as {format} has nothing to estimate", mend="add '--format petab'")


def _writer(format: str) -> Write:
    if format == SBML:
        return write_sbml
    from nonself.formats.antimony import write_antimony

    return write_antimony


def _with_variant(entry: PublishedModel, model: Model, variant: str | None) -> Model:
    if variant is None:
        return model
    known = {part.id: part for part in entry.variants}
    if variant not in known:
        raise UnknownName(f"variant of {entry.id!r}", variant, known)
    values = known[variant].values
    changed = tuple(
        replace(part, value=float(values[part.id]), source=known[variant].source)
        if part.id in values
        else part
        for part in model.parameters
    )
    return replace(model, parameters=changed, title=f"{model.title}, {known[variant].label or variant}")


def _of_studies(entry: PublishedModel) -> list[str]:
    """What a person may look for in the file although it is part of a study."""
    therapies = [part.id for part in registry.therapies().values() if entry.id in part.acts]
    named = f", such as those of {', '.join(therapies)}" if therapies else ""
    return [f"doses, plans and visits{named}: they belong to a study, not to the model"]
