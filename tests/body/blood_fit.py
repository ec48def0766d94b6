"""Fits G-CSF's effects and docetaxel's killing to target neut_nadir again: python -m tests.body.blood_fit.

Three constants for three numbers: the nadir of the neutrophils, its day, and the day they are back.
"""

from __future__ import annotations

import csv

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from nonself.catalog.body.blood_cases import NEUTROPENIA_RECOVERY as CASE
from tests.body.blood import courses, program
from tests.body.blood_table import TARGETS

NAMES = ("docetaxel_kill", "g_csf_on_division", "g_csf_on_release")
SPREAD = (0.05, 0.2, 0.2)  # what counts as one unit of misfit: 5 % of the nadir, 0.2 day, 0.2 day
TIMES = np.arange(0.0, 30.0, 0.02)


def targets() -> tuple[float, ...]:
    """Return nadir (1e9/L), its day, and the day of return, from the calibration table."""
    with TARGETS.open() as file:
        row = next(row for row in csv.DictReader(file) if row["id"] == "neut_nadir")
    return tuple(float(part) for part in row["value"].split(";"))


def seen(values: dict[str, float]) -> tuple[float, float, float]:
    """Return nadir, its day, and the day of return of a person with these constants."""
    before = CASE.set["neutrophils_healthy"]
    run = courses(("blood_neutrophils",), TIMES, used=program(drug=True), add=CASE.add, values={**CASE.set, **values},
                  rtol=1e-7)  # fmt: skip
    count = run["blood_neutrophils"]
    lowest = int(count.argmin())
    back = (
        lowest + int(np.argmax(count[lowest:] >= before))
        if count[lowest:].max() >= before
        else len(TIMES) - 1
    )
    return float(count[lowest]), float(TIMES[lowest]), float(TIMES[back])


def misfit(logs: NDArray[np.float64]) -> float:
    """Return the sum of squares at constants given by their logarithms."""
    nadir, day, back = seen(dict(zip(NAMES, map(float, np.exp(logs)), strict=True)))
    wanted = targets()
    parts = (
        np.log(nadir / wanted[0]) / SPREAD[0],
        (day - wanted[1]) / SPREAD[1],
        (back - wanted[2]) / SPREAD[2],
    )
    return float(np.square(parts).sum())


if __name__ == "__main__":
    used = program(drug=True)
    start = np.log([used.defaults[used.parameters.index(name)] for name in NAMES])
    print("now  ", dict(zip(NAMES, np.exp(start), strict=True)), seen({}), "misfit", misfit(start))
    best = minimize(
        misfit, start + 0.2, method="Nelder-Mead", options={"maxfev": 150, "xatol": 1e-3, "fatol": 1e-3}
    )
    values = {name: float(value) for name, value in zip(NAMES, np.exp(best.x), strict=True)}
    print("refit", values, seen(values), "misfit", best.fun)
