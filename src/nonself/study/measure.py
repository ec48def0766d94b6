"""Endpoints of a study, evaluated on the patients who finished; the others are counted, never numbers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nonself.analysis.endpoints import Crossing, area, crossing, extremum, value_at
from nonself.cohort.trial import ArmResult, TrialResult
from nonself.study import spec
from nonself.study.plans import EndpointPlan
from nonself.study.prepare import Group, Prepared
from nonself.units import factor

Array = NDArray[np.float64]
Rows = NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class Measurement:
    """One endpoint in one arm of one cohort.

    **Arguments:** `rows` (n_evaluated,) positions in the cohort of the patients evaluated; `values`
    (n_evaluated,) the value, or for a crossing its time; `times` (n_evaluated,) when an extremum was reached,
    else empty; `happened` (n_evaluated,) whether a crossing did, or whether a value lies beyond its
    threshold, else empty; `excluded` patients that did not finish; `already` patients left out as already
    beyond a threshold at the start.
    """

    plan: EndpointPlan
    cohort: str
    arm: str
    who: str
    rows: Rows
    values: Array
    times: Array
    happened: NDArray[np.bool_]
    excluded: int
    already: int = 0


def measure(prepared: Prepared, trials: tuple[TrialResult, ...]) -> tuple[Measurement, ...]:
    """Evaluate every endpoint on every arm of every cohort.

    **Arguments:** `trials` one a group of `prepared`, in order.
    **Returns:** measurements by cohort, endpoint and arm.
    """
    found = []
    for group, trial in zip(prepared.groups, trials, strict=True):
        for position, plan in enumerate(prepared.endpoints):
            with prepared.study.at("endpoints", position):
                found += [_measured(prepared, group, trial, arm, plan) for arm in trial.arms]
    return tuple(found)


def _measured(
    prepared: Prepared, group: Group, trial: TrialResult, arm: ArmResult, plan: EndpointPlan
) -> Measurement:
    rows = np.flatnonzero(arm.finished)
    values, grid = arm.of(plan.of.id)[rows], group.grid
    part = plan.spec
    excluded = len(trial.cohort.patients) - rows.size
    nothing, no_flags = np.empty(0), np.empty(0, dtype=np.bool_)

    def done(found: Array, times: Array = nothing) -> Measurement:
        beyond = no_flags if plan.threshold is None else found > plan.threshold
        beyond = (
            found < plan.threshold if plan.direction == "below" and plan.threshold is not None else beyond
        )
        return Measurement(
            plan, group.cohort.name, arm.arm.name, arm.arm.who, rows, found, times, beyond, excluded
        )

    if isinstance(part, spec.CrossingSpec):
        found = _crossing(prepared, group, values, rows, plan)
        kept = (
            ~((found.time == 0) & found.happened) if part.already == "leave out" else np.full(rows.size, True)
        )
        already = int(rows.size - np.count_nonzero(kept))
        return Measurement(
            plan, group.cohort.name, arm.arm.name, arm.arm.who,
            rows[kept], found.time[kept], nothing, found.happened[kept], excluded, already,
        )  # fmt: skip
    if isinstance(part, spec.ValueSpec):
        return done(value_at(grid, values, part.at, log=plan.of.log_axis))
    start = float(grid[0]) if part.from_ is None else part.from_
    end = float(grid[-1]) if part.until is None else part.until
    if isinstance(part, spec.AreaSpec):
        return done(area(grid, values, start, end))
    return done(*extremum(grid, values, "min" if part.kind == "minimum" else "max", start, end))


def _crossing(prepared: Prepared, group: Group, values: Array, rows: Rows, plan: EndpointPlan) -> Crossing:
    part = plan.spec
    assert isinstance(part, spec.CrossingSpec)
    assert plan.direction is not None
    assert plan.threshold is not None
    start: float | Array
    if isinstance(part.from_, str):
        scale = factor(prepared.model.time_unit, prepared.study.spec.time.unit)
        start = ((group.cohort.number(part.from_) - group.schedule.zero) * scale)[rows]
    else:
        start = part.from_
    return crossing(
        group.grid, values, plan.direction, plan.threshold, start, visits=part.visits, log=plan.of.log_axis
    )


def columns(measurement: Measurement, patients: int) -> Mapping[str, NDArray[np.float64]]:
    """Return what one measurement says of each patient of its cohort, NaN for those not evaluated.

    **Returns:** column name -> (n,): the value or time; `<name>_time` of an extremum; `<name>_happened` 1 or
    0.

    **Example:** `columns(measurement, 14)["mmr_loss_happened"]`
    """
    name = measurement.plan.spec.name
    is_crossing = isinstance(measurement.plan.spec, spec.CrossingSpec)
    parts = {f"{name}_time" if is_crossing else name: measurement.values}
    if measurement.times.size:
        parts[f"{name}_time"] = measurement.times
    if is_crossing:
        parts[f"{name}_happened"] = measurement.happened.astype(float)
    filled = {}
    for key, values in parts.items():
        filled[key] = np.full(patients, np.nan)
        filled[key][measurement.rows] = values
    return filled
