"""Clapp et al. 2015, CML under imatinib with an immune window: second writing from the source alone.

Source: shared/models.md section 1.3. Time in days, cells per millilitre.
Y0..Y3 leukaemic stem, progenitor, differentiated and terminal cells, Z immune effectors.
Per patient inh1, inh2, d, mu, ymin, ymax are given and s, epsilon, alpha follow from them.
Written without reading the catalogue entry. How RESULTS is read: test_second_writings_alone.py.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

SPECIES: tuple[str, ...] = ("Y0", "Y1", "Y2", "Y3", "Z")

_FIXED = {
    "a0": 0.0027, "b1": 0.0247, "r": 0.08, "K": 4.2872, "a1": 24.0005, "a2": 899.982,
    "d1": 0.00225, "d2": 0.006, "d3": 0.0375, "beta": 3.0, "x": 1.5e8,
}  # fmt: skip

# patient: inh1, inh2, d, mu, ymin, ymax
_TABLE = {
    "1": (9.944, 131.016, 0.187, 4.021e-8, 6.001e4, 1.754e5),
    "2": (33.268, 148.517, 0.131, 1.515e-8, 1.443e4, 4.521e4),
    "3": (4.612, 92.3215, 0.031, 9.964e-7, 4.994e4, 5.598e5),
    "4": (1.456, 545.15, 0.099, 1.504e-8, 3.765e4, 2.759e5),
    "5": (1.872, 1700.274, 0.128, 3.082e-7, 2.482e4, 6.513e4),
    "6": (9.652, 43.752, 0.238, 1.350e-7, 1.050e5, 8.637e5),
    "7": (5.771, 155.963, 0.019, 4.057e-8, 4.846e4, 3.695e5),
    "8": (591.591, 14.568, 0.040, 2.371e-7, 3.132e3, 2.228e4),
    "9": (486.315, 226.0, 0.075, 2.879e-8, 3.536e2, 1.684e3),
    "10": (50.988, 79.645, 0.005, 1.271e-6, 1.182e3, 5.482e4),
    "11": (30.208, 359.979, 0.371, 2.263e-7, 4.959e3, 1.353e4),
    "12": (1.5201, 265.6435, 0.015, 2.748e-8, 2.031e4, 9.352e5),
}
WINDOW: dict[str, tuple[float, float]] = {k: (row[4], row[5]) for k, row in _TABLE.items()}


def _patient(inh1: float, inh2: float, d: float, mu: float, ymin: float, ymax: float) -> dict[str, float]:
    epsilon = 1.0 / (ymin * ymax)
    derived = {"s": 120.0 * d, "epsilon": epsilon, "alpha": (ymin + ymax) * epsilon * d}
    return {"inh1": inh1, "inh2": inh2, "d": d, "mu": mu, **derived, **_FIXED}


VARIANTS: dict[str, dict[str, float]] = {k: _patient(*row) for k, row in _TABLE.items()}
INITIALS: dict[str, dict[str, float]] = {}
PARAMETERS: dict[str, float] = dict(VARIANTS["1"])
INITIAL: dict[str, float] = {"Y0": 37.5, "Y1": 4.1667, "Y2": 1.6667e4, "Y3": 1.5e8, "Z": 120.0}


def rhs(t: float, y: Sequence[float], p: Mapping[str, float]) -> list[float]:
    """The five equations on drug; inh1 = inh2 = 1 is no drug."""
    Y0, Y1, Y2, Y3, Z = y
    shield = 1.0 + p["epsilon"] * Y3**2
    kill = p["mu"] * Z / shield
    return [
        p["b1"] * Y1 - p["a0"] * Y0 - kill * Y0,
        p["a0"] * Y0 - p["b1"] * Y1 - p["d1"] * Y1 + p["r"] * Y1 * (1.0 - Y1 / p["K"]) - kill * Y1,
        p["a1"] / p["inh1"] * Y1 - p["d2"] * Y2 - kill * Y2,
        p["a2"] / p["inh2"] * Y2 - p["d3"] * Y3 - kill * Y3,
        p["s"] - p["d"] * Z + p["alpha"] * Y3 * Z / shield,
    ]


def bcr_abl_percent(y: Mapping[str, float], p: Mapping[str, float]) -> float:
    """100 beta Y3 / (Y3 + 2 x)."""
    return 100.0 * p["beta"] * y["Y3"] / (y["Y3"] + 2.0 * p["x"])


def _window(p: Mapping[str, float], sign: float) -> float:
    """The two loads at which alpha y / (1 + epsilon y^2) = d."""
    root = math.sqrt(p["alpha"] ** 2 - 4.0 * p["epsilon"] * p["d"] ** 2)
    return (p["alpha"] + sign * root) / (2.0 * p["epsilon"] * p["d"])


OBSERVABLES: dict[str, Callable[[Mapping[str, float], Mapping[str, float]], float]] = {
    "bcr_abl_percent": bcr_abl_percent,
    "log10_bcr_abl_percent": lambda y, p: math.log10(bcr_abl_percent(y, p)),
}
ANALYTIC: dict[str, Callable[[Mapping[str, float]], float]] = {
    "ymin": lambda p: _window(p, -1.0),
    "ymax": lambda p: _window(p, 1.0),
}

MONTH = 30.4375
# These do not test the immune arm: with mu = 0, or mu of the wrong sign, every one stays as printed.
# patient: log10 BCR-ABL % at 3, 12, 24, 60 months on drug, printed to two decimals
_ON_DRUG = {
    "1": (0.83, -0.17, -0.46, -0.51),
    "2": (0.81, -0.37, -0.92, -1.09),
    "5": (0.70, -0.85, -0.90, -0.90),
    "9": (0.77, -0.62, -1.52, -2.43),
    "12": (0.78, 0.02, 0.0, -0.01),
}

RESULTS: list[dict[str, Any]] = [
    {
        "variant": patient,
        "what": f"log10 BCR-ABL % after {months} months on drug",
        "time": months * MONTH,
        "quantity": "log10_bcr_abl_percent",
        "value": value,
        "tolerance_relative": 0.005 / abs(value) if value else 0.0,
        **({} if value else {"tolerance_absolute": 0.005}),
    }
    for patient, row in _ON_DRUG.items()
    for months, value in zip((3, 12, 24, 60), row, strict=True)
]
RESULTS += [
    {
        "variant": patient,
        "what": f"{name} follows back from the derived alpha and epsilon",
        "time": None,
        "quantity": name,
        "value": value,
        "tolerance_relative": 1e-9,
    }
    for patient, ends in WINDOW.items()
    for name, value in zip(("ymin", "ymax"), ends, strict=True)
]
RESULTS += [
    {
        "variant": "1",
        "what": "untreated, Y3 rises from the given start to 4.0e8",
        "time": 3000.0,
        "quantity": "Y3",
        "value": 4.0e8,
        "tolerance_relative": 0.05 / 4.0,
        "setup": {"parameters": {"inh1": 1.0, "inh2": 1.0}},
    }
]
