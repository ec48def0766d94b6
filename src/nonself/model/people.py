"""What a population is: how the parameters of people are drawn, and what happens to them without anybody's doing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from nonself.provenance import Source


@dataclass(frozen=True, slots=True)
class Trait:
    """How one parameter varies between people.

    Equation: value = center + spread * z (normal) or center * exp(spread * z) (lognormal), z standard normal, within
    `low` to `high`; a `share` of people have it sooner or later, the others have the value `without`.

    **Arguments:** `id` a parameter; `center`, `spread` and `share` formulas of `male` (1 or 0) and of traits drawn
    before it; `begins` (age, share of those people who have it by then), ascending: before an age of their own they
    have `without`; `correlation` trait drawn before -> correlation of the normal scores (of having it at all, or
    early, where not all have it from the start); `source` of the numbers.

    **Example:** `Trait("height", "normal", "175.5 if male == 1 else 161.6", "6.6", source, low=140, high=210)`
    """

    id: str
    law: Literal["normal", "lognormal"]
    center: str
    spread: str
    source: Source
    label: str = ""
    low: float = float("-inf")
    high: float = float("inf")
    share: str = "1"
    without: float = 0.0
    begins: tuple[tuple[float, float], ...] = ()
    correlation: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Happenings:
    """Something that befalls people at random times, of random size: infections, injuries.

    Equation: rate(age) a year, a formula of `age` and traits, never above `highest`; each adds
    size = median * exp(spread * z), at most `largest`, to a species.

    **Arguments:** `id` keys the draws; `species` what it adds to; `highest` rate of anybody at any age, which all
    people share so that a twin with another rate has the same candidates.

    **Example:** `Happenings("infection", "pathogen", "infection_trait", 8.0, 1.0, 0.6, 10.0, source)`
    """

    id: str
    species: str
    rate: str
    highest: float
    median: float
    spread: float
    largest: float
    source: Source
    label: str = ""


@dataclass(frozen=True, slots=True)
class Population:
    """A population as data.

    **Arguments:** `ages` (age, men, women) of a standing population, one a year of age, ascending: numbers at that age
    up to the next; `traits` in the order they are drawn; `happenings`; `from_age` at which everybody's course begins.
    """

    id: str
    title: str
    ages: tuple[tuple[float, float, float], ...]
    age_source: Source
    traits: tuple[Trait, ...]
    happenings: tuple[Happenings, ...]
    from_age: float
