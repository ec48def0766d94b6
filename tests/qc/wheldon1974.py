"""Wheldon, Kirk and Finlay 1974, granulopoiesis in chronic granulocytic leukemia: second writing.

Source: shared/models.md 3.2: problem A2 of the test set of Enright and Hayashi, as in SciML's DDEProblemLibrary
and the SciML benchmark page "Wheldon, Kirk, and Finlay" (both read). The sources give no units; the two states
are maturing and circulating cells in arbitrary units, time is taken in days. The history is a third of
1.05767027 and 1.030713491. Written without reading the catalog entry; the names of its states and its set "balance"
were taken over afterwards. How RESULTS is read: test_second_writings_alone.py.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

SPECIES: tuple[str, ...] = ("marrow", "blood")
UNTIL = 100.0

PARAMETERS: dict[str, float] = {
    "inflow": 1.1, "inhibition": math.sqrt(10.0), "power": 5.0 / 4.0, "delay": 20.0, "exit": 10.0,
    "crowding": 40.0, "gain": 100.0, "loss": 2.43,
}  # fmt: skip
UNITS: dict[str, str] = {
    "marrow": "", "blood": "", "inflow": "1/day", "inhibition": "", "power": "", "delay": "day", "exit": "1/day",
    "crowding": "", "gain": "1/day", "loss": "1/day",
}  # fmt: skip
STEADY = (1.05767027, 1.030713491)
INITIAL: dict[str, float] = {"marrow": STEADY[0] / 3.0, "blood": STEADY[1] / 3.0}
VARIANTS: dict[str, dict[str, float]] = {"balance": dict(PARAMETERS)}
INITIALS: dict[str, dict[str, float]] = {"balance": {"marrow": STEADY[0], "blood": STEADY[1]}}
# seen where the past is not the same at all times: tests/catalog/test_delay_writings.py
UNSEEN_AT_ONE_TIME = {"delay"}


def lags(p: Mapping[str, float]) -> list[float]:
    """The one delay."""
    return [p["delay"]]


def rhs(t: float, y: Sequence[Any], p: Mapping[str, float], past: Callable[[float], Any]) -> list[Any]:
    """The two equations."""
    held_back = 1.0 + p["inhibition"] * past(p["delay"])[0] ** p["power"]
    leaving = y[0] / (1.0 + p["crowding"] * y[1])
    return [p["inflow"] / held_back - p["exit"] * leaving, p["gain"] * leaving - p["loss"] * y[1]]


def steady(p: Mapping[str, float]) -> Any:
    """Where both rates vanish with the past like the present, by Newton's method from the printed pair."""
    y = np.array(STEADY)
    for _ in range(20):
        slopes = np.empty((2, 2))
        for column in range(2):
            point = y.astype(complex)
            point[column] += 1e-200j
            slopes[:, column] = np.imag(rhs(0.0, point, p, lambda ago, point=point: point)) / 1e-200
        y = y - np.linalg.solve(slopes, np.array(rhs(0.0, y, p, lambda ago, y=y: y)))
    return y


OBSERVABLES: dict[str, Callable[[Mapping[str, float], Mapping[str, float]], float]] = {}
ANALYTIC: dict[str, Callable[[Mapping[str, float]], float]] = {
    "steady_marrow": lambda p: float(steady(p)[0]),
    "steady_blood": lambda p: float(steady(p)[1]),
}

RESULTS: list[dict[str, Any]] = [
    {
        "variant": "default", "what": f"the history is a third of the steady {name}", "time": None,
        "quantity": f"steady_{name}", "value": value, "tolerance_relative": 0.0, "tolerance_absolute": half,
    }
    for name, value, half in zip(SPECIES, STEADY, (5e-9, 5e-10), strict=True)
] + [
    {
        "variant": "balance", "what": f"begun there, {name} stays", "time": UNTIL, "quantity": name, "value": value,
        "tolerance_relative": 1e-6,
    }
    for name, value in zip(SPECIES, STEADY, strict=True)
]  # fmt: skip
