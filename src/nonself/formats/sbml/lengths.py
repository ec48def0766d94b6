"""Delays whose length changes: fine in what is only shown, refused with their line where the course depends on them."""

from __future__ import annotations

from collections.abc import Iterator

from nonself.formats.sbml.contents import TIME, Contents, Formula, delays_in, names_in
from nonself.formats.sbml.mathematics import unsupported
from nonself.formats.sbml.places import Places


def refuse_changing_lengths(contents: Contents, places: Places) -> None:
    """Refuse delays of changing length where the course depends on them.

    **Raises:** `InputError` with the line.
    """
    changing = _changing(contents, places)
    for formula, line in _decisive(contents):
        for one in delays_in(formula):
            found = sorted(names_in(one.args[1]) & changing)
            if found:
                what = "the time" if found[0] == TIME else repr(found[0])
                raise unsupported(
                    f"a delay whose length depends on {what}, which changes",
                    "the course depends on it, and breaks in it could not be known beforehand",
                    "give it a constant length",
                ).at(None, line or None)


def _changing(contents: Contents, places: Places) -> set[str]:
    changing, before = {TIME, *places.states, *(part.id for part in contents.reactions)}, 0
    while len(changing) != before:
        before = len(changing)
        changing |= {symbol for symbol, formula in contents.assigned.items() if names_in(formula) & changing}
    return changing


def _decisive(contents: Contents) -> Iterator[tuple[Formula, int]]:
    """Every formula that the course depends on, with its line: all but what assignment rules only show."""
    todo = [(formula, contents.lines.get(symbol, 0)) for symbol, formula in contents.driven.items()]
    for part in contents.reactions:
        rates = [part.rate, *(one.formula for one in part.participants)]
        todo += [(formula, part.line) for formula in rates if formula is not None]
    for event in contents.events:
        given = [event.trigger, event.delay, event.priority, *event.assignments.values()]
        todo += [(formula, event.line) for formula in given if formula is not None]
    for symbol, formula in contents.assigned.items():
        todo += [(one.args[0], contents.lines.get(symbol, 0)) for one in delays_in(formula)]
    seen: set[str] = set()
    while todo:
        formula, line = todo.pop()
        yield formula, line
        for name in sorted(names_in(formula) - seen):
            seen.add(name)
            if name in contents.assigned:
                todo.append((contents.assigned[name], contents.lines.get(name, line)))
