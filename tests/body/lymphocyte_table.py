"""Targets beside results for the lymphocytes: `python -m tests.body.lymphocyte_table [--fit]`.

`--fit` finds the two fitted constants again: the responses of memory CD4 and CD8 to their growth factors, from the
median times at which both counts are back in their reference intervals after alemtuzumab, in a person of 33 years.
"""

from __future__ import annotations

import sys

import numpy as np
from scipy.optimize import root

from tests.body.lymphocytes import LEFT, YEAR, courses, month_above, recovery, without_b_cells

# Lower limits of normal with which the times were counted: Hill-Cawthorne 2012 (NK: facts.csv, lymph_nk).
LOWER = {"blood_cd4": 0.4, "blood_cd8": 0.2, "blood_b": 0.1, "blood_nk": 0.140}
AGE = 33.0
# Outside their interval, and why. Thymus: half-lives and export outweigh the stated share (see `t_cells`). B cells:
# the removal tested here lasts five days, the antibody weeks; a blood count can outrun the body, one pool cannot.
# All lymphocytes: B and NK cells are back too early, T cells in time.
MISSED = {
    "thymic share of new naive T, %",
    "B back, months",
    "all lymphocytes back at 1e9/L, months",
    "blood B at 12 months, % of before",
}
EVEN = dict.fromkeys(LEFT, 0.05) | {"nk": 0.10}


def fit(left: dict[str, float] | None = None) -> tuple[float, float]:
    """Return the gains at which the counts reach the lower limits at 35 and 20 months."""

    def miss(gains: np.ndarray) -> list[float]:
        course = recovery(
            AGE, left or LEFT, 4.0, memory_cd4_gain=float(gains[0]), memory_cd8_gain=float(gains[1])
        )
        wanted = (("blood_cd4", 35.0), ("blood_cd8", 20.0))
        return [float(np.interp(at, course["month"], course[name])) / LOWER[name] - 1 for name, at in wanted]

    found = root(miss, [0.6, 0.7], tol=1e-6)
    assert found.success, found.message
    return float(found.x[0]), float(found.x[1])


def rows() -> list[tuple[str, str, float, float, float, float]]:
    """Return (what, role, target, low, high, result)."""
    rest = {name: float(value[0]) for name, value in courses([0.0]).items()}
    after = recovery(AGE)
    after["all"] = after["blood_cd4"] + after["blood_cd8"] + after["blood_b"] + after["blood_nk"]
    at = {name: float(value[int(np.argmin(abs(after["month"] - 12.0)))]) for name, value in after.items()}
    anti_b = without_b_cells()
    years = courses(YEAR * np.arange(0, 73), {"age_at_start": 18.0})
    old = {name: float(value[57] / value[7]) for name, value in years.items() if np.all(value[[7, 57]] != 0)}
    total = rest["cd4_cells"] + rest["cd8_cells"]
    b = rest["transitional_b"] + rest["naive_b"] + rest["memory_b"] + rest["plasmablast"]
    export = rest["thymic_export_cd4"] + rest["thymic_export_cd8"]
    turnover = rest["naive_cd4"] * rest["naive_cd4_loss"] + rest["naive_cd8"] * rest["naive_cd8_loss"]
    supply = rest["thymic_export_cd4"] / (rest["naive_cd4"] * rest["naive_cd4_loss"])
    back = {name: month_above(after, name, level) for name, level in LOWER.items()}
    return [
        ("blood CD4 /uL", "constraint", 837, 313, 1361, 1e3 * rest["blood_cd4"]),
        ("blood CD8 /uL", "constraint", 660, 228, 1243, 1e3 * rest["blood_cd8"]),
        ("blood B /uL", "constraint", 349, 109, 802, 1e3 * rest["blood_b"]),
        ("blood NK /uL", "constraint", 472, 140, 1103, 1e3 * rest["blood_nk"]),
        ("T cells, 1e9", "constraint", 710, 320, 1600, total),
        ("B cells, 1e9", "constraint", 320, 150, 700, b),
        ("thymic export at 30 y, 1e6/day", "constraint", 33, 24, 42, 1e3 * export),
        ("regulatory share of CD4, %", "constraint", 7.5, 5, 10, 100 * rest["regulator_share"]),
        ("self-reactive early B, %", "constraint", 65, 55, 75, 100 * rest["self_reactive_early"]),
        ("thymic share of new naive CD4, %", "predicted", 15, 10, 20, 100 * supply),
        ("thymic share of new naive T, %", "predicted", 15, 10, 20, 100 * export / turnover),
        ("CD8 back, months", "fitted", 20, 10, 24, back["blood_cd8"]),
        ("CD4 back, months", "fitted", 35, 24, 40, back["blood_cd4"]),
        ("B back, months", "predicted", 7.1, 5.3, 9.5, back["blood_b"]),
        ("all lymphocytes back at 1e9/L, months", "predicted", 12.7, 8.8, 18.2, month_above(after, "all", 1.0)),
        ("CD4 at 12 months, % of before", "predicted", 50, 0, 50, 100 * at["blood_cd4"] / after["blood_cd4"][0]),
        ("regulatory share at 12 months over before", "predicted", 1.0, 1.0, 3.0,
         at["regulator_share"] / after["regulator_share"][0]),
        ("BAFF at 12 months over before", "predicted", 1.33, 1.1, 1.6, at["baff"]),
        ("blood B at 12 months, % of before", "predicted", 165, 100, 200, 100 * at["blood_b"] / after["blood_b"][0]),
        ("B back after removal for 5 months, months", "predicted", 9, 6, 12, month_above(anti_b, "blood_b", 0.1)),
        ("transitional B at their return, %", "predicted", 47.8, 30, 70,
         100 * float(anti_b["transitional_share"][int(np.argmax(anti_b["blood_b"][60:] > 0.02)) + 60])),
        ("memory B two years after removal, % of before", "predicted", 40, 0, 50,
         100 * float(anti_b["memory_b"][290] / anti_b["memory_b"][0])),
        ("naive CD8, 75 y over 25 y", "predicted", 0.3, 0.15, 0.5, old["naive_cd8"]),
        ("naive CD4, 75 y over 25 y", "predicted", 0.6, 0.35, 1.0, old["naive_cd4"]),
        ("diversity, 25 y over 75 y", "predicted", 4, 3, 5, 1 / old["diversity"]),
        ("T cells, 75 y over 25 y", "predicted", 1.0, 0.75, 1.1,
         float((years["cd4_cells"] + years["cd8_cells"])[57] / (years["cd4_cells"] + years["cd8_cells"])[7])),
    ]  # fmt: skip


def main() -> None:
    """Print the table, or with --fit the two fitted constants."""
    if "--fit" in sys.argv:
        for words, left in (("as tested", LEFT), ("5 % of every kind left", EVEN)):
            print(words, "memory_cd4_gain {:.4f}, memory_cd8_gain {:.4f}".format(*fit(left)))
        return
    for what, role, target, low, high, result in rows():
        mark = "" if low <= result <= high else "  missed"
        print(f"{what:44s} {role:10s} {target:8g} [{low:g}, {high:g}]  {result:8.3g}{mark}")
    for age in (20.0, 33.0, 45.0, 60.0, 70.0):
        course = recovery(age)
        print(f"age {age:g}: " + ", ".join(f"{n} {month_above(course, n, x):.1f}" for n, x in LOWER.items()))


if __name__ == "__main__":
    main()
