"""Formulas: a small, safe subset of Python expressions, read with Python's own parser.

Numbers: names, literals, + - * / **, functions of `FUNCTIONS`, and `a if condition else b`. Conditions: comparisons
(< <= > >= == !=, also in a chain as `0 < x < 1`), `True`, `False`, and conditions joined by `and`, `or`, `not`. The
name `time` is the time of the model; `delay(a, b)` is what `a` was `b` ago, where `b` is of parameters alone.
"""

from __future__ import annotations

import ast
import math
from collections.abc import Callable, Mapping
from functools import lru_cache
from types import CodeType
from typing import Any

from nonself.errors import InputError, shortened

TIME = "time"
LARGEST_FACTORIAL = 170
FUNCTIONS = {
    "exp": 1, "log": 1, "log10": 1, "sqrt": 1, "abs": 1, "min": 2, "max": 2, "positive_power": 2,
    "sin": 1, "cos": 1, "tan": 1, "asin": 1, "acos": 1, "atan": 1,
    "sinh": 1, "cosh": 1, "tanh": 1, "asinh": 1, "acosh": 1, "atanh": 1,
    "floor": 1, "ceil": 1, "factorial": 1, "delay": 2,
}  # fmt: skip
_OPERATORS = (ast.Add, ast.Sub, ast.Mult, ast.Div, ast.Pow)
COMPARISONS = (ast.Lt, ast.LtE, ast.Gt, ast.GtE, ast.Eq, ast.NotEq)
_ALLOWED = (
    f"numbers, names, + - * / **, {', '.join(FUNCTIONS)}, 'a if x < y else b', and/or/not between comparisons"
)


@lru_cache(maxsize=20_000)
def parse(formula: str) -> ast.expr:
    """Read a formula that gives a number.

    **Returns:** the checked syntax tree. **Raises:** `InputError` naming what is not allowed and where.

    **Example:** `parse("py*Y*(1 - Y/Ky) if time < stop else 0")`
    """
    return _read(formula, _number)


@lru_cache(maxsize=20_000)
def parse_condition(formula: str) -> ast.expr:
    """Read a formula that is true or false.

    **Returns:** the checked syntax tree. **Raises:** `InputError` naming what is not allowed and where.

    **Example:** `parse_condition("neutrophils < 1 and time > 7")`
    """
    return _read(formula, _condition)


def truth(condition: str) -> str:
    """Return a condition as a formula of a number: 1 where it is true, else 0.

    **Raises:** `InputError` for what is no condition.

    **Example:** `truth("x < 1")` gives `"1 if x < 1 else 0"`.
    """
    return f"1 if {ast.unparse(parse_condition(condition))} else 0"


def links(chain: ast.Compare) -> list[ast.Compare]:
    """Return the comparisons of two that a comparison is made of: `0 < x < 1` says `0 < x` and `x < 1`."""
    sides = [chain.left, *chain.comparators]
    return [ast.Compare(sides[k], [relation], [sides[k + 1]]) for k, relation in enumerate(chain.ops)]


def _read(formula: str, check: Callable[[ast.expr, str], None]) -> ast.expr:
    try:
        tree = ast.parse(formula.strip(), mode="eval").body
        check(tree, formula)
    except SyntaxError as error:
        raise InputError(
            f"formula {shortened(formula)!r} cannot be read: {error.msg} at position {error.offset}",
            mend=f"write it with {_ALLOWED}",
        ) from None
    except (RecursionError, MemoryError, ValueError):
        raise InputError(
            f"formula {shortened(formula)!r} cannot be read: it is nested too deeply, or holds what is no text",
            mend="split it into parts",
        ) from None
    return tree


def _number(node: ast.expr, formula: str) -> None:
    """Refuse anything that is no number made of the allowed parts."""
    if isinstance(node, ast.IfExp):
        _condition(node.test, formula)
        inner = [node.body, node.orelse]
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, (ast.USub, ast.UAdd)):
        inner = [node.operand]
    elif isinstance(node, ast.BinOp) and isinstance(node.op, _OPERATORS):
        inner = [node.left, node.right]
    elif _is_function(node):
        assert isinstance(node, ast.Call)
        inner = node.args
    elif isinstance(node, ast.Name) or (isinstance(node, ast.Constant) and type(node.value) in (int, float)):
        inner = []
    else:
        raise _refused(node, formula)
    for part in inner:
        _number(part, formula)


def _condition(node: ast.expr, formula: str) -> None:
    """Refuse anything that is not true or false made of the allowed parts."""
    if isinstance(node, ast.BoolOp):
        for part in node.values:
            _condition(part, formula)
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        _condition(node.operand, formula)
    elif isinstance(node, ast.Compare) and all(isinstance(one, COMPARISONS) for one in node.ops):
        for side in (node.left, *node.comparators):
            _number(side, formula)
    elif isinstance(node, ast.Constant) and isinstance(node.value, bool):
        pass
    else:
        raise _refused(node, formula)


def _refused(node: ast.expr, formula: str) -> InputError:
    return InputError(
        f"formula {shortened(formula)!r}: {shortened(ast.unparse(node))!r} is not allowed here",
        mend=f"use only {_ALLOWED}",
    )


def _is_function(node: ast.expr) -> bool:
    if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name)) or node.keywords:
        return False
    return FUNCTIONS.get(node.func.id) == len(node.args)


@lru_cache(maxsize=20_000)
def names(formula: str) -> frozenset[str]:
    """Return the names a formula uses, functions left out.

    **Example:** `sorted(names("a*exp(-b*Y)"))` gives `["Y", "a", "b"]`.
    """
    tree = parse(formula)
    calls = {id(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)}
    found = (node for node in ast.walk(tree) if isinstance(node, ast.Name))
    return frozenset(node.id for node in found if id(node) not in calls)


def positive_power(base: float, exponent: float) -> float:
    """Return base ** exponent, and 0 where the base is not positive: a power of what rounding may push below zero."""
    return base**exponent if base > 0 else 0.0


def factorial(x: float) -> float:
    """Return x!; infinity where it is too large for a double, NaN for what is no whole number from 0 up."""
    if not (x >= 0 and x == math.floor(x)):
        return math.nan
    return float(math.factorial(int(x))) if x <= LARGEST_FACTORIAL else math.inf


def _no_past(value: float, lag: float) -> float:
    raise InputError("a formula looks back with 'delay' where no past is known", mend="write it without")


_PLAIN: dict[str, Any] = {
    **{name: getattr(math, name) for name in (
        "sin", "cos", "tan", "asin", "acos", "atan", "sinh", "cosh", "tanh", "asinh", "acosh", "atanh",
    )},
    "floor": math.floor, "ceil": math.ceil, "factorial": factorial,
    "exp": math.exp, "log": math.log, "log10": math.log10, "sqrt": math.sqrt, "abs": abs, "min": min, "max": max,
    "positive_power": positive_power, "delay": _no_past,
}  # fmt: skip


@lru_cache(maxsize=20_000)
def _compiled(formula: str) -> CodeType:
    return compile(ast.Expression(parse(formula)), "<formula>", "eval")


def evaluate(formula: str, values: Mapping[str, float]) -> float:
    """Compute a formula with plain Python numbers; impossible operations give NaN.

    `values` may hold a function `delay` for formulas that look back; without one these are refused.

    **Example:** `evaluate("2*a", {"a": 1.5})` gives `3.0`.
    """
    code = _compiled(formula)
    try:
        result = eval(code, {"__builtins__": {}}, {**_PLAIN, **values})  # a checked tree only
    except (ValueError, ZeroDivisionError, OverflowError):
        return math.nan
    return float(result) if not isinstance(result, complex) else math.nan


def solvable_order(formulas: Mapping[str, str], what: str) -> tuple[str, ...]:
    """Order named formulas so that each uses only earlier ones.

    **Raises:** `InputError` naming the ring when they define each other in a circle.
    """
    done: dict[str, None] = {}
    path: dict[str, None] = {}  # the names being looked at, each used by the one before

    for first in formulas:
        todo = [first]
        while todo:
            name = todo[-1]
            if name in done or name in path:
                todo.pop()
                if name not in done:
                    path.pop(name)
                    done[name] = None
                continue
            path[name] = None
            for used in sorted(names(formulas[name]) & formulas.keys(), reverse=True):
                if used in path:
                    around = list(path)
                    ring = " -> ".join([*around[around.index(used) :], used])
                    raise InputError(f"{what} define each other in a circle: {ring}", mend="break the circle")
                if used not in done:
                    todo.append(used)
    return tuple(done)
