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


@dataclass(frozen=True, slots=True)
class Leg:
    """A piece as solvers want it.

    **Arguments:** `times` rising, from the piece's start to its end; `wanted` places in `times` of its outputs;
    `first` row of the first output among all; `dosed` whether a dose follows.
    """

    times: Array
    wanted: NDArray[np.int64]
    first: int
    dosed: bool


def legs(doses: Doses, outputs: Array) -> tuple[Leg, ...]:
    """Cut a course at its doses, with the times a solver must stop at or read.

    **Example:** for a dose on day 1 and outputs on days 0, 1, 2 the times are `[0, 1]`, then `[1, 2]`.
    """
    found: list[Leg] = []
    first = 0
    for piece in pieces(doses, outputs):
        times = np.unique([piece.start, *piece.outputs, piece.end])
        wanted = np.searchsorted(times, piece.outputs).astype(np.int64)
        found.append(Leg(times, wanted, first, piece.dosed))
        first += len(piece.outputs)
    return tuple(found)
