"""Arms of a study: regimens in words of the catalog, turned into plans for a cohort."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nonself.catalog import registry
from nonself.catalog.entry import Bolus, Carried, Depletion, PublishedModel, Switch
from nonself.codegen.twin import formula_values
from nonself.cohort.dosing import dose_items, in_model, size_values, unit_of_amount, with_infusions
from nonself.cohort.population import Cohort
from nonself.cohort.regimen import Doses, Hold, Item, Removal, Setting, actions
from nonself.cohort.trial import Arm
from nonself.errors import InputError, UnknownName
from nonself.formats.doses import read_doses
from nonself.model.ir import Model
from nonself.study.deciding import Decided, Decisions
from nonself.study.quantities import has_unit_like, moment, quantity
from nonself.study.source import Steps, Study
from nonself.study.spec import Step
from nonself.units import factor

Array = NDArray[np.float64]


def build_arms(
    study: Study, cohort: Cohort, entry: PublishedModel, model: Model, decisions: Decisions
) -> tuple[Arm, ...]:
    """Return the arms of a study for one cohort; `decisions` how their doses are decided at visits.

    **Raises:** `InputError` with the line of the step that does not fit.
    """
    defaults = {part.id: float(part.value) for part in model.parameters}
    arms = []
    for number, part in enumerate(study.spec.arms):
        items: list[Item] = []
        for position, step in enumerate(part.regimen):
            steps: Steps = ("arms", number, "regimen", position)
            built = _items(study, step, steps, cohort, entry, model)
            if (number, position) in decisions:
                built = [_decided(item, decisions[number, position]) for item in built]
            with study.at(*steps, *_telling(step)):
                actions(built, cohort, defaults)
            items.extend(built)
        arms.append(Arm(part.name, tuple(items), part.who or f"on {part.name}"))
    return tuple(arms)


def _decided(item: Item, decided: Decided) -> Item:
    assert isinstance(item, Doses)
    return replace(item, scale=decided.scale, rules=decided.rules)


def therapies_used(study: Study) -> tuple[str, ...]:
    """Return the ids of the therapies that any arm names, in order."""
    return tuple(
        dict.fromkeys(step.therapy for arm in study.spec.arms for step in arm.regimen if step.therapy)
    )


def with_tables(study: Study, model: Model) -> Model:
    """Return the model with what the infusions of a study's dose tables need.

    **Raises:** `InputError` with the place in the study or in the table.
    """
    for number, arm in enumerate(study.spec.arms):
        for position, step in enumerate(arm.regimen):
            if step.doses is not None:
                with study.at("arms", number, "regimen", position, "doses"):
                    model = with_infusions(model, in_model(read_doses(study.folder / step.doses), model))
    return model


def _telling(step: Step) -> tuple[str, ...]:
    """Return the field that most likely holds what is wrong with a step's times or amount."""
    for field in ("times", "dose", "stop", "at", "doses"):
        if getattr(step, field) is not None:
            return (field,)
    return ()


def _items(
    study: Study, step: Step, steps: Steps, cohort: Cohort, entry: PublishedModel, model: Model
) -> list[Item]:
    if step.doses is not None:
        with study.at(*steps, "doses"):
            table = in_model(read_doses(study.folder / step.doses), model)
            sizes = size_values(model, cohort.columns, tuple(table.sizes.values()))
            return dose_items(table, cohort.patients, sizes)
    if step.therapy is not None:
        with study.at(*steps, "therapy"):
            act = _act(step.therapy, entry)
        if isinstance(act, Switch):
            return [_switch(study, step, steps, act, cohort, model)]
        if isinstance(act, Depletion):
            return [_depletion(study, step, steps, act, entry, model)]
        return [_bolus(study, step, steps, act, cohort, model)]
    if step.set is not None:
        return _set(study, step, steps, step.set, cohort, model)
    assert step.add is not None
    return _add(study, step, steps, step.add, cohort, model)


def _act(therapy: str, entry: PublishedModel) -> Carried:
    found = registry.therapy(therapy)
    if entry.id not in found.acts:
        here = [key for key, other in registry.therapies().items() if entry.id in other.acts]
        raise InputError(
            f"therapy {therapy!r} is not part of model {entry.id!r}",
            mend=f"{entry.id} has {', '.join(here) or 'none'}; {therapy} goes with {', '.join(found.acts)}",
        )
    return found.acts[entry.id]


def _refuse(study: Study, step: Step, steps: Steps, fields: tuple[str, ...], why: str) -> None:
    for field in fields:
        if getattr(step, field) is not None:
            with study.at(*steps, field):
                raise InputError(
                    f"{field} does not go with {step.therapy!r}: {why}", mend=f"leave {field} out"
                )


def _switch(study: Study, step: Step, steps: Steps, act: Switch, cohort: Cohort, model: Model) -> Hold:
    why = f"it is given as {', '.join(act.off)}, on or off"
    _refuse(study, step, steps, ("dose", "every", "count", "times", "hold", "reduce", "end_when"), why)
    unit = study.spec.time.unit
    with study.at(*steps, "start"):
        start = 0.0 if step.start is None else moment(step.start, cohort, unit, model.time_unit)
    with study.at(*steps, "stop"):
        stop = None if step.stop is None else moment(step.stop, cohort, unit, model.time_unit)
    return Hold(dict(act.off), start, stop)


def _depletion(
    study: Study, step: Step, steps: Steps, act: Depletion, entry: PublishedModel, model: Model
) -> Removal:
    why = "it removes a share of cells at once"
    _refuse(study, step, steps, ("stop", "hold", "reduce", "end_when"), why)
    with study.at(*steps, "dose"):
        dose = 1.0 if step.dose is None else quantity(step.dose, "1")
        if not 0 <= dose <= 1:
            raise InputError(f"a dose of {dose:g} of {step.therapy!r}", mend="give a share from 0 to 1")
    shares: dict[str, float] = {}
    with study.at(*steps, "therapy"):
        for state, share in act.shares.items():
            if state not in entry.states:
                raise UnknownName(f"state of cells of model {entry.id!r}", state, entry.states)
            shares |= dict.fromkeys(entry.states[state], dose * share)
        if not shares:
            raise InputError(
                f"this body has no cells that {step.therapy!r} depletes",
                mend="leave it out, or name more tissues",
            )
        for species in shares:
            _unit(model, species)
    return Removal(shares, _dose_times(study, step, steps, model))


def _bolus(study: Study, step: Step, steps: Steps, act: Bolus, cohort: Cohort, model: Model) -> Doses:
    _refuse(study, step, steps, ("stop",), f"it is given in doses into {act.species}")
    if step.dose is None:
        with study.at(*steps, "therapy"):
            raise InputError(f"therapy {step.therapy!r} has no dose", mend=f"add 'dose: 100 {act.unit}', say")
    with study.at(*steps, "dose"):
        amount = _amount(step.dose, act, cohort, model)
    return Doses(act.species, amount, _dose_times(study, step, steps, model))


def _amount(given: float | str, act: Bolus, cohort: Cohort, model: Model) -> float | Array:
    """Return a dose in the species' unit: one for all, or (n,) where it is stated by body surface."""
    scale = factor(act.unit, _unit(model, act.species))
    if not act.surface or not isinstance(given, str) or "m^2" not in given:
        return quantity(given, act.unit) * scale
    known: dict[str, Any] = {part.id: float(part.value) for part in model.parameters} | dict(cohort.columns)
    formula = next(str(part.value) for part in model.derived if part.id == act.surface)
    surface = np.broadcast_to(formula_values(formula, known), len(cohort.patients))
    return np.asarray(quantity(given, f"{act.unit}/m^2") * scale * surface)


def _dose_times(study: Study, step: Step, steps: Steps, model: Model) -> tuple[float, ...]:
    scale = factor(study.spec.time.unit, model.time_unit)
    if step.times is not None:
        _refuse(study, step, steps, ("start", "every", "count"), "its times are listed")
        return tuple(time * scale for time in step.times)
    with study.at(*steps, "start"):
        start = 0.0 if step.start is None else _plain_time(step.start, scale, model)
    if step.every is None and step.count is None:
        return (start,)
    if step.every is None or step.count is None:
        with study.at(*steps, "every" if step.count is None else "count"):
            raise InputError("every and count go together", mend="give both, or times")
    with study.at(*steps, "every"):
        every = _plain_time(step.every, scale, model)
        if every <= 0:
            raise InputError(f"the doses are {every:g} apart", mend="give a time above 0")
    return tuple(start + every * number for number in range(step.count))


def _plain_time(given: float | str, scale: float, model: Model) -> float:
    return quantity(given, model.time_unit) if isinstance(given, str) else given * scale


def _set(
    study: Study, step: Step, steps: Steps, given: Mapping[str, float | str], cohort: Cohort, model: Model
) -> list[Item]:
    assert step.at is not None
    units = {part.id: part.unit for part in model.parameters}
    items: list[Item] = []
    for name, value in given.items():
        with study.at(*steps, "set", name):
            if name not in units:
                raise UnknownName("parameter", name, units)
            number = quantity(value, units[name])
        with study.at(*steps, "at"):
            times = step.at if isinstance(step.at, tuple) else (step.at,)
            moments = [moment(time, cohort, study.spec.time.unit, model.time_unit) for time in times]
        items.extend(Setting(name, number, time) for time in moments)
    return items


def _add(
    study: Study, step: Step, steps: Steps, given: Mapping[str, float | str], cohort: Cohort, model: Model
) -> list[Item]:
    assert step.at is not None
    scale = factor(study.spec.time.unit, model.time_unit)
    items: list[Item] = []
    for name, value in given.items():
        with study.at(*steps, "add", name):
            amount = _added(value, name, cohort, model)
        with study.at(*steps, "at"):
            times = step.at if isinstance(step.at, tuple) else (step.at,)
            items.append(Doses(name, amount, tuple(_plain_time(time, scale, model) for time in times)))
    return items


def _added(given: float | str, name: str, cohort: Cohort, model: Model) -> float | Array:
    """What is added to a species, in its unit; of an amount of a concentration, divided by each one's compartment."""
    unit = _unit(model, name)
    species = next(part for part in model.species if part.id == name)
    amount = unit_of_amount(species, model)
    if species.size is None or not isinstance(given, str) or not has_unit_like(given, amount, unless=unit):
        return quantity(given, unit)
    return quantity(given, amount) / size_values(model, cohort.columns, (species.size,))[species.size]


def _unit(model: Model, species: str) -> str:
    units = {part.id: part.unit for part in model.species}
    if species not in units:
        raise UnknownName("species", species, units)
    return units[species]
