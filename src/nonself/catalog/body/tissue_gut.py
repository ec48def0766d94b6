"""Gut: colonic epithelium renewed from its crypts in days, and the stools its loss brings."""

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
from nonself.catalog.body.tissue_sources import ALLAN, CHENG, TURNOVER
from nonself.model.parts import Mechanism, Observable, Parameter
from nonself.provenance import assumed


def gut() -> Mechanism:
    """Return the epithelium of the colon.

    Equations, T cells and S crypts over healthy, k killing, j injury, L life, c ceiling: dT/dt =
    S c/(1 + (c - 1) T)/L - T/L - (k + j) T; dS/dt = r S (1 - S) - e k S.
    Readout, a named assumption: stools over baseline rise in proportion to the epithelium lost,
    gut_stools (1 - T) a day, at least 0.

    **Returns:** a `Mechanism` that reads `gut_killing`, `gut_injury`, `size`.

    **Reference:** Sender and Milo 2021 for number and life of colonic cells; Allan 1985 for the fastest renewal.
    """
    drive, *rebuilt = renewal("gut")
    return Mechanism(
        id="gut",
        title="Colonic epithelium renewed from crypts",
        references=(TURNOVER, ALLAN, CHENG),
        species=(cells("gut", "epithelial cells of the colon"), stem("gut", "crypts with their stem cells")),
        parameters=_PARAMETERS,
        expressions=(drive, *provided("gut", basal=True)),
        reactions=(*rebuilt, *dying("gut", TURNOVER), stem_killed("gut")),
        observables=(
            Observable(
                "extra_stools", "gut_stools*max(0, 1 - gut_cells)", "1/day", "stools a day over baseline"
            ),
        ),
    )


_PARAMETERS = (
    Parameter("gut_lifespan", 3.4, "day", TURNOVER.at("colonic epithelial cells 3.4 +- 0.5 days"),
              "life of a cell", (2.4, 4.4)),
    Parameter("gut_pool", 60.0, "Gcell", TURNOVER.at("(6.0 +- 2.0)e10 colonic epithelial cells"),
              "cells at size 1"),
    Parameter("gut_ceiling", 14.2 / 8.6, "1",
              ALLAN.at("14.2 cells per crypt and hour in relapse, 8.6 in normal mucosa: taken as the most"),
              "fastest renewal over that in health"),
    Parameter("gut_stem_rate", 0.05, "1/day",
              assumed("crypts divide readily in disease (branching in 30 % against 0.4 %, Cheng 1986); few "
                      "double in about two weeks"),
              "regrowth of crypts"),
    basal_antigen("gut", 0.2, "most cells are shed into the bowel by the usual view; Hall 1994 (abstract) counts "
                  "apoptosis in place for the bulk, which macrophages take up and hardly present", 0.05, 1.0),
    exposure("gut", 0.1, "crypt bases are hit less than surface cells, yet crypts are lost in severe disease"),
    Parameter("gut_stools", 20.0, "1/day",
              assumed("a bare colon gives about 20 stools a day; no measured relation was found"),
              "stools over baseline without epithelium", (10.0, 30.0)),
)  # fmt: skip
