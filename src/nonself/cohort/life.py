"""What befalls people all their lives: infections, injuries, exposures that begin; as actions in the model's time."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from nonself.codegen.twin import formula_values
from nonself.cohort.people import DAYS_PER_YEAR, People
from nonself.engine.chance import triggers
from nonself.engine.problem import Action
from nonself.engine.streams import normals
from nonself.model.people import Happenings, Population

Array = NDArray[np.float64]


def life(population: Population, people: People, until: Array, seed: int) -> tuple[Action, ...]:
    """Return what befalls people from the start of their course to a time, (n,) in days, each in its order of time.

    Two runs that differ in a trait share every candidate; a higher rate keeps more of them.

    **Example:** `life(population(), people, until=np.full(10, 3652.5), seed=1)`
    """
    done = [
        Action(np.where(days <= until, days, np.nan), "set", change.parameter, change.value)
        for change in people.changes
        for days in [(change.age - population.from_age) * DAYS_PER_YEAR]
        if not np.all(np.isnan(change.age))
    ]
    for kind in population.happenings:
        found = triggers(
            seed,
            kind.id,
            people.ids,
            horizon=until,
            highest=kind.highest / DAYS_PER_YEAR,
            rate=lambda days, kind=kind: _rate(population, people, kind, days),  # type: ignore[misc]
            target=kind.species,
            amount=lambda draws, kind=kind: _sizes(kind, people.ids, seed, draws),  # type: ignore[misc]
        )
        done += _packed(found)
    return tuple(done)


def _rate(population: Population, people: People, kind: Happenings, days: Array) -> Array:
    names = {**people.columns, "age": population.from_age + days / DAYS_PER_YEAR}
    rate = np.asarray(formula_values(kind.rate, names), dtype=float) / DAYS_PER_YEAR
    return np.broadcast_to(rate, days.shape)


def _sizes(kind: Happenings, ids: Sequence[str], seed: int, draws: range) -> Array:
    score = normals(seed, f"size {kind.id}", ids, draw=draws)
    return np.minimum(kind.median * np.exp(kind.spread * score), kind.largest)


def _packed(found: Sequence[Action]) -> list[Action]:
    """The same actions, each person's k-th in the k-th one: as few as the person with most of them has."""
    if not found:
        return []
    times = np.stack([np.asarray(action.time) for action in found])
    sizes = np.stack([np.broadcast_to(action.value, times.shape[1:]) for action in found])
    order = np.argsort(np.isnan(times), axis=0, kind="stable")
    times, sizes = (np.take_along_axis(table, order, axis=0) for table in (times, sizes))
    most = int((~np.isnan(times)).sum(axis=0).max(initial=0))
    return [Action(times[row], "add", found[0].target, sizes[row]) for row in range(most)]


def between(actions: Sequence[Action], first: Array, last: Array) -> tuple[Action, ...]:
    """Return those of some actions that lie from `first` on and before `last`, (n,) each.

    **Example:** `between(actions, start, start + 3652.5)`
    """
    kept = []
    for action in actions:
        when = np.asarray(action.time, dtype=float)
        inside = (when >= first) & (when < last)
        if inside.any():
            kept.append(Action(np.where(inside, when, np.nan), action.kind, action.target, action.value))
    return tuple(kept)


def in_force(people: People, population: Population, when: Array) -> dict[str, Array]:
    """Return the parameters of people at a time, (n,) in days: changes before it are made.

    **Example:** `in_force(people, population, start)["clonal_hematopoiesis"]`
    """
    values = {name: np.array(column) for name, column in people.columns.items()}
    for change in people.changes:
        due = (change.age - population.from_age) * DAYS_PER_YEAR < when
        values[change.parameter] = np.where(due, change.value, values[change.parameter])
    return values
