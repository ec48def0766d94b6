"""The plain twin: a model's equations in NumPy, straight from its formulas, to hold the machine code against."""

from __future__ import annotations

import ast
import copy
from collections.abc import Mapping
from functools import lru_cache
from types import CodeType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nonself.expr import TIME, factorial, links, parse, truth
from nonself.model.ir import Model

Array = NDArray[np.float64]


def _positive_power(base: Any, exponent: Any) -> Any:
    positive = np.real(base) > 0
    return np.where(positive, np.where(positive, base, 1.0) ** exponent, 0.0)


def _larger(left: Any, right: Any) -> Any:
    return np.where(np.real(left) > np.real(right), left, right)


def _smaller(left: Any, right: Any) -> Any:
    return np.where(np.real(left) < np.real(right), left, right)


def _factorial(x: Any) -> Any:
    values = np.real(np.asarray(x))
    return np.vectorize(factorial, otypes=[float])(values) if values.size else values


_FUNCTIONS = {
    "sin": np.sin, "cos": np.cos, "tan": np.tan, "asin": np.arcsin, "acos": np.arccos, "atan": np.arctan,
    "sinh": np.sinh, "cosh": np.cosh, "tanh": np.tanh, "asinh": np.arcsinh, "acosh": np.arccosh, "atanh": np.arctanh,
    "floor": lambda x: np.floor(np.real(x)), "ceil": lambda x: np.ceil(np.real(x)), "factorial": _factorial,
    "exp": np.exp, "log": np.log, "log10": np.log10, "sqrt": np.sqrt, "positive_power": _positive_power,
    "abs": lambda x: np.where(np.real(x) < 0, -x, x), "min": _smaller, "max": _larger,
    "delay": lambda value, lag: np.where(np.real(lag) == 0, value, np.real(value)),  # as if it had always been so
    "_where": np.where, "_and": np.logical_and, "_or": np.logical_or, "_not": np.logical_not, "_real": np.real,
}  # fmt: skip


class _OnArrays(ast.NodeTransformer):
    """Turns what Python decides once into what NumPy decides for each element."""

    def visit_IfExp(self, node: ast.IfExp) -> ast.AST:
        """`a if c else b` as a choice by element."""
        self.generic_visit(node)
        return _called("_where", node.test, node.body, node.orelse)

    def visit_BoolOp(self, node: ast.BoolOp) -> ast.AST:
        """`and`, `or` by element."""
        self.generic_visit(node)
        name = "_and" if isinstance(node.op, ast.And) else "_or"
        result = node.values[0]
        for part in node.values[1:]:
            result = _called(name, result, part)
        return result

    def visit_UnaryOp(self, node: ast.UnaryOp) -> ast.AST:
        """`not` by element."""
        self.generic_visit(node)
        return _called("_not", node.operand) if isinstance(node.op, ast.Not) else node

    def visit_Compare(self, node: ast.Compare) -> ast.AST:
        """A comparison of real parts, so that complex steps pass through."""
        self.generic_visit(node)
        sides: list[ast.expr] = [_called("_real", side) for side in (node.left, *node.comparators)]
        result: ast.expr | None = None
        for link in links(ast.Compare(sides[0], node.ops, sides[1:])):
            result = link if result is None else _called("_and", result, link)
        assert result is not None
        return result


def _called(name: str, *arguments: ast.expr) -> ast.Call:
    return ast.Call(ast.Name(name, ast.Load()), list(arguments), [])


@lru_cache(maxsize=4096)
def _code(formula: str) -> CodeType:
    tree = _OnArrays().visit(ast.Expression(copy.deepcopy(parse(formula))))
    return compile(ast.fix_missing_locations(tree), "<formula>", "eval")


def formula_values(formula: str, names: Mapping[str, Any]) -> Any:
    """Return a formula's values where its names are arrays.

    **Example:** `formula_values("2*a", {"a": np.array([1.0, 2.0])})` gives `[2.0, 4.0]`.
    """
    return eval(_code(formula), {"__builtins__": {}}, {**_FUNCTIONS, **names})  # a checked tree only


def named_values(model: Model, parameters: Array, states: Array, time: float | Array = 0.0) -> dict[str, Any]:
    """Return every name of a model with its values, (n,) each.

    **Arguments:** `parameters` (n_parameters, n), `states` (n_species, n).
    """
    names: dict[str, Any] = {part.id: parameters[row] for row, part in enumerate(model.parameters)}
    names[TIME] = np.asarray(time)
    for parameter in model.derived:
        names[parameter.id] = formula_values(str(parameter.value), names)
    names |= {part.id: states[row] for row, part in enumerate(model.species)}
    for expression in model.expressions:
        names[expression.id] = formula_values(expression.formula, names)
    return names


def right_hand_side(model: Model, parameters: Array, states: Array, time: float = 0.0) -> Array:
    """Return d(species)/dt, (n_species, n), at parameters (n_parameters, n), states (n_species, n) and a time.

    Of a species that a constraint determines it is what has to be zero.

    **Example:** `right_hand_side(model, table, states)`
    """
    names = named_values(model, parameters, states, time)
    rows = {part.id: row for row, part in enumerate(model.species)}
    total = np.zeros_like(states, dtype=np.result_type(states, parameters))
    for reaction in model.reactions:
        rate = formula_values(reaction.rate, names)
        for species, amount in reaction.change:
            total[rows[species]] += amount * rate
    for constraint in model.constraints:
        total[rows[constraint.species]] = formula_values(constraint.formula, names)
    return total


def clone_rates(model: Model, parameters: Array, states: Array, time: float = 0.0) -> tuple[Array, Array]:
    """Return birth and death of every clone, per cell and time, (n_clones, n) each.

    **Arguments:** `parameters` (n_parameters, n), `states` (n_species, n).
    """
    names, shape = named_values(model, parameters, states, time), states.shape[1:]
    births = [np.broadcast_to(formula_values(clone.birth, names), shape) for clone in model.clones]
    deaths = [np.broadcast_to(formula_values(clone.death, names), shape) for clone in model.clones]
    return np.array(births, dtype=float), np.array(deaths, dtype=float)


def events(model: Model, parameters: Array, states: Array, time: float | Array = 0.0) -> dict[str, Array]:
    """Return what events are decided by, (n,) each, under "<event> trigger" (1 or 0), "<event> delay",
    "<event> priority" (0 where it has none), "<event> <species>" for each new value and, where any event has factors,
    "<event> <species> factor" for what it is multiplied by.

    **Arguments:** `parameters` (n_parameters, n), `states` (n_species, n).
    """
    names = named_values(model, parameters, states, time)
    names |= dict(
        zip(
            (part.id for part in model.observables), observables(model, parameters, states, time), strict=True
        )
    )
    found, scaled = {}, any(event.factors for event in model.events)
    for event in model.events:
        given = {"trigger": truth(event.trigger), "delay": event.delay, "priority": event.priority or "0"}
        factors = {species: "1" for species, _ in event.assignments if scaled} | dict(event.factors)
        given |= dict(event.assignments) | {f"{name} factor": formula for name, formula in factors.items()}
        for name, formula in given.items():
            found[f"{event.id} {name}"] = np.broadcast_to(formula_values(formula, names), states.shape[1:])
    return found


def initial_state(model: Model, parameters: Array) -> Array:
    """Return the initial state, (n_species, n), at parameters (n_parameters, n)."""
    names: dict[str, Any] = {part.id: parameters[row] for row, part in enumerate(model.parameters)}
    for parameter in model.derived:
        names[parameter.id] = formula_values(str(parameter.value), names)
    shape = (parameters.shape[1],)
    return np.array(
        [np.broadcast_to(formula_values(str(s.initial), names), shape) for s in model.species], dtype=float
    )


def observables(model: Model, parameters: Array, states: Array, time: float | Array = 0.0) -> Array:
    """Return the model's own observables, (n_observables, n)."""
    names = named_values(model, parameters, states, time)
    rows = [
        np.broadcast_to(formula_values(part.formula, names), states.shape[1:]) for part in model.observables
    ]
    return np.array(rows, dtype=float).reshape(len(rows), states.shape[1])
