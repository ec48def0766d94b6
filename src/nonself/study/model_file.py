"""Models from files, in place of a model of the catalog, and the page of what was read."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

from nonself.catalog.entry import PublishedModel
from nonself.formats.sbml.read import SbmlModel, read_sbml
from nonself.model.ir import FlatEvent
from nonself.model.parts import Expression, Parameter, Species
from nonself.units import UNSAID_TIME

SBML = (".xml", ".sbml")
ANTIMONY = (".ant",)
ENDINGS = (*SBML, *ANTIMONY)
UNTIL = 100.0


def is_model_file(name: str) -> bool:
    """Return whether a model's name is that of a file.

    **Example:** `is_model_file("BIOMD0000000662.xml")` gives `True`.
    """
    return name.lower().endswith(ENDINGS)


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


def timed(entry: PublishedModel, unit: str) -> PublishedModel:
    """Return the entry with time in a study's unit, where the file does not say in which it is."""
    if entry.time_unit != UNSAID_TIME or unit == UNSAID_TIME:
        return entry
    said = f"The file does not say the unit of its time: it is taken as {unit}, the study's."
    return replace(entry, time_unit=unit, notes=(*entry.notes, said))


def of_course(warnings: Iterable[str]) -> tuple[str, ...]:
    """Return the warnings that are about courses: those about units change none, and `nonself import` shows them."""
    return tuple(text for text in warnings if not text.startswith("units"))


def imported(path: Path) -> dict[str, Any]:
    """Return what a file holds, as sections for a page: what changes and what is constant, what names mean, warnings.

    **Raises:** `InputError` with file, line and what is wrong or not supported.

    **Example:** `imported(Path("model.xml"))["states"]`
    """
    read = read_model(path)
    model = read.model
    counts = Counter(read.kinds.values())
    values = {part.id: str(part.value) for part in (*model.parameters, *model.derived)}
    sizes = {part.id: part.label or part.id for part in (*model.parameters, *model.derived)}
    symbols = {own: symbol for symbol, own in read.names.items()}
    return {
        "model": model.id,
        "title": model.title,
        "SBML": read.level,
        "file": read.file,
        "time": "the file does not say its unit" if model.time_unit == UNSAID_TIME else model.time_unit,
        "holds": dict(sorted(counts.items())) | {"event": len(model.events)},
        "states": [
            {"id": part.id, "value": values.get(str(part.initial), str(part.initial)), "unit": part.unit,
             "label": part.label,
             "source": _meaning(read, sizes, number, part, symbols.get(part.id, part.id))}
            for number, part in enumerate(model.species, 1)
        ],
        "follow from others": [
            {"id": part.id, "formula": f"= {part.formula}", "label": _apart(part)} for part in model.expressions
        ],
        "parameters (--set, --vary)": [
            {"id": part.id, "value": str(part.value), "unit": part.unit, "label": _apart(part), "source": ""}
            for part in model.parameters
        ],
        "events": [
            {"id": part.id, "label": _apart(part), "when": f"when {part.trigger}",
             "what": ", ".join(_given(part))}
            for part in model.events
        ],
        "called otherwise": {
            symbol: own for symbol, own in read.names.items()
            if symbol != own and "." not in symbol and not symbol.startswith("@")
        },
        "warnings": list(read.warnings),
    }  # fmt: skip


def _meaning(read: SbmlModel, sizes: dict[str, str], number: int, part: Species, symbol: str) -> str:
    """What a state is, and its number in dose tables."""
    held = read.means.get(symbol, "")
    where = "" if part.size is None else f" in {sizes[part.size]}"
    return "; ".join(text for text in (f"{held}{where}", f"CMT {number}") if text)


def _given(event: FlatEvent) -> list[str]:
    """What an event gives species, in words of formulas."""
    return [f"{name} = {formula}" for name, formula in event.products]


def _apart(part: Parameter | Expression | FlatEvent) -> str:
    """A label, where it says more than the id."""
    return "" if part.label == part.id else part.label
