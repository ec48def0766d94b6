"""Antibody against self that marks no blood cell: it turns the TSH receptor on or off, or makes complexes."""

from __future__ import annotations

from nonself.model.parts import Expression, Mechanism, Parameter
from nonself.provenance import assumed


def receptor_antibody() -> Mechanism:
    """Return the effect of antibody against the TSH receptor: a person's share of it stimulates, the rest blocks.

    Equation: stimulation = g s A, blocking = g (1 - s) A.

    **Example:** `receptor_antibody().id` gives `"receptor_antibody"`.
    """
    return Mechanism(
        id="receptor_antibody",
        title="Antibody that stimulates or blocks the TSH receptor",
        references=(),
        parameters=(
            Parameter("stimulating_share", 0.5, "1",
                      assumed("which epitope a person's antibody binds; varied between people from 0 to 1"),
                      "share of receptor antibody that stimulates", (0.0, 1.0)),
            Parameter("receptor_effect", 5.0, "1",
                      assumed("a full reaction, of antibody 1, all of it stimulating, adds several times the healthy "
                              "signal, so that glands can put out several times as much"),
                      "receptor signal of antibody 1, over TSH in health", (1.5, 15.0)),
        ),
        expressions=(
            Expression("thyroid_stimulation", "receptor_effect*stimulating_share*thyroid_antibody", "1", "stimulation"),
            Expression("thyroid_blocking", "receptor_effect*(1 - stimulating_share)*thyroid_antibody", "1", "blocking"),
        ),
    )  # fmt: skip


def nuclear_complexes() -> Mechanism:
    """Return complexes of antibody with nuclear antigen: as many as both together allow.

    Equation: complexes = g A release.

    **Example:** `nuclear_complexes().id` gives `"nuclear_complexes"`.
    """
    return Mechanism(
        id="nuclear_complexes",
        title="Complexes of antibody and nuclear antigen",
        references=(),
        parameters=(
            Parameter("complex_formation", 1.0, "1",
                      assumed("a full reaction, of antibody 1, with healthy clearance brings deposits that halve the "
                              "barrier"),
                      "deposits of antibody 1 with healthy release", (0.3, 3.0)),
        ),
        expressions=(
            Expression("immune_complexes", "complex_formation*nuclear_antibody*nuclear_release", "1",
                       "immune complexes"),
        ),
    )  # fmt: skip
