"""Direct simulation of what the calibration extrapolated: `python -m experiments.body.direct --people 14000 --out FILE`.

People of the population, each with a set of the ensemble, live from 18 to 90 without dying; first antibody on red cells
with hemoglobin well below a person's own is counted by age and weighed by the population's ages.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import numpy as np
from scipy.stats import chi2

from experiments.body.courses import FROM_AGE, IMMORTAL, program_of
from nonself.catalog import registry
from nonself.catalog.body.population import population
from nonself.cohort.life import life
from nonself.cohort.people import DAYS_PER_YEAR, Range, draw_people, slot_ids
from nonself.engine.loop import solve
from nonself.engine.problem import Problem, parameter_table
from nonself.engine.streams import uniforms

CHUNK, YEARS, SEED = 1000, 72.0, 11


def first_ages(first: int, last: int) -> np.ndarray:
    """Return the age at which each person of some places is first found, NaN for never."""
    program = program_of("red_cell")
    ids = slot_ids(first, last)
    people = draw_people(population(), ids, Range(FROM_AGE, 90.0, "uniform"), SEED)
    sets = registry.ensemble("reference").sets
    pick = (uniforms(SEED, "people: ensemble", ids) * len(sets)).astype(int)
    columns = {name: values for name, values in people.columns.items() if name in program.parameters}
    columns |= {
        name: np.array([sets[k][name] for k in pick]) for name in sets[0] if name in program.parameters
    }
    columns |= {name: np.zeros(len(ids)) for name in IMMORTAL} | {"age_at_start": np.full(len(ids), FROM_AGE)}
    horizon = YEARS * DAYS_PER_YEAR
    befalls = life(population(), people, np.full(len(ids), horizon), SEED)
    acts = tuple(one for one in befalls if one.kind != "set" or one.target in program.parameters)
    outputs = np.arange(0.0, horizon + 1.0, DAYS_PER_YEAR / 2)
    table = parameter_table(program, len(ids), columns)
    outcomes = solve(
        Problem(program, ids, table, horizon, outputs, acts, rtol=1e-5, seed=SEED), workers=2,
        keep=("blood_hemoglobin", "red_cell_titer"),
    )  # fmt: skip
    hemoglobin = outcomes.of("blood_hemoglobin")
    found = (hemoglobin < 0.85 * hemoglobin[:, :1]) & (outcomes.of("red_cell_titer") >= 1.0)
    ages = FROM_AGE + outputs / DAYS_PER_YEAR
    return np.where(found.any(axis=1), ages[found.argmax(axis=1)], np.nan)


def main() -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=14000)
    parser.add_argument("--out", type=Path, required=True)
    given = parser.parse_args()
    found: list[float] = []
    for first in range(0, given.people, CHUNK):
        found += first_ages(first, min(first + CHUNK, given.people)).tolist()
        given.out.write_text(json.dumps(summary(np.array(found))))


def summary(first: np.ndarray) -> dict[str, float]:
    """Return cases a year and person weighed by the population's ages, with an exact interval on their number."""
    weights = np.array([men + women for _, men, women in population().ages])
    ages = np.array([age for age, _, _ in population().ages])
    inside = ages < FROM_AGE + YEARS
    ages, weights = ages[inside], weights[inside] / weights[inside].sum()
    rate = sum(
        weight * np.sum((first >= age) & (first < age + 1)) / max(1, np.sum(~(first < age)))
        for age, weight in zip(ages, weights, strict=True)
    )
    cases = int(np.sum(~np.isnan(first)))
    low = chi2.ppf(0.025, 2 * cases) / 2 if cases else 0.0
    high = chi2.ppf(0.975, 2 * cases + 2) / 2
    scale = rate / cases if cases else 1.0 / (len(first) * YEARS)
    return {
        "people": len(first), "person_years": len(first) * YEARS, "cases": cases, "rate": float(rate),
        "low": float(low * scale), "high": float(high * scale),
        "median_age": float(np.nanmedian(first)) if cases else float("nan"),
    }  # fmt: skip


if __name__ == "__main__":
    main()
