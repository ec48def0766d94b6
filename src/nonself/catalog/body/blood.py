"""Blood formation of the body: stem cells, red cells, neutrophils, platelets, clearance of what is marked."""

from __future__ import annotations

from nonself.catalog.body.blood_platelets import platelet_line, platelet_stage_ids
from nonself.catalog.body.blood_red import red_line, red_stage_ids
from nonself.catalog.body.blood_sources import BARCELLINI
from nonself.catalog.body.blood_stem import stem_cells
from nonself.catalog.body.blood_white import neutrophil_line
from nonself.model.parts import Expression, Mechanism, Observable, Parameter
from nonself.provenance import assumed

RED_CELLS = ("reticulocyte", *red_stage_ids())
PLATELETS = platelet_stage_ids()
NEUTROPHILS = ("neutrophil_blood",)
# States whose cells divide: what a drug that kills dividing cells acts on. Stem cells divide too, rarely.
DIVIDING = (
    "progenitor", "erythroid_progenitor", "erythroblast", "granulocyte_progenitor", "neutrophil_mitotic",
    "megakaryoblast",
)  # fmt: skip


def blood_formation() -> tuple[Mechanism, ...]:
    """Return the mechanisms of blood formation.

    They read `blood_volume`, `size`, `male` (person), `innate`, `leukemic_marrow` and what is marked; they give
    `red_cells`, `hemoglobin`, `neutrophils`, `platelets`, `marrow_room`, `macrophage_share`, and what a
    laboratory reports. The species to clear are `RED_CELLS`, `PLATELETS`, `NEUTROPHILS`; `DIVIDING` divide.

    **Example:** `compose([*blood_formation(), nothing_marked(), no_leukemia(), ...], id="body", time_unit="day")`
    """
    return (stem_cells(), red_line(), neutrophil_line(), platelet_line(), clearance())


def clearance() -> Mechanism:
    """Return the macrophages' capacity to clear marked cells, one for all targets.

    Equation: share = 1/(1 + (marked red cells + platelets + neutrophils)/capacity). A mechanism that clears
    marked cells multiplies its rate by `macrophage_share`; so one marked target shields another.
    """
    return Mechanism(
        id="clearance",
        title="Macrophages that clear marked cells share one capacity",
        references=(BARCELLINI,),
        parameters=(
            Parameter(
                "macrophage_reference", 8000.0, "Gcell",
                assumed("red cells fully marked are then cleared at most at 1600 a day, seven times the healthy loss "
                        "and more than marrow can make, so that hemoglobin falls to 50 to 75 g/L when most are "
                        "marked: two of three patients come with less than 80 g/L (Barcellini 2013, abstract)"),
                "marked cells at which clearance of each is halved, in 5 L", (3000.0, 20000.0),
            ),
            Parameter("macrophage_capacity", "macrophage_reference*size", "Gcell",
                      assumed("macrophages scale with the person"), "marked cells at which clearance is halved"),
        ),
        expressions=(
            Expression("macrophage_share",
                       "1/(1 + (marked_red_cells + marked_platelets + marked_neutrophils)/macrophage_capacity)",
                       "1", "clearance of a marked cell, over that with few marked cells"),
        ),
        observables=(Observable("macrophage_occupancy", "1 - macrophage_share", "1", "macrophages taken up"),),
    )  # fmt: skip


def nothing_marked() -> Mechanism:
    """Return zeros for what is marked, for a person without antibody against blood cells."""
    nothing = assumed("no antibody against blood cells is in this model")
    ids = ("marked_red_cells", "marked_platelets", "marked_neutrophils")
    return Mechanism(
        id="nothing_marked",
        title="No blood cell is marked",
        references=(),
        parameters=tuple(Parameter(name, 0.0, "Gcell", nothing, name.replace("_", " ")) for name in ids),
    )


def no_leukemia() -> Mechanism:
    """Return an empty claim on the niche, for a person without leukemic cells in the marrow."""
    none = assumed("no leukemic cell is in this model")
    return Mechanism(
        id="no_leukemia",
        title="No leukemic cell takes room in the marrow",
        references=(),
        parameters=(
            Parameter("leukemic_marrow", 0.0, "1", none, "share of the niche that leukemic cells take"),
        ),
    )
