"""Contents -> a Mechanism: what changes is a species of ours, what rules give an expression, all else a parameter."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator

from nonself.formats.sbml.contents import (
    Contents,
    Conversion,
    Formula,
    Happening,
    Participant,
    is_zero,
    name,
    names_in,
    over,
    plus,
    times,
)
from nonself.formats.sbml.places import Places
from nonself.formats.sbml.rewrite import formulas, slopes, stoichiometry
from nonself.model.parts import Constraint, Event, Expression, Mechanism, Observable, Reaction, Species

SMALLEST_SHARE = 1e-6  # of the smallest initial value, at most 1: what still matters
NOTHING = "nothing"  # the species of a model in which no number changes by itself
Group = tuple[
    str, str | None, str
]  # compartment to divide by, conversion factor, species of a stoichiometry formula


def mechanism(contents: Contents, places: Places) -> Mechanism:
    """Return the mechanism that a file is.

    **Raises:** `InputError` for what cannot be said in it.
    """
    expressions, observables = _expressions(contents, places)
    rates, reactions = _reactions(contents, places)
    reactions += _rate_rules(contents, places)
    events = tuple(_event(contents, places, event) for event in contents.events if event.assignments)
    return Mechanism(
        id=places.naming.new(contents.id),
        title=contents.title,
        references=(),
        species=tuple(_species(contents, places)),
        parameters=tuple(places.parameters.values()),
        expressions=(*expressions, *rates),
        reactions=tuple(reactions),
        observables=tuple(observables),
        events=events,
        constraints=tuple(_constraint(contents, places, symbol) for symbol in contents.determined),
    )


def _rate_rules(contents: Contents, places: Places) -> Iterator[Reaction]:
    """The reactions that rate rules are: for what is held as an amount, n = c V, of dn/dt = V dc/dt + c dV/dt."""
    spread = [symbol for symbol in contents.driven if symbol in places.as_amount]
    growth = slopes(contents, {contents.quantities[symbol].compartment for symbol in spread})
    for symbol, formula in contents.driven.items():
        if symbol in places.as_amount:
            compartment = contents.quantities[symbol].compartment
            formula = plus(times(formula, name(compartment)), times(name(symbol), growth[compartment]))
        change, text = {places.held[symbol]: 1.0}, places.text(formula)
        yield Reaction(f"rate rule of {symbol}", text, change, source=places.source, signed=True)


def _constraint(contents: Contents, places: Places, symbol: str) -> Constraint:
    """The constraint that an algebraic rule is."""
    label = contents.determined[symbol]
    own = places.naming.new(label)
    return Constraint(own, places.text(contents.algebraic[label]), (places.held[symbol],), label)


def _species(contents: Contents, places: Places) -> list[Species]:
    """The states, each with a scale far below the smallest value any of them begins with."""
    sizes = [places.parameters[places.first[symbol]].value for symbol in sorted(places.states)]
    given = [abs(size) for size in sizes if isinstance(size, float) and size != 0.0]
    scale = SMALLEST_SHARE * min([1.0, *given])
    found = []
    for symbol, quantity in contents.quantities.items():
        if symbol in places.states:
            held, first = places.held[symbol], places.first[symbol]
            past, size = places.history_of(symbol), places.size_of(quantity)
            found.append(
                Species(held, first, quantity.unit, places.source, quantity.label, scale, past, size)
            )
    if not found:
        found.append(
            Species(places.naming.new(NOTHING), 0.0, "1", places.source, "nothing changes by itself")
        )
    return found


def _expressions(contents: Contents, places: Places) -> tuple[list[Expression], list[Observable]]:
    """What rules give, and concentrations where compartments change: also shown, each under its own name."""
    expressions, observables = [], []
    for symbol, quantity in contents.quantities.items():
        if symbol in contents.assigned:
            text = places.text(contents.assigned[symbol])
        elif symbol in places.as_amount:
            text = f"{places.held[symbol]}/{places.naming.given[quantity.compartment]}"
        else:
            continue
        own, label = places.naming.given[symbol], quantity.label or places.symbol_of(quantity)
        expressions.append(Expression(own, text, quantity.unit, label))
        observables.append(Observable(own, own, quantity.unit, label))
    return expressions, observables


# reactions ---------------------------------------------------------------------------------------------------------
def _reactions(contents: Contents, places: Places) -> tuple[list[Expression], list[Reaction]]:
    """Rates that are used by name as expressions, and the reactions: one for each compartment they change."""
    used = {one for formula in formulas(contents) for one in names_in(formula)}
    touched = {*contents.assigned, *contents.driven, *contents.initial, *contents.determined, *used}
    touched |= contents.assigned_by_events()
    expressions, reactions = [], []
    changed = contents.changed_by_reactions()
    for part in contents.reactions:
        if part.rate is None:
            continue
        own = places.naming.given[part.id]
        groups = _groups(contents, places, part, changed, touched)
        if part.id in used or len(groups) > 1:
            expressions.append(Expression(own, places.text(part.rate), "1", part.label))
            rate: Formula = name(part.id)
            named = [f"{own} in {'/'.join(filter(None, group)) or 'amounts'}" for group in groups]
        else:
            rate, named = part.rate, [own]
        for (group, members), called in zip(groups.items(), named if groups else [], strict=True):
            text, change = _one(contents, places, rate, group, members)
            reactions.append(
                Reaction(called, text, change, part.label, places.source, signed=part.reversible)
            )
    return expressions, reactions


def _groups(
    contents: Contents, places: Places, reaction: Conversion, changed: Iterable[str], touched: set[str]
) -> dict[Group, list[Participant]]:
    """The participants a reaction changes, by what its rate is divided by and multiplied with."""
    groups: dict[Group, list[Participant]] = {}
    for part in reaction.participants:
        if part.species not in changed:
            continue
        species = contents.quantities[part.species]
        divided = not species.is_amount and part.species not in places.as_amount
        plain = part.formula is None and part.stoichiometry is not None and part.id not in touched
        key = (species.compartment if divided else "", species.factor, "" if plain else part.species)
        groups.setdefault(key, []).append(part)
    return groups


def _one(
    contents: Contents, places: Places, rate: Formula, group: Group, members: list[Participant]
) -> tuple[str, dict[str, float]]:
    """Rate and change of one group."""
    compartment, factor, species = group
    change: dict[str, float] = {}
    if species:
        terms = [
            (part.sign, stoichiometry(contents, part.id, part.stoichiometry, part.formula))
            for part in members
        ]
        total: Formula | None = None
        for sign, size in terms:
            signed = size if sign > 0 else ast.UnaryOp(ast.USub(), size)
            total = signed if total is None else ast.BinOp(total, ast.Add(), signed)
        assert total is not None
        rate = times(total, rate)
        change[places.held[species]] = 1.0
    else:
        for part in members:
            held = places.held[part.species]
            change[held] = change.get(held, 0.0) + part.sign * float(part.stoichiometry or 0.0)
    if factor is not None:
        rate = times(rate, name(factor))
    if compartment:
        rate = over(rate, name(compartment))
    return places.text(rate), change


# events ------------------------------------------------------------------------------------------------------------
def _event(contents: Contents, places: Places, event: Happening) -> Event:
    assignments: dict[str, str | float] = {}
    factors: dict[str, str] = {}
    for symbol, formula in event.assignments.items():
        held = places.held[symbol]
        if symbol in places.as_amount and not is_zero(formula):
            # The size at the execution, before it, makes it an amount; nothing is nothing, whatever the size.
            factors[held] = places.text(name(contents.quantities[symbol].compartment))
        assignments[held] = places.text(formula)
    return Event(
        id=places.naming.new(event.id),
        trigger=places.text(event.trigger),
        assignments=assignments,
        delay=None if event.delay is None else places.text(event.delay),
        priority=None if event.priority is None else places.text(event.priority),
        persistent=event.persistent,
        initial_value=event.initial_value,
        use_values_from_trigger_time=event.use_values_from_trigger_time,
        label=event.label,
        factors=factors,
    )
