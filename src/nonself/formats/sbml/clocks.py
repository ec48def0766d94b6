"""Contents -> contents of the same meaning whose conditions turn where a step can find it.

A condition on time alone that is not linear in it cannot be a stop known beforehand: it is read off a clock instead, a
state that grows by 1 in each unit of time, and so is found on the way. And what a condition swings with (`sin`, `cos`,
`tan` of what changes) is summed up in a state of its own: its error then keeps steps shorter than a swing, so that none
is stepped over.
"""

from __future__ import annotations

import ast
from dataclasses import replace

from nonself.errors import InputError
from nonself.formats.sbml.algebraic import line_in
from nonself.formats.sbml.contents import (
    MOST_NODES,
    TIME,
    Contents,
    Copying,
    Formula,
    Quantity,
    call,
    minus,
    name,
    names_in,
    number,
    replaced,
)
from nonself.formats.sbml.rewrite import mapped
from nonself.formats.sbml.steps import moving_names

CLOCK = "@clock"
SWINGING = {"sin": "sin", "cos": "cos", "tan": "sin"}  # and what to sum up for it


def with_clocks(contents: Contents) -> Contents:
    """Return contents with a clock and sums for the conditions that need them; most files need none.

    **Example:** a trigger `sin(time) > 0.5` stays, beside a state whose rate is `sin(time)`; in a rule,
    `1 if exp(-time) > 0.5 else 0` becomes `1 if exp(-clock) > 0.5 else 0`.
    """
    conditions = _Conditions(contents)
    events = contents.events
    for part in events:
        conditions.visit(part.trigger)
    conditions.in_trigger = False
    contents = replace(mapped(replace(contents, events=()), conditions.visit), events=events)
    added: dict[str, tuple[Formula, Formula]] = {}
    if conditions.needs_clock:
        added[CLOCK] = number(1.0), name(TIME)
    for count, swing in enumerate(conditions.swings.values(), 1):
        added[f"@swing {count}"] = swing, number(0.0)
    quantities = {
        symbol: Quantity(symbol, "parameter", 0.0, False, label="ends steps where a condition turns")
        for symbol in added
    }
    return replace(
        contents,
        quantities={**contents.quantities, **quantities},
        driven={**contents.driven, **{symbol: rate for symbol, (rate, _) in added.items()}},
        initial={**contents.initial, **{symbol: first for symbol, (_, first) in added.items()}},
    )


class _Conditions(Copying, ast.NodeTransformer):
    """Rewrites comparisons, and notes what they need."""

    def __init__(self, contents: Contents) -> None:
        self.given: dict[str, Formula] = dict(contents.assigned)
        self.given |= {part.id: part.rate for part in contents.reactions if part.rate is not None}
        self.moving = moving_names(contents)
        self.jumping = contents.assigned_by_events()
        self.in_trigger = True
        self.needs_clock = False
        self.swings: dict[str, Formula] = {}

    def visit_Compare(self, node: ast.Compare) -> ast.AST:
        """Note what the two sides swing with; let time alone be read off the clock where it is not linear."""
        found = self._behind(node)
        for part in (part for formula in found for part in ast.walk(formula)):
            if isinstance(part, ast.Call) and isinstance(part.func, ast.Name) and part.func.id in SWINGING:
                swing = call(SWINGING[part.func.id], *part.args)
                if names_in(swing) & self.moving:
                    self.swings.setdefault(ast.unparse(swing), swing)
        used = {one for formula in found for one in names_in(formula)} - set(self.given)
        if self.in_trigger or TIME not in used or used & (self.moving | self.jumping) - {TIME}:
            return node
        left, right = (self._written_out(one) for one in (node.left, node.comparators[0]))
        if line_in(minus(left, right), TIME) is not None:
            return node
        self.needs_clock = True
        left, right = (replaced(one, {TIME: name(CLOCK)}) for one in (left, right))
        return ast.Compare(left, node.ops, [right])

    def _behind(self, formula: Formula) -> list[Formula]:
        """A formula and those of the rules and rates it comes down to."""
        found, seen = [formula], set[str]()
        for one in found:
            new = sorted((names_in(one) & set(self.given)) - seen)
            seen |= set(new)
            found += [self.given[symbol] for symbol in new]
        return found

    def _written_out(self, formula: Formula) -> Formula:
        """A formula of time alone without the names of rules and rates.

        **Raises:** `InputError` where they need each other, or it gets too long.
        """
        for _ in range(len(self.given) + 1):
            table = {one: self.given[one] for one in names_in(formula) if one in self.given}
            if not table:
                return formula
            formula = replaced(formula, table)
            if sum(1 for _ in ast.walk(formula)) > MOST_NODES:
                break
        raise InputError(
            "a condition on time comes down to rules without end", mend="break the circle, or shorten them"
        )
