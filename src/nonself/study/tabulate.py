"""Numbers of a study for its tables and figures: outcomes, survival, bands, panels, failures, parameters."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from nonself.analysis.bands import QUANTILES, median_interval, quantiles
from nonself.analysis.findings import Band, Failure, OutcomeRow, Panel, ParameterRow, Survival
from nonself.analysis.survival import kaplan_meier, numbers_at_risk, wilson
from nonself.cohort.population import Cohort
from nonself.cohort.trial import ArmResult, TrialResult
from nonself.model.parts import Parameter
from nonself.provenance import Assumption
from nonself.simulate.result import Status
from nonself.study import spec
from nonself.study.measure import Measurement
from nonself.study.plans import Shown, unit
from nonself.study.prepare import Group, Prepared

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
        name, label = plan.spec.name, plan.spec.title
        return OutcomeRow(
            name, label, part.cohort, part.arm, measure, estimate, low, high, unit, patients, part.excluded
        )

    total = part.rows.size
    if isinstance(plan.spec, spec.CrossingSpec):
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
    size = f"{plan.of.unit}*{clock}" if isinstance(plan.spec, spec.AreaSpec) else plan.of.unit
    yield row("median", _median(part.values), size, total)
    if part.times.size:
        yield row("median time of it", _median(part.times), clock, total)
    if plan.threshold is not None:
        measure = f"patients {plan.direction} {plan.threshold:g} {plan.of.unit}"
        yield row(measure, _share(int(part.happened.sum()), total), "%", total)


def _share(count: int, total: int) -> tuple[float | None, float | None, float | None]:
    if not total:
        return None, None, None
    low, high = wilson(count, total)
    return 100 * count / total, 100 * low, 100 * high


def _median(values: Array) -> tuple[float | None, float | None, float | None]:
    return (float(np.median(values)), *median_interval(values)) if values.size else (None, None, None)


def survival_curves(prepared: Prepared, measurements: Sequence[Measurement]) -> tuple[Survival, ...]:
    """Return the Kaplan-Meier estimate of every crossing in every arm with patients at risk."""
    return tuple(
        _survival(part)
        for part in measurements
        if isinstance(part.plan.spec, spec.CrossingSpec) and part.rows.size
    )


def _survival(part: Measurement) -> Survival:
    estimate = kaplan_meier(part.values, part.happened)
    when = risk_times(float(part.values.max()))
    times, share, low, high = estimate.times, estimate.share, estimate.low, estimate.high
    if part.values.max() > times[-1]:
        times = np.append(times, part.values.max())
        share, low, high = (np.append(curve, curve[-1]) for curve in (share, low, high))
    name, label = part.plan.spec.name, part.plan.spec.title
    return Survival(
        name, label, part.cohort, part.arm, times, share, low, high, when, numbers_at_risk(part.values, when),
        estimate.patients, estimate.events, estimate.median,
    )  # fmt: skip


def risk_times(end: float) -> Array:
    """Return at most seven round times from 0 to `end`, at which numbers at risk are shown.

    **Example:** `risk_times(120.0)` gives `[0, 20, 40, 60, 80, 100, 120]`.
    """
    if end <= 0:
        return np.zeros(1)
    power = 10.0 ** np.floor(np.log10(end / RISK_COLUMNS))
    step = next(size * power for size in RISK_STEPS if size * power * RISK_COLUMNS >= end * (1 - 1e-12))
    return np.asarray(step * np.arange(int(end / step * (1 + 1e-12)) + 1))


def bands(prepared: Prepared, trials: Sequence[TrialResult]) -> tuple[Band, ...]:
    """Return the spread of every shown observable over the patients who finished, by cohort and arm."""
    return tuple(
        Band(
            group.cohort.name, arm.arm.name, shown.label, shown.unit, shown.log_axis, group.grid, QUANTILES,
            quantiles(arm.of(shown.id)[arm.finished]), int(arm.finished.sum()),
        )
        for group, trial in zip(prepared.groups, trials, strict=True)
        for shown in prepared.shown
        for arm in trial.arms
        if arm.finished.any()
    )  # fmt: skip


def panels(
    prepared: Prepared, trials: Sequence[TrialResult], measurements: Sequence[Measurement]
) -> tuple[Panel, ...]:
    """Return one panel a patient and shown observable for the cohort that the study asks them for."""
    return tuple(
        _panel(prepared, group, trial, row, shown, measurements)
        for group, trial in zip(prepared.groups, trials, strict=True)
        if group.cohort.name == prepared.study.spec.panels
        for shown in prepared.shown
        for row in range(len(group.cohort.patients))
    )


def _panel(
    prepared: Prepared,
    group: Group,
    trial: TrialResult,
    row: int,
    shown: Shown,
    measurements: Sequence[Measurement],
) -> Panel:
    patient = group.cohort.patients[row]
    own = [part for part in measurements if part.cohort == group.cohort.name and part.plan.of.id == shown.id]
    lines = {
        part.plan.spec.title: part.plan.threshold
        for part in own
        if isinstance(part.plan.spec, spec.CrossingSpec)
    }
    return Panel(
        cohort=group.cohort.name,
        patient=patient,
        group=group.cohort.groups[row],
        observable=shown.label,
        unit=shown.unit,
        log_axis=shown.log_axis,
        times=group.grid,
        curves={arm.arm.name: arm.of(shown.id)[row] for arm in trial.arms if arm.finished[row]},
        points=prepared.points.get((group.cohort.name, shown.id), {}).get(patient),
        marks={prepared.study.spec.time.zero_label: 0.0},
        lines={name: value for name, value in lines.items() if value is not None},
        verdict={arm.arm.name: _verdict(prepared, arm, row, own) for arm in trial.arms},
    )


def _verdict(prepared: Prepared, arm: ArmResult, row: int, own: Sequence[Measurement]) -> str:
    if not arm.finished[row]:
        return "did not finish"
    phrases = []
    for part in own:
        if part.arm != arm.arm.name or not isinstance(part.plan.spec, spec.CrossingSpec):
            continue
        place = np.flatnonzero(part.rows == row)
        words, title = part.plan.spec, part.plan.spec.title
        if not place.size:
            phrases.append("already so at the start")
        elif part.happened[place[0]]:
            clock = prepared.study.spec.time.unit
            phrases.append(f"{words.happened or title} at {part.values[place[0]]:.1f} {clock}s")
        else:
            phrases.append(words.not_happened or f"not: {title}")
    return "; ".join(phrases)


def failures(prepared: Prepared, trials: Sequence[TrialResult], replay: str) -> tuple[Failure, ...]:
    """Return the patients that did not finish, by cohort, arm and reason.

    **Arguments:** `replay` the command that runs one patient alone, with `{patient}` in it.
    """
    found = []
    for trial in trials:
        for arm in trial.arms:
            for status in sorted({failure.status for failure in arm.failures}):
                patients = tuple(part.patient for part in arm.failures if part.status == status)
                one = next(part for part in arm.failures if part.status == status)
                reason = (
                    f"{Status(status).sentence} For example patient {one.patient} at {one.time:.4g} "
                    f"{prepared.model.time_unit}s: {one.species} = {one.value:.4g}."
                )
                found.append(
                    Failure(
                        trial.cohort.name,
                        arm.arm.name,
                        reason,
                        Status(status).remedy,
                        patients,
                        len(patients),
                        replay.format(patient=patients[0]),
                    )  # fmt: skip
                )
    return tuple(found)


def parameter_rows(prepared: Prepared) -> tuple[ParameterRow, ...]:
    """Return every number of the model as the study used it, one line a cohort where cohorts differ from the model."""
    rows = []
    for part in (*prepared.model.parameters, *prepared.model.derived):
        between = f"{part.range[0]:g} to {part.range[1]:g}" if part.range else ""
        varied = [group.cohort for group in prepared.groups if _differs(group.cohort, part)]
        for cohort in varied:
            origin, values = cohort.origins[part.id], cohort.columns[part.id]
            low, high = float(values.min()), float(values.max())
            shown = f"{low!r}" if low == high else f"{low:.4g} to {high:.4g}"
            label = f"{part.label or part.id} ({cohort.name})"
            rows.append(
                ParameterRow(
                    part.id,
                    label,
                    shown,
                    unit(part.unit),
                    between,
                    origin.kind,
                    origin.text,
                    origin.is_assumed,
                )
            )
        if len(varied) < len(prepared.groups):
            source = part.source.text
            rows.append(
                ParameterRow(
                    part.id,
                    part.label or part.id,
                    str(part.value),
                    unit(part.unit),
                    between,
                    "model",
                    source,
                    isinstance(part.source, Assumption),
                )  # fmt: skip
            )
    return tuple(rows)


def _differs(cohort: Cohort, part: Parameter) -> bool:
    return part.id in cohort.columns and not np.all(cohort.columns[part.id] == part.value)
