"""What is done to one patient, stop by stop, and what moves its species: computed beside the engine, to be read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from nonself.engine.problem import Array, Problem
from nonself.engine.stops import ADD, RULE, SET, Stops
from nonself.expr import TIME, evaluate
from nonself.model.ir import Model
from nonself.model.parts import Expression, Observable

Values = dict[str, float]


@dataclass(frozen=True, slots=True)
class Happening:
    """Something done: `kind` "dose", "switch", "rule" or "turn", and what it changes, from which value to which.

    A turn is a condition on time that changes within a rate; it has no target.
    """

    time: float
    kind: str
    target: str
    before: float
    after: float


def happen(
    problem: Problem, stops: Stops, count: int, states: Mapping[float, Array]
) -> tuple[tuple[Happening, ...], list[tuple[float, Values]]]:
    """Go through the first stops of a problem of one patient.

    **Arguments:** `count` how many; `states` time of each -> (n_species,) before anything is done then.
    **Returns:** what changed anything, in order; and the parameters from each time on, the first from the start.

    **Example:** `happen(problem, schedule(problem), 1, {0.0: state})[0]`
    """
    program = problem.program
    parameters = dict(zip(program.parameters, problem.parameters[:, 0].tolist(), strict=True))
    since: list[tuple[float, Values]] = [(-np.inf, dict(parameters))]
    found: list[Happening] = []
    time, state = np.nan, np.empty(0)
    for row in range(count):
        if stops.time[row, 0] != time:
            time = float(stops.time[row, 0])
            state = states[time].copy()
        kind, target = int(stops.kind[row, 0]), int(stops.target[row, 0])
        if kind == ADD:
            scale = int(stops.scale[row, 0])
            share = 1.0 if scale < 0 else parameters[program.parameters[scale]]
            before = float(state[target])
            state[target] += stops.value[row, 0] * share
            found.append(Happening(time, "dose", program.species[target], before, float(state[target])))
        elif kind in (SET, RULE):
            rule = None if kind == SET else program.model.rules[target]
            name = program.parameters[target] if rule is None else rule.parameter
            value = float(stops.value[row, 0])
            if rule is not None:
                value = evaluate(rule.formula, names(program.model, parameters, state, time))
            found.append(Happening(time, "switch" if rule is None else "rule", name, parameters[name], value))
            parameters[name] = value
            since.append((time, dict(parameters)))
        else:
            found.append(Happening(time, "turn", "", np.nan, np.nan))
    return tuple(one for one in found if one.before != one.after), since


def names(model: Model, parameters: Mapping[str, float], state: Array, time: float) -> Values:
    """Return every name of a model with its value at a state, (n_species,), and a time."""
    values = {**parameters, TIME: time}
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


def parts(model: Model, species: str, rate: Mapping[str, float]) -> list[tuple[str, float]]:
    """Return what each reaction adds to a species a unit of time, the largest first; what is not a number leads."""
    found = [
        (one.id, dict(one.change)[species] * rate[one.id])
        for one in model.reactions
        if species in dict(one.change)
    ]
    return sorted(found, key=lambda part: -abs(part[1]) if np.isfinite(part[1]) else -np.inf)


def fastest(model: Model, rate: Mapping[str, float], state: Array) -> tuple[str, float, str, float]:
    """Return the species that changes fastest for its size, its change, its strongest reaction and that one's part.

    A species that is not a number is the fastest of all. Where nothing changes, the names are empty.

    **Example:** `fastest(model, rates(model, parameters, state, 0.0), state)`
    """
    found: tuple[str, float, str, float] = ("", 0.0, "", 0.0)
    most = 0.0
    for row, species in enumerate(model.species):
        moving = parts(model, species.id, rate)
        change = sum(part for _, part in moving)
        relative = abs(change) / (abs(float(state[row])) + species.scale)
        if not (np.isfinite(state[row]) and np.isfinite(relative)):
            return (species.id, change, *(moving[0] if moving else ("", 0.0)))
        if relative > most:
            most, found = relative, (species.id, change, *moving[0])
    return found
