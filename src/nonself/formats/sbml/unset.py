"""Contents -> contents of the same meaning in which what has no first value, until an event gives it one, is a number.

A state must be a number from the start. What has none becomes an assignment: no number before the event, and then what
a state of its own holds.
"""

from __future__ import annotations

import ast
from dataclasses import replace

from nonself.formats.sbml.contents import (
    Contents,
    Conversion,
    Formula,
    Happening,
    Quantity,
    name,
    number,
    relation,
)


def without_unset(contents: Contents) -> Contents:
    """Return contents in which symbols without a first value, which events assign, are held apart.

    **Example:** a parameter `k` without a value that an event sets to 2 becomes the assignment
    `k held if k is set > 0.5 else (no number)`, and the event sets `k held` to 2 and `k is set` to 1.
    """
    unset = {symbol: f"@{symbol} held" for symbol in contents.quantities if _is_unset(contents, symbol)}
    if not unset:
        return contents
    quantities = dict(contents.quantities)
    assigned = dict(contents.assigned)
    for symbol, held in unset.items():
        known = f"@{symbol} is set"
        quantities[held] = replace(quantities[symbol], id=held, value=0.0)
        quantities[known] = Quantity(known, "parameter", 0.0, False, label=f"1 once {symbol} has a value")
        test = relation(name(known), ast.Gt(), number(0.5))
        assigned[symbol] = ast.IfExp(test, name(held), number(float("nan")))
    return replace(
        contents,
        quantities=quantities,
        assigned=assigned,
        driven={unset.get(symbol, symbol): formula for symbol, formula in contents.driven.items()},
        reactions=tuple(_of_held(part, unset) for part in contents.reactions),
        events=tuple(_sets_held(part, unset) for part in contents.events),
    )


def _is_unset(contents: Contents, symbol: str) -> bool:
    given = {*contents.initial, *contents.assigned, *contents.determined}
    found = symbol in contents.assigned_by_events() and symbol not in given
    return found and contents.quantities[symbol].value is None


def _of_held(reaction: Conversion, unset: dict[str, str]) -> Conversion:
    participants = (
        replace(one, species=unset.get(one.species, one.species)) for one in reaction.participants
    )
    return replace(reaction, participants=tuple(participants))


def _sets_held(event: Happening, unset: dict[str, str]) -> Happening:
    assignments: dict[str, Formula] = {}
    for symbol, formula in event.assignments.items():
        assignments[unset.get(symbol, symbol)] = formula
        if symbol in unset:
            assignments[f"@{symbol} is set"] = number(1.0)
    return replace(event, assignments=assignments)
