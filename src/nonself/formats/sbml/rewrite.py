"""Contents -> contents of the same meaning without rateOf, which our formulas do not have."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace

from nonself.errors import InputError
from nonself.formats.sbml.algebraic import could_be_determined
from nonself.formats.sbml.contents import (
    RATE,
    TIME,
    Contents,
    Conversion,
    Formula,
    Happening,
    Participant,
    Quantity,
    delays_in,
    minus,
    name,
    names_in,
    number,
    over,
    plus,
    rate_of,
    relation,
    replaced,
    require_bounded,
    times,
)

Changed = Mapping[str, list[tuple[Conversion, Participant]]]
MOST_RATES = 50  # of rates in rates


def mapped(contents: Contents, change: Callable[[Formula], Formula]) -> Contents:
    """Return the same contents with every formula changed."""

    def event(part: Happening) -> Happening:
        return replace(
            part,
            trigger=change(part.trigger),
            assignments={key: change(formula) for key, formula in part.assignments.items()},
            delay=None if part.delay is None else change(part.delay),
            priority=None if part.priority is None else change(part.priority),
        )

    return replace(
        contents,
        reactions=tuple(
            replace(
                part,
                rate=None if part.rate is None else change(part.rate),
                participants=tuple(
                    replace(one, formula=None if one.formula is None else change(one.formula))
                    for one in part.participants
                ),
            )
            for part in contents.reactions
        ),
        assigned={key: change(formula) for key, formula in contents.assigned.items()},
        driven={key: change(formula) for key, formula in contents.driven.items()},
        initial={key: change(formula) for key, formula in contents.initial.items()},
        algebraic={key: change(formula) for key, formula in contents.algebraic.items()},
        events=tuple(event(part) for part in contents.events),
    )


def formulas(contents: Contents) -> list[Formula]:
    """Return every formula of the contents."""
    found: list[Formula] = []

    def keep(formula: Formula) -> Formula:
        found.append(formula)
        return formula

    mapped(contents, keep)
    return found


# rates -------------------------------------------------------------------------------------------------------------
def without_rates(contents: Contents) -> Contents:
    """Return contents in which rateOf(x) is written out: the rate rule of x, or what reactions do to it.

    Where something is looked back at, the rate is 0 before the start.

    **Raises:** `InputError` for the rate of what an assignment rule gives, or rates that need each other.
    """
    looks_back = has_delays(contents)
    for _ in range(MOST_RATES):
        wanted = {one for formula in formulas(contents) for one in names_in(formula) if one.startswith(RATE)}
        if not wanted:
            return contents
        found = slopes(contents, [one.removeprefix(RATE) for one in sorted(wanted)])
        table = {rate_of(symbol): formula for symbol, formula in found.items()}
        if looks_back:
            _refuse_rates_before(contents, wanted)
            table = {one: _from_the_start(formula) for one, formula in table.items()}
        contents = mapped(contents, lambda formula, table=table: replaced(formula, table))  # type: ignore[misc]
        require_bounded(formulas(contents))
    raise InputError("rates (rateOf) need each other in a circle", mend="break the circle")


def has_delays(contents: Contents) -> bool:
    """Return whether some formula looks back."""
    return any(delays_in(formula) for formula in formulas(contents))


def _refuse_rates_before(contents: Contents, wanted: set[str]) -> None:
    for symbol in sorted({one.removeprefix(RATE) for one in wanted} & set(changing_before(contents))):
        raise InputError(
            f"uses rateOf({symbol!r}) and delays, but an initial assignment with time moves it before the start: its "
            "rate there is not said",
            line=contents.lines.get(symbol),
            mend="give it a first value without time",
        )


def changing_before(contents: Contents) -> dict[str, Formula]:
    """Return the initial assignments that change with time: what they give held before the start."""
    given = {**contents.assigned, **contents.initial}
    moving, before = {TIME}, 0
    while len(moving) != before:
        before = len(moving)
        moving |= {symbol for symbol, formula in given.items() if names_in(formula) & moving}
    return {symbol: formula for symbol, formula in contents.initial.items() if symbol in moving}


def _from_the_start(formula: Formula) -> Formula:
    return ast.IfExp(relation(name(TIME), ast.Lt(), number(0.0)), number(0.0), formula)


def slopes(contents: Contents, symbols: Iterable[str]) -> dict[str, Formula]:
    """Return symbol -> d(symbol)/dt between events; 0 for what does not change.

    **Raises:** `InputError` for what an assignment or algebraic rule gives.
    """
    free, changed = could_be_determined(contents), contents.changed_by_reactions()
    return {symbol: _slope(contents, symbol, free, changed) for symbol in symbols}


def _slope(contents: Contents, symbol: str, free: set[str], changed: Changed) -> Formula:
    if symbol in contents.assigned:
        raise InputError(
            f"rateOf({symbol!r}), which an assignment rule gives, is not supported",
            line=contents.lines.get(symbol),
            mend=f"give {symbol!r} a rate rule, or write its derivative out",
        )
    if symbol in free:
        raise InputError(
            f"the rate of {symbol!r}, which an algebraic rule gives, is not supported",
            line=contents.quantities[symbol].line or None,
            mend="solve the rule for it, and write its derivative out",
        )
    if symbol in contents.driven:
        return contents.driven[symbol]
    quantity = contents.quantities.get(symbol)
    if quantity is None:
        raise InputError(
            f"rateOf({symbol!r}): a reaction's rate has no rate", mend="give it a name of its own"
        )
    total = _amount_slope(contents, quantity, changed)
    if quantity.kind != "species" or quantity.is_amount:
        return total
    volume = name(quantity.compartment)
    growth = _slope(contents, quantity.compartment, free, changed)
    if isinstance(growth, ast.Constant) and growth.value == 0.0:
        return over(total, volume)
    return over(minus(total, times(name(symbol), growth)), volume)


def _amount_slope(contents: Contents, species: Quantity, changed: Changed) -> Formula:
    """What reactions add to a species, in amount per time."""
    terms = []
    for reaction, part in changed.get(species.id, []):
        sized = times(stoichiometry(contents, part.id, part.stoichiometry, part.formula), name(reaction.id))
        terms.append(sized if part.sign > 0 else ast.UnaryOp(ast.USub(), sized))
    total = plus(*terms)
    return total if species.factor is None or not terms else times(total, name(species.factor))


def stoichiometry(
    contents: Contents, id: str | None, value: float | None, formula: Formula | None
) -> Formula:
    """Return a stoichiometry as a formula."""
    if formula is not None:
        return formula
    if id is not None:
        return name(id)
    return number(float("nan") if value is None else value)
