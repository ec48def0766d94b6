"""T cells and natural killer cells in plain Python: second writing.

Written by another hand than the entries', from their words (equations, labels, units, sources), before the entries'
formulas were read. The reference adult is at rest: production equals loss of every pool, and all that follows from
others follows from that. What the words did not determine was settled afterwards and now stands in the docstrings: that
memory CD4 make IL-2 as they divide, and that the loss of naive cells counts those that turn memory. Time in days, age
in years, 1e9 cells. No import of nonself.
"""

import math
from collections.abc import Mapping

Values = Mapping[str, float]
Flows = dict[str, float]


def _t_pools(g: Values) -> dict[str, float]:
    total, effector = g["t_total"] * g["size"], g["effector_fraction"]
    cd4, cd8 = g["cd4_fraction"] * total, (1 - g["cd4_fraction"]) * total
    return {
        "cd4_normal": cd4,
        "cd8_normal": cd8,
        "naive_cd4_normal": g["naive_cd4_fraction"] * cd4,
        "naive_cd8_normal": g["naive_cd8_fraction"] * cd8,
        "effector_cd4_normal": effector * cd4,
        "effector_cd8_normal": effector * cd8,
        "regulator_normal": g["regulator_fraction"] * cd4,
        "memory_cd4_normal": (1 - g["naive_cd4_fraction"] - effector - g["regulator_fraction"]) * cd4,
        "memory_cd8_normal": (1 - g["naive_cd8_fraction"] - effector) * cd8,
        "cd4_blood_share": g["cd4_count"] * g["blood_volume"] / cd4,
        "cd8_blood_share": g["cd8_count"] * g["blood_volume"] / cd8,
        "nk_normal": g["nk_count"] * g["blood_volume"] / g["nk_blood_share"],
    }


def numbers(g: Values) -> dict[str, float]:
    """Constants that follow from others."""
    made = _t_pools(g)
    exported = {"cd4": g["thymic_export_cd4_at_30"] * g["size"]}
    exported["cd8"] = g["thymic_export_at_30"] * g["size"] - exported["cd4"]
    for kind in ("cd4", "cd8"):
        naive, memory = made[f"naive_{kind}_normal"], made[f"memory_{kind}_normal"]
        loss, memory_loss = (math.log(2) / g[f"{cell}_{kind}_halflife"] for cell in ("naive", "memory"))
        priming, ended = g["naive_priming_share"] * loss, g["contraction"] * made[f"effector_{kind}_normal"]
        made |= {
            f"naive_{kind}_loss": loss,
            f"naive_{kind}_priming": priming,
            f"naive_{kind}_division": loss - exported[kind] / naive,
            f"memory_{kind}_loss": memory_loss,
            f"memory_{kind}_activation": ended / memory,
            f"memory_{kind}_death": memory_loss - ended / memory,
            f"memory_{kind}_division": memory_loss - (priming * naive + g["memory_yield"] * ended) / memory,
        }
    turnover = g["regulator_turnover_ratio"] * made["memory_cd4_loss"]
    supply = g["regulator_refill"] * turnover * made["regulator_normal"] / made["memory_cd4_normal"]
    naive = made["naive_cd4_normal"] + made["naive_cd8_normal"]
    lost = sum(made[f"naive_{kind}_loss"] * made[f"naive_{kind}_normal"] for kind in ("cd4", "cd8"))
    return made | {
        "regulator_loss": turnover,
        "regulator_supply": supply,
        "regulator_division": (1 - g["regulator_refill"]) * turnover,
        "memory_cd4_death": made["memory_cd4_death"] - supply,
        "naive_normal": naive,
        "naive_loss_normal": lost / naive,
        "mean_clone_size": math.sqrt(g["cells_per_new_clone"] * lost / sum(exported.values())),
    }


def start(g: Values) -> dict[str, float]:
    """The state of a healthy adult; naive cells and clonotypes are fewer with each year of age."""
    c, older = numbers(g), g["age_at_start"] - g["lymphoid_reference_age"]
    cells = (
        "memory_cd4",
        "memory_cd8",
        "regulator",
        "effector_cd4",
        "effector_cd8",
        "nk",
    )
    return {
        "naive_cd4": c["naive_cd4_normal"] * math.exp(-g["naive_cd4_start"] * older),
        "naive_cd8": c["naive_cd8_normal"] * math.exp(-g["naive_cd8_start"] * older),
        "diversity": math.exp(-g["diversity_start"] * older),
        **{cell: c[f"{cell}_normal"] for cell in cells},
        "exhausted_cd8": 0.0,
    }


def _growth_factors(y: Values, g: Values) -> dict[str, float]:
    """Budgets: production over decay and uptake, 1 in the reference adult."""
    c, weight = numbers(g), g["il7_memory_cd8"]

    def taken(of: Values, suffix: str, naive: bool) -> float:
        memory = of[f"memory_cd4{suffix}"] + weight * of[f"memory_cd8{suffix}"]
        return memory + (of[f"naive_cd4{suffix}"] + of[f"naive_cd8{suffix}"] if naive else 0.0)

    def budget(decay: float, uptake: float) -> float:
        return 1 / (decay + (1 - decay) * uptake)

    il15_taken = g["il15_nk"] * y["nk"] / c["nk_normal"]
    il15_taken += (1 - g["il15_nk"]) * y["memory_cd8"] / c["memory_cd8_normal"]
    il2_made = g["il2_effector"] * y["effector_cd4"] / c["effector_cd4_normal"]
    niche = budget(g["niche_decay"], taken(y, "", False) / taken(c, "_normal", False))
    dividing = niche ** g["memory_cd4_gain"] * y["memory_cd4"] / c["memory_cd4_normal"]
    il2_made += (1 - g["il2_effector"]) * dividing
    il15 = budget(g["il15_decay"], il15_taken)
    return {
        "il7": budget(g["il7_decay"], taken(y, "", True) / taken(c, "_normal", True)),
        "niche_il7": niche,
        "il15": il15,
        "memory_cd4_drive": niche ** g["memory_cd4_gain"],
        "memory_cd8_drive": (niche * il15) ** g["memory_cd8_gain"],
        "il2": il2_made * budget(g["il2_decay"], y["regulator"] / c["regulator_normal"]),
    }


def _t_levels(y: Values, g: Values) -> dict[str, float]:
    c, volume = numbers(g), g["blood_volume"]
    involution = math.exp(-g["thymic_decline"] * (g["age"] - g["lymphoid_reference_age"]))
    output = g["thymic_trait"] * involution * g["size"]
    cd4 = y["naive_cd4"] + y["memory_cd4"] + y["effector_cd4"] + y["regulator"]
    cd8 = y["naive_cd8"] + y["memory_cd8"] + y["effector_cd8"] + y["exhausted_cd8"]
    naive = y["naive_cd4"] + y["naive_cd8"]
    il7 = _growth_factors(y, g)["il7"]
    lost = sum(
        (c[f"naive_{kind}_loss"] + c[f"naive_{kind}_priming"] * (il7 - 1)) * y[f"naive_{kind}"]
        for kind in ("cd4", "cd8")
    )
    return {
        "thymic_involution": involution,
        "thymic_export_cd4": g["thymic_export_cd4_at_30"] * output,
        "thymic_export_cd8": (g["thymic_export_at_30"] - g["thymic_export_cd4_at_30"]) * output,
        "cd4_cells": cd4,
        "cd8_cells": cd8,
        "blood_cd4": c["cd4_blood_share"] * cd4 / volume,
        "blood_cd8": c["cd8_blood_share"] * cd8 / volume,
        "regulator_share": y["regulator"] / cd4,
        "pathogen_presence": y["pathogen"] / (1 + y["pathogen"]),
        "naive_t": naive,
        "single_clone_share": y["diversity"] * c["naive_normal"] / (c["mean_clone_size"] * naive),
        "naive_loss": lost / naive,
        "blood_nk": g["nk_blood_share"] * y["nk"] / volume,
    }


def effects(y: Values, g: Values) -> dict[str, float]:
    """Levels and rates that stand between the cells."""
    return {**_growth_factors(y, g), **_t_levels(y, g)}


def seen(y: Values, g: Values) -> dict[str, float]:
    """What is read off T cells and killers."""
    e = effects(y, g)
    return {
        "age_now": g["age"],
        "count_cd4": e["blood_cd4"],
        "count_cd8": e["blood_cd8"],
        "count_nk": e["blood_nk"],
        "regulators_of_cd4": 100 * e["regulator_share"],
    }


def _t_flows(y: Values, g: Values, e: Values) -> Flows:
    c = numbers(g)
    refill = c["regulator_supply"] * y["memory_cd4"]
    flows = {
        "regulator": c["regulator_division"] * e["il2"] * y["regulator"]
        + refill
        - c["regulator_loss"] * y["regulator"]
    }
    for kind in ("cd4", "cd8"):
        N, M = y[f"naive_{kind}"], y[f"memory_{kind}"]
        priming = c[f"naive_{kind}_priming"]
        turning = priming * e["il7"] * N
        flows[f"naive_{kind}"] = e[f"thymic_export_{kind}"] + c[f"naive_{kind}_division"] * e["il7"] * N
        flows[f"naive_{kind}"] -= (c[f"naive_{kind}_loss"] - priming) * N + turning
        flows[f"memory_{kind}"] = turning + c[f"memory_{kind}_division"] * e[f"memory_{kind}_drive"] * M
        flows[f"memory_{kind}"] -= c[f"memory_{kind}_death"] * M
    flows["memory_cd4"] -= refill
    return flows


def _responses(y: Values, g: Values, e: Values) -> Flows:
    c, flows, P = numbers(g), {}, e["pathogen_presence"]
    met = g["recruitment"] * g["specific_share"] * P
    for kind in ("cd4", "cd8"):
        N, M, E = y[f"naive_{kind}"], y[f"memory_{kind}"], y[f"effector_{kind}"]
        activated, ended = c[f"memory_{kind}_activation"] * M, g["contraction"] * E
        flows[f"naive_{kind}"] = -met * N
        flows[f"memory_{kind}"] = g["memory_yield"] * ended - met * M - activated
        flows[f"effector_{kind}"] = g["burst"] * met * (N + M) + activated - ended
    exhausting = g["exhaustion"] * P * y["effector_cd8"]
    flows["effector_cd8"] -= exhausting
    flows["exhausted_cd8"] = exhausting - g["exhausted_loss"] * y["exhausted_cd8"]
    return flows


def _repertoire(y: Values, g: Values, e: Values) -> Flows:
    c = numbers(g)
    export = (e["thymic_export_cd4"] + e["thymic_export_cd8"]) / (g["thymic_export_at_30"] * g["size"])
    born = c["naive_loss_normal"] / c["mean_clone_size"] * export
    return {"diversity": born - e["naive_loss"] * e["single_clone_share"] * y["diversity"]}


def flows(y: Values, g: Values) -> dict[str, Flows]:
    """Return d(species)/dt by mechanism: what each adds and takes."""
    e, c = effects(y, g), numbers(g)
    supply = (g["nk_loss"] - g["nk_division"]) * c["nk_normal"] * g["marrow_room"]
    return {
        "t_cells": _t_flows(y, g, e),
        "t_responses": _responses(y, g, e),
        "repertoire": _repertoire(y, g, e),
        "natural_killers": {"nk": supply + (g["nk_division"] * e["il15"] - g["nk_loss"]) * y["nk"]},
    }
