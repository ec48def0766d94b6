"""Formulas: a small, safe subset of Python expressions, read with `ast` and computed with by symengine."""

from __future__ import annotations

import ast
import math
from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from typing import Any

from nonself.errors import InputError

FUNCTIONS = ("exp", "log", "log10", "sqrt")
_OPERATORS = (ast.Add, ast.Sub, ast.Mult, ast.Div, ast.Pow)


@lru_cache(maxsize=20_000)
def parse(formula: str) -> ast.expr:
    """Read a formula of names, numbers, + - * / **, and exp, log, log10, sqrt.

    **Returns:** the checked syntax tree. **Raises:** `InputError` naming what is not allowed and where.

    **Example:** `parse("py*Y*(1 - Y/Ky)")`
    """
    try:
        tree = ast.parse(formula.strip(), mode="eval").body
    except SyntaxError as error:
        raise InputError(
            f"formula {formula!r} cannot be read: {error.msg} at position {error.offset}",
            mend="write it with names, numbers, + - * / **, parentheses and exp, log, log10, sqrt",
        ) from None
    _check(tree, formula)
    return tree


def _check(node: ast.expr, formula: str) -> None:
    """Refuse anything but names, numbers, the operators and the functions."""
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, (ast.USub, ast.UAdd)):
        inner = [node.operand]
    elif isinstance(node, ast.BinOp) and isinstance(node.op, _OPERATORS):
        inner = [node.left, node.right]
    elif _is_function(node):
        assert isinstance(node, ast.Call)
        inner = node.args
    elif isinstance(node, ast.Name) or (isinstance(node, ast.Constant) and type(node.value) in (int, float)):
        inner = []
    else:
        raise InputError(
            f"formula {formula!r}: {ast.unparse(node)!r} is not allowed here",
            mend=f"use only names, numbers, + - * / ** and {', '.join(FUNCTIONS)} of one argument",
        )
    for part in inner:
        _check(part, formula)


def _is_function(node: ast.expr) -> bool:
    if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in FUNCTIONS):
        return False
    return len(node.args) == 1 and not node.keywords


@lru_cache(maxsize=20_000)
def names(formula: str) -> frozenset[str]:
    """Return the names a formula uses, functions left out.

    **Example:** `sorted(names("a*exp(-b*Y)"))` gives `["Y", "a", "b"]`.
    """
    calls = {id(node.func) for node in ast.walk(parse(formula)) if isinstance(node, ast.Call)}
    found = (node for node in ast.walk(parse(formula)) if isinstance(node, ast.Name))
    return frozenset(node.id for node in found if id(node) not in calls)


def symbolic(formula: str, environment: Mapping[str, Any]) -> Any:
    """Turn a formula into a symengine expression, each name replaced from `environment`.

    **Raises:** `KeyError` for a name that is not in `environment`.
    """
    import symengine

    functions: dict[str, Callable[[Any], Any]] = {
        "exp": symengine.exp,
        "log": symengine.log,
        "log10": lambda x: symengine.log(x) / symengine.log(symengine.Integer(10)),
        "sqrt": symengine.sqrt,
    }
    return _build(parse(formula), environment, functions, symengine)


def _build(node: ast.expr, environment: Mapping[str, Any], functions: Mapping[str, Any], algebra: Any) -> Any:
    if isinstance(node, ast.Name):
        return environment[node.id]
    if isinstance(node, ast.Constant):
        value = node.value
        if isinstance(value, float) and value.is_integer() and abs(value) < 2**53:
            return algebra.Integer(int(value))
        return algebra.Integer(value) if isinstance(value, int) else algebra.RealDouble(value)
    if isinstance(node, ast.UnaryOp):
        inner = _build(node.operand, environment, functions, algebra)
        return -inner if isinstance(node.op, ast.USub) else inner
    if isinstance(node, ast.Call):
        assert isinstance(node.func, ast.Name)
        return functions[node.func.id](_build(node.args[0], environment, functions, algebra))
    assert isinstance(node, ast.BinOp)
    left = _build(node.left, environment, functions, algebra)
    right = _build(node.right, environment, functions, algebra)
    if isinstance(node.op, ast.Add):
        return left + right
    if isinstance(node.op, ast.Sub):
        return left - right
    if isinstance(node.op, ast.Mult):
        return left * right
    return left / right if isinstance(node.op, ast.Div) else left**right


def evaluate(formula: str, values: Mapping[str, float]) -> float:
    """Compute a formula with plain Python numbers; impossible operations give NaN.

    **Example:** `evaluate("2*a", {"a": 1.5})` gives `3.0`.
    """
    code = compile(ast.Expression(parse(formula)), "<formula>", "eval")
    functions = {"exp": math.exp, "log": math.log, "log10": math.log10, "sqrt": math.sqrt}
    try:
        result = eval(code, {"__builtins__": {}}, {**functions, **values})  # checked tree only
    except (ValueError, ZeroDivisionError, OverflowError):
        return math.nan
    return float(result) if not isinstance(result, complex) else math.nan


def solvable_order(formulas: Mapping[str, str], what: str) -> tuple[str, ...]:
    """Order named formulas so that each uses only earlier ones.

    **Raises:** `InputError` naming the ring when they define each other in a circle.
    """
    done: list[str] = []
    state: dict[str, int] = {}

    def visit(name: str, path: tuple[str, ...]) -> None:
        if state.get(name) == 2:
            return
        if state.get(name) == 1:
            ring = " -> ".join([*path[path.index(name) :], name])
            raise InputError(f"{what} define each other in a circle: {ring}", mend="break the circle")
        state[name] = 1
        for used in sorted(names(formulas[name]) & formulas.keys()):
            visit(used, (*path, name))
        state[name] = 2
        done.append(name)

    for name in formulas:
        visit(name, ())
    return tuple(done)


def unknown_names(formula: str, known: Iterable[str]) -> list[str]:
    """Return the names in a formula that are not among `known`, sorted."""
    return sorted(names(formula) - frozenset(known))
