"""Courses of a study as one labeled array a variable."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from nonself.cohort.trial import TrialResult
from nonself.study.prepare import Prepared
from nonself.study.shown import observables

if TYPE_CHECKING:
    import xarray


def labeled_courses(prepared: Prepared, trials: Sequence[TrialResult]) -> xarray.Dataset:
    """Return (n_courses, n_times) of every observable that was kept, NaN from a failure onward.

    Coordinates: cohort, arm, patient, group and whether it finished, of each course; time relative to the
    study's zero, in its unit.
    """
    import xarray

    known = observables(prepared.model)
    labels: dict[str, list[str]] = {name: [] for name in ("cohort", "arm", "patient", "group")}
    for trial in trials:
        for arm in trial.arms:
            count = len(trial.cohort.patients)
            labels["cohort"] += [trial.cohort.name] * count
            labels["arm"] += [arm.arm.name] * count
            labels["patient"] += trial.cohort.patients
            labels["group"] += trial.cohort.groups
    finished = np.concatenate([arm.finished for trial in trials for arm in trial.arms])
    variables = {
        name: (
            ("course", "time"),
            np.concatenate([arm.of(name) for trial in trials for arm in trial.arms]),
            {"unit": known[name].unit, "long_name": known[name].label},
        )
        for name in prepared.kept
    }
    coordinates = {name: ("course", np.array(texts, dtype=object)) for name, texts in labels.items()}
    clock = {"unit": prepared.study.spec.time.unit, "zero": prepared.study.spec.time.zero_label}
    return xarray.Dataset(
        variables,
        coords={
            **coordinates,
            "finished": ("course", finished),
            "time": ("time", prepared.groups[0].grid, clock),
        },
        attrs={"study": prepared.study.spec.study, "model": prepared.model.id},
    )
