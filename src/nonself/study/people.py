"""People of a study as they are drawn: from the catalog's population, with the parameter set each carries."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping

import numpy as np
from numpy.typing import NDArray

from nonself.catalog import registry
from nonself.cohort.people import Range, draw_people, narrowed, slot_ids
from nonself.cohort.population import Cohort, Origin
from nonself.cohort.snapshot import AGE_AT_START
from nonself.engine.streams import uniforms
from nonself.errors import InputError, UnknownName
from nonself.model.ir import Model
from nonself.model.people import Population
from nonself.provenance import Assumption
from nonself.study import spec
from nonself.study.quantities import quantity
from nonself.study.source import Steps, Study

Array = NDArray[np.float64]
AGE = "age"  # the patient column with the age at the start of the study


def first_drawn(study: Study, index: int, model: Model) -> Cohort:
    """Return the people of a cohort as they are drawn first, before anybody is followed to the start of the study.

    **Raises:** `InputError` with the line of what does not fit.
    """
    part = study.spec.cohorts[index]
    wanted, steps = wanted_people(part), _steps(index)
    if study.spec.model != registry.BODY:
        with study.at(*steps):
            raise InputError(
                f"model {study.spec.model!r} has no population",
                mend=f"write 'model: {registry.BODY}', or draw patients",
            )
    slots = slot_ids(0, wanted.people)
    with study.at(*steps, "traits"):
        source = drawn_from(wanted)
    with study.at(*steps, "age"):
        people = draw_people(source, slots, range_of(wanted), study.spec.seed)
    start = np.full(len(slots), registry.population().from_age)
    more = carried(study, index, model)[0](slots)
    return cohort_of(
        part.name, slots, people.age, {**people.columns, AGE_AT_START: start, **more}, wanted, model
    )


def carried(
    study: Study, index: int, model: Model
) -> tuple[Callable[[tuple[str, ...]], Mapping[str, Array]], str]:
    """Return the parameters that people carry besides their own, from ids, and a digest of what they can be.

    A person carries one set of the ensemble, drawn by key: the same in every cohort.

    **Raises:** `InputError` with the line of what does not fit.
    """
    wanted, steps = wanted_people(study.spec.cohorts[index]), _steps(index)
    units = {part.id: part.unit for part in model.parameters}
    fixed: dict[str, float] = {}
    for name, given in wanted.set.items():
        with study.at(*steps, "set", name):
            if name not in units:
                raise UnknownName("parameter", name, units)
            fixed[name] = quantity(given, units[name])
    sets: tuple[Mapping[str, float], ...] = ()
    digest = ""
    if wanted.ensemble is not None:
        asked = "ensemble" in wanted.model_fields_set
        with study.at(*steps, *(("ensemble",) if asked else ())):
            ensemble = registry.ensemble(wanted.ensemble)
            for name in ensemble.sets[0]:
                if asked and name not in units:
                    raise UnknownName(f"parameter of ensemble {ensemble.id!r}", name, units)
        sets = tuple({name: one[name] for name in one if name in units} for one in ensemble.sets)
        digest = ensemble.digest
    seed = study.spec.seed

    def columns(ids: tuple[str, ...]) -> Mapping[str, Array]:
        found: dict[str, Array] = {}
        if sets:
            pick = (uniforms(seed, "people: ensemble", ids) * len(sets)).astype(np.intp)
            found = {name: np.array([one[name] for one in sets])[pick] for name in sets[0]}
        return {**found, **{name: np.full(len(ids), value) for name, value in fixed.items()}}

    return columns, hashlib.sha256(json.dumps([digest, sorted(fixed.items())]).encode()).hexdigest()


def cohort_of(
    name: str,
    ids: tuple[str, ...],
    age: Array,
    columns: Mapping[str, Array],
    wanted: spec.People,
    model: Model,
) -> Cohort:
    """Return people as a cohort; what is no parameter of the model is kept as a fact."""
    known = {part.id for part in model.parameters}
    origins = {
        trait.id: Origin(
            "distribution",
            f"population {registry.population().id}{_within(wanted, trait.id)}: {trait.source.text}",
            isinstance(trait.source, Assumption),
        )
        for trait in registry.population().traits
    }
    for parameter in columns:
        if parameter in wanted.set:
            origins[parameter] = Origin("study", "set for everybody by the study")
        elif parameter not in origins:
            whence = "the ensemble" if wanted.ensemble is not None else "the population"
            origins[parameter] = Origin("distribution", whence)
    return Cohort(
        name,
        ids,
        tuple("" for _ in ids),
        {key: values for key, values in columns.items() if key in known},
        {AGE: age, **{key: values for key, values in columns.items() if key not in known}},
        origins,
    )


def _within(wanted: spec.People, trait: str) -> str:
    if trait not in wanted.traits:
        return ""
    low, high = wanted.traits[trait]
    return f", those from {low:g} to {high:g}"


def wanted_people(part: spec.CohortSpec) -> spec.People:
    """Return whom a cohort of a population wants."""
    assert isinstance(part.patients, spec.Patients)
    assert part.patients.population is not None
    return part.patients.population


def _steps(index: int) -> Steps:
    return ("cohorts", index, "patients", "population")


def drawn_from(wanted: spec.People) -> Population:
    """Return the population that people are drawn from: the catalog's, or those of it within ranges of traits."""
    return narrowed(registry.population(), wanted.traits)


def range_of(wanted: spec.People) -> Range:
    """Return the ages and sexes that are wanted."""
    return Range(wanted.age[0], wanted.age[1], wanted.ages, wanted.men)
