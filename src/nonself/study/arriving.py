"""People of a study brought to their age: each cohort of a population as it enters the study."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from nonself.catalog import registry
from nonself.cohort.people import People, share_in, slot_of
from nonself.cohort.population import Cohort
from nonself.cohort.snapshot import Arrived, RunIn, arrive
from nonself.study import spec
from nonself.study.arms import build_arms
from nonself.study.deciding import with_decisions
from nonself.study.people import carried, cohort_of, drawn_from, range_of, wanted_people
from nonself.study.prepare import Prepared

Progress = Callable[[int, int], None]


def arrive_all(prepared: Prepared, workers: int, progress: Progress | None = None) -> Prepared:
    """Return a study whose people have come to their age: each cohort of a population as it enters the study.

    **Arguments:** `workers` threads, which change no bit; `progress` called with (people, all) of each cohort.
    """
    groups, told, warnings = [], {}, []
    decisions = with_decisions(prepared.study, prepared.plain)[1]
    names = {part.name: index for index, part in enumerate(prepared.study.spec.cohorts)}
    for group in prepared.groups:
        index = names[group.cohort.name]
        part = prepared.study.spec.cohorts[index]
        if not isinstance(part.patients, spec.Patients) or part.patients.population is None:
            groups.append(group)
            continue
        until = float((group.schedule.zero + group.schedule.until).max())
        arrived = _arrive(prepared, index, group.cohort, until, workers, progress)
        cohort = cohort_of(
            part.name, arrived.ids, arrived.age, arrived.columns, part.patients.population, prepared.model
        )
        arms = build_arms(prepared.study, cohort, prepared.entry, prepared.model, decisions)
        groups.append(replace(group, cohort=replace(cohort, history=arrived.history), arms=arms))
        told[f"people of {part.name}"] = _told(arrived) + _narrow(part.patients.population, arrived)
        if arrived.failed:
            warnings.append(
                f"{part.name}: the courses of {arrived.failed:,} people did not get to the start of the study; "
                "they are in it as patients that failed."
            )
    return replace(prepared, groups=tuple(groups), arrived=told, warnings=(*prepared.warnings, *warnings))


def _arrive(
    prepared: Prepared, index: int, cohort: Cohort, until: float, workers: int, progress: Progress | None
) -> Arrived:
    from nonself.codegen.build import build

    study = prepared.study
    more, tag = carried(study, index, prepared.plain)
    how = RunIn(
        build(prepared.plain),
        drawn_from(wanted_people(study.spec.cohorts[index])),
        range_of(wanted_people(study.spec.cohorts[index])),
        study.spec.seed,
        study.spec.rtol,
        more,
        tag,
    )
    slots = tuple(slot_of(person) for person in cohort.patients)
    return arrive(how, slots, until, workers=workers, progress=progress)


def _told(arrived: Arrived) -> str:
    said = ", ".join(f"{count:,} of {cause}" for cause, count in arrived.died.items()) or "nobody"
    return (
        f"{len(arrived.ids):,}, followed from the age of {registry.population().from_age:g}; died before the study and "
        f"were replaced by others of the same age and sex: {said}; {arrived.found:,} taken from the snapshot"
    )


def _narrow(wanted: spec.People, arrived: Arrived) -> str:
    """How many of a population those within the study's ranges of traits are."""
    if not wanted.traits:
        return ""
    people = People(arrived.ids, arrived.age, arrived.columns, ())
    share = share_in(registry.population(), wanted.traits, people)
    ranges = " and ".join(f"{name} from {low:g} to {high:g}" for name, (low, high) in wanted.traits.items())
    return f"; {ranges}, as {100 * share:.3g} % of the population"
