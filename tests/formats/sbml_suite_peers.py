"""The same cases by libRoadRunner and COPASI: `python -m tests.formats.sbml_suite_peers` writes what they reach.

The cases of flux balance are left out. A peer passes where one of its `TRIES` does: what it cannot do is not a matter
of tolerances then. Each case runs in a process of its own; one that ends by a signal or takes longer than `SECONDS` has
failed. docs/sbml.md shows the numbers beside ours.
"""

from __future__ import annotations

import csv
import os
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from tests.formats.peers import Tolerances, copasi_series, roadrunner_of
from tests.formats.sbml_suite import (
    PASSED,
    WRONG,
    Settings,
    difference,
    expected,
    file_of,
    manifest,
    settings,
)

TABLE = Path(__file__).with_name("sbml_suite_peers.csv")
FAILED = "failed"  # an error, the end of the process, or too long
SECONDS = 60
MOST_STEPS = 100_000
TRIES = ((1e-10, 1e-13), (1e-7, 1e-10), (1e-6, 1e-12))  # tolerances, relative and absolute
Columns = dict[str, np.ndarray]


def _by_roadrunner(path: Path, asked: Settings, times: np.ndarray, tolerances: Tolerances) -> Columns:
    runner = roadrunner_of(path, tolerances, MOST_STEPS)
    shown = [f"[{name}]" if name in asked.concentration else name for name in asked.variables]
    runner.timeCourseSelections = shown
    values = np.array(runner.simulate(times[0], times[-1], len(times)))
    return {name: values[:, k] for k, name in enumerate(asked.variables)}


def _by_copasi(path: Path, asked: Settings, times: np.ndarray, tolerances: Tolerances) -> Columns:
    data, series = copasi_series(path, times[0], times[-1], len(times), tolerances, MOST_STEPS)
    return {name: _column(data, series, name, asked) for name in asked.variables}


def _column(data: Any, series: Any, name: str, asked: Settings) -> np.ndarray:
    """A variable of COPASI's table, or what stays as it is."""
    count, model = series.getRecordedSteps(), data.getModel()
    places = {series.getSBMLId(k, data): k for k in range(series.getNumVariables())}
    for species in model.getMetabolites():
        if species.getSBMLId() == name:
            if name in places:
                found = np.array([series.getConcentrationData(row, places[name]) for row in range(count)])
            else:
                found = np.full(count, species.getConcentration())
            if name in asked.concentration:
                return found
            vessel = species.getCompartment()
            return found * _plain(series, places, vessel.getSBMLId(), vessel.getValue(), count)
    for part in (*model.getCompartments(), *model.getModelValues()):
        if part.getSBMLId() == name:
            return _plain(series, places, name, part.getValue(), count)
    if name in places:  # a reaction's rate
        return np.array([series.getConcentrationData(row, places[name]) for row in range(count)])
    raise ValueError(f"COPASI does not show {name}")


def _plain(series: Any, places: dict[str, int], name: str, value: float, count: int) -> np.ndarray:
    if name not in places:
        return np.full(count, value)
    return np.array([series.getConcentrationData(row, places[name]) for row in range(count)])


PEERS: dict[str, Callable[[Path, Settings, np.ndarray, Tolerances], Columns]] = {
    "libRoadRunner": _by_roadrunner,
    "COPASI": _by_copasi,
}


def verdict(peer: str, case: str) -> str:
    """Return what a peer makes of a case: the best of its tries."""
    asked, (times, columns), found = settings(case), expected(case), FAILED
    for tolerances in TRIES:
        try:
            got = PEERS[peer](file_of(case), asked, times, tolerances)
        except Exception:  # whatever it says, there is no answer
            continue
        if all(difference(got[name], columns[name], asked) is None for name in asked.variables):
            return PASSED
        found = WRONG
    return found


def apart(peer: str, case: str) -> str:
    """The same in a process of its own."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        signal.alarm(SECONDS)
        with _quiet():
            os.write(writing, verdict(peer, case).encode())
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading) as pipe:
        said = pipe.read()
    os.waitpid(child, 0)
    return said or FAILED


@contextmanager
def _quiet() -> Iterator[None]:
    nothing = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nothing, 1)
    os.dup2(nothing, 2)
    yield


def known() -> tuple[str, dict[str, dict[str, str]]]:
    """Return the versions and case -> peer -> what it makes of it, as written last."""
    with TABLE.open(newline="", encoding="utf-8") as file:
        versions = file.readline().removeprefix("#").strip()
        return versions, {row["case"]: row for row in csv.DictReader(file)}


def main() -> None:
    """Run all cases and write the table."""
    from importlib.metadata import version

    import bench.peers.copasi_library  # noqa: F401
    import roadrunner  # noqa: F401  once, before the processes part

    cases = [case for case, row in sorted(manifest().items()) if row["testType"] == "TimeCourse"]
    rows = []
    for number, case in enumerate(cases):
        rows.append({"case": case} | {peer: apart(peer, case) for peer in PEERS})
        if number % 50 == 0:
            print(number, len(cases), rows[-1], file=sys.stderr)
    with TABLE.open("w", newline="", encoding="utf-8") as file:
        file.write(f"# libRoadRunner {version('libroadrunner')}, COPASI {version('python-copasi')}\n")
        table = csv.DictWriter(file, ["case", *PEERS], lineterminator="\n")
        table.writeheader()
        table.writerows(rows)


if __name__ == "__main__":
    main()
