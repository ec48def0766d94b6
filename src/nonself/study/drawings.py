"""Courses of a study as its figures show them: bands over patients, and panels of single ones."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from nonself.analysis.bands import QUANTILES
from nonself.analysis.findings import Band, Panel
from nonself.cohort.trial import ArmResult, TrialResult
from nonself.engine.result import Status
from nonself.engine.tally import quantiles
from nonself.study import spec
from nonself.study.measure import Measurement
from nonself.study.plans import Shown
from nonself.study.prepare import Group, Prepared
from nonself.units import factor

Array = NDArray[np.float64]
PANEL_POINTS = 301


def bands(prepared: Prepared, trials: Sequence[TrialResult]) -> tuple[Band, ...]:
    """Return the spread of every shown observable over the patients who live then, by cohort and arm."""
    return tuple(
        Band(
            group.cohort.name, arm.arm.name, shown.label, shown.unit, shown.log_axis, group.grid, QUANTILES,
            quantiles(arm.counts[shown.id], QUANTILES), int(arm.followed.sum()),
        )
        for group, trial in zip(prepared.groups, trials, strict=True)
        for shown in prepared.shown
        for arm in trial.arms
        if arm.finished.any()
    )  # fmt: skip


def panels(
    prepared: Prepared, group: Group, trial: TrialResult, measurements: Sequence[Measurement]
) -> tuple[Panel, ...]:
    """Return one panel a patient and shown observable; `trial` holds their whole courses, each on its own times."""
    return tuple(
        _panel(prepared, group, trial, row, shown, measurements)
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
    scale = factor(prepared.model.time_unit, prepared.study.spec.time.unit)
    levels = [part.plan.threshold for part in own if isinstance(part.plan.spec, spec.CrossingSpec)]
    return Panel(
        cohort=group.cohort.name,
        patient=patient,
        group=group.cohort.groups[row],
        observable=shown.label,
        unit=shown.unit,
        log_axis=shown.log_axis,
        times=trial.schedule.grid[:, row] * scale,
        curves={arm.arm.name: arm.of(shown.id)[row] for arm in trial.arms if arm.followed[row]},
        points=prepared.points.get((group.cohort.name, shown.id), {}).get(patient),
        marks={prepared.study.spec.time.zero_label: 0.0},
        lines={f"{value:g} {shown.unit}".rstrip(): value for value in levels if value is not None},
        verdict={arm.arm.name: _verdict(prepared, arm, row, own) for arm in trial.arms},
    )


def _verdict(prepared: Prepared, arm: ArmResult, row: int, own: Sequence[Measurement]) -> str:
    if not arm.followed[row]:
        return "inaccurate" if arm.status[row] == Status.INACCURATE else "did not finish"
    phrases = ["died"] if arm.died[row] else []
    for part in own:
        if part.arm != arm.arm.name or not isinstance(
            part.plan.spec, (spec.CrossingSpec, spec.DiagnosisSpec)
        ):
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
