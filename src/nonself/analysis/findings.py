"""What a study found, as frozen records: the one shape that reports and machines read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Reference:
    """The reference interval of healthy people, `low` to `high` (None: without that limit); `who` in words, "men"."""

    who: str
    low: float | None
    high: float | None
    source: str


@dataclass(frozen=True, slots=True)
class Band:
    """The spread of one observable over a cohort in one arm.

    **Arguments:** `times` (n_times,) in the study's time unit, relative to the study's time zero;
    `quantiles` the levels, e.g. (0.05, 0.25, 0.5, 0.75, 0.95); `values` (n_quantiles, n_times);
    `patients` how many patients enter; `references` the intervals of healthy people.
    """

    cohort: str
    arm: str
    observable: str
    unit: str
    log_axis: bool
    times: Array
    quantiles: tuple[float, ...]
    values: Array
    patients: int
    references: tuple[Reference, ...] = ()


@dataclass(frozen=True, slots=True)
class Points:
    """Measured points of one patient: `times` and `values` (n_points,), `limit` true where the value is
    only an upper limit (not detected)."""

    times: Array
    values: Array
    limit: NDArray[np.bool_]
    source: str


@dataclass(frozen=True, slots=True)
class Panel:
    """One patient's courses: `curves` maps arm -> (n_times,) values over `times`; `marks` maps a name
    ("TKI stopped") -> time; `lines` maps a name ("loss of MMR at 0.1 %") -> value; `verdict` one short
    phrase per arm ("relapse at 3.1 months"); `references` the intervals of healthy people."""

    cohort: str
    patient: str
    group: str
    observable: str
    unit: str
    log_axis: bool
    times: Array
    curves: Mapping[str, Array]
    points: Points | None
    marks: Mapping[str, float]
    lines: Mapping[str, float]
    verdict: Mapping[str, str]
    references: tuple[Reference, ...] = ()


@dataclass(frozen=True, slots=True)
class Survival:
    """Kaplan-Meier estimate of the share without an event: steps `times`, `share`, pointwise 95 % interval
    `low`, `high` (n_steps,); numbers at risk at `risk_times`; `events`, `patients` counts; `median` or None."""

    endpoint: str
    label: str
    cohort: str
    arm: str
    times: Array
    share: Array
    low: Array
    high: Array
    risk_times: Array
    at_risk: NDArray[np.int64]
    patients: int
    events: int
    median: float | None


@dataclass(frozen=True, slots=True)
class OutcomeRow:
    """One line of the table of outcomes: `estimate` with interval `low`..`high` (None where there is none),
    over `patients` evaluated and `excluded` (not evaluated because they failed)."""

    endpoint: str
    label: str
    cohort: str
    arm: str
    measure: str
    estimate: float | None
    low: float | None
    high: float | None
    unit: str
    patients: int
    excluded: int


@dataclass(frozen=True, slots=True)
class Failure:
    """Patients that did not finish, by reason: a sentence, the remedy, how many, which, how to replay one."""

    cohort: str
    arm: str
    reason: str
    remedy: str
    patients: tuple[str, ...]
    count: int
    replay: str


@dataclass(frozen=True, slots=True)
class ParameterRow:
    """One number of the model as the study used it: `value` as text (a number, a range or a formula);
    `origin` is "model", "table", "distribution" or "study"; `source` the citation or assumption in a line;
    `is_assumed` true where there is no source."""

    id: str
    label: str
    value: str
    unit: str
    range: str
    origin: str
    source: str
    is_assumed: bool


@dataclass(frozen=True, slots=True)
class Findings:
    """Everything a report shows.

    `question` and `answers` (sentences) open it; `warnings` are sentences a reader must see (e.g. a model
    entry not yet reviewed); `equations` are (species, right-hand side) pairs as text; `notes` what
    to know about the model; `provenance` maps names to
    text (model hash, seed, method, tolerances, versions, command to rerun).
    """

    title: str
    question: str
    model: str
    model_title: str
    time_unit: str
    time_zero: str
    answers: tuple[str, ...]
    warnings: tuple[str, ...]
    bands: tuple[Band, ...]
    panels: tuple[Panel, ...]
    survival: tuple[Survival, ...]
    outcomes: tuple[OutcomeRow, ...]
    failures: tuple[Failure, ...]
    parameters: tuple[ParameterRow, ...]
    equations: tuple[tuple[str, str], ...]
    notes: tuple[str, ...]
    references: tuple[str, ...]
    provenance: Mapping[str, str]
