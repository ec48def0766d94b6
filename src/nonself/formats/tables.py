"""Tables of patients and of measured points, read exactly or refused with file, line, what and mend."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from nonself.analysis.findings import Points
from nonself.cohort.population import Cohort, Origin
from nonself.errors import InputError, UnitError, UnknownName
from nonself.formats.sheet import Sheet, number, numbers, read_sheet
from nonself.units import dimension, factor

Array = NDArray[np.float64]
NEARLY_THE_SAME = 0.8


@dataclass(frozen=True, slots=True)
class PatientColumns:
    """How to read a patient table: `patient` the column of ids, `group` that of the class (or None), `rename`
    column -> parameter, `needed` names that must be numbers for everybody.
    """

    patient: str = "patient"
    group: str | None = None
    rename: Mapping[str, str] | None = None
    needed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PointColumns:
    """How to read a table of measured points: its columns of patient, time, value and, or None, a flag that
    is 1 where the value is only an upper limit.
    """

    patient: str = "patient"
    time: str = "time"
    value: str = "value"
    limit: str | None = None


def read_patients(
    path: Path, name: str, parameters: Mapping[str, str], time_unit: str, how: PatientColumns
) -> Cohort:
    """Read a cohort from a CSV table: one line a patient, a column named like a parameter sets it.

    A header may carry a unit (`TKI [1/day]`), which is converted. Other columns are kept as facts where they
    hold numbers; facts with a unit of time are converted to `time_unit`.

    **Arguments:** `parameters` id -> unit; `how` the columns.
    **Returns:** the cohort, each patient with file and line.
    **Raises:** `InputError` with file, line, what and mend.

    **Example:** `read_patients(Path("patients.csv"), "mine", {"TKI": "1/month"}, "month", PatientColumns())`
    """
    sheet = read_sheet(path)
    patients = _patients(sheet, how.patient)
    rename = how.rename or {}
    for column, target in rename.items():
        sheet.index(column)
        if target not in parameters and target not in how.needed:
            raise UnknownName("parameter", target, parameters)
    columns: dict[str, Array] = {}
    facts: dict[str, Array] = {}
    for column, unit in zip(sheet.names, sheet.units, strict=True):
        if column in (how.patient, how.group):
            continue
        target = rename.get(column, column)
        if target in columns or target in facts:
            raise InputError(f"two columns give {target!r}", file=sheet.file, line=sheet.header_line)
        if target in parameters:
            columns[target] = numbers(sheet, column) * _factor(sheet, column, unit, parameters[target])
        elif column not in rename and target not in how.needed and (near := _nearly(column, parameters)):
            raise UnknownName("column", column, [near], file=sheet.file, line=sheet.header_line)
        else:
            facts.update(_fact(sheet, column, target, unit, time_unit, target in how.needed))
    for needed in how.needed:
        if needed not in facts and needed not in columns:
            raise UnknownName("column", needed, sheet.names, file=sheet.file, line=sheet.header_line)
    group = sheet.index(how.group) if how.group is not None else None
    groups = tuple("" if group is None else row[group] for row in sheet.rows)
    origins = dict.fromkeys((*columns, *facts), Origin("table", path.name))
    places = tuple((sheet.file, line) for line in sheet.lines)
    return Cohort(name, patients, groups, columns, facts, origins, places)


def _patients(sheet: Sheet, column: str) -> tuple[str, ...]:
    position = sheet.index(column)
    first: dict[str, int] = {}
    for row, line in zip(sheet.rows, sheet.lines, strict=True):
        patient = row[position]
        if not patient:
            raise InputError(
                "a patient has no id", file=sheet.file, line=line, mend="give every patient an id"
            )
        if patient in first:
            raise InputError(
                f"patient {patient!r} is there twice, first in line {first[patient]}",
                file=sheet.file,
                line=line,
                mend="give each patient an id of its own",
            )
        first[patient] = line
    return tuple(first)


def _factor(sheet: Sheet, column: str, unit: str | None, target: str) -> float:
    if unit is None:
        return 1.0
    try:
        return factor(unit, target)
    except UnitError as error:
        error.what = f"column {column!r}: {error.what}"
        raise error.at(sheet.file, sheet.header_line) from None


def _fact(
    sheet: Sheet, column: str, target: str, unit: str | None, time_unit: str, needed: bool
) -> dict[str, Array]:
    if needed:
        return {target: numbers(sheet, column) * _factor(sheet, column, unit, time_unit)}
    position = sheet.index(column)
    values = np.empty(len(sheet.rows))
    for index, (row, line) in enumerate(zip(sheet.rows, sheet.lines, strict=True)):
        if not row[position]:
            values[index] = math.nan
        elif _is_text(row[position]):
            return {}
        else:
            values[index] = number(row[position], file=sheet.file, line=line, column=column)
    if unit is None:
        return {target: values}
    if _is_time(sheet, column, unit):
        return {target: values * factor(unit, time_unit)}
    return {f"{target} [{unit}]": values}


def _is_time(sheet: Sheet, column: str, unit: str) -> bool:
    try:
        return dict(dimension(unit)) == dict(dimension("day"))
    except UnitError as error:
        error.what = f"column {column!r}: {error.what}"
        raise error.at(sheet.file, sheet.header_line) from None


def _is_text(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return True
    return False


def _nearly(column: str, parameters: Mapping[str, str]) -> str | None:
    plain = column.casefold().replace("_", "").replace(" ", "").replace("-", "")
    for name in sorted(parameters):
        other = name.casefold().replace("_", "")
        alike = SequenceMatcher(None, plain, other).ratio() >= NEARLY_THE_SAME
        if plain == other or (min(len(plain), len(other)) >= 4 and alike):
            return name
    return None


def read_points(path: Path, how: PointColumns, time_unit: str, value_unit: str) -> dict[str, Points]:
    """Read measured points from a CSV table in long form: one line a point.

    Units in the header (`time [day]`) are converted to `time_unit` and `value_unit`.

    **Returns:** patient -> its points in order of time, times as in the file.
    **Raises:** `InputError` with file, line, what and mend.

    **Example:** `read_points(Path("bcr_abl.csv"), PointColumns(value="percent"), "month", "percent")`
    """
    sheet = read_sheet(path)
    patient = sheet.index(how.patient)
    units = dict(zip(sheet.names, sheet.units, strict=True))
    times = numbers(sheet, how.time) * _factor(sheet, how.time, units[how.time], time_unit)
    values = numbers(sheet, how.value) * _factor(sheet, how.value, units[how.value], value_unit)
    limits = _flags(sheet, how.limit) if how.limit is not None else np.zeros(times.size, dtype=np.bool_)
    rows: dict[str, list[int]] = {}
    for index, row in enumerate(sheet.rows):
        rows.setdefault(row[patient], []).append(index)
    found = {}
    for name, members in rows.items():
        order = np.array(members)[np.argsort(times[members], kind="stable")]
        found[name] = Points(times[order], values[order], limits[order], path.name)
    return found


def _flags(sheet: Sheet, column: str) -> NDArray[np.bool_]:
    values = numbers(sheet, column)
    for value, line in zip(values, sheet.lines, strict=True):
        if value not in (0.0, 1.0):
            raise InputError(
                f"column {column!r} holds {value:g}",
                file=sheet.file,
                line=line,
                mend="give 1 for a limit, else 0",
            )
    return np.asarray(values == 1.0)


def join_points(parts: Sequence[Points], shift: float) -> Points:
    """Return the points of several tables as one, in order of time, `shift` taken off every time."""
    times = np.concatenate([part.times for part in parts]) - shift
    order = np.argsort(times, kind="stable")
    return Points(
        times[order],
        np.concatenate([part.values for part in parts])[order],
        np.concatenate([part.limit for part in parts])[order],
        ", ".join(dict.fromkeys(part.source for part in parts)),
    )
