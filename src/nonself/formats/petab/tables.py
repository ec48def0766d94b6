"""The tables of a problem as records, every name in them found."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TypeVar

from nonself.errors import UnknownName
from nonself.formats.petab.files import Files, Row
from nonself.formats.petab.formula import Written, read_formula
from nonself.formats.petab.noise import DISTRIBUTIONS, TRANSFORMATIONS

SCALES = ("lin", "log", "log10")
MOST_PLACES = 1_000
_PLACE = r"{}Parameter([0-9]+)_{}\b"
Part = TypeVar("Part", "PetabParameter", "Seen")
Value = float | str  # a number, or the id of a parameter


@dataclass(frozen=True, slots=True)
class PetabParameter:
    """A parameter of a problem.

    **Arguments:** `nominal`, `lower` and `upper` not on its `scale` ("lin", "log" or "log10"); `estimated` whether
    a fit may change it.
    """

    id: str
    scale: str
    lower: float
    upper: float
    nominal: float
    estimated: bool


@dataclass(frozen=True, slots=True)
class Seen:
    """An observable: formulas of its value and its noise, each with as many `observableParameter<n>` and
    `noiseParameter<n>` as are given with a measurement.
    """

    id: str
    formula: Written
    noise: Written
    transformation: str
    distribution: str
    places: int
    noise_places: int


@dataclass(frozen=True, slots=True)
class Measurement:
    """One measured value: `condition` the conditions before (or "") and during; `given` what its formulas' own
    parameters are.
    """

    observable: str
    condition: tuple[str, str]
    time: float
    value: float
    given: Mapping[str, Value]
    row: Row


@dataclass(frozen=True, slots=True)
class Tables:
    """All tables of a problem; `conditions` id -> symbol -> value, NaN where it is not given."""

    parameters: Mapping[str, PetabParameter]
    conditions: Mapping[str, Mapping[str, Value]]
    observables: Mapping[str, Seen]
    measurements: tuple[Measurement, ...]


def read_tables(files: Files, symbols: Mapping[str, str]) -> Tables:
    """Read the tables of a problem.

    **Arguments:** `symbols` of the model and what kind each is.

    **Raises:** `InputError` with file, line and what is wrong.
    """
    parameters = _unique((_parameter(row), row) for row in files.parameters)
    conditions = _conditions(files.conditions, symbols, parameters)
    observables = _unique((_observable(row, {*symbols, *parameters}), row) for row in files.observables)
    measurements = tuple(_measurement(row, observables, conditions, parameters) for row in files.measurements)
    return Tables(parameters, conditions, observables, measurements)


def _unique(parts: Iterable[tuple[Part, Row]]) -> dict[str, Part]:
    found: dict[str, Part] = {}
    for part, row in parts:
        if part.id in found:
            raise row.wrong(f"{part.id!r} is there twice", "keep one of the two")
        found[part.id] = part
    return found


def _parameter(row: Row) -> PetabParameter:
    scale = row.one_of("parameterScale", SCALES)
    estimated = row.text("estimate")
    if estimated not in ("0", "1"):
        raise row.wrong(f"'estimate' is {estimated!r}", "say 0 or 1")
    lower, upper = (
        row.number(word) if row.cells.get(word) else math.nan for word in ("lowerBound", "upperBound")
    )
    nominal = row.number("nominalValue") if row.cells.get("nominalValue") else math.nan
    return PetabParameter(row.text("parameterId"), scale, lower, upper, nominal, estimated == "1")


def _conditions(
    rows: tuple[Row, ...], symbols: Mapping[str, str], parameters: Mapping[str, PetabParameter]
) -> dict[str, dict[str, Value]]:
    found: dict[str, dict[str, Value]] = {}
    for row in rows:
        own = row.text("conditionId")
        if own in found:
            raise row.wrong(f"condition {own!r} is there twice", "keep one of the two")
        found[own] = {}
        for column, cell in row.cells.items():
            if column in ("conditionId", "conditionName"):
                continue
            if column not in symbols:
                raise UnknownName("column", column, symbols, file=row.file, line=row.line)
            found[own][column] = _value(cell, row, column, parameters) if cell else math.nan
    return found


def _value(text: str, row: Row, column: str, parameters: Mapping[str, PetabParameter]) -> Value:
    """A number, or the id of a parameter."""
    try:
        return float(text)
    except ValueError:
        if text not in parameters:
            raise UnknownName(
                f"parameter in {column!r}", text, parameters, file=row.file, line=row.line
            ) from None
        return text


def _observable(row: Row, known: set[str]) -> Seen:
    own = row.text("observableId")
    formula, noise = row.text("observableFormula"), row.text("noiseFormula")
    places, noise_places = (
        max(
            (int(n) for n in re.findall(_PLACE.format(kind, re.escape(own)), formula + " " + noise)),
            default=0,
        )
        for kind in ("observable", "noise")
    )
    if max(places, noise_places) > MOST_PLACES:
        raise row.wrong(f"a formula has more than {MOST_PLACES} parameters of its own", "number them from 1")
    inner = {f"observableParameter{n}_{own}" for n in range(1, places + 1)}
    inner |= {f"noiseParameter{n}_{own}" for n in range(1, noise_places + 1)}
    return Seen(
        own,
        read_formula(formula, known | inner, row),
        read_formula(noise, known | inner | {own}, row),
        row.one_of("observableTransformation", TRANSFORMATIONS),
        row.one_of("noiseDistribution", DISTRIBUTIONS),
        places,
        noise_places,
    )


def _measurement(
    row: Row,
    observables: Mapping[str, Seen],
    conditions: Mapping[str, Mapping[str, Value]],
    parameters: Mapping[str, PetabParameter],
) -> Measurement:
    own = row.text("observableId")
    if own not in observables:
        raise UnknownName("observable", own, observables, file=row.file, line=row.line)
    before, during = row.cells.get("preequilibrationConditionId", ""), row.text("simulationConditionId")
    for condition in filter(None, (before, during)):
        if condition not in conditions:
            raise UnknownName("condition", condition, conditions, file=row.file, line=row.line)
    seen, given = observables[own], dict[str, Value]()
    for kind, places in (("observable", seen.places), ("noise", seen.noise_places)):
        column = f"{kind}Parameters"
        cells = [cell.strip() for cell in row.cells.get(column, "").split(";") if cell.strip()]
        if len(cells) != places:
            raise row.wrong(
                f"{column!r} gives {len(cells)} values; the formulas of {own!r} have {places}",
                "give one for each, separated by ';'",
            )
        for number, cell in enumerate(cells, 1):
            given[f"{kind}Parameter{number}_{own}"] = _value(cell, row, column, parameters)
    time, value = row.number("time"), row.number("measurement")
    if not time >= 0:
        raise row.wrong(f"the time is {time:g}", "give a time at or after 0, or inf for the steady state")
    if not math.isfinite(value):
        raise row.wrong(f"the measurement is {value:g}", "leave the row out")
    return Measurement(own, (before, during), time, value, given, row)
