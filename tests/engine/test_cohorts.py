"""Chunk by chunk gives what all at once gives, in memory that does not grow with the courses."""

from __future__ import annotations

import tracemalloc

import numpy as np

from nonself.engine.cohorts import solve_in_chunks
from nonself.engine.loop import solve
from nonself.engine.problem import Action, Problem, parameter_table
from nonself.engine.result import Outcomes, Status
from nonself.engine.streams import normals
from tests.models import program

GRID = np.linspace(0.0, 40.0, 401)


def _problem(first: int, last: int) -> Problem:
    built = program("dosed")
    names = tuple(f"v{k}" for k in range(first, last))
    slope = 0.6 * np.exp(0.3 * normals(1, "slope", names))
    doses = (Action(0.0, "add", "drug", 3.0), Action(21.0, "add", "drug", 3.0))
    return Problem(built, names, parameter_table(built, len(names), {"slope": slope}), 40.0, GRID, doses)


def _reduced(outcomes: Outcomes) -> dict[str, np.ndarray]:
    cells = outcomes.of("cells")
    return {"nadir": cells.min(axis=1), "when": GRID[cells.argmin(axis=1)], "some": cells[:, ::100]}


def test_the_same_as_all_at_once_for_any_chunk_and_workers() -> None:
    whole = _reduced(solve(_problem(0, 300)))
    for chunk, workers in ((1024, 1), (64, 1), (37, 2), (64, 3)):
        parts = solve_in_chunks(300, _problem, _reduced, keep=("cells",), chunk=chunk, workers=workers)
        assert (parts["status"] == Status.FINISHED).all()
        for name, rows in whole.items():
            assert parts[name].tobytes() == rows.tobytes()


def _peak(count: int) -> int:
    tracemalloc.start()
    solve_in_chunks(
        count, _problem, lambda o: {"nadir": o.of("cells").min(axis=1)}, keep=("cells",), chunk=64
    )
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return peak


def test_memory_does_not_grow_with_the_courses() -> None:
    """Ten times the patients: the courses would take 10 times as much, and do not."""
    small, large = _peak(128), _peak(1280)
    courses = 1280 * GRID.size * 8
    assert large < small + 0.2 * courses
    assert large < courses


def test_a_failed_patient_has_a_status_and_no_number() -> None:
    built = program("growth")

    def make(first: int, last: int) -> Problem:
        rates = np.where(np.arange(first, last) == 5, 1.0, 0.01)
        names = tuple(map(str, range(first, last)))
        return Problem(
            built, names, parameter_table(built, last - first, {"r": rates}), 50.0, np.array([50.0])
        )

    parts = solve_in_chunks(12, make, lambda o: {"last": o.values[:, -1, 0]}, chunk=4)
    assert np.flatnonzero(parts["status"] != Status.FINISHED).tolist() == [5]
    assert np.flatnonzero(np.isnan(parts["last"])).tolist() == [5]
