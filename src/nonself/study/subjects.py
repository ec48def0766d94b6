"""Who was measured, under which plan: the conditions under which a study's model can be fitted to its data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from nonself.analysis.findings import Points
from nonself.codegen.workspace import SAME_TIME
from nonself.cohort.regimen import Hold, actions
from nonself.engine.problem import Action
from nonself.errors import InputError
from nonself.formats.petab.plan import Move, Plan, together
from nonself.study import spec
from nonself.study.inputs import measured_tables
from nonself.study.prepare import Group, Prepared
from nonself.study.shown import observables
from nonself.units import factor


@dataclass(frozen=True, slots=True)
class Reading:
    """A measured value of an observable, in its unit, at a time from the model's start, in the model's unit."""

    of: str
    time: float
    value: float


@dataclass(frozen=True, slots=True)
class Subject:
    """One patient under one arm, with what was measured: `values` of the parameters that the cohort gives; `plan` up to
    the last reading of anybody.
    """

    cohort: str
    patient: str
    arm: str
    values: Mapping[str, float]
    plan: Plan
    readings: tuple[Reading, ...]


@dataclass(frozen=True, slots=True)
class _Done:
    """An action of an arm; `is_own` where it gives a parameter back what it is at the start."""

    action: Action
    is_own: bool


def subjects_of(prepared: Prepared) -> tuple[tuple[Subject, ...], tuple[str, ...]]:
    """Return who was measured, in the order of cohorts, patients and arms, and what was left out, in sentences.

    Left out are values that are only limits, and those before the model's start.

    **Raises:** `InputError` with the place of what cannot be said as conditions and scheduled changes: people of a
    population, doses decided at visits, plans that are not told apart.
    """
    study, known = prepared.study, observables(prepared.model)
    _require_data(prepared)
    found: dict[tuple[int, int, int], list[Reading]] = {}
    counts = _Counts()
    doings: dict[tuple[int, int], list[_Done]] = {}
    groups = {group.cohort.name: number for number, group in enumerate(prepared.groups)}
    for position, (part, tables) in enumerate(measured_tables(study, known, [])):
        number = groups[part.cohort]
        group = prepared.groups[number]
        readings = _readings(prepared, group, part, tables, counts)
        for arm in range(len(group.arms)) if part.arm is None else [_arm(group, part.arm)]:
            if (number, arm) not in doings:
                doings[number, arm] = _doings(prepared, group, arm)
        for row, own in readings.items():
            arm = _arm_of(prepared, position, number, row, own, doings)
            found.setdefault((number, row, arm), []).extend(own)
    if not found:
        with study.at("measured"):
            raise InputError(
                "no measured value is left to fit to: " + "; ".join(counts.sentences),
                mend="give values after the model's start that are not limits, of patients of the cohort",
            )
    last = max(one.time for own in found.values() for one in own)
    return tuple(
        _subject(prepared.groups[number], row, arm, found[number, row, arm], doings[number, arm], last)
        for number, row, arm in sorted(found)
    ), tuple(counts.sentences)


def _require_data(prepared: Prepared) -> None:
    study = prepared.study
    if not study.spec.measured:
        raise InputError(
            "nothing is measured in this study, so there is nothing to fit to",
            file=study.file,
            mend="add 'measured:' with tables of measured points, as in studies/cml-stop.yaml",
        )
    people = {
        part.name
        for part in study.spec.cohorts
        if isinstance(part.patients, spec.Patients) and part.patients.population is not None
    }
    for position, part in enumerate(study.spec.measured):
        with study.at("measured", position, "cohort"):
            if part.cohort in people:
                raise InputError(
                    f"{part.cohort!r} are people of a population: what befalls them by chance on the way cannot be "
                    "said in PEtab",
                    mend="measure patients of a table, published variants or a draw",
                )
        for number, name in enumerate(part.files):
            with study.at("measured", position, "files", number):
                if not (study.folder / name).is_file():
                    raise InputError(f"there is no file {name}", mend="put it there, relative to the study")
    by_chance = [clone.species for clone in prepared.model.clones]
    if by_chance:
        with study.at("model"):
            raise InputError(
                f"small clones ({', '.join(by_chance)}) move by chance, which PEtab cannot say",
                mend="take a model without them",
            )


class _Counts:
    """What is left out, counted."""

    def __init__(self) -> None:
        self.sentences: list[str] = []

    def say(self, count: int, of: str, why: str) -> None:
        """Add a sentence, where there is anything to say."""
        if count:
            plural = "value" if count == 1 else "values"
            self.sentences.append(f"{count} {plural} of {of} left out: {why}")


def _readings(
    prepared: Prepared,
    group: Group,
    part: spec.Measured,
    tables: Sequence[Mapping[str, Points]],
    counts: _Counts,
) -> dict[int, list[Reading]]:
    """What can be fitted to, by the patient's row."""
    scale = factor(prepared.study.spec.time.unit, prepared.model.time_unit)
    rows = {patient: row for row, patient in enumerate(group.cohort.patients)}
    found: dict[int, list[Reading]] = {}
    limits = early = strange = 0
    for table in tables:
        for patient, points in table.items():
            times = points.times * scale
            if patient not in rows:
                strange += points.times.size
                continue
            for time, value, is_limit in zip(times, points.values, points.limit, strict=True):
                limits += bool(is_limit)
                early += bool(not is_limit and time < 0)
                if not is_limit and time >= 0:
                    found.setdefault(rows[patient], []).append(Reading(part.of, float(time), float(value)))
    column = "" if part.limit is None else f" ({part.limit})"
    why = "PEtab's version 1 cannot say that a value is only a limit"
    counts.say(limits, part.of, f"{why}{column}; a fit does not know that they were measured")
    counts.say(early, part.of, "before the model's start")
    counts.say(strange, part.of, f"of patients who are not in the cohort {part.cohort!r}")
    return found


def _arm(group: Group, name: str) -> int:
    return [arm.name for arm in group.arms].index(name)


def _arm_of(
    prepared: Prepared,
    position: int,
    number: int,
    row: int,
    readings: Sequence[Reading],
    doings: Mapping[tuple[int, int], list[_Done]],
) -> int:
    """The arm that a patient was measured under: the one named, or any if up to the last reading all are the same."""
    study, group = prepared.study, prepared.groups[number]
    part = study.spec.measured[position]
    if part.arm is not None:
        return _arm(group, part.arm)
    last = max(one.time for one in readings)
    plans = [_plan(doings[number, arm], row, last) for arm in range(len(group.arms))]
    for arm, plan in zip(group.arms, plans, strict=True):
        if plan != plans[0]:
            with study.at("measured", position):
                raise InputError(
                    f"the study does not say under which arm patient {group.cohort.patients[row]!r} was measured, and "
                    f"{group.arms[0].name!r} and {arm.name!r} differ before the last of it",
                    mend=f"add 'arm: {group.arms[0].name}' to this part of measured, say",
                )
    return 0


def _doings(prepared: Prepared, group: Group, arm: int) -> list[_Done]:
    """What an arm does, in order.

    **Raises:** `InputError` with the line of a dose that is decided at the visit.
    """
    study = prepared.study
    for position, step in enumerate(study.spec.arms[arm].regimen):
        for field in ("hold", "reduce", "end_when"):
            if getattr(step, field) is not None:
                with study.at("arms", arm, "regimen", position, field):
                    raise InputError(
                        f"a dose that is decided at the visit ({field}) cannot be said in PEtab",
                        mend="give the doses as they were given, in a table (doses: …)",
                    )
    defaults = {part.id: float(part.value) for part in prepared.model.parameters}
    return [
        _Done(action, isinstance(item, Hold) and not _is_off(action, item))
        for item in group.arms[arm].items
        for action in actions([item], group.cohort, defaults)
    ]


def _is_off(action: Action, item: Hold) -> bool:
    return np.ndim(action.value) == 0 and action.value == item.off[action.target]


def _plan(doings: Sequence[_Done], row: int, last: float) -> Plan:
    """What is done to one patient up to a time."""
    found: dict[str, list[Move]] = {}
    for done in doings:
        action = done.action
        time, value = (
            float(np.asarray(part).flat[row if np.ndim(part) else 0]) for part in (action.time, action.value)
        )
        if not time <= last * (1 + SAME_TIME):
            continue
        move = {
            "add": Move(time, added=value),
            "multiply": Move(time, kept=value),
            "set": Move(time, kept=0.0, own=1.0) if done.is_own else Move(time, kept=0.0, added=value),
        }[action.kind]
        if move != Move(time):
            found.setdefault(action.target, []).append(move)
    return {target: together(moves) for target, moves in found.items()}


def _subject(
    group: Group, row: int, arm: int, readings: Sequence[Reading], doings: Sequence[_Done], last: float
) -> Subject:
    plan = _plan(doings, row, last)
    times = np.array([move.time for moves in plan.values() for move in moves])
    placed = sorted(
        (Reading(one.of, _with(one.time, times), one.value) for one in readings),
        key=lambda one: (one.of, one.time),
    )
    values = {name: float(column[row]) for name, column in group.cohort.columns.items()}
    return Subject(
        group.cohort.name, group.cohort.patients[row], group.arms[arm].name, values, plan, tuple(placed)
    )


def _with(time: float, planned: np.ndarray[tuple[int], np.dtype[np.float64]]) -> float:
    """The time itself, or that of what is done then: values are those after it."""
    near = planned[np.abs(planned - time) <= SAME_TIME * max(abs(time), 1.0)]
    return float(near[0]) if near.size else time
