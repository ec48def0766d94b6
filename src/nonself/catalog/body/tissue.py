"""What all target tissues share: cells that are lost and renewed, what is read, and what is provided.

A tissue `x` has the species `x_cells` [1, over healthy] and, where something regenerates it, `x_stem` [1]. It reads
`x_killing` [1/day], the rate at which immune cells kill one of its cells, and `x_injury` [1/day], the same by anything
else; it provides `x_mass` [1], `x_loss` [1/day], `x_release` [1: self antigen let go over that in health, cells
(1 + loss life/basal), where a healthy tissue lets go that of `x_basal_antigen` times the cells of its turnover]
and `x_deaths` [Gcell/day: cells that die inside the body beyond healthy turnover].
"""

from __future__ import annotations

from collections.abc import Iterable

from nonself.errors import UnknownName
from nonself.model.parts import Expression, Mechanism, Parameter, Reaction, Species
from nonself.provenance import Source, assumed

TISSUES = ("thyroid", "skin", "gut", "kidney")
_REST = assumed("healthy by definition: all amounts of a tissue are relative to health")
_READS = {
    "killing": "1/day",
    "injury": "1/day",
}
_OTHER_READS = {
    "thyroid": {"thyroid_stimulation": "1", "thyroid_blocking": "1"},
    "kidney": {"immune_complexes": "1"},
}


def reads(tissue: str) -> dict[str, str]:
    """Return what acts on a tissue from outside: name of the expression -> unit.

    **Example:** `reads("skin")` gives `{"skin_killing": "1/day", "skin_injury": "1/day"}`.
    """
    if tissue not in TISSUES:
        raise UnknownName("tissue", tissue, TISSUES)
    return {f"{tissue}_{name}": unit for name, unit in _READS.items()} | _OTHER_READS.get(tissue, {})


def nothing_attacks(tissue: str, but: Iterable[str] = ()) -> Mechanism:
    """Return the mechanism that gives zero for everything a tissue reads from outside.

    **Arguments:** `but` names that another mechanism gives. **Raises:** `UnknownName` for a name it does not read.

    **Example:** `nothing_attacks("thyroid", but=("thyroid_killing",))`
    """
    names = reads(tissue)
    for name in but:
        if name not in names:
            raise UnknownName(f"expression that {tissue} reads", name, names)
    return Mechanism(
        id=f"nothing_attacks_{tissue}",
        title=f"Nothing acts on the {tissue} from outside",
        references=(),
        expressions=tuple(
            Expression(name, "0", unit, "absent") for name, unit in names.items() if name not in but
        ),
    )


def cells(tissue: str, label: str) -> Species:
    """Return the species of functional cells."""
    return Species(f"{tissue}_cells", 1.0, "1", _REST, label, scale=1e-3)


def stem(tissue: str, label: str) -> Species:
    """Return the species of what regenerates a tissue: where none is left, the loss is for good."""
    return Species(f"{tissue}_stem", 1.0, "1", _REST, label, scale=1e-3)


def basal_antigen(tissue: str, value: float, why: str, low: float, high: float) -> Parameter:
    """Return the parameter: antigen that a healthy tissue lets go, over that of all its turnover."""
    return Parameter(f"{tissue}_basal_antigen", value, "1", assumed(why),
                     "antigen of the healthy tissue, over that of all cells of its turnover", (low, high))  # fmt: skip


def provided(tissue: str, extra_loss: str = "", basal: bool = False) -> tuple[Expression, ...]:
    """Return what others may read of a tissue.

    **Arguments:** `extra_loss` a further rate [1/day] at which one cell is lost, beyond killing and injury; `basal`
    whether the tissue states its `x_basal_antigen`: below 1 where cells are shed, above 1 where living ones secrete.
    """
    turnover = f"{tissue}_lifespan/{tissue}_basal_antigen" if basal else f"{tissue}_lifespan"
    loss = f"{tissue}_killing + {tissue}_injury" + (f" + {extra_loss}" if extra_loss else "")
    return (
        Expression(f"{tissue}_mass", f"{tissue}_cells", "1", "tissue over healthy"),
        Expression(f"{tissue}_loss", loss, "1/day", "loss of one cell beyond healthy turnover"),
        Expression(f"{tissue}_release",
                   f"{tissue}_cells*(1 + {tissue}_loss*{turnover})", "1",
                   "self antigen let go, over that in health"),
        Expression(f"{tissue}_deaths", f"{tissue}_pool*size*{tissue}_cells*{tissue}_loss", "Gcell/day",
                   "cells that die inside the body beyond healthy turnover"),
    )  # fmt: skip


def dying(tissue: str, source: Source) -> tuple[Reaction, ...]:
    """Return the loss of cells: by age, and beyond it."""
    name = f"{tissue}_cells"
    return (
        Reaction(f"{tissue}_aging", f"{name}/{tissue}_lifespan", {name: -1}, "cells end their life", source),
        Reaction(f"{tissue}_attacked", f"{tissue}_loss*{name}", {name: -1}, "cells are killed", source),
    )


def stem_killed(tissue: str) -> Reaction:
    """Return the killing of what regenerates a tissue: a part of the rate that meets its cells."""
    name = f"{tissue}_stem"
    return Reaction(f"{tissue}_stem_attacked", f"{tissue}_stem_exposure*{tissue}_killing*{name}", {name: -1},
                    "immune cells kill what regenerates the tissue", _EXPOSURE)  # fmt: skip


_EXPOSURE = assumed("regenerating cells lie deeper and show less antigen than the cells they give rise to")


def renewal(tissue: str) -> tuple[Expression, Reaction, Reaction]:
    """Return renewal from stem cells that quickens as cells are missing, and regrowth of the stem cells.

    Equations: drive = c/(1 + (c - 1) cells), 1 in health and c without cells; d cells = stem drive/lifespan;
    d stem = r stem (1 - stem).
    """
    ceiling = f"{tissue}_ceiling"
    return (
        Expression(f"{tissue}_drive", f"{ceiling}/(1 + ({ceiling} - 1)*{tissue}_cells)", "1",
                   "production of cells by one stem cell, over that in health"),
        Reaction(f"{tissue}_renewal", f"{tissue}_stem*{tissue}_drive/{tissue}_lifespan",
                 {f"{tissue}_cells": +1}, "stem cells give rise to cells", _FEEDBACK),
        Reaction(f"{tissue}_stem_regrowth", f"{tissue}_stem_rate*{tissue}_stem*(1 - {tissue}_stem)",
                 {f"{tissue}_stem": +1}, "stem cells spread from where they are left", _FEEDBACK, signed=True),
    )  # fmt: skip


_FEEDBACK = assumed("the simplest renewal that is at rest in health, quickens when cells are missing, and ends "
                    "where no stem cell is left")  # fmt: skip


def exposure(tissue: str, value: float, why: str) -> Parameter:
    """Return the parameter: killing of what regenerates a tissue, over killing of its cells."""
    return Parameter(f"{tissue}_stem_exposure", value, "1", assumed(why),
                     "killing of the regenerating cells over that of the cells", (0.0, 1.0))  # fmt: skip
