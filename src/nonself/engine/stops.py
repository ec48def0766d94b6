"""The stop table: everything scheduled, as exact stops, sorted in time; columns per patient only for what varies."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nonself.codegen.workspace import ADD, MULTIPLY, PAUSE, RENEW, RULE, SAME_TIME, SET, TURN
from nonself.engine.problem import Action, Problem
from nonself.errors import InputError
from nonself.expr import evaluate, names
from nonself.model.ir import Model
from nonself.model.turning import trigger_times, turning_points


@dataclass(frozen=True, slots=True)
class Stops:
    """Scheduled stops: each array is (n_stops, 1) for all patients alike, or (n_stops, n_patients).

    **Arguments:** `time`; `kind` PAUSE, ADD, SET, TURN, RULE, MULTIPLY or RENEW; `target` row of a species or
    parameter, or number of a rule; `value`; `scale` row of the parameter that multiplies an added amount, or -1.
    """

    time: NDArray[np.float64]
    kind: NDArray[np.int64]
    target: NDArray[np.int64]
    value: NDArray[np.float64]
    scale: NDArray[np.int64]

    def part(self, patients: slice | NDArray[np.intp]) -> Stops:
        """Return the stops of a range of patients."""
        if self.time.shape[1] == 1:
            return self
        return Stops(
            np.ascontiguousarray(self.time[:, patients]),
            np.ascontiguousarray(self.kind[:, patients]),
            np.ascontiguousarray(self.target[:, patients]),
            np.ascontiguousarray(self.value[:, patients]),
            np.ascontiguousarray(self.scale[:, patients]),
        )


def schedule(problem: Problem) -> Stops:
    """Return the stop table of a problem, in order of time; at one time rules come first, then actions as given."""
    actions = problem.actions
    turns = _turns(problem)
    varies = bool(turns) or any(
        action.who is not None or np.ndim(action.time) or np.ndim(action.value) for action in actions
    )
    shape = (len(actions) + len(turns), len(problem.patients) if varies else 1)
    time, value = np.empty(shape), np.zeros(shape)
    kind, target, scale = (np.full(shape, fill, dtype=np.int64) for fill in (PAUSE, 0, -1))
    for row, action in enumerate(actions):
        when = np.asarray(action.time, dtype=float)
        time[row] = np.where(np.isnan(when), np.inf, when)
        value[row] = action.value
        kind[row], target[row] = _what(problem, action)
        if action.who is not None:
            kind[row] = np.where(action.who, kind[row], PAUSE)
        scale[row] = -1 if action.scale is None else problem.program.parameters.index(action.scale)
    for row, (at, what) in enumerate(turns, start=len(actions)):
        time[row], kind[row] = at, what
    order = _order(time, kind)
    return Stops(
        np.take_along_axis(time, order, axis=0),
        np.take_along_axis(kind, order, axis=0),
        np.take_along_axis(target, order, axis=0),
        np.take_along_axis(value, order, axis=0),
        np.take_along_axis(scale, order, axis=0),
    )


def _what(problem: Problem, action: Action) -> tuple[int, int]:
    program = problem.program
    if action.kind in ("pause", "renew"):
        return PAUSE if action.kind == "pause" else RENEW, 0
    if action.kind in ("add", "multiply"):
        return ADD if action.kind == "add" else MULTIPLY, program.species.index(action.target)
    if action.kind == "set":
        return SET, program.parameters.index(action.target)
    return RULE, [rule.id for rule in program.model.rules].index(action.target)


def _order(time: NDArray[np.float64], kind: NDArray[np.int64]) -> NDArray[np.int64]:
    """Order of the stops of each column: times closer than SAME_TIME are one, and rules lead there."""
    first = np.argsort(time, axis=0, kind="stable")
    times = np.take_along_axis(time, first, axis=0)
    later = np.zeros(times.shape, dtype=np.int64)
    begun = times[:1].copy()
    for row in range(1, len(times)):
        begins = times[row] > begun[0] + SAME_TIME * np.maximum(1.0, np.abs(begun[0]))
        later[row] = later[row - 1] + begins
        begun[0] = np.where(begins, times[row], begun[0])
    rank = 2 * later + (np.take_along_axis(kind, first, axis=0) != RULE)
    return np.take_along_axis(first, np.argsort(rank, axis=0, kind="stable"), axis=0)


def _turns(problem: Problem) -> list[tuple[NDArray[np.float64], int]]:
    """When a condition on time turns for each patient, (n_patients,) each, and the kind of that stop: TURN where it
    is a rate's, so that no step passes over it, else PAUSE.

    A parameter that an action sets may move a turn: every value it takes gives one.
    """
    model = problem.program.model
    formulas = turning_points(model)
    for rule in model.rules:
        if any(rule.parameter in names(formula) for formula in formulas):
            raise InputError(
                f"rule {rule.id!r} sets {rule.parameter!r}, which moves a turn of a rate: it could be stepped over",
                mend="let the rule switch the rate itself on and off",
            )
    found = []
    for formula in dict.fromkeys((*formulas, *trigger_times(model))):
        for table in _parameter_tables(problem):
            times = _of_each(formula, model, table)
            kind = TURN if formula in formulas else PAUSE
            found.append((np.where(np.isfinite(times) & (times >= problem.first), times, np.inf), kind))
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


def _of_each(formula: str, model: Model, table: NDArray[np.float64]) -> NDArray[np.float64]:
    """Evaluate a formula of parameters, (n_patients,): once for all patients alike in what it depends on."""
    used = set(names(formula))
    derived = []
    for part in reversed(model.derived):  # each uses earlier ones only
        if part.id in used:
            used |= names(str(part.value))
            derived.append(part)
    places = [row for row, part in enumerate(model.parameters) if part.id in used]
    seen = [model.parameters[row].id for row in places]
    known: dict[bytes, float] = {}
    times = np.empty(table.shape[1])
    for patient, column in enumerate(np.ascontiguousarray(table[places].T)):
        key = column.tobytes()
        if key not in known:
            values = dict(zip(seen, column.tolist(), strict=True))
            for part in reversed(derived):
                values[part.id] = evaluate(str(part.value), values)
            known[key] = evaluate(formula, values)
        times[patient] = known[key]
    return times
