"""Blood formation of the body: second writing of the equations, in plain Python.

Written from the equations as stated in words and from what was measured: set-points, times and shares are given,
pools and flows at rest follow; growth factors are 1 at rest. Time in days, 1e9 cells. No import of nonself. One hand
wrote both: this guards against slips of writing, not against wrong equations.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

RED, PLATELET, MATURING = 12, 5, 4
SPECIES: tuple[str, ...] = (
    "innate", "hsc", "progenitor", "monocyte", "erythroid_progenitor", "erythroblast", "marrow_reticulocyte",
    "reticulocyte", *(f"red_cell_{i + 1}" for i in range(RED)), "granulocyte_progenitor", "neutrophil_mitotic",
    *(f"neutrophil_maturing_{i + 1}" for i in range(MATURING)), "neutrophil_reserve", "neutrophil_blood",
    "megakaryoblast", "megakaryocyte", *(f"platelet_{i + 1}" for i in range(PLATELET)),
)  # fmt: skip
P = Mapping[str, float]
Y = Mapping[str, float]


def volume(p: P) -> float:
    """Blood in liters."""
    return p["liter"] * p["size"]


def rest(p: P) -> dict[str, float]:
    """Everything at rest: pools in 1e9 cells by species, and flows named *_flow in 1e9 cells a day."""
    v = volume(p)
    y = {
        "innate": 0.0,
        "hsc": p["hsc_reference"] * p["size"],
        "progenitor": p["progenitor_reference"] * p["size"],
    }
    y["monocyte"] = p["monocyte_reference"] * p["size"]
    hemoglobin = p["hemoglobin_male"] if p["male"] == 1.0 else p["hemoglobin_female"]
    red = hemoglobin * v / p["mean_cell_hemoglobin"] / p["red_cell_lifespan"]
    y["erythroid_progenitor"] = red / p["erythroid_amplification"] * p["erythroid_time"]
    for name in ("erythroblast", "marrow_reticulocyte", "reticulocyte"):
        y[name] = red * p[f"{name}_time"]
    for i in range(RED):
        y[f"red_cell_{i + 1}"] = red * (p["red_cell_lifespan"] - p["reticulocyte_time"]) / RED
    y["neutrophil_blood"] = p["neutrophils_healthy"] * v / p["circulating_share"]
    made = y["neutrophil_blood"] / p["neutrophil_time"] / p["neutrophil_yield"]
    y["neutrophil_reserve"] = made * p["reserve_time"]
    for i in range(MATURING):
        y[f"neutrophil_maturing_{i + 1}"] = made * p["maturation_time"] / MATURING
    y["neutrophil_mitotic"] = made * p["mitotic_time"]
    fresh = made * (1 - p["neutrophil_self_share"])
    y["granulocyte_progenitor"] = fresh / p["granulocyte_amplification"] * p["granulocyte_time"]
    total = p["platelets_healthy"] * v / (1 - p["spleen_share"])
    used, aged = p["platelet_need_reference"] * v / total, PLATELET / p["platelet_span"]
    production = used * total / (1 - (aged / (aged + used)) ** PLATELET)
    for i in range(PLATELET):
        y[f"platelet_{i + 1}"] = production * aged**i / (aged + used) ** (i + 1)
    ends = production / p["platelets_per_megakaryocyte"]
    y["megakaryoblast"], y["megakaryocyte"] = ends * p["megakaryoblast_time"], ends * p["megakaryocyte_time"]
    return y | {
        "red_flow": red,
        "made_flow": made,
        "ends_flow": ends,
        "hemoglobin": hemoglobin,
        "platelets": total,
    }


def blood(y: Y, p: P) -> dict[str, float]:
    """What a laboratory reports, and growth factors."""
    v, r = volume(p), rest(p)
    cells = [y[f"red_cell_{i + 1}"] for i in range(RED)]
    red = y["reticulocyte"] + sum(cells)
    hemoglobin = p["mean_cell_hemoglobin"] * red / v
    stage = (p["red_cell_lifespan"] - p["reticulocyte_time"]) / RED
    age = p["reticulocyte_time"] + stage * sum((i + 1) * n for i, n in enumerate(cells)) / red
    early = ["neutrophil_mitotic", *(f"neutrophil_maturing_{i + 1}" for i in range(MATURING))]
    uptake, uptake_rest = (
        p["precursor_uptake"] * sum(z[n] for n in early) + z["neutrophil_reserve"] + z["neutrophil_blood"]
        for z in (y, r)
    )
    platelets = sum(y[f"platelet_{i + 1}"] for i in range(PLATELET))
    other, mine = p["tpo_other_share"], p["tpo_platelet_share"]
    cleared = other + mine * platelets / r["platelets"]
    cleared += (1 - other - mine) * y["megakaryocyte"] / r["megakaryocyte"]
    free = p["g_csf_other_share"]
    marked = p["marked_red_cells"] + p["marked_platelets"] + p["marked_neutrophils"]
    return {
        "blood_monocytes": p["monocyte_blood_share"] * y["monocyte"] / v,
        "blood_hemoglobin": hemoglobin,
        "blood_red_cells": red / v,
        "blood_reticulocytes": y["reticulocyte"] / v,
        "reticulocyte_percent": 100 * y["reticulocyte"] / red,
        "mean_red_cell_age": age,
        "erythropoietin": math.exp(p["epo_slope"] * (r["hemoglobin"] - hemoglobin)),
        "blood_neutrophils": p["circulating_share"] * y["neutrophil_blood"] / v,
        "granulocyte_factor": (1 + p["g_csf_by_innate"] * y["innate"])
        / (free + (1 - free) * uptake / uptake_rest),
        "blood_platelets": platelets * (1 - p["spleen_share"]) / v,
        "thrombopoietin": (1 + p["tpo_by_innate"] * y["innate"]) / cleared,
        "macrophage_occupancy": marked / (marked + p["macrophage_reference"] * p["size"]),
    }


def _saturating(factor: float, power: float, ceiling: float) -> float:
    return ceiling * factor**power / (ceiling - 1 + factor**power)


def rhs(y: Y, p: P) -> dict[str, float]:
    """Change a day of every species."""
    r, seen = rest(p), blood(y, p)
    room = 1 - p["leukemic_marrow"]
    d = {"innate": p["alarm"] - p["calm"] * y["innate"]}
    d |= _stem(y, p, r, room)
    d |= _red(y, p, r, seen["erythropoietin"])
    d |= _white(y, p, r, room, seen["granulocyte_factor"])
    return d | _platelets(y, p, r, seen["thrombopoietin"])


def _stem(y: Y, p: P, r: Y, room: float) -> dict[str, float]:
    speed = p["hsc_acceleration"] / (1 + (p["hsc_acceleration"] - 1) * y["hsc"] / r["hsc"])
    divisions = p["hsc_division"] * speed * y["hsc"]
    stay = room / (room + y["hsc"] / r["hsc"])
    leaving = 2 * divisions * (1 - stay)
    crowd = y["progenitor"] / r["progenitor"]
    vigor = p["progenitor_acceleration"] * room / (1 + (p["progenitor_acceleration"] - 1) * crowd / room)
    ratio = leaving / (p["hsc_division"] * r["hsc"])
    more = 1 + p["monocyte_by_innate"] * y["innate"]
    return {
        "hsc": divisions * (2 * stay - 1),
        "progenitor": p["progenitor_turnover"] * (r["progenitor"] * ratio * vigor - y["progenitor"]),
        "monocyte": (r["monocyte"] * crowd * more - y["monocyte"]) / p["monocyte_lifespan"],
    }


def _red(y: Y, p: P, r: Y, epo: float) -> dict[str, float]:
    effect = p["epo_ceiling"] * epo / (p["epo_ceiling"] - 1 + epo) / (1 + p["red_by_innate"] * y["innate"])
    early = y["erythroid_progenitor"] / p["erythroid_time"]
    entry = r["red_flow"] / p["erythroid_amplification"] * y["progenitor"] / r["progenitor"]
    blast = y["erythroblast"] / p["erythroblast_time"]
    release = y["marrow_reticulocyte"] * epo ** p["marrow_shift"] / p["marrow_reticulocyte_time"]
    flow = y["reticulocyte"] / (p["reticulocyte_time"] * epo ** p["blood_shift"])
    d = {
        "erythroid_progenitor": entry - early,
        "erythroblast": p["erythroid_amplification"] * effect * early - blast,
        "marrow_reticulocyte": blast - release,
        "reticulocyte": release - flow,
    }
    for i in range(RED):
        name = f"red_cell_{i + 1}"
        out = y[name] * RED / (p["red_cell_lifespan"] - p["reticulocyte_time"])
        d[name], flow = flow - out, out
    return d


def _white(y: Y, p: P, r: Y, room: float, g: float) -> dict[str, float]:
    crowd, young = y["neutrophil_mitotic"] / r["neutrophil_mitotic"], y["progenitor"] / r["progenitor"]
    divide = _saturating(g, p["g_csf_on_division"], p["division_ceiling"])
    divide *= (
        2 * room**2 / (room + crowd) * (1 + p["progenitor_need"]) * young / (young + p["progenitor_need"])
    )
    early = y["granulocyte_progenitor"] / r["granulocyte_progenitor"]
    own = p["neutrophil_self_share"]
    flow = y["neutrophil_mitotic"] / p["mitotic_time"]
    d = {
        "granulocyte_progenitor": r["granulocyte_progenitor"] / p["granulocyte_time"] * (young - early),
        "neutrophil_mitotic": r["made_flow"] * divide * ((1 - own) * early + own * crowd) - flow,
    }
    for i in range(MATURING):
        name = f"neutrophil_maturing_{i + 1}"
        out = y[name] * MATURING / p["maturation_time"]
        d[name], flow = flow - out, out
    share = p["neutrophil_yield"]
    leave = y["neutrophil_reserve"] / p["reserve_time"]
    released = share * leave * _saturating(g, p["g_csf_on_release"], p["release_ceiling"])
    d["neutrophil_reserve"] = flow - released - (1 - share) * leave
    d["neutrophil_blood"] = released - y["neutrophil_blood"] / p["neutrophil_time"]
    return d


def _platelets(y: Y, p: P, r: Y, tpo: float) -> dict[str, float]:
    entry = r["ends_flow"] * y["progenitor"] / r["progenitor"] * tpo ** p["tpo_on_formation"]
    ripe, ends = y["megakaryoblast"] / p["megakaryoblast_time"], y["megakaryocyte"] / p["megakaryocyte_time"]
    total, half = sum(y[f"platelet_{i + 1}"] for i in range(PLATELET)), p["platelet_need_half"]
    use = p["platelet_need_reference"] * volume(p) * (1 + half) / (total + half * r["platelets"])
    d = {"megakaryoblast": entry - ripe, "megakaryocyte": ripe - ends}
    flow = p["platelets_per_megakaryocyte"] * ends
    for i in range(PLATELET):
        name = f"platelet_{i + 1}"
        out = y[name] * PLATELET / p["platelet_span"]
        d[name], flow = flow - out - use * y[name], out
    return d
