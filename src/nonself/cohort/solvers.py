"""What a trial needs done and does not do itself: integrate a problem, and verify what that gave."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from nonself.engine.problem import Problem
from nonself.engine.result import Outcomes
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
    """What verifies outcomes: `nonself.engine.verify.verify` with its seed, or a stand-in in tests."""

    def __call__(
        self, problem: Problem, outcomes: Outcomes, *, workers: int = 1
    ) -> tuple[Outcomes, Verified]:
        """Return the outcomes with who is inaccurate marked, and what was found."""
        ...
