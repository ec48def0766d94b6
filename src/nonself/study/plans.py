"""Observables and endpoints of a study: every name found, every threshold in the observable's unit."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from nonself.analysis.diagnosis import reads
from nonself.catalog.criteria import registry
from nonself.errors import InputError, UnknownName
from nonself.expr import parse_condition
from nonself.model.criterion import Criterion, Score
from nonself.model.ir import Model
from nonself.study import spec
from nonself.study.quantities import quantity
from nonself.study.source import Study
from nonself.units import dimension, formula_dimension

PERSON = frozenset({"male", "age"})  # what criteria may know of a person besides what is measured


@dataclass(frozen=True, slots=True)
class Shown:
    """An observable or species as it is shown."""

    id: str
    label: str
    unit: str
    log_axis: bool


@dataclass(frozen=True, slots=True)
class EndpointPlan:
    """An endpoint ready to be evaluated: `threshold` in the observable's unit and its side, where it has one;
    `criterion` of a diagnosis and the observables `read` for it.
    """

    spec: spec.AnyEndpoint
    of: Shown
    direction: Literal["above", "below"] | None
    threshold: float | None
    criterion: Criterion | Score | None = None
    read: tuple[str, ...] = ()

    @property
    def kept(self) -> tuple[str, ...]:
        """The observables it needs."""
        return (self.of.id,) if self.criterion is None else self.read


def observables(model: Model) -> Mapping[str, Shown]:
    """Return everything a model can be read out for: its species, then its observables, by id."""
    species = [
        Shown(part.id, part.label or part.id, unit(part.unit), log_axis=False) for part in model.species
    ]
    own = [
        Shown(part.id, part.label or part.id, unit(part.unit), part.log_axis) for part in model.observables
    ]
    return {part.id: part for part in (*species, *own)}


def unit(name: str) -> str:
    """Return a unit as people write it: "%" for percent."""
    return "%" if name == "percent" else name


def endpoint_plans(study: Study, model: Model, known: Mapping[str, Shown]) -> tuple[EndpointPlan, ...]:
    """Return the endpoints of a study, checked.

    **Raises:** `InputError` with the line of what does not fit: an unknown observable, a time outside the
    readouts.
    """
    plans = []
    for position, part in enumerate(study.spec.endpoints):
        if part.among is not None:
            with study.at("endpoints", position, "among"):
                parse_condition(part.among)
        _require_inside(study, position, part)
        named = part.criterion if isinstance(part, (spec.DiagnosisSpec, spec.IncidenceSpec)) else None
        if named is not None:
            with study.at("endpoints", position, "criterion"):
                plans.append(_defined(part, registry.criterion(named), model, known))
            continue
        assert not isinstance(part, spec.DiagnosisSpec)
        assert part.of is not None
        with study.at("endpoints", position, "of"):
            if part.of not in known:
                raise UnknownName("observable", part.of, known)
        plans.append(_plan(study, position, part, known[part.of]))
    return tuple(plans)


def _defined(
    part: spec.AnyEndpoint, criterion: Criterion | Score, model: Model, known: Mapping[str, Shown]
) -> EndpointPlan:
    """A plan by a criterion; limits are compared in the unit they are stated in."""
    persons = {one.id for one in model.parameters} | PERSON
    wanted = sorted(reads(criterion) - persons)
    for name in wanted:
        if name not in known:
            raise UnknownName(f"observable, which criterion {criterion.id!r} reads,", name, known)
    parts = [criterion] if isinstance(criterion, Criterion) else [item.criterion for item in criterion.items]
    for one in parts:
        _require_units(one, model, known)
    return EndpointPlan(part, known[wanted[0]], None, None, criterion, tuple(wanted))


def _require_units(criterion: Criterion, model: Model, known: Mapping[str, Shown]) -> None:
    """Refuse a criterion whose limits measure something else than the model's observables do."""
    units = {part.id: dimension(part.unit) for part in model.parameters}
    units |= {name: dimension("percent" if part.unit == "%" else part.unit) for name, part in known.items()}
    units |= {limit.id: dimension(limit.unit) for limit in criterion.limits}
    formula_dimension(f"1 if ({criterion.condition}) else 0", {"age": dimension("year"), **units})


def _plan(study: Study, position: int, part: spec.EndpointSpec, of: Shown) -> EndpointPlan:
    sides: tuple[Literal["above", "below"], ...] = ("above", "below")
    for direction in sides:
        given = getattr(part, direction, None)
        if given is not None:
            with study.at("endpoints", position, direction):
                threshold = quantity(given, "percent" if of.unit == "%" else of.unit)
                if of.log_axis and threshold <= 0:
                    raise InputError(
                        f"{threshold:g} has no place on a logarithmic axis", mend="give a number above 0"
                    )
            return EndpointPlan(part, of, direction, threshold)
    return EndpointPlan(part, of, None, None)


def _require_inside(study: Study, position: int, part: spec.EndpointSpec) -> None:
    time = study.spec.time
    first, last = (time.at[0], time.at[-1]) if time.at is not None else (time.from_, time.until)
    last = time.until if time.until is not None else last
    assert last is not None
    for field, name in (("from_", "from"), ("until", "until"), ("at", "at")):
        given = getattr(part, field, None)
        chosen = field in part.model_fields_set
        if chosen and isinstance(given, (int, float)) and not first <= given <= last:
            with study.at("endpoints", position, name):
                raise InputError(
                    f"{name} {given:g} lies outside the readouts, {first:g} to {last:g}",
                    mend="change it, or the study's time",
                )
