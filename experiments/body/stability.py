"""How steady a person's readouts are: `python -m experiments.body.stability --people 300 --out FILE`.

Three questions to the same people of the population. *Within*: in time free of infection and of diagnoses, how often a
readout lies within the published variation within a subject (1.96 coefficients of variation) of the person's own
set-point, which is the person's running median. *Drift*: how far the set-point of people spared all infections moves in
a year of age. *Return*: after one infection of a given size, how far such people are from themselves without it.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from nonself.analysis.diagnosis import diagnose
from nonself.catalog.criteria import registry
from nonself.catalog.criteria.reference import fluctuations
from nonself.cohort.trial import TrialResult
from nonself.study.run import run
from nonself.study.source import study_from_text

Array = NDArray[np.float64]
Flags = NDArray[np.bool_]
READOUTS = tuple(dict.fromkeys(one.quantity for one in fluctuations()))
CRITERIA = (
    "hemolytic_anemia_with_antibody",
    "hypothyroidism_overt",
    "hyperthyroidism_overt",
    "thrombocytopenia_2",
)
EVERY, YEARS, WINDOW = 4.0, 3, 365.0  # days between visits; years followed; days of the running median
QUIET = 0.05  # the innate signal of somebody free of infection
AFTER = 14.0  # days for which it has been so: whose variation was published had not just been ill
WIDTH = 1.959964  # coefficients of variation that hold 95 of 100 values of a normal law
INFECTION, AT, RETURNED = 0.3, 100.0, 120.0  # amount of pathogen, its day, days after it
STUDY = f"""
study: stability
title: How steady readouts are
model: body
tissues: [red_cell, platelet, thyroid]
time: {{unit: day, from: 0, until: {YEARS * 365}, every: {EVERY:g}}}
cohorts:
  - name: lived
    patients:
      population: {{people: PEOPLE, age: [18, 80]}}
  - name: spared
    patients:
      population: {{people: PEOPLE, age: [18, 80], set: {{infection_trait: 0}}}}
arms:
  - name: nothing
  - name: infection
    regimen:
      - {{add: {{pathogen: {INFECTION:g}}}, at: {AT:g}}}
observables: [fever, blood_reticulocytes, antiglobulin, {", ".join(READOUTS)}]
seed: SEED
rtol: 1.0e-5
"""


@dataclass(frozen=True, slots=True)
class Steady:
    """How steady one readout is.

    **Arguments:** `published` coefficient of variation within a subject in percent, the mean of the sexes; `within`
    percent of visits two weeks and more after the last infection that lie within 1.96 of it of the person's set-point,
    `at_once` of all visits without infection; `own` median coefficient of variation of a person's visits two weeks
    after; `drift` and `far_drift` percent a year, median and 95th percentile of people spared infections; `apart`
    percent by which an infection still moves people four months on, 95th percentile.
    """

    readout: str
    published: float
    within: float
    at_once: float
    own: float
    drift: float
    far_drift: float
    apart: float

    @property
    def holds(self) -> bool:
        """Whether 95 of 100 visits lie within, and an infection is gone after four months."""
        return self.within >= 95.0 and self.apart <= WIDTH * self.published


def stability(people: int, seed: int = 1, workers: int = 2) -> tuple[Steady, ...]:
    """Return how steady each readout is whose variation within a subject is published.

    **Example:** `stability(300)[0].within`
    """
    text = STUDY.replace("PEOPLE", str(people)).replace("SEED", str(seed))
    result = run(study_from_text(text, "stability.yaml", Path()), courses=True, workers=workers)
    lived, spared = result.trials
    return tuple(steady(name, lived, spared) for name in READOUTS)


def steady(name: str, lived: TrialResult, spared: TrialResult) -> Steady:
    """Return how steady one readout is in people who lived and in people spared infections."""
    days = lived.schedule.grid
    usual = variation(name, lived)
    values, quiet = lived.arms[0].of(name), quiet_visits(lived)
    center = running_median(days, np.where(quiet, values, np.nan))
    seen, soon = (which & np.isfinite(center) for which in (quiet, quiet_visits(lived, 0.0)))
    inside = np.abs(values / center - 1) <= WIDTH * usual[:, None] / 100
    alone, moved = (arm.of(name)[spared.arms[0].finished & spared.arms[1].finished] for arm in spared.arms)
    change = 100 * np.abs(alone[:, -1] / alone[:, 0] - 1) / YEARS
    there = int(np.searchsorted(days, AT + RETURNED))
    apart = 100 * np.abs(moved[:, there] / alone[:, there] - 1)
    return Steady(
        readout=name,
        published=float(usual.mean()),
        within=100 * float(inside[seen].mean()),
        at_once=100 * float(inside[soon].mean()),
        own=float(np.median([100 * np.std(one[ok]) / np.mean(one[ok]) for one, ok in enough(values, seen)])),
        drift=float(np.median(change)),
        far_drift=float(np.percentile(change, 95)),
        apart=float(np.percentile(apart, 95)),
    )


def enough(values: Array, seen: Flags) -> Iterable[tuple[Array, Flags]]:
    """People with at least a dozen quiet visits, and which these are."""
    return ((one, ok) for one, ok in zip(values, seen, strict=True) if np.count_nonzero(ok) >= 12)


def variation(name: str, trial: TrialResult) -> Array:
    """Return (n,) the published coefficient of variation of each person, by sex where it differs."""
    known = {one.sex: one.percent for one in fluctuations() if one.quantity == name}
    men = trial.cohort.columns["male"] == 1
    return np.where(men, *(known.get(sex, known.get("both", np.nan)) for sex in ("men", "women")))


def quiet_visits(trial: TrialResult, after: float = AFTER) -> Flags:
    """Return (n, n_times) the visits free of infection for so many days, before any diagnosis."""
    days, arm = trial.schedule.grid, trial.arms[0]
    calm = arm.of("fever") < QUIET
    visits = int(after / EVERY)
    so_far = np.cumsum(calm, axis=1)
    stretch = so_far[:, visits:] - np.pad(so_far, ((0, 0), (1, 0)))[:, : -visits - 1]
    quiet = np.zeros_like(calm)
    quiet[:, visits:] = stretch == visits + 1
    return np.asarray(quiet & (days < first_diagnosis(trial)[:, None]) & arm.finished[:, None])


def first_diagnosis(trial: TrialResult) -> Array:
    """Return (n,) the day of the first diagnosis by a criterion of the catalog, infinity for none."""
    arm, days = trial.arms[0], trial.schedule.grid
    seen = {name: arm.of(name) for name in arm.observables}
    seen |= {name: values[:, None] for name, values in trial.cohort.columns.items()}
    found = np.full(len(trial.cohort.patients), np.inf)
    for one in CRITERIA:
        met = diagnose(registry.criterion(one), days, seen, 0.0, 1.0, np.full(found.size, days[-1]))
        found = np.where(met.happened, np.minimum(found, met.time), found)
    return found


def running_median(days: Array, values: Array) -> Array:
    """Return (n, n_times) medians of the values within half a window, NaN where fewer than five are there."""
    found = np.full(values.shape, np.nan)
    for column, day in enumerate(days):
        part = values[:, np.abs(days - day) <= WINDOW / 2]
        some = np.count_nonzero(np.isfinite(part), axis=1) >= 5
        found[some, column] = np.nanmedian(part[some], axis=1)
    return found


def table(rows: Sequence[Steady]) -> str:
    """Return the results as a table in Markdown.

    **Example:** `print(table(stability(300)))`
    """
    head = (
        "| readout | published variation within a subject, % | own, % | visits within, %: from two weeks after an "
        "infection | at once | set-point's drift a year, % (95th percentile) | moved by an infection after four "
        "months, % (95th percentile) | |\n| --- | ---: | ---: | ---: | ---: | ---: | ---: | --- |\n"
    )
    return head + "\n".join(
        f"| {row.readout} | {row.published:.3g} | {row.own:.2g} | {row.within:.1f} | {row.at_once:.1f} "
        f"| {row.drift:.2g} ({row.far_drift:.2g}) | {row.apart:.2g} | {'holds' if row.holds else 'misses'} |"
        for row in rows
    )


def main() -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--people", type=int, default=300)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--out", type=Path, required=True)
    given = parser.parse_args()
    given.out.write_text(table(stability(given.people, given.seed)) + "\n")


if __name__ == "__main__":
    main()
