"""The plain twin: a model's equations in NumPy, straight from its formulas, to hold the machine code against."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nonself.expr import parse
from nonself.model.ir import Model

Array = NDArray[np.float64]
_FUNCTIONS = {"exp": np.exp, "log": np.log, "log10": np.log10, "sqrt": np.sqrt}


def _value(formula: str, names: Mapping[str, Any]) -> Any:
    code = compile(ast.Expression(parse(formula)), "<formula>", "eval")
    return eval(
        code, {"__builtins__": {}}, {**_FUNCTIONS, **names}
    )  # a checked tree: names, numbers, operators


def named_values(model: Model, parameters: Array, states: Array) -> dict[str, Any]:
    """Return every name of a model with its values, (n,) each.

    **Arguments:** `parameters` (n_parameters, n), `states` (n_species, n).
    """
    names: dict[str, Any] = {part.id: parameters[row] for row, part in enumerate(model.parameters)}
    for parameter in model.derived:
        names[parameter.id] = _value(str(parameter.value), names)
    names |= {part.id: states[row] for row, part in enumerate(model.species)}
    for expression in model.expressions:
        names[expression.id] = _value(expression.formula, names)
    return names


def right_hand_side(model: Model, parameters: Array, states: Array) -> Array:
    """Return d(species)/dt, (n_species, n), at parameters (n_parameters, n) and states (n_species, n).

    **Example:** `right_hand_side(model, table, states)`
    """
    names = named_values(model, parameters, states)
    rows = {part.id: row for row, part in enumerate(model.species)}
    total = np.zeros_like(states, dtype=np.result_type(states, parameters))
    for reaction in model.reactions:
        rate = _value(reaction.rate, names)
        for species, amount in reaction.change:
            total[rows[species]] += amount * rate
    return total


def initial_state(model: Model, parameters: Array) -> Array:
    """Return the initial state, (n_species, n), at parameters (n_parameters, n)."""
    names: dict[str, Any] = {part.id: parameters[row] for row, part in enumerate(model.parameters)}
    for parameter in model.derived:
        names[parameter.id] = _value(str(parameter.value), names)
    shape = (parameters.shape[1],)
    return np.array(
        [np.broadcast_to(_value(str(s.initial), names), shape) for s in model.species], dtype=float
    )


def observables(model: Model, parameters: Array, states: Array) -> Array:
    """Return the model's own observables, (n_observables, n)."""
    names = named_values(model, parameters, states)
    rows = [np.broadcast_to(_value(part.formula, names), states.shape[1:]) for part in model.observables]
    return np.array(rows, dtype=float).reshape(len(rows), states.shape[1])
