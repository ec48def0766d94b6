"""T cells that answer a pathogen: effectors that expand, contract and leave memory, or exhaust."""

from __future__ import annotations

from nonself.catalog.body import lymphocyte_sources as read
from nonself.catalog.body.t_cell_parameters import number
from nonself.model.parts import Expression, Mechanism, Reaction, Species
from nonself.provenance import assumed

_START = assumed("a person starts free of infection")


def _reactions() -> tuple[Reaction, ...]:
    reactions: list[Reaction] = []
    for line in ("cd4", "cd8"):
        effector, memory = f"effector_{line}", f"memory_{line}"
        for stage in ("naive", "memory"):
            recruited = f"recruitment*specific_share*pathogen_presence*{stage}_{line}"
            reactions += [
                Reaction(f"{stage}_{line}_recruited", recruited, {f"{stage}_{line}": -1, effector: 1},
                         "cells specific for the pathogen are activated"),
                Reaction(f"{stage}_{line}_expanding", f"(burst - 1)*{recruited}", {effector: 1},
                         "and divide several times"),
            ]  # fmt: skip
        reactions += [
            Reaction(f"{memory}_activated", f"{memory}_activation*{memory}", {memory: -1, effector: 1},
                     "what is met every day activates some memory cells"),
            Reaction(f"{effector}_dying", f"(1 - memory_yield)*contraction*{effector}", {effector: -1},
                     "most effectors die", read.MILLER),
            Reaction(f"{effector}_turning_memory", f"memory_yield*contraction*{effector}",
                     {effector: -1, memory: 1}, "few effectors turn memory", read.MILLER),
        ]  # fmt: skip
    return (
        *reactions,
        Reaction("effector_cd8_exhausting", "exhaustion*pathogen_presence*effector_cd8",
                 {"effector_cd8": -1, "exhausted_cd8": 1}, "effectors that keep meeting antigen exhaust"),
        Reaction("exhausted_cd8_dying", "exhausted_loss*exhausted_cd8", {"exhausted_cd8": -1}, "exhausted cells die"),
    )  # fmt: skip


def t_responses() -> Mechanism:
    """Return polyclonal effector T cells, driven by `pathogen`.

    Equation: effector' = burst recruitment specific_share P (naive + memory) + activation memory - contraction
    effector, with P = pathogen / (1 + pathogen); a share memory_yield of the effectors that end turns memory;
    exhausted' = exhaustion P effector_cd8 - loss.

    A programmed expansion of several divisions is one step: lost by that is its delay of some days.

    **Example:** `t_responses().id` gives `"t_responses"`.
    """
    return Mechanism(
        id="t_responses",
        title="Effector T cells that expand with a pathogen, contract, leave memory, or exhaust",
        references=(read.MILLER,),
        species=(
            Species("effector_cd4", "effector_cd4_normal", "Gcell", _START, "recently activated CD4 T cells", 1e-3),
            Species("effector_cd8", "effector_cd8_normal", "Gcell", _START, "recently activated CD8 T cells", 1e-3),
            Species("exhausted_cd8", 0.0, "Gcell", _START, "exhausted CD8 T cells", 1e-3),
        ),
        parameters=(
            number("contraction", 0.1, "1/day", assumed("a response shrinks tenfold within a month"),
                   "end of an effector's life"),
            number("memory_yield", 0.07, "1", read.MILLER.at("contracted more than 90 %"),
                   "share of effectors that turn memory"),
            number("recruitment", 0.3, "1/day", assumed("within days most specific cells were activated"),
                   "activation of specific cells in a fully present pathogen"),
            number("specific_share", 1e-4, "1", assumed("tens of epitopes, each seen by one cell in 1e5 to 1e6"),
                   "share of naive and of memory cells specific for one pathogen"),
            number("burst", 256.0, "1", assumed("eight divisions: a percent or two of T cells at the peak"),
                   "effectors that one activated cell becomes"),
            number("exhaustion", 0.01, "1/day", assumed("months of antigen exhaust a cell, days do not"),
                   "exhaustion in a fully present pathogen"),
            number("exhausted_loss", 0.01, "1/day", assumed("exhausted cells need antigen and live months"),
                   "death of exhausted cells"),
        ),
        expressions=(
            Expression("pathogen_presence", "pathogen/(1 + pathogen)", "1", "presence of pathogen antigen, 0 to 1"),
        ),
        reactions=_reactions(),
    )  # fmt: skip
