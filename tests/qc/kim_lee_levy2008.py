"""Kim, Lee & Levy 2008, imatinib and T cells in CML: second writing from the source alone.

Source: shared/models.md section 1.2. Days, thousand cells per microlitre. y leukaemic and z resistant cells in four
stages (stem, progenitor, differentiated, terminal), T specific T cells; what is engaged comes back n tau later.
How RESULTS is read: test_second_writings_alone.py; `past(ago)` gives the state of that long ago.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

SPECIES: tuple[str, ...] = ("y0", "y1", "y2", "y3", "z0", "z1", "z2", "z3", "T")
_COMMON = {
    "shared": 0.75, "d0_all": 0.003, "d1_all": 0.008, "d2_all": 0.05, "d3_all": 1.0, "ry": 0.008, "ay": 0.016,
    "ay_before": 1.6, "by": 1.0 / 75.0, "by_before": 10.0, "cy": 100.0, "rz": 0.023, "az": 1.6, "bz": 10.0,
    "cz": 100.0, "u": 0.0, "k": 1.0, "p0": 0.8, "qC": 0.75, "qT": 0.5, "tau": 1.0,
}  # fmt: skip
_PATIENTS = {
    "P1": (1.2, 0.001, 1.2e-6, 1.0, 7.6e-6),
    "P4": (2.2, 0.0022, 9e-7, 7.0, 2.4e-6),
    "P12": (1.17, 0.007, 3.08e-5, 0.8, 1.2e-5),
}
VARIANTS: dict[str, dict[str, float]] = {
    name: {**_COMMON, "n": n, "dT": dT, "sT": sT, "cn": cn} for name, (n, dT, sT, cn, _) in _PATIENTS.items()
}
PARAMETERS: dict[str, float] = dict(VARIANTS["P1"])


def _start(y0: float, p: Mapping[str, float]) -> dict[str, float]:
    """The untreated balance of the later stages, and T cells without leukaemia."""
    y1 = p["ay_before"] * y0 / (p["shared"] * p["d1_all"])
    y2 = p["by_before"] * y1 / (p["shared"] * p["d2_all"])
    y3 = p["cy"] * y2 / (p["shared"] * p["d3_all"])
    none = dict.fromkeys(("z0", "z1", "z2", "z3"), 0.0)
    return {"y0": y0, "y1": y1, "y2": y2, "y3": y3, **none, "T": p["sT"] / p["dT"]}


INITIALS: dict[str, dict[str, float]] = {
    name: _start(row[-1], VARIANTS[name]) for name, row in _PATIENTS.items()
}
INITIAL: dict[str, float] = dict(INITIALS["P1"])
UNTIL = 1500.0
UNSEEN_AT_ONE_TIME = {"tau", "ay_before", "by_before"}


def lags(p: Mapping[str, float]) -> list[float]:
    """How long ago the right side looks."""
    return [p["n"] * p["tau"]]


def _engaging(y: Sequence[float], p: Mapping[str, float]) -> tuple[float, float]:
    """p(C, T) and C."""
    C = math.fsum(y[:8])
    return p["p0"] * math.exp(-p["cn"] * C) * p["k"] * y[8], C


def rhs(
    t: float, y: Sequence[float], p: Mapping[str, float], past: Callable[[float], Sequence[float]]
) -> list[float]:
    """Nine equations."""
    engaging, C = _engaging(y, p)
    then, C_then = _engaging(past(p["n"] * p["tau"]), p)
    d = [p["shared"] * p[f"d{i}_all"] for i in range(4)]
    killed = p["qC"] * engaging

    def chain(c: Sequence[float], growth: float, a: float, b: float, to_last: float) -> list[float]:
        return [
            growth - d[0] * c[0] - killed * c[0],
            a * c[0] - d[1] * c[1] - killed * c[1],
            b * c[1] - d[2] * c[2] - killed * c[2],
            to_last * c[2] - d[3] * c[3] - killed * c[3],
        ]

    return [
        *chain(y[:4], p["ry"] * (1.0 - p["u"]) * y[0], p["ay"], p["by"], p["cy"]),
        *chain(y[4:8], p["rz"] * y[4] + p["ry"] * y[0] * p["u"], p["az"], p["bz"], p["cz"]),
        p["sT"] - p["dT"] * y[8] - engaging * C + 2.0 ** p["n"] * then * p["qT"] * C_then,
    ]


OBSERVABLES: dict[str, Callable[[Mapping[str, float], Mapping[str, float]], float]] = {
    "leukemia": lambda y, p: math.fsum(y[name] for name in SPECIES[:8]),
}
ANALYTIC: dict[str, Callable[[Mapping[str, float]], float]] = {}


def _records(patient: str, texts: Sequence[str]) -> list[dict[str, Any]]:
    """The run of section 1.2, half of the last printed digit each; what is read at day 1500 is that of day 1499."""
    at_0, most, day_most, at_365, least, day_least, late, alone = texts
    rows: list[tuple[str, str, Any, str, dict[str, Any]]] = [
        ("C at day 0", "leukemia", 0.0, at_0, {}),
        ("T at most", "T", (0.0, 1000.0), most, {"read": "max"}),
        ("day of most T", "T", (0.0, 1000.0), day_most, {"read": "time_of_max"}),
        ("C at day 365", "leukemia", 365.0, at_365, {}),
        ("C at least", "leukemia", (0.0, 1500.0), least, {"read": "min"}),
        ("day of least C", "leukemia", (0.0, 1500.0), day_least, {"read": "time_of_min"}),
        ("C late", "leukemia", 1499.0, late, {}),
        ("C late without immunity", "leukemia", 1499.0, alone, {"setup": {"parameters": {"p0": 0.0}}}),
    ]
    found = []
    for what, quantity, time, text, more in rows:
        digits = text.split("e")[0]
        places = len(digits.split(".")[1]) if "." in digits else 0
        half = 0.5 * 10.0 ** (int(text.split("e")[1]) if "e" in text else 0) * 10.0**-places
        found.append({
            "variant": patient, "what": f"{patient}: {what}", "time": time, "quantity": quantity,
            "value": float(text), "tolerance_relative": half / float(text), **more,
        })  # fmt: skip
    return found


RESULTS: list[dict[str, Any]] = [
    *_records("P1", ("72.6", ".01549", "303", ".00288", "2.52e-4", "937", "4.9e-4", "2.45")),
    *_records("P4", ("22.9", ".01771", "320", ".00103", "1.13e-4", "737", "1.0e-3", ".775")),
    *_records("P12", ("114.6", ".03092", "206", ".00121", "3.09e-4", "614", "3.3e-3", "3.88")),
]
