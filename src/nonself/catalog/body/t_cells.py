"""T cells of the whole body: thymus by age, naive, memory and regulatory cells, and the IL-7 and IL-2 they share."""

from __future__ import annotations

from nonself.catalog.body import lymphocyte_sources as read
from nonself.catalog.body import t_cell_parameters as numbers
from nonself.model.parts import Expression, Mechanism, Reaction, Species
from nonself.provenance import assumed

_START = assumed(
    "a person starts at the reference adult's number; naive cells fewer with age, as the run-in shows"
)


def _expressions() -> tuple[Expression, ...]:
    return (
        Expression("thymic_involution", "exp(-thymic_decline*(age - lymphoid_reference_age))", "1",
                   "thymic export relative to 30 years"),
        Expression("thymic_export_cd4", "thymic_export_cd4_at_30*size*thymic_trait*thymic_involution", "Gcell/day",
                   "CD4 T cells that leave the thymus"),
        Expression("thymic_export_cd8",
                   "(thymic_export_at_30 - thymic_export_cd4_at_30)*size*thymic_trait*thymic_involution",
                   "Gcell/day", "CD8 T cells that leave the thymus"),
        Expression("il7", "1/(il7_decay + (1 - il7_decay)"
                   "*(naive_cd4 + naive_cd8 + memory_cd4 + il7_memory_cd8*memory_cd8)"
                   "/(naive_cd4_normal + naive_cd8_normal + memory_cd4_normal + il7_memory_cd8*memory_cd8_normal))",
                   "1", "IL-7 relative to the reference adult"),
        Expression("niche_il7", "1/(niche_decay + (1 - niche_decay)*(memory_cd4 + il7_memory_cd8*memory_cd8)"
                   "/(memory_cd4_normal + il7_memory_cd8*memory_cd8_normal))", "1",
                   "IL-7 in the niches of memory cells, relative to the reference adult"),
        Expression("memory_cd4_drive", "positive_power(niche_il7, memory_cd4_gain)", "1",
                   "how fast memory CD4 divide"),
        Expression("memory_cd8_drive", "positive_power(niche_il7*il15, memory_cd8_gain)", "1",
                   "how fast memory CD8 divide"),
        Expression("il2", "((1 - il2_effector)*memory_cd4_drive*memory_cd4/memory_cd4_normal"
                   " + il2_effector*effector_cd4/effector_cd4_normal)"
                   "/(il2_decay + (1 - il2_decay)*regulator/regulator_normal)", "1",
                   "IL-2 relative to the reference adult"),
        Expression("cd4_cells", "naive_cd4 + memory_cd4 + effector_cd4 + regulator", "Gcell", "CD4 T cells"),
        Expression("cd8_cells", "naive_cd8 + memory_cd8 + effector_cd8 + exhausted_cd8", "Gcell", "CD8 T cells"),
        Expression("blood_cd4", "cd4_blood_share*cd4_cells/blood_volume", "Gcell/L", "CD4 T cells in blood"),
        Expression("blood_cd8", "cd8_blood_share*cd8_cells/blood_volume", "Gcell/L", "CD8 T cells in blood"),
        Expression("regulator_share", "regulator/cd4_cells", "1", "regulatory share of CD4"),
    )  # fmt: skip


def _reactions() -> tuple[Reaction, ...]:
    both = tuple(
        reaction
        for line in ("cd4", "cd8")
        for reaction in (
            Reaction(f"thymic_supply_{line}", f"thymic_export_{line}", {f"naive_{line}": 1}, "thymic export"),
            Reaction(f"naive_{line}_dividing", f"naive_{line}_division*il7*naive_{line}", {f"naive_{line}": 1},
                     "naive cells divide with IL-7"),
            Reaction(f"naive_{line}_dying", f"(naive_{line}_loss - naive_{line}_priming)*naive_{line}",
                     {f"naive_{line}": -1}, "naive cells die"),
            Reaction(f"naive_{line}_turning_memory", f"naive_{line}_priming*il7*naive_{line}",
                     {f"naive_{line}": -1, f"memory_{line}": 1}, "division driven by IL-7 turns naive cells memory"),
            Reaction(f"memory_{line}_dividing", f"memory_{line}_division*memory_{line}_drive*memory_{line}",
                     {f"memory_{line}": 1}, "memory cells divide with their growth factors"),
            Reaction(f"memory_{line}_dying", f"memory_{line}_death*memory_{line}", {f"memory_{line}": -1},
                     "memory cells die"),
        )
    )  # fmt: skip
    return (
        *both,
        Reaction("memory_turning_regulatory", "regulator_supply*memory_cd4", {"memory_cd4": -1, "regulator": 1},
                 "memory CD4 turn regulatory", read.VUKMANOVIC),
        Reaction("regulator_dividing", "regulator_division*il2*regulator", {"regulator": 1},
                 "regulatory T cells divide with IL-2", read.FEINERMAN),
        Reaction("regulator_dying", "regulator_loss*regulator", {"regulator": -1}, "regulatory T cells die"),
    )  # fmt: skip


def t_cells() -> Mechanism:
    """Return naive, memory and regulatory T cells of the whole body.

    Equation: naive' = thymus(age) + division il7 naive - loss; memory' = naive turning memory + division
    drive memory - loss; regulator' = division il2 regulator + supply memory CD4 - loss. Growth factors are
    budgets at quasi-steady state, 1 in the reference adult: il7 = production / (decay + uptake by naive and memory
    cells); niche_il7 the same in the niches that memory cells do not share with naive ones; il2 = production by
    memory CD4 as they divide (drive memory) and by effector CD4 / (decay + uptake by regulatory cells). drive =
    niche_il7^gain for memory CD4 and (niche_il7 il15)^gain for memory CD8. A part of the loss of naive cells at rest
    turns memory, in proportion to il7; at the start naive cells are exp(-start (age - 30 years)) of the reference.

    Blood, lymphoid tissue and marrow are one pool of which a fixed share is in blood: they exchange within a day.
    Lost by that: cells held back in, or driven out of, one place. The thymus supplies 18.5 % of new naive CD4 and
    49 % of new naive CD8 at 30 years (27 % of both): half-lives and export win over the 10-20 % stated for naive
    T cells, which the CD4 line, from the same study as its export, meets.

    **Example:** `compose([person(), ..., t_cells(), t_responses(), ...], id="body", time_unit="day")`
    """
    starts = {
        "naive_cd4": "naive_cd4_normal*exp(-naive_cd4_start*(age_at_start - lymphoid_reference_age))",
        "naive_cd8": "naive_cd8_normal*exp(-naive_cd8_start*(age_at_start - lymphoid_reference_age))",
        "memory_cd4": "memory_cd4_normal",
        "memory_cd8": "memory_cd8_normal",
        "regulator": "regulator_normal",
    }
    labels = {"naive_cd4": "naive CD4 T cells", "naive_cd8": "naive CD8 T cells", "regulator": "regulatory T cells",
              "memory_cd4": "memory CD4 T cells", "memory_cd8": "memory CD8 T cells"}  # fmt: skip
    return Mechanism(
        id="t_cells",
        title="Thymus, naive, memory and regulatory T cells, and the growth factors they share",
        references=(
            read.SENDER, read.BRABER, read.VRISEKOOP, read.VUKMANOVIC, read.THYMUS_MODEL, read.LUTSIAK, read.COUNTS,
            read.HODGE, read.FRY, read.FEINERMAN, read.NICHES, read.MARROW_NICHE, read.HILL_CAWTHORNE,
        ),
        species=tuple(Species(name, start, "Gcell", _START, labels[name], 1e-3) for name, start in starts.items()),
        parameters=(
            *numbers.pools(), *numbers.blood(), *numbers.thymus(), *numbers.turnover(), *numbers.budgets(),
        ),
        expressions=_expressions(),
        reactions=_reactions(),
    )  # fmt: skip
