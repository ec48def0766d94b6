"""Alexander & Wahl 2010, Treg action on antigen-presenting cells: second writing from the source alone.

Source: shared/biomodels/BIOMD0000000289.xml (system 1; reactions r1a to r11) and biomodels/README.md.
Time in days, numbers of cells. A mature pAPC, R specific Treg, E effector T, G self antigen.
The file's assignment rules mA, mG and R0 are computed, not parameters; A_im is a boundary species
held at 0 that no rate reads.
Written without reading the catalogue entry. How RESULTS is read: test_second_writings_alone.py.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

SPECIES: tuple[str, ...] = ("A", "R", "E", "G")
PARAMETERS: dict[str, float] = {
    "v": 0.0025,
    "f": 1e-4,
    "gamma": 2000.0,
    "beta": 200.0,
    "pi1": 0.016,
    "lambdaE": 1000.0,
    "muA": 0.25,
    "muR": 0.25,
    "muE": 0.25,
    "muG": 5.0,
    "b1": 0.25,
    "sigma1": 3e-6,
}
INITIAL: dict[str, float] = {"A": 1.0, "R": 0.0, "E": 0.0, "G": 1e8}
VARIANTS: dict[str, dict[str, float]] = {}
INITIALS: dict[str, dict[str, float]] = {}


def rhs(t: float, y: Sequence[float], p: Mapping[str, float]) -> list[float]:
    """The reactions r1a to r11 of the file, summed per species."""
    A, R, E, G = y
    r1a = p["v"] * G
    r1b = p["f"] * p["v"] * G
    r2 = p["gamma"] * E
    r3 = p["beta"] * A
    r4 = p["pi1"] * E * A
    r5 = p["lambdaE"] * A
    r6, r7, r8, r9 = p["muA"] * A, p["muR"] * R, p["muE"] * E, p["muG"] * G
    r10 = p["b1"] * A
    r11 = p["sigma1"] * A * R
    return [r1b - r6 - r10 - r11, r3 + r4 - r7, r5 - r8, r2 - r9 - r1a]


def basic_reproduction(p: Mapping[str, float]) -> float:
    """The assignment rule R0 = f v lambdaE gamma / (mG mA muE)."""
    mA, mG = p["b1"] + p["muA"], p["muG"] + p["v"]
    return p["f"] * p["v"] * p["lambdaE"] * p["gamma"] / (mG * mA * p["muE"])


def threshold_v(p: Mapping[str, float]) -> float:
    """The uptake rate v at which R0 = 1."""
    loss = (p["b1"] + p["muA"]) * p["muE"]
    return p["muG"] * loss / (p["f"] * p["lambdaE"] * p["gamma"] - loss)


OBSERVABLES: dict[str, Callable[[Mapping[str, float], Mapping[str, float]], float]] = {}
ANALYTIC: dict[str, Callable[[Mapping[str, float]], float]] = {
    "R0": basic_reproduction,
    "v_threshold": threshold_v,
}

_AUTOIMMUNE: dict[str, Any] = {"parameters": {"v": 0.005}}

RESULTS: list[dict[str, Any]] = [
    {
        "variant": "default",
        "what": "R0 of the file",
        "time": None,
        "quantity": "R0",
        "value": 0.7996,
        "tolerance_relative": 0.5e-4 / 0.7996,
    },
    {
        "variant": "default",
        "what": "R0 with v = 0.005",
        "time": None,
        "quantity": "R0",
        "value": 1.598,
        "tolerance_relative": 0.5e-3 / 1.598,
        "setup": _AUTOIMMUNE,
    },
    {
        "variant": "default",
        "what": "v at which R0 = 1",
        "time": None,
        "quantity": "v_threshold",
        "value": 0.003127,
        "tolerance_relative": 0.5e-6 / 0.003127,
    },
]
RESULTS += [
    {
        "variant": "default",
        "what": f"tolerance: {name} has died out",
        "time": 1000.0,
        "quantity": name,
        "value": 0.0,
        "tolerance_relative": 0.0,
        "tolerance_absolute": 1e-6,
    }
    for name in SPECIES
]
RESULTS += [
    {
        "variant": "default",
        "what": f"chronic autoimmunity with v = 0.005: steady {name}",
        "time": 1000.0,
        "quantity": name,
        "value": value,
        "tolerance_relative": half_digit / value,
        "setup": _AUTOIMMUNE,
    }
    for name, value, half_digit in (
        ("A", 18.24, 0.005),
        ("R", 9.973e4, 5.0),
        ("E", 7.295e4, 5.0),
        ("G", 2.915e7, 5e3),
    )
]
