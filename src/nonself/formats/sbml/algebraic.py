"""Which symbol each algebraic rule determines: SBML leaves that to a matching of rules and what nothing else gives.

A rule can determine what is not constant, what no other rule gives and no reaction changes. Where it could be one of
several, what events assign is left to them, a boundary species is taken as set from outside, and what has no value goes
before what has one; where that leaves a choice the file is refused, since what it computes would hang on it.

**Reference:** SBML Level 3 Version 2 Core, section 4.11.5.
"""

from __future__ import annotations

import ast
from collections.abc import Collection, Mapping
from dataclasses import replace

from nonself.errors import InputError
from nonself.formats.sbml.contents import (
    Contents,
    Formula,
    Quantity,
    delays_in,
    names_in,
    number,
    over,
    plus,
    times,
)
from nonself.model.constraints import MOST
from nonself.model.matching import matched, rivals

Line = tuple[Formula | None, Formula | None]  # slope and rest, None for zero
WITHOUT_VALUE = 1.0  # where the search begins for what has no first value


def with_determined(contents: Contents) -> Contents:
    """Return contents that say which rule determines which symbol, and what of these can be known at the start.

    **Raises:** `InputError` with the line of a rule that determines nothing, or of one that leaves a choice.
    """
    if not contents.algebraic:
        return contents
    if len(contents.algebraic) > MOST:
        raise InputError(
            f"holds {len(contents.algebraic):,} algebraic rules, more than {MOST}",
            mend="make those that can be solved by hand assignment rules",
        )
    free = _free(contents)
    incidence = {
        label: sorted(_reach(contents, formula) & free) for label, formula in contents.algebraic.items()
    }
    assigned = contents.assigned_by_events()
    candidates = [symbol for symbol in contents.quantities if symbol in free]
    candidates.sort(key=lambda symbol: _rank(contents, symbol, assigned))
    pairs = matched(incidence, candidates)
    for label in contents.algebraic:
        if label not in pairs.values():
            raise _determines_nothing(contents, label, incidence[label])
    for symbol in candidates:
        if symbol not in pairs:
            alike = [
                one
                for one in sorted(rivals(symbol, incidence, candidates, pairs))
                if _rank(contents, one, assigned) == _rank(contents, symbol, assigned)
            ]
            if alike:
                raise _leaves_a_choice(contents, pairs[alike[0]], alike[0], symbol)
    return _rules_that_look_back(replace(contents, determined=pairs, solved=_solved(contents, pairs)))


def _rules_that_look_back(contents: Contents) -> Contents:
    """Let linear rules that look back be assignment rules: so they also say what held before the start."""
    found = {
        symbol: formula
        for symbol, formula in contents.solved.items()
        if delays_in(contents.algebraic[contents.determined[symbol]])
    }
    labels = {contents.determined[symbol] for symbol in found}
    return replace(
        contents,
        assigned={**contents.assigned, **found},
        lines={**contents.lines, **{symbol: contents.quantities[symbol].line for symbol in found}},
        algebraic={label: formula for label, formula in contents.algebraic.items() if label not in labels},
        determined={symbol: label for symbol, label in contents.determined.items() if symbol not in found},
        solved={symbol: formula for symbol, formula in contents.solved.items() if symbol not in found},
    )


def could_be_determined(contents: Contents) -> set[str]:
    """Return the symbols that stand in algebraic rules and that nothing else gives."""
    reach = (_reach(contents, formula) for formula in contents.algebraic.values())
    return _free(contents) & set[str]().union(*reach)


def _free(contents: Contents) -> set[str]:
    """What an algebraic rule can determine."""
    taken = {*contents.assigned, *contents.driven, *contents.changed_by_reactions()}
    return {key for key, part in contents.quantities.items() if not part.constant and key not in taken}


def _rank(contents: Contents, symbol: str, assigned: Collection[str]) -> tuple[bool, bool, bool]:
    """How late a symbol comes where a rule could determine one of several."""
    part = contents.quantities[symbol]
    return symbol in assigned, part.boundary, part.value is not None or symbol in contents.initial


def _reach(contents: Contents, formula: Formula) -> set[str]:
    """The names a formula comes down to, through assignment rules and rates of reactions."""
    given = dict(contents.assigned) | {part.id: part.rate for part in contents.reactions if part.rate}
    found, todo = set[str](), [formula]
    while todo:
        for symbol in names_in(todo.pop()) - found:
            found.add(symbol)
            if symbol in given:
                todo.append(given[symbol])
    return found


def _determines_nothing(contents: Contents, label: str, could: list[str]) -> InputError:
    stands = _reach(contents, contents.algebraic[label]) & set(contents.quantities)
    why = "; ".join(_given_by(contents, contents.quantities[one]) for one in sorted(stands - {*could}))
    what = "there is nothing for it"
    if could:
        what = f"what it could determine ({', '.join(could)}) other rules do"
    return InputError(
        f"an algebraic rule is one too many: {what}{f': {why}' if why else ''}",
        line=contents.lines.get(label),
        mend="leave the rule out, or let something in it vary that nothing else gives",
    )


def _given_by(contents: Contents, part: Quantity) -> str:
    if part.id in contents.assigned or part.id in contents.driven:
        return f"{part.id!r} has a rule of its own"
    return f"{part.id!r} is constant" if part.constant else f"{part.id!r} is changed by reactions"


def _leaves_a_choice(contents: Contents, label: str, one: str, other: str) -> InputError:
    return InputError(
        f"an algebraic rule could determine {one!r} or {other!r}: the file does not say which",
        line=contents.lines.get(label),
        mend='declare the one that is given constant="true"',
    )


# the start ---------------------------------------------------------------------------------------------------------
def _solved(contents: Contents, pairs: Mapping[str, str]) -> dict[str, Formula]:
    """Return symbol -> formula at the start, for those in whose rule they stand once and not in a circle."""
    found: dict[str, Formula] = {}
    known: dict[str, Formula] = {}
    needs: dict[str, set[str]] = {}
    for symbol, label in pairs.items():
        formula = contents.algebraic[label]
        line = line_in(formula, symbol)
        if line is not None and line[0] is not None:
            rest = number(0.0) if line[1] is None else ast.UnaryOp(ast.USub(), line[1])
            known[symbol] = over(rest, line[0])
            needs[symbol] = _at_start(contents, names_in(formula) - {symbol}) & {*pairs}
    while ready := [symbol for symbol in known if symbol not in found and needs[symbol] <= {*found}]:
        found |= {symbol: known[symbol] for symbol in ready}
    return found


def _at_start(contents: Contents, symbols: set[str]) -> set[str]:
    """What the values of symbols come down to at the start."""
    rates = {part.id: part.rate for part in contents.reactions if part.rate is not None}
    found, todo = set[str](), list(symbols)
    while todo:
        symbol = todo.pop()
        if symbol in found:
            continue
        found.add(symbol)
        formula = contents.assigned.get(symbol, rates.get(symbol, contents.initial.get(symbol)))
        todo += [] if formula is None else names_in(formula)
        if (part := contents.quantities.get(symbol)) is not None and part.kind == "species":
            todo.append(part.compartment)
    return found


def line_in(formula: Formula, symbol: str) -> Line | None:
    """Return slope and rest of a formula that is slope * symbol + rest, neither with the symbol in it; None where it is
    not that.

    **Example:** `line_in(ast.parse("2*x + y", mode="eval").body, "x")` gives the formulas `2` and `y`.
    """
    if symbol not in names_in(formula):
        return None, formula
    if isinstance(formula, ast.Name):
        return number(1.0), None
    if isinstance(formula, ast.UnaryOp) and isinstance(formula.op, ast.USub):
        inner = line_in(formula.operand, symbol)
        return None if inner is None else (_negated(inner[0]), _negated(inner[1]))
    if not isinstance(formula, ast.BinOp):
        return None
    left, right = line_in(formula.left, symbol), line_in(formula.right, symbol)
    return None if left is None or right is None else _joined(formula.op, left, right)


def _joined(operator: ast.operator, left: Line, right: Line) -> Line | None:
    """Two lines added, subtracted, multiplied or divided, where the result is one."""
    if isinstance(operator, ast.Sub):
        operator, right = ast.Add(), (_negated(right[0]), _negated(right[1]))
    if isinstance(operator, ast.Add):
        return _sum(left[0], right[0]), _sum(left[1], right[1])
    if isinstance(operator, ast.Mult) and left[0] is None:
        left, right = right, left
    if isinstance(operator, (ast.Mult, ast.Div)) and right[0] is None and right[1] is not None:
        factor, combined = right[1], times if isinstance(operator, ast.Mult) else over
        slope, rest = (None if part is None else combined(part, factor) for part in left)
        return slope, rest
    return None


def _sum(left: Formula | None, right: Formula | None) -> Formula | None:
    return plus(left, right) if left is not None and right is not None else left or right


def _negated(formula: Formula | None) -> Formula | None:
    return None if formula is None else ast.UnaryOp(ast.USub(), formula)
