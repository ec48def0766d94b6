"""When doses are given and outputs read, cut into pieces between doses."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Doses:
    """Amounts added at once to one species.

    **Arguments:** `species` its id; `times` in days, rising; `amount` what each adds.
    """

    species: str
    times: Array
    amount: float


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch without doses: from `start` to `end`, read at `outputs`, then a dose if `dosed`."""

    start: float
    end: float
    outputs: tuple[float, ...]
    dosed: bool


def pieces(doses: Doses, outputs: Array) -> Iterator[Piece]:
    """Cut [0, last output] at the doses; an output at a dose is read after it.

    **Example:** for a dose on day 1 and outputs on days 0, 1, 2: `Piece(0, 1, (0,), True)`, then
    `Piece(1, 2, (1, 2), False)`.
    """
    horizon = float(outputs[-1])
    start = 0.0
    for end in (float(time) for time in doses.times if time <= horizon):
        inside = outputs[(outputs >= start) & (outputs < end)]
        yield Piece(start, end, tuple(inside.tolist()), dosed=True)
        start = end
    yield Piece(start, horizon, tuple(outputs[outputs >= start].tolist()), dosed=False)
