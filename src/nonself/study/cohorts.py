"""Cohorts of a study, built from published variants, tables, or draws."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Literal

from nonself.catalog.entry import PublishedModel
from nonself.cohort.draw import Distribution, check_distribution, draw, resample
from nonself.cohort.population import Cohort, Origin, cohort_from_rows, select
from nonself.errors import InputError, UnknownName
from nonself.formats.tables import PatientColumns, read_patients
from nonself.model.ir import Model
from nonself.provenance import Citation
from nonself.study import spec
from nonself.study.people import first_drawn
from nonself.study.quantities import is_quantity
from nonself.study.source import Steps, Study

LAWS: tuple[Literal["lognormal", "normal", "uniform", "loguniform"], ...] = (
    "lognormal",
    "normal",
    "uniform",
    "loguniform",
)


def build_cohort(study: Study, index: int, entry: PublishedModel, model: Model) -> Cohort:
    """Return the cohort that a study names at a position.

    **Raises:** `InputError` with the place in the study or in the table.
    """
    part = study.spec.cohorts[index]
    steps: Steps = ("cohorts", index, "patients")
    if part.patients == "variants":
        with study.at(*steps):
            return _variants(part.name, entry, model)
    assert isinstance(part.patients, spec.Patients)
    who = part.patients
    if who.variants is not None:
        with study.at(*steps, "variants"):
            return select(_variants(part.name, entry, model), who.variants)
    if who.table is not None:
        with study.at(*steps, "table"):
            return _table(study, part.name, who.table, model)
    if who.population is not None:
        return first_drawn(study, index, model)
    assert who.draw is not None
    if who.draw.parameters is not None:
        return _drawn(study, part.name, who.draw, model, (*steps, "draw"))
    return _resampled(study, part.name, who.draw, entry, model, (*steps, "draw"))


def _defaults(model: Model) -> dict[str, float]:
    return {part.id: float(part.value) for part in model.parameters}


def _variants(name: str, entry: PublishedModel, model: Model) -> Cohort:
    if not entry.variants:
        raise InputError(
            f"model {entry.id!r} has no published variants", mend="draw patients, or give a table"
        )
    source = entry.variants[0].source
    where = source.key if isinstance(source, Citation) else source.text
    origin = Origin("table", f"{where}, published patients", not isinstance(source, Citation))
    rows = [(part.id, part.group, part.values, part.facts or {}) for part in entry.variants]
    return cohort_from_rows(name, rows, origin, _defaults(model))


def _table(study: Study, name: str, table: spec.Table, model: Model) -> Cohort:
    units = {part.id: part.unit for part in model.parameters}
    needed = tuple(dict.fromkeys(column for _, column in columns_used(study.spec) if column not in units))
    how = PatientColumns(table.patient, table.group, table.rename, needed)
    return read_patients(study.folder / table.file, name, units, model.time_unit, how)


def columns_used(study: spec.StudySpec) -> Iterator[tuple[Steps, str]]:
    """Yield (place, name) of every patient column that a study names."""
    if isinstance(study.time.zero, str) and not is_quantity(study.time.zero):
        yield ("time", "zero"), study.time.zero
    for number, arm in enumerate(study.arms):
        for position, step in enumerate(arm.regimen):
            for field in ("start", "stop", "at"):
                given = getattr(step, field)
                if isinstance(given, str) and not is_quantity(given):
                    yield ("arms", number, "regimen", position, field), given
    for number, endpoint in enumerate(study.endpoints):
        start = endpoint.from_ if isinstance(endpoint, spec.CrossingSpec) else None
        if isinstance(start, str):
            yield ("endpoints", number, "from"), start


def _drawn(study: Study, name: str, drawn: spec.Draw, model: Model, steps: Steps) -> Cohort:
    known = _defaults(model)
    laws: dict[str, Distribution] = {}
    reasons: dict[str, Origin] = {}
    for parameter, given in (drawn.parameters or {}).items():
        with study.at(*steps, "parameters", parameter):
            if parameter not in known and parameter not in {column for _, column in columns_used(study.spec)}:
                raise UnknownName("parameter", parameter, known)
            laws[parameter] = law_of(given)
            check_distribution(laws[parameter])
        why = f"assumed: {given.assumed}" if given.assumed is not None else str(given.source)
        reasons[parameter] = Origin(
            "distribution", f"{laws[parameter].text}; {why}", given.assumed is not None
        )
    with study.at(*steps):
        cohort = draw(name, drawn.patients, laws, reasons, study.spec.seed)
    facts = {key: values for key, values in cohort.columns.items() if key not in known}
    columns = {key: values for key, values in cohort.columns.items() if key in known}
    return replace(cohort, columns=columns, facts=facts)


def law_of(given: spec.Distribution) -> Distribution:
    """Return a distribution as a study file says it."""
    low, high = _bounds(given.bounds)
    for law in LAWS:
        numbers = getattr(given, law)
        if numbers is not None:
            return Distribution(law, numbers[0], numbers[1], low=low, high=high)
    assert given.fixed is not None
    return Distribution("fixed", given.fixed, low=low, high=high)


def _bounds(given: tuple[float | None, float | None]) -> tuple[float, float]:
    low, high = given
    return -math.inf if low is None else low, math.inf if high is None else high


def _resampled(
    study: Study, name: str, drawn: spec.Draw, entry: PublishedModel, model: Model, steps: Steps
) -> Cohort:
    with study.at(*steps, "resample"):
        table = (
            _table(study, name, drawn.resample, model)
            if isinstance(drawn.resample, spec.Table)
            else _variants(name, entry, model)
        )
    known: Mapping[str, object] = {**table.facts, **table.columns}
    for position, column in enumerate(drawn.vary):
        with study.at(*steps, "vary", position):
            if column not in known:
                raise UnknownName("parameter or patient column", column, known)
    assert drawn.spread is not None
    why = Origin(
        "distribution",
        f"around {table.origins[drawn.vary[0]].text}, spread {drawn.spread:g} times the deviation of the "
        f"log; assumed: {drawn.assumed}",
        is_assumed=True,
    )
    with study.at(*steps):
        bounds = {key: _bounds(value) for key, value in drawn.bounds.items()}
        return resample(name, drawn.patients, table, drawn.vary, drawn.spread, bounds, why, study.spec.seed)
