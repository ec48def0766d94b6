"""Anzules et al., IL-2 knock-out autoimmune disease: second writing from the source alone.

Source: shared/models.md section 4.1, parameter set 323. Time in HOURS, cells, day 0 = neonate.
N naive, T activated and R regulatory CD4 T cells, I interleukin-2.
Written without reading the catalogue entry. How RESULTS is read: test_second_writings_alone.py.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

SPECIES: tuple[str, ...] = ("N", "T", "R", "I")
PARAMETERS: dict[str, float] = {
    "mu": 0.40613124,
    "z": 0.029623298,
    "g": 0.095808633,
    "alpha": 0.000652238,
    "c": 0.001452115,
    "epsilon": 0.004262452,
    "bR": 0.00504329,
    "beta": 0.30588141,
    "a": 0.006592027,
    "bT": 0.044312926,
    "eT": 100.0,
    "eR": 200.0,
    "kA": 189990.52,
    "j": 8.124388e-7,
    "kB": 1.9526438,
    "n": 1.0,
    "d": 1000.0,
    "f": 1.38629,
    "nK": 1980612.68,
    "rK": 1045900.0,
    "Ki": 0.3799805,
    "Kj": 6.3798517,
}
INITIAL: dict[str, float] = {"N": 390.5112, "T": 1240.5, "R": 163.1011, "I": 1e-4}
VARIANTS: dict[str, dict[str, float]] = {
    "wild_type": dict(PARAMETERS),
    "knock_out": {**PARAMETERS, "d": 100.0},  # dKO
}
INITIALS: dict[str, dict[str, float]] = {}


def rhs(t: float, y: Sequence[float], p: Mapping[str, float]) -> list[float]:
    """The four equations; sup is the Treg suppression of naive T cell activation."""
    N, T, R, il2 = y
    sup = 1.0 / (1.0 + (R * il2 / (p["Ki"] + il2) / p["kA"]) ** p["n"])
    activated = p["beta"] * N * sup
    killed = p["j"] * R * T * il2 / (p["Kj"] + il2)
    return [
        p["mu"] * N * (1.0 - N / p["nK"]) - activated + p["z"] * N - p["c"] * N - p["g"] * N,
        activated + p["a"] * T - killed - p["bT"] * T,
        p["alpha"] * R * (1.0 - R / p["rK"])
        + p["epsilon"] * R
        + p["c"] * N
        - p["bR"] * R / (1.0 + il2 / p["kB"]),
        p["d"] * T - p["eT"] * il2 * T - p["eR"] * il2 * R - p["f"] * il2,
    ]


OBSERVABLES: dict[str, Callable[[Mapping[str, float], Mapping[str, float]], float]] = {}
ANALYTIC: dict[str, Callable[[Mapping[str, float]], float]] = {}


def _at(variant: str, what: str, hours: float, name: str, value: float, tolerance: float) -> dict[str, Any]:
    return {
        "variant": variant,
        "what": what,
        "time": hours,
        "quantity": name,
        "value": value,
        "tolerance_relative": tolerance,
    }


_END = (  # at 432 h: value and half of its last printed digit
    ("wild_type", "N", 1.0371e6, 50.0),
    ("wild_type", "T", 8.568e5, 50.0),
    ("wild_type", "R", 3.0118e5, 5.0),
    ("wild_type", "I", 5.872, 0.0005),
    ("knock_out", "N", 7.044e5, 50.0),
    ("knock_out", "T", 2.5015e6, 50.0),
    ("knock_out", "R", 1.6506e5, 5.0),
    ("knock_out", "I", 0.883, 0.0005),
)
_REPOSITORY_END = (  # the authors' own output, another solver: agrees to 0.2 %, not to the digit
    ("wild_type", (1.0378e6, 8.557e5, 3.0172e5, 5.864)),
    ("knock_out", (7.049e5, 2.5013e6, 1.653e5, 0.8833)),
)
_COURSE = (  # wild type T
    (0.0, 1.24e3, 5.0),
    (100.0, 4.39e4, 50.0),
    (200.0, 6.78e5, 500.0),
    (300.0, 1.60e6, 5e3),
    (400.0, 1.05e6, 5e3),
    (432.0, 8.57e5, 500.0),
)

# These do not test the decay of I: with f = 0 every one stays as printed (uptake by cells is far faster).
RESULTS: list[dict[str, Any]] = [
    _at(variant, f"{name} at 432 h", 432.0, name, value, half / value) for variant, name, value, half in _END
]
RESULTS += [
    _at(variant, f"{name} at 432 h in the authors' repository", 432.0, name, value, 2e-3)
    for variant, row in _REPOSITORY_END
    for name, value in zip(SPECIES, row, strict=True)
]
RESULTS += [
    _at("wild_type", f"T at {hours:g} h: it peaks, then contracts", hours, "T", value, half / value)
    for hours, value, half in _COURSE
]
