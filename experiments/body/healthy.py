"""Healthy people beside laboratories' reference intervals: `python -m experiments.body.healthy --out FILE`.

Tolerant, unexposed people of 18 to 80, each on one day on which they are not ill, as laboratories choose them.
"""

from __future__ import annotations

import argparse
import functools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from experiments.body.courses import IMMORTAL, as_they_live
from nonself.catalog.body.build import body
from nonself.catalog.body.population import population
from nonself.catalog.criteria.reference import reference_intervals
from nonself.codegen.build import build
from nonself.codegen.program import Program
from nonself.cohort.people import DAYS_PER_YEAR, Range, draw_people, slot_ids
from nonself.engine.loop import solve
from nonself.model.compose import compose

Array = NDArray[np.float64]
WITHIN, SEED = 0.2, 7  # within a fifth of each limit
EXPOSURES = ("smoking", "benzene", "earlier_cytotoxic", "clonal_hematopoiesis")
ILL = 0.05  # innate signal from which somebody counts as ill


@functools.cache
def program() -> Program:
    """Return the compiled body with a thyroid."""
    return build(compose(body(("thyroid",)), id="healthy", time_unit="day"))


def seen(count: int, fixed: Mapping[str, float]) -> dict[str, Array]:
    """Return readouts of tolerant, unexposed people of 18 to 80 on one day, if they are not ill, and their sex."""
    people = draw_people(population(), slot_ids(0, count), Range(18.0, 80.0, "uniform"), SEED)
    ages = np.asarray(people.age)
    columns = (
        dict.fromkeys((*IMMORTAL, *EXPOSURES), 0.0) | {"age_at_start": 18.0, "margin": 1000.0} | dict(fixed)
    )
    horizon = 62.0 * DAYS_PER_YEAR
    outputs = np.arange(0.0, horizon + 1.0, DAYS_PER_YEAR)
    unexposed = replace(people, changes=())  # what changes in a life is exposure
    problem = as_they_live(program(), unexposed, horizon, outputs, columns, SEED)
    outcomes = solve(problem, workers=2)
    assert outcomes.finished.all(), outcomes.failures
    day, rows = np.rint(ages - 18.0).astype(int), np.arange(count)
    well = outcomes.of("fever")[rows, day] < ILL
    names = {one.quantity for one in reference_intervals()} & {*program().species, *program().observables}
    return {name: outcomes.of(name)[rows, day][well] for name in names} | {
        "male": np.asarray(people.columns["male"])[well]
    }


@dataclass(frozen=True, slots=True)
class Interval:
    """One reference interval and the 2.5 and 97.5 percentiles that were found."""

    quantity: str
    sex: str
    low: float
    high: float
    found_low: float
    found_high: float

    @property
    def off(self) -> float:
        """How far the percentiles lie from the limits, over the limits."""
        return max(abs(self.found_low / self.low - 1), abs(self.found_high / self.high - 1))


def intervals(readouts: Mapping[str, Array]) -> Iterator[Interval]:
    """Yield each reference interval with two limits beside what the readouts say."""
    for one in reference_intervals():
        if one.quantity not in readouts or one.low is None or one.high is None:
            continue
        male = readouts["male"] == 1
        chosen = {"men": male, "women": ~male}.get(one.sex, np.ones(len(male), dtype=bool))
        low, high = np.percentile(readouts[one.quantity][chosen], (2.5, 97.5))
        yield Interval(one.quantity, one.sex, one.low, one.high, float(low), float(high))


def table(readouts: Mapping[str, Array]) -> str:
    """Return the intervals as a table in Markdown."""
    lines = ["| readout | who | reference | found | |", "| --- | --- | ---: | ---: | --- |"]
    for one in intervals(readouts):
        verdict = "within a fifth" if one.off <= WITHIN else f"**{100 * one.off:.0f} % off**"
        lines.append(f"| {one.quantity} | {one.sex} | {one.low:g} to {one.high:g} | {one.found_low:.3g} to "
                     f"{one.found_high:.3g} | {verdict} |")  # fmt: skip
    return "\n".join(lines)


def main() -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--people", type=int, default=600)
    parser.add_argument("--out", type=Path, required=True)
    given = parser.parse_args()
    given.out.write_text(table(seen(given.people, {})) + "\n")


if __name__ == "__main__":
    main()
