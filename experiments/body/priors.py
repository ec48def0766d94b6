"""Which numbers of the body vary in the ensemble, and how: those assumed within a range, drawn by key."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from nonself.catalog.body.antibody import antibody_numbers
from nonself.catalog.body.recognition import recognition
from nonself.catalog.body.self_cells import self_specific_cells
from nonself.engine.streams import normals
from nonself.model.parts import Parameter

SEED = 4
FITTED = "margin"
STRENGTH = "suppression_strength"


def priors() -> tuple[Parameter, ...]:
    """Return the parameters that vary: those of recognition, self-specific cells and antibody that state a range."""
    parts = (recognition(()), self_specific_cells(), antibody_numbers())
    return tuple(
        one for part in parts for one in part.parameters if one.range is not None and one.id != FITTED
    )


def draw(number: int) -> dict[str, float]:
    """Return one set: each value times exp(spread z), z standard normal, within its range.

    The range counts as eight spreads on the log; where it begins at zero, values are even over its middle half.
    """
    found = {}
    for one in priors():
        assert one.range is not None
        low, high = one.range
        z = float(normals(SEED, f"ensemble {one.id}", [f"set {number}"])[0])
        if low <= 0:
            found[one.id] = low + (high - low) * (0.5 + 0.25 * math.erf(z / math.sqrt(2)))
        else:
            spread = math.log(high / low) / 8
            found[one.id] = float(np.clip(float(one.value) * math.exp(spread * z), low, high))
    return found


def with_strength(
    values: Mapping[str, float], earlier: Sequence[Mapping[str, Any]], wanted: float
) -> dict[str, float]:
    """Return a set with the strength of suppression at which earlier sets say that a share is lost after depletion.

    Equation: logit(share) is linear in the logs of all numbers, by ridge regression over earlier sets; it is solved
    for the
    one, within its range.
    """
    names = sorted(name for name, value in values.items() if value > 0)
    table = np.log([[one["values"][name] for name in names] for one in earlier])
    share = np.clip([one["thyroid_predicted"] for one in earlier], 0.005, 0.995)
    goal = np.log(share / (1 - share))
    center, scale = table.mean(axis=0), table.std(axis=0) + 1e-9
    x = (table - center) / scale
    slope = np.linalg.solve(x.T @ x + 3.0 * np.eye(len(names)), x.T @ (goal - goal.mean()))
    here = (np.log([values[name] for name in names]) - center) / scale
    k = names.index(STRENGTH)
    rest = goal.mean() + float(slope @ here) - slope[k] * here[k]
    solved = math.exp((math.log(wanted / (1 - wanted)) - rest) / slope[k] * scale[k] + center[k])
    low, high = next(one.range for one in priors() if one.id == STRENGTH and one.range is not None)
    return {**values, STRENGTH: float(np.clip(solved, low, high))}
