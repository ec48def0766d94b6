"""The core of tolerance: second writing, from the equations and the table of docs/core.md, in plain Python.

Time in days, cells; tissue, growth factor and innate signal relative to health. Written with other symbols and in
another order than the entry. Not blind: by the hand that wrote the entry.
"""

import math
from collections.abc import Callable, Mapping, Sequence

SPECIES: tuple[str, ...] = (
    "tissue", "innate", "leukemia", "growth_factor", "conventional", "regulators", "low", "high", "low_effectors",
    "high_effectors",
)  # fmt: skip

PARAMETERS: dict[str, float] = {
    "conventional_healthy": 6.8e11, "regulators_healthy": 3.2e10, "low_healthy": 8e6, "high_healthy": 4e5,
    "turnover": 1 / 320, "import_share": 0.015, "regulator_turnover": 2.079441 / 146.1, "refill_share": 0.5,
    "self_export": 1.0, "factor_turnover": 1.0, "consumed_share": 0.5, "avidity_ratio": 3.0, "avidity_division": 1.0,
    "excess_half": 1.9, "excess_power": 8.0, "gain": 1.0, "margin": 3.3, "steepness": 4.0, "suppression_strength": 2.5,
    "density_share": 0.25, "release": 0.0, "activation": 0.02, "burst": 20.0, "effector_division": 0.42,
    "effector_death": 0.1, "effector_capacity": 3e9, "innate_gain": 0.25, "il2_half": 2e9, "il2_growth": 0.01,
    "killing": 5e-10, "regeneration": 0.01, "antigen_release": 3.5, "innate_release": 1.0, "innate_decay": 0.2,
    "heavy_burden": 1e12, "antigenic_distance": 0.0, "leukemic_antigen": 0.3, "leukemic_contacts": 0.15,
    "leukemic_recruitment": 0.54, "displacement": 1.0, "leukemic_growth": 0.001, "leukemic_killing": 8e-12,
    "depletion": 0.0, "conventional_exposed": 1.0, "regulators_exposed": 1.0, "precursors_exposed": 1.0,
    "effectors_exposed": 1.0,
}  # fmt: skip

VARIANTS: dict[str, dict[str, float]] = {
    "ratio_neutral": {**PARAMETERS, "density_share": 0.0, "avidity_division": 0.0},
    "ratio_avidity": {**PARAMETERS, "density_share": 0.0},
    "density_neutral": {**PARAMETERS, "density_share": 1.0, "avidity_division": 0.0},
    "density_avidity": {**PARAMETERS, "density_share": 1.0},
    "treated": {
        **PARAMETERS,
        "density_share": 0.1,
        "release": 0.5,
        "depletion": 0.3,
        "antigenic_distance": 0.5,
    },
}


def _hill(x: float, n: float) -> float:
    return 1.0 / (1.0 + x**-n) if x > 0 else 0.0


def rhs(t: float, y: Sequence[float], p: Mapping[str, float]) -> list[float]:
    """The ten equations."""
    S, alarm, L, g, N, R, P1, P2, E1, E2 = y
    E = E1 + E2
    T = N + R + P1 + P2 + E
    T_h = p["conventional_healthy"] + p["regulators_healthy"]
    B = L / p["heavy_burden"]
    nB = math.exp(-p["antigenic_distance"]) * B
    room = 1.0 / (1.0 + p["displacement"] * B)

    m = p["density_share"]
    c = m + (1.0 - m) * T / T_h + p["leukemic_contacts"] * nB
    s = R / p["regulators_healthy"] / c / g ** p["release"]
    J = p["killing"] * E * S
    A = S + p["antigen_release"] * J / p["regeneration"] + p["leukemic_antigen"] * nB
    rho = p["suppression_strength"]
    x = p["gain"] * A * (1.0 + p["innate_gain"] * alarm) / p["margin"] * (1.0 + rho) / (1.0 + rho * s)
    f2, f1 = _hill(x, p["steepness"]), _hill(x / p["avidity_ratio"], p["steepness"])

    d, theta = p["turnover"], p["import_share"]
    w2 = 1.0 + p["avidity_division"] * (p["avidity_ratio"] - 1.0) * _hill(
        g / p["excess_half"], p["excess_power"]
    )
    kill, a = p["depletion"], p["activation"]

    def precursors(P: float, healthy: float, w: float, f: float) -> float:
        new = theta * d * healthy * p["self_export"] * room
        return new + P * (d * ((1.0 - theta) * g * w - 1.0) - a * f - kill * p["precursors_exposed"])

    def effectors(X: float, P: float, f: float) -> float:
        growth = p["effector_division"] * f / (1.0 + E / p["effector_capacity"])
        return p["burst"] * a * f * P + X * (growth - p["effector_death"] - kill * p["effectors_exposed"])

    D, q = p["regulator_turnover"], p["refill_share"]
    refill = (
        q
        * D
        * p["regulators_healthy"]
        * N
        / p["conventional_healthy"]
        * (1.0 + p["leukemic_recruitment"] * nB)
    )
    il2 = E / (p["il2_half"] * (1.0 + R / p["regulators_healthy"]) + E)
    u = p["consumed_share"]
    return [
        p["regeneration"] * (1.0 - S) - J,
        p["innate_decay"] * (p["innate_release"] * J / p["regeneration"] - alarm),
        p["leukemic_growth"] * L * (1.0 - 0.5 * B) - p["leukemic_killing"] * math.exp(-p["antigenic_distance"]) * E * L,
        p["factor_turnover"] * (1.0 - g * (1.0 - u + u * T / T_h)),
        theta * d * p["conventional_healthy"] * room
        + N * (d * ((1.0 - theta) * g - 1.0) - kill * p["conventional_exposed"]),
        refill + R * (D * ((1.0 - q) * g - 1.0) + p["il2_growth"] * il2 - kill * p["regulators_exposed"]),
        precursors(P1, p["low_healthy"], 1.0, f1),
        precursors(P2, p["high_healthy"], w2, f2),
        effectors(E1, P1, f1),
        effectors(E2, P2, f2),
    ]  # fmt: skip


OBSERVABLES: dict[str, Callable[[Mapping[str, float], Mapping[str, float]], float]] = {
    "tissue_percent": lambda y, p: 100.0 * y["tissue"],
    "burden_seen": lambda y, p: y["leukemia"] / p["heavy_burden"],
}
