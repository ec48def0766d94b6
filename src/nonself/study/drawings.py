"""Courses of a study as its figures show them: bands over patients, and panels of single ones."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from nonself.analysis.bands import QUANTILES
from nonself.analysis.findings import Band, Panel, Reference
from nonself.catalog.criteria.reference import reference_intervals
from nonself.cohort.people import MALE
from nonself.cohort.trial import ArmResult, TrialResult
from nonself.engine.result import Status
from nonself.engine.tally import quantiles
from nonself.study import spec
from nonself.study.measure import HAD, HAD_NOT, Measurement
from nonself.study.plans import interval
from nonself.study.prepare import Group, Prepared
from nonself.study.shown import Shown, written
from nonself.units import factor

Array = NDArray[np.float64]
PANEL_POINTS = 301


def bands(
    prepared: Prepared, trials: Sequence[TrialResult], measurements: Sequence[Measurement]
) -> tuple[Band, ...]:
    """Return the spread of every shown observable over the patients who live then, by cohort and arm; where a study
    splits by an event, over those of the first arm who had it and those who did not.
    """
    return tuple(
        Band(
            group.cohort.name, name, shown.label, shown.unit, shown.log_axis, group.grid, QUANTILES,
            quantiles(arm.counts[f"{whose}{shown.id}"], QUANTILES), patients, _references(group, shown),
        )
        for group, trial in zip(prepared.groups, trials, strict=True)
        for shown in prepared.shown
        for arm, name, whose, patients in _together(prepared, group, trial, measurements)
        if patients
    )  # fmt: skip


def _together(
    prepared: Prepared, group: Group, trial: TrialResult, measurements: Sequence[Measurement]
) -> Iterator[tuple[ArmResult, str, str, int]]:
    """Whose courses are shown together: an arm, their name, the name of their histograms, and how many they are."""
    split = prepared.study.spec.split
    if split is None:
        yield from (
            (arm, arm.arm.name, "", int(arm.followed.sum())) for arm in trial.arms if arm.finished.any()
        )
        return
    arm = trial.arms[0]
    part = next(
        one
        for one in measurements
        if (one.cohort, one.arm, one.plan.spec.name) == (group.cohort.name, arm.arm.name, split)
    )
    words = part.plan.spec
    assert isinstance(words, (spec.CrossingSpec, spec.DiagnosisSpec))
    yield arm, words.happened or part.plan.title, HAD, int(part.happened.sum())
    yield arm, words.not_happened or f"not: {part.plan.title}", HAD_NOT, int((~part.happened).sum())


def _references(group: Group, shown: Shown, row: int | None = None) -> tuple[Reference, ...]:
    """The reference intervals of an observable for the sexes of a cohort, or of one patient, in the unit shown."""
    sexes = group.cohort.columns.get(MALE)
    if sexes is None:
        return ()
    here = sexes if row is None else sexes[[row]]
    names = [name for name, value in (("women", 0), ("men", 1)) if np.any(here == value)]
    found = [one for one in reference_intervals() if one.quantity == shown.id and one.sex in (*names, "both")]
    references = []
    for one in found:
        low, high = (edge if math.isfinite(edge) else None for edge in interval(one, shown))
        references.append(Reference("" if one.sex == "both" else one.sex, low, high, one.source))
    return tuple(references)


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
        lines={f"{value:g} {written(shown.unit)}".rstrip(): value for value in levels if value is not None},
        verdict={arm.arm.name: _verdict(prepared, arm, row, own) for arm in trial.arms},
        references=_references(group, shown, row),
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
        words, title = part.plan.spec, part.plan.title
        if not place.size:
            phrases.append("already so at the start")
        elif part.happened[place[0]]:
            clock = prepared.study.spec.time.unit
            phrases.append(f"{words.happened or title} at {part.values[place[0]]:.1f} {clock}s")
        else:
            phrases.append(words.not_happened or f"not: {title}")
    return "; ".join(phrases)
