"""People drawn from a population: age, sex, traits and exposures; each number keyed by its own purpose and person."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from nonself.codegen.twin import formula_values
from nonself.cohort.draw import deviation
from nonself.engine.streams import normals, uniforms
from nonself.errors import InputError, UnknownName
from nonself.model.people import Population, Trait

Array = NDArray[np.float64]
DAYS_PER_YEAR = 365.25
MALE = "male"


@dataclass(frozen=True, slots=True)
class Range:
    """Whom to draw: ages from `low` to `high`, spread as in the population ("pyramid") or evenly ("uniform"), and the
    share of men, None as in the population.
    """

    low: float
    high: float
    spread: Literal["pyramid", "uniform"] = "pyramid"
    men: float | None = None


@dataclass(frozen=True, slots=True)
class Change:
    """A parameter that takes the value `value` (n,) from the age `age` (n,) on, NaN for never."""

    parameter: str
    age: Array
    value: Array


@dataclass(frozen=True, slots=True)
class People:
    """People as drawn.

    **Arguments:** `ids` (n,); `age` (n,) at which they enter a study, in years; `columns` parameter -> (n,) at the age
    from which everybody's course begins; `changes` after it.
    """

    ids: tuple[str, ...]
    age: Array
    columns: Mapping[str, Array]
    changes: tuple[Change, ...]


def slot_ids(first: int, last: int) -> tuple[str, ...]:
    """Return the ids of places in a study, "p00001" for the first.

    **Example:** `slot_ids(0, 2)` gives `("p00001", "p00002")`.
    """
    return tuple(f"p{number + 1:05d}" for number in range(first, last))


def person_id(slot: str, attempt: int) -> str:
    """Return who fills a place: after the first, the next of the same age and sex.

    **Example:** `person_id("p00017", 2)` gives `"p00017.2"`.
    """
    return slot if attempt == 1 else f"{slot}.{attempt}"


def slot_of(person: str) -> str:
    """Return the place that somebody fills.

    **Example:** `slot_of("p00017.2")` gives `"p00017"`.
    """
    return person.partition(".")[0]


def draw_people(population: Population, ids: Sequence[str], who: Range, seed: int) -> People:
    """Draw people of a population.

    Age and sex are keyed by the place that somebody fills, everything else by the person; every number has a purpose
    of its own, so that one more trait shifts no other draw.

    **Arguments:** `ids` of persons; `who` their ages and sexes.
    **Raises:** `InputError` for ages that the population does not have.

    **Example:** `draw_people(population(), slot_ids(0, 10), Range(18, 90), seed=1).columns["height"]`
    """
    slots = [slot_of(person) for person in ids]
    men = _men(population, slots, who, seed)
    age = _ages(population, slots, men, who, seed)
    values: dict[str, Array] = {MALE: men.astype(float)}
    scores: dict[str, Array] = {}
    changes: list[Change] = []
    for trait in population.traits:
        values[trait.id], change = _trait(trait, population.from_age, ids, seed, values, scores)
        changes.extend(change)
    return People(tuple(ids), age, values, tuple(changes))


def _weights(population: Population, who: Range) -> tuple[Array, Array]:
    """Edges of the years of age, (k + 1,), and how many men and women are in each within the range, (2, k)."""
    table = np.array(population.ages)
    edges = np.append(table[:, 0], table[-1, 0] + 1)
    if not edges[0] <= who.low <= who.high <= edges[-1]:
        raise InputError(
            f"ages from {who.low:g} to {who.high:g} are not in the population",
            mend=f"give ages between {edges[0]:g} and {edges[-1]:g}, the lower first",
        )
    inside = np.clip(np.minimum(edges[1:], who.high) - np.maximum(edges[:-1], who.low), 0.0, 1.0)
    if who.low == who.high:
        inside = ((edges[:-1] <= who.low) & (who.low < edges[1:])).astype(float)
    people = table[:, 1:].T if who.spread == "pyramid" else np.ones((2, len(table)))
    return edges, people * inside


def _men(population: Population, slots: Sequence[str], who: Range, seed: int) -> NDArray[np.bool_]:
    men, women = _weights(population, who)[1].sum(axis=1)
    share = men / (men + women) if who.men is None else who.men
    return np.asarray(uniforms(seed, "people: sex", slots) < share)


def _ages(
    population: Population, slots: Sequence[str], men: NDArray[np.bool_], who: Range, seed: int
) -> Array:
    """Ages by inversion of each sex's distribution, flat within a year of age."""
    uniform = uniforms(seed, "people: age", slots)
    edges, weights = _weights(population, who)
    age = np.empty(len(slots))
    for row, those in enumerate((men, ~men)):
        below = np.concatenate([[0.0], np.cumsum(weights[row])])
        place = np.clip(
            np.searchsorted(below, uniform[those] * below[-1], side="right") - 1, 0, len(below) - 2
        )
        size = weights[row][place]
        share = (uniform[those] * below[-1] - below[place]) / np.where(size > 0, size, 1.0)
        low, high = np.maximum(edges[place], who.low), np.minimum(edges[place + 1], who.high)
        age[those] = low + share * (high - low)
    return np.clip(age, who.low, who.high)


def _trait(
    trait: Trait,
    from_age: float,
    ids: Sequence[str],
    seed: int,
    known: Mapping[str, Array],
    scores: dict[str, Array],
) -> tuple[Array, list[Change]]:
    """Return a trait's value at the start of the course, and its change where it begins later."""
    count, purpose = len(ids), f"people: {trait.id}"
    partly = trait.share != "1" or bool(trait.begins)
    score = _score(trait, ids, seed, scores)
    scores[trait.id] = score
    size = normals(seed, f"{purpose} size", ids) if partly else score
    value = _sized(trait, ids, size, known)
    if not partly:
        return value, []
    from scipy.special import ndtr

    lot = 1.0 - ndtr(score)  # who has a high score has it, and early
    share = np.broadcast_to(formula_values(trait.share, known), (count,))
    has = lot < share
    if not trait.begins:
        return np.where(has, value, trait.without), []
    ages, by_then = (np.array(part) for part in zip(*trait.begins, strict=True))
    quantile = lot / np.where(share > 0, share, 1.0)
    begins = np.where(has & (quantile <= by_then[-1]), np.interp(quantile, by_then, ages), np.nan)
    early = begins <= from_age
    change = Change(trait.id, np.where(early, np.nan, begins), value)
    return np.where(early, value, trait.without), [change]


def _score(trait: Trait, ids: Sequence[str], seed: int, scores: Mapping[str, Array]) -> Array:
    """Return (n,) standard normal scores, correlated with those of traits drawn before."""
    own = normals(seed, f"people: {trait.id}", ids)
    left = 1.0 - sum(size**2 for size in trait.correlation.values())
    if left < 0 or any(name not in scores for name in trait.correlation):
        raise InputError(
            f"the correlations of trait {trait.id!r} cannot be drawn",
            mend="name traits that are drawn before it, with squares that sum to 1 at most",
        )
    shared = sum((size * scores[name] for name, size in trait.correlation.items()), np.zeros(len(ids)))
    return np.asarray(shared + np.sqrt(left) * own)


def _sized(trait: Trait, ids: Sequence[str], score: Array, known: Mapping[str, Array]) -> Array:
    """Return (n,) values of a trait for those who have it."""
    from scipy.special import ndtr

    center, spread = (
        np.broadcast_to(np.asarray(formula_values(part, known), dtype=float), (len(ids),))
        for part in (trait.center, trait.spread)
    )
    edges = [np.full(len(ids), edge) for edge in (trait.low, trait.high)]
    if trait.law == "lognormal":
        with np.errstate(divide="ignore", invalid="ignore"):
            low, high = (np.where(edge > 0, np.log(edge / center), -np.inf) for edge in edges)
    else:
        low, high = (edge - center for edge in edges)
    shift = np.empty(len(ids))
    for width in np.unique(spread):
        those = spread == width
        names = [ids[int(row)] for row in np.flatnonzero(those)]
        shift[those] = deviation(
            float(width), low[those], high[those], ndtr(score[those]), f"people: {trait.id}", names
        )
    value = center * np.exp(shift) if trait.law == "lognormal" else center + shift
    return np.asarray(np.clip(value, trait.low, trait.high))


def narrowed(population: Population, ranges: Mapping[str, tuple[float, float]]) -> Population:
    """Return the population of those whose traits lie in ranges (low, high): its traits are drawn within them.

    Ages are those of the whole population. **Raises:** `UnknownName` for a trait that is not there; `InputError` for
    one that not everybody has from the start, others correlate with, or that never lies in the range.

    **Example:** `narrowed(population(), {"presentation_trait": (1.3, 2.5)})`
    """
    known = {trait.id: trait for trait in population.traits}
    shared = {name for trait in population.traits for name in trait.correlation}
    for name, (low, high) in ranges.items():
        if name not in known:
            raise UnknownName("trait", name, known)
        if known[name].share != "1" or known[name].begins or name in shared | {MALE}:
            raise InputError(
                f"trait {name!r} cannot be drawn from a range: not everybody has it", mend="give it with set"
            )
        if not (known[name].low <= low < high <= known[name].high):
            raise InputError(
                f"{name!r} lies between {known[name].low:g} and {known[name].high:g} in the population",
                mend="give a range inside",
            )
    traits = tuple(
        replace(trait, low=ranges[trait.id][0], high=ranges[trait.id][1]) if trait.id in ranges else trait
        for trait in population.traits
    )
    return replace(population, traits=traits)


def share_in(population: Population, ranges: Mapping[str, tuple[float, float]], people: People) -> float:
    """Return which share of a population has its traits in ranges, averaged over people drawn of it.

    **Example:** `share_in(population(), {"presentation_trait": (1.3, 2.5)}, people)`
    """
    from scipy.special import ndtr

    found = np.ones(len(people.ids))
    for trait in population.traits:
        if trait.id in ranges:
            center, spread = (
                np.asarray(formula_values(part, people.columns)) for part in (trait.center, trait.spread)
            )
            edges = [trait.low, trait.high, *ranges[trait.id]]
            if trait.law == "lognormal":
                edges = [float(np.log(max(edge, 1e-300))) for edge in edges]
                center = np.log(center)
            below = [ndtr((edge - center) / spread) for edge in edges]
            found = found * (below[3] - below[2]) / (below[1] - below[0])
    return float(found.mean())
