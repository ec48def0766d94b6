"""The stop table: everything scheduled, as exact stops, sorted in time; columns per patient only for what varies."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nonself.engine.problem import Problem

NOTHING, ADD, SET = 0, 1, 2


@dataclass(frozen=True, slots=True)
class Stops:
    """Scheduled stops: each array is (n_stops, 1) for all patients alike, or (n_stops, n_patients)."""

    time: NDArray[np.float64]
    kind: NDArray[np.int64]
    target: NDArray[np.int64]
    value: NDArray[np.float64]

    def part(self, patients: slice) -> Stops:
        """Return the stops of a range of patients."""
        if self.time.shape[1] == 1:
            return self
        return Stops(
            np.ascontiguousarray(self.time[:, patients]),
            np.ascontiguousarray(self.kind[:, patients]),
            np.ascontiguousarray(self.target[:, patients]),
            np.ascontiguousarray(self.value[:, patients]),
        )


def schedule(problem: Problem) -> Stops:
    """Return the stop table of a problem: actions in order of time, those at one time in the order given."""
    actions, program = problem.actions, problem.program
    varies = any(np.ndim(part) for action in actions for part in (action.time, action.value))
    columns = len(problem.patients) if varies else 1
    shape = (len(actions), columns)
    time, value = np.empty(shape), np.empty(shape)
    kind, target = np.empty(shape, dtype=np.int64), np.empty(shape, dtype=np.int64)
    for row, action in enumerate(actions):
        when = np.asarray(action.time, dtype=float)
        time[row] = np.where(np.isnan(when), np.inf, when)
        value[row] = action.value
        names = program.species if action.kind == "add" else program.parameters
        kind[row] = ADD if action.kind == "add" else SET
        target[row] = names.index(action.target)
    order = np.argsort(time, axis=0, kind="stable")
    return Stops(
        np.take_along_axis(time, order, axis=0),
        np.take_along_axis(kind, order, axis=0),
        np.take_along_axis(target, order, axis=0),
        np.take_along_axis(value, order, axis=0),
    )
