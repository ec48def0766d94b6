"""One model's race: tune each solver on its grid, then run all in turns, round after round, in one process."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from bench import ours
from bench.case import Case
from bench.curve import TARGETS, Point, seconds_at
from bench.peers import Peer, Solver, load, missing
from bench.reference import reference, trust
from bench.schedule import Array
from bench.settings import COARSE, LEAST, Pair, chosen, grid, measure, timed

FEW = 3
"""Patients of a pilot on the grid."""
OUR_SHARE = 16
"""How many times as many for ours, whose lanes would stand empty; and up to twice the time."""
SLOWEST = 0.6
"""Seconds a trajectory may take in a race."""
ENOUGH = 4e-7
"""Median error below which a pilot goes no tighter."""
PROBE: Pair = (1e-5, 1e-4)
Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Effort:
    """How much is done.

    **Arguments:** `rounds`; `patients` whose error is known; `batch` patients ours is timed on; `seconds` a solver
    may take for its pilot, and again for all its rounds together; `seed` of the patients.
    """

    rounds: int = 5
    patients: int = 12
    batch: int = 512
    seconds: float = 4.0
    seed: int = 1


@dataclass(slots=True)
class Entrant:
    """One solver in one race.

    **Arguments:** `timed` parameters it is timed on, shape (n_parameters, n_timed); `pairs` its settings; `points`
    where each lands, seconds as medians over rounds; `times` seconds per trajectory, one row a round, one column
    a setting; `built` seconds its construction took.
    """

    id: str
    name: str
    solver: Solver
    built: float
    timed: Array
    pairs: list[Pair] = field(default_factory=list)
    points: list[Point] = field(default_factory=list)
    times: list[list[float]] = field(default_factory=list)
    rounds: int = 1

    def at_targets(self) -> Array:
        """Return seconds per trajectory at each target, shape (rounds, n_targets)."""
        return np.array(
            [
                seconds_at([replace(p, seconds=s) for p, s in zip(self.points, row, strict=True)])
                for row in self.times
            ]
        )


@dataclass(frozen=True, slots=True)
class Race:
    """What came out for one model.

    **Arguments:** `entrants` ours first; `absent` why a peer did not run, by name; `trust` of the reference;
    `patients` whose error is known; `builds` our seconds afresh and from the cache; `alone` our seconds
    per trajectory with one patient a call, one number a setting.
    """

    case: Case
    entrants: list[Entrant]
    absent: dict[str, str]
    trust: float
    patients: int
    builds: tuple[float, float]
    alone: list[float]


def _entrants(
    case: Case, peers: Sequence[str], known: Array, batch: Array
) -> tuple[list[Entrant], dict[str, str]]:
    began = time.process_time()
    own = ours.Ours(case)
    found = [Entrant("ours", "Nonself", own, time.process_time() - began, batch)]
    absent: dict[str, str] = {}
    for name in peers:
        if reason := missing(name):
            absent[name] = reason
            continue
        peer: Peer = load(name)
        began = time.process_time()
        try:
            solver = peer.build(case)
        except (ValueError, RuntimeError) as fault:
            absent[peer.name] = str(fault)
            continue
        found.append(Entrant(name, peer.name, solver, time.process_time() - began, known))
    return found, absent


def _tune(entrant: Entrant, case: Case, truth: Array, effort: Effort) -> str | None:
    """Choose settings, how many patients are timed and how many rounds; or say why the solver is not raced."""
    own = entrant.id == "ours"
    few = entrant.timed[:, : FEW * (OUR_SHARE if own else 1)]
    measure(entrant.solver, case, few[:, :1], truth[:1], [PROBE])
    (probe,) = measure(entrant.solver, case, few, truth[:FEW], [PROBE])
    if probe.seconds > SLOWEST:
        return (
            f"a trajectory takes {probe.seconds:.1f} s at a median error of {probe.median:.0e}, measured once on "
            f"{few.shape[1]} patients; slower than {SLOWEST} s is not raced, to keep the run short"
        )
    if probe.seconds * few.shape[1] * len(COARSE) > effort.seconds:
        few = few[:, :1]
    cost = max(probe.seconds * few.shape[1], LEAST)
    pilot = measure(entrant.solver, case, few, truth[:FEW], grid(cost, effort.seconds / 2), ENOUGH)
    entrant.pairs = chosen(pilot) or [PROBE]
    each = float(np.mean([point.seconds for point in pilot])) * len(entrant.pairs)
    most, allowed = entrant.timed.shape[1], effort.seconds * (2 if own else 1) / effort.rounds
    entrant.timed = entrant.timed[:, : int(np.clip(allowed / each, min(FEW, most), most))]
    wanted = 2 * effort.seconds / (each * entrant.timed.shape[1])
    entrant.rounds = effort.rounds if own else int(np.clip(wanted, 1, effort.rounds))
    return None


def _round(entrant: Entrant) -> None:
    """Time every setting once; what is quick is repeated."""
    row = []
    for pair in entrant.pairs:
        entrant.solver.tolerate(*pair)
        row.append(timed(entrant.solver, entrant.timed)[1])
    entrant.times.append(row)


def _alone(entrant: Entrant, known: Array) -> list[float]:
    """Return seconds per trajectory with one patient a call, at each setting, over `FEW` patients."""
    found = []
    for pair in entrant.pairs:
        entrant.solver.tolerate(*pair)
        each = [timed(entrant.solver, known[:, [k]])[1] for k in range(min(FEW, known.shape[1]))]
        found.append(float(np.mean(each)))
    return found


def race(case: Case, peers: Sequence[str], effort: Effort, say: Say) -> Race:
    """Run one model's race."""
    patients = min(effort.patients, case.most)
    batch = case.patients(max(effort.batch, patients), effort.seed)
    known = batch[:, :patients]
    truth = reference(case, known)
    builds = ours.build_seconds(case, 3)
    entrants, absent = _entrants(case, peers, known, batch)
    for entrant in list(entrants):
        if reason := _tune(entrant, case, truth, effort):
            absent[entrant.name] = reason
            entrants.remove(entrant)
            say(f"{case.id}: {entrant.name}: {reason}")
            continue
        entrant.points = measure(entrant.solver, case, known, truth, entrant.pairs)
        say(f"{case.id}: {entrant.name}, {len(entrant.pairs)} settings, {entrant.rounds} rounds, "
            f"{entrant.timed.shape[1]} patients")  # fmt: skip
    for number in range(effort.rounds):
        for entrant in entrants:
            if number < entrant.rounds:
                _round(entrant)
    for entrant in entrants:
        middle = np.median(entrant.times, axis=0)
        entrant.points = [
            replace(point, seconds=float(s)) for point, s in zip(entrant.points, middle, strict=True)
        ]
    return Race(
        case, entrants, absent, trust(case, known[:, :2]), patients, builds, _alone(entrants[0], known)
    )


def ratios(own: Entrant, other: Entrant) -> Array:
    """Return how many times as long the other takes at each target, shape (rounds of the other, n_targets)."""
    mine, theirs = own.at_targets(), other.at_targets()
    return np.asarray(theirs / mine[: theirs.shape[0]]) if theirs.size else np.full((1, TARGETS.size), np.nan)
