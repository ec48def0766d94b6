"""Twins: the same patients, with the same draws and the same stops, and something changed.

All twins of a problem are one batch of the same program. Each stops wherever any of them does; what it lacks is a
pause. So a twin takes the steps of its patient until something has changed, and is bit-identical until then.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from nonself.codegen.workspace import SAME_TIME
from nonself.engine.problem import Action, Array, Flags, Problem
from nonself.errors import InputError, UnknownName


@dataclass(frozen=True, slots=True)
class Drop:
    """Actions that are not done: doses, settings or triggers, by their places in the problem's `actions`."""

    actions: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Hold:
    """A parameter that has a value from a time on, whatever actions or rules would make of it.

    **Arguments:** `value`, `since` one number for all, or (n_patients,).
    """

    parameter: str
    value: float | Array
    since: float | Array


@dataclass(frozen=True, slots=True)
class Silence:
    """A hazard that never happens."""

    hazard: str


Change = Drop | Hold | Silence
C = TypeVar("C", Drop, Hold, Silence)


@dataclass(frozen=True, slots=True)
class Twin:
    """A twin of every patient, and what is changed; without changes it is the patient again."""

    name: str
    changes: tuple[Change, ...] = ()


def with_twins(problem: Problem, twins: Sequence[Twin]) -> Problem:
    """Return one problem of all twins of all patients: twin by twin, in each the patients in their order.

    A patient's twin has the id "patient/twin", and draws as the patient does.

    **Raises:** `UnknownName` for a parameter or hazard that the model lacks; `InputError` for an action that is not
    there, or twins of one name.

    **Example:** `with_twins(problem, [Twin("factual"), Twin("no drug", (Drop((0, 1)),))])`
    """
    _check(problem, twins)
    count, size = len(twins), len(problem.patients)
    names = [f"{patient}/{twin.name}" for twin in twins for patient in problem.patients]
    actions = [
        replace(
            action,
            time=_repeated(action.time, count),
            value=_repeated(action.value, count),
            who=_who(problem, twins, number),
        )
        for number, action in enumerate(problem.actions)
    ]
    actions += [_held(change, place, count, size) for place, change in _changes(twins, Hold)]
    return replace(
        problem,
        patients=tuple(names),
        parameters=np.tile(problem.parameters, (1, count)),
        horizon=_repeated(problem.horizon, count),
        outputs=problem.outputs if problem.outputs.ndim == 1 else np.tile(problem.outputs, (1, count)),
        actions=tuple(actions),
        begin=None if problem.begin is None else problem.begin.part(np.tile(np.arange(size), count)),
        drawn_as=problem.keys * count,
        silent=_silent(problem, twins),
    )


def rows_of(problem: Problem, twins: Sequence[Twin], name: str) -> slice:
    """Return where in the twins' problem the patients of one twin stand; `problem` is the one without twins.

    **Example:** `outcomes.of("blasts")[rows_of(problem, twins, "no drug")]`
    """
    names = [twin.name for twin in twins]
    if name not in names:
        raise UnknownName("twin", name, names)
    size = len(problem.patients)
    return slice(names.index(name) * size, (names.index(name) + 1) * size)


def _check(problem: Problem, twins: Sequence[Twin]) -> None:
    if not twins or len({twin.name for twin in twins}) < len(twins):
        raise InputError("twins need names of their own, and there must be one", mend="name each differently")
    hazards = tuple(hazard.id for hazard in problem.program.model.hazards)
    for _, drop in _changes(twins, Drop):
        for number in drop.actions:
            if not 0 <= number < len(problem.actions):
                raise InputError(
                    f"there is no action {number} to drop", mend=f"there are {len(problem.actions)}, from 0"
                )
    for _, hold in _changes(twins, Hold):
        if hold.parameter not in problem.program.parameters:
            raise UnknownName("parameter", hold.parameter, problem.program.parameters)
    for _, silence in _changes(twins, Silence):
        if silence.hazard not in hazards:
            raise UnknownName("hazard", silence.hazard, hazards)


def _changes(twins: Sequence[Twin], kind: type[C]) -> list[tuple[int, C]]:
    """Return all changes of a kind, and which twin each belongs to."""
    return [
        (place, change)
        for place, twin in enumerate(twins)
        for change in twin.changes
        if isinstance(change, kind)
    ]


def _repeated(value: float | Array, count: int) -> float | Array:
    return value if np.ndim(value) == 0 else np.tile(np.asarray(value), count)


def _who(problem: Problem, twins: Sequence[Twin], number: int) -> Flags | None:
    """To whom an action is still done: not where it is dropped, nor where it would change what is held."""
    action, size = problem.actions[number], len(problem.patients)
    done = (
        np.ones((len(twins), size), dtype=bool)
        if action.who is None
        else np.tile(action.who, (len(twins), 1))
    )
    for place, drop in _changes(twins, Drop):
        done[place] &= number not in drop.actions
    for place, hold in _changes(twins, Hold):
        if hold.parameter == _changed(problem, action):
            since, when = np.asarray(hold.since, dtype=float), np.asarray(action.time, dtype=float)
            done[place] &= ~(when >= since - SAME_TIME * np.maximum(1.0, np.abs(since)))
    return None if done.all() else done.ravel()


def _changed(problem: Problem, action: Action) -> str | None:
    """The parameter that an action changes."""
    if action.kind == "set":
        return action.target
    if action.kind == "decide":
        return next(rule.parameter for rule in problem.program.model.rules if rule.id == action.target)
    return None


def _held(hold: Hold, place: int, count: int, size: int) -> Action:
    who = np.zeros((count, size), dtype=bool)
    who[place] = True
    value, since = (_repeated(part, count) for part in (hold.value, hold.since))
    return Action(since, "set", hold.parameter, value, who=who.ravel())


def _silent(problem: Problem, twins: Sequence[Twin]) -> dict[str, NDArray[np.bool_]]:
    count, size = len(twins), len(problem.patients)
    found = {hazard: np.tile(flags, (count, 1)) for hazard, flags in problem.silent.items()}
    for place, silence in _changes(twins, Silence):
        found.setdefault(silence.hazard, np.zeros((count, size), dtype=bool))[place] = True
    return {hazard: flags.ravel() for hazard, flags in found.items()}
