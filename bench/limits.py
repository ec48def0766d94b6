"""Where our engine is not ahead, or a solver is wrong: said by the numbers, not by us."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import numpy as np

from bench.curve import TARGETS, seconds_at
from bench.race import Entrant, Race, ratios
from bench.race_pages import PLACE, column
from bench.words import power, short, table, with_spread

WRONG = 0.01
"""Error of a patient, given out as solved, that nobody would accept."""


def nearest(races: list[Race]) -> list[str]:
    """Say where a peer is ahead on batches, or comes nearest."""
    found = []
    for race in races:
        for entrant in race.entrants[1:]:
            for place, target in enumerate(TARGETS):
                three = column(ratios(race.entrants[0], entrant), place)
                if np.isfinite(three[0]):
                    found.append((three, f"{entrant.name} on {race.case.id} at error {power(target)}"))
    if not found:
        return ["No peer was measured."]
    ahead = [
        f"- {where}: {with_spread(three)} times our time" for three, where in sorted(found) if three[0] <= 1
    ]
    if ahead:
        return ["A peer is as fast as Nonself on a batch, or faster, here:", "", *ahead]
    three, where = min(found)
    return [f"On batches no peer was as fast. The nearest was {where}: {with_spread(three)} times our time."]


def failures(races: list[Race]) -> list[str]:
    """Say which solver lost patients or gave wrong ones, at most at one setting."""
    lost, wrong = [], []
    for race in races:
        for entrant in race.entrants:
            most = max(point.failures for point in entrant.points)
            worst = max((point.p95 for point in entrant.points if np.isfinite(point.p95)), default=0.0)
            if most:
                lost.append(f"{entrant.name} up to {most} of {race.patients} on {race.case.id}")
            if worst > WRONG:
                wrong.append(f"{entrant.name} on {race.case.id} ({power(worst)})")
    lines = [f"Patients lost at a setting raced: {'; '.join(lost) or 'none'}."]
    if wrong:
        lines.append(
            f"Worst patient given out as solved with an error above {WRONG:.0%}: {'; '.join(wrong)}."
        )
    return lines


def _alone(race: Race) -> float:
    own = race.entrants[0]
    points = [replace(point, seconds=s) for point, s in zip(own.points, race.alone, strict=True)]
    return float(seconds_at(points)[PLACE])


def _note(ahead: dict[str, list[str]], race: Race, names: Iterable[str]) -> None:
    for name in names:
        ahead.setdefault(name, []).append(race.case.id)


def _listed(ahead: dict[str, list[str]]) -> str:
    return "; ".join(f"{name} on {', '.join(models)}" for name, models in ahead.items()) or "none"


def alone(races: list[Race]) -> list[str]:
    """Return milliseconds of a patient alone, ours beside the peers', and say who is ahead."""
    names = list(dict.fromkeys(entrant.name for race in races for entrant in race.entrants[1:]))
    rows = []
    ahead: dict[str, list[str]] = {}
    for race in races:
        own = _alone(race)
        theirs = {entrant.name: _milliseconds(entrant) for entrant in race.entrants[1:]}
        _note(ahead, race, (name for name, found in theirs.items() if found < 1e3 * own))
        rows.append([race.case.id, short(1e3 * own), *(short(theirs.get(name, np.nan)) for name in names)])
    said = f"Faster than Nonself here: {_listed(ahead)}."
    return [*table(["model", "Nonself, ms", *(f"{name}, ms" for name in names)], rows), said, ""]


def _milliseconds(entrant: Entrant) -> float:
    return 1e3 * float(np.median(entrant.at_targets()[:, PLACE]))


def builds(races: list[Race]) -> list[str]:
    """Return what building takes, and say who is ahead."""
    names = list(dict.fromkeys(entrant.name for race in races for entrant in race.entrants[1:]))
    rows = []
    ahead: dict[str, list[str]] = {}
    for race in races:
        by_name = {entrant.name: entrant.built for entrant in race.entrants[1:]}
        fresh, cached = race.builds
        _note(ahead, race, (name for name, seconds in by_name.items() if seconds < fresh))
        rows.append([
            race.case.id, str(len(race.case.species)), short(fresh), short(1e3 * cached),
            *(short(by_name[name]) if name in by_name else "–" for name in names),
        ])  # fmt: skip
    head = ["model", "species", "Nonself afresh, s", "from its cache, ms", *(f"{name}, s" for name in names)]
    said = f"Faster than Nonself afresh: {_listed(ahead)}."
    return [*table(head, rows), said, ""]
