"""Race our engine against libRoadRunner at equal error, one core each, in turns.

    python -m bench.run [--rounds 5] [--patients 24] [--batch 512]

Prints the work-precision table of both and the ratio of speeds at equal median error, as the median over
rounds with its spread. Errors are over the first `--patients` patients; ours is timed on `--batch` patients
whose first are the same, the peer on `--patients`. Seconds are CPU seconds of the process, all threads.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from bench import ours
from bench.curve import TARGETS, Point, frontier, over_rounds, seconds_at
from bench.machine import describe
from bench.models import dosed30
from bench.peers.roadrunner import BEST, GRID, Peer, measure
from bench.reference import errors, reference, scales
from bench.schedule import Array

OURS = (
    (1e-3, 1e-1), (1e-3, 1e-2), (3e-4, 1e-1), (3e-4, 1e-2), (3e-4, 1e-3), (1e-4, 1e-2), (1e-4, 1e-3),
    (1e-4, 1e-4), (3e-5, 1e-3), (3e-5, 1e-4), (1e-5, 1e-3), (1e-5, 1e-4), (3e-6, 1e-4), (1e-6, 1e-4),
)  # fmt: skip
"""Our pairs of relative tolerance and factor on the absolute one."""


@dataclass(frozen=True, slots=True)
class Race:
    """What both solve.

    **Arguments:** `batch` parameters, shape (n_parameters, n_patients), ours is timed on; `truth` the
    reference of the first patients, shape (n_known, n_times, n_species).
    """

    batch: Array
    truth: Array

    @property
    def known(self) -> Array:
        """Parameters of the patients whose reference is known: what the peer solves."""
        return self.batch[:, : self.truth.shape[0]]


def prepare(patients: int, batch: int, seed: int) -> Race:
    """Draw patients and have the reference ready."""
    parameters = dosed30.patients(max(batch, patients), seed)
    truth = reference(dosed30.MECHANISM, parameters[:, :patients], dosed30.DOSES, dosed30.OUTPUTS)
    return Race(parameters, truth)


def our_round(race: Race) -> list[Point]:
    """Run our engine once at every setting."""
    points = []
    for rtol, factor in OURS:
        values, seconds = ours.run(
            dosed30.MECHANISM, race.batch, dosed30.DOSES, dosed30.OUTPUTS, rtol, factor
        )
        found = errors(values[: race.truth.shape[0]], race.truth, scales(dosed30.MECHANISM))
        each = seconds / race.batch.shape[1]
        points.append(Point(f"{rtol:.0e} {factor:.0e}", found.median, found.p95, each))
    return points


def peer_round(race: Race, peer: Peer) -> list[Point]:
    """Run the peer once at every setting."""
    return list(measure(peer, race.known, race.truth, scales(dosed30.MECHANISM), GRID))


def warm(race: Race, peer: Peer) -> None:
    """Compile and touch everything once."""
    ours.run(dosed30.MECHANISM, race.batch[:, :8], dosed30.DOSES, dosed30.OUTPUTS, 1e-4)
    peer.tolerate(1e-4, 1e-3)
    peer.run(race.batch[:, :1])


def _print_points(title: str, points: Sequence[Point]) -> None:
    best = {point.setting for point in frontier(points)}
    print(f"\n{title}")
    print("rtol  factor | median error  p95 error | ms each | trajectories/s/core   (* = on the frontier)")
    for point in points:
        head = f"{point.setting} | {point.median:12.2e} {point.p95:10.2e} | {1e3 * point.seconds:7.3f}"
        print(f"{head} | {1 / point.seconds:8.1f} {'*' if point.setting in best else ''}")


def _print_ratios(own: Sequence[Sequence[Point]], other: Sequence[Sequence[Point]]) -> None:
    mine = np.array([seconds_at(points) for points in own])
    theirs = np.array([seconds_at(points) for points in other])
    ratio = theirs / mine
    print("\nat equal median error, median of rounds; ratio with least and most over rounds")
    print("error | ours/s/core | peer/s/core | ratio")
    for column, target in enumerate(TARGETS):
        if np.isnan(ratio[:, column]).any():
            print(f"{target:.0e} | not reached by both")
            continue
        rates = [1 / float(np.median(found[:, column])) for found in (mine, theirs)]
        low, middle, high = np.quantile(ratio[:, column], [0, 0.5, 1])
        spread = f"{middle:6.1f} ({low:.1f} to {high:.1f})"
        print(f"{target:.0e} | {rates[0]:11.0f} | {rates[1]:11.1f} | {spread}")


def main() -> None:
    """Run and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--patients", type=int, default=24)
    parser.add_argument("--batch", type=int, default=512)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    print(describe())
    race = prepare(asked.patients, asked.batch, asked.seed)
    peer = Peer(dosed30.MECHANISM, dosed30.DOSES, dosed30.OUTPUTS)
    warm(race, peer)
    fresh, cached = ours.build_seconds(dosed30.MECHANISM)
    print(f"build: {fresh:.3f} s afresh, {1e3 * cached:.1f} ms from the cache (medians of 5)")
    own, other = [], []
    for _ in range(asked.rounds):
        own.append(our_round(race))
        other.append(peer_round(race, peer))
    _print_points(f"ours, {race.batch.shape[1]} patients", over_rounds(own))
    _print_points(f"libRoadRunner ({BEST}), {race.known.shape[1]} patients", over_rounds(other))
    _print_ratios(own, other)


if __name__ == "__main__":
    main()
