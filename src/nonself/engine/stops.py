"""The stop table: everything scheduled, as exact stops, sorted in time; columns per patient only for what varies."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nonself.engine.problem import Problem
from nonself.expr import evaluate
from nonself.model.ir import Model
from nonself.model.turning import turning_points

NOTHING, ADD, SET, TURN = 0, 1, 2, 3


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
    turns = _turns(problem)
    varies = bool(turns) or any(np.ndim(part) for action in actions for part in (action.time, action.value))
    columns = len(problem.patients) if varies else 1
    shape = (len(actions) + len(turns), columns)
    time, value = np.empty(shape), np.empty(shape)
    kind, target = np.empty(shape, dtype=np.int64), np.empty(shape, dtype=np.int64)
    for row, action in enumerate(actions):
        when = np.asarray(action.time, dtype=float)
        time[row] = np.where(np.isnan(when), np.inf, when)
        value[row] = action.value
        names = program.species if action.kind == "add" else program.parameters
        kind[row] = ADD if action.kind == "add" else SET
        target[row] = names.index(action.target)
    for row, when in enumerate(turns, start=len(actions)):
        time[row], value[row], kind[row], target[row] = when, 0.0, TURN, 0
    order = np.argsort(time, axis=0, kind="stable")
    return Stops(
        np.take_along_axis(time, order, axis=0),
        np.take_along_axis(kind, order, axis=0),
        np.take_along_axis(target, order, axis=0),
        np.take_along_axis(value, order, axis=0),
    )


def _turns(problem: Problem) -> list[NDArray[np.float64]]:
    """When a rate turns for each patient, (n_patients,) each: stops, so that no step passes over it.

    A parameter that an action sets may move a turn: every value it takes gives one.
    """
    model = problem.program.model
    formulas = turning_points(model)
    if not formulas:
        return []
    names = [part.id for part in model.parameters]
    found = []
    for formula in formulas:
        for table in _parameter_tables(problem):
            rows = (dict(zip(names, column, strict=True)) for column in table.T.tolist())
            times = np.array([evaluate(formula, _with_derived(model, row)) for row in rows])
            found.append(np.where(np.isfinite(times) & (times >= 0), times, np.inf))
    return found


def _parameter_tables(problem: Problem) -> list[NDArray[np.float64]]:
    """The parameters as given, and once more for each action that sets one."""
    tables = [problem.parameters]
    for action in problem.actions:
        if action.kind == "set":
            changed = problem.parameters.copy()
            changed[problem.program.parameters.index(action.target)] = action.value
            tables.append(changed)
    return tables


def _with_derived(model: Model, values: dict[str, float]) -> dict[str, float]:
    for parameter in model.derived:
        values[parameter.id] = evaluate(str(parameter.value), values)
    return values
