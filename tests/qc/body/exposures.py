"""What exposures do in cells, in plain Python: second writing.

Written by another hand than the entries', from their words (equations, labels, units, sources), before the entries'
formulas were read. The labels left open that two earlier treatments damage twice as many divisions as one. Rates of
the mechanisms that an exposure acts on are given by name. No import of nonself.
"""

from collections.abc import Mapping

from tests.qc.body import blood

DIVIDING = (
    "progenitor",
    "erythroid_progenitor",
    "erythroblast",
    "granulocyte_progenitor",
    "neutrophil_mitotic",
    "megakaryoblast",
)
Values = Mapping[str, float]
Flows = dict[str, float]


def effects(y: Values, g: Values) -> dict[str, float]:
    """Benzene in the air, and how it kills."""
    air = g["benzene"] / g["benzene_years"]
    return {"benzene_air": air, "benzene_killing": g["benzene_kill"] * air / (g["benzene_half"] + air)}


def _uptake(y: Values, g: Values) -> float:
    """Pathogen that phagocytes take up a day, as in the innate signal's second writing."""
    P, igg, half = y["pathogen"], y["igg"], g["opsonin_half"]
    phagocytes = y["neutrophil_blood"] / (g["neutrophil_released"] * g["neutrophil_time"])
    opsonized = igg * (g["igg_normal"] + half) / (g["igg_normal"] * (igg + half))
    uptake = g["phagocytosis_rate"] * (g["resident_uptake"] + phagocytes * (1 - g["resident_uptake"]))
    uptake *= 1 - g["opsonized_share"] + g["opsonized_share"] * opsonized
    return uptake * P / (1 + P / g["phagocytosis_half"])


def _smoke(y: Values, g: Values) -> Flows:
    smoking = g["smoking"]
    released = smoking * g["smoke_on_release"] * g["neutrophil_release"] * y["neutrophil_reserve"]
    return {
        "neutrophil_mitotic": smoking * g["smoke_on_division"] * sum(blood.division(y, g)),
        "neutrophil_reserve": -released,
        "neutrophil_blood": released,
        "pathogen": smoking * g["smoke_on_uptake"] * _uptake(y, g),
        "plasmablast": -smoking * g["smoke_on_plasmablasts"] * g["plasmablast_exit"] * y["plasmablast"],
    }


def flows(y: Values, g: Values) -> dict[str, Flows]:
    """Return d(species)/dt by mechanism: what each adds and takes."""
    killing, damaged = (
        effects(y, g)["benzene_killing"],
        g["damaged_share"] * g["earlier_cytotoxic"],
    )
    infected, injured = (y[cause] / (1 + y[cause]) for cause in ("pathogen", "injury"))
    answer = g["signal_rise"] * (2 * infected + 2 * injured)
    return {
        "smoke": _smoke(y, g),
        "benzene_in_marrow": {cell: -killing * y[cell] for cell in DIVIDING},
        "damaged_stem_cells": {"hsc": -damaged * g["hsc_division_now"] * y["hsc"]},
        "mutant_phagocytes": {"innate": g["clonal_hematopoiesis"] * g["mutant_gain"] * answer},
    }
