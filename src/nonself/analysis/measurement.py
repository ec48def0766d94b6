"""What a laboratory reports of a course: analytical variation, drawn by patient and time, and detection limits."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nonself.engine.streams import normals

Array = NDArray[np.float64]
MINUTES_A_DAY = 1440.0
REPORTED_BELOW = 0.5  # of the detection limit: what a value reported as below it counts as


@dataclass(frozen=True, slots=True)
class Precision:
    """How exactly an observable is measured: `variation` its analytical coefficient of variation, `limit` of detection
    in its unit, 0 for none.
    """

    variation: float
    limit: float = 0.0


def reported(
    values: Array, how: Precision, observable: str, patients: Sequence[str], days: Array, seed: int
) -> Array:
    """Return what a laboratory reports of the values of an observable.

    Equation: value * exp(s z), s = sqrt(log(1 + variation^2)); where that is below the limit, half the limit, so that
    it lies below every threshold that is not below the limit.

    Each z has a stream of its own, keyed by observable, patient and minute: not by arm, cohort or readouts, so that
    arms share it and other readouts change none; no course is changed.

    **Arguments:** `values` (n, n_times), NaN after death; `days` (n_times,) since time zero.

    **Example:** `reported(tsh, Precision(0.108, 0.02), "tsh", ["p00001"], np.array([0.0, 30.0]), seed=1)`

    **Reference:** Hornung RW, Reed LD (1990), Estimation of average concentration in the presence of nondetectable
    values. Appl Occup Environ Hyg 5(1):46-51.
    """
    minutes = np.round(days * MINUTES_A_DAY).astype(np.int64).astype(np.uint32)
    score = normals(seed, f"measurement: {observable}", patients, draw=minutes).T
    found = values * np.exp(math.sqrt(math.log1p(how.variation**2)) * score)
    return np.asarray(np.where(found < how.limit, REPORTED_BELOW * how.limit, found))
