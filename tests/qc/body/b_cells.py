"""B cells, plasma cells and IgG in plain Python: second writing.

Written by another hand than the entries', from their words (equations, labels, units, sources), before the entries'
formulas were read. The reference adult is at rest: production equals loss of every pool, and all that follows from
others follows from that. What the words did not determine was settled afterwards and now stands in the docstrings:
that the total holds plasmablasts, that help is by memory and effector CD4 and saturates, that output needs room in
marrow and sets the start. Time in days, age in years, 1e9 cells. No import of nonself.
"""

import math
from collections.abc import Mapping

Values = Mapping[str, float]
Flows = dict[str, float]


def _odds(share: float) -> float:
    return share / (1 - share)


def _share(odds: float) -> float:
    return odds / (1 + odds)


def numbers(g: Values) -> dict[str, float]:
    """Constants that follow from others."""
    size = g["size"]
    young = g["b_transitional"] * size
    blasts, plasma = g["plasmablast_total"] * size, g["plasma_cell_total"] * size
    mature = g["b_total"] * size - young - blasts
    memory, naive = g["b_memory_fraction"] * mature, (1 - g["b_memory_fraction"]) * mature
    refill = math.log(2) / g["memory_b_refill"]
    from_memory = g["plasmablast_from_memory"] * g["plasmablast_exit"] * blasts
    from_naive = g["plasmablast_exit"] * blasts - from_memory
    maturing = g["b_maturation"] * size
    survival, early = 1 - g["transitional_death"], _share(_odds(g["self_reactive_early"]) * g["central_pass"])
    late = early / 2
    return {
        "transitional_normal": young,
        "memory_b_normal": memory,
        "naive_b_normal": naive,
        "transitional_exit": maturing / survival / young,
        "memory_b_loss": g["memory_b_division"] + refill,
        "memory_b_supply": refill * memory / naive,
        "naive_b_loss": g["naive_b_division"] + (maturing - refill * memory - from_naive) / naive,
        "self_reactive_transitional_normal": early,
        "self_reactive_naive_normal": late,
        "self_reactive_survival": survival * late / early,
        "other_survival": survival * (1 - late) / (1 - early),
        "plasmablast_normal": blasts,
        "plasma_cell_normal": plasma,
        "naive_b_to_plasmablast": from_naive / naive,
        "memory_b_to_plasmablast": from_memory / memory,
        "plasma_cell_supply": math.log(2) / g["plasma_cell_halflife"] * plasma / blasts,
        "igg_catabolism_normal": math.log(2) / g["igg_halflife"],
    }


def start(g: Values) -> dict[str, float]:
    """The state of a healthy adult."""
    c, older = numbers(g), g["age_at_start"] - g["lymphoid_reference_age"]
    return {
        "transitional_b": c["transitional_normal"] * math.exp(-g["b_decline"] * older),
        "naive_b": c["naive_b_normal"],
        "memory_b": c["memory_b_normal"],
        "self_reactive_naive": c["self_reactive_naive_normal"],
        "plasmablast": c["plasmablast_normal"],
        "plasma_cell": c["plasma_cell_normal"],
        "igg": g["igg_normal"],
    }


def effects(y: Values, g: Values) -> dict[str, float]:
    """Levels and rates that stand between the cells."""
    c, decay = numbers(g), g["baff_decay"]
    mature = y["naive_b"] + y["memory_b"]
    all_b = c["transitional_normal"] + c["naive_b_normal"] + c["memory_b_normal"]
    baff = 1 / (decay + (1 - decay) * (y["transitional_b"] + mature) / all_b)
    early = _share(_odds(g["self_reactive_early"]) * g["central_pass"] / g["deletion_trait"])
    self_survival, other = (
        _share(_odds(c[kind]) * baff) for kind in ("self_reactive_survival", "other_survival")
    )
    survivors = early * self_survival
    survival = survivors + (1 - early) * other
    young = g["b_transitional_blood"] * y["transitional_b"] / c["transitional_normal"]
    counted = young + g["b_plasmablast_blood"] * y["plasmablast"] / c["plasmablast_normal"]
    resting = 1 - g["b_transitional_blood"] - g["b_plasmablast_blood"]
    counted += resting * mature / (c["naive_b_normal"] + c["memory_b_normal"])
    helpers = (y["memory_cd4"] + y["effector_cd4"]) / (g["memory_cd4_normal"] + g["effector_cd4_normal"])
    help_now = 2 * helpers / (1 + helpers)
    r, half, normal = g["igg_recycling"], g["igg_half_saturation"], g["igg_normal"]
    return {
        "baff": baff,
        "self_reactive_transitional": early,
        "self_reactive_survivors": survivors,
        "transitional_survival": survival,
        "b_maturing": c["transitional_exit"] * y["transitional_b"] * survival,
        "cd4_help": help_now,
        "blood_b": g["b_count"] * counted,
        "transitional_share": young / counted,
        "igg_catabolism": c["igg_catabolism_normal"] * (1 + r - r * (half + normal) / (half + y["igg"])),
        "plasmablast_boost": help_now * (1 + g["plasmablast_gain"] * y["pathogen"] / (1 + y["pathogen"])),
    }


def seen(y: Values, g: Values) -> dict[str, float]:
    """What is read off B cells."""
    e = effects(y, g)
    return {
        "count_b": e["blood_b"],
        "transitional_of_b": 100 * e["transitional_share"],
        "igg_level": y["igg"],
    }


def _b_flows(y: Values, g: Values, e: Values) -> Flows:
    c, B, M = numbers(g), y["naive_b"], y["memory_b"]
    aged = math.exp(-g["b_decline"] * (g["age"] - g["lymphoid_reference_age"]))
    output = c["transitional_exit"] * c["transitional_normal"] * aged * g["marrow_room"]
    turning = c["memory_b_supply"] * e["cd4_help"] * B
    ending = c["transitional_exit"] * y["transitional_b"]
    drift = e["self_reactive_survivors"] - e["transitional_survival"] * y["self_reactive_naive"]
    return {
        "transitional_b": output - ending,
        "naive_b": e["b_maturing"] + (g["naive_b_division"] - c["naive_b_loss"] / e["baff"]) * B - turning,
        "memory_b": turning + (g["memory_b_division"] - c["memory_b_loss"]) * M,
        "self_reactive_naive": ending / B * drift,
    }


def _plasma_flows(y: Values, g: Values, e: Values) -> Flows:
    c = numbers(g)
    from_naive = c["naive_b_to_plasmablast"] * e["plasmablast_boost"] * y["naive_b"]
    from_memory = c["memory_b_to_plasmablast"] * e["plasmablast_boost"] * y["memory_b"]
    share, made = g["igg_from_plasma_cells"], c["igg_catabolism_normal"] * g["igg_normal"]
    made *= (
        share * y["plasma_cell"] / c["plasma_cell_normal"]
        + (1 - share) * y["plasmablast"] / c["plasmablast_normal"]
    )
    lost = math.log(2) / g["plasma_cell_halflife"] * y["plasma_cell"]
    return {
        "naive_b": -from_naive,
        "plasmablast": from_naive + from_memory - g["plasmablast_exit"] * y["plasmablast"],
        "plasma_cell": c["plasma_cell_supply"] * y["plasmablast"] - lost,
        "igg": made - e["igg_catabolism"] * y["igg"],
    }


def flows(y: Values, g: Values) -> dict[str, Flows]:
    """Return d(species)/dt by mechanism: what each adds and takes."""
    e = effects(y, g)
    return {"b_cells": _b_flows(y, g, e), "plasma_cells": _plasma_flows(y, g, e)}
