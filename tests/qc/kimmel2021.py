"""Kimmel et al. 2021, CAR T cells competing with normal T cells: second writing from the source alone.

Source: shared/biomodels/BIOMD0000001041.xml (its MathML) and biomodels/README.md.
Time in days, cells per microlitre. N normal T cells, C CAR T cells, B antigen-presenting tumour cells
(Normal_T_cells, CAR_T_cells, Antigen_presenting_tumour_cells in the file). The file's assignment rules
Total_lymphocyte_count = N + C and r_C are computed, not parameters.
Written without reading the catalogue entry. How RESULTS is read: test_second_writings_alone.py.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

SPECIES: tuple[str, ...] = ("N", "C", "B")
PARAMETERS: dict[str, float] = {
    "r_N": 0.17,
    "K_N": 500.0,
    "rho_C": 0.0251,
    "K_C": 139.0,
    "a": 0.423,
    "b": 0.525,
    "r_B": 0.01,
    "gamma_B": 1.15,
    "k_B": 4.05,
}
INITIAL: dict[str, float] = {"N": 6.0, "C": 0.36, "B": 94.86}
VARIANTS: dict[str, dict[str, float]] = {}
INITIALS: dict[str, dict[str, float]] = {}


def rhs(t: float, y: Sequence[float], p: Mapping[str, float]) -> list[float]:
    """Gompertz growth of N and C in their sum; r_C is raised while the sum is far below K_N."""
    N, C, B = y
    total = N + C
    gap = (total - p["K_N"]) ** 2
    r_C = p["rho_C"] + p["b"] * gap / (p["a"] * total**2 + gap)
    return [
        -p["r_N"] * N * math.log(total / p["K_N"]),
        -r_C * C * math.log(total / p["K_C"]),
        p["r_B"] * B - p["gamma_B"] * B * (C / (p["k_B"] + C)),
    ]


OBSERVABLES: dict[str, Callable[[Mapping[str, float], Mapping[str, float]], float]] = {
    "Total_lymphocyte_count": lambda y, p: y["N"] + y["C"],
}
ANALYTIC: dict[str, Callable[[Mapping[str, float]], float]] = {}


def _result(
    what: str,
    time: float | tuple[float, float],
    quantity: str,
    value: float,
    half_digit: float,
    read: str = "value",
    level: float = math.nan,
) -> dict[str, Any]:
    return {
        "variant": "default",
        "what": what,
        "time": time,
        "quantity": quantity,
        "value": value,
        "tolerance_relative": half_digit / value,
        "read": read,
        "level": level,
    }


_RUN = (0.0, 400.0)
RESULTS: list[dict[str, Any]] = [
    _result("peak of the CAR T cells", _RUN, "C", 30.1, 0.05, "max"),
    _result("day of that peak", _RUN, "C", 7.0, 0.05, "time_of_max"),
    _result("normal T cells on day 14", 14.0, "N", 295.0, 0.5),
    _result("normal T cells on day 28", 28.0, "N", 473.0, 0.5),
    _result("normal T cells return to K_N", 400.0, "N", 500.0, 0.5),
    _result("minimum of the tumour, far below one cell", _RUN, "B", 7.5e-14, 0.5e-15, "min"),
    _result("day of that minimum", _RUN, "B", 160.0, 0.5, "time_of_min"),
    _result("then the tumour regrows", (160.0, 400.0), "B", 1.0, 0.0, "ever_above", 5e-13),
]
