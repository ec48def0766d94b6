"""Blood formation in plain Python: second writing.

Written by another hand than the entries', from their words (equations, labels, units, sources), before the entries'
formulas were read. At rest in health every pool is filled by what its turnover takes: the numbers that follow from
others come from that alone. Time in days, 1e9 cells. No import of nonself.
"""

import math
from collections.abc import Mapping

Values = Mapping[str, float]
Flows = dict[str, float]
RED = tuple(f"red_cell_{stage}" for stage in range(1, 13))
MATURING = tuple(f"neutrophil_maturing_{step}" for step in range(1, 5))
PLATELETS = tuple(f"platelet_{stage}" for stage in range(1, 6))


def numbers(g: Values) -> dict[str, float]:
    """Constants that follow from others."""
    size, volume = g["size"], g["blood_volume"]
    stem, progenitors = g["hsc_reference"] * size, g["progenitor_reference"] * size
    monocytes = g["monocyte_reference"] * size
    hemoglobin = g["male"] * g["hemoglobin_male"] + (1 - g["male"]) * g["hemoglobin_female"]
    red = hemoglobin * volume / g["mean_cell_hemoglobin"] / g["red_cell_lifespan"]
    red_entry = red / g["erythroid_amplification"]
    released = g["neutrophils_healthy"] * volume / g["circulating_share"] / g["neutrophil_time"]
    made = released / g["neutrophil_yield"]
    white_entry = (1 - g["neutrophil_self_share"]) * made / g["granulocyte_amplification"]
    mitotic = made * g["mitotic_time"]
    uptake = g["precursor_uptake"] * (mitotic + made * g["maturation_time"])
    uptake += made * g["reserve_time"] + released * g["neutrophil_time"]
    platelets = g["platelets_healthy"] * volume / (1 - g["spleen_share"])
    n, need = len(PLATELETS), g["platelet_need_reference"] * volume
    aging = n / g["platelet_span"]
    leaving = aging + need / platelets
    stay = aging / leaving
    platelets_made = platelets * leaving / sum(stay**k for k in range(n))
    nuclei = platelets_made / g["platelets_per_megakaryocyte"]
    return {
        "hsc_healthy": stem,
        "progenitor_healthy": progenitors,
        "progenitor_amplification": g["progenitor_turnover"] * progenitors / (g["hsc_division"] * stem),
        "monocyte_healthy": monocytes,
        "monocyte_entry": monocytes / g["monocyte_lifespan"] / progenitors,
        "hemoglobin_healthy": hemoglobin,
        "red_production": red,
        "erythroid_progenitor_healthy": red_entry * g["erythroid_time"],
        "erythroid_entry_rate": red_entry / progenitors,
        "red_stage_time": (g["red_cell_lifespan"] - g["reticulocyte_time"]) / len(RED),
        "neutrophil_released": released,
        "neutrophil_made": made,
        "neutrophil_mitotic_healthy": mitotic,
        "granulocyte_progenitor_healthy": white_entry * g["granulocyte_time"],
        "granulocyte_entry_rate": white_entry / progenitors,
        "reserve_release": g["neutrophil_yield"] / g["reserve_time"],
        "reserve_death_rate": (1 - g["neutrophil_yield"]) / g["reserve_time"],
        "g_csf_uptake_healthy": uptake,
        "platelet_healthy": platelets,
        "platelet_aging": aging,
        "platelet_need": need,
        "platelet_exit": leaving,
        "platelet_stay": stay,
        "platelet_production": platelets_made,
        "megakaryocyte_entry": nuclei,
        "megakaryoblast_entry_rate": nuclei / progenitors,
        "macrophage_capacity": g["macrophage_reference"] * size,
    }


def start(g: Values) -> dict[str, float]:
    """The state in health."""
    c = numbers(g)
    red, made = c["red_production"], c["neutrophil_made"]
    first = c["platelet_production"] / c["platelet_exit"]
    return {
        "hsc": c["hsc_healthy"],
        "progenitor": c["progenitor_healthy"],
        "monocyte": c["monocyte_healthy"],
        "erythroid_progenitor": c["erythroid_progenitor_healthy"],
        "erythroblast": red * g["erythroblast_time"],
        "marrow_reticulocyte": red * g["marrow_reticulocyte_time"],
        "reticulocyte": red * g["reticulocyte_time"],
        **dict.fromkeys(RED, red * c["red_stage_time"]),
        "granulocyte_progenitor": c["granulocyte_progenitor_healthy"],
        "neutrophil_mitotic": c["neutrophil_mitotic_healthy"],
        **dict.fromkeys(MATURING, made * g["maturation_time"] / len(MATURING)),
        "neutrophil_reserve": made * g["reserve_time"],
        "neutrophil_blood": c["neutrophil_released"] * g["neutrophil_time"],
        "megakaryoblast": c["megakaryocyte_entry"] * g["megakaryoblast_time"],
        "megakaryocyte": c["megakaryocyte_entry"] * g["megakaryocyte_time"],
        **{stage: first * c["platelet_stay"] ** k for k, stage in enumerate(PLATELETS)},
    }


def _stem(y: Values, g: Values) -> dict[str, float]:
    c, H, P = numbers(g), y["hsc"], y["progenitor"]
    H0, P0, A, m = (
        c["hsc_healthy"],
        c["progenitor_healthy"],
        g["hsc_acceleration"],
        g["progenitor_acceleration"],
    )
    room = 1 - g["leukemic_marrow"]
    return {
        "marrow_room": room,
        "monocytes": g["monocyte_blood_share"] * y["monocyte"] / g["blood_volume"],
        "hsc_division_now": g["hsc_division"] * A * H0 / (H0 + (A - 1) * H),
        "hsc_renewal": H0 * room / (H0 * room + H),
        "progenitor_vigor": room * m * P0 / (P0 + (m - 1) * P / room),
    }


def _red(y: Values, g: Values) -> dict[str, float]:
    c, top = numbers(g), g["epo_ceiling"]
    cells = y["reticulocyte"] + sum(y[stage] for stage in RED)
    hemoglobin = g["mean_cell_hemoglobin"] * cells / g["blood_volume"]
    epo = math.exp(g["epo_slope"] * (c["hemoglobin_healthy"] - hemoglobin))
    return {
        "red_cells": cells,
        "hemoglobin": hemoglobin,
        "epo": epo,
        "epo_effect": top * epo / (top - 1 + epo) / (1 + g["red_by_innate"] * y["innate"]),
        "reticulocyte_release": epo ** g["marrow_shift"] / g["marrow_reticulocyte_time"],
        "reticulocyte_maturation": 1 / (g["reticulocyte_time"] * epo ** g["blood_shift"]),
    }


def _white(y: Values, g: Values) -> dict[str, float]:
    c, share, need = numbers(g), g["g_csf_other_share"], g["progenitor_need"]
    uptake = g["precursor_uptake"] * (y["neutrophil_mitotic"] + sum(y[step] for step in MATURING))
    uptake += y["neutrophil_reserve"] + y["neutrophil_blood"]
    g_csf = 1 + g["g_csf_by_innate"] * y["innate"]
    g_csf /= share + (1 - share) * uptake / c["g_csf_uptake_healthy"]
    on_division, on_release = g_csf ** g["g_csf_on_division"], g_csf ** g["g_csf_on_release"]
    room, most, fastest = 1 - g["leukemic_marrow"], g["division_ceiling"], g["release_ceiling"]
    division = most * on_division / (most - 1 + on_division)
    division *= 2 * room**2 / (room + y["neutrophil_mitotic"] / c["neutrophil_mitotic_healthy"])
    division *= (1 + need) * y["progenitor"] / (y["progenitor"] + need * c["progenitor_healthy"])
    return {
        "neutrophils": g["circulating_share"] * y["neutrophil_blood"] / g["blood_volume"],
        "g_csf_uptake": uptake,
        "g_csf": g_csf,
        "neutrophil_division": division,
        "neutrophil_release": c["reserve_release"] * fastest * on_release / (fastest - 1 + on_release),
    }


def _platelets(y: Values, g: Values) -> dict[str, float]:
    c, half = numbers(g), g["platelet_need_half"]
    T, T0 = sum(y[stage] for stage in PLATELETS), c["platelet_healthy"]
    nuclei = y["megakaryocyte"] / (c["megakaryocyte_entry"] * g["megakaryocyte_time"])
    rest, taken = g["tpo_other_share"], g["tpo_platelet_share"]
    tpo = 1 + g["tpo_by_innate"] * y["innate"]
    return {
        "platelet_total": T,
        "platelets": (1 - g["spleen_share"]) * T / g["blood_volume"],
        "platelet_use": c["platelet_need"] * (1 + half) / (T + half * T0),
        "tpo": tpo / (rest + taken * T / T0 + (1 - rest - taken) * nuclei),
    }


def effects(y: Values, g: Values) -> dict[str, float]:
    """Levels and rates that stand between the cells."""
    marked = g["marked_red_cells"] + g["marked_platelets"] + g["marked_neutrophils"]
    share = 1 / (1 + marked / numbers(g)["macrophage_capacity"])
    return {**_stem(y, g), **_red(y, g), **_white(y, g), **_platelets(y, g), "macrophage_share": share}


def seen(y: Values, g: Values) -> dict[str, float]:
    """What is read off blood; a red cell in its k-th stage is k stages old on average, and was a reticulocyte."""
    e, volume, young = effects(y, g), g["blood_volume"], g["reticulocyte_time"]
    step = numbers(g)["red_stage_time"]
    ages = young * y["reticulocyte"] + sum((young + k * step) * y[stage] for k, stage in enumerate(RED, 1))
    return {
        "blood_monocytes": e["monocytes"],
        "blood_hemoglobin": e["hemoglobin"],
        "blood_red_cells": e["red_cells"] / volume,
        "blood_reticulocytes": y["reticulocyte"] / volume,
        "reticulocyte_percent": 100 * y["reticulocyte"] / e["red_cells"],
        "mean_red_cell_age": ages / e["red_cells"],
        "erythropoietin": e["epo"],
        "blood_neutrophils": e["neutrophils"],
        "granulocyte_factor": e["g_csf"],
        "blood_platelets": e["platelets"],
        "thrombopoietin": e["tpo"],
        "macrophage_occupancy": 1 - e["macrophage_share"],
    }


def _chain(cells: tuple[str, ...], came: float, rate: float, y: Values) -> Flows:
    """Cells that go from stage to stage at one rate."""
    flows = {}
    for stage in cells:
        left = rate * y[stage]
        flows[stage] = came - left
        came = left
    return flows


def division(y: Values, g: Values) -> tuple[float, float]:
    """Neutrophil precursors a day from progenitors of the line and from precursors."""
    c, f, share = numbers(g), _white(y, g)["neutrophil_division"], g["neutrophil_self_share"]
    fresh = (1 - share) * c["neutrophil_mitotic_healthy"] / g["mitotic_time"]
    fresh *= y["granulocyte_progenitor"] / c["granulocyte_progenitor_healthy"]
    return f * fresh, f * share * y["neutrophil_mitotic"] / g["mitotic_time"]


def _stem_flows(y: Values, g: Values) -> Flows:
    c, e = numbers(g), _stem(y, g)
    H, P, s = y["hsc"], y["progenitor"], e["hsc_renewal"]
    committed = 2 * e["hsc_division_now"] * H * (1 - s)
    entry = c["monocyte_entry"] * P * (1 + g["monocyte_by_innate"] * y["innate"])
    return {
        "hsc": e["hsc_division_now"] * H * (2 * s - 1),
        "progenitor": c["progenitor_amplification"] * committed * e["progenitor_vigor"]
        - g["progenitor_turnover"] * P,
        "monocyte": entry - y["monocyte"] / g["monocyte_lifespan"],
    }


def _red_flows(y: Values, g: Values) -> Flows:
    c, e = numbers(g), _red(y, g)
    matured = y["erythroid_progenitor"] / g["erythroid_time"]
    denucleated = y["erythroblast"] / g["erythroblast_time"]
    released = e["reticulocyte_release"] * y["marrow_reticulocyte"]
    finished = e["reticulocyte_maturation"] * y["reticulocyte"]
    return {
        "erythroid_progenitor": c["erythroid_entry_rate"] * y["progenitor"] - matured,
        "erythroblast": g["erythroid_amplification"] * e["epo_effect"] * matured - denucleated,
        "marrow_reticulocyte": denucleated - released,
        "reticulocyte": released - finished,
        **_chain(RED, finished, 1 / c["red_stage_time"], y),
    }


def _white_flows(y: Values, g: Values) -> Flows:
    c, e, R, N = numbers(g), _white(y, g), y["neutrophil_reserve"], y["neutrophil_blood"]
    last, step = y["neutrophil_mitotic"] / g["mitotic_time"], len(MATURING) / g["maturation_time"]
    released = e["neutrophil_release"] * R
    return {
        "granulocyte_progenitor": c["granulocyte_entry_rate"] * y["progenitor"]
        - y["granulocyte_progenitor"] / g["granulocyte_time"],
        "neutrophil_mitotic": sum(division(y, g)) - last,
        **_chain(MATURING, last, step, y),
        "neutrophil_reserve": step * y[MATURING[-1]] - released - c["reserve_death_rate"] * R,
        "neutrophil_blood": released - N / g["neutrophil_time"],
    }


def _platelet_flows(y: Values, g: Values) -> Flows:
    c, e = numbers(g), _platelets(y, g)
    grown = y["megakaryoblast"] / g["megakaryoblast_time"]
    ended = y["megakaryocyte"] / g["megakaryocyte_time"]
    aged = _chain(PLATELETS, g["platelets_per_megakaryocyte"] * ended, c["platelet_aging"], y)
    entry = c["megakaryoblast_entry_rate"] * y["progenitor"] * e["tpo"] ** g["tpo_on_formation"]
    return {
        "megakaryoblast": entry - grown,
        "megakaryocyte": grown - ended,
        **{stage: flow - e["platelet_use"] * y[stage] for stage, flow in aged.items()},
    }


def flows(y: Values, g: Values) -> dict[str, Flows]:
    """Return d(species)/dt by mechanism: what each adds and takes."""
    return {
        "stem_cells": _stem_flows(y, g),
        "red_line": _red_flows(y, g),
        "neutrophil_line": _white_flows(y, g),
        "platelet_line": _platelet_flows(y, g),
    }
