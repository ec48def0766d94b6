"""Natural killer cells, and the IL-15 they share with memory CD8 T cells."""

from __future__ import annotations

from nonself.catalog.body import lymphocyte_sources as read
from nonself.catalog.body.t_cell_parameters import number
from nonself.model.parts import Expression, Mechanism, Reaction, Species
from nonself.provenance import assumed


def natural_killers() -> Mechanism:
    """Return natural killer cells of the whole body.

    Equation: nk' = supply marrow_room + division il15 nk - loss nk, with supply = (loss - division) nk_normal and
    the budget il15 = 1 / (decay + uptake by NK and memory CD8), 1 in the reference adult.

    **Example:** `natural_killers().id` gives `"natural_killers"`.
    """
    return Mechanism(
        id="natural_killers",
        title="Natural killer cells and IL-15",
        references=(read.ZHANG, read.COUNTS, read.IL15_TRANSPLANT),
        species=(Species("nk", "nk_normal", "Gcell", read.COUNTS, "natural killer cells", 1e-3),),
        parameters=(
            number("nk_count", 0.472, "Gcell/L", read.COUNTS, "natural killer cells in blood at rest"),
            number("nk_blood_share", 0.1, "1", assumed("they do not recirculate through lymph nodes as T cells do"),
                   "share of natural killer cells in blood"),
            number("nk_normal", "nk_count*blood_volume/nk_blood_share", "Gcell", read.COUNTS,
                   "natural killer cells at rest"),
            number("nk_division", 0.043, "1/day", read.ZHANG.at("proliferation 4.3 %/day"),
                   "division of natural killer cells at rest"),
            number("nk_loss", 0.069, "1/day", read.ZHANG.at("disappearance 6.9 %/day"),
                   "loss of natural killer cells"),
            number("il15_decay", 0.25, "1", assumed("as for IL-7; IL-15 is seen to rise more, with inflammation"),
                   "share of IL-15 lost without its consumers"),
            number("il15_nk", 0.5, "1", assumed("natural killer cells and memory CD8 take about the same"),
                   "share of IL-15 uptake by natural killer cells at rest"),
        ),
        expressions=(
            Expression("il15", "1/(il15_decay + (1 - il15_decay)*(il15_nk*nk/nk_normal"
                       " + (1 - il15_nk)*memory_cd8/memory_cd8_normal))", "1",
                       "IL-15 relative to the reference adult"),
            Expression("blood_nk", "nk_blood_share*nk/blood_volume", "Gcell/L", "natural killer cells in blood"),
        ),
        reactions=(
            Reaction("nk_supply", "(nk_loss - nk_division)*nk_normal*marrow_room", {"nk": 1}, "marrow output"),
            Reaction("nk_dividing", "nk_division*il15*nk", {"nk": 1}, "division with IL-15"),
            Reaction("nk_dying", "nk_loss*nk", {"nk": -1}, "death"),
        ),
    )  # fmt: skip
