"""Zhuge, Lei & Mackey 2012, stem cells and neutrophils: second writing from the source alone.

Source: shared/models.md section 3.2: Q' = -(beta + kappaN + kappa_delta) Q + 2 exp(-gammaS tauS) beta(Qtau) Qtau,
N' = -gammaN N + AN kappaN(N_tauN) Q_tauN, beta = k0/(1 + (Q/theta2)^s2), kappaN = f0/(1 + (N/theta1)^s1),
AN = exp(etaNP tauNP - gamma0 tauNM). Per kg body mass, days.
How RESULTS is read: test_second_writings_alone.py; `past(ago)` gives the state of that long ago.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

SPECIES: tuple[str, ...] = ("Q", "N")
PARAMETERS: dict[str, float] = {
    "gamma_S": 0.07, "tau_S": 2.8, "k0": 8.0, "theta_2": 3e5, "s2": 4.0, "kappa_delta": 0.01, "gamma_N": 2.4,
    "tau_NP": 5.0, "tau_NM": 6.0, "eta_NP": 2.542, "gamma_0": 0.27, "f0": 0.4, "theta_1": 3.6e7, "s1": 1.0,
}  # fmt: skip
VARIANTS: dict[str, dict[str, float]] = {"no_other_lines": {**PARAMETERS, "kappa_delta": 0.0}}
INITIAL: dict[str, float] = {"Q": 1.1e6, "N": 6.3e8}
INITIALS: dict[str, dict[str, float]] = {}
UNTIL = 600.0


def lags(p: Mapping[str, float]) -> list[float]:
    """How long ago the right side looks."""
    return [p["tau_S"], p["tau_NP"] + p["tau_NM"]]


def _beta(Q: float, p: Mapping[str, float]) -> float:
    return p["k0"] / (1.0 + (Q / p["theta_2"]) ** p["s2"])


def _kappa(N: float, p: Mapping[str, float]) -> float:
    return p["f0"] / (1.0 + (N / p["theta_1"]) ** p["s1"])


def _amplification(p: Mapping[str, float]) -> float:
    return math.exp(p["eta_NP"] * p["tau_NP"] - p["gamma_0"] * p["tau_NM"])


def rhs(
    t: float, y: Sequence[float], p: Mapping[str, float], past: Callable[[float], Sequence[float]]
) -> list[float]:
    """Stem cells at rest and neutrophils."""
    Q, N = y
    divided, (source, many) = past(p["tau_S"])[0], past(p["tau_NP"] + p["tau_NM"])
    back = 2.0 * math.exp(-p["gamma_S"] * p["tau_S"]) * _beta(divided, p) * divided
    return [
        back - (_beta(Q, p) + _kappa(N, p) + p["kappa_delta"]) * Q,
        _amplification(p) * _kappa(many, p) * source - p["gamma_N"] * N,
    ]


def _neutrophils_held(p: Mapping[str, float]) -> float:
    """N at balance with Q held at 1.1e6 (s1 = 1): gammaN N (1 + N/theta1) = AN f0 Q."""
    share = _amplification(p) * p["f0"] * 1.1e6 / (p["gamma_N"] * p["theta_1"])
    return p["theta_1"] * (math.sqrt(1.0 + 4.0 * share) - 1.0) / 2.0


OBSERVABLES: dict[str, Callable[[Mapping[str, float], Mapping[str, float]], float]] = {}
ANALYTIC: dict[str, Callable[[Mapping[str, float]], float]] = {"N_held": _neutrophils_held}
RESULTS: list[dict[str, Any]] = [
    {
        "variant": "default", "what": "neutrophils with stem cells held at Qss (myelo README: 639805537)",
        "time": None, "quantity": "N_held", "value": 639805537.0, "tolerance_relative": 1e-9,
    },
]  # fmt: skip
