"""What tests of identities share: the same bytes, patients in another order, the same courses on a finer grid."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

import numpy as np

from nonself.engine.problem import Array, Problem
from nonself.engine.result import Outcomes


def same(left: Outcomes, right: Outcomes) -> bool:
    """True when two outcomes hold the same bytes."""
    return (
        left.values.tobytes() == right.values.tobytes()
        and left.steps.tobytes() == right.steps.tobytes()
        and left.status.tobytes() == right.status.tobytes()
    )


def select(problem: Problem, order: Sequence[int]) -> Problem:
    """Return the same problem for some of its patients, in this order."""

    def own(value: float | Array) -> float | Array:
        return value if np.ndim(value) == 0 else np.asarray(value)[list(order)]

    return dataclasses.replace(
        problem,
        patients=tuple(problem.patients[k] for k in order),
        parameters=problem.parameters[:, list(order)],
        actions=tuple(dataclasses.replace(a, time=own(a.time), value=own(a.value)) for a in problem.actions),
    )


def same_on(coarse: Array, whole: Outcomes, grid: Array, finer: Outcomes) -> bool:
    """True when courses read on a finer grid take the same steps and hold the same bytes at the coarse one's times."""
    return whole.steps.tobytes() == finer.steps.tobytes() and all(
        finer.values[:, np.searchsorted(grid, time)].tobytes() == whole.values[:, row].tobytes()
        for row, time in enumerate(coarse)
    )
