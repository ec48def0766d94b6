"""How large observables are, so that a difference in one can be called small.

A species is as large as its value, or as its scale where it is smaller: below that it does not matter, and no tolerance
controls it. An observable is as large as its value, or as what the sizes of the species in it add up to: the sum of
abs(d observable / d species) * size of the species. So an observable on a logarithmic axis is as large as its value
until the species behind it fall below their scales, and one that passes through zero does not become small there.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from nonself.codegen import twin
from nonself.engine.problem import Array, Problem

NUDGE = 1e-6  # by how much of its size a species is moved to see what depends on it


def sizes(problem: Problem, values: Array) -> Array:
    """Return the size of every observable at the problem's readouts, species first.

    **Arguments:** `values` (n_patients, n_times, n_observables), all of the program's. **Returns:** the same shape.

    **Example:** `sizes(problem, solve(problem).values)`
    """
    program, (n, n_times, _) = problem.program, values.shape
    scales = program.scales if problem.atol is None else problem.atol / problem.rtol
    states = np.moveaxis(values[:, :, : scales.size], 2, 0).reshape(scales.size, -1)
    parameters = parameters_over(problem, problem.outputs).reshape(len(program.parameters), -1)
    time: Any = _own_times(problem, problem.outputs).reshape(-1)
    species = np.maximum(np.abs(states), scales[:, None])
    with np.errstate(all="ignore"):
        value = twin.observables(program.model, parameters, states, time)
        total = np.zeros_like(value)
        for row in range(scales.size):
            moved = states.copy()
            moved[row] += NUDGE * species[row]
            change = np.abs(twin.observables(program.model, parameters, moved, time) - value) / NUDGE
            total += np.where(np.isfinite(change), change, 0.0)
    own = np.maximum(np.abs(value), total)
    return np.moveaxis(np.concatenate([species, own]).reshape(-1, n, n_times), 0, 2)


def parameters_over(problem: Problem, times: Array) -> Array:
    """Return every parameter at times of a course, after what is set at that time; what a rule decides is left out.

    **Arguments:** `times` (n_times,), or (n_times, n_patients).
    **Returns:** (n_parameters, n_patients, n_times).

    **Example:** `parameters_over(problem, np.array([0.0, 30.0]))`
    """
    own = _own_times(problem, times)
    values = np.repeat(np.asarray(problem.parameters, dtype=float)[:, :, None], own.shape[1], axis=2)
    since: dict[str, Array] = {}
    for action in problem.actions:
        if action.kind == "set":
            when, given = (np.asarray(part, dtype=float) for part in (action.time, action.value))
            when, given = (np.broadcast_to(part, own.shape[:1])[:, None] for part in (when, given))
            last = since.get(action.target, np.full(own.shape, -np.inf))
            due = (when <= own + 1e-12 * np.maximum(own, 1.0)) & (when >= last)
            due &= True if action.who is None else action.who[:, None]
            row = problem.program.parameters.index(action.target)
            values[row] = np.where(due, given, values[row])
            since[action.target] = np.where(due, when, last)
    return values


def _own_times(problem: Problem, times: Array) -> Array:
    """Times as (n_patients, n_times)."""
    return times.T if times.ndim == 2 else np.broadcast_to(times, (len(problem.patients), times.size))
