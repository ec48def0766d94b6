"""Which numbers of the body vary in the ensemble, and how: those assumed within a range, drawn by key."""

from __future__ import annotations

import math

import numpy as np

from nonself.catalog.body.antibody import antibody_numbers
from nonself.catalog.body.recognition import recognition
from nonself.catalog.body.self_cells import self_specific_cells
from nonself.catalog.body.tissue_thyroid import thyroid
from nonself.engine.streams import normals
from nonself.model.parts import Parameter

SEED = 4
FITTED = "margin"
CONTACTS = "free_contacts"


def priors() -> tuple[Parameter, ...]:
    """Return the parameters that vary: those of recognition, self-specific cells and antibody that state a range, and
    what antigen the healthy thyroid lets go, on which a row hangs."""
    parts = (recognition(()), self_specific_cells(), antibody_numbers())
    stated = tuple(
        one for part in parts for one in part.parameters if one.range is not None and one.id != FITTED
    )
    return (*stated, next(one for one in thyroid().parameters if one.id == "thyroid_basal_antigen"))


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
