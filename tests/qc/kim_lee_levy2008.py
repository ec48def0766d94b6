"""Kim, Lee and Levy 2008, T cells and CML under imatinib: second writing from the words alone.

Sources: shared/models.md 1.2; radivot/myelo R/kim08.R and demo/kim08Demo.R (equations, values, starts);
paul-bbt/cs-impact-immune-response data/params.R and data/patientsData.R (the paper's tables 2, 3, 6 again).
Time in days, cells in k/uL. y0..y3 stem to terminal leukemic cells, z0..z3 the same of the resistant clone,
T anti-leukemia T cells. The course before 0 is the start. Written without reading the catalog entry; one observable
was given the entry's name afterwards. How RESULTS is read: test_second_writings_alone.py.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

SPECIES: tuple[str, ...] = ("y0", "y1", "y2", "y3", "z0", "z1", "z2", "z3", "T")
UNTIL = 1500.0

# name: (value, unit); what is the same in every patient, on imatinib
_COMMON: dict[str, tuple[float, str]] = {
    "lam": (0.75, ""),  # share of the death rates that is not immune
    "full_d0": (0.003, "1/day"), "full_d1": (0.008, "1/day"), "full_d2": (0.05, "1/day"),
    "full_d3": (1.0, "1/day"),
    "ry": (0.008, "1/day"), "ay": (0.016, "1/day"), "by": (1.0 / 75.0, "1/day"), "cy": (100.0, "1/day"),
    "rz": (0.023, "1/day"), "az": (1.6, "1/day"), "bz": (10.0, "1/day"), "cz": (100.0, "1/day"),
    "u": (0.0, ""), "k": (1.0, "uL/kcell/day"), "p0": (0.8, ""), "qC": (0.75, ""), "qT": (0.5, ""),
    "tau": (1.0, "day"),
}  # fmt: skip
_OWN_UNITS = {"n": "", "dT": "1/day", "sT": "kcell/uL/day", "cn": "uL/kcell"}
UNITS: dict[str, str] = {**{name: unit for name, (_, unit) in _COMMON.items()}, **_OWN_UNITS}
UNITS |= dict.fromkeys(SPECIES, "kcell/uL")

UNTREATED = {"ay": 1.6, "by": 10.0, "cy": 100.0}  # the start is the course without drug

# patient: n, dT, sT, cn, y0 at 0, load measured before treatment
_TABLE = {
    "P1": (1.2, 0.001, 1.2e-6, 1.0, 7.6e-6, 73.0),
    "P4": (2.2, 0.0022, 9e-7, 7.0, 2.4e-6, 23.1),
    "P12": (1.17, 0.007, 3.08e-5, 0.8, 1.2e-5, 116.8),
}

VARIANTS: dict[str, dict[str, float]] = {
    name: {
        **{key: value for key, (value, _) in _COMMON.items()},
        **dict(zip(("n", "dT", "sT", "cn"), row[:4], strict=True)),
    }
    for name, row in _TABLE.items()
}
PARAMETERS: dict[str, float] = dict(VARIANTS["P1"])
# seen where the past is not the same at all times: tests/catalog/test_delay_writings.py
UNSEEN_AT_ONE_TIME = {"tau"}


def start(
    p: Mapping[str, Any], stem: Any, resistant: Any = 0.0, before: Mapping[str, Any] = UNTREATED
) -> dict[str, Any]:
    """Each stage at balance with the one before it, immune deaths left out, T cells alone."""
    y1 = before["ay"] * stem / (p["lam"] * p["full_d1"])
    y2 = before["by"] * y1 / (p["lam"] * p["full_d2"])
    y3 = before["cy"] * y2 / (p["lam"] * p["full_d3"])
    z1 = p["az"] * resistant / (p["lam"] * p["full_d1"])
    z2 = p["bz"] * z1 / (p["lam"] * p["full_d2"])
    z3 = p["cz"] * z2 / (p["lam"] * p["full_d3"])
    return dict(zip(SPECIES, (stem, y1, y2, y3, resistant, z1, z2, z3, p["sT"] / p["dT"]), strict=True))


INITIALS: dict[str, dict[str, float]] = {name: start(VARIANTS[name], row[4]) for name, row in _TABLE.items()}
INITIAL: dict[str, float] = dict(INITIALS["P1"])


def lags(p: Mapping[str, float]) -> list[float]:
    """The time that n divisions take."""
    return [p["n"] * p["tau"]]


def _encounters(leukemia: Any, T: Any, p: Mapping[str, float]) -> Any:
    """p(C, T) = p0 exp(-cn C) k T, per leukemic cell and day."""
    return p["p0"] * np.exp(-p["cn"] * leukemia) * p["k"] * T


def rhs(t: float, y: Sequence[Any], p: Mapping[str, float], past: Callable[[float], Any]) -> list[Any]:
    """The nine equations."""
    *cells, T = y
    *cells_then, T_then = past(p["n"] * p["tau"])
    load, load_then = sum(cells), sum(cells_then)
    meets = _encounters(load, T, p)
    deaths = [p["lam"] * p[f"full_d{stage}"] for stage in range(4)]
    flows = []
    for clone, (growth, into) in enumerate((
        (p["ry"] * (1.0 - p["u"]), (p["ay"], p["by"], p["cy"])),
        (p["rz"], (p["az"], p["bz"], p["cz"])),
    )):  # fmt: skip
        stages = cells[4 * clone : 4 * clone + 4]
        births = [growth * stages[0]] + [rate * before for rate, before in zip(into, stages, strict=False)]
        if clone == 1:
            births[0] = births[0] + p["ry"] * p["u"] * cells[0]
        flows += [b - (d + p["qC"] * meets) * x for b, d, x in zip(births, deaths, stages, strict=True)]
    reborn = 2.0 ** p["n"] * p["qT"] * _encounters(load_then, T_then, p) * load_then
    return [*flows, p["sT"] - p["dT"] * T - meets * load + reborn]


def _load(y: Mapping[str, float]) -> float:
    return sum(y[name] for name in SPECIES[:-1])


OBSERVABLES: dict[str, Callable[[Mapping[str, float], Mapping[str, float]], float]] = {
    "leukemia": lambda y, p: _load(y),
}
ANALYTIC: dict[str, Callable[[Mapping[str, float]], float]] = {}


def _record(patient: str, what: str, quantity: str, time: Any, printed: str, **more: Any) -> dict[str, Any]:
    """A number as printed, to half its last digit."""
    mantissa, _, power = printed.partition("e")
    half = 0.5 * 10.0 ** (int(power or 0) - len(mantissa.partition(".")[2]))
    value = float(printed)
    return {
        "variant": patient, "what": what, "quantity": quantity, "time": time, "value": value,
        "tolerance_relative": half / value, **more,
    }  # fmt: skip


# The two values that models.md calls C(1500) are found a day before. Without T cells the equations are linear and
# C(1500) is 2.4688, 0.7796, 3.8981 exactly; 2.45, 0.775 and 3.88 all three lie between day 1498.97 and 1499.03.
LAST = 1499.0
# patient: C(0), T max, its day, C(365), C min, its day, C at LAST with p0 = 0, C at LAST   [models.md 1.2, run]
_RUN = {
    "P1": ("72.6", ".01549", "303", ".00288", "2.52e-4", "937", "2.45", "4.9e-4"),
    "P4": ("22.9", ".01771", "320", ".00103", "1.13e-4", "737", ".775", "1.0e-3"),
    "P12": ("114.6", ".03092", "206", ".00121", "3.09e-4", "614", "3.88", "3.3e-3"),
}

RESULTS: list[dict[str, Any]] = []
for _patient, _row in _RUN.items():
    _all = (0.0, UNTIL)
    _none = {"setup": {"parameters": {"p0": 0.0}}}
    RESULTS += [
        _record(_patient, "load at the start", "leukemia", 0.0, _row[0]),
        _record(_patient, "most T cells", "T", _all, _row[1], read="max"),
        _record(_patient, "day of the most T cells", "T", _all, _row[2], read="time_of_max"),
        _record(_patient, "load after a year", "leukemia", 365.0, _row[3]),
        _record(_patient, "smallest load", "leukemia", _all, _row[4], read="min"),
        _record(_patient, "day of the smallest load", "leukemia", _all, _row[5], read="time_of_min"),
        _record(_patient, "relapse without T cells that kill", "leukemia", LAST, _row[6], **_none),
        _record(_patient, "remission held at the end", "leukemia", LAST, _row[7]),
        {
            "variant": _patient, "what": "load at the start is within 2 % of the one measured",
            "quantity": "leukemia",
            "time": 0.0, "value": _TABLE[_patient][5], "tolerance_relative": 0.02,
        },
    ]  # fmt: skip
