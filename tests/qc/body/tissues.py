"""Target tissues and dying cells in plain Python: second writing.

Written by another hand than the entries', from their words (equations, labels, units, sources), before the entries'
formulas were read. What the words did not determine was settled afterwards and now stands in the docstrings: that
only open glomeruli leak protein, and that the most of it is beyond what is there in health. Cells are over healthy, so
that 1 is health; time in days, dead cells in 1e9. What attacks a tissue is given by name. No import of nonself.
"""

import math
from collections.abc import Mapping

TISSUES = ("thyroid", "skin", "gut", "kidney")
Values = Mapping[str, float]
Flows = dict[str, float]


def numbers(g: Values) -> dict[str, float]:
    """Constants that follow from others: dead cells rest where as many are cleared as die."""
    dying = g["healthy_death_reference"] * g["size"]
    dead = dying * g["dead_cell_time"]
    return {
        "thyroid_saturation": g["tsh_set_point"] / g["thyroid_half_tsh"],
        "thyrotropin_most": g["tsh_most"] / g["tsh_set_point"],
        "healthy_cell_death": dying,
        "dead_cells_healthy": dead,
        "uptake_half": g["uptake_reserve"] * dying * dead / (dying - g["dead_cell_decay"] * dead) - dead,
    }


def start(g: Values) -> dict[str, float]:
    """The state in health."""
    whole = dict.fromkeys((f"{tissue}_cells" for tissue in TISSUES), 1.0)
    whole |= dict.fromkeys(("thyroid_stem", "skin_stem", "gut_stem", "kidney_glomeruli"), 1.0)
    return {
        **whole,
        "kidney_deposits": 0.0,
        "thyroxine": g["thyroxine_set_point"],
        "dead_cells": numbers(g)["dead_cells_healthy"],
    }


def loss(tissue: str, y: Values, g: Values) -> float:
    """Rate at which one cell is lost beyond healthy turnover: killing, injury, and harm by deposits."""
    lost = g[f"{tissue}_killing"] + g[f"{tissue}_injury"]
    return lost + g["kidney_deposit_harm"] * y["kidney_deposits"] if tissue == "kidney" else lost


def _common(tissue: str, y: Values, g: Values) -> dict[str, float]:
    T, lost = y[f"{tissue}_cells"], loss(tissue, y, g)
    basal = g.get(
        f"{tissue}_basal_antigen", 1.0
    )  # what a healthy tissue lets go, over all cells of its turnover
    return {
        f"{tissue}_mass": T,
        f"{tissue}_loss": lost,
        f"{tissue}_release": T * (1 + lost * g[f"{tissue}_lifespan"] / basal),
        f"{tissue}_deaths": g[f"{tissue}_pool"] * g["size"] * lost * T,
    }


def thyrotropin(ratio: float, g: Values) -> float:
    """TSH over its set-point, where free T4 is `ratio` times its own."""
    most = g["tsh_most"] / g["tsh_set_point"]
    return most / (1 + (most - 1) * math.exp(g["thyrotropin_gain"] * (ratio - 1)))


def _thyroid(y: Values, g: Values) -> dict[str, float]:
    a = numbers(g)["thyroid_saturation"]
    x = y["thyroxine"] / g["thyroxine_set_point"]
    tsh = thyrotropin(x, g)
    s = (tsh + g["thyroid_stimulation"]) / (1 + g["thyroid_blocking"])
    push, c = s ** g["thyroid_steepness"], 1 / (g["thyroid_ceiling"] - 1)
    return {
        "thyroxine_ratio": x,
        "thyrotropin": tsh,
        "thyroid_signal": s,
        "thyroid_activity": s * (1 + a) / (1 + a * s),
        "thyroid_push": push,
        "thyroid_growth": push * (1 + c) / (1 + c * push),
    }


def _kidney(y: Values, g: Values) -> dict[str, float]:
    density = y["kidney_cells"] / y["kidney_glomeruli"]
    bare = (max(0.0, 1 - density) / g["kidney_scar_half"]) ** g["kidney_scar_steepness"]
    open_barrier = max(0.0, 1 - density / (1 + y["kidney_deposits"]))
    leak = (open_barrier / g["kidney_leak_half"]) ** g["kidney_leak_steepness"]
    leaking = g["kidney_protein_most"] * y["kidney_glomeruli"] * leak / (1 + leak)
    return {
        "kidney_density": density,
        "kidney_bare": bare,
        "kidney_scar_rate": g["kidney_scar_most"] * bare / (1 + bare),
        "kidney_filtration": y["kidney_glomeruli"] ** g["kidney_compensation"],
        "kidney_leak": leak,
        "kidney_protein": g["kidney_protein_healthy"] + leaking,
    }


def effects(y: Values, g: Values) -> dict[str, float]:
    """Levels and rates that stand between the cells."""
    made = {**_thyroid(y, g), **_kidney(y, g)}
    for tissue in TISSUES:
        made |= _common(tissue, y, g)
    for tissue in ("skin", "gut"):
        top = g[f"{tissue}_ceiling"]
        made[f"{tissue}_drive"] = top / (1 + (top - 1) * y[f"{tissue}_cells"])
    blood = numbers(g)["healthy_cell_death"]  # blood cells die as in health
    return made | {
        "blood_cell_death": blood,
        "cell_deaths": blood + sum(made[f"{tissue}_deaths"] for tissue in TISSUES),
        "nuclear_release": y["dead_cells"] / numbers(g)["dead_cells_healthy"],
    }


def seen(y: Values, g: Values) -> dict[str, float]:
    """What is read off the tissues: surface with a rash, in percent; stools over baseline a day; urine; thyroid."""
    e = effects(y, g)
    return {
        "rash_surface": min(100.0, max(0.0, 100 * (1 - y["skin_cells"]) / g["skin_patch_loss"])),
        "extra_stools": max(0.0, g["gut_stools"] * (1 - y["gut_cells"])),
        "thyroid_volume": g["thyroid_volume_healthy"] * y["thyroid_cells"],
        "free_t4": y["thyroxine"],
        "tsh": g["tsh_set_point"] * e["thyrotropin"],
        "gfr": g["kidney_function"] * e["kidney_filtration"],
        "proteinuria": e["kidney_protein"],
    }


def _thyroid_flows(y: Values, g: Values, e: Values) -> Flows:
    T, F, L = y["thyroid_cells"], y["thyroid_stem"], g["thyroid_lifespan"]
    hormone = g["thyroxine_elimination"] * g["thyroxine_set_point"]
    spilled = g["thyroid_store"] * e["thyroid_loss"] * T
    return {
        "thyroid_cells": F * e["thyroid_growth"] / L - T / L - e["thyroid_loss"] * T,
        "thyroid_stem": -g["thyroid_stem_exposure"] * g["thyroid_killing"] * F,
        "thyroxine": hormone * (T * e["thyroid_activity"] + spilled)
        - g["thyroxine_elimination"] * y["thyroxine"],
    }


def _renewed(tissue: str, y: Values, g: Values, e: Values) -> Flows:
    """Epidermis, and epithelium of the gut."""
    T, S, L = y[f"{tissue}_cells"], y[f"{tissue}_stem"], g[f"{tissue}_lifespan"]
    killed = g[f"{tissue}_stem_exposure"] * g[f"{tissue}_killing"] * S
    return {
        f"{tissue}_cells": S * e[f"{tissue}_drive"] / L - T / L - e[f"{tissue}_loss"] * T,
        f"{tissue}_stem": g[f"{tissue}_stem_rate"] * S * (1 - S) - killed,
    }


def _kidney_flows(y: Values, g: Values, e: Values) -> Flows:
    P, G, L = y["kidney_cells"], y["kidney_glomeruli"], g["kidney_lifespan"]
    scarring = e["kidney_scar_rate"]
    return {
        "kidney_cells": G / L - P / L - e["kidney_loss"] * P - scarring * P,
        "kidney_glomeruli": -scarring * G,
        "kidney_deposits": (g["immune_complexes"] - y["kidney_deposits"]) / g["kidney_deposit_time"],
    }


def _dying(y: Values, g: Values, e: Values) -> Flows:
    c, D = numbers(g), y["dead_cells"]
    most = g["uptake_reserve"] * c["healthy_cell_death"]
    uptake = most * g["macrophage_share"] * D / (c["uptake_half"] + D)
    return {"dead_cells": e["cell_deaths"] - uptake - g["dead_cell_decay"] * D}


def flows(y: Values, g: Values) -> dict[str, Flows]:
    """Return d(species)/dt by mechanism: what each adds and takes."""
    e = effects(y, g)
    return {
        "thyroid": _thyroid_flows(y, g, e),
        "skin": _renewed("skin", y, g, e),
        "gut": _renewed("gut", y, g, e),
        "kidney": _kidney_flows(y, g, e),
        "dying_cells": _dying(y, g, e),
    }
