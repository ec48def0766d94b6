"""Reducers chunk by chunk against the plain computation on whole courses, for any chunk, workers and order."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.models import program

from nonself.analysis.endpoints import crossing
from nonself.analysis.reducers import (
    Area,
    Extremum,
    FirstCrossing,
    FirstEntry,
    Reducer,
    Value,
    Variation,
    reduced,
    require_answers,
)
from nonself.cohort import trial
from nonself.cohort.population import Cohort
from nonself.cohort.regimen import Doses
from nonself.cohort.solvers import Reduced
from nonself.cohort.trial import Arm, ArmResult, Schedule, run_trial
from nonself.engine.loop import solve
from nonself.engine.result import Outcomes
from nonself.engine.streams import normals
from nonself.engine.tally import count
from nonself.errors import InputError

COUNT, LONG = 150, 40.0
GRID = np.linspace(0.0, LONG, 81)
NAMES = tuple(f"v{k}" for k in range(COUNT))
STARTS = np.linspace(0.0, 20.0, COUNT)
REDUCERS: Mapping[str, Reducer] = {
    "value": Value("cells", 10.0),
    "between": Value("cells", 10.1, log=True),
    "nadir": Extremum("cells", "min", 0.0, LONG),
    "peak": Extremum("young", "max", 5.0, 30.0),
    "low": FirstCrossing("cells", "below", 4.0),
    "lasting": FirstCrossing("cells", "below", 4.5, start=STARTS, duration=3.0, log=True),
    "twice": FirstCrossing("ratio", "below", -0.05, start=1.0, visits=2),
    "exposure": Area("drug", 0.0, LONG),
    "swing": Variation("cells", 5.0, 30.0),
    "back": FirstEntry("cells", (3.0, 3.5), start=2.0, visits=3),
}


def of(reducer: Reducer) -> str:
    """The observable that a reducer of these tests reads."""
    return reducer.of  # type: ignore[union-attr]


def whole_of(
    reducer: Reducer, values: np.ndarray, finished: np.ndarray, rows: slice
) -> Mapping[str, np.ndarray]:
    """What a reducer keeps of patients of whom nobody dies."""
    return reduced(reducer, GRID, {of(reducer): values}, finished, np.full(finished.size, np.inf), rows)


def cohort(order: np.ndarray | None = None) -> Cohort:
    """Patients who differ; one of them blows up."""
    chosen = np.arange(COUNT) if order is None else order
    slope = 0.6 * np.exp(0.3 * normals(1, "slope", NAMES))
    slope[17] = np.nan
    names = tuple(NAMES[row] for row in chosen)
    return Cohort("c", names, ("",) * COUNT, {"slope": slope[chosen]})


def run(chunk: int, workers: int, order: np.ndarray | None = None, courses: bool = False) -> ArmResult:
    starts = STARTS if order is None else STARTS[order]

    def reduce(outcomes: Outcomes, lasted: np.ndarray, rows: slice) -> Reduced:
        columns = {}
        for name, reducer in REDUCERS.items():
            if name == "lasting":
                assert isinstance(reducer, FirstCrossing)
                reducer = FirstCrossing("cells", "below", 4.5, start=starts, duration=3.0, log=True)
            found = whole_of(reducer, outcomes.of(of(reducer)), outcomes.finished, rows)
            columns |= {f"{name} {field}": part for field, part in found.items()}
        return Reduced(columns, {"cells": count(outcomes.of("cells")[outcomes.finished])})

    built = program("dosed")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(trial, "CHUNK", chunk)
        (found,) = run_trial(
            built,
            cohort(order),
            [Arm("dosed", (Doses("drug", 3.0, (0.0, 21.0)),))],
            Schedule(np.zeros(COUNT), GRID, LONG),
            observables=built.observables,
            rtol=1e-6,
            solve=solve,
            reduce=reduce,
            courses=courses,
            workers=workers,
        ).arms
    return found


def same(left: ArmResult, right: ArmResult) -> bool:
    return (
        left.columns.keys() == right.columns.keys()
        and all(part.tobytes() == right.columns[name].tobytes() for name, part in left.columns.items())
        and left.status.tobytes() == right.status.tobytes()
        and left.prints.tobytes() == right.prints.tobytes()
        and left.failures == right.failures
        and left.counts["cells"].numbers.tobytes() == right.counts["cells"].numbers.tobytes()
        and left.counts["cells"].octaves.tobytes() == right.counts["cells"].octaves.tobytes()
    )


@pytest.fixture(scope="module")
def whole() -> ArmResult:
    return run(COUNT, 1, courses=True)


@pytest.mark.parametrize(("chunk", "workers"), [(1024, 2), (64, 1), (37, 3), (1, 2)])
def test_any_chunk_and_workers_give_the_same_bytes(whole: ArmResult, chunk: int, workers: int) -> None:
    assert same(run(chunk, workers), whole)


def test_any_order_of_patients_gives_each_the_same_bytes(whole: ArmResult) -> None:
    order = np.random.default_rng(4).permutation(COUNT)
    other = run(23, 2, order)
    for name, part in other.columns.items():
        assert part.tobytes() == whole.columns[name][order].tobytes()
    assert other.prints.tobytes() == whole.prints[order].tobytes()
    assert other.counts["cells"].numbers.tobytes() == whole.counts["cells"].numbers.tobytes()


def plain(course: np.ndarray, times: np.ndarray, reducer: Reducer, start: float) -> tuple[float, float]:
    """One patient's number by a loop over readouts: (value or time, happened or time)."""
    pairs = list(zip(times.tolist(), course.tolist(), strict=True))
    if isinstance(reducer, Value):
        return float(np.interp(reducer.at, times, course)), np.nan
    if isinstance(reducer, Variation):
        inside = [y for t, y in pairs if reducer.start <= t <= reducer.end]
        mean = sum(inside) / len(inside)
        return 100 * (sum((y - mean) ** 2 for y in inside) / (len(inside) - 1)) ** 0.5 / mean, np.nan
    if isinstance(reducer, Area):
        inside = [(t, y) for t, y in pairs if reducer.start <= t <= reducer.end]
        return sum((b[0] - a[0]) * (a[1] + b[1]) / 2 for a, b in pairwise(inside)), np.nan
    if isinstance(reducer, Extremum):
        inside = [(t, y) for t, y in pairs if reducer.start <= t <= reducer.end]
        best = min(inside, key=lambda one: one[1] if reducer.kind == "min" else -one[1])
        return best[1], best[0]
    if isinstance(reducer, FirstEntry):
        low, high = reducer.within
        beyond, duration = [t >= start and low <= y <= high for t, y in pairs], 0.0
    else:
        assert isinstance(reducer, FirstCrossing)
        above, duration = reducer.direction == "above", reducer.duration
        beyond = [t >= start and (y > reducer.threshold) == above for t, y in pairs]
    for first in range(len(pairs)):
        last = first + reducer.visits - 1
        while last < len(pairs) and pairs[last][0] < pairs[first][0] + duration - 1e-12:
            last += 1
        if last < len(pairs) and all(beyond[first : last + 1]):
            return pairs[first][0] - start, 1.0
    return pairs[-1][0] - start, 0.0


@pytest.mark.parametrize("name", REDUCERS)
def test_against_a_plain_computation_on_whole_courses(whole: ArmResult, name: str) -> None:
    reducer, step = REDUCERS[name], GRID[1]
    courses = whole.of(of(reducer))
    for row in np.flatnonzero(whole.finished).tolist():
        start = 0.0
        if isinstance(reducer, (FirstCrossing, FirstEntry)):
            start = float(np.broadcast_to(reducer.start, COUNT)[row])
        value, second = plain(courses[row], GRID, reducer, start)
        if isinstance(
            reducer, (FirstCrossing, FirstEntry)
        ):  # the readout, and the crossing up to one step before it
            assert whole.columns[f"{name} happened"][row] == second
            late = value - whole.columns[f"{name} time"][row]
            assert -1e-9 <= late <= step + 1e-9
        else:
            assert whole.columns[f"{name} value"][row] == pytest.approx(value, rel=1e-4, abs=1e-12)
            if isinstance(reducer, Extremum):
                assert whole.columns[f"{name} time"][row] == second


def test_who_did_not_finish_has_no_number_and_is_in_no_histogram(whole: ArmResult) -> None:
    assert np.flatnonzero(~whole.finished).tolist() == [17]
    for part in whole.columns.values():
        assert np.flatnonzero(np.isnan(part)).tolist() == [17]
    assert (whole.counts["cells"].numbers.sum(axis=(0, 1)) == COUNT - 1).all()


def test_planted_breaches_are_seen(whole: ArmResult) -> None:
    """Starts taken from the wrong rows, or a chunk forgotten, would not give the same bytes."""
    shifted = FirstCrossing("cells", "below", 4.5, start=np.roll(STARTS, 1), duration=3.0, log=True)
    rows = slice(0, COUNT)
    found = whole_of(shifted, whole.of("cells"), whole.finished, rows)
    assert found["time"].tobytes() != whole.columns["lasting time"].tobytes()
    part = whole_of(REDUCERS["lasting"], whole.of("cells")[50:90], whole.finished[50:90], slice(50, 90))
    assert part["time"].tobytes() == whole.columns["lasting time"][50:90].tobytes()
    wrong = whole_of(REDUCERS["lasting"], whole.of("cells")[50:90], whole.finished[50:90], slice(0, 40))
    assert wrong["time"].tobytes() != part["time"].tobytes()


@settings(max_examples=100, deadline=None)
@given(st.lists(st.booleans(), min_size=2, max_size=14), st.integers(1, 4), st.integers(0, 6))
def test_a_crossing_lasts_for_visits_and_duration(flags: list[bool], visits: int, duration: int) -> None:
    times = np.arange(float(len(flags)))
    course = np.where(flags, 2.0, 0.0)
    found = crossing(times, course[None], "above", 1.0, 0.0, visits=visits, duration=float(duration))
    reducer = FirstCrossing("y", "above", 1.0, visits=visits, duration=float(duration))
    value, happened = plain(course, times, reducer, 0.0)
    assert found.happened[0] == bool(happened)
    assert not happened or value - 1 <= found.time[0] <= value


def test_what_no_readout_can_answer_is_refused_beforehand() -> None:
    for reducer in (
        Value("y", 99.0),
        Extremum("y", "min", 3.1, 3.2),
        Area("y", 3.1, 3.2),
        FirstCrossing("y", "above", 1.0, start=99.0),
    ):
        with pytest.raises(InputError):
            require_answers(reducer, GRID, ("y",))
    for reducer in REDUCERS.values():
        require_answers(reducer, GRID, (of(reducer),))


def test_who_has_died_is_seen_until_then() -> None:
    """Three patients: one lives, one dies at 5.2, one at 1.2; readouts at 0, 1, ... 9."""
    times, rows, everybody = np.arange(10.0), slice(0, 3), np.full(3, True)
    until = np.array([np.inf, 5.2, 1.2])
    values = np.where(times <= until[:, None], times, np.nan)

    def found(reducer: Reducer) -> Mapping[str, np.ndarray]:
        return reduced(reducer, times, {"y": values}, everybody, until, rows)

    assert found(Value("y", 4.0))["value"].tolist()[:2] == [4.0, 4.0]
    assert found(Value("y", 4.0))["seen"].tolist() == [1, 1, 0]
    assert found(Extremum("y", "max", 0.0, 9.0))["value"].tolist() == [9.0, 5.0, 1.0]
    assert found(Area("y", 0.0, 4.0))["seen"].tolist() == [1, 1, 0]
    late = found(FirstCrossing("y", "above", 4.5, start=2.0))
    assert late["seen"].tolist() == [1, 1, 0]
    assert late["happened"].tolist()[:2] == [1, 1]
    never = found(FirstCrossing("y", "above", 7.5))
    assert never["time"] == pytest.approx([7.5, 5.2, 1.2])
    assert never["happened"].tolist() == [1, 0, 0]
    assert np.isnan(late["time"][2])
    asked = reduced(Value("y", 1.0), times, {"y": values}, np.array([True, False, True]), until, rows)
    assert asked["seen"].tolist()[::2] == [1, 1]
    assert np.isnan(asked["seen"][1])
