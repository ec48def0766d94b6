"""One row a patient, arm and cohort: id, group, status, parameters and endpoints."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from nonself.cohort.trial import ArmResult, TrialResult
from nonself.engine.result import Status
from nonself.study.cohorts import columns_used
from nonself.study.measure import Measurement, columns
from nonself.study.people import AGE
from nonself.study.prepare import Group, Prepared
from nonself.study.shown import unit
from nonself.study.tabulate import measured_unit
from nonself.units import factor

if TYPE_CHECKING:
    import pyarrow

DIED_OF, FOLLOWED = "died_of", "followed"
Array = NDArray[np.float64]
Column = list[str] | Array
ROWS = 2**16  # patients of a part


def patient_table(
    prepared: Prepared, trials: Sequence[TrialResult], measurements: Sequence[Measurement]
) -> pyarrow.Table:
    """Return the table of patients: one row a cohort, arm and patient.

    Columns: cohort, arm, patient, group, status, status_sentence, what somebody died of and how long each was followed
    where the model knows death, the age of people of a population, the model's parameters, the patient columns that
    the study uses, and the endpoints; a number that does not exist is null. Units lie in the fields' metadata.
    """
    import pyarrow

    return pyarrow.Table.from_batches(patient_batches(prepared, trials, measurements))


def patient_batches(
    prepared: Prepared, trials: Sequence[TrialResult], measurements: Sequence[Measurement]
) -> Iterator[pyarrow.RecordBatch]:
    """Yield the table of patients in parts, so that not all of it need be held at once."""
    import pyarrow

    units = _units(prepared)
    for group, trial in zip(prepared.groups, trials, strict=True):
        for arm in trial.arms:
            found = _measured(trial, arm, measurements)
            for first in range(0, len(trial.cohort.patients), ROWS):
                block = _block(prepared, group, trial, arm, found, slice(first, first + ROWS))
                fields, arrays = [], []
                for name, part in block.items():
                    is_text = isinstance(part, list)
                    kind = pyarrow.string() if is_text else pyarrow.float64()
                    metadata = {"unit": units[name]} if name in units and not is_text else None
                    fields.append(pyarrow.field(name, kind, metadata=metadata))
                    arrays.append(pyarrow.array(part, kind, from_pandas=not is_text))
                yield pyarrow.RecordBatch.from_arrays(arrays, schema=pyarrow.schema(fields))


def _measured(trial: TrialResult, arm: ArmResult, measurements: Sequence[Measurement]) -> Mapping[str, Array]:
    found: dict[str, Array] = {}
    for measurement in measurements:
        if measurement.cohort == trial.cohort.name and measurement.arm == arm.arm.name:
            found |= columns(measurement, len(trial.cohort.patients))
    return found


def _block(
    prepared: Prepared,
    group: Group,
    trial: TrialResult,
    arm: ArmResult,
    measured: Mapping[str, Array],
    rows: slice,
) -> Mapping[str, Column]:
    cohort = group.cohort
    patients = cohort.patients[rows]
    count = len(patients)
    status = [Status(value) for value in arm.status[rows].tolist()]
    sentences = {failure.patient: failure.sentence for failure in arm.failures}
    block: dict[str, Column] = {
        "cohort": [cohort.name] * count,
        "arm": [arm.arm.name] * count,
        "patient": list(patients),
        "group": list(cohort.groups[rows]),
        "status": [part.name.lower() for part in status],
        "status_sentence": [
            sentences.get(patient, part.sentence) for patient, part in zip(patients, status, strict=True)
        ],
    }
    if any(hazard.ends for hazard in prepared.model.hazards):
        block[DIED_OF] = list(arm.cause[rows])
        block[FOLLOWED] = arm.lasted[rows] * factor(prepared.model.time_unit, prepared.study.spec.time.unit)
    if any(other.cohort.history is not None for other in prepared.groups):
        ages = cohort.facts.get(AGE)
        block[AGE] = np.full(count, np.nan) if ages is None else ages[rows]
    for part in prepared.model.parameters:
        own = cohort.columns.get(part.id)
        block[part.id] = np.full(count, float(part.value)) if own is None else own[rows]
    for name in dict.fromkeys(column for _, column in columns_used(prepared.study.spec)):
        fact = cohort.facts.get(name)
        block.setdefault(name, np.full(count, np.nan) if fact is None else fact[rows])
    return {**block, **{name: part[rows] for name, part in measured.items()}}


def _units(prepared: Prepared) -> dict[str, str]:
    clock = prepared.study.spec.time.unit
    units = {FOLLOWED: clock, AGE: "year"}
    units |= {part.id: unit(part.unit) for part in prepared.model.parameters}
    units |= {
        name: prepared.model.time_unit for _, name in columns_used(prepared.study.spec) if name not in units
    }
    for plan in prepared.endpoints:
        units[plan.spec.name] = measured_unit(plan, clock)
        units[f"{plan.spec.name}_time"] = clock
    return units
