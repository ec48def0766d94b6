"""When a model's rates turn: the times at which a condition on time changes, as formulas of parameters."""

from __future__ import annotations

import ast

from nonself.errors import InputError
from nonself.expr import TIME, names, parse
from nonself.model.ir import Model


def turning_points(model: Model) -> tuple[str, ...]:
    """Return the times at which conditions on time change, as formulas of parameters, each once.

    They become stops, so that no step passes over a pulse however short.

    **Raises:** `InputError` for a condition on time that is not `time` compared with parameters: its turn could
    not be found beforehand.

    **Example:** a rate `"k if time < stop else 0"` gives `("stop",)`.
    """
    constants = {part.id for part in (*model.parameters, *model.derived)}
    timed = {TIME}
    for expression in model.expressions:
        if names(expression.formula) & timed:
            timed.add(expression.id)
    found: dict[str, None] = {}
    formulas = [part.formula for part in model.expressions] + [reaction.rate for reaction in model.reactions]
    for formula in formulas:
        for node in ast.walk(parse(formula)):
            if isinstance(node, ast.Compare):
                point = _turn(node, timed, constants, formula)
                if point is not None:
                    found[point] = None
    return tuple(found)


def _turn(node: ast.Compare, timed: set[str], constants: set[str], formula: str) -> str | None:
    sides = [ast.unparse(side) for side in (node.left, node.comparators[0])]
    involved = [names(side) & timed for side in sides]
    if not any(involved):
        return None
    for side, other in (sides, sides[::-1]):
        if side == TIME and names(other) <= constants:
            return other
    raise InputError(
        f"in {formula!r}: {ast.unparse(node)!r} turns at a time that cannot be known beforehand",
        mend=f"compare {TIME!r} itself with parameters, as in '{TIME} < stop'",
    )
