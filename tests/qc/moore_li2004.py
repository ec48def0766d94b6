"""Moore & Li 2004, naive T cells, effector T cells and CML: second writing from the source alone.

Source: shared/models.md section 1.1; one more check from shared/biomodels/README.md (BIOMD662).
Time in days, cells per microlitre. Tn naive T, Te effector T, C leukaemia (Gompertz).
Written without reading the catalogue entry. How RESULTS is read: test_second_writings_alone.py.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

SPECIES: tuple[str, ...] = ("Tn", "Te", "C")

_NAMES = (
    "sn", "dn", "de", "dc", "kn", "eta", "alpha_n", "alpha_e", "Cmax", "rc", "gamma_e", "gamma_c",
)  # fmt: skip
_TABLE = {
    "table1": (0.073, 0.04, 0.06, 0.2, 0.001, 100.0, 0.41, 0.2, 3e5, 0.03, 0.005, 0.005),
    "fig6": (0.37, 0.23, 0.30, 0.024, 0.062, 720.0, 0.14, 0.98, 2.3e5, 0.0057, 0.057, 0.0034),
    "fig7": (0.29, 0.35, 0.40, 0.012, 0.066, 140.0, 0.39, 0.65, 1.6e5, 0.011, 0.079, 0.058),
    "fig8": (0.071, 0.05, 0.12, 0.68, 0.063, 43.0, 0.56, 0.53, 1.9e5, 0.23, 0.0077, 0.047),
}

VARIANTS: dict[str, dict[str, float]] = {k: dict(zip(_NAMES, row, strict=True)) for k, row in _TABLE.items()}
INITIALS: dict[str, dict[str, float]] = {}
PARAMETERS: dict[str, float] = dict(VARIANTS["table1"])
INITIAL: dict[str, float] = {"Tn": 1510.0, "Te": 20.0, "C": 1e4}


def rhs(t: float, y: Sequence[float], p: Mapping[str, float]) -> list[float]:
    """The three equations; the leukaemia is killed (minus sign) by gamma_c C Te."""
    Tn, Te, C = y
    seen = C / (C + p["eta"])
    primed = p["kn"] * Tn * seen
    return [
        p["sn"] - p["dn"] * Tn - primed,
        p["alpha_n"] * primed + p["alpha_e"] * Te * seen - p["de"] * Te - p["gamma_e"] * C * Te,
        p["rc"] * C * math.log(p["Cmax"] / C) - p["dc"] * C - p["gamma_c"] * C * Te,
    ]


OBSERVABLES: dict[str, Callable[[Mapping[str, float], Mapping[str, float]], float]] = {}
ANALYTIC: dict[str, Callable[[Mapping[str, float]], float]] = {
    "C_star": lambda p: p["Cmax"] * math.exp(-p["dc"] / p["rc"]),
}


def _at_750(variant: str, quantity: str, value: float, half_digit: float) -> dict[str, Any]:
    return {
        "variant": variant,
        "what": f"{quantity} at 750 days",
        "time": 750.0,
        "quantity": quantity,
        "value": value,
        "tolerance_relative": half_digit / value,
    }


def _limit(variant: str, value: float, half_digit: float) -> dict[str, Any]:
    return {
        "variant": variant,
        "what": "C without effectors settles at Cmax exp(-dc/rc)",
        "time": None,
        "quantity": "C_star",
        "value": value,
        "tolerance_relative": half_digit / value,
    }


RESULTS: list[dict[str, Any]] = [
    _at_750("table1", "C", 381.77, 0.005),
    _at_750("fig6", "C", 3464.2, 0.05),
    _at_750("fig7", "C", 53720.8, 0.05),
    _at_750("fig8", "C", 9879.3, 0.05),
    _at_750("fig8", "Te", 2.924e-4, 0.5e-7),
    _at_750("fig8", "Tn", 0.6298, 0.5e-4),
    _limit("table1", 381.79, 0.005),
    _limit("fig6", 3412.9, 0.05),
    _limit("fig7", 53746.0, 0.5),
    _limit("fig8", 9879.9, 0.05),
]
