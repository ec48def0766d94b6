"""Diagnosis: when a course first meets a published definition, from what visits show and nothing else."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from nonself.analysis.endpoints import Crossing, Flags
from nonself.codegen.twin import formula_values
from nonself.errors import InputError
from nonself.model.criterion import Criterion, Score

Array = NDArray[np.float64]


def reads(criterion: Criterion | Score) -> frozenset[str]:
    """Return what has to be measured or known of a person for a diagnosis.

    **Example:** `reads(anemia)` gives `{"blood_hemoglobin", "male"}`.
    """
    if isinstance(criterion, Criterion):
        return criterion.reads
    return criterion.entry.reads.union(*(item.criterion.reads for item in criterion.items))


def meets(criterion: Criterion, seen: Mapping[str, Array]) -> Flags:
    """Return (n, n_times) whether each visit shows what a criterion asks for at one visit.

    **Arguments:** `seen` what is read -> (n, n_times), or (n, 1) for what does not change; a visit at which something
    is not a number, after death, shows nothing.

    **Example:** `meets(anemia, {"blood_hemoglobin": np.array([[125.0]]), "male": np.array([[0.0]])})`
    """
    known = {name: seen[name] for name in criterion.reads}
    limits = {
        limit.id: formula_values(limit.value, known) if isinstance(limit.value, str) else limit.value
        for limit in criterion.limits
    }
    found = np.asarray(formula_values(f"1 if ({criterion.condition}) else 0", {**known, **limits})) == 1
    shown = np.ones(1, dtype=np.bool_)
    for values in known.values():
        shown = shown & ~np.isnan(values)
    return np.asarray(found & shown)


def diagnose(
    criterion: Criterion | Score,
    times: Array,
    seen: Mapping[str, Array],
    start: float,
    day: float,
    followed: Array,
) -> Crossing:
    """Return when each course first meets a criterion at every visit for as long as it asks for, or reaches a score.

    The time is that of the first of these visits, counted from `start`; a course that does not is followed to its last
    visit or death.

    **Arguments:** `times` (n_times,) of the visits; `seen` as for `meets`; `day` in the unit of `times`; `followed`
    (n,) until when each patient lived. **Raises:** `InputError` when no visit lies at or after the start.

    **Example:** `diagnose(anemia, times, seen, 0.0, 1.0, followed).happened`
    """
    watched = np.flatnonzero(times >= start)
    if not watched.size:
        raise InputError(f"nothing is read out after {start:g}, where watching begins", mend="start earlier")
    when, visits = times[watched], {}
    for name, values in seen.items():
        visits[name] = values[:, watched] if values.shape[1] > 1 else values
    shape = (followed.size, when.size)
    found = np.broadcast_to(_held(criterion, when, visits, day, shape), shape)
    happened = np.asarray(found.any(axis=1), dtype=np.bool_)
    end = np.clip(np.minimum(when[-1], followed), start, None)
    return Crossing(np.where(happened, when[np.argmax(found, axis=1)], end) - start, happened)


def _held(
    criterion: Criterion | Score, when: Array, seen: Mapping[str, Array], day: float, shape: tuple[int, int]
) -> Flags:
    """Return (n, n_times) at which visits a diagnosis begins to hold."""
    if isinstance(criterion, Criterion):
        met = np.broadcast_to(meets(criterion, seen), shape)
        return np.asarray(met & (_until(met, when) - when >= criterion.lasting * day * (1 - 1e-12)))

    def ever(part: Criterion) -> Flags:
        return np.asarray(np.logical_or.accumulate(_held(part, when, seen, day, shape), axis=1))

    best: dict[str, Array] = {}
    for item in criterion.items:
        points = item.points * ever(item.criterion)
        best[item.domain] = np.maximum(best.get(item.domain, np.zeros(shape)), points)
    total = sum(best.values(), np.zeros(shape))
    return np.asarray(ever(criterion.entry) & (total >= criterion.needed))


def _until(met: Flags, times: Array) -> Array:
    """Return (n, n_times), for a visit that shows it, the time of the last visit in a row with it that does."""
    ends = np.empty(met.shape)
    end = np.full(met.shape[0], -np.inf)
    for column in range(met.shape[1] - 1, -1, -1):
        goes_on = met[:, column] & np.isfinite(end)
        end = np.where(met[:, column], np.where(goes_on, end, times[column]), -np.inf)
        ends[:, column] = end
    return ends
