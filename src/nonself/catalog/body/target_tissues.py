"""The target tissues of a person, with the dead cells of all of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType

from nonself.catalog.body.dying_cells import dying_cells
from nonself.catalog.body.tissue import TISSUES
from nonself.catalog.body.tissue_gut import gut
from nonself.catalog.body.tissue_kidney import kidney
from nonself.catalog.body.tissue_skin import skin
from nonself.catalog.body.tissue_thyroid import thyroid
from nonself.errors import UnknownName
from nonself.model.parts import Mechanism

MAKERS: Mapping[str, Callable[[], Mechanism]] = MappingProxyType(
    dict(zip(TISSUES, (thyroid, skin, gut, kidney), strict=True))
)


def target_tissues(names: Sequence[str] = TISSUES) -> tuple[Mechanism, ...]:
    """Return the tissues named, in that order, and the dead cells of the body.

    **Raises:** `UnknownName` for a tissue that is not there.

    **Example:** `[part.id for part in target_tissues(["gut"])]` gives `["gut", "dying_cells"]`.
    """
    for name in names:
        if name not in MAKERS:
            raise UnknownName("tissue", name, MAKERS)
    return (*(MAKERS[name]() for name in names), dying_cells(names))
