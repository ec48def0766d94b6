"""What a trial needs done and does not do itself: integrate a problem, verify what that gave, and reduce it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from nonself.engine.problem import Problem
from nonself.engine.result import Outcomes
from nonself.engine.tally import Counts
from nonself.engine.verify import Verified


class Solver(Protocol):
    """What integrates a problem: `nonself.engine.loop.solve`, or a stand-in in tests."""

    def __call__(
        self,
        problem: Problem,
        *,
        workers: int = 1,
        progress: Callable[[int, int], None] | None = None,
        keep: tuple[str, ...] | None = None,
    ) -> Outcomes:
        """Return what happened to every patient of the problem; `keep` the observables to return."""
        ...


class Check(Protocol):
    """What verifies outcomes: `nonself.engine.verify.verify`, or a stand-in in tests."""

    def __call__(
        self, problem: Problem, outcomes: Outcomes, rows: NDArray[np.intp], *, workers: int = 1
    ) -> tuple[Outcomes, Verified]:
        """Return the outcomes with who of these patients is inaccurate marked, and what was found."""
        ...


@dataclass(frozen=True, slots=True)
class Reduced:
    """What is kept of some patients: `columns` name -> (n,) of each patient, `counts` name -> histograms of all."""

    columns: Mapping[str, NDArray[np.float64]]
    counts: Mapping[str, Counts]


class Reduce(Protocol):
    """What makes numbers of courses, patient by patient."""

    def __call__(self, outcomes: Outcomes, lasted: NDArray[np.float64], rows: slice) -> Reduced:
        """Return what is kept of the patients of a cohort that stand at `rows`.

        **Arguments:** `lasted` (n,) how long each was followed from time zero, in the model's unit.
        """
        ...
