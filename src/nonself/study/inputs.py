"""Files that a study reads besides itself: measured points, and the digest of everything that was read."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from nonself.analysis.findings import Points
from nonself.cohort.population import Cohort
from nonself.errors import UnknownName
from nonself.formats.tables import PointColumns, join_points, read_points
from nonself.model.ir import Model
from nonself.study import spec
from nonself.study.model_file import is_model_file
from nonself.study.shown import Shown
from nonself.study.source import Study
from nonself.units import factor

Array = NDArray[np.float64]
Drawn = dict[tuple[str, str], Mapping[str, Points]]


def measured_points(
    study: Study, cohorts: Sequence[tuple[Cohort, Array]], model: Model, known: Mapping[str, Shown]
) -> tuple[Drawn, list[str]]:
    """Return the measured points of a study, times relative to each patient's zero, and sentences of warning.

    A file that is not there is named in a warning; one that is there must be right.

    **Arguments:** `cohorts` (cohort, zero (n,) in the model's unit); `known` observables by id.
    **Raises:** `InputError` with the place of what is wrong.
    """
    found: Drawn = {}
    warnings: list[str] = []
    to_study = factor(model.time_unit, study.spec.time.unit)
    tables_of: dict[tuple[str, str], list[Mapping[str, Points]]] = {}
    for part, tables in measured_tables(study, known, warnings):
        tables_of.setdefault((part.cohort, part.of), []).extend(tables)
    for (name, of), tables in tables_of.items():
        for cohort, zero in cohorts:
            if cohort.name == name and tables:
                shifts = dict(zip(cohort.patients, (zero * to_study).tolist(), strict=True))
                found[(name, of)] = _placed(tables, shifts)
    return found, warnings


def measured_tables(
    study: Study, known: Mapping[str, Shown], warnings: list[str]
) -> list[tuple[spec.Measured, list[Mapping[str, Points]]]]:
    """Return what a study says was measured, with its tables: patient -> points, times in the study's unit as in the
    file. A file that is not there is named in `warnings`.

    **Raises:** `InputError` with the place of what is wrong.
    """
    cohorts, arms = ({part.name for part in parts} for parts in (study.spec.cohorts, study.spec.arms))
    found = []
    for position, part in enumerate(study.spec.measured):
        with study.at("measured", position, "cohort"):
            if part.cohort not in cohorts:
                raise UnknownName("cohort", part.cohort, cohorts)
        with study.at("measured", position, "arm"):
            if part.arm is not None and part.arm not in arms:
                raise UnknownName("arm", part.arm, arms)
        with study.at("measured", position, "of"):
            if part.of not in known:
                raise UnknownName("observable", part.of, known)
        with study.at("measured", position, "files"):
            found.append((part, _tables(study, part, known[part.of], warnings)))
    return found


def _tables(study: Study, part: spec.Measured, of: Shown, warnings: list[str]) -> list[Mapping[str, Points]]:
    how = PointColumns(part.patient, part.time, part.value, part.limit)
    tables: list[Mapping[str, Points]] = []
    for name in part.files:
        path = study.folder / name
        if path.is_file():
            unit = "percent" if of.unit == "%" else of.unit
            tables.append(read_points(path, how, study.spec.time.unit, unit))
        else:
            warnings.append(f"Measured points are not drawn: there is no file {name}.")
    return tables


def _placed(tables: Sequence[Mapping[str, Points]], shifts: Mapping[str, float]) -> dict[str, Points]:
    placed = {}
    for patient, shift in shifts.items():
        parts = [table[patient] for table in tables if patient in table]
        if parts:
            placed[patient] = join_points(parts, shift)
    return placed


def input_digests(study: Study) -> dict[str, str]:
    """Return the SHA-256 digest of every file that a study reads and that is there, by the name it is
    given.
    """
    digests = {}
    for name in dict.fromkeys(_files(study.spec)):
        path = Path(study.folder / name)
        if path.is_file():
            digests[name] = hashlib.sha256(path.read_bytes()).hexdigest()
    return digests


def _files(study: spec.StudySpec) -> Iterator[str]:
    if is_model_file(study.model):
        yield study.model
    for cohort in study.cohorts:
        if isinstance(cohort.patients, spec.Patients):
            if cohort.patients.table is not None:
                yield cohort.patients.table.file
            if cohort.patients.draw is not None and isinstance(cohort.patients.draw.resample, spec.Table):
                yield cohort.patients.draw.resample.file
    for part in study.measured:
        yield from part.files
    for arm in study.arms:
        yield from (step.doses for step in arm.regimen if step.doses is not None)
