"""One file's race: ours and libRoadRunner at the fastest settings that are exact enough, in turns."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from tests.formats.biomodels import UNSEEN

from bench.biomodels_cohort import ENDS, SPREADS, Cohort, Engine, Rival
from bench.curve import Point
from bench.peers import Solver
from bench.settings import LEAST, grid, measure, timed
from bench.words import power

TARGET = 1e-5
"""Median error that both are held to."""
KNOWN = 8
"""Patients whose error is known."""
ROUNDS, SHARE = 5, 0.1
"""Rounds of the race, and CPU seconds a solver may take in one, roughly."""
PILOT = 1.0
"""CPU seconds for a solver's pilot, roughly."""
COHORT = 256


@dataclass(frozen=True, slots=True)
class Entry:
    """What came out for one file.

    **Arguments:** `id`; `species` states of the model, its `events`, `varied` parameters; `ours`, `theirs` settings
    raced and where they land; `counts` patients timed of each; `steps` a patient of ours takes; `rates` trajectories
    per CPU second, one pair a round: ours, theirs; `reason` why there is no race, or what must be known of it.
    """

    id: str
    species: int = 0
    events: int = 0
    varied: int = 0
    ours: Point | None = None
    theirs: Point | None = None
    counts: tuple[int, int] = (0, 0)
    steps: float = 0.0
    rates: tuple[tuple[float, float], ...] = ()
    reason: str = ""

    @property
    def ratios(self) -> list[float]:
        """Our trajectories per second over theirs, one number a round; none without a race."""
        return [mine / other for mine, other in self.rates]


def pick(points: Sequence[Point], target: float = TARGET) -> Point:
    """Return the fastest setting with at most the error that is asked and no patient lost, or else the most exact one.

    **Example:** of 1e-6 in 2 s, 8e-6 in 1 s and 1e-3 in 0.1 s the second is taken.
    """
    good = [point for point in points if point.median <= target and not point.failures]
    if good:
        return min(good, key=lambda point: point.seconds)
    return min(points, key=lambda point: (point.failures, point.median))


def _pilot(solver: Solver, cohort: Cohort, count: int) -> Point:
    """Try a solver's tolerances on some patients and return the one to race."""
    few = cohort.parameters[:, :count]
    solver.tolerate(1e-5, 1e-4)
    cost = max(timed(solver, few[:, :KNOWN])[1] * count, LEAST)
    return pick(measure(solver, cohort, few, cohort.truth, grid(cost, PILOT), TARGET / 30))


def _race(path: Path) -> Entry:
    cohort = Cohort.read(path, COHORT, KNOWN)
    size = (len(cohort.program.species), len(cohort.program.model.events), len(cohort.varied))
    engine, rival = Engine(cohort), Rival(cohort)
    chosen = (_pilot(engine, cohort, 8 * KNOWN), _pilot(rival, cohort, KNOWN))
    counts = tuple(int(np.clip(SHARE / point.seconds, KNOWN, COHORT)) for point in chosen)
    for solver, point in zip((engine, rival), chosen, strict=True):
        solver.tolerate(point.rtol, point.factor)
    rates = [
        tuple(
            1 / timed(solver, cohort.parameters[:, :count])[1]
            for solver, count in zip((engine, rival), counts, strict=True)
        )
        for _ in range(ROUNDS)
    ]
    told = [
        f"{name} comes to no less error than {power(point.median)} without losing patients"
        for name, point in zip(("Nonself", "libRoadRunner"), chosen, strict=True)
        if not point.median <= TARGET or point.failures
    ]
    if not cohort.varied:
        told.append("none of its parameters can be varied: all patients are alike")
    if cohort.spread < SPREADS[0]:
        why = f"at {SPREADS[0]:g} a patient does not come to the end of the course"
        told.append(f"its parameters vary by {cohort.spread:g} only: {why}")
    if path.stem in UNSEEN:
        told.append(
            "conditions of exact moments, which libRoadRunner steps over, hold for half a unit of time in the race"
        )
    if path.stem in ENDS:
        told.append(f"followed to {ENDS[path.stem]:g} only: beyond, it grows without bound")
    return Entry(path.stem, *size, *chosen, counts, engine.steps, tuple(rates), "; ".join(told))


def race(path: Path) -> Entry:
    """Race one file; what cannot run says why."""
    try:
        return _race(path)
    except (RuntimeError, ValueError) as fault:
        return Entry(path.stem, reason=f"{type(fault).__name__}: {' '.join(str(fault).split())}")
