"""A study checked against the catalog and its files: everything a run needs, before anything is simulated."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from nonself.analysis.findings import Points
from nonself.analysis.measurement import Precision
from nonself.catalog import registry
from nonself.catalog.entry import PublishedModel
from nonself.cohort.people import slot_of
from nonself.cohort.population import Cohort, select
from nonself.cohort.trial import Arm, Schedule, require_after_start
from nonself.errors import InputError, UnknownName
from nonself.model.ir import Model
from nonself.study.arms import build_arms, therapies_used, with_tables
from nonself.study.cohorts import build_cohort
from nonself.study.deciding import Decisions, with_decisions
from nonself.study.inputs import input_digests, measured_points
from nonself.study.measuring import measured_as, precisions
from nonself.study.model_file import entry_from_file, is_model_file, timed
from nonself.study.models import composed
from nonself.study.plans import EndpointPlan, endpoint_plans, require_event
from nonself.study.quantities import moment
from nonself.study.shown import Shown, observables
from nonself.study.source import Study
from nonself.units import factor

Array = NDArray[np.float64]
MOST_PANELS = 100
MOST_READOUTS = 100_000


@dataclass(frozen=True, slots=True)
class Group:
    """One cohort of a study, ready: its patients, arms and readouts; `grid` relative to zero in the study's
    unit.
    """

    cohort: Cohort
    arms: tuple[Arm, ...]
    schedule: Schedule
    grid: Array


@dataclass(frozen=True, slots=True)
class Prepared:
    """A study whose every name was found and every number converted.

    **Arguments:** `shown` the observables to show, `kept` all that are needed; `points` (cohort, observable)
    -> patient -> measured points; `inputs` file -> digest of what was read; `warnings` sentences; `plain` the model
    without what the study's regimens bring: people are brought to their age with it; `arrived` what is told of that,
    name -> text; `precisions` observable -> how exactly it is measured, of those that are not taken as they are.
    """

    study: Study
    entry: PublishedModel
    model: Model
    groups: tuple[Group, ...]
    shown: tuple[Shown, ...]
    kept: tuple[str, ...]
    endpoints: tuple[EndpointPlan, ...]
    points: Mapping[tuple[str, str], Mapping[str, Points]]
    inputs: Mapping[str, str]
    warnings: tuple[str, ...]
    plain: Model
    arrived: Mapping[str, str] = field(default_factory=dict)
    precisions: Mapping[str, Precision] = field(default_factory=dict)


def _entry(study: Study) -> PublishedModel:
    """The model that a study names; of the body, with the tissues, leukemia and therapies that it names."""
    if study.spec.model != registry.BODY:
        with study.at("model"):
            if is_model_file(study.spec.model):
                return timed(entry_from_file(study.folder / study.spec.model), study.spec.time.unit)
            return registry.model(study.spec.model)
    for position, tissue in enumerate(study.spec.tissues):
        with study.at("tissues", position):
            registry.body((tissue,))
    with study.at("leukemia"):
        registry.body((), study.spec.leukemia)
    with study.at("model"):
        return registry.body(study.spec.tissues, study.spec.leukemia, therapies_used(study))


def prepare(study: Study, only: str | None = None) -> Prepared:
    """Check a study against the catalog and its files, and build its cohorts and arms.

    **Arguments:** `only` the id of one patient to keep, who then gives the same numbers as in the whole
    study. **Raises:** `InputError` with file, line, what, near miss and mend.

    **Example:** `prepare(read_study(Path("studies/cml-stop.yaml"))).model.id`
    """
    with study.at("model"):
        entry, model = composed(_entry(study))
    plain = model
    model, decisions = with_decisions(study, with_tables(study, model))
    with study.at("time", "unit"):
        factor(study.spec.time.unit, model.time_unit)
    for part in ("cohorts", "arms", "endpoints"):
        _require_unique(study, part)
    known = observables(model)
    shown = []
    for position, name in enumerate(study.spec.observables):
        with study.at("observables", position):
            if name not in known:
                raise UnknownName("observable", name, known)
            shown.append(known[name])
    endpoints = endpoint_plans(study, model, known)
    if study.spec.split is not None:
        with study.at("split"):
            require_event(study, study.spec.split)
    cohorts = [build_cohort(study, index, entry, model) for index in range(len(study.spec.cohorts))]
    _require_panels(study, cohorts)
    groups = tuple(_group(study, cohort, entry, model, decisions) for cohort in _keep(cohorts, only))
    points, warnings = measured_points(
        study, [(part.cohort, part.schedule.zero) for part in groups], model, known
    )
    kept = tuple(
        dict.fromkeys([part.id for part in shown] + [name for plan in endpoints for name in plan.kept])
    )
    exactness = precisions(study, kept, known)
    return Prepared(
        study,
        entry,
        model,
        groups,
        tuple(shown),
        kept,
        endpoints,
        points,
        input_digests(study),
        (
            *(entry.notes if is_model_file(study.spec.model) else ()),
            *warnings,
            *measured_as(study, exactness, kept, known),
        ),
        plain,
        precisions=exactness,
    )


def _require_unique(study: Study, field: str) -> None:
    seen: set[str] = set()
    for position, part in enumerate(getattr(study.spec, field)):
        if part.name in seen:
            with study.at(field, position, "name"):
                raise InputError(f"{field} has two named {part.name!r}", mend="give each a name of its own")
        seen.add(part.name)


def _keep(cohorts: Sequence[Cohort], only: str | None) -> list[Cohort]:
    if only is None:
        return list(cohorts)
    names = (
        only,
        slot_of(only),
    )  # who fills the place of somebody who died is not known before people are followed
    found = [
        select(cohort, [name])
        for cohort in cohorts
        for name in dict.fromkeys(names)
        if name in cohort.patients
    ]
    if not found:
        raise InputError(f"no cohort has a patient {only!r}", mend="give an id from patients.parquet")
    return found


def _group(study: Study, cohort: Cohort, entry: PublishedModel, model: Model, decisions: Decisions) -> Group:
    arms = build_arms(study, cohort, entry, model, decisions)
    grid = _grid(study)
    scale = factor(study.spec.time.unit, model.time_unit)
    with study.at("time", "zero"):
        zero = moment(study.spec.time.zero, cohort, study.spec.time.unit, model.time_unit)
    schedule = Schedule(
        np.array(np.broadcast_to(zero, len(cohort.patients))), grid * scale, float(grid[-1] * scale)
    )
    with study.at("time", "from" if study.spec.time.at is None else "at"):
        require_after_start(cohort, schedule)
    return Group(cohort, arms, schedule, grid)


def _grid(study: Study) -> Array:
    time = study.spec.time
    if time.at is not None:
        later = () if time.until is None or time.until == time.at[-1] else (time.until,)
        return np.array((*time.at, *later))
    assert time.every is not None
    assert time.until is not None
    steps = (time.until - time.from_) / time.every
    if steps > MOST_READOUTS:
        with study.at("time", "every"):
            raise InputError(
                f"{steps:.0f} readouts are too many", mend=f"read out at most {MOST_READOUTS} times"
            )
    count = int(steps + 1e-9)
    grid = time.from_ + time.every * np.arange(count + 1)
    return np.asarray(grid if abs(steps - count) <= 1e-9 else np.append(grid, time.until), dtype=float)


def _require_panels(study: Study, cohorts: Iterable[Cohort]) -> None:
    if study.spec.panels is None:
        return
    sizes = {cohort.name: len(cohort.patients) for cohort in cohorts}
    with study.at("panels"):
        if study.spec.panels not in sizes:
            raise UnknownName("cohort", study.spec.panels, sizes)
        if sizes[study.spec.panels] > MOST_PANELS:
            raise InputError(
                f"cohort {study.spec.panels!r} has {sizes[study.spec.panels]} patients, too many for panels",
                mend=f"name a cohort of at most {MOST_PANELS}",
            )
