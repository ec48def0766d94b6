"""What happens by chance: draws of hazards, and triggers drawn in advance and thinned; all keyed by patient."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import numpy as np

from nonself.engine.problem import Action, Array
from nonself.engine.streams import uniforms


def hazard_levels(
    seed: int, hazards: Sequence[str], patients: Sequence[str], count: int, replicate: int = 0
) -> Array:
    """Return the sums at which hazards happen, (n_hazards, count, n_patients): partial sums of exponential draws.

    **Arguments:** `hazards` their ids, which key the draws; `count` happenings; `replicate` 0 the shared world.

    **Example:** `hazard_levels(1, ["mutation"], ["p1", "p2"], 8)`
    """
    levels = np.empty((len(hazards), count, len(patients)))
    for row, name in enumerate(hazards):
        for draw in range(count):
            uniform = uniforms(seed, f"hazard {name}", patients, draw=draw, replicate=replicate)
            levels[row, draw] = [-math.log(value) for value in uniform.tolist()]
    return np.cumsum(levels, axis=1)


def triggers(
    seed: int,
    purpose: str,
    patients: Sequence[str],
    *,
    horizon: float | Array,
    highest: float,
    rate: float | Array | Callable[[Array], Array],
    target: str,
    amount: float | Array | Callable[[int], Array],
    replicate: int = 0,
) -> tuple[Action, ...]:
    """Return random triggers (infections, injuries) as scheduled actions that every twin of a patient shares.

    Candidates come at the highest rate, by calendar time; each is kept when a uniform number of its own lies below
    the patient's rate over the highest. A twin with another rate keeps the same candidates, more or fewer of them.

    **Arguments:** `horizon` until when, a number or (n_patients,); `highest` rate of any patient at any time, per time;
    `rate` a patient's own, one number, (n_patients,), or a function from times (n_patients,) to that, at most
    `highest`; `target` the species each trigger adds `amount` to, one number, (n_patients,), or a function from the
    number of the candidate to that.

    **Returns:** actions with a time for each patient, NaN where the candidate is not kept or comes too late.

    **Example:** `triggers(1, "infection", ids, horizon=10.0, highest=3.0, rate=2.0, target="innate", amount=1.0)`
    """
    clock = np.zeros(len(patients))
    found: list[Action] = []
    draw = 0
    while True:
        gap = uniforms(seed, f"trigger {purpose}", patients, draw=draw, replicate=replicate)
        clock = clock + np.array([-math.log(value) for value in gap.tolist()]) / highest
        if (clock > horizon).all():
            return tuple(found)
        lot = uniforms(seed, f"thinning {purpose}", patients, draw=draw, replicate=replicate)
        own = np.asarray(rate(clock) if callable(rate) else rate)
        if not np.all(((own >= 0) & (own <= highest)) | (clock > horizon)):
            raise ValueError("a trigger's rate must lie between 0 and the highest rate")
        kept = (clock <= horizon) & (lot * highest < own)
        size = amount(draw) if callable(amount) else amount
        found.append(Action(np.where(kept, clock, np.nan), "add", target, size))
        draw += 1
