"""Endpoints of a study, evaluated on the patients who finished; the others are counted, never numbers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nonself.analysis.measurement import reported
from nonself.analysis.reducers import (
    Area,
    Extremum,
    FirstCrossing,
    FirstDiagnosis,
    FirstEntry,
    Reducer,
    Value,
    Variation,
    reduced,
    require_answers,
)
from nonself.codegen.twin import formula_values
from nonself.cohort.people import MALE
from nonself.cohort.population import Cohort
from nonself.cohort.solvers import Reduce, Reduced
from nonself.cohort.trial import ArmResult, TrialResult
from nonself.engine.result import Outcomes
from nonself.engine.tally import Counts, count
from nonself.errors import UnknownName
from nonself.expr import names
from nonself.study import spec
from nonself.study.people import AGE
from nonself.study.plans import EndpointPlan
from nonself.study.prepare import Group, Prepared
from nonself.units import factor

Array = NDArray[np.float64]
Rows = NDArray[np.intp]
Flags = NDArray[np.bool_]
HAD, HAD_NOT = "had ", "had not "  # whose histograms, where a study splits courses
FIELDS = ("value", "time", "happened")


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


def reduction(prepared: Prepared, group: Group) -> Reduce:
    """Return what reduces the courses of a cohort to its endpoints and the histograms of what is shown.

    **Raises:** `InputError` with an endpoint's line where the readouts or the patients cannot answer it.
    """
    chosen, among = {}, {}
    for position, plan in enumerate(prepared.endpoints):
        if isinstance(plan.spec, spec.LagSpec):
            continue
        with prepared.study.at("endpoints", position):
            chosen[position] = _reducer(prepared, group, plan)
            among[position] = _among(plan, group.cohort)
            require_answers(chosen[position], group.grid, plan.kept)
    scale = factor(prepared.model.time_unit, prepared.study.spec.time.unit)

    def reduce(outcomes: Outcomes, lasted: Array, rows: slice) -> Reduced:
        kept: dict[str, Array] = {}
        read = _read_out(prepared, group, outcomes)
        alive_until = np.where(outcomes.died, lasted * scale, np.inf)
        lived = outcomes.finished | outcomes.died
        for position, reducer in chosen.items():
            plan = prepared.endpoints[position]
            with prepared.study.at("endpoints", position):
                seen = {name: read[name] for name in plan.kept}
                if plan.criteria:
                    seen |= _person(prepared, group, rows)
                evaluated = lived & among[position][rows]
                found = reduced(reducer, group.grid, seen, evaluated, alive_until, rows)
            kept |= {f"{plan.spec.name} {name}": part for name, part in found.items()}
        groups = {"": lived} if prepared.study.spec.split is None else _apart(prepared, kept, lived)
        shown = {
            f"{name}{part.id}": _counted(outcomes, read[part.id], flags)
            for part in prepared.shown
            for name, flags in groups.items()
        }
        return Reduced(kept, shown)

    return reduce


def _apart(prepared: Prepared, kept: Mapping[str, Array], lived: Flags) -> dict[str, Flags]:
    """Those who had the event by which a study splits courses, and those who did not but could have."""
    name = prepared.study.spec.split
    part = next(plan.spec for plan in prepared.endpoints if plan.spec.name == name)
    assert isinstance(part, (spec.CrossingSpec, spec.DiagnosisSpec))
    happened, time = kept[f"{name} happened"], kept[f"{name} time"]
    at_risk = lived & ~((part.already == "leave out") & (happened == 1) & (time == 0))
    return {HAD: at_risk & (happened == 1), HAD_NOT: at_risk & (happened == 0)}


def _read_out(prepared: Prepared, group: Group, outcomes: Outcomes) -> dict[str, Array]:
    """What is read out of each observable: its value, or what a laboratory reports of it."""
    days = group.grid * factor(prepared.study.spec.time.unit, "day")
    read = {name: outcomes.of(name) for name in prepared.kept}
    for name, how in prepared.precisions.items():
        read[name] = reported(read[name], how, name, outcomes.patients, days, prepared.study.spec.seed)
    return read


def _counted(outcomes: Outcomes, read: Array, lived: Flags) -> Counts:
    """The histograms of an observable over those who live then."""
    values = read[lived]
    return count(values, ~(np.isnan(values) & outcomes.died[lived][:, None]))


def _reducer(prepared: Prepared, group: Group, plan: EndpointPlan) -> Reducer:
    part, of, log = plan.spec, plan.of.id, plan.of.log_axis
    if isinstance(part, spec.TIMED):
        return _timed(prepared, group, plan, part)
    if isinstance(part, (spec.ValueSpec, spec.ReferenceSpec)):
        return Value(of, part.at, log=log)
    assert isinstance(part, (spec.ExtremumSpec, spec.AreaSpec, spec.VariationSpec))
    start = float(group.grid[0]) if part.from_ is None else part.from_
    end = float(group.grid[-1]) if part.until is None else part.until
    if isinstance(part, spec.ExtremumSpec):
        return Extremum(of, "min" if part.kind == "minimum" else "max", start, end)
    return (Area if isinstance(part, spec.AreaSpec) else Variation)(of, start, end)


def _timed(
    prepared: Prepared,
    group: Group,
    plan: EndpointPlan,
    part: spec.CrossingSpec | spec.DiagnosisSpec | spec.IncidenceSpec,
) -> Reducer:
    clock = prepared.study.spec.time.unit
    start = _start(group, part, factor(prepared.model.time_unit, clock))
    if plan.criteria:
        assert isinstance(start, float)
        return FirstDiagnosis(plan.criteria, start, factor("day", clock))
    assert isinstance(part, (spec.CrossingSpec, spec.IncidenceSpec))
    if plan.ranges is not None:
        return FirstEntry(plan.of.id, _limits(prepared, plan, group.cohort), start, part.visits)
    assert plan.direction is not None
    assert plan.threshold is not None
    return FirstCrossing(
        plan.of.id, plan.direction, plan.threshold, start, visits=part.visits, log=plan.of.log_axis
    )


def _start(
    group: Group, part: spec.CrossingSpec | spec.DiagnosisSpec | spec.IncidenceSpec, scale: float
) -> float | Array:
    if isinstance(part.from_, str):
        return np.asarray((group.cohort.number(part.from_) - group.schedule.zero) * scale)
    return float(part.from_)


def _among(plan: EndpointPlan, cohort: Cohort) -> Flags:
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


def _limits(prepared: Prepared, plan: EndpointPlan, cohort: Cohort) -> tuple[float | Array, float | Array]:
    """The range that values have to lie within: one for all, or (n,) lowest and highest by sex where it differs."""
    assert plan.ranges is not None
    women, men = plan.ranges
    if women == men:
        return women
    usual = next((float(part.value) for part in prepared.model.parameters if part.id == MALE), 1.0)
    is_man = np.broadcast_to(cohort.columns.get(MALE, np.array(usual)) == 1, len(cohort.patients))
    return np.where(is_man, men[0], women[0]), np.where(is_man, men[1], women[1])


def _person(prepared: Prepared, group: Group, rows: slice) -> dict[str, Array]:
    """What criteria may know of patients: parameters (n, 1), and age (n, n_times) where it is known at the start."""
    cohort = group.cohort
    size = len(cohort.patients[rows])
    known = {part.id: np.full(size, float(part.value)) for part in prepared.model.parameters}
    known |= {name: values[rows] for name, values in cohort.columns.items()}
    seen = {name: values[:, None] for name, values in known.items()}
    if AGE in cohort.facts:
        years = group.grid * factor(prepared.study.spec.time.unit, "year")
        seen[AGE] = cohort.facts[AGE][rows][:, None] + years
    return seen


def measure(prepared: Prepared, trials: tuple[TrialResult, ...]) -> tuple[Measurement, ...]:
    """Return every endpoint of every arm of every cohort.

    **Arguments:** `trials` one a group of `prepared`, in order, reduced by `reduction`.
    **Returns:** measurements by cohort, endpoint and arm.
    """
    found: list[Measurement] = []
    for trial in trials:
        for plan in prepared.endpoints:
            part = plan.spec
            for arm in trial.arms:
                if isinstance(part, spec.LagSpec):
                    plans = {one.spec.name: one for one in prepared.endpoints}
                    first, then = (
                        _measured(prepared, trial, arm, plans[name]) for name in (part.first, part.then)
                    )
                    found.append(_lag(plan, first, then))
                else:
                    found.append(_measured(prepared, trial, arm, plan))
    return tuple(found)


def _lag(plan: EndpointPlan, first: Measurement, then: Measurement) -> Measurement:
    """How long after one event another came, in those who had both; `already` who had the second without the first."""
    ones, others = (
        dict(zip(one.rows[one.happened].tolist(), one.values[one.happened].tolist(), strict=True))
        for one in (first, then)
    )
    both = np.array([row for row in others if row in ones], dtype=np.intp)
    values = np.array([others[row] - ones[row] for row in both.tolist()])
    without = len(others) - both.size
    return Measurement(
        plan, then.cohort, then.arm, then.who, both, values, np.empty(0), values > 0, then.excluded, without
    )


def _measured(prepared: Prepared, trial: TrialResult, arm: ArmResult, plan: EndpointPlan) -> Measurement:
    """One endpoint in one arm; who failed is excluded, who died before it can be seen is gone."""
    among = _among(plan, trial.cohort)
    rows = np.flatnonzero(arm.followed & among)
    excluded = int(np.count_nonzero(~arm.followed & among))
    seen = arm.columns[f"{plan.spec.name} seen"][rows] == 1
    gone, rows, already = int(np.count_nonzero(~seen)), rows[seen], 0
    found = {
        field: arm.columns[name][rows]
        for field in FIELDS
        if (name := f"{plan.spec.name} {field}") in arm.columns
    }
    if isinstance(plan.spec, spec.TIMED):
        values, times, happened = found["time"], np.empty(0), found["happened"] == 1
        if isinstance(plan.spec, spec.IncidenceSpec) or plan.spec.already == "leave out":
            kept = ~((values == 0) & happened)
            already = int(np.count_nonzero(~kept))
            rows, values, happened = rows[kept], values[kept], happened[kept]
    else:
        values, times = found["value"], found.get("time", np.empty(0))
        happened = _beyond(prepared, trial.cohort, values, plan, rows)
    return Measurement(
        plan,
        trial.cohort.name,
        arm.arm.name,
        arm.arm.who,
        rows,
        values,
        times,
        happened,
        excluded,
        already,
        gone,
    )


def _beyond(prepared: Prepared, cohort: Cohort, values: Array, plan: EndpointPlan, rows: Rows) -> Flags:
    """Return (n,) whether values lie beyond the threshold or within the range, empty where there is none."""
    if plan.ranges is not None:
        low, high = (
            np.broadcast_to(edge, len(cohort.patients))[rows] for edge in _limits(prepared, plan, cohort)
        )
        return np.asarray((values >= low) & (values <= high))
    if plan.threshold is None:
        return np.empty(0, dtype=np.bool_)
    return np.asarray(values > plan.threshold if plan.direction == "above" else values < plan.threshold)


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
