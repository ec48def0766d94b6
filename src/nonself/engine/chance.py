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
    amount: float | Array | Callable[[range], Array],
    replicate: int = 0,
) -> tuple[Action, ...]:
    """Return random triggers (infections, injuries) as scheduled actions that every twin of a patient shares.

    Candidates come at the highest rate, by calendar time; each is kept when a uniform number of its own lies below
    the patient's rate over the highest. A twin with another rate keeps the same candidates, more or fewer of them.

    **Arguments:** `horizon` until when, a number or (n_patients,); `highest` rate of any patient at any time, per time;
    `rate` a patient's own, one number, (n_patients,), or a function from times (n_candidates, n_patients) to such, at
    most `highest`; `target` the species each trigger adds `amount` to, one number, (n_patients,), or a function from
    the numbers of candidates to (n_candidates, n_patients).

    **Returns:** actions with a time for each patient, NaN where the candidate is not kept or comes too late.

    **Example:** `triggers(1, "infection", ids, horizon=10.0, highest=3.0, rate=2.0, target="innate", amount=1.0)`
    """
    clock = np.zeros(len(patients))
    found: list[Action] = []
    block = max(16, math.ceil(1.5 * highest * float(np.max(horizon, initial=0.0))))
    first = 0
    while not (clock > horizon).all():
        draws = range(first, first + block)
        gaps = uniforms(seed, f"trigger {purpose}", patients, draw=draws, replicate=replicate)
        steps = np.array([[-math.log(value) for value in row] for row in gaps.tolist()]) / highest
        times = np.cumsum(np.concatenate([clock[None, :], steps]), axis=0)[1:]
        lot = uniforms(seed, f"thinning {purpose}", patients, draw=draws, replicate=replicate)
        own = np.broadcast_to(np.asarray(rate(times) if callable(rate) else rate), times.shape)
        if not np.all(((own >= 0) & (own <= highest)) | (times > horizon)):
            raise ValueError("a trigger's rate must lie between 0 and the highest rate")
        kept = (times <= horizon) & (lot * highest < own)
        sizes = amount(draws) if callable(amount) else np.broadcast_to(amount, times.shape)
        found += [
            Action(np.where(kept[row], times[row], np.nan), "add", target, sizes[row])
            for row in range(block)
            if (times[row] <= horizon).any()
        ]
        clock, first = times[-1], first + block
    return tuple(found)
