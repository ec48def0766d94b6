"""What parameters are along a course: the table of patients, with every switch that has been made by then."""

from __future__ import annotations

import numpy as np

from nonself.engine.problem import Array, Problem


def parameters_over(problem: Problem, times: Array) -> Array:
    """Return every parameter at times of a course, after what is set at that time.

    **Arguments:** `times` (n_times,), or (n_times, n_patients).
    **Returns:** (n_parameters, n_patients, n_times).

    **Example:** `parameters_over(problem, np.array([0.0, 30.0]))`
    """
    count = len(problem.patients)
    own = times.T if times.ndim == 2 else np.broadcast_to(times, (count, times.size))
    values = np.repeat(np.asarray(problem.parameters, dtype=float)[:, :, None], own.shape[1], axis=2)
    since: dict[str, Array] = {}
    for action in problem.actions:
        if action.kind == "set":
            when = np.broadcast_to(np.asarray(action.time, dtype=float), (count,))[:, None]
            given = np.broadcast_to(np.asarray(action.value, dtype=float), (count,))[:, None]
            last = since.setdefault(action.target, np.full(own.shape, -np.inf))
            due = (when <= own + 1e-12 * np.maximum(own, 1.0)) & (when >= last)
            row = problem.program.parameters.index(action.target)
            values[row] = np.where(due, given, values[row])
            since[action.target] = np.where(due, when, last)
    return values
