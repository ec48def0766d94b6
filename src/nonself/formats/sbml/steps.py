"""Contents -> contents of the same meaning in which what jumps or is true for a moment is found on the way.

Steps (floor, ceil) of what changes continuously become numbers that events count, and equality in a trigger becomes
equality within rounding, looked at where the two sides cross.
"""

from __future__ import annotations

import ast
from dataclasses import replace

from nonself.formats.sbml.contents import (
    TIME,
    Contents,
    Formula,
    Happening,
    Quantity,
    call,
    minus,
    name,
    names_in,
    number,
    plus,
    relation,
    require_bounded,
    times,
)

ROUNDING = 1e-12  # of the terms of two sides: how far apart they may be and still be equal


def without_steps(contents: Contents) -> Contents:
    """Return contents in which floor and ceil of what changes continuously are numbers that events count.

    Each becomes a parameter that is floor(x) at the start and takes it anew where x leaves [n, n + 1): so that no
    turn is
    stepped over. Only those that rates or triggers depend on; a floor that is only shown needs none.
    """
    moving = moving_names(contents)
    stepped = _Steps(moving)
    watched = _reach(contents)
    laws = {part.id: part for part in contents.reactions}
    contents = replace(
        contents,
        reactions=tuple(
            replace(
                part,
                rate=None if part.rate is None else stepped.visit(part.rate),
                participants=tuple(
                    replace(one, formula=None if one.formula is None else stepped.visit(one.formula))
                    for one in part.participants
                ),
            )
            for part in laws.values()
        ),
        assigned={
            key: stepped.visit(formula) if key in watched else formula
            for key, formula in contents.assigned.items()
        },
        driven={key: stepped.visit(formula) for key, formula in contents.driven.items()},
        algebraic={key: stepped.visit(formula) for key, formula in contents.algebraic.items()},
        events=tuple(replace(part, trigger=stepped.visit(part.trigger)) for part in contents.events),
    )
    if not stepped.found:
        return contents
    return _with_counters(contents, stepped.found)


def _with_counters(contents: Contents, found: dict[str, tuple[str, Formula]]) -> Contents:
    quantities, initial, events = dict(contents.quantities), dict(contents.initial), []
    for symbol, x in found.values():
        quantities[symbol] = Quantity(
            symbol, "parameter", None, False, label=f"the whole part of {ast.unparse(x)}"
        )
        initial[symbol] = call("floor", x)
        leaves = {
            "up": relation(x, ast.GtE(), plus(name(symbol), number(1.0))),
            "down": relation(x, ast.Lt(), name(symbol)),
        }
        for way, trigger in leaves.items():
            events.append(
                Happening(
                    id=f"{symbol} {way}",
                    trigger=trigger,
                    assignments={symbol: call("floor", x)},
                    delay=None,
                    priority=number(float("inf")),
                    persistent=True,
                    initial_value=False,
                    use_values_from_trigger_time=False,
                    label=f"counts the whole part of {ast.unparse(x)}",
                )
            )
    return replace(contents, quantities=quantities, initial=initial, events=(*events, *contents.events))


class _Steps(ast.NodeTransformer):
    """Finds floor and ceil of moving numbers, and gives each a name."""

    def __init__(self, moving: set[str]) -> None:
        self.moving = moving
        self.found: dict[str, tuple[str, Formula]] = {}

    def visit_Call(self, node: ast.Call) -> ast.AST:
        arguments = [self.visit(part) for part in node.args]
        assert isinstance(node.func, ast.Name)
        if node.func.id not in ("floor", "ceil") or not (names_in(arguments[0]) & self.moving):
            return ast.Call(node.func, arguments, [])
        upside_down = node.func.id == "ceil"
        x = ast.UnaryOp(ast.USub(), arguments[0]) if upside_down else arguments[0]
        symbol, _ = self.found.setdefault(ast.unparse(x), (f"@whole {len(self.found) + 1}", x))
        return ast.UnaryOp(ast.USub(), name(symbol)) if upside_down else name(symbol)


# equality ----------------------------------------------------------------------------------------------------------
def without_equality(contents: Contents) -> Contents:
    """Return contents in whose triggers `x == y` of what changes continuously is true in the moment x passes y.

    It becomes |x - y| <= rounding, and a comparison x >= y beside it, always true or false alike, makes steps end
    there.
    Equality with the time itself is left as it is: it is an exact stop.
    """
    moments = _Moments(moving_names(contents))
    events = tuple(replace(part, trigger=moments.visit(part.trigger)) for part in contents.events)
    return replace(contents, events=events)


class _Moments(ast.NodeTransformer):
    def __init__(self, moving: set[str]) -> None:
        self.moving = moving
        self.written = 0

    def visit_Compare(self, node: ast.Compare) -> ast.AST:
        node = ast.Compare(self.visit(node.left), node.ops, [self.visit(part) for part in node.comparators])
        left, right, operator = node.left, node.comparators[0], node.ops[0]
        if not isinstance(operator, (ast.Eq, ast.NotEq)) or not names_in(node) & self.moving:
            return node
        is_a_line = all(isinstance(part, _OF_A_LINE) for part in ast.walk(node))
        whole = any(one.startswith("@whole") for one in names_in(node))
        if is_a_line and not whole and names_in(node) & self.moving == {TIME}:
            return node
        allowed = times(number(ROUNDING), plus(_size(left), _size(right)))
        near = relation(call("abs", minus(left, right)), ast.LtE(), allowed)
        either = ast.BoolOp(ast.Or(), [relation(left, ast.GtE(), right), relation(left, ast.Lt(), right)])
        equal = ast.BoolOp(ast.And(), [near, either])
        self.written = require_bounded([equal], self.written)
        return equal if isinstance(operator, ast.Eq) else ast.UnaryOp(ast.Not(), equal)


_OF_A_LINE = (
    ast.Compare, ast.BinOp, ast.UnaryOp, ast.Name, ast.Constant, ast.operator, ast.unaryop, ast.cmpop, ast.expr_context,
)  # fmt: skip


def _size(formula: Formula) -> Formula:
    """The sum of the sizes of a formula's terms: what rounding is relative to."""
    if isinstance(formula, ast.BinOp) and isinstance(formula.op, (ast.Add, ast.Sub)):
        return plus(_size(formula.left), _size(formula.right))
    if isinstance(formula, ast.BinOp) and isinstance(formula.op, (ast.Mult, ast.Div)):
        return ast.BinOp(_size(formula.left), formula.op, _size(formula.right))
    if isinstance(formula, ast.UnaryOp):
        return _size(formula.operand)
    if isinstance(formula, ast.IfExp):
        return ast.IfExp(formula.test, _size(formula.body), _size(formula.orelse))
    return formula if isinstance(formula, ast.Constant) else call("abs", formula)


# what moves --------------------------------------------------------------------------------------------------------
def moving_names(contents: Contents) -> set[str]:
    """Return the names that change continuously."""
    moving = {TIME, *contents.driven, *contents.determined, *contents.changed_by_reactions()}
    given: dict[str, Formula] = dict(contents.assigned)
    given |= {part.id: part.rate for part in contents.reactions if part.rate is not None}
    concentrations = {
        key: part.compartment
        for key, part in contents.quantities.items()
        if part.kind == "species" and not part.is_amount
    }
    before = -1
    while len(moving) != before:
        before = len(moving)
        moving |= {key for key, formula in given.items() if names_in(formula) & moving}
        moving |= {key for key, compartment in concentrations.items() if compartment in moving}
    return moving


def _reach(contents: Contents) -> set[str]:
    """Return the names that rates and triggers depend on."""
    roots = [*contents.driven.values(), *contents.algebraic.values()]
    roots += [event.trigger for event in contents.events]
    roots += [part.rate for part in contents.reactions if part.rate is not None]
    roots += [one.formula for part in contents.reactions for one in part.participants if one.formula]
    names = {one for formula in roots for one in names_in(formula)}
    for part in contents.reactions:
        names |= {one.id for one in part.participants if one.id}
        for one in part.participants:
            species = contents.quantities[one.species]
            names |= {species.compartment, species.factor or ""}
    given: dict[str, Formula] = dict(contents.assigned)
    given |= {part.id: part.rate for part in contents.reactions if part.rate is not None}
    todo = list(names)
    while todo:
        symbol = todo.pop()
        found = contents.quantities.get(symbol)
        more = {found.compartment} if found is not None and found.kind == "species" else set()
        if symbol in given:
            more |= names_in(given[symbol])
        todo += more - names
        names |= more
    return names
