"""Numbers of the body worked out again from what their sources state, by another hand than the entries'."""

from __future__ import annotations

import math

import pytest

from nonself.catalog.body.build import TISSUES, body

YEAR = 365.25
T4_MOLAR_MASS = 776.87
STATED = {
    # deaths: 34.4 % in 30 days; 2.5-fold a 10 g/L; 0.004 at 30 and 0.130 at 70 years; 0.113 at 5 and 0.023 at 10 g/L
    "anemia_rate": -math.log(1 - 0.344) / 30,
    "anemia_slope": math.log(2.5) / 10,
    "bleeding_growth": math.log(0.130 / 0.004) / 40,
    "pneumonia_slope": math.log(0.113 / 0.023) / 5,
    "sepsis_rate": 0.12 / 7 * 0.095,
    # blood: middles of intervals; counts and turnover of Sender and Milo; four divisions; log10 EPO by g/dL
    "hsc_division": 1 / (40 * 7),
    "hemoglobin_male": (134 + 170) / 2,
    "hemoglobin_female": (117 + 153) / 2,
    "mean_cell_hemoglobin": (27.1 + 33.3) / 2 * 1e-3,
    "marrow_reticulocyte_time": 119 - 116,
    "erythroblast_time": 310 / 214,
    "erythroid_amplification": 2**4,
    "granulocyte_amplification": 2**4,
    "epo_slope": 0.131 * math.log(10) / 10,
    "neutrophils_healthy": 21 / 5,
    "circulating_share": 21 / (21 + 21),
    "neutrophil_yield": 48 / 60,
    "mitotic_time": 180 / 60,
    "maturation_time": 5.80 - 0.42 - 2.7,
    "platelet_need_reference": 7.1,
    "spleen_share": 1 / 3,
    "tpo_platelet_share": (1 - 1 / 1.18) / 0.30,
    # lymphocytes: half-lives in years; cells per microliter; from 65 to 40 % in odds; the middle of 21 to 26 days
    "naive_cd4_halflife": 4.2 * YEAR,
    "naive_cd8_halflife": 6.5 * YEAR,
    "memory_cd4_halflife": 0.4 * YEAR,
    "memory_cd8_halflife": 0.7 * YEAR,
    "regulator_turnover_ratio": 24 / 8,
    "thymic_export_cd4_at_30": 0.033 / 2,
    "b_memory_fraction": 58 / (58 + 125),
    "b_transitional_blood": 6 / (6 + 125 + 58 + 2.1),
    "b_plasmablast_blood": 2.1 / (6 + 125 + 58 + 2.1),
    "central_pass": (0.40 / 0.60) / (0.65 / 0.35),
    "memory_b_refill": 3 * YEAR,
    "plasma_cell_halflife": 11 * YEAR,
    "igg_halflife": (21 + 26) / 2,
    # tissues: ng/dL in pmol/L, a minute in days; the fastest renewal seen over that in health; podocytes of glomeruli
    "thyroid_lifespan": 8 * YEAR,
    "thyroxine_set_point": 1.24 * 1e4 / T4_MOLAR_MASS,
    "thyroxine_elimination": 7.78e-5 * 24 * 60,
    "skin_lifespan": 31.0,
    "skin_pool": 120.0,
    "skin_ceiling": 26 / 7,
    "gut_lifespan": 3.4,
    "gut_pool": 60.0,
    "gut_ceiling": 14.2 / 8.6,
    "kidney_lifespan": 558 / 2.3 * YEAR,
    "kidney_pool": 2 * 990_000 * 558 * 1e-9,
    "kidney_scar_most": 1 / YEAR,
    "kidney_compensation": math.log(0.7) / math.log(0.5),
    "healthy_death_reference": 214 + 60 + 2.2 + 5.1 + 1.5,
    "dead_cell_time": 2 / 24,
    # exposures: 0.70 times as many cells; a fifth of 5.4 days off the reserve's 2.7; two thirds of the stem cells
    "smoke_on_plasmablasts": 1 / 0.70 - 1,
    "smoke_on_release": 2.7 / (2.7 - (1 - 53.7 / 66.7) * 5.4) - 1,
    "damaged_share": (1 - 2 / 3) / (1 + 2 / 3),
}
ROUNDED = {
    "anemia_slope": 1e-3, "anemia_rate": 5e-4, "bleeding_growth": 1e-3, "pneumonia_slope": 1e-2, "sepsis_rate": 2e-2,
    "maturation_time": 1e-2, "tpo_platelet_share": 2e-2, "thyroxine_set_point": 5e-4, "kidney_pool": 5e-3,
    "smoke_on_plasmablasts": 5e-3, "smoke_on_release": 5e-3,
}  # fmt: skip
"""Relative rounding of numbers that the entries write with two or three digits."""


def off(values: dict[str, float]) -> list[str]:
    """Return the numbers that are not what their sources state."""
    return [
        name
        for name, stated in STATED.items()
        if values[name] != pytest.approx(stated, rel=ROUNDED.get(name, 1e-9))
    ]


def entries() -> dict[str, float]:
    numbers = [part for mechanism in body(tuple(TISSUES)) for part in mechanism.parameters]
    return {part.id: float(part.value) for part in numbers if not isinstance(part.value, str)}


def test_numbers_are_what_their_sources_state() -> None:
    assert off(entries()) == []


def test_planted_breach_each_wrong_number_is_seen() -> None:
    values = entries()
    assert [name for name in STATED if off(values | {name: 1.05 * values[name]}) != [name]] == []
