"""Mackey and Glass 1977, density of circulating cells under delayed mixed feedback: second writing.

Sources: shared/models.md 3.2 (values, history, span: problem A1 of the test set of Enright and Hayashi, as in
SciML's DDEProblemLibrary, read too); Glass and Mackey, scholarpedia 5(3):6908 (the law); R. Knapp, Wolfram
Demonstrations "Mackey-Glass Equation" (theta, and where the steady state gives way to the cycle); the textbook
problem of figure 2 of the paper at hobbieroth.blogspot.com/2012/08 (beta 0.2, gamma 0.1, n 10, x(0) 0.1, tau 6 and 20).
Time in days, u relative to theta. Written without reading the catalog entry; its name u and its set "settles" were
taken over afterwards. How RESULTS is read: test_second_writings_alone.py.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

SPECIES: tuple[str, ...] = ("u",)
UNTIL = 500.0

PARAMETERS: dict[str, float] = {"beta": 0.2, "gamma": 0.1, "n": 10.0, "tau": 14.0, "theta": 1.0}
UNITS: dict[str, str] = {"u": "", "beta": "1/day", "gamma": "1/day", "n": "", "tau": "day", "theta": ""}
INITIAL: dict[str, float] = {"u": 0.5}

VARIANTS: dict[str, dict[str, float]] = {"settles": {**PARAMETERS, "tau": 4.0}}
INITIALS: dict[str, dict[str, float]] = {}
# seen where the past is not the same at all times: tests/catalog/test_delay_writings.py
UNSEEN_AT_ONE_TIME = {"tau"}


def lags(p: Mapping[str, float]) -> list[float]:
    """The one delay."""
    return [p["tau"]]


def rhs(t: float, y: Sequence[Any], p: Mapping[str, float], past: Callable[[float], Any]) -> list[Any]:
    """Production by what circulated tau ago, loss by what circulates now."""
    (now,) = y
    (then,) = past(p["tau"])
    return [
        p["beta"] * then * p["theta"] ** p["n"] / (p["theta"] ** p["n"] + then ** p["n"]) - p["gamma"] * now
    ]


OBSERVABLES: dict[str, Callable[[Mapping[str, float], Mapping[str, float]], float]] = {}


def _slopes(p: Mapping[str, float]) -> tuple[float, float]:
    """Of the rate by the state and by the delayed state, both at theta."""
    at, step = p["theta"], 1e-200
    by_now = rhs(0.0, [complex(at, step)], p, lambda ago: [at])[0].imag / step
    by_then = rhs(0.0, [at], p, lambda ago: [complex(at, step)])[0].imag / step
    return by_now, by_then


def critical_delay(p: Mapping[str, float]) -> float:
    """The delay at which the roots of z = a + b exp(-z tau) reach the imaginary axis."""
    a, b = _slopes(p)
    return math.acos(-a / b) / math.sqrt(b * b - a * a)


ANALYTIC: dict[str, Callable[[Mapping[str, float]], float]] = {
    "critical_delay": critical_delay,
    "rate_at_theta": lambda p: float(rhs(0.0, [p["theta"]], p, lambda ago: [p["theta"]])[0]),
}


def _relaxing(time: float) -> float:
    """Until the delay has passed, production is what 0.5 makes."""
    level = 0.2 / 0.1 * 0.5 / (1.0 + 0.5**10)
    return level - (level - 0.5) * math.exp(-0.1 * time)


RESULTS: list[dict[str, Any]] = [
    *({
        "variant": "default", "what": f"u at {time:g} days, from a history of 0.5 by hand", "time": time,
        "quantity": "u", "value": _relaxing(time), "tolerance_relative": 1e-8,
    } for time in (1.0, 7.0, 14.0)),
    {
        "variant": "settles", "what": "a delay of 4 days, less than 4.6, settles at theta", "time": UNTIL,
        "quantity": "u", "value": 1.0, "tolerance_relative": 1e-3,
    },
    {
        "variant": "default", "what": "theta is the steady state", "time": None, "quantity": "rate_at_theta",
        "value": 0.0, "tolerance_relative": 0.0, "tolerance_absolute": 1e-15,
    },
    {
        "variant": "default", "what": "theta attracts at a delay of 4.6 days and cycles at 4.8", "time": None,
        "quantity": "critical_delay", "value": 4.7, "tolerance_relative": 0.0, "tolerance_absolute": 0.1,
    },
]  # fmt: skip
