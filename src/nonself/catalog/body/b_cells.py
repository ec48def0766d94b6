"""B cells of the whole body: transitional, naive and memory, BAFF, and the checkpoints against self-reactive cells."""

from __future__ import annotations

from nonself.catalog.body import lymphocyte_sources as read
from nonself.catalog.body.t_cell_parameters import DAYS, number
from nonself.model.parts import Expression, Mechanism, Parameter, Reaction, Species
from nonself.provenance import assumed

_CELLS = read.SENDER.at("Lymphocytes.ipynb")
_BALANCE = assumed("the reference adult is at rest: production equals loss")
_SURVIVORS = "(1 - transitional_death)"


def _pools() -> tuple[Parameter, ...]:
    return (
        number("b_total", 320.0, "Gcell", _CELLS, "B cells in the body of the reference adult"),
        number("b_transitional", 2.8, "Gcell", _CELLS, "of these transitional"),
        number("b_memory_fraction", 58 / (58 + 125), "1", read.CARAUX.at("58 memory, 125 naive cells/uL"),
               "memory share of naive and memory B cells, in blood and taken for the body"),
        number("b_transitional_blood", 6 / (6 + 125 + 58 + 2.1), "1", read.CARAUX.at("6 of 191 cells/uL"),
               "transitional share of B cells in blood"),
        number("b_plasmablast_blood", 2.1 / (6 + 125 + 58 + 2.1), "1", read.CARAUX.at("2.1 of 191 cells/uL"),
               "plasmablast share of B cells in blood"),
        number("b_count", 0.349, "Gcell/L", read.COUNTS, "B cells in blood at rest"),
        number("transitional_normal", "b_transitional*size", "Gcell", _CELLS, "transitional B cells at rest"),
        number("memory_b_normal", "b_memory_fraction*(b_total - b_transitional - plasmablast_total)*size", "Gcell",
               _CELLS, "memory B cells at rest"),
        number("naive_b_normal", "(1 - b_memory_fraction)*(b_total - b_transitional - plasmablast_total)*size",
               "Gcell", _CELLS, "naive B cells at rest"),
    )  # fmt: skip


def _turnover() -> tuple[Parameter, ...]:
    return (
        number("b_maturation", 0.4, "Gcell/day", _CELLS, "transitional cells that mature a day at rest"),
        number("transitional_death", 0.44, "1", _CELLS, "share of transitional cells that die first, at rest"),
        number("b_decline", 0.005, "1/year", assumed("counts are steady over adult life, output falls in mice"),
               "fall of marrow output of B cells with age"),
        number("transitional_exit", f"b_maturation/({_SURVIVORS}*b_transitional)", "1/day", _BALANCE,
               "end of the transitional stage"),
        number("naive_b_division", 0.0046, "1/day", read.MACALLAN, "division of naive B cells"),
        number("memory_b_division", 0.0266, "1/day", read.MACALLAN, "division of memory B cells"),
        number("memory_b_refill", 3 * DAYS, "day", read.ROLL.at("memory below half for more than two years"),
               "time in which half of a lost memory B pool is back"),
        number("memory_b_supply", "log(2)/memory_b_refill*memory_b_normal/naive_b_normal", "1/day", _BALANCE,
               "naive B cells that turn memory at rest"),
        number("memory_b_loss", "memory_b_division + log(2)/memory_b_refill", "1/day", _BALANCE,
               "loss of memory B cells"),
        number("naive_b_loss", "naive_b_division + b_maturation*size/naive_b_normal - memory_b_supply"
               " - naive_b_to_plasmablast", "1/day", _BALANCE, "death of naive B cells at rest"),
        number("baff_decay", 0.25, "1", assumed("BAFF rises a few fold when B cells are gone"),
               "share of BAFF lost without B cells"),
    )  # fmt: skip


def _checkpoints() -> tuple[Parameter, ...]:
    return (
        number("self_reactive_early", 0.65, "1", read.WARDEMANN, "self-reactive share of early immature B cells"),
        number("central_pass", (0.40 / 0.60) / (0.65 / 0.35), "1",
               assumed("from 65 to 40 %, recalled from the paper of 2003, whose abstract gives the first share only"),
               "odds of a self-reactive over another B cell to leave the marrow"),
        number("self_reactive_transitional_normal",
               "central_pass*self_reactive_early/(central_pass*self_reactive_early + 1 - self_reactive_early)", "1",
               _BALANCE, "self-reactive share of transitional B cells at rest"),
        number("self_reactive_naive_normal", "self_reactive_transitional_normal/2", "1",
               read.SECOND_CHECKPOINT.at("halves"), "self-reactive share of naive B cells at rest"),
        number("self_reactive_survival",
               f"{_SURVIVORS}*self_reactive_naive_normal/self_reactive_transitional_normal", "1", _BALANCE,
               "share of self-reactive transitional cells that mature, at rest"),
        number("other_survival",
               f"{_SURVIVORS}*(1 - self_reactive_naive_normal)/(1 - self_reactive_transitional_normal)", "1",
               _BALANCE, "share of other transitional cells that mature, at rest"),
    )  # fmt: skip


def _expressions() -> tuple[Expression, ...]:
    early = "central_pass/deletion_trait*self_reactive_early"
    survivors = "{0}*baff/(1 - {0} + {0}*baff)"
    rest = "(1 - b_transitional_blood - b_plasmablast_blood)"
    return (
        Expression("baff", "1/(baff_decay + (1 - baff_decay)*(transitional_b + naive_b + memory_b)"
                   "/(transitional_normal + naive_b_normal + memory_b_normal))", "1",
                   "BAFF relative to the reference adult"),
        Expression("self_reactive_transitional", f"{early}/({early} + 1 - self_reactive_early)", "1",
                   "self-reactive share of transitional B cells"),
        Expression("self_reactive_survivors",
                   "self_reactive_transitional*" + survivors.format("self_reactive_survival"), "1",
                   "share of transitional cells that are self-reactive and mature"),
        Expression("transitional_survival",
                   "self_reactive_survivors + (1 - self_reactive_transitional)*" + survivors.format("other_survival"),
                   "1", "share of transitional cells that mature"),
        Expression("b_maturing", "transitional_exit*transitional_survival*transitional_b", "Gcell/day",
                   "transitional cells that mature"),
        Expression("cd4_help", "2*(memory_cd4 + effector_cd4)/(memory_cd4 + effector_cd4 + memory_cd4_normal"
                   " + effector_cd4_normal)", "1", "help by CD4 T cells, 1 in the reference adult"),
        Expression("blood_b", "b_count*(b_transitional_blood*transitional_b/transitional_normal"
                   f" + b_plasmablast_blood*plasmablast/plasmablast_normal + {rest}*(naive_b + memory_b)"
                   "/(naive_b_normal + memory_b_normal))", "Gcell/L", "B cells in blood"),
        Expression("transitional_share", "b_count*b_transitional_blood*transitional_b/(transitional_normal*blood_b)",
                   "1", "transitional share of B cells in blood"),
    )  # fmt: skip


def _reactions() -> tuple[Reaction, ...]:
    return (
        Reaction("b_marrow_output",
                 f"b_maturation/{_SURVIVORS}*size*marrow_room*exp(-b_decline*(age - lymphoid_reference_age))",
                 {"transitional_b": 1}, "B cells leave the marrow"),
        Reaction("transitional_b_maturing", "b_maturing", {"transitional_b": -1, "naive_b": 1},
                 "transitional B cells mature"),
        Reaction("transitional_b_dying", "transitional_exit*transitional_b - b_maturing", {"transitional_b": -1},
                 "transitional B cells die at the checkpoint"),
        Reaction("naive_b_dividing", "naive_b_division*naive_b", {"naive_b": 1}, "naive B cells divide"),
        Reaction("naive_b_dying", "naive_b_loss/baff*naive_b", {"naive_b": -1}, "naive B cells die, fewer with BAFF"),
        Reaction("naive_b_turning_memory", "memory_b_supply*cd4_help*naive_b", {"naive_b": -1, "memory_b": 1},
                 "naive B cells turn memory with the help of CD4 T cells"),
        Reaction("memory_b_dividing", "memory_b_division*memory_b", {"memory_b": 1},
                 "memory B cells divide, without BAFF", read.MOISINI),
        Reaction("memory_b_dying", "memory_b_loss*memory_b", {"memory_b": -1}, "memory B cells die"),
        Reaction("self_reactive_renewal",
                 "b_maturing*(self_reactive_survivors/transitional_survival - self_reactive_naive)/naive_b",
                 {"self_reactive_naive": 1}, "maturing cells shift the naive share towards their own", signed=True),
    )  # fmt: skip


def b_cells() -> Mechanism:
    """Return transitional, naive and memory B cells of the whole body, with two checkpoints.

    Equation: transitional' = output marrow_room exp(-decline (age - 30 years)) - exit transitional; naive' = maturing +
    division naive - loss/baff naive - supply help naive - plasmablasts of naive; memory' = supply help naive +
    (division - loss) memory; help = 2 x/(1 + x), x memory and effector CD4 over those at rest; budget
    baff = 1 / (decay + uptake by transitional, naive and memory B cells), 1 in the reference adult, whose total holds
    plasmablasts, too. Self-reactive share: early 65 %, 40 % after the marrow, which `deletion_trait` divides the odds
    to leave of, 20 % of naive cells; odds of a transitional cell to mature are proportional to BAFF, so the
    second checkpoint loosens when B cells are few. self_reactive_naive' = maturing/naive (share maturing - share).
    At the start transitional cells are as many as the output of that age keeps.

    Lost by whole-body pools: a blood count that outruns the body while lymphoid tissue is empty.

    **Example:** `b_cells().id` gives `"b_cells"`.
    """
    places = {
        "transitional_b": (
            "transitional_normal*exp(-b_decline*(age_at_start - lymphoid_reference_age))",
            "transitional B cells",
        ),
        "naive_b": ("naive_b_normal", "naive B cells"),
        "memory_b": ("memory_b_normal", "memory B cells"),
    }
    return Mechanism(
        id="b_cells",
        title="Transitional, naive and memory B cells, BAFF and two checkpoints",
        references=(
            read.SENDER, read.CARAUX, read.COUNTS, read.MACALLAN, read.ROLL, read.WARDEMANN, read.SECOND_CHECKPOINT,
            read.LAVIE, read.BRINK, read.MOISINI, read.THOMPSON,
        ),
        species=(
            *(Species(name, start, "Gcell", _BALANCE, label, 1e-3) for name, (start, label) in places.items()),
            Species("self_reactive_naive", "self_reactive_naive_normal", "1", _BALANCE,
                    "self-reactive share of naive B cells", 1e-3),
        ),
        parameters=(*_pools(), *_turnover(), *_checkpoints()),
        expressions=_expressions(),
        reactions=_reactions(),
    )  # fmt: skip
