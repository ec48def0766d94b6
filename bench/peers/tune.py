"""Compare the ways in which a peer can be driven; the race uses the winners.

    python -m bench.peers.tune [--models all] [--patients 3] [--rounds 3]

Prints, for each model, the median error and the milliseconds per trajectory (median, least and most over rounds, in
turns) of every way to drive libRoadRunner and CVODE, at one pair of tolerances.
"""

from __future__ import annotations

import argparse
import itertools
from collections.abc import Iterator

import numpy as np

from bench.case import Case
from bench.curve import spread
from bench.models import IDS, load
from bench.peers import Solver, missing
from bench.reference import errors, reference
from bench.settings import timed

RTOL, FACTOR = 1e-5, 1e-4


def _roadrunner(case: Case) -> Iterator[tuple[str, Solver]]:
    from bench.peers.roadrunner import RoadRunner, Way

    for form, drive, backend in itertools.product(
        ("reactions", "rules"), ("direct", "simulate", "events"), ("MCJIT", "LLJIT")
    ):
        if drive == "events" and np.any(case.given.times <= 0):
            continue
        way = Way(form, drive, backend)  # type: ignore[arg-type]
        yield f"libRoadRunner, {form}, {drive}, {backend}", RoadRunner(case, way)


def _cvode(case: Case) -> Iterator[tuple[str, Solver]]:
    from bench.peers.sundae import CVODE

    for linear in ("dense", "differenced", "sparse"):
        yield f"CVODE, {linear}", CVODE(case, linear)


def compare(case: Case, patients: int, rounds: int) -> dict[str, tuple[float, tuple[float, float, float]]]:
    """Return median error and seconds per trajectory of each way."""
    parameters = case.patients(patients, 1)
    truth = reference(case, parameters)
    ways: dict[str, Solver] = {}
    for peer, make in (("roadrunner", _roadrunner), ("sundae", _cvode)):
        if missing(peer) is None:
            ways |= dict(make(case))
    error: dict[str, float] = {}
    for name, solver in ways.items():
        solver.tolerate(RTOL, FACTOR)
        error[name] = errors(solver.run(parameters)[0], truth, case.scales).median
    times: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(rounds):
        for name, solver in ways.items():
            times[name].append(timed(solver, parameters)[1])
    return {name: (error[name], spread(found)) for name, found in times.items()}


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--models", default="all")
    parser.add_argument("--patients", type=int, default=3)
    parser.add_argument("--rounds", type=int, default=3)
    asked = parser.parse_args()
    for name in IDS if asked.models == "all" else asked.models.split(","):
        print(name)
        found = compare(load(name), asked.patients, asked.rounds)
        for way, (error, (middle, low, high)) in sorted(found.items(), key=lambda item: item[1][1]):
            print(f"  {way:44s} {error:.1e}  {1e3 * middle:8.3f} {1e3 * low:8.3f} {1e3 * high:8.3f}")


if __name__ == "__main__":
    main()
