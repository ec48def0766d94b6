"""Zhuge, Lei and Mackey 2012, stem cells and neutrophils, no drug: second writing from the words alone.

Sources: shared/models.md 3.2; radivot/myelo R/zhuge12.R, inst/doc/zhugePars.R (values as table 1 of the paper),
README.md (the steady neutrophils at a held stem cell pool); R/brooks12.R and inst/doc/brooksPars.R (the
same equations at rest, and a steady state printed to the last cell). Time in days, cells per kg.
Q quiescent stem cells, N neutrophils. The course before 0 is the start. zhuge12.R itself leaves kappa_delta out of
Q' after 0; models.md and brooks12.R have it in, and only so does the steady state round to the printed one.
Written without reading the catalog entry; its set "no_other_lines" was taken over afterwards.
How RESULTS is read: test_second_writings_alone.py.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

SPECIES: tuple[str, ...] = ("Q", "N")
UNTIL = 200.0

_TABLE: dict[str, tuple[float, str]] = {
    "gamma_S": (0.07, "1/day"), "tau_S": (2.8, "day"), "k0": (8.0, "1/day"), "theta_2": (0.3e6, "cell/kg"),
    "s_2": (4.0, ""), "gamma_N": (2.4, "1/day"), "tau_NP": (5.0, "day"), "tau_NM": (6.0, "day"),
    "eta_NP": (2.542, "1/day"), "gamma_0": (0.27, "1/day"), "f0": (0.4, "1/day"), "theta_1": (0.36e8, "cell/kg"),
    "s_1": (1.0, ""), "kappa_delta": (0.01, "1/day"),
}  # fmt: skip
PARAMETERS: dict[str, float] = {name: value for name, (value, _) in _TABLE.items()}
UNITS: dict[str, str] = {"Q": "cell/kg", "N": "cell/kg", **{name: unit for name, (_, unit) in _TABLE.items()}}
INITIAL: dict[str, float] = {"Q": 1.1e6, "N": 6.3e8}
VARIANTS: dict[str, dict[str, float]] = {"no_other_lines": {**PARAMETERS, "kappa_delta": 0.0}}
INITIALS: dict[str, dict[str, float]] = {}


def lags(p: Mapping[str, float]) -> list[float]:
    """One cell cycle of a stem cell; proliferation and maturation of a neutrophil together."""
    return [p["tau_S"], p["tau_NP"] + p["tau_NM"]]


def rhs(t: float, y: Sequence[Any], p: Mapping[str, float], past: Callable[[float], Any]) -> list[Any]:
    """The two equations."""

    def reentry(Q: Any) -> Any:
        return p["k0"] / (1.0 + (Q / p["theta_2"]) ** p["s_2"])

    def differentiation(N: Any) -> Any:
        return p["f0"] / (1.0 + (N / p["theta_1"]) ** p["s_1"])

    Q, N = y
    cycle, ripening = lags(p)
    Q_cycle_ago = past(cycle)[0]
    Q_ripening_ago, N_ripening_ago = past(ripening)
    amplified = np.exp(p["eta_NP"] * p["tau_NP"] - p["gamma_0"] * p["tau_NM"])
    return [
        2.0 * np.exp(-p["gamma_S"] * p["tau_S"]) * reentry(Q_cycle_ago) * Q_cycle_ago
        - (reentry(Q) + differentiation(N) + p["kappa_delta"]) * Q,
        amplified * differentiation(N_ripening_ago) * Q_ripening_ago - p["gamma_N"] * N,
    ]


def _newton(flow: Callable[[Any], Any], start: Any) -> Any:
    """Where `flow` vanishes, by Newton's method in logarithms."""
    x = np.log(np.asarray(start, dtype=float))
    for _ in range(50):
        slopes = np.empty((len(x), len(x)))
        for column in range(len(x)):
            point = x.astype(complex)
            point[column] += 1e-200j
            slopes[:, column] = np.imag(flow(np.exp(point))) / 1e-200
        x = x - np.linalg.solve(slopes, np.real(np.asarray(flow(np.exp(x)))))
    return np.exp(x)


def steady(p: Mapping[str, float]) -> Any:
    """Both rates vanish with the past like the present."""
    return _newton(lambda y: rhs(0.0, y, p, lambda ago: y), list(INITIAL.values()))


def steady_neutrophils(p: Mapping[str, float]) -> float:
    """As `steady`, the stem cells held at their printed value."""
    held = INITIAL["Q"]
    return float(
        _newton(lambda n: [rhs(0.0, [held, n[0]], p, lambda ago: [held, n[0]])[1]], [INITIAL["N"]])[0]
    )


OBSERVABLES: dict[str, Callable[[Mapping[str, float], Mapping[str, float]], float]] = {}
ANALYTIC: dict[str, Callable[[Mapping[str, float]], float]] = {
    "steady_Q": lambda p: float(steady(p)[0]),
    "steady_N": lambda p: float(steady(p)[1]),
    "steady_N_at_held_Q": steady_neutrophils,
}

BROOKS = {
    "gamma_S": 0.1043, "tau_S": 2.83, "k0": 8.0, "theta_2": 0.0826e6, "s_2": 2.0, "gamma_N": 2.4, "tau_NP": 5.9,
    "tau_NM": 3.8, "eta_NP": 2.1995, "gamma_0": 0.27, "f0": 0.154605, "theta_1": 0.0154848e8, "s_1": 0.5,
    "kappa_delta": 0.0134,
}  # fmt: skip

RESULTS: list[dict[str, Any]] = [
    {
        "variant": "default", "what": "the steady stem cells round to table 1", "time": None, "quantity": "steady_Q",
        "value": 1.1e6, "tolerance_relative": 0.05 / 1.1,
    },
    {
        "variant": "default", "what": "the steady neutrophils round to table 1", "time": None,
        "quantity": "steady_N", "value": 6.3e8, "tolerance_relative": 0.05 / 6.3,
    },
    {
        "variant": "default", "what": "the steady neutrophils while the stem cells are held", "time": None,
        "quantity": "steady_N_at_held_Q", "value": 639805537.0, "tolerance_relative": 0.5 / 639805537.0,
    },
    {
        "variant": "default", "what": "the steady stem cells with the numbers of Brooks et al. 2012", "time": None,
        "quantity": "steady_Q", "value": 1120693.0, "tolerance_relative": 0.5 / 1120693.0,
        "setup": {"parameters": BROOKS},
    },
    {
        "variant": "default", "what": "the steady neutrophils with the numbers of Brooks et al. 2012", "time": None,
        "quantity": "steady_N", "value": 559290277.0, "tolerance_relative": 0.5 / 559290277.0,
        "setup": {"parameters": BROOKS},
    },
]  # fmt: skip
