"""Self-reactive B cells of one tissue, with the help of its self-specific T cells: plasma cells and antibody."""

from __future__ import annotations

from nonself.catalog.body.targets import Target
from nonself.model.parts import Expression, Mechanism, Parameter, Reaction, Species
from nonself.provenance import assumed

_REST = assumed("next to none at the start; the run-in shows the rest")
_UNIT = assumed("unit of the state: 1 marks half of the target's cells")


def antibody_numbers() -> Mechanism:
    """Return the numbers that self-reactive B cells of all tissues share."""
    return Mechanism(
        id="self_reactive_b_cells",
        title="Recruitment, division and product of self-reactive B cells, the same for all tissues",
        references=(),
        parameters=_PARAMETERS,
    )


def antibody(target: Target) -> Mechanism:
    """Return the humoral arm against one tissue.

    Equations, B self-reactive B cells in reaction, h help, q self-reactive share of naive B cells N, L plasma cells, A
    antibody: h = E/(E + half); B' = c h s q N antigen/(1 + antigen) + b h B/(1 + B/capacity) - d B; L' = y B - l L;
    A' = t m (B + w L)/size - k A, t a person's trait. B cells present the antigen to their helpers in turn;
    the recruited leave the naive pool; a B cell that gives a plasma cell stays; k is the catabolism of IgG; half and
    capacity are those of 5 L times size.

    **Example:** `antibody(target("red_cell")).id` gives `"antibody_red_cell"`.
    """
    x = target.id
    cells, plasma, level = f"{x}_b", f"{x}_plasma", f"{x}_antibody"
    return Mechanism(
        id=f"antibody_{x}",
        title=f"Self-reactive B cells, plasma cells and antibody against {target.label}",
        references=(),
        species=(
            Species(cells, 0.0, "Gcell", _REST, "self-reactive B cells in reaction", scale=1e-6),
            Species(plasma, 0.0, "Gcell", _REST, "self-reactive long-lived plasma cells", scale=1e-6),
            Species(level, 0.0, "1", _UNIT, "antibody, 1 marks half", scale=1e-4),
        ),
        expressions=(
            Expression(f"{x}_help", f"{x}_effectors/({x}_effectors + help_half*size)", "1",
                       "help by self-specific T cells"),
        ),
        reactions=(
            Reaction(f"{x}_b_recruited",
                     f"b_recruitment*{x}_help*b_specific*self_reactive_naive*naive_b*{x}_antigen/(1 + {x}_antigen)",
                     {"naive_b": -1, cells: 1}, "helped B cells that bind the antigen enter the reaction"),
            Reaction(f"{x}_b_dividing", f"b_division*{x}_help*{cells}/(1 + {cells}/(b_capacity*size))", {cells: 1},
                     "helped B cells divide"),
            Reaction(f"{x}_b_dying", f"b_death*{cells}", {cells: -1}, "B cells of the reaction die"),
            Reaction(f"{x}_plasma_made", f"b_to_plasma*{cells}", {plasma: 1}, "some turn long-lived plasma cells"),
            Reaction(f"{x}_plasma_dying", f"log(2)/plasma_cell_halflife*{plasma}", {plasma: -1}, "plasma cells die"),
            Reaction(f"{x}_antibody_made", f"antibody_trait*antibody_rate*({cells} + plasma_weight*{plasma})/size",
                     {level: 1}, "plasmablasts and plasma cells make antibody"),
            Reaction(f"{x}_antibody_lost", f"igg_catabolism*{level}", {level: -1}, "antibody is broken down"),
        ),
    )  # fmt: skip


_PARAMETERS = (
    Parameter("antibody_trait", 1.0, "1", assumed("1 at the median by definition; its spread is in the population"),
              "effect of the antibody that one cell makes, by class and affinity, relative"),
    Parameter("help_half", 0.01, "Gcell", assumed("ten million helpers sustain a reaction"),
              "effectors that half help, in 5 L", (1e-3, 0.1)),
    Parameter("b_specific", 1e-4, "1", assumed("a self-reactive B cell binds one of many self antigens"),
              "share of self-reactive naive B cells that bind one antigen", (1e-5, 1e-3)),
    Parameter("b_recruitment", 0.05, "1/day", assumed("a helped B cell enters the reaction within weeks"),
              "recruitment"),
    Parameter("b_division", 0.5, "1/day", assumed("germinal center cells divide faster than they die, when helped"),
              "net division of fully helped B cells", (0.3, 1.0)),
    Parameter("b_death", 0.2, "1/day", assumed("without help a reaction fades in weeks"), "death in the reaction",
              (0.1, 0.3)),
    Parameter("b_capacity", 0.1, "Gcell", assumed("one reaction is a small part of the 320e9 B cells"),
              "B cells at which division halves, in 5 L", (0.01, 1.0)),
    Parameter("b_to_plasma", 1e-4, "1/day",
              assumed("a lasting reaction then has about as many long-lived plasma cells as B cells"),
              "formation of long-lived plasma cells", (1e-5, 1e-3)),
    Parameter("plasma_weight", 1.0, "1", assumed("a plasma cell makes as much as a plasmablast"),
              "antibody of a plasma cell"),
    Parameter("antibody_rate", 0.15, "1/(Gcell*day)",
              assumed("a full reaction of 0.12e9 B cells then has a level of about 1, which marks half: neither "
                      "nobody's cells nor all"), "antibody made", (0.05, 0.5)),
    Parameter("b_presentation", 2.0, "1", assumed("B cells concentrate antigen: as much as damaged tissue"),
              "antigen that a full reaction presents to helpers", (0.0, 5.0)),
    Parameter("b_presenting_half", 0.02, "Gcell", assumed("a fifth of the reaction's capacity"),
              "B cells that half present", (0.005, 0.1)),
)  # fmt: skip
