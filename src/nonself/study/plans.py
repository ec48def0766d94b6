"""Observables and endpoints of a study: every name found, every threshold in the observable's unit."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from nonself.analysis.diagnosis import reads
from nonself.catalog.criteria import registry
from nonself.catalog.criteria.reference import reference_interval
from nonself.errors import InputError, UnknownName
from nonself.expr import parse_condition
from nonself.model.criterion import Criterion, ReferenceInterval, Score
from nonself.model.ir import Model
from nonself.study import spec
from nonself.study.quantities import quantity
from nonself.study.shown import Shown
from nonself.study.source import Study
from nonself.units import dimension, factor, formula_dimension

PERSON = frozenset({"male", "age"})  # what criteria may know of a person besides what is measured


@dataclass(frozen=True, slots=True)
class EndpointPlan:
    """An endpoint ready to be evaluated: `threshold` in the observable's unit and its side, where it has one; `ranges`
    (low, high) for women and for men; `criteria` of a diagnosis, any of which will do, and the observables `read`.
    """

    spec: spec.AnyEndpoint
    of: Shown
    direction: Literal["above", "below"] | None
    threshold: float | None
    criteria: tuple[Criterion | Score, ...] = ()
    read: tuple[str, ...] = ()
    ranges: tuple[tuple[float, float], tuple[float, float]] | None = None

    @property
    def title(self) -> str:
        """What it is called: its label, or else the title of its criterion, or its name."""
        if self.spec.label or len(self.criteria) != 1:
            return self.spec.title
        return self.criteria[0].title

    @property
    def kept(self) -> tuple[str, ...]:
        """The observables it needs."""
        return self.read if self.criteria or isinstance(self.spec, spec.LagSpec) else (self.of.id,)


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
                ids = (named,) if isinstance(named, str) else named
                plans.append(_defined(part, tuple(registry.criterion(one) for one in ids), model, known))
            continue
        if isinstance(part, spec.LagSpec):
            _require_events(study, position, part)
            plans.append(
                EndpointPlan(part, Shown(part.name, part.title, study.spec.time.unit, False), None, None)
            )
            continue
        assert not isinstance(part, spec.DiagnosisSpec)
        assert part.of is not None
        with study.at("endpoints", position, "of"):
            if part.of not in known:
                raise UnknownName("observable", part.of, known)
        plans.append(_plan(study, position, part, known[part.of]))
    return tuple(plans)


def _require_events(study: Study, position: int, part: spec.LagSpec) -> None:
    for field in ("first", "then"):
        with study.at("endpoints", position, field):
            require_event(study, getattr(part, field))
    begin = {one.name: getattr(one, "from_", None) for one in study.spec.endpoints}
    if begin[part.first] != begin[part.then]:
        with study.at("endpoints", position, "then"):
            raise InputError(
                f"{part.first!r} and {part.then!r} are watched from different times",
                mend="give both the same from",
            )


def require_event(study: Study, name: str) -> None:
    """Refuse a name that no crossing or diagnosis of a study has.

    **Raises:** `UnknownName` with the near misses.
    """
    events = [
        part.name
        for part in study.spec.endpoints
        if isinstance(part, (spec.CrossingSpec, spec.DiagnosisSpec))
    ]
    if name not in events:
        raise UnknownName("crossing or diagnosis of this study", name, events)


def _defined(
    part: spec.AnyEndpoint,
    criteria: tuple[Criterion | Score, ...],
    model: Model,
    known: Mapping[str, Shown],
) -> EndpointPlan:
    """A plan by criteria; limits are compared in the unit they are stated in."""
    persons = {one.id for one in model.parameters} | PERSON
    read: set[str] = set()
    for criterion in criteria:
        wanted = reads(criterion) - persons
        for name in sorted(wanted):
            if name not in known:
                raise UnknownName(f"observable, which criterion {criterion.id!r} reads,", name, known)
        parts = (
            [criterion] if isinstance(criterion, Criterion) else [item.criterion for item in criterion.items]
        )
        for one in parts:
            _require_units(one, model, known)
        read |= wanted
    return EndpointPlan(part, known[min(read)], None, None, criteria, tuple(sorted(read)))


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
    return EndpointPlan(part, of, None, None, ranges=_ranges(study, position, part, of))


def _ranges(
    study: Study, position: int, part: spec.EndpointSpec, of: Shown
) -> tuple[tuple[float, float], tuple[float, float]] | None:
    """What women's and men's values have to lie within."""
    within = getattr(part, "within", None)
    if within is None or isinstance(within, tuple):
        return None if within is None else (within, within)
    with study.at("endpoints", position, "within"):
        women, men = (interval(reference_interval(of.id, sex), of) for sex in ("women", "men"))
    return women, men


def interval(found: ReferenceInterval, of: Shown) -> tuple[float, float]:
    """Return the limits of a reference interval in the unit in which an observable is shown."""
    scale = factor(found.unit, "percent" if of.unit == "%" else of.unit)
    low, high = found.low, found.high
    return (-math.inf if low is None else low * scale, math.inf if high is None else high * scale)


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
