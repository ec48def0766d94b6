"""What antibody does to blood cells: it marks them, and macrophages clear what is marked."""

from __future__ import annotations

from nonself.catalog.body.blood import NEUTROPHILS, PLATELETS, RED_CELLS
from nonself.catalog.body.blood_sources import ABKOWITZ, BUX, LOUWES, MOLLISON
from nonself.catalog.body.recognition_sources import GANUSOV
from nonself.model.parts import Expression, Mechanism, Parameter, Reaction
from nonself.provenance import Citation, assumed

_CLEARED = {"red_cell": RED_CELLS, "platelet": PLATELETS, "granulocyte": NEUTROPHILS}
_TOTAL = {"red_cell": "red_cells", "platelet": "platelet_total", "granulocyte": "neutrophil_blood"}
_MARKED = {
    "red_cell": "marked_red_cells",
    "platelet": "marked_platelets",
    "granulocyte": "marked_neutrophils",
}
_MOST = {
    "red_cell": (
        0.2,
        "fully marked red cells live five days; ten anti-D molecules a cell gave 0.17 a day, more up to hundredfold "
        "(Mollison 1967, abstract), but autoantibodies clear less",
        (0.1, 0.6),
    ),
    "platelet": (
        5.0,
        "fully marked platelets live five hours; in patients 1.6 +- 1.4 days (Louwes 1999, abstract)",
        (2.0, 10.0),
    ),
    "granulocyte": (
        4.0,
        "fully marked neutrophils live six hours, a quarter of their healthy time",
        (2.0, 10.0),
    ),
}
_SOURCES: dict[str, tuple[Citation, ...]] = {
    "red_cell": (MOLLISON,),
    "platelet": (LOUWES,),
    "granulocyte": (BUX,),
}


def marking(target: str) -> Mechanism:
    """Return marking and clearance of one kind of blood cell.

    Equation: with antibody A the share A/(1 + A) is marked; a marked cell is cleared at most * macrophage_share, so
    that a cell of any age x is lost at most A/(1 + A) macrophage_share x a day. Of marrow cells the neutrophil reserve
    alone is marked and cleared, at a share of that rate.

    **Example:** `marking("platelet").id` gives `"marking_platelet"`.
    """
    most, why, bounds = _MOST[target]
    killing = f"{target}_killing"
    return Mechanism(
        id=f"marking_{target}",
        title=f"Antibody marks {target.replace('_', ' ')}s, macrophages clear them",
        references=_SOURCES[target],
        parameters=(
            Parameter(f"{target}_clearance", most, "1/day", assumed(why), "clearance of a marked cell", bounds),
            *(_RESERVE_PARAMETERS if target == "granulocyte" else ()),
        ),
        expressions=(
            Expression(f"{target}_marked_share", f"{target}_antibody/(1 + {target}_antibody)", "1",
                       "share that is marked"),
            Expression(_MARKED[target], f"{target}_marked_share*{_TOTAL[target]}", "Gcell", "marked cells"),
            Expression(killing, f"{target}_clearance*{target}_marked_share*macrophage_share", "1/day",
                       "clearance of one cell on average"),
        ),
        reactions=(
            *(Reaction(f"{cell}_cleared", f"{killing}*{cell}", {cell: -1}, "marked cells are cleared")
              for cell in _CLEARED[target]),
            *(_RESERVE if target == "granulocyte" else ()),
        ),
    )  # fmt: skip


_RESERVE_PARAMETERS = (
    Parameter(
        "reserve_clearance_share", 0.3, "1",
        assumed("marrows of patients are full, but of segmented cells there are few (Bux 1998, abstract)"),
        "clearance of a marked cell of the reserve, over that in blood", (0.1, 1.0),
    ),
)  # fmt: skip
_RESERVE = (
    Reaction("neutrophil_reserve_cleared", "reserve_clearance_share*granulocyte_killing*neutrophil_reserve",
             {"neutrophil_reserve": -1}, "macrophages of the marrow clear marked cells of the reserve", BUX),
)  # fmt: skip


def unmarked(targets: tuple[str, ...]) -> Mechanism:
    """Return zeros for the kinds of blood cell that no antibody of this body marks."""
    absent = assumed("no antibody against these cells is in this model")
    return Mechanism(
        id="unmarked",
        title="Blood cells that no antibody marks",
        references=(),
        parameters=tuple(
            Parameter(name, 0.0, "Gcell", absent, name.replace("_", " "))
            for target, name in _MARKED.items() if target not in targets
        ),
    )  # fmt: skip


def precursor_killing() -> Mechanism:
    """Return killing of red cell precursors by self-specific effectors that live in the marrow.

    Equation: killing q = kills T killer_share/(met Q0), mass action against what effectors meet of the progenitors Q0
    of health: the first cells of the stage, between burst- and colony-forming ones. Of those that enter the stage of
    erythroid progenitors, exp(-q t_Q) pass it, all after the same time; erythroblasts are lost at q. What is presented
    is what enters, which the killing leaves as it is, and what is killed of it: 1 - exp(-q t_Q).

    Lost by that: the days from the first killing to the last progenitors that passed before it.

    **Example:** `precursor_killing().id` gives `"precursor_killing"`.

    **Reference:** Abkowitz 1986 for the stage, Ganusov 2011 for mass action.
    """
    return Mechanism(
        id="precursor_killing",
        title="Self-specific effectors kill red cell precursors",
        references=(ABKOWITZ, GANUSOV),
        parameters=(
            Parameter(
                "progenitors_met", 1 / 3, "1",
                assumed("the block lies between burst- and colony-forming cells (Abkowitz 1986, abstract); of cells "
                        "that divide four times in a stage the mean number is a third of that at its end"),
                "progenitors that effectors meet, over those of the stage", (0.1, 1.0),
            ),
        ),
        reactions=(
            Reaction(
                "erythroid_progenitor_killed",
                "erythroid_entry_rate*progenitor*(1 - exp(-red_cell_precursor_killing*erythroid_time))"
                "*erythroid_progenitor/(erythroid_progenitor + one_cell)",
                {"erythroid_progenitor": -1}, "progenitors are killed on their way through the stage", ABKOWITZ,
            ),
            Reaction("erythroblast_killed", "red_cell_precursor_killing*erythroblast", {"erythroblast": -1},
                     "erythroblasts are killed"),
        ),
    )  # fmt: skip
