"""Calibrate the body on the rows of targets.csv that concern health, and write the ensemble.

    python -m experiments.body.calibrate --work DIR [--sets 60] [--write]

Each set of assumed numbers is drawn from its priors by key; for it the one margin that all tissues share is solved so
that a population loses red cells to antibody as often as `aiha_background` says. A set is accepted when that margin
exists, the thyroid after depletion then fares as `alem_thyroid` bounds it, and healthy people keep their TSH. For the
score that counts, the margin is also solved on `alem_thyroid` alone, and `aiha_background` predicted with it, and the
other way round. The first 20 sets are drawn from the priors alone; in later ones the share of free contacts is solved
for, so that the thyroid after depletion fares as in the middle of its bounds: two numbers, fitted to two rows.
Every set is kept in DIR as it is finished, so that a run goes on where it was stopped.
"""

from __future__ import annotations

import argparse
import json
import math
import sys
from pathlib import Path
from typing import Any

import numpy as np

from experiments.body.courses import of_red_cells, of_thyroid
from experiments.body.priors import CONTACTS, FITTED, draw
from experiments.body.tipping import Probit, incidence, probit, solve_for
from nonself.catalog.body.population import population

AIHA, AIHA_BOUNDS = (
    2.1e-5,
    (1.5e-5, 3.0e-5),
)  # targets.csv, aiha_background: 2.1 (1.5 to 3.0) per 1e5 and year
THYROID, THYROID_BOUNDS = 0.42, (0.16, 0.47)  # targets.csv, alem_thyroid: 42 % (16 to 47) over six years
# A probit of some hundred people misses rare early cases: followed directly, people with margins so solved had 5.4
# times as many, and margins this many times as large met the row.
TAIL = 1.46
HEALTHY = 0.05  # a reference interval holds 95 of 100 healthy people
FIRST = 20
AIM = 0.32  # share lost after depletion that free contacts are solved for: the middle of the bounds
STEPS = 5
PYRAMID = np.array([(age, men + women) for age, men, women in population().ages])
AGES_RED = (30.0, 45.0, 60.0, 75.0, 90.0)
AGES_THYROID = (36.0, 39.0, 42.0)
ENSEMBLE = Path(__file__).parents[2] / "src/nonself/catalog/data/ensemble_reference.csv"


def evaluate(number: int, people: int) -> dict[str, object]:
    """Return one set, its margin, and what it says of both rows; after the first sets, one that was solved on both."""
    values = draw(number)
    record: dict[str, object] = {"set": number, "values": values, "accepted": False}
    try:
        red = probit(of_red_cells(values, people, number), AGES_RED)
        margin = TAIL * solve_for(AIHA, lambda margin: incidence(red, PYRAMID, margin))
        if not math.isfinite(margin):
            return record | {"why": "no margin between 1.5 and 40 meets aiha_background"}
        if number >= FIRST:
            first = probit(of_thyroid(values, people * 2 // 5, number), AGES_THYROID)
            if (before := float(first.tipped(margin)[0])) > 1.5 * HEALTHY:
                return record | {"margin": margin, "why": _unhealthy(before)}
            values = _solved(values, margin, number, people)
        thyroid = probit(of_thyroid(values, people * 3 // 5, number), AGES_THYROID)
    except ValueError as error:
        return record | {"why": str(error)}
    other = solve_for(THYROID, lambda margin: after(thyroid, margin))
    lost, before = after(thyroid, margin), float(thyroid.tipped(margin)[0])
    why = "" if THYROID_BOUNDS[0] <= lost <= THYROID_BOUNDS[1] else (
        f"thyroid after depletion {100 * lost:.0f} %, outside 16 to 47 %")  # fmt: skip
    why = why or ("" if before <= HEALTHY else _unhealthy(before))
    return record | {
        "values": values,
        "margin": margin,
        "margin_on_thyroid": other,
        "accepted": not why,
        "why": why,
        "thyroid_predicted": lost,
        "thyroid_before_depletion": before,
        "aiha_predicted": incidence(red, PYRAMID, other / TAIL) if math.isfinite(other) else None,
        "red": [red.middle.tolist(), red.width],
        "thyroid": [thyroid.middle.tolist(), thyroid.width],
    }


def _unhealthy(before: float) -> str:
    return f"TSH out of 0.1 to 10 mU/L in {100 * before:.0f} % before any depletion, more than {100 * HEALTHY:.0f} %"


def _solved(values: dict[str, float], margin: float, number: int, people: int) -> dict[str, float]:
    """Return the set with the share of free contacts at which the thyroid after depletion fares as wanted.

    The margin is that of the set as drawn: it hangs little on free contacts, which crowding decides on after depletion.
    """
    low, high = 0.02, 1.0
    for _ in range(STEPS):
        middle = math.sqrt(low * high)
        thyroid = probit(of_thyroid({**values, CONTACTS: middle}, people * 2 // 5, number), AGES_THYROID)
        low, high = (low, middle) if after(thyroid, margin) > AIM else (middle, high)
    return {**values, CONTACTS: math.sqrt(low * high)}


def after(fit: Probit, margin: float) -> float:
    """Return the share that tips within six years of a depletion, of those who had not before."""
    before, *_, late = fit.tipped(margin)
    return float((late - before) / max(1.0 - before, 1e-12))


def main() -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--work", type=Path, required=True, help="folder that keeps finished sets")
    parser.add_argument("--sets", type=int, default=60, help="how many sets to draw")
    parser.add_argument("--people", type=int, default=250, help="people for each set")
    parser.add_argument("--write", action="store_true", help="write the ensemble into the catalog")
    given = parser.parse_args()
    given.work.mkdir(parents=True, exist_ok=True)
    records: list[dict[str, Any]] = []
    for number in range(given.sets):
        file = given.work / f"set-{number:04d}-{given.people}.json"
        if not file.exists():
            file.write_text(json.dumps(evaluate(number, given.people)))
        record = json.loads(file.read_text())
        records.append(record)
        said = "accepted" if record["accepted"] else record["why"]
        sys.stdout.write(f"{number:4d} margin {record.get('margin', math.nan):.3g} {said}\n")
        sys.stdout.flush()
    if given.write:
        write([record for record in records if record["accepted"]])


def write(records: list[dict[str, object]]) -> None:
    """Write accepted sets, a row each, sorted columns."""
    rows = []
    for record in records:
        values = record["values"]
        assert isinstance(values, dict)
        rows.append(values | {FITTED: record[FITTED]})
    names = sorted(rows[0])
    lines = [",".join(names), *(",".join(f"{row[name]:.6g}" for name in names) for row in rows)]
    ENSEMBLE.write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
