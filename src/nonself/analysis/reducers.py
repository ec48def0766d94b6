"""What is kept of a course: a closed set of numbers, each from one patient's readouts alone.

So a cohort can be reduced chunk by chunk, in any order and by any number of threads, to the same bytes as all at once.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from nonself.analysis.diagnosis import diagnose
from nonself.analysis.diagnosis import reads as read_by
from nonself.analysis.endpoints import (
    Crossing,
    Direction,
    area,
    crossing,
    entering,
    extremum,
    first_of,
    value_at,
    variation,
)
from nonself.model.criterion import Criterion, Score

Array = NDArray[np.float64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Value:
    """The `value` of an observable at a time, between readouts interpolated, linear in the log if `log`."""

    of: str
    at: float
    log: bool = False


@dataclass(frozen=True, slots=True)
class Extremum:
    """The least or greatest `value` among the readouts in [start, end], and the `time` at which it first stands."""

    of: str
    kind: Literal["min", "max"]
    start: float
    end: float


@dataclass(frozen=True, slots=True)
class Area:
    """The area under an observable between two times, its `value`."""

    of: str
    start: float
    end: float


@dataclass(frozen=True, slots=True)
class Variation:
    """The coefficient of variation of an observable between two times in percent, its `value`."""

    of: str
    start: float
    end: float


@dataclass(frozen=True, slots=True)
class FirstCrossing:
    """When an observable first lies beyond a threshold and stays there: for `visits` readouts in a row, and for
    `duration`.

    Kept are its `time` since `start`, or where it never `happened` (1 or 0) the time followed.

    **Arguments:** `start` when watching begins, a number or (n,) for all patients of the cohort.
    """

    of: str
    direction: Direction
    threshold: float
    start: float | Array = 0.0
    visits: int = 1
    duration: float = 0.0
    log: bool = False


@dataclass(frozen=True, slots=True)
class FirstEntry:
    """When an observable first lies within a range, one for all or (n,) for all patients of the cohort, for `visits`
    readouts in a row: as for a crossing.
    """

    of: str
    within: tuple[float | Array, float | Array]
    start: float | Array = 0.0
    visits: int = 1


@dataclass(frozen=True, slots=True)
class FirstDiagnosis:
    """When the first of some criteria is met, as for a crossing; `day` in the unit of the times."""

    criteria: tuple[Criterion | Score, ...]
    start: float
    day: float


Timed = FirstCrossing | FirstEntry | FirstDiagnosis
Reducer = Value | Extremum | Area | Variation | Timed


def reduced(
    reducer: Reducer, times: Array, seen: Mapping[str, Array], evaluated: Flags, followed: Array, rows: slice
) -> Mapping[str, Array]:
    """Return what a reducer keeps of some patients, NaN for those who are not evaluated or had died before.

    **Arguments:** `times` (n_times,) of readout; `seen` what it reads -> (n, n_times), NaN after death; `evaluated`
    (n,) of whom it is asked; `followed` (n,) until when each lived, infinity for who did to the end; `rows` where in
    the cohort these patients stand.
    **Returns:** field -> (n,); "seen" is 1 where there is a number and 0 where death came before.
    **Raises:** `InputError` where the readouts cannot answer.

    **Example:** `reduced(Extremum("Y", "min", 0, 9), times, {"Y": values}, finished, until, slice(0, 1024))["time"]`
    """
    some = np.flatnonzero(evaluated)
    if isinstance(reducer, FirstEntry):
        low, high = (_of(edge, lambda edges: edges[rows][some]) for edge in reducer.within)
        reducer = replace(reducer, within=(low, high))
    own = {name: values[some] for name, values in seen.items()}
    if isinstance(reducer, Timed):
        found, alive = _timed(reducer, times, own, followed[some], _start(reducer, rows, some))
    else:
        found, alive = _valued(reducer, times, own[reducer.of])
    filled = {name: np.full(evaluated.size, np.nan) for name in (*found, "seen")}
    for name, part in found.items():
        filled[name][some] = np.where(alive, part, np.nan)
    filled["seen"][some] = alive
    return filled


def require_answers(reducer: Reducer, times: Array, reads: tuple[str, ...]) -> None:
    """Refuse a reducer that these readouts cannot answer for anybody.

    **Arguments:** `reads` what it reads. **Raises:** `InputError`.
    """
    seen = {name: np.empty((0, times.size)) for name in reads}
    if isinstance(reducer, FirstDiagnosis):  # which reads what is known of a person, too
        known = frozenset[str]().union(*(read_by(one) for one in reducer.criteria))
        seen = {name: np.empty((0, times.size)) for name in known}
    if isinstance(reducer, FirstEntry):
        reducer = replace(reducer, within=(0.0, 0.0))
    if isinstance(reducer, Timed):
        start = np.asarray(reducer.start, dtype=float)
        _event(reducer, times, seen, np.empty(0), float(times[0]) if start.ndim else float(start))
    else:
        _valued(reducer, times, seen[reducer.of])


def _valued(
    reducer: Value | Extremum | Area | Variation, times: Array, values: Array
) -> tuple[dict[str, Array], Flags]:
    """Return what is kept, and for whom it could be seen."""
    found = np.full(values.shape[0], np.nan)
    if isinstance(reducer, Value):
        alive = ~np.isnan(values[:, min(int(np.searchsorted(times, reducer.at)), times.size - 1)])
        found[alive] = value_at(times, values[alive], reducer.at, log=reducer.log)
        return {"value": found}, alive
    if isinstance(reducer, Extremum):
        lived = np.where(np.isnan(values), np.inf if reducer.kind == "min" else -np.inf, values)
        found, when = extremum(times, lived, reducer.kind, reducer.start, reducer.end)
        return {"value": found, "time": when}, np.asarray(np.isfinite(found))
    inside = (times >= reducer.start) & (times <= reducer.end)
    alive = np.asarray(~np.isnan(values[:, inside]).any(axis=1))
    measure = area if isinstance(reducer, Area) else variation
    found[alive] = measure(times, values[alive], reducer.start, reducer.end)
    return {"value": found}, alive


def _of(edge: float | Array, choose: Callable[[Array], Array]) -> float | Array:
    """The limit of some patients: one for all, or those that are chosen."""
    return choose(edge) if isinstance(edge, np.ndarray) else edge


def _start(reducer: Timed, rows: slice, some: NDArray[np.intp]) -> float | Array:
    """When watching begins, of these patients."""
    start = np.asarray(reducer.start, dtype=float)
    return float(start) if start.ndim == 0 else start[rows][some]


def _timed(
    reducer: Timed, times: Array, seen: Mapping[str, Array], followed: Array, start: float | Array
) -> tuple[dict[str, Array], Flags]:
    here = np.asarray(followed >= start)
    own = {name: values[here] for name, values in seen.items()}
    if isinstance(reducer, FirstEntry):
        low, high = (_of(edge, lambda edges: edges[here]) for edge in reducer.within)
        reducer = replace(reducer, within=(low, high))
    found = _event(reducer, times, own, followed[here], start if isinstance(start, float) else start[here])
    parts = {"time": found.time, "happened": found.happened.astype(float)}
    filled = {name: np.full(followed.size, np.nan) for name in parts}
    for name, part in parts.items():
        filled[name][here] = part
    return filled, here


def _event(
    reducer: Timed, times: Array, seen: Mapping[str, Array], followed: Array, start: float | Array
) -> Crossing:
    if isinstance(reducer, FirstDiagnosis):
        return first_of(
            [diagnose(one, times, seen, reducer.start, reducer.day, followed) for one in reducer.criteria]
        )
    values = seen[reducer.of]
    if isinstance(reducer, FirstEntry):
        return entering(times, values, reducer.within, start, visits=reducer.visits, followed=followed)
    return crossing(
        times, values, reducer.direction, reducer.threshold, start,
        visits=reducer.visits, duration=reducer.duration, log=reducer.log, followed=followed,
    )  # fmt: skip
