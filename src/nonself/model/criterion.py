"""What a diagnosis is: conditions on what a clinic sees, with their limits, durations and sources."""

from __future__ import annotations

from dataclasses import dataclass

from nonself.expr import names
from nonself.provenance import Source


@dataclass(frozen=True, slots=True)
class Limit:
    """A number that a condition compares with.

    **Arguments:** `value` a number, or a formula of the person (`male`, `age`); `unit`; `source` where it was read.

    **Example:** `Limit("hemoglobin_limit", "130 if male == 1 else 120", "g/L", WHO)`
    """

    id: str
    value: float | str
    unit: str
    source: Source
    label: str = ""


@dataclass(frozen=True, slots=True)
class Criterion:
    """A finding or a diagnosis, read from what is measured at visits.

    It is met when `condition` holds at every visit over at least `lasting` days (0: at one visit).

    **Arguments:** `condition` of observables, of the person, and of the ids of `limits`; `source` of the
    definition; `family` and `grade` for one of several grades of one thing, of which the highest counts;
    `limits` all that the condition names; `note` what the published definition has and a model cannot see.

    **Example:** `Criterion("thrombocytopenia", "Platelets below 100", "blood_platelets < low", source, (low,))`
    """

    id: str
    title: str
    condition: str
    source: Source
    limits: tuple[Limit, ...]
    lasting: float = 0.0
    family: str = ""
    grade: int = 0
    note: str = ""

    @property
    def reads(self) -> frozenset[str]:
        """What has to be measured or known: the names in the condition and in its limits, limits left out."""
        formulas = [f"1 if {self.condition} else 0"]
        formulas += [limit.value for limit in self.limits if isinstance(limit.value, str)]
        named = frozenset[str]().union(*(names(formula) for formula in formulas))
        return named - {limit.id for limit in self.limits}


@dataclass(frozen=True, slots=True)
class Item:
    """One criterion of a score: its points count once, and within one `domain` only the highest count."""

    criterion: Criterion
    domain: str
    points: float


@dataclass(frozen=True, slots=True)
class Score:
    """A diagnosis by points: met when `entry` is and the points of all items ever met reach `needed`.

    **Arguments:** `entry` without which nothing counts; `items` need not hold at one time; `source`.
    """

    id: str
    title: str
    entry: Criterion
    items: tuple[Item, ...]
    needed: float
    source: Source
    note: str = ""


@dataclass(frozen=True, slots=True)
class ReferenceInterval:
    """Where healthy people lie: percentiles 2.5 and 97.5 of a quantity, unless `kind` says otherwise.

    **Arguments:** `quantity` the observable; `low`, `high` in `unit`, None where a side is open; `sex` "men",
    "women" or "both"; `kind` "percentiles", "spread" (mean and 1.96 standard deviations) or "stated" (the source
    does not say how it was found).
    """

    quantity: str
    low: float | None
    high: float | None
    unit: str
    sex: str
    kind: str
    source: str


@dataclass(frozen=True, slots=True)
class Fluctuation:
    """How much a healthy person's own value varies from one visit to another.

    **Arguments:** `percent` coefficient of variation within a subject; `sex`; `kind` "value", "at most" (a bound) or
    "middle" (of a range).
    """

    quantity: str
    percent: float
    sex: str
    kind: str
    source: str


@dataclass(frozen=True, slots=True)
class Assay:
    """How a laboratory measures a quantity.

    Equation: reported = exact * exp(s z), s = sqrt(log(1 + (percent/100)^2)), z standard normal; below `limit` it is
    reported as below.

    **Arguments:** `percent` analytical coefficient of variation; `limit` of detection in `unit`, or None; `kind` "half"
    of the variation within a subject, "value" of the source, or "assumed".
    """

    quantity: str
    percent: float
    limit: float | None
    unit: str
    kind: str
    source: str
