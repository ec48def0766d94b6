"""Models from files, in place of a model of the catalog, and the page of what was read."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

from nonself.catalog.entry import PublishedModel
from nonself.formats.sbml.read import SbmlModel, read_sbml

SBML = (".xml", ".sbml")
ANTIMONY = (".ant",)
UNTIL = 100.0


def is_model_file(name: str) -> bool:
    """Return whether a model's name is that of a file.

    **Example:** `is_model_file("BIOMD0000000662.xml")` gives `True`.
    """
    return name.lower().endswith((*SBML, *ANTIMONY))


def read_model(path: Path) -> SbmlModel:
    """Read an SBML or Antimony file.

    **Raises:** `InputError` with file, line and what is wrong or not supported.
    """
    if path.suffix.lower() in ANTIMONY:
        from nonself.formats.antimony import read_antimony

        return read_antimony(path)
    return read_sbml(path)


def entry_from_file(path: Path) -> PublishedModel:
    """Return a file's model as an entry that a study can run.

    **Raises:** `InputError` with file, line and what is wrong or not supported.
    """
    read = read_model(path)
    model = read.model
    return PublishedModel(
        model.id, model.title, model.time_unit, (read.mechanism,), UNTIL, (), notes=read.warnings,
        review="as the file says",
    )  # fmt: skip


def imported(path: Path) -> dict[str, Any]:
    """Return what a file holds, as sections for a page: what changes and what is constant, what names mean, warnings.

    **Raises:** `InputError` with file, line and what is wrong or not supported.

    **Example:** `imported(Path("model.xml"))["states"]`
    """
    read = read_model(path)
    model = read.model
    counts = Counter(read.kinds.values())
    return {
        "model": model.id,
        "title": model.title,
        "SBML": read.level,
        "file": read.file,
        "time": model.time_unit,
        "holds": dict(sorted(counts.items())) | {"event": len(model.events)},
        "states": [
            {"id": part.id, "value": _first(read, part.id, str(part.initial)), "unit": part.unit, "label": part.label,
             "source": read.means.get(part.id, "")}
            for part in model.species
        ],
        "follow from others": [{"id": part.id, "formula": f"= {part.formula}"} for part in model.expressions],
        "called otherwise": {
            symbol: own for symbol, own in read.names.items() if symbol != own and "." not in symbol
        },
        "warnings": list(read.warnings),
    }  # fmt: skip


def _first(read: SbmlModel, species: str, initial: str) -> str:
    values = {part.id: part.value for part in (*read.model.parameters, *read.model.derived)}
    return str(values.get(initial, initial))
