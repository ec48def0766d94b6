"""Wheldon, Kirk & Finlay 1974, cyclical granulopoiesis: second writing from the source alone.

Source: shared/models.md section 3.2 (SciML DDEProblemLibrary, problem A2):
u1' = 1.1/(1 + sqrt(10) u1(t-20)^(5/4)) - 10 u1/(1 + 40 u2), u2' = 100 u1/(1 + 40 u2) - 2.43 u2,
history (1.05767027/3, 1.030713491/3). u1 is marrow, u2 blood.
How RESULTS is read: test_second_writings_alone.py; `past(ago)` gives the state of that long ago.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

SPECIES: tuple[str, ...] = ("marrow", "blood")
PARAMETERS: dict[str, float] = {
    "alpha": 1.1, "beta": 10.0**0.5, "gamma": 5.0 / 4.0, "tau": 20.0, "lam": 10.0, "mu": 40.0, "share": 100.0 / 10.0,
    "omega": 2.43,
}  # fmt: skip
VARIANTS: dict[str, dict[str, float]] = {"balance": dict(PARAMETERS)}
INITIAL: dict[str, float] = {"marrow": 1.05767027 / 3.0, "blood": 1.030713491 / 3.0}
INITIALS: dict[str, dict[str, float]] = {"balance": {"marrow": 1.05767027, "blood": 1.030713491}}
UNTIL = 100.0
UNSEEN_AT_ONE_TIME = {"tau"}


def lags(p: Mapping[str, float]) -> list[float]:
    """How long ago the right side looks."""
    return [p["tau"]]


def rhs(
    t: float, y: Sequence[float], p: Mapping[str, float], past: Callable[[float], Sequence[float]]
) -> list[float]:
    """Marrow and blood."""
    u1, u2 = y
    then = past(p["tau"])[0]
    crowded = 1.0 + p["mu"] * u2
    made = p["alpha"] / (1.0 + p["beta"] * then ** p["gamma"])
    return [made - p["lam"] * u1 / crowded, p["share"] * p["lam"] * u1 / crowded - p["omega"] * u2]


OBSERVABLES: dict[str, Callable[[Mapping[str, float], Mapping[str, float]], float]] = {}
ANALYTIC: dict[str, Callable[[Mapping[str, float]], float]] = {}
RESULTS: list[dict[str, Any]] = [
    {
        "variant": "balance", "what": f"three times the history is the balance of {name}", "time": 100.0,
        "quantity": name, "value": value, "tolerance_relative": 1e-6,
    }
    for name, value in (("marrow", 1.05767027), ("blood", 1.030713491))
]  # fmt: skip
