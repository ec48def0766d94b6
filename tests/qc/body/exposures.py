"""What exposures do, in plain Python: second writing.

Written from the equations in words, not from the entry's formulas, by the hand that wrote the entry: this guards
against slips of writing. Time in days, 1e9 cells. No import of nonself.
"""

from __future__ import annotations

from collections.abc import Mapping

Values = Mapping[str, float]
KILLED_BY_BENZENE = (
    "progenitor", "erythroid_progenitor", "erythroblast", "granulocyte_progenitor", "neutrophil_mitotic",
    "megakaryoblast",
)  # fmt: skip


def flows(y: Values, g: Values) -> dict[str, dict[str, float]]:
    """Change a day of every species that an exposure changes, by mechanism."""
    early = y["granulocyte_progenitor"] * g["granulocyte_amplification"] / g["granulocyte_time"]
    own = y["neutrophil_mitotic"] * g["neutrophil_self_share"] / g["mitotic_time"]
    sooner = g["smoking"] * g["smoke_on_release"] * g["neutrophil_release"] * y["neutrophil_reserve"]
    eaten = (
        g["phagocytosis"] * y["pathogen"] * g["phagocytosis_half"] / (g["phagocytosis_half"] + y["pathogen"])
    )
    ppm = g["benzene"] / g["benzene_years"]
    killing = g["benzene_kill"] / (1 + g["benzene_half"] / ppm) if ppm > 0 else 0.0
    causes = y["pathogen"] / (1 + y["pathogen"]) + y["injury"] / (1 + y["injury"])
    return {
        "smoke": {
            "neutrophil_mitotic": g["smoking"] * g["smoke_on_division"] * g["neutrophil_division"] * (early + own),
            "neutrophil_reserve": -sooner,
            "neutrophil_blood": sooner,
            "pathogen": g["smoking"] * g["smoke_on_uptake"] * eaten,
            "plasmablast": -y["plasmablast"] * g["plasmablast_exit"] * g["smoke_on_plasmablasts"] * g["smoking"],
        },
        "benzene_in_marrow": {name: -killing * y[name] for name in KILLED_BY_BENZENE},
        "damaged_stem_cells": {
            "hsc": -g["earlier_cytotoxic"] * g["damaged_share"] * g["hsc_division_now"] * y["hsc"]
        },
        "mutant_phagocytes": {
            "innate": 2 * g["signal_rise"] * g["mutant_gain"] * g["clonal_hematopoiesis"] * causes
        },
    }  # fmt: skip
