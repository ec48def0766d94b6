"""What is done to one patient, stop by stop, and what moves its species: computed beside the engine, to be read."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from nonself.codegen.workspace import ADD, MULTIPLY, RULE, SET, TURN
from nonself.engine.problem import Array, Problem
from nonself.engine.result import Assignment
from nonself.engine.stops import Stops
from nonself.expr import TIME, evaluate
from nonself.model.delays import DELAY
from nonself.model.ir import Model
from nonself.model.parts import Expression, Observable

Values = dict[str, float]


@dataclass(frozen=True, slots=True)
class Happening:
    """Something done: `kind` "dose", "depletion", "switch", "rule", "turn" or "event" with its name, and what it
    changes, from which value to which.

    A turn is a condition on time that changes within a rate; it has no target.
    """

    time: float
    kind: str
    target: str
    before: float
    after: float


def happen(
    problem: Problem,
    stops: Stops,
    count: int,
    states: Mapping[float, Array],
    assigned: Sequence[Assignment] = (),
) -> tuple[tuple[Happening, ...], list[tuple[float, Values]]]:
    """Go through the first stops of a problem of one patient.

    **Arguments:** `count` how many; `states` time of each, and of what events `assigned`, -> (n_species,) before
    anything is done then.
    **Returns:** what changed anything, in order; and the parameters from each time on, the first from the start.

    **Example:** `happen(problem, schedule(problem), 1, {0.0: state})[0]`
    """
    program = problem.program
    parameters = dict(zip(program.parameters, problem.parameters[:, 0].tolist(), strict=True))
    since: list[tuple[float, Values]] = [(-math.inf, dict(parameters))]
    found: list[Happening] = []
    time, state = math.nan, np.empty(0)
    for one, row in _in_order(stops.time[:count, 0], assigned):
        when = float(stops.time[row, 0]) if one is None else one.time
        if when != time:
            time = when
            state = states[time].copy()
        if one is not None:
            place = program.species.index(one.species)
            found.append(Happening(time, f"event {one.event}", one.species, float(state[place]), one.value))
            state[place] = one.value
            continue
        kind, target = int(stops.kind[row, 0]), int(stops.target[row, 0])
        if kind == ADD:
            scale = int(stops.scale[row, 0])
            share = 1.0 if scale < 0 else parameters[program.parameters[scale]]
            before = float(state[target])
            state[target] += stops.value[row, 0] * share
            found.append(Happening(time, "dose", program.species[target], before, float(state[target])))
        elif kind == MULTIPLY:
            before = float(state[target])
            state[target] *= stops.value[row, 0]
            found.append(Happening(time, "depletion", program.species[target], before, float(state[target])))
        elif kind in (SET, RULE):
            rule = None if kind == SET else program.model.rules[target]
            name = program.parameters[target] if rule is None else rule.parameter
            value = float(stops.value[row, 0])
            if rule is not None:
                value = evaluate(rule.formula, names(program.model, parameters, state, time))
            found.append(Happening(time, "switch" if rule is None else "rule", name, parameters[name], value))
            parameters[name] = value
            since.append((time, dict(parameters)))
        elif kind == TURN:
            found.append(Happening(time, "turn", "", math.nan, math.nan))
    return tuple(one for one in found if one.before != one.after), since


def _in_order(stops: Array, assigned: Sequence[Assignment]) -> Iterator[tuple[Assignment | None, int]]:
    """Stops by row and what events assigned, in the order of their times; at one time stops come first."""
    waiting = list(assigned)
    for row, time in enumerate(np.maximum.accumulate(stops)):
        while waiting and waiting[0].time < time:
            yield waiting.pop(0), -1
        yield None, row
    yield from ((one, -1) for one in waiting)


def names(model: Model, parameters: Mapping[str, float], state: Array, time: float) -> Values:
    """Return every name of a model with its value at a state, (n_species,), and a time; what looks back sees it too."""
    values: dict[str, Any] = {**parameters, TIME: time, DELAY: lambda value, lag: value}
    for part in model.derived:
        values[part.id] = evaluate(str(part.value), values)
    values |= {species.id: float(state[row]) for row, species in enumerate(model.species)}
    named: tuple[Expression | Observable, ...] = (*model.expressions, *model.observables)
    for formula in named:
        values[formula.id] = evaluate(formula.formula, values)
    return values


def rates(model: Model, parameters: Mapping[str, float], state: Array, time: float) -> Values:
    """Return the rate of every reaction at a state, (n_species,), and a time."""
    values = names(model, parameters, state, time)
    return {reaction.id: evaluate(reaction.rate, values) for reaction in model.reactions}


@dataclass(frozen=True, slots=True)
class Balance:
    """What moves a species: its `value`, its `change` a unit of time, and `parts`, what each reaction adds to that,
    the largest first.
    """

    species: str
    value: float
    change: float
    parts: tuple[tuple[str, float], ...]


def balances(model: Model, rate: Mapping[str, float], state: Array) -> tuple[Balance, ...]:
    """Return the balance of every species, first the one that changes fastest for its size.

    A species whose value or change is not a number leads.

    **Example:** `balances(model, rates(model, parameters, state, 0.0), state)[0].species`
    """
    found = []
    for row, species in enumerate(model.species):
        value, scale = float(state[row]), species.scale
        parts = [
            (one.id, amount * rate[one.id])
            for one in model.reactions
            for name, amount in one.change
            if name == species.id
        ]
        parts.sort(key=lambda part: -abs(part[1]) if math.isfinite(part[1]) else -math.inf)
        balance = Balance(species.id, value, sum(part for _, part in parts), tuple(parts))
        relative = abs(balance.change) / (abs(value) + scale)
        found.append((-relative if math.isfinite(relative) else -math.inf, row, balance))
    return tuple(balance for _, _, balance in sorted(found, key=lambda one: one[:2]))
