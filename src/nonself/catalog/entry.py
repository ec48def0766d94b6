"""What a catalog entry states: a published model, its variants, and facts it must reproduce."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from nonself.model.parts import Mechanism
from nonself.provenance import Source


@dataclass(frozen=True, slots=True)
class Variant:
    """One published parameter set (a patient, a figure, a genotype): overrides by parameter id.

    **Arguments:** `values` parameter id -> value in the parameter's own unit; `group` a published class;
    `facts` published numbers that are not parameters of the model (stop time, published window).
    """

    id: str
    label: str
    values: Mapping[str, float]
    source: Source
    group: str = ""
    facts: Mapping[str, float] | None = None


@dataclass(frozen=True, slots=True)
class Act:
    """Something done to a patient at a time: `set` a parameter to a value, or `add` an amount to a species."""

    time: float
    set: Mapping[str, float] | None = None
    add: Mapping[str, float] | None = None


@dataclass(frozen=True, slots=True)
class Must:
    """A fact the entry must show when simulated; one that a wrong sign or factor would break.

    Checked as `low <= value <= high` where value is the observable (or species) `quantity`, reduced by
    `reduce`: "at" its value at time `at`; "min", "max" over [0, at]; "argmin", "argmax" the time of it.

    **Arguments:** `statement` in words; `variant` which parameter set; `acts` what is done; `set` parameter
    overrides from the start.
    """

    statement: str
    quantity: str
    at: float
    low: float
    high: float
    source: Source
    variant: str | None = None
    reduce: str = "at"
    set: Mapping[str, float] | None = None
    acts: tuple[Act, ...] = ()


@dataclass(frozen=True, slots=True)
class PublishedModel:
    """A model as an entry of the catalog: a published one, or the project's own core.

    **Arguments:** `id` authors and year; `title`; `time_unit`; `mechanisms` composed in order;
    `until` a natural horizon; `variants` published parameter sets; `must` facts it has to show; `notes` caveats;
    `states` state of cells -> species whose cells are in it; `review` "provisional" until a second writing by
    someone else was found equal, then who and how.
    """

    id: str
    title: str
    time_unit: str
    mechanisms: tuple[Mechanism, ...]
    until: float
    must: tuple[Must, ...]
    variants: tuple[Variant, ...] = ()
    notes: tuple[str, ...] = ()
    states: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    review: str = "provisional"


@dataclass(frozen=True, slots=True)
class Switch:
    """A therapy given as a parameter: `off` holds the values without it; on, each patient has their own."""

    off: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Bolus:
    """A therapy given as an amount into a species, in `unit`; a dose may be stated by body surface where the model has
    a parameter `surface` [m^2] for it.
    """

    species: str
    unit: str
    surface: str = ""


@dataclass(frozen=True, slots=True)
class Depletion:
    """A therapy that at once removes a share of all cells in some states, self-specific cells alike: a dose of 1 leaves
    1 - share, a smaller dose removes less in proportion.

    **Arguments:** `shares` state of the model's `states` -> share removed, 0 to 1.
    """

    shares: Mapping[str, float]


Carried = Switch | Bolus | Depletion


@dataclass(frozen=True, slots=True)
class Therapy:
    """A treatment and how each model carries it: `acts` maps model id -> Switch, Bolus or Depletion."""

    id: str
    title: str
    acts: Mapping[str, Carried]
    source: Source


@dataclass(frozen=True, slots=True)
class Ensemble:
    """Parameter sets that a calibration could not tell apart: each of `sets` parameter id -> value; `digest` of all."""

    id: str
    sets: tuple[Mapping[str, float], ...]
    digest: str
