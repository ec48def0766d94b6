"""The person and the deaths in plain Python: second writing.

Written by another hand than the entries', from their words (equations, labels, units, sources), before the entries'
formulas were read. The labels left open how a lack of neutrophils, platelets and antibody raises deaths, which the
module of the entries states in full. Time in days, age in years. No import of nonself.
"""

import math
from collections.abc import Mapping

YEAR = 365.25
"""Days of a year."""
Values = Mapping[str, float]


def _by_sex(what: str, g: Values) -> float:
    """A number that men and women have apart."""
    return g["male"] * g[f"{what}_man"] + (1 - g["male"]) * g[f"{what}_woman"]


def numbers(g: Values) -> dict[str, float]:
    """Constants that follow from others: Nadler's blood volume, Mosteller's surface, the law of mortality by sex."""
    blood = {
        sex: g[f"blood_{sex}_height"] * g["height"] ** 3
        + g[f"blood_{sex}_weight"] * g["weight"]
        + g[f"blood_{sex}_rest"]
        for sex in ("man", "woman")
    }
    volume = g["male"] * blood["man"] + (1 - g["male"]) * blood["woman"]
    return {
        "blood_volume": volume,
        "size": volume / g["blood_reference"],
        "body_surface": math.sqrt(g["height"] * g["weight"] / g["surface_factor"]),
        **{f"death_{what}": _by_sex(f"death_{what}", g) for what in ("constant", "level", "growth")},
    }


def effects(y: Values, g: Values) -> dict[str, float]:
    """Age, filtration of the kidneys, and what counts lack."""
    own = numbers(g)
    age = g["age_at_start"] + g["time"] / YEAR
    older = max(0.0, age - g["filtration_age"])
    filtration = g["filtration_young"] - _by_sex("filtration_loss", g) * older
    return {
        "age": age,
        "kidney_function": g["kidney_trait"] * filtration * own["body_surface"] / g["filtration_surface"],
        "neutrophil_lack": 1 / (1 + (g["neutrophils"] / g["sepsis_half"]) ** g["sepsis_steepness"]),
        "antibody_lack": max(0.0, math.exp(g["pneumonia_slope"] * (g["pneumonia_igg"] - y["igg"])) - 1),
    }


def flows(y: Values, g: Values) -> dict[str, dict[str, float]]:
    """Return d(accumulated hazard)/dt of each cause of death, by mechanism."""
    own, seen = numbers(g), effects(y, g)
    age, hemoglobin = seen["age"], g["hemoglobin"]
    of_age = own["death_level"] * math.exp(own["death_growth"] * (age - g["death_age"]))
    pneumonia = g["pneumonia_rate"] * seen["antibody_lack"] * g["pneumonia_fatality"]
    bleeding = g["bleeding_rate"] * math.exp(g["bleeding_growth"] * (age - g["bleeding_age"]))
    lacking = math.exp(g["anemia_slope"] * (g["anemia_level"] - hemoglobin))
    none = math.exp(g["anemia_slope"] * (g["anemia_level"] - g["anemia_none"]))
    return {
        "old_age": {"death_of_age_hazard": (own["death_constant"] + of_age) / YEAR},
        "low_counts": {
            "death_of_infection_hazard": g["sepsis_rate"] * seen["neutrophil_lack"] + pneumonia / YEAR,
            "death_of_bleeding_hazard": bleeding
            / (1 + (g["platelets"] / g["bleeding_half"]) ** g["bleeding_steepness"])
            / YEAR,
            "death_of_anemia_hazard": g["anemia_rate"] * max(0.0, lacking - none),
        },
    }
