"""What the races found, in tables."""

from __future__ import annotations

import numpy as np

from bench.curve import TARGETS, frontier, spread
from bench.race import Race, ratios
from bench.schedule import Array
from bench.words import power, short, table, with_spread

SUMMARY = 1e-5
"""The error at which the first table compares."""
PLACE = int(np.argmin(np.abs(TARGETS - SUMMARY)))


def column(found: Array, place: int) -> tuple[float, float, float]:
    """Return median, least and most of one column; NaN where a round did not reach."""
    values = found[:, place]
    return (float("nan"),) * 3 if np.isnan(values).any() else spread(values)


def summary(races: list[Race]) -> list[str]:
    """Return the table of ratios at one error, a row a model."""
    names = list(dict.fromkeys(entrant.name for race in races for entrant in race.entrants[1:]))
    rows = []
    for race in races:
        by_name = {entrant.name: entrant for entrant in race.entrants[1:]}
        mine = race.entrants[0]
        own = mine.at_targets()[:, PLACE]
        cells = [
            with_spread(column(ratios(mine, by_name[name]), PLACE)) if name in by_name else "–"
            for name in names
        ]
        rows.append([race.case.id, str(len(race.case.species)), short(1 / float(np.median(own)), 3), *cells])
    head = ["model", "species", "Nonself, trajectories/s", *(f"{name} takes × as long" for name in names)]
    return table(head, rows)


def _targets(race: Race) -> list[str]:
    own, others = race.entrants[0], race.entrants[1:]
    mine = own.at_targets()
    rows = []
    for place, target in enumerate(TARGETS):
        rate = 1 / np.median(mine[:, place])
        cells = [with_spread(column(ratios(own, entrant), place)) for entrant in others]
        rows.append([power(target), short(float(rate), 3), *cells])
    return table(["median error", "Nonself, trajectories/s", *(f"{e.name} ×" for e in others)], rows)


def _points(race: Race) -> list[str]:
    rows = []
    for entrant in race.entrants:
        best = {(point.rtol, point.factor) for point in frontier(entrant.points)}
        for point in sorted(entrant.points, key=lambda point: -point.median):
            mark = "yes" if (point.rtol, point.factor) in best else ""
            rows.append([
                entrant.name, power(point.rtol), power(point.factor), power(point.median), power(point.p95),
                str(point.failures), short(1e3 * point.seconds, 3), short(1 / point.seconds, 3), mark,
            ])  # fmt: skip
    head = [
        "solver",
        "rtol",
        "factor",
        "median error",
        "p95 error",
        "failed",
        "ms each",
        "per second",
        "frontier",
    ]
    return table(head, rows)


def _effort(race: Race) -> str:
    parts = [
        f"{e.name} {e.rounds} round{'s' * (e.rounds > 1)} of {e.timed.shape[1]} patients"
        for e in race.entrants
    ]
    return f"Timed: {'; '.join(parts)}. Errors over {race.patients} patients."


def one(race: Race, folder: str | None) -> list[str]:
    """Return the section of one model."""
    case = race.case
    doses = int(case.given.times.size)
    lines = [f"### {case.id}", "", case.about, ""]
    lines.append(
        f"{len(case.species)} species, {len(case.mechanism.parameters)} parameters, "
        f"{len(case.mechanism.reactions)} reactions, {doses} doses, {case.outputs.size} readouts over "
        f"{case.outputs[-1]:g} {case.time_unit}s. Every parameter varies by patient, lognormal, standard deviation "
        f"{case.spread:g} of the logarithm. {_effort(race)} At ten times its tolerance the reference moves by "
        f"{power(race.trust)}, far less than the errors compared."
    )
    lines += ["", *_targets(race)]
    if folder:
        lines += [f"![Time over error on {case.id}]({folder}/{case.id}.svg)", ""]
    if race.absent:
        lines += [f"- {name} is missing: {reason}." for name, reason in race.absent.items()] + [""]
    return [*lines, "<details><summary>All settings raced</summary>", "", *_points(race), "</details>", ""]
