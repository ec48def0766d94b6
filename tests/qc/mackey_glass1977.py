"""Mackey & Glass 1977, blood production with a delay: second writing from the source alone.

Source: shared/models.md section 3.2 (SciML DDEProblemLibrary, problem A1):
u' = .2 u(t-14)/(1 + u(t-14)^10) - .1 u(t), history .5.
How RESULTS is read: test_second_writings_alone.py; `past(ago)` gives the state of that long ago.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

SPECIES: tuple[str, ...] = ("u",)
PARAMETERS: dict[str, float] = {"beta": 0.2, "gamma": 0.1, "m": 10.0, "tau": 14.0}
VARIANTS: dict[str, dict[str, float]] = {"settles": {**PARAMETERS, "tau": 4.0}}
INITIAL: dict[str, float] = {"u": 0.5}
INITIALS: dict[str, dict[str, float]] = {}
UNTIL = 500.0
UNSEEN_AT_ONE_TIME = {"tau"}


def lags(p: Mapping[str, float]) -> list[float]:
    """How long ago the right side looks."""
    return [p["tau"]]


def rhs(
    t: float, y: Sequence[float], p: Mapping[str, float], past: Callable[[float], Sequence[float]]
) -> list[float]:
    """Production from what there was, less loss."""
    then = past(p["tau"])[0]
    return [p["beta"] * then / (1.0 + then ** p["m"]) - p["gamma"] * y[0]]


OBSERVABLES: dict[str, Callable[[Mapping[str, float], Mapping[str, float]], float]] = {}
ANALYTIC: dict[str, Callable[[Mapping[str, float]], float]] = {
    "balance": lambda p: (p["beta"] / p["gamma"] - 1.0) ** (1.0 / p["m"]),
}


def _relaxing(t: float) -> float:
    level = 10.0 * 0.2 * 0.5 / (1.0 + 0.5**10)
    return level + (0.5 - level) * math.exp(-0.1 * t)


RESULTS: list[dict[str, Any]] = [
    {
        "variant": "default", "what": f"u at {t:g} days, before the delay has passed", "time": t, "quantity": "u",
        "value": _relaxing(t), "tolerance_relative": 1e-8,
    }
    for t in (1.0, 7.0, 14.0)
] + [
    {
        "variant": "settles", "what": "a delay of 4 days settles at 1", "time": 500.0, "quantity": "u",
        "value": 1.0, "tolerance_relative": 1e-3,
    },
    {
        "variant": "default", "what": "the balance is 1", "time": None, "quantity": "balance", "value": 1.0,
        "tolerance_relative": 1e-12,
    },
]  # fmt: skip
