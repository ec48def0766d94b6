"""Events on their way into a Model: flattened, and refused where they could not be found on the way."""

from __future__ import annotations

import ast
from collections.abc import Iterable

from nonself.errors import CompositionError, UnknownName
from nonself.expr import TIME, links, names, parse, parse_condition, truth
from nonself.model.ir import FlatEvent, Model
from nonself.model.parts import Event, Expression, Mechanism, Observable
from nonself.model.turning import turn_of


def flat_events(
    mechanisms: Iterable[Mechanism], taken: set[str], record: list[tuple[str, str, str]]
) -> tuple[FlatEvent, ...]:
    """Return the events of mechanisms in order, every number a formula, and write them into the record.

    **Raises:** `CompositionError` for a name that is taken; `InputError` for a trigger that is no condition.
    """
    found: list[FlatEvent] = []
    for mechanism in mechanisms:
        for part in mechanism.events:
            if part.id in taken:
                raise CompositionError(
                    f"event {part.id!r} of {mechanism.id!r} has a name that is taken", mend="rename it"
                )
            taken.add(part.id)
            found.append(_flat(part, mechanism.id))
            record.append(("event", part.id, mechanism.id))
    return tuple(found)


def _flat(part: Event, mechanism: str) -> FlatEvent:
    parse_condition(part.trigger)
    return FlatEvent(
        id=part.id,
        mechanism=mechanism,
        trigger=part.trigger,
        assignments=tuple((name, _formula(value)) for name, value in part.assignments.items()),
        delay="0" if part.delay is None else _formula(part.delay),
        priority=None if part.priority is None else _formula(part.priority),
        persistent=part.persistent,
        initial_value=part.initial_value,
        use_values_from_trigger_time=part.use_values_from_trigger_time,
        label=part.label,
        factors=tuple(part.factors.items()),
    )


def _formula(value: str | float) -> str:
    return value if isinstance(value, str) else repr(float(value))


def event_formulas(event: FlatEvent) -> list[str]:
    """Return every formula of an event, its trigger as 1 or 0.

    **Example:** `event_formulas(model.events[0])`
    """
    given = [truth(event.trigger), event.delay]
    given += [formula for _, formula in (*event.assignments, *event.factors)]
    return given if event.priority is None else [*given, event.priority]


def check_events(model: Model, known: set[str]) -> None:
    """Refuse names that are not there, and equality with what changes continuously: no step lands on it.

    **Raises:** `UnknownName`, `CompositionError`.
    """
    states = {part.id for part in model.species}
    moving = {species for reaction in model.reactions for species, _ in reaction.change}
    moving |= {part.species for part in model.constraints}
    named: tuple[Expression | Observable, ...] = (*model.expressions, *model.observables)
    for part in named:
        if names(part.formula) & (moving | {TIME}):
            moving.add(part.id)
    for event in model.events:
        for formula in event_formulas(event):
            for name in sorted(names(formula) - known):
                raise UnknownName(f"name in event {event.id!r}", name, known)
        assigned = [species for species, _ in event.assignments]
        _require_in(states, assigned, f"species that event {event.id!r} assigns")
        _require_in(
            set(assigned), [one for one, _ in event.factors], f"factor of what event {event.id!r} assigns"
        )
        for chain in ast.walk(parse(truth(event.trigger))):
            for link in links(chain) if isinstance(chain, ast.Compare) else []:
                _refuse_equality(event, link, moving, model)


def _require_in(known: set[str], given: Iterable[str], what: str) -> None:
    for name in given:
        if name not in known:
            raise UnknownName(what, name, known)


def _refuse_equality(event: FlatEvent, link: ast.Compare, moving: set[str], model: Model) -> None:
    if not isinstance(link.ops[0], (ast.Eq, ast.NotEq)):
        return
    text = ast.unparse(link)
    if names(truth(text)) & (moving | {TIME}) and turn_of(link, model) is None:
        raise CompositionError(
            f"the trigger of event {event.id!r} asks whether {text!r}, but that changes continuously: "
            "no step lands on one value of it",
            mend="use < or >= instead",
        )
