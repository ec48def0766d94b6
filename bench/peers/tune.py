"""Find libRoadRunner's best: every way to drive it, then a grid of tolerances.

    python -m bench.peers.tune [--patients 16] [--rounds 3]

The peer that `bench.run` races uses the winners: `BEST` and `GRID` in `bench.peers.roadrunner`.
"""

from __future__ import annotations

import argparse
import itertools
from collections.abc import Sequence

import numpy as np

from bench.curve import TARGETS, Point, frontier, over_rounds, seconds_at
from bench.models import dosed30
from bench.peers.antimony_text import Form
from bench.peers.roadrunner import BEST, Backend, Drive, Peer, Way, measure
from bench.reference import reference, scales
from bench.schedule import Array

FORMS: tuple[Form, ...] = ("reactions", "rules")
DRIVES: tuple[Drive, ...] = ("direct", "simulate", "events")
BACKENDS: tuple[Backend, ...] = ("MCJIT", "LLJIT")
WAYS = tuple(Way(*parts) for parts in itertools.product(FORMS, DRIVES, BACKENDS))
RTOLS = (1e-4, 3e-5, 1e-5, 3e-6, 1e-6, 3e-7, 1e-7, 1e-8, 1e-9)
FULL = tuple(itertools.product(RTOLS, (1e-2, 1e-3, 1e-4, 1e-5, 1e-6)))
"""Pairs of relative tolerance and factor on the absolute one."""


def compare_ways(parameters: Array, rounds: int) -> dict[Way, Array]:
    """Return seconds per trajectory of each way, one number a round, interleaved."""
    peers = {way: Peer(dosed30.MECHANISM, dosed30.DOSES, dosed30.OUTPUTS, way) for way in WAYS}
    times: dict[Way, list[float]] = {way: [] for way in WAYS}
    for peer in peers.values():
        peer.tolerate(1e-6, 1e-4)
        peer.run(parameters[:, :1])
    for _ in range(rounds):
        for way, peer in peers.items():
            times[way].append(peer.run(parameters)[1] / parameters.shape[1])
    return {way: np.array(found) for way, found in times.items()}


def _print_ways(times: dict[Way, Array]) -> None:
    print("ways to drive it, at rtol 1e-6, factor 1e-4 (ms per trajectory: median, least, most)")
    for way, found in sorted(times.items(), key=lambda item: float(np.median(item[1]))):
        low, middle, high = (1e3 * value for value in (found.min(), float(np.median(found)), found.max()))
        mark = "  <- BEST" if way == BEST else ""
        print(f"  {way.form:9s} {way.drive:8s} {way.backend}  {middle:7.2f} {low:7.2f} {high:7.2f}{mark}")


def _print_points(points: Sequence[Point]) -> None:
    best = {point.setting for point in frontier(points)}
    print("\nrtol  factor | median error  p95 error | ms each | trajectories/s/core   (* = on the frontier)")
    for point in points:
        mark = "*" if point.setting in best else ""
        head = f"{point.setting} | {point.median:12.2e} {point.p95:10.2e}"
        print(f"{head} | {1e3 * point.seconds:7.2f} | {1 / point.seconds:7.1f} {mark}")
    print("\nmedian error | ms each | trajectories/s/core")
    for target, seconds in zip(TARGETS, seconds_at(points), strict=True):
        print(f"{target:12.0e} | {1e3 * seconds:7.2f} | {1 / seconds:7.1f}")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--patients", type=int, default=16)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    parameters = dosed30.patients(asked.patients, asked.seed)
    truth = reference(dosed30.MECHANISM, parameters, dosed30.DOSES, dosed30.OUTPUTS)
    _print_ways(compare_ways(parameters[:, : min(4, asked.patients)], asked.rounds))
    peer = Peer(dosed30.MECHANISM, dosed30.DOSES, dosed30.OUTPUTS)
    small = scales(dosed30.MECHANISM)
    rounds = [list(measure(peer, parameters, truth, small, FULL)) for _ in range(asked.rounds)]
    _print_points(over_rounds(rounds))


if __name__ == "__main__":
    main()
