"""A model by its name: of the catalog, or from a file."""

from __future__ import annotations

from pathlib import Path

from nonself.catalog.entry import PublishedModel
from nonself.errors import UnknownName
from nonself.model.compose import compose
from nonself.model.ir import Model
from nonself.study.model_file import ENDINGS, entry_from_file, is_model_file


def published(name: str) -> tuple[PublishedModel, Model]:
    """Return a catalog model and its composed equations.

    **Raises:** `UnknownName` with near misses.

    **Example:** `published("hahnel2020")[1].time_unit` gives `"month"`.
    """
    if is_model_file(name):
        return composed(entry_from_file(Path(name)))
    from nonself.catalog import registry

    try:
        return composed(registry.model(name))
    except UnknownName as error:
        beside = [name + ending for ending in ENDINGS if Path(name + ending).is_file()]
        error.mend = f"there is a file {beside[0]}" if beside else error.mend
        raise


def composed(entry: PublishedModel) -> tuple[PublishedModel, Model]:
    """Return an entry and its composed equations."""
    return entry, compose(entry.mechanisms, id=entry.id, time_unit=entry.time_unit, title=entry.title)
