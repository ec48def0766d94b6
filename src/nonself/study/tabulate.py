"""Numbers of a study for its tables and figures: outcomes, survival, bands, panels, failures, parameters."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from nonself.analysis.bands import median_interval
from nonself.analysis.findings import OutcomeRow, Survival
from nonself.analysis.survival import kaplan_meier, numbers_at_risk, poisson_interval, wilson
from nonself.cohort.trial import TrialResult
from nonself.study import spec
from nonself.study.measure import Measurement
from nonself.study.plans import EndpointPlan
from nonself.study.prepare import Prepared
from nonself.study.shown import written
from nonself.units import factor

Array = NDArray[np.float64]
RISK_STEPS = (1, 2, 3, 5, 6, 10, 12, 20, 24, 30, 50, 60)
RISK_COLUMNS = 6


def outcome_rows(prepared: Prepared, measurements: Sequence[Measurement]) -> tuple[OutcomeRow, ...]:
    """Return the table of outcomes: shares in percent with Wilson's interval, medians with theirs."""
    clock = prepared.study.spec.time.unit
    return tuple(row for part in measurements for row in _rows(part, clock))


def _rows(part: Measurement, clock: str) -> Iterator[OutcomeRow]:
    plan = part.plan

    def row(measure: str, numbers: tuple[float | None, ...], unit: str, patients: int) -> OutcomeRow:
        estimate, low, high = numbers
        name, label = plan.spec.name, plan.title
        return OutcomeRow(
            name, label, part.cohort, part.arm, measure, estimate, low, high, unit, patients, part.excluded
        )

    total = part.rows.size
    if part.gone:
        yield row("died before", (float(part.gone), None, None), "patient", total + part.gone)
    if isinstance(plan.spec, spec.IncidenceSpec):
        yield from _incidence(part, clock, row)
        return
    if isinstance(plan.spec, (spec.CrossingSpec, spec.DiagnosisSpec)):
        if plan.spec.already == "leave out":
            yield row(
                "not at risk, already so at the start",
                _share(part.already, total + part.already),
                "%",
                total + part.already,
            )
        yield row("patients with the event", _share(int(part.happened.sum()), total), "%", total)
        estimate = kaplan_meier(part.values, part.happened) if total else None
        numbers = (estimate.median, *estimate.median_interval) if estimate else (None, None, None)
        yield row("median time to it", numbers, clock, total)
        return
    yield from _values(part, clock, row)


def _values(part: Measurement, clock: str, row: Callable[..., OutcomeRow]) -> Iterator[OutcomeRow]:
    """The values of an endpoint that is no event."""
    plan, total, size = part.plan, part.rows.size, measured_unit(part.plan, clock)
    if isinstance(plan.spec, spec.LagSpec):
        yield row("patients with both events", _share(total, total + part.already), "%", total + part.already)
        yield row("of these, in this order", _share(int(part.happened.sum()), total), "%", total)
    yield row("median", _median(part.values), size, total)
    if isinstance(plan.spec, spec.ReferenceSpec):
        for share, name in ((0.025, "2.5th percentile"), (0.975, "97.5th percentile")):
            value = float(np.quantile(part.values, share)) if total else None
            yield row(name, (value, None, None), size, total)
        if plan.ranges is not None:
            count = int(part.happened.sum())
            yield row(f"patients within {range_text(plan)}", _share(count, total), "%", total)
    if part.times.size:
        yield row("median time of it", _median(part.times), clock, total)
    if plan.threshold is not None:
        measure = f"patients {plan.direction} {plan.threshold:g} {written(plan.of.unit)}".rstrip()
        yield row(measure, _share(int(part.happened.sum()), total), "%", total)


def _incidence(part: Measurement, clock: str, row: Callable[..., OutcomeRow]) -> Iterator[OutcomeRow]:
    """First events a person-year, with the exact Poisson interval."""
    spec_ = part.plan.spec
    assert isinstance(spec_, spec.IncidenceSpec)
    total = part.rows.size
    yield row(
        "not at risk, already so at the start",
        _share(part.already, total + part.already),
        "%",
        total + part.already,
    )
    events, years = incidence(part, clock)
    yield row("first events", (float(events), None, None), "patient", total)
    yield row("time at risk", (years, None, None), "person-years", total)
    low, high = (spec_.per * edge / years for edge in poisson_interval(events)) if years else (None, None)
    rate = spec_.per * events / years if years else None
    yield row("incidence", (rate, low, high), f"per {spec_.per:,.0f} person-years", total)


def incidence(part: Measurement, clock: str) -> tuple[int, float]:
    """Return the number of first events and the person-years at risk of a measurement."""
    return int(part.happened.sum()), float(part.values.sum()) * factor(clock, "year")


def range_text(plan: EndpointPlan) -> str:
    """Return in words what values have to lie within.

    **Example:** `range_text(plan)` gives `"117 to 153 (women), 134 to 170 (men) g/L"`.
    """
    assert plan.ranges is not None
    women, men = (f"{low:g} to {high:g}" for low, high in plan.ranges)
    said = women if women == men else f"{women} (women), {men} (men)"
    return f"{said} {written(plan.of.unit)}".rstrip()


def measured_unit(plan: EndpointPlan, clock: str) -> str:
    """Return the unit of an endpoint's values."""
    if isinstance(plan.spec, spec.VariationSpec):
        return "%"
    return f"{plan.of.unit}*{clock}" if isinstance(plan.spec, spec.AreaSpec) else plan.of.unit


def status_rows(prepared: Prepared, trials: Sequence[TrialResult]) -> tuple[OutcomeRow, ...]:
    """Return the shares of patients alive at the end and dead of each cause that killed, where a model knows death."""
    if not any(hazard.ends for hazard in prepared.model.hazards):
        return ()
    seen = {cause for trial in trials for arm in trial.arms for cause in arm.cause}
    labels = {
        hazard.id: hazard.label or hazard.id
        for hazard in prepared.model.hazards
        if hazard.ends and hazard.id in seen
    }
    rows = []
    for trial in trials:
        for arm in trial.arms:
            total, excluded = int(arm.followed.sum()), int((~arm.followed).sum())
            counts = {"alive at the end": int(arm.finished.sum())}
            counts |= {f"died: {label}": arm.cause.count(name) for name, label in labels.items()}
            rows += [
                OutcomeRow(
                    "status", "Alive or dead", trial.cohort.name, arm.arm.name, what,
                    *_share(count, total), "%", total, excluded,
                )
                for what, count in counts.items()
            ]  # fmt: skip
    return tuple(rows)


def _share(count: int, total: int) -> tuple[float | None, float | None, float | None]:
    if not total:
        return None, None, None
    low, high = wilson(count, total)
    return 100 * count / total, 100 * low, 100 * high


def _median(values: Array) -> tuple[float | None, float | None, float | None]:
    return (float(np.median(values)), *median_interval(values)) if values.size else (None, None, None)


def survival_curves(prepared: Prepared, measurements: Sequence[Measurement]) -> tuple[Survival, ...]:
    """Return the Kaplan-Meier estimate of every crossing in every arm with patients at risk."""
    curves = [
        part
        for part in measurements
        if isinstance(part.plan.spec, (spec.CrossingSpec, spec.DiagnosisSpec)) and part.rows.size
    ]
    ends: dict[tuple[str, str], float] = {}  # the arms of one figure share its axis
    for part in curves:
        key = part.cohort, part.plan.spec.name
        ends[key] = max(ends.get(key, 0.0), float(part.values.max()))
    clock = prepared.study.spec.time.unit
    return tuple(
        _survival(part, risk_times(ends[part.cohort, part.plan.spec.name], clock)) for part in curves
    )


def _survival(part: Measurement, when: Array) -> Survival:
    estimate = kaplan_meier(part.values, part.happened)
    times, share, low, high = estimate.times, estimate.share, estimate.low, estimate.high
    if part.values.max() > times[-1]:
        times = np.append(times, part.values.max())
        share, low, high = (np.append(curve, curve[-1]) for curve in (share, low, high))
    name, label = part.plan.spec.name, part.plan.title
    return Survival(
        name, label, part.cohort, part.arm, times, share, low, high, when, numbers_at_risk(part.values, when),
        estimate.patients, estimate.events, estimate.median,
    )  # fmt: skip


def risk_times(end: float, unit: str = "") -> Array:
    """Return at most seven round times from 0 to `end`, at which numbers at risk are shown; whole years of months.

    **Example:** `risk_times(120.0)` gives `[0, 20, 40, 60, 80, 100, 120]`.
    """
    if end <= 0:
        return np.zeros(1)
    power = 10.0 ** np.floor(np.log10(end / RISK_COLUMNS))
    years = math.ceil(end / 12 / RISK_COLUMNS - 1e-12)
    if unit == "month" and end > 24:
        step = 12.0 * next((size for size in (1, 2, 5, 10, 20, 50) if size >= years), years)
        return np.asarray(step * np.arange(int(end / step * (1 + 1e-12)) + 1))
    step = next(size * power for size in RISK_STEPS if size * power * RISK_COLUMNS >= end * (1 - 1e-12))
    return np.asarray(step * np.arange(int(end / step * (1 + 1e-12)) + 1))
