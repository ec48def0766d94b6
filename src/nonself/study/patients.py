"""One row a patient, arm and cohort: id, group, status, parameters and endpoints."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from nonself.cohort.trial import ArmResult, TrialResult
from nonself.engine.result import Status
from nonself.study.cohorts import columns_used
from nonself.study.measure import Measurement, columns
from nonself.study.people import AGE
from nonself.study.plans import unit
from nonself.study.prepare import Group, Prepared
from nonself.study.tabulate import measured_unit
from nonself.units import factor

if TYPE_CHECKING:
    import pyarrow

DIED_OF, FOLLOWED = "died_of", "followed"
Column = list[str] | np.ndarray[tuple[int], np.dtype[np.float64]]


def patient_table(
    prepared: Prepared, trials: Sequence[TrialResult], measurements: Sequence[Measurement]
) -> pyarrow.Table:
    """Return the table of patients: one row a cohort, arm and patient.

    Columns: cohort, arm, patient, group, status, status_sentence, what somebody died of and how long each was followed
    where the model knows death, the age of people of a population, the model's parameters, the patient columns that
    the study uses, and the endpoints; a number that does not exist is null. Units lie in the fields' metadata.
    """
    import pyarrow

    blocks = [
        _block(prepared, group, trial, arm, measurements)
        for group, trial in zip(prepared.groups, trials, strict=True)
        for arm in trial.arms
    ]
    units = _units(prepared)
    names = list(blocks[0])
    fields, arrays = [], []
    for name in names:
        parts = [block[name] for block in blocks]
        if isinstance(parts[0], list):
            texts = [text for part in parts for text in part]
            fields.append(pyarrow.field(name, pyarrow.string()))
            arrays.append(pyarrow.array(texts, pyarrow.string()))
        else:
            metadata = {"unit": units[name]} if name in units else None
            fields.append(pyarrow.field(name, pyarrow.float64(), metadata=metadata))
            arrays.append(pyarrow.array(np.concatenate(parts), pyarrow.float64(), from_pandas=True))
    return pyarrow.Table.from_arrays(arrays, schema=pyarrow.schema(fields))


def _block(
    prepared: Prepared, group: Group, trial: TrialResult, arm: ArmResult, measurements: Sequence[Measurement]
) -> Mapping[str, Column]:
    cohort = group.cohort
    count = len(cohort.patients)
    status = [Status(int(value)) for value in arm.status]
    sentences = {failure.patient: failure.sentence for failure in arm.failures}
    block: dict[str, Column] = {
        "cohort": [cohort.name] * count,
        "arm": [arm.arm.name] * count,
        "patient": list(cohort.patients),
        "group": list(cohort.groups),
        "status": [part.name.lower() for part in status],
        "status_sentence": [
            sentences.get(patient, part.sentence)
            for patient, part in zip(cohort.patients, status, strict=True)
        ],
    }
    if any(hazard.ends for hazard in prepared.model.hazards):
        block[DIED_OF] = list(arm.cause)
        block[FOLLOWED] = arm.lasted * factor(prepared.model.time_unit, prepared.study.spec.time.unit)
    if any(other.cohort.history is not None for other in prepared.groups):
        block[AGE] = cohort.facts.get(AGE, np.full(count, np.nan))
    for part in prepared.model.parameters:
        block[part.id] = cohort.columns.get(part.id, np.full(count, float(part.value)))
    for name in dict.fromkeys(column for _, column in columns_used(prepared.study.spec)):
        block.setdefault(name, cohort.facts.get(name, np.full(count, np.nan)))
    for measurement in measurements:
        if measurement.cohort == cohort.name and measurement.arm == arm.arm.name:
            block.update(columns(measurement, count))
    return block


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
