"""The target tissues and dead cells, in plain Python from the equations and sources: second writing.

Time in days, cells relative to health or in 1e9. Written from the equations in words (docstrings of the entries) and
the sources named there, not from the parts of the entries, but by the same hand: it shows slips, not misreadings. No
import of nonself.
"""

import math
from collections.abc import Callable, Mapping

YEAR = 365.25
T4_PMOL = 12.87  # pmol/L in 1 ng/dL

PARAMETERS: dict[str, float] = {
    # thyroid: cells renewed every 8 years; KNHANES free T4; NHANES TSH; log-linear TSH with a top
    "thyroid_lifespan": 8 * YEAR, "thyroid_pool": 10.0, "thyroid_steepness": 2.1, "thyroid_ceiling": 10.0,
    "thyroid_basal_antigen": 5.0,
    "thyroid_stem_exposure": 0.25, "thyroid_volume_healthy": 12.0, "thyroxine_set_point": 1.24 * T4_PMOL,
    "thyroxine_elimination": 60 * 24 * 7.78e-5, "thyroid_store": 60.0, "thyroid_half_tsh": 2.75,
    "tsh_set_point": 1.5, "tsh_most": 100.0, "thyrotropin_gain": 5.6,
    # skin and colon: Sender and Milo
    "skin_lifespan": 31.0, "skin_pool": 120.0, "skin_ceiling": 26 / 7, "skin_stem_rate": 0.02,
    "skin_stem_exposure": 0.1, "skin_patch_loss": 0.5, "skin_basal_antigen": 0.05,
    "gut_lifespan": 3.4, "gut_pool": 60.0, "gut_ceiling": 14.2 / 8.6, "gut_stem_rate": 0.05,
    "gut_stem_exposure": 0.1, "gut_stools": 20.0, "gut_basal_antigen": 0.2,
    # kidney: 2.3 of 558 podocytes a year; half the nephrons keep 70 %; stages of podocyte loss
    "kidney_lifespan": YEAR * 558 / 2.3, "kidney_pool": 1.1, "kidney_scar_most": 1 / YEAR, "kidney_scar_half": 0.4,
    "kidney_scar_steepness": 6.0, "kidney_compensation": math.log2(1 / 0.7), "kidney_protein_healthy": 0.077,
    "kidney_protein_most": 10.0, "kidney_leak_half": 0.6, "kidney_leak_steepness": 4.0,
    "kidney_deposit_time": 180.0, "kidney_deposit_harm": 5e-4,
    # dead cells: two hours, a fifth of the capacity used
    "healthy_death_reference": 282.8, "dead_cell_time": 1 / 12, "dead_cell_decay": 1.0, "uptake_reserve": 5.0,
    "size": 1.0,
}  # fmt: skip
SPECIES = (
    "thyroid_cells", "thyroid_stem", "thyroxine", "skin_cells", "skin_stem", "gut_cells", "gut_stem",
    "kidney_cells", "kidney_glomeruli", "kidney_deposits", "dead_cells",
)  # fmt: skip
Values = Mapping[str, float]


def _power(base: float, exponent: float) -> float:
    return math.exp(exponent * math.log(base)) if base > 0 else 0.0


def _hill(value: float, half: float, n: float) -> float:
    return 1 / (1 + (half / value) ** n) if value > 0 else 0.0


def thyrotropin(ratio: float, p: Values) -> float:
    """TSH over its set-point at a free T4 of `ratio` times its own."""

    top = p["tsh_most"] / p["tsh_set_point"]
    # logistic in free T4: the odds below the top fall as the exponential
    odds = math.exp(-p["thyrotropin_gain"] * (ratio - 1)) / (top - 1)
    return top * odds / (1 + odds)


def _thyroid(y: Values, p: Values, a: Values) -> dict[str, float]:
    T, F, t4 = y["thyroid_cells"], y["thyroid_stem"], y["thyroxine"]
    lost = a["thyroid_killing"] + a["thyroid_injury"]
    tsh = p["tsh_set_point"] * thyrotropin(t4 / p["thyroxine_set_point"], p)
    # stimulation counts in TSH of the set-point; blocking is competitive
    seen = (tsh + a["thyroid_stimulation"] * p["tsh_set_point"]) / (1 + a["thyroid_blocking"])
    secretion = (seen / (seen + p["thyroid_half_tsh"])) / (
        p["tsh_set_point"] / (p["tsh_set_point"] + p["thyroid_half_tsh"])
    )
    push = _power(seen / p["tsh_set_point"], p["thyroid_steepness"])
    c = 1 / (p["thyroid_ceiling"] - 1)
    division = push * (1 + c) / (1 + c * push)
    daily = p["thyroxine_elimination"] * p["thyroxine_set_point"]  # what health secretes a day
    return {
        "thyroid_cells": (F * division - T) / p["thyroid_lifespan"] - lost * T,
        "thyroid_stem": -p["thyroid_stem_exposure"] * a["thyroid_killing"] * F,
        "thyroxine": daily * T * (secretion + p["thyroid_store"] * lost) - p["thyroxine_elimination"] * t4,
    }


def _renewing(x: str, y: Values, p: Values, a: Values) -> dict[str, float]:
    T, S, c = y[f"{x}_cells"], y[f"{x}_stem"], p[f"{x}_ceiling"]
    lost = a[f"{x}_killing"] + a[f"{x}_injury"]
    return {
        f"{x}_cells": (S / (1 / c + (1 - 1 / c) * T) - T) / p[f"{x}_lifespan"] - lost * T,
        f"{x}_stem": S * (p[f"{x}_stem_rate"] * (1 - S) - p[f"{x}_stem_exposure"] * a[f"{x}_killing"]),
    }


def _kidney(y: Values, p: Values, a: Values) -> dict[str, float]:
    P, G, D = y["kidney_cells"], y["kidney_glomeruli"], y["kidney_deposits"]
    lost = a["kidney_killing"] + a["kidney_injury"] + p["kidney_deposit_harm"] * D
    scar = p["kidney_scar_most"] * _hill(1 - P / G, p["kidney_scar_half"], p["kidney_scar_steepness"])
    return {
        "kidney_cells": (G - P) / p["kidney_lifespan"] - (lost + scar) * P,
        "kidney_glomeruli": -scar * G,
        "kidney_deposits": (a["immune_complexes"] - D) / p["kidney_deposit_time"],
    }


def _dead(y: Values, p: Values, a: Values) -> dict[str, float]:
    healthy = p["healthy_death_reference"] * p["size"]
    deaths = healthy
    for x in ("thyroid", "skin", "gut", "kidney"):
        harm = p["kidney_deposit_harm"] * y["kidney_deposits"] if x == "kidney" else 0.0
        rate = a[f"{x}_killing"] + a[f"{x}_injury"] + harm
        deaths += p["size"] * p[f"{x}_pool"] * y[f"{x}_cells"] * rate
    rest = healthy * p["dead_cell_time"]
    # at rest uptake + break-up = deaths gives the half-saturation
    taken = healthy - p["dead_cell_decay"] * rest
    half = rest * (p["uptake_reserve"] * healthy / taken - 1)
    D = y["dead_cells"]
    uptake = p["uptake_reserve"] * healthy * a["macrophage_share"] * D / (half + D)
    return {"dead_cells": deaths - uptake - p["dead_cell_decay"] * D}


def rhs(y: Values, p: Values, acts: Values) -> dict[str, float]:
    """Return d(species)/dt."""
    return {
        **_thyroid(y, p, acts),
        **_renewing("skin", y, p, acts),
        **_renewing("gut", y, p, acts),
        **_kidney(y, p, acts),
        **_dead(y, p, acts),
    }


def _proteinuria(y: Values, p: Values, a: Values) -> float:
    intact = y["kidney_cells"] / y["kidney_glomeruli"] / (1 + y["kidney_deposits"])
    leak = _hill(1 - intact, p["kidney_leak_half"], p["kidney_leak_steepness"])
    return p["kidney_protein_healthy"] + p["kidney_protein_most"] * y["kidney_glomeruli"] * leak


def _release(x: str) -> Callable[[Values, Values, Values], float]:
    def release(y: Values, p: Values, a: Values) -> float:
        aging = p.get(f"{x}_basal_antigen", 1.0) / p[f"{x}_lifespan"]  # of it, what dies in place
        harm = p["kidney_deposit_harm"] * y["kidney_deposits"] if x == "kidney" else 0.0
        return y[f"{x}_cells"] * (aging + a[f"{x}_killing"] + a[f"{x}_injury"] + harm) / aging

    return release


OBSERVABLES: dict[str, Callable[[Values, Values, Values], float]] = {
    "tsh": lambda y, p, a: p["tsh_set_point"] * thyrotropin(y["thyroxine"] / p["thyroxine_set_point"], p),
    "free_t4": lambda y, p, a: y["thyroxine"],
    "thyroid_volume": lambda y, p, a: p["thyroid_volume_healthy"] * y["thyroid_cells"],
    "rash_surface": lambda y, p, a: 100 * min(1.0, max(0.0, (1 - y["skin_cells"]) / p["skin_patch_loss"])),
    "extra_stools": lambda y, p, a: p["gut_stools"] * max(0.0, 1 - y["gut_cells"]),
    "gfr": lambda y, p, a: a["kidney_function"] * _power(y["kidney_glomeruli"], p["kidney_compensation"]),
    "proteinuria": _proteinuria,
    "seen_nuclear_release": lambda y, p, a: (
        y["dead_cells"] / (p["healthy_death_reference"] * p["size"] * p["dead_cell_time"])
    ),
    **{f"seen_{x}_release": _release(x) for x in ("thyroid", "skin", "gut", "kidney")},
    **{
        f"seen_{x}_mass": (lambda y, p, a, x=x: y[f"{x}_cells"]) for x in ("thyroid", "skin", "gut", "kidney")
    },
}
