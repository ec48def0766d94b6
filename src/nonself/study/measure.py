"""Endpoints of a study, evaluated on the patients who finished; the others are counted, never numbers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nonself.analysis.diagnosis import diagnose
from nonself.analysis.endpoints import Crossing, area, crossing, entering, extremum, value_at, variation
from nonself.codegen.twin import formula_values
from nonself.cohort.population import Cohort
from nonself.cohort.trial import ArmResult, TrialResult
from nonself.errors import UnknownName
from nonself.expr import names
from nonself.study import spec
from nonself.study.people import AGE
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
    threshold or within a range, else empty; `excluded` patients that did not finish; `already` patients left out as
    already so at the start; `gone` patients who died before it could be seen.
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
    gone: int = 0


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
    """One endpoint in one arm; who failed is excluded, who died before it can be seen is gone."""
    among = _among(plan, group.cohort)
    rows = np.flatnonzero(arm.followed & among)
    excluded = int(np.count_nonzero(~arm.followed & among))
    if isinstance(plan.spec, spec.TIMED):
        return _timed(prepared, group, arm, plan, rows, excluded)
    found, times, seen = _valued(plan, group.grid, arm.of(plan.of.id)[rows])
    beyond = np.empty(0, dtype=np.bool_)
    if plan.threshold is not None:
        beyond = found > plan.threshold if plan.direction == "above" else found < plan.threshold
    if isinstance(plan.spec, spec.ReferenceSpec) and plan.spec.within is not None:
        low, high = plan.spec.within
        beyond = (found >= low) & (found <= high)
    beyond = beyond[seen] if beyond.size else beyond
    times = times[seen] if times.size else times
    name, which, who = group.cohort.name, arm.arm.name, arm.arm.who
    gone = int(rows.size - np.count_nonzero(seen))
    return Measurement(plan, name, which, who, rows[seen], found[seen], times, beyond, excluded, gone=gone)


def _among(plan: EndpointPlan, cohort: Cohort) -> NDArray[np.bool_]:
    """Return (n,) whom an endpoint is about."""
    condition = plan.spec.among
    if condition is None:
        return np.full(len(cohort.patients), True)
    known = {**cohort.facts, **cohort.columns}
    formula = f"1 if ({condition}) else 0"
    for name in sorted(names(formula)):
        if name not in known:
            raise UnknownName(f"patient column of cohort {cohort.name!r}", name, known)
    return np.broadcast_to(np.asarray(formula_values(formula, known)) == 1, len(cohort.patients))


def _valued(plan: EndpointPlan, grid: Array, values: Array) -> tuple[Array, Array, NDArray[np.bool_]]:
    """Return (n,) values, their times where they have any, and for whom they could be seen."""
    part = plan.spec
    nothing = np.empty(0)
    if isinstance(part, (spec.ValueSpec, spec.ReferenceSpec)):
        alive = ~np.isnan(values[:, min(int(np.searchsorted(grid, part.at)), grid.size - 1)])
        found = np.full(alive.shape, np.nan)
        found[alive] = value_at(grid, values[alive], part.at, log=plan.of.log_axis)
        return found, nothing, alive
    assert isinstance(part, (spec.ExtremumSpec, spec.AreaSpec, spec.VariationSpec))
    start = float(grid[0]) if part.from_ is None else part.from_
    end = float(grid[-1]) if part.until is None else part.until
    if isinstance(part, spec.ExtremumSpec):
        edge = np.inf if part.kind == "minimum" else -np.inf
        lived = np.where(np.isnan(values), edge, values)
        found, times = extremum(grid, lived, "min" if part.kind == "minimum" else "max", start, end)
        return found, times, np.isfinite(found)
    alive = np.asarray(~np.isnan(values[:, (grid >= start) & (grid <= end)]).any(axis=1))
    found = np.full(alive.shape, np.nan)
    measure_of = area if isinstance(part, spec.AreaSpec) else variation
    found[alive] = measure_of(grid, values[alive], start, end)
    return found, nothing, alive


def _timed(
    prepared: Prepared, group: Group, arm: ArmResult, plan: EndpointPlan, rows: Rows, excluded: int
) -> Measurement:
    part = plan.spec
    assert isinstance(part, spec.TIMED)
    scale = factor(prepared.model.time_unit, prepared.study.spec.time.unit)
    followed = np.where(arm.died[rows], arm.lasted[rows] * scale, np.inf)
    start = _start(group, part, rows, scale)
    here = followed >= start
    rows, followed = rows[here], followed[here]
    gone = int(np.count_nonzero(~here))
    start = start if isinstance(start, float) else start[here]
    found = _event(prepared, group, arm, plan, rows, start, followed)
    leaves_out = isinstance(part, spec.IncidenceSpec) or part.already == "leave out"
    kept = ~((found.time == 0) & found.happened) if leaves_out else np.full(rows.size, True)
    return Measurement(
        plan, group.cohort.name, arm.arm.name, arm.arm.who, rows[kept], found.time[kept], np.empty(0),
        found.happened[kept], excluded, int(np.count_nonzero(~kept)), gone,
    )  # fmt: skip


def _start(
    group: Group, part: spec.CrossingSpec | spec.DiagnosisSpec | spec.IncidenceSpec, rows: Rows, scale: float
) -> float | Array:
    if isinstance(part.from_, str):
        return np.asarray(((group.cohort.number(part.from_) - group.schedule.zero) * scale)[rows])
    return float(part.from_)


def _event(
    prepared: Prepared,
    group: Group,
    arm: ArmResult,
    plan: EndpointPlan,
    rows: Rows,
    start: float | Array,
    followed: Array,
) -> Crossing:
    """When the event of an endpoint first happened to some patients."""
    part, grid = plan.spec, group.grid
    if plan.criterion is not None:
        assert isinstance(start, float)
        seen = {**_person(prepared, group, rows), **{name: arm.of(name)[rows] for name in plan.read}}
        clock = prepared.study.spec.time.unit
        return diagnose(plan.criterion, grid, seen, start, factor("day", clock), followed)
    assert isinstance(part, (spec.CrossingSpec, spec.IncidenceSpec))
    course = arm.of(plan.of.id)[rows]
    if part.within is not None:
        return entering(grid, course, part.within, start, visits=part.visits, followed=followed)
    assert plan.direction is not None
    assert plan.threshold is not None
    return crossing(
        grid, course, plan.direction, plan.threshold, start,
        visits=part.visits, log=plan.of.log_axis, followed=followed,
    )  # fmt: skip


def _person(prepared: Prepared, group: Group, rows: Rows) -> dict[str, Array]:
    """What criteria may know of patients: parameters (n, 1), and age (n, n_times) where it is known at the start."""
    cohort = group.cohort
    known = {part.id: np.full(rows.size, float(part.value)) for part in prepared.model.parameters}
    known |= {name: values[rows] for name, values in cohort.columns.items()}
    seen = {name: values[:, None] for name, values in known.items()}
    if AGE in cohort.facts:
        years = group.grid * factor(prepared.study.spec.time.unit, "year")
        seen[AGE] = cohort.facts[AGE][rows][:, None] + years
    return seen


def columns(measurement: Measurement, patients: int) -> Mapping[str, NDArray[np.float64]]:
    """Return what one measurement says of each patient of its cohort, NaN for those not evaluated.

    **Returns:** column name -> (n,): the value or time; `<name>_time` of an extremum; `<name>_happened` 1 or
    0.

    **Example:** `columns(measurement, 14)["mmr_loss_happened"]`
    """
    name = measurement.plan.spec.name
    is_crossing = isinstance(measurement.plan.spec, spec.TIMED)
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
