"""Dying cells of the whole body, their clearance by macrophages, and nuclear antigen from what is left lying."""

from __future__ import annotations

from collections.abc import Iterable

from nonself.catalog.body.tissue import TISSUES
from nonself.catalog.body.tissue_sources import EFFEROCYTOSIS, TURNOVER
from nonself.errors import UnknownName
from nonself.model.parts import Expression, Mechanism, Parameter, Reaction, Species
from nonself.provenance import assumed

_REST = assumed("the reference person is at rest: as many dead cells are cleared as cells die")


def dying_cells(tissues: Iterable[str] = ()) -> Mechanism:
    """Return dead cells, the uptake that macrophages share with marked cells, and nuclear antigen.

    Equations: dD/dt = deaths - V share D/(h + D) - b D, deaths = blood_cell_death + sum of x_deaths,
    V = reserve * healthy deaths, h such that D rests at healthy deaths * dead_cell_time;
    nuclear_release = D over D at rest. Deaths near V leave dead cells lying, which break up and let go nuclei.

    **Arguments:** `tissues` those of the person. **Returns:** a `Mechanism` that reads `blood_cell_death`
    [Gcell/day], `macrophage_share` [1], `size` and each `x_deaths`. **Raises:** `UnknownName` for a tissue.

    **Example:** `dying_cells(("skin", "gut"))`
    """
    deaths = ["blood_cell_death"]
    for tissue in tissues:
        if tissue not in TISSUES:
            raise UnknownName("tissue", tissue, TISSUES)
        deaths.append(f"{tissue}_deaths")
    return Mechanism(
        id="dying_cells",
        title="Dead cells and their clearance",
        references=(TURNOVER, EFFEROCYTOSIS),
        species=(Species("dead_cells", "dead_cells_healthy", "Gcell", _REST, "dead cells not cleared yet",
                         scale=1e-2),),
        parameters=_PARAMETERS,
        expressions=(
            Expression("cell_deaths", " + ".join(deaths), "Gcell/day", "cells that die inside the body"),
            Expression("nuclear_release", "dead_cells/dead_cells_healthy", "1",
                       "nuclear antigen from dead cells, over that in health"),
        ),
        reactions=(
            Reaction("cells_die", "cell_deaths", {"dead_cells": +1}, "cells die", TURNOVER),
            Reaction("dead_cell_uptake",
                     "uptake_reserve*healthy_cell_death*macrophage_share*dead_cells/(uptake_half + dead_cells)",
                     {"dead_cells": -1}, "macrophages take dead cells up", EFFEROCYTOSIS),
            Reaction("dead_cell_breakup", "dead_cell_decay*dead_cells", {"dead_cells": -1},
                     "dead cells left lying break up", EFFEROCYTOSIS),
        ),
    )  # fmt: skip


def healthy_blood_death() -> Mechanism:
    """Return the mechanism in which blood cells die as in health, until blood gives its own deaths."""
    return Mechanism(
        id="healthy_blood_death",
        title="Blood cells die as in health",
        references=(),
        expressions=(
            Expression("blood_cell_death", "healthy_cell_death", "Gcell/day", "deaths of blood cells"),
        ),
    )


_PARAMETERS = (
    Parameter("healthy_death_reference", 214.0 + 60.0 + 2.2 + 5.1 + 1.5, "Gcell/day",
              TURNOVER.at("nuclei of erythroblasts, neutrophils, T cells, B cells, monocytes a day"),
              "nuclei of blood cells to be cleared a day, at size 1"),
    Parameter("healthy_cell_death", "healthy_death_reference*size", "Gcell/day", TURNOVER,
              "nuclei to be cleared a day in health"),
    Parameter("dead_cell_time", 2 / 24, "day",
              assumed("dead cells are rarely seen in healthy tissue (Maueroder 2025): about two hours"),
              "time until a dead cell is cleared in health"),
    Parameter("dead_cell_decay", 1.0, "1/day", assumed("a dead cell left lying breaks up within about a day"),
              "breaking up of dead cells"),
    Parameter("uptake_reserve", 5.0, "1",
              assumed("macrophages can clear about five times what dies in health; no measurement was found"),
              "most uptake over deaths in health", (2.0, 10.0)),
    Parameter("dead_cells_healthy", "healthy_cell_death*dead_cell_time", "Gcell", _REST, "dead cells at rest"),
    Parameter("uptake_half",
              "dead_cells_healthy*(uptake_reserve/(1 - dead_cell_decay*dead_cell_time) - 1)", "Gcell", _REST,
              "dead cells of half the most uptake"),
)  # fmt: skip
