"""The ensemble simulated: `python -m experiments.body.direct --people 5000 --out FILE [--scale]`.

People of the population, each with a set of the ensemble, live from 18 to 90 without dying; first antibody on red cells
with hemoglobin well below a person's own is counted by age and weighed by the population's ages. How strongly they
present self is spread evenly over what makes cases rather than drawn, and weighed by its law: importance sampling.
`--scale` multiplies the margins of all sets by the one factor at which the row is met.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import numpy as np

from experiments.body.calibrate import AIHA, ENSEMBLE
from experiments.body.courses import FROM_AGE, IMMORTAL, MARGIN, as_they_live, of_thyroid, program_of
from experiments.body.priors import FITTED
from nonself.catalog import registry
from nonself.catalog.body.population import population
from nonself.cohort.people import DAYS_PER_YEAR, Range, draw_people, slot_ids
from nonself.engine.loop import solve
from nonself.engine.streams import uniforms

CHUNK, YEARS, SEED = 1000, 72.0, 11
LOW, HIGH = -0.45, 1.05  # log presentation simulated: three spreads below the median person to seven above
SPREAD = 0.15  # of log presentation in the population


def gains(people: int) -> np.ndarray:
    """Return log presentation, spread evenly, in an order that mixes."""
    return LOW + (HIGH - LOW) * ((np.arange(people) * 0.6180339887498949) % 1.0)


def first_ages(first: int, last: int, people: int) -> np.ndarray:
    """Return the age at which each person of some places is first found, NaN for never."""
    program = program_of("red_cell")
    ids = slot_ids(first, last)
    persons = draw_people(population(), ids, Range(FROM_AGE, 90.0, "uniform"), SEED)
    sets = registry.ensemble("reference").sets
    pick = (uniforms(SEED, "people: ensemble", ids) * len(sets)).astype(int)
    columns = {
        **{name: np.array([sets[k][name] for k in pick]) for name in sets[0]},
        **dict.fromkeys(IMMORTAL, 0.0),
        "age_at_start": FROM_AGE,
        "presentation_trait": np.exp(gains(people)[first:last]),
    }
    horizon = YEARS * DAYS_PER_YEAR
    outputs = np.arange(0.0, horizon + 1.0, DAYS_PER_YEAR / 2)
    problem = as_they_live(program, persons, horizon, outputs, columns, SEED)
    outcomes = solve(problem, workers=2, keep=("blood_hemoglobin", "red_cell_titer"))
    hemoglobin = outcomes.of("blood_hemoglobin")
    found = (hemoglobin < 0.85 * hemoglobin[:, :1]) & (outcomes.of("red_cell_titer") >= 1.0)
    ages = FROM_AGE + outputs / DAYS_PER_YEAR
    return np.where(found.any(axis=1), ages[found.argmax(axis=1)], np.nan)


def rate(first: np.ndarray, people: int, factor: float = 1.0) -> tuple[float, float, float]:
    """Return cases a year and person at margins times a factor, its standard error, and the mean age of cases."""
    gain = gains(people)[: len(first)]
    law = (
        np.exp(-0.5 * ((gain + np.log(factor)) / SPREAD) ** 2) / (SPREAD * np.sqrt(2 * np.pi)) * (HIGH - LOW)
    )
    table = np.array([(age, men + women) for age, men, women in population().ages if age < FROM_AGE + YEARS])
    ages, pyramid = table[:, 0], table[:, 1] / table[:, 1].sum()
    share = np.interp(first, ages, pyramid, left=0.0)  # a case at an age counts as many as are of that age
    each = np.where(np.isnan(first), 0.0, law * np.nan_to_num(share))
    mean_age = float(np.nansum(each * np.nan_to_num(first)) / max(each.sum(), 1e-300))
    return float(each.mean()), float(each.std() / np.sqrt(len(first))), mean_age


def thyroid_after(people: int, factor: float) -> tuple[float, float]:
    """Return the share whose TSH leaves its range after depletion, of those it had not before, and the share before."""
    sets = registry.ensemble("reference").sets
    ids = slot_ids(0, people)
    pick = (uniforms(SEED, "people: ensemble", ids) * len(sets)).astype(int)
    values = {name: np.array([sets[k][name] for k in pick]) for name in sets[0]}
    drawn = draw_people(population(), ids, Range(FROM_AGE, 90.0, "uniform"), SEED).columns
    strength = drawn["presentation_trait"] * drawn["thyroid_trait"] * MARGIN / (values["margin"] * factor)
    seen = of_thyroid(values | {"thyroid_strength": strength}, people, SEED)
    before = seen.age < 36.0
    return float(np.mean(~np.isnan(seen.age[~before]))), float(np.mean(before))


def main() -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--people", type=int, default=5000)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument(
        "--scale", action="store_true", help="scale the margins of the ensemble in the catalog"
    )
    given = parser.parse_args()
    parts = []
    for first in range(0, given.people, CHUNK):
        parts.append(first_ages(first, min(first + CHUNK, given.people), given.people))
        np.save(given.out.with_suffix(".npy"), np.concatenate(parts))
    seen = np.concatenate(parts)
    low, high = 0.3, 5.0
    for _ in range(50):
        middle = (low * high) ** 0.5
        low, high = (middle, high) if rate(seen, given.people, middle)[0] > AIHA else (low, middle)
    factor = (low * high) ** 0.5
    before, error, _ = rate(seen, given.people)
    after, error_after, mean_age = rate(seen, given.people, factor)
    lost, had = thyroid_after(given.people // 4, factor)
    given.out.write_text(json.dumps({
        "people": given.people, "person_years": given.people * YEARS, "cases": int(np.sum(~np.isnan(seen))),
        "rate": before, "error": error, "factor": factor, "rate_scaled": after, "error_scaled": error_after,
        "mean_age": mean_age, "thyroid_after": lost, "thyroid_before": had, "thyroid_people": given.people // 4,
    }))  # fmt: skip
    if given.scale:
        scale(factor)


def scale(factor: float) -> None:
    """Multiply the margins of all sets of the ensemble in the catalog."""
    names, *rows = (line.split(",") for line in ENSEMBLE.read_text().splitlines())
    place = names.index(FITTED)
    for row in rows:
        row[place] = f"{float(row[place]) * factor:.6g}"
    ENSEMBLE.write_text("\n".join(",".join(row) for row in (names, *rows)) + "\n")


if __name__ == "__main__":
    main()
