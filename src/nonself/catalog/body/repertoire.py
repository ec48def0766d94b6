"""Diversity of naive T cells: how many clonotypes there are, relative to the reference adult."""

from __future__ import annotations

from nonself.catalog.body import lymphocyte_sources as read
from nonself.catalog.body.t_cell_parameters import number
from nonself.model.parts import Expression, Mechanism, Reaction, Species
from nonself.provenance import assumed

_BALANCE = assumed("in the reference adult as many clonotypes are born as are lost")


def repertoire() -> Mechanism:
    """Return the number of naive clonotypes, which thymic export raises and the loss of single cells lowers.

    Equation: D' = loss_0/m export/export_0 - loss single_clone_share D, where `loss` is the mean loss of a naive cell:
    of those that die and, in proportion to il7, of those that turn memory.
    Births and deaths of naive cells keep clone sizes geometric, and then the share of clonotypes with one cell,
    whose loss loses the clonotype, is 1 / mean clone size: single_clone_share = D/(m naive/naive_0). With k cells
    exported per new clonotype, balance at rest gives the mean clone size m = sqrt(k loss_0 naive_0/export_0).
    What else removes naive cells at a rate r per cell removes clonotypes at r single_clone_share D.

    Lost by one number for CD4 and CD8: that CD8 lose more with age.

    **Example:** a drug adds `Reaction("lost", "kill*single_clone_share*diversity", {"diversity": -1})`.
    """
    return Mechanism(
        id="repertoire",
        title="Diversity of the naive T cell repertoire",
        references=(read.TABLE_OF_AGING,),
        species=(
            Species("diversity", "exp(-diversity_start*(age_at_start - lymphoid_reference_age))", "1",
                    assumed("fewer with age, as the run-in shows"),
                    "naive clonotypes, relative to the reference adult", 1e-3),
        ),
        parameters=(
            number("cells_per_new_clone", 1.0, "1",
                   assumed("each cell that leaves the thymus is a clonotype of its own"),
                   "cells exported per new clonotype"),
            number("naive_normal", "naive_cd4_normal + naive_cd8_normal", "Gcell", _BALANCE, "naive T cells at rest"),
            number("naive_loss_normal",
                   "(naive_cd4_loss*naive_cd4_normal + naive_cd8_loss*naive_cd8_normal)/naive_normal", "1/day",
                   _BALANCE, "loss of a naive T cell at rest"),
            number("mean_clone_size",
                   "sqrt(cells_per_new_clone*naive_loss_normal*naive_normal/(thymic_export_at_30*size))", "1",
                   _BALANCE, "naive cells of a clonotype at rest"),
            number("diversity_start", 0.02, "1/year", assumed("as the run-in from 18 years shows"),
                   "fewer clonotypes at the start for each year of age"),
        ),
        expressions=(
            Expression("naive_t", "naive_cd4 + naive_cd8", "Gcell", "naive T cells"),
            Expression("single_clone_share", "diversity*naive_normal/(mean_clone_size*naive_t)", "1",
                       "share of naive clonotypes that have one cell"),
            Expression("naive_loss",
                       "((naive_cd4_loss - naive_cd4_priming + naive_cd4_priming*il7)*naive_cd4"
                       " + (naive_cd8_loss - naive_cd8_priming + naive_cd8_priming*il7)*naive_cd8)/naive_t",
                       "1/day", "loss of a naive T cell"),
        ),
        reactions=(
            Reaction("clonotypes_exported",
                     "naive_loss_normal/mean_clone_size*(thymic_export_cd4 + thymic_export_cd8)"
                     "/(thymic_export_at_30*size)", {"diversity": 1}, "thymic export brings new clonotypes"),
            Reaction("clonotypes_lost", "naive_loss*single_clone_share*diversity", {"diversity": -1},
                     "a clonotype is lost with its last cell"),
        ),
    )  # fmt: skip
