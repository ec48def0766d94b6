"""Why a patient did not finish: the species, its value and its strongest reaction, as a sentence."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from nonself.engine.problem import Array, Problem
from nonself.engine.result import Failure, Status
from nonself.expr import TIME, evaluate, truth
from nonself.model.delays import DELAY


def failure(
    problem: Problem, index: int, status: Status, time: float, state: Array, executed: Sequence[str] = ()
) -> Failure:
    """Return the record of one patient that did not finish at the state where it stopped.

    **Arguments:** `executed` the events executed last, where they are what went wrong.
    """
    model = problem.program.model
    values: dict[str, Any] = {
        p.id: float(problem.parameters[row, index]) for row, p in enumerate(model.parameters)
    }
    for action in problem.actions:
        when = float(np.broadcast_to(action.time, len(problem.patients))[index])
        done = action.who is None or bool(action.who[index])
        if action.kind == "set" and when <= time and done:
            values[action.target] = float(np.broadcast_to(action.value, len(problem.patients))[index])
    values |= {TIME: time, DELAY: lambda value, lag: value}  # what was before is not known here
    for parameter in model.derived:
        values[parameter.id] = evaluate(str(parameter.value), values)
    values |= {s.id: float(state[row]) for row, s in enumerate(model.species)}
    for expression in model.expressions:
        values[expression.id] = evaluate(expression.formula, values)
    rates = {reaction.id: evaluate(reaction.rate, values) for reaction in model.reactions}
    species = _lawless(problem, status, values) or _unsolved(problem, status, values)
    species = species or _worst_species(problem, state, rates)
    moved = ""
    if not problem.program.space.delays:  # rates that look back are not known here
        reaction, rate = _strongest(problem, species, rates)
        moved = f"; its strongest reaction is {reaction!r} at {rate:.6g} per {model.time_unit}"
    patient = problem.patients[index]
    value = values[species]
    events = ", ".join(repr(name) for name in executed or _events(problem, status, values))
    sentence = (
        f"Patient {patient} at t = {time:.6g} {model.time_unit}: {status.sentence} "
        f"{species} = {value:.6g}{moved}. "
        + (f"Events: {events}. " if events else "")
        + _constraint(problem, status, species, values)
        + _remedy(problem, status, values)
    )
    return Failure(patient, index, status, time, species, value, sentence)


def _lawless(problem: Problem, status: Status, values: dict[str, float]) -> str | None:
    """The clone whose rates have no law, where that is what happened and still shows."""
    if status is Status.CLONE_WITHOUT_LAW:
        for clone in problem.program.model.clones:
            rates = np.array([evaluate(clone.birth, values), evaluate(clone.death, values)])
            if not (np.isfinite(rates) & (rates >= 0)).all():
                return clone.species
    return None


def _unsolved(problem: Problem, status: Status, values: dict[str, float]) -> str | None:
    """The species whose constraint is furthest from zero, where that is what happened."""
    constraints = problem.program.model.constraints
    if status is not Status.NOT_SOLVED or not constraints:
        return None
    off = {part.species: abs(evaluate(part.formula, values)) for part in constraints}
    return max(off, key=lambda name: off[name] if np.isfinite(off[name]) else np.inf)


def _constraint(problem: Problem, status: Status, species: str, values: dict[str, float]) -> str:
    """A sentence on the constraint that could not be solved."""
    for part in problem.program.model.constraints:
        if status is Status.NOT_SOLVED and part.species == species:
            return f"Constraint {part.id!r} is {evaluate(part.formula, values):.6g} there, not 0. "
    return ""


def _remedy(problem: Problem, status: Status, values: dict[str, float]) -> str:
    """What to do; for a clone without a slot, in which group."""
    if status is not Status.NO_FREE_SLOT:
        return status.remedy
    groups = {one.founds.id: one.founds for one in problem.program.model.hazards if one.founds is not None}
    full = [group for group in groups.values() if all(values[slot] > 0 for slot in group.slots)]
    named = ", ".join(f"{group.id!r} (now {len(group.slots)})" for group in full)
    return f"Raise `slots` of the clone group {named}." if full else status.remedy


def _events(problem: Problem, status: Status, values: dict[str, float]) -> list[str]:
    """The events with the delay that led to a status."""
    model = problem.program.model
    if status not in (Status.QUEUE_FULL, Status.BAD_DELAY):
        return []
    values |= {part.id: evaluate(part.formula, values) for part in model.observables}
    found = []
    for event in model.events:
        delay = evaluate(event.delay, values)
        wrong = delay > 0 if status is Status.QUEUE_FULL else not delay >= 0
        if wrong and evaluate(truth(event.trigger), values):
            found.append(event.id)
    return found


def _worst_species(problem: Problem, state: Array, rates: dict[str, float]) -> str:
    """The species that is not finite, or else changes fastest for its size."""
    model = problem.program.model
    worst, fastest = model.species[0].id, -1.0
    for row, species in enumerate(model.species):
        if not np.isfinite(state[row]):
            return species.id
        changes = [
            dict(r.change)[species.id] * rates[r.id] for r in model.reactions if species.id in dict(r.change)
        ]
        total = sum(changes)
        relative = abs(total) / (abs(float(state[row])) + species.scale)
        if not np.isfinite(relative):
            return species.id
        if relative > fastest:
            worst, fastest = species.id, relative
    return worst


def _strongest(problem: Problem, species: str, rates: dict[str, float]) -> tuple[str, float]:
    touching = [r.id for r in problem.program.model.reactions if species in dict(r.change)]
    if not touching:
        return "none", 0.0
    unknown = [name for name in touching if not np.isfinite(rates[name])]
    name = unknown[0] if unknown else max(touching, key=lambda r: abs(rates[r]))
    return name, rates[name]
