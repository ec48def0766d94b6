"""When conditions on time turn: the times as formulas of parameters, known before a course begins."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from functools import lru_cache

from nonself.errors import InputError
from nonself.expr import TIME, links, names, parse, truth
from nonself.model.ir import Model

STEPPED = ("floor(", "ceil(", "factorial(")
Line = tuple[str, str]  # slope and intercept in time, as formulas of parameters; a slope "0" is written so


@lru_cache(maxsize=64)
def turning_points(model: Model) -> tuple[str, ...]:
    """Return the times at which the rates' conditions on time change, as formulas of parameters, each once.

    They become stops, so that no step passes over a pulse however short. Conditions that also depend on species are
    found on the way instead.

    **Raises:** `InputError` for a condition on time alone that is not linear in it: its turn could not be found
    beforehand.

    **Example:** a rate `"k if time < stop else 0"` gives `("stop",)`.
    """
    formulas = [part.formula for part in model.expressions] + [reaction.rate for reaction in model.reactions]
    formulas += [part.formula for part in model.constraints]
    found: dict[str, None] = {}
    reach = _reach(model)
    for formula in formulas:
        for link, point in _turns(formula, model, reach):
            if point is None:
                raise InputError(
                    f"in {formula!r}: {ast.unparse(link)!r} turns at a time that cannot be known beforehand",
                    mend=f"compare {TIME!r} itself with parameters, as in '{TIME} < stop'",
                )
            found[point] = None
    return tuple(found)


@lru_cache(maxsize=64)
def trigger_times(model: Model) -> tuple[str, ...]:
    """Return the times at which triggers' conditions on time change, as formulas of parameters, each once.

    They become stops, so that `time == visit` is true at one of them.

    **Example:** a trigger `"time > start and x > 1"` gives `("start",)`.
    """
    reach = _reach(model)
    found = [_turns(truth(event.trigger), model, reach) for event in model.events]
    return tuple(dict.fromkeys(point for turns in found for _, point in turns if point is not None))


def refuse_steps(model: Model) -> None:
    """Refuse floor and ceil of what changes continuously in rates and triggers: a step would pass over where they jump.

    **Raises:** `InputError` naming the formula.

    **Example:** a rate `"k*floor(time)"` is refused; as an observable it is not.
    """
    known = {part.id: part.formula for part in model.expressions}
    moving = {TIME} | {species for reaction in model.reactions for species, _ in reaction.change}
    moving |= {part.species for part in model.constraints}
    for part in model.expressions:
        if names(part.formula) & moving:
            moving.add(part.id)
    todo = [reaction.rate for reaction in model.reactions] + [truth(event.trigger) for event in model.events]
    todo += [rate for clone in model.clones for rate in (clone.birth, clone.death)]
    todo += [part.formula for part in model.constraints]
    seen: set[str] = set()
    while todo:
        formula = todo.pop()
        todo += [known[name] for name in names(formula) if name in known and name not in seen]
        seen |= names(formula)
        calls = (ast.unparse(node) for node in ast.walk(parse(formula)) if isinstance(node, ast.Call))
        for call in calls:
            if call.startswith(STEPPED) and names(call) & moving:
                raise InputError(
                    f"in {formula!r}: {call!r} jumps where no step is known to end",
                    mend="let an event count it in a species",
                )


def turn_of(link: ast.Compare, model: Model) -> str | None:
    """Return when a comparison of two sides turns, a formula of parameters; None where time alone does not decide.

    **Example:** `turn_of(ast.parse("2*time < a", mode="eval").body, model)` gives a formula equal to `a/2`.
    """
    constants = {part.id for part in (*model.parameters, *model.derived)}
    return _turn(link.left, link.comparators[0], constants, {e.id: e.formula for e in model.expressions})


def _turns(
    formula: str, model: Model, reach: Mapping[str, frozenset[str]]
) -> list[tuple[ast.Compare, str | None]]:
    """The comparisons of a formula that depend on time and on no species, and when each turns, where that is known."""
    chains = [node for node in ast.walk(parse(formula)) if isinstance(node, ast.Compare)]
    if not chains:
        return []
    constants = {part.id for part in (*model.parameters, *model.derived)}
    found = []
    for chain in chains:
        for link in links(chain):
            used = frozenset[str]().union(
                *(reach.get(name, {name}) for name in names(truth(ast.unparse(link))))
            )
            if TIME in used and used <= constants | {TIME}:
                found.append((link, turn_of(link, model)))
    return found


def _reach(model: Model) -> dict[str, frozenset[str]]:
    """Return for each expression the names it comes down to: parameters, species and `time`."""
    reach: dict[str, frozenset[str]] = {}
    for part in model.expressions:
        used = (reach.get(name, frozenset({name})) for name in names(part.formula))
        reach[part.id] = frozenset[str]().union(*used)
    return reach


def _turn(left: ast.expr, right: ast.expr, constants: set[str], known: Mapping[str, str]) -> str | None:
    """The time at which two sides are equal, where they are linear in time; a formula of parameters."""
    for side, other in ((left, right), (right, left)):
        if ast.unparse(side) == TIME and names(ast.unparse(other)) <= constants:
            return ast.unparse(other)
    first, second = (_line(side, constants, known) for side in (left, right))
    if first is None or second is None:
        return None
    return f"(({second[1]}) - ({first[1]}))/(({first[0]}) - ({second[0]}))"


def _line(node: ast.expr, constants: set[str], known: Mapping[str, str]) -> Line | None:
    """A formula as slope * time + intercept, where it is that."""
    text = ast.unparse(node)
    used = names(text)
    if text == TIME:
        return "1", "0"
    if used <= constants:
        return "0", text
    if isinstance(node, ast.Name):
        return _line(parse(known[text]), constants, known) if text in known else None
    if isinstance(node, ast.UnaryOp):
        inner = _line(node.operand, constants, known)
        sign = "-" if isinstance(node.op, ast.USub) else ""
        return None if inner is None else (f"{sign}({inner[0]})", f"{sign}({inner[1]})")
    if not isinstance(node, ast.BinOp):
        return None
    left, right = _line(node.left, constants, known), _line(node.right, constants, known)
    return None if left is None or right is None else _joined(node.op, left, right)


def _joined(operator: ast.operator, left: Line, right: Line) -> Line | None:
    """Two lines added, subtracted, multiplied or divided, where the result is a line."""
    if isinstance(operator, (ast.Add, ast.Sub)):
        sign = "+" if isinstance(operator, ast.Add) else "-"
        return f"({left[0]}) {sign} ({right[0]})", f"({left[1]}) {sign} ({right[1]})"
    if isinstance(operator, ast.Mult):
        for one, other in ((left, right), (right, left)):
            if other[0] == "0":
                return f"({one[0]})*({other[1]})", f"({one[1]})*({other[1]})"
    if isinstance(operator, ast.Div) and right[0] == "0":
        return f"({left[0]})/({right[1]})", f"({left[1]})/({right[1]})"
    return None
