"""States of cells, each with all species whose cells are in it: what acts on a state acts on every one of them alike.

A self-specific cell is a cell of its state: nothing that depletes, kills or holds cells can tell it from the others.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType

from nonself.catalog.body.blood import PLATELETS, RED_CELLS
from nonself.model.parts import Mechanism

_SHARED: Mapping[str, tuple[str, ...]] = {
    "naive_t": ("naive_cd4", "naive_cd8"),
    "memory_t": ("memory_cd4", "memory_cd8"),
    "effector_t": ("effector_cd4", "effector_cd8", "pathogen_effectors"),
    "exhausted_t": ("exhausted_cd8",),
    "resident_t": (),
    "regulator": ("regulator",),
    "nk": ("nk",),
    "transitional_b": ("transitional_b",),
    "naive_b": ("naive_b",),
    "memory_b": ("memory_b",),
    "plasmablast": ("plasmablast",),
    "plasma_cell": ("plasma_cell",),
    "red_cell": RED_CELLS,
    "platelet": PLATELETS,
    "neutrophil": ("neutrophil_blood",),
}
_OWN = {
    "naive_t": "precursors", "effector_t": "effectors", "resident_t": "residents", "memory_b": "b",
    "plasma_cell": "plasma",
}  # fmt: skip


def states(mechanisms: Iterable[Mechanism]) -> Mapping[str, tuple[str, ...]]:
    """Return the species of each state of cells in a body; self-specific cells are those of each `x_precursors`.

    **Example:** `states(body(("red_cell",)))["memory_b"]` gives `("memory_b", "red_cell_b")`.
    """
    there = [species.id for part in mechanisms for species in part.species]
    seen = [name.removesuffix("_precursors") for name in there if name.endswith("_precursors")]
    found = {}
    for state, shared in _SHARED.items():
        own = [f"{name}_{_OWN[state]}" for name in seen] if state in _OWN else []
        found[state] = tuple(name for name in (*shared, *own) if name in there)
    return MappingProxyType(found)
