"""Where each symbol of a file has its place in our model, and what it is at the start.

A state of ours holds what the file's name means: an amount, or a concentration. Only a concentration in a compartment
whose size changes is held as an amount, and its name is then an expression, amount over size.
"""

from __future__ import annotations

import ast
import math
from dataclasses import dataclass, field

from nonself.errors import InputError
from nonself.formats.sbml.algebraic import WITHOUT_VALUE
from nonself.formats.sbml.contents import (
    DELAY,
    TIME,
    Contents,
    Copying,
    Formula,
    Quantity,
    minus,
    name,
    names_in,
    number,
    over,
    replaced,
    times,
)
from nonself.formats.sbml.mathematics import unsupported
from nonself.formats.sbml.naming import Naming
from nonself.formats.sbml.rewrite import changing_before, has_delays
from nonself.model.compose import INITIAL_SUFFIX
from nonself.model.parts import Parameter
from nonself.provenance import Source

MOST_BEFORE = 10_000  # formulas written as they were before the start


@dataclass(slots=True)
class Places:
    """The places of all symbols, and the parameters that came to be on the way.

    **Arguments:** `states` symbols that take values of their own as the course goes on; `held` symbol -> the species or
    parameter that holds it; `first` symbol -> the parameter that holds its first value; `as_amount` symbols held as an
    amount though they mean a concentration; `rates` reaction -> its rate; `history` symbol -> what it was before the
    start, in the file's names, where something looks back and its initial assignment changes with time; `looked_back`
    how often a formula was written as it was then.
    """

    contents: Contents
    source: Source
    naming: Naming = field(default_factory=Naming)
    states: set[str] = field(default_factory=set)
    held: dict[str, str] = field(default_factory=dict)
    first: dict[str, str] = field(default_factory=dict)
    as_amount: set[str] = field(default_factory=set)
    rates: dict[str, Formula] = field(default_factory=dict)
    parameters: dict[str, Parameter] = field(default_factory=dict)
    start: dict[str, Formula] = field(default_factory=dict)
    history: dict[str, Formula] = field(default_factory=dict)
    looked_back: int = 0

    def text(self, formula: Formula) -> str:
        """Return a formula of the file in our names."""
        given = self.naming.given
        table: dict[str, Formula] = {one: name(given[one]) for one in names_in(formula) if one in given}
        return ast.unparse(replaced(formula, {**table, TIME: name("time")}))

    def at_start(self, formula: Formula) -> Formula:
        """Return a formula of the file at the start, in our parameters."""
        result = _Started(self).visit(formula)
        assert isinstance(result, ast.expr)
        return result

    def history_of(self, symbol: str) -> str | None:
        """Return what a symbol was before the start, in our parameters and time; None for its first value."""
        given = self.history.get(symbol)
        return None if given is None else ast.unparse(self.before(given, name("time")))

    def symbol_of(self, quantity: Quantity) -> str:
        """Return what the file calls it, where it is called otherwise here, else nothing."""
        return "" if self.naming.given[quantity.id] == quantity.id else quantity.id

    def size_of(self, quantity: Quantity) -> str | None:
        """Return the parameter that is the size of what a concentration lies in; None for what else is held."""
        if quantity.kind != "species" or quantity.is_amount or quantity.id in self.as_amount:
            return None
        size = self.held.get(quantity.compartment, "")
        return size if size in self.parameters else None

    def before(self, formula: Formula, clock: Formula) -> Formula:
        """Return a formula of the file at a time before the start, in our parameters."""
        self.looked_back += 1
        if self.looked_back > MOST_BEFORE:
            raise InputError(
                f"formulas are looked at before the start more than {MOST_BEFORE:,} times",
                mend="write out fewer delays of what assignments with time give",
            )
        result = _Before(self, clock).visit(formula)
        assert isinstance(result, ast.expr)
        return result

    def symbol_at_start(self, symbol: str) -> Formula:
        """Return a symbol of the file at the start, in our parameters."""
        if symbol == TIME:
            return number(0.0)
        if symbol in self.contents.determined and symbol not in self.contents.solved:
            raise unsupported(
                f"an initial value that follows {symbol!r}, which an algebraic rule gives at the start",
                "the rule is not linear in it, or needs others that are not known yet",
                "solve the rule for it, and give that an initial assignment",
            ).at(None, self.contents.quantities[symbol].line)
        for one in self._in_order(symbol):
            self._start(one)
        return self.start[symbol]

    def _in_order(self, symbol: str) -> list[str]:
        """What a symbol follows from at the start by rules and rates, each after what it uses; the symbol last."""
        order: dict[str, None] = {}
        todo, seen = [(symbol, False)], {symbol}
        while todo:
            one, is_left = todo.pop()
            given = self.contents.assigned.get(one, self.rates.get(one))
            if is_left or given is None or one in self.start:
                order[one] = None
                continue
            todo.append((one, True))
            inner = [
                part
                for part in sorted(names_in(given) - seen)
                if part in self.contents.assigned or part in self.rates
            ]
            seen.update(inner)
            todo += [(part, False) for part in inner]
        return list(order)

    def _start(self, symbol: str) -> None:
        if symbol not in self.start:
            given = self.contents.assigned.get(symbol, self.rates.get(symbol))
            if given is not None:
                first = self.naming.new(f"{self.naming.given[symbol]}{INITIAL_SUFFIX}")
                self.start[symbol] = name(first)
                value = ast.unparse(self.at_start(given))
                self.parameters[first] = Parameter(first, value, "1", self.source, f"{symbol} at the start")
            elif symbol in self.as_amount:
                size = self.symbol_at_start(self.contents.quantities[symbol].compartment)
                self.start[symbol] = over(name(self.first[symbol]), size)
            else:
                self.start[symbol] = name(self.first[symbol])


class _Before(Copying, ast.NodeTransformer):
    """Writes a formula as it was at a time before the start."""

    def __init__(self, places: Places, clock: Formula) -> None:
        self.places, self.clock = places, clock

    def visit_Name(self, node: ast.Name) -> ast.AST:
        places = self.places
        if node.id == TIME:
            return self.clock
        given = places.history.get(node.id, places.contents.assigned.get(node.id))
        return places.symbol_at_start(node.id) if given is None else places.before(given, self.clock)

    def visit_Call(self, node: ast.Call) -> ast.AST:
        assert isinstance(node.func, ast.Name)
        if node.func.id == DELAY:
            return self.places.before(node.args[0], minus(self.clock, self.visit(node.args[1])))
        return super().visit_Call(node)


class _Started(Copying, ast.NodeTransformer):
    """Writes a formula as it is at the start."""

    def __init__(self, places: Places) -> None:
        self.places = places

    def visit_Name(self, node: ast.Name) -> ast.AST:
        return self.places.symbol_at_start(node.id)

    def visit_Call(self, node: ast.Call) -> ast.AST:
        assert isinstance(node.func, ast.Name)
        return self.places.before(node, number(0.0)) if node.func.id == DELAY else super().visit_Call(node)


def place(contents: Contents, source: Source) -> Places:
    """Return the places of all symbols of a file, with the parameters for constants and first values."""
    places = Places(contents, source)
    naming = places.naming
    naming.name_all([*contents.quantities, *(part.id for part in contents.reactions)])
    changing = {*contents.driven, *contents.changed_by_reactions(), *contents.assigned_by_events()}
    changing |= set(contents.determined)
    places.history = _histories(contents)
    places.states = (changing | set(places.history)) - set(contents.assigned)
    places.rates = {
        part.id: number(math.nan) if part.rate is None else part.rate for part in contents.reactions
    }
    placed = [part for part in contents.quantities.values() if part.id not in contents.assigned]
    for quantity in placed:
        symbol = quantity.id
        own = places.held[symbol] = naming.given[symbol]
        if _spreads(contents, quantity):
            places.as_amount.add(symbol)
            places.held[symbol] = naming.new(f"{own}_amount")
        held = places.held[symbol]
        places.first[symbol] = naming.new(f"{held}{INITIAL_SUFFIX}") if symbol in places.states else held
    for quantity in placed:
        label = quantity.label or (
            places.symbol_of(quantity) if quantity.id not in places.states else f"{quantity.id} at the start"
        )
        _give(places, places.first[quantity.id], _first_value(places, quantity), quantity.unit, label)
    return places


def _histories(contents: Contents) -> dict[str, Formula]:
    """Initial assignments that change with time, where something looks back to before the start."""
    if not has_delays(contents):
        return {}
    found = changing_before(contents)
    for symbol in found:
        quantity = contents.quantities.get(symbol)
        if quantity is not None and _spreads(contents, quantity):
            raise unsupported(
                f"an initial assignment with time for the concentration {symbol!r} in a compartment whose size changes",
                "what its amount was before the start is not said",
                "hold the species as an amount",
            ).at(None, quantity.line)
    return found


def resizes(contents: Contents, compartment: str) -> bool:
    """Return whether the size of a compartment changes."""
    given = {*contents.assigned, *contents.driven, *contents.determined}
    return compartment in given | contents.assigned_by_events()


def _spreads(contents: Contents, quantity: Quantity) -> bool:
    """Whether a symbol is a concentration that changes with the size of its compartment."""
    if quantity.kind != "species" or quantity.is_amount or quantity.id in contents.determined:
        return False
    if quantity.id in contents.driven:  # a concentration with a rate of its own feels only jumps of the size
        _refuse_jumps_by_rules(contents, quantity)
        return quantity.compartment in contents.assigned_by_events()
    return resizes(contents, quantity.compartment) or _has_no_volume(contents, quantity)


def _has_no_volume(contents: Contents, quantity: Quantity) -> bool:
    """Whether an amount is given in a compartment without a size or of size 0: it has no concentration, yet it is."""
    size = contents.quantities[quantity.compartment].value
    set_at_start = {quantity.id, quantity.compartment} & {*contents.initial, *contents.solved}
    return quantity.given == "amount" and quantity.value is not None and not size and not set_at_start


def _refuse_jumps_by_rules(contents: Contents, species: Quantity) -> None:
    """Refuse a concentration with a rate rule in a compartment whose own rule follows what events assign."""
    reach, todo = set[str](), [species.compartment]
    while todo:
        symbol = todo.pop()
        rule = contents.assigned.get(symbol)
        if symbol not in reach and rule is not None:
            todo += names_in(rule)
        reach.add(symbol)
    jumping = reach & contents.assigned_by_events()
    if species.compartment in contents.assigned and jumping:
        raise unsupported(
            f"a rate rule for the concentration {species.id!r} in a compartment whose size, by a rule, follows "
            f"{sorted(jumping)[0]!r}, which events assign",
            "what becomes of the amount is not said",
            "hold the species as an amount",
        ).at(None, species.line)


def _give(places: Places, id: str, value: Formula, unit: str, label: str) -> None:
    plain = _plain(value)
    given: float | str = ast.unparse(value) if plain is None else plain
    places.parameters[id] = Parameter(id, given, unit, places.source, label)


def _plain(value: Formula) -> float | None:
    """A formula's number where it is nothing else, and finite."""
    sign = 1.0
    if isinstance(value, ast.UnaryOp) and isinstance(value.op, ast.USub):
        sign, value = -1.0, value.operand
    if isinstance(value, ast.Constant) and isinstance(value.value, float) and math.isfinite(value.value):
        return sign * value.value
    return None


def _first_value(places: Places, quantity: Quantity) -> Formula:
    """The value at the start, in terms of parameters, of what is held: an amount or what the name means."""
    contents = places.contents
    given = contents.solved.get(quantity.id, contents.initial.get(quantity.id))
    missing = WITHOUT_VALUE if quantity.id in contents.determined else math.nan
    raw = number(missing if quantity.value is None else quantity.value)
    if quantity.kind != "species":
        return raw if given is None else places.at_start(given)
    means = "amount" if quantity.is_amount else "concentration"
    wants = "amount" if quantity.id in places.as_amount else means
    has = quantity.given if given is None else means
    value = raw if given is None else places.at_start(given)
    if has == wants or (given is None and quantity.value is None):
        return value
    size = places.at_start(name(quantity.compartment))
    if given is None:
        apart = places.naming.new(f"{places.first[quantity.id]}_{has}")
        _give(places, apart, value, "1", f"{quantity.id} at the start, {has}")
        value = name(apart)
    return over(value, size) if wants == "concentration" else times(value, size)
