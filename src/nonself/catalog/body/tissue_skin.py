"""Skin: epidermis renewed from its basal layer in weeks, and the part of the body surface with a rash."""

from __future__ import annotations

from nonself.catalog.body.tissue import (
    basal_antigen,
    cells,
    dying,
    exposure,
    provided,
    renewal,
    stem,
    stem_killed,
)
from nonself.catalog.body.tissue_sources import HAUT, TURNOVER
from nonself.model.parts import Mechanism, Observable, Parameter
from nonself.provenance import assumed


def skin() -> Mechanism:
    """Return the epidermis.

    Equations, T cells and S stem cells over healthy, k killing, j injury, L life, c ceiling: dT/dt =
    S c/(1 + (c - 1) T)/L - T/L - (k + j) T; dS/dt = r S (1 - S) - e k S.
    Readout, a named assumption: a patch with a rash has lost the fraction `skin_patch_loss` of its cells, so the
    surface with a rash is 100 (1 - T)/skin_patch_loss percent, 0 to 100.

    **Returns:** a `Mechanism` that reads `skin_killing`, `skin_injury`, `size`.

    **Reference:** Sender and Milo 2021 for number and life of epidermal cells.
    """
    drive, *rebuilt = renewal("skin")
    return Mechanism(
        id="skin",
        title="Epidermis renewed from its basal layer",
        references=(TURNOVER, HAUT),
        species=(cells("skin", "epidermal cells"), stem("skin", "basal cells that regenerate the epidermis")),
        parameters=_PARAMETERS,
        expressions=(drive, *provided("skin", basal=True)),
        reactions=(*rebuilt, *dying("skin", TURNOVER), stem_killed("skin")),
        observables=(
            Observable(
                "rash_surface",
                "min(100, max(0, 100*(1 - skin_cells)/skin_patch_loss))",
                "percent",
                "body surface with a rash",
            ),
        ),
    )


_PARAMETERS = (
    Parameter("skin_lifespan", 31.0, "day", TURNOVER.at("epidermal cells 31 +- 4 days"), "life of a cell",
              (23.0, 39.0)),
    Parameter("skin_pool", 120.0, "Gcell", TURNOVER.at("(1.2 +- 0.3)e11 epidermal cells"), "cells at size 1"),
    Parameter("skin_ceiling", 26 / 7, "1",
              HAUT.at("26 days against 7 in psoriasis: the fastest renewal seen is taken as the most"),
              "fastest renewal over that in health"),
    Parameter("skin_stem_rate", 0.02, "1/day",
              assumed("basal cells double in about a month, so that wounds close from what is left in weeks"),
              "regrowth of basal cells"),
    basal_antigen("skin", 0.05, "cells leave the surface as dead scales; few die in the living layers", 0.02, 0.2),
    exposure("skin", 0.1, "lesions heal as a rule: basal cells are mostly spared"),
    Parameter("skin_patch_loss", 0.5, "1",
              assumed("half of the cells in a patch with a rash are lost; no measured relation was found"),
              "cells lost in a patch with a rash", (0.1, 1.0)),
)  # fmt: skip
