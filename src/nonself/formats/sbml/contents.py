"""What an SBML file says, as plain records: names as in the file, formulas as syntax trees with functions written out.

In formulas a name is that of the file; `TIME` is the time, `rate_of(x)` the name of a derivative, and a local
parameter k
of reaction R is "R.k".
"""

from __future__ import annotations

import ast
import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal

from nonself.errors import InputError

TIME = "@time"
RATE = "@rate "
DELAY = "delay"
MOST_NODES = 300_000  # operations of all formulas together, functions written out
MOST_IN_ONE = 50_000
MOST_LEVELS = 250  # operations in operations
Formula = ast.expr


def rate_of(symbol: str) -> str:
    """Return the name that stands for the derivative of a symbol."""
    return RATE + symbol


@dataclass(frozen=True, slots=True)
class Quantity:
    """Something with a value: a compartment's size, a species, a parameter, a stoichiometry.

    **Arguments:** `value` as the file gives it, None where it gives none; `constant` as declared; for species:
    `compartment`, `is_amount` whether the name means an amount or a concentration, `given` what `value` is, `boundary`,
    `factor` its conversion factor.
    """

    id: str
    kind: Literal["compartment", "species", "parameter", "stoichiometry"]
    value: float | None
    constant: bool
    unit: str = "1"
    label: str = ""
    line: int = 0
    compartment: str = ""
    is_amount: bool = True
    given: Literal["amount", "concentration"] = "amount"
    boundary: bool = False
    factor: str | None = None


@dataclass(frozen=True, slots=True)
class Participant:
    """A species in a reaction: `sign` -1 for a reactant, +1 for a product; `id` of the stoichiometry, where it has one;
    `formula` of the stoichiometry, where a formula gives it.
    """

    species: str
    sign: int
    stoichiometry: float | None
    id: str | None = None
    formula: Formula | None = None


@dataclass(frozen=True, slots=True)
class Conversion:
    """A reaction: `rate` in extent per time, None where the file gives none."""

    id: str
    rate: Formula | None
    participants: tuple[Participant, ...]
    reversible: bool
    label: str = ""
    line: int = 0


@dataclass(frozen=True, slots=True)
class Happening:
    """An event of the file."""

    id: str
    trigger: Formula
    assignments: Mapping[str, Formula]
    delay: Formula | None
    priority: Formula | None
    persistent: bool
    initial_value: bool
    use_values_from_trigger_time: bool
    label: str = ""
    line: int = 0


@dataclass(frozen=True, slots=True)
class Contents:
    """A whole file: `assigned` and `driven` by rules, `initial` by assignments at the start.

    **Arguments:** `algebraic` label of an algebraic rule -> what it says is zero; `determined` symbol -> label of the
    rule that determines it; `solved` symbol -> its value at the start by that rule, where a formula gives it.
    """

    id: str
    title: str
    level: str
    time_unit: str
    quantities: Mapping[str, Quantity]
    reactions: tuple[Conversion, ...]
    assigned: Mapping[str, Formula]
    driven: Mapping[str, Formula]
    initial: Mapping[str, Formula]
    events: tuple[Happening, ...]
    warnings: tuple[str, ...] = ()
    lines: Mapping[str, int] = field(default_factory=dict)
    algebraic: Mapping[str, Formula] = field(default_factory=dict)
    determined: Mapping[str, str] = field(default_factory=dict)
    solved: Mapping[str, Formula] = field(default_factory=dict)

    def changed_by_reactions(self) -> dict[str, list[tuple[Conversion, Participant]]]:
        """Return for each species that reactions change where they do."""
        found: dict[str, list[tuple[Conversion, Participant]]] = {}
        for reaction in self.reactions:
            for part in reaction.participants:
                species = self.quantities[part.species]
                fixed = species.boundary or species.constant or part.species in self.assigned
                if reaction.rate is not None and not fixed and part.species not in self.driven:
                    found.setdefault(part.species, []).append((reaction, part))
        return found

    def assigned_by_events(self) -> set[str]:
        """Return what events give new values."""
        return {name for event in self.events for name in event.assignments}


def names_in(formula: Formula) -> set[str]:
    """Return the names a formula uses."""
    return {node.id for node in _nodes(formula) if isinstance(node, ast.Name)}


def is_zero(formula: Formula) -> bool:
    """Return whether a formula is the number 0."""
    return isinstance(formula, ast.Constant) and formula.value == 0.0


def delays_in(formula: Formula) -> list[ast.Call]:
    """Return the delays of a formula, those within delays too."""
    calls = (node for node in _nodes(formula) if isinstance(node, ast.Call))
    return [one for one in calls if isinstance(one.func, ast.Name) and one.func.id == DELAY]


def _nodes(formula: ast.AST) -> Iterator[ast.AST]:
    """All nodes but the names of functions."""
    todo = [formula]
    while todo:
        node = todo.pop()
        yield node
        if isinstance(node, ast.Call):
            todo += reversed(node.args)
        elif not isinstance(node, (ast.Name, ast.Constant)):
            for word in reversed(node._fields):
                part = getattr(node, word)
                todo += [
                    one
                    for one in reversed(part if isinstance(part, list) else [part])
                    if isinstance(one, ast.expr)
                ]


def require_bounded(formulas: Iterable[Formula], nodes: int = 0) -> int:
    """Return how many operations formulas have, parts that they share counted as often as they stand.

    Translation lets operations share their parts: what is nested 50 deep may be 2**50 operations once it is written
    out.

    **Arguments:** `nodes` counted before. **Raises:** `InputError` for more than `MOST_NODES` in all, or for a formula
    deeper than `MOST_LEVELS` or larger than `MOST_IN_ONE`.
    """
    for formula in formulas:
        found = _extent(formula)
        nodes += found[0]
        if nodes > MOST_NODES or found[0] > MOST_IN_ONE:
            raise InputError(
                f"formulas have more than {MOST_NODES:,} operations once they are written out, or one of them more "
                f"than {MOST_IN_ONE:,}",
                mend="use assignment rules instead of functions that call functions, or formulas in formulas",
            )
        if found[1] > MOST_LEVELS:
            raise InputError(
                f"a formula is more than {MOST_LEVELS} operations deep once it is written out",
                mend="split it into parameters with assignment rules",
            )
    return nodes


def _extent(formula: Formula) -> tuple[int, int]:
    """The number of nodes of a formula as a tree, and how deep it is; each node is looked at once."""
    known: dict[int, tuple[int, int]] = {}
    todo: list[ast.AST] = [formula]
    while todo:
        node = todo[-1]
        inner = [one for one in _parts(node) if id(one) not in known]
        if inner:
            todo += inner
            continue
        todo.pop()
        sizes = [known[id(one)] for one in _parts(node)]
        known[id(node)] = (
            1 + sum(size for size, _ in sizes),
            1 + max((deep for _, deep in sizes), default=0),
        )
    return known[id(formula)]


def _parts(node: ast.AST) -> list[ast.expr]:
    """The operands of a node, names of functions left out."""
    if isinstance(node, (ast.Name, ast.Constant)):
        return []
    fields = [node.args] if isinstance(node, ast.Call) else [getattr(node, word) for word in node._fields]
    return [
        one
        for part in fields
        for one in (part if isinstance(part, list) else [part])
        if isinstance(one, ast.expr)
    ]


class Copying(ast.NodeTransformer):
    """A transformer that leaves the formula it is given as it is, and the names of functions alone."""

    def visit_Call(self, node: ast.Call) -> ast.AST:
        """Copy a call with its arguments replaced."""
        return ast.Call(node.func, [self.visit(part) for part in node.args], [])

    def generic_visit(self, node: ast.AST) -> ast.AST:
        """Copy a node with its parts replaced."""
        fields = {}
        for name, value in ast.iter_fields(node):
            if isinstance(value, list):
                fields[name] = [self.visit(part) if isinstance(part, ast.AST) else part for part in value]
            else:
                fields[name] = self.visit(value) if isinstance(value, ast.AST) else value
        return type(node)(**fields)


class _Replace(Copying):
    def __init__(self, table: Mapping[str, Formula]) -> None:
        self.table = table

    def visit_Name(self, node: ast.Name) -> ast.AST:
        return self.table.get(node.id, node)


def replaced(formula: Formula, table: Mapping[str, Formula]) -> Formula:
    """Return a formula in which some names are other formulas."""
    result = _Replace(table).visit(formula)
    assert isinstance(result, ast.expr)
    return result


def number(value: float) -> Formula:
    """Return a number as a formula, infinity and what is no number included."""
    if value != value:
        infinity = ast.Constant(float("inf"))
        return ast.BinOp(infinity, ast.Sub(), infinity)
    below = math.copysign(1.0, value) < 0  # -0, too: as a constant it would lose its parentheses in a power
    return ast.UnaryOp(ast.USub(), ast.Constant(-float(value))) if below else ast.Constant(float(value))


def name(symbol: str) -> ast.Name:
    """Return a name as a formula."""
    return ast.Name(symbol, ast.Load())


def call(function: str, *arguments: Formula) -> ast.Call:
    """Return the call of one of our functions."""
    return ast.Call(name(function), list(arguments), [])


def joined(operator: ast.operator, parts: list[Formula], empty: float) -> Formula:
    """Return a sum or product of any number of parts; many are halved, so that it does not get deep."""
    if not parts:
        return number(empty)
    if len(parts) > 8:
        half = len(parts) // 2
        parts = [joined(operator, parts[:half], empty), joined(operator, parts[half:], empty)]
    result = parts[0]
    for part in parts[1:]:
        result = ast.BinOp(result, operator, part)
    return result


def times(*parts: Formula) -> Formula:
    """Return a product."""
    return joined(ast.Mult(), list(parts), 1.0)


def plus(*parts: Formula) -> Formula:
    """Return a sum."""
    return joined(ast.Add(), list(parts), 0.0)


def over(above: Formula, below: Formula) -> Formula:
    """Return a quotient."""
    return ast.BinOp(above, ast.Div(), below)


def minus(left: Formula, right: Formula) -> Formula:
    """Return a difference."""
    return ast.BinOp(left, ast.Sub(), right)


def relation(left: Formula, operator: ast.cmpop, right: Formula) -> Formula:
    """Return a comparison."""
    return ast.Compare(left, [operator], [right])
