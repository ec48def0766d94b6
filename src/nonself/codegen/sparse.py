"""Sparse LU as a plan: elimination order and fill decided once, for every step of every patient."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

DONE = 2**31  # larger than any count, its square still a 64-bit integer


@dataclass(frozen=True, slots=True)
class LuPlan:
    """An elimination plan for a matrix with a full diagonal.

    **Arguments:** `order` (n) pivots, rows and columns alike; `slots` (row, column) -> place in the stored factors:
    the diagonal first, by row, then the rest by row in order of elimination, fill included; `lower` and `upper` for
    each row its off-diagonal columns, in order of elimination.
    """

    order: tuple[int, ...]
    slots: dict[tuple[int, int], int]
    lower: dict[int, tuple[int, ...]]
    upper: dict[int, tuple[int, ...]]

    @property
    def operations(self) -> int:
        """Multiply-adds and divisions of one factorization and one solve."""
        updates = sum(len(self.upper[k]) for row in self.order for k in self.lower[row])
        entries = sum(len(self.lower[row]) + len(self.upper[row]) for row in self.order)
        return updates + 2 * entries + 2 * len(self.order)


def plan(size: int, pattern: Iterable[tuple[int, int]], last: Collection[int] = ()) -> LuPlan:
    """Choose diagonal pivots by Markowitz's count, ties by the lower number, and record the fill.

    **Arguments:** `size` of the matrix; `pattern` its nonzeros as (row, column), the diagonal implied; `last` rows
    that come last, in their order, and stay uneliminated among each other: what is left of them is a dense block
    that the plan does not hold.

    **Example:** `plan(2, [(0, 1), (1, 0)]).order` gives `(0, 1)`.
    """
    rows, columns = (
        [1 << k for k in range(size)] for _ in range(2)
    )  # as bits: the columns of a row and back
    for row, column in pattern:
        rows[row] |= 1 << column
        columns[column] |= 1 << row
    order = [*_eliminated(size, rows, columns, last), *sorted(last)]
    place = {pivot: k for k, pivot in enumerate(order)}
    lower, upper = {}, {}
    for row in order:
        found = sorted(_bits(rows[row] & ~(1 << row)), key=place.__getitem__)
        below = sum(place[column] < place[row] for column in found)
        lower[row], upper[row] = tuple(found[:below]), tuple(found[below:])
        if row in last:
            lower[row], upper[row] = tuple(column for column in lower[row] if column not in last), ()
    entries = [(row, row) for row in range(size)]
    entries += [(row, column) for row in order for column in (*lower[row], *upper[row])]
    return LuPlan(tuple(order), {entry: k for k, entry in enumerate(entries)}, lower, upper)


def _eliminated(size: int, rows: list[int], columns: list[int], last: Collection[int] = ()) -> list[int]:
    """Return the pivots in order; `rows` and `columns` gain the fill."""
    left = (1 << size) - 1
    across, down = (np.array([mask.bit_count() - 1 for mask in part]) for part in (rows, columns))
    for row in last:
        across[row] = down[row] = DONE
    order: list[int] = []
    for _ in range(size - len(last)):
        pivot = _cheapest(across * down)
        left ^= 1 << pivot
        order.append(pivot)
        right, below = rows[pivot] & left, columns[pivot] & left
        across[pivot] = down[pivot] = DONE
        for row in _bits(below):
            rows[row] |= right
            across[row] = DONE if row in last else (rows[row] & left).bit_count() - 1
        for column in _bits(right):
            columns[column] |= below
            down[column] = DONE if column in last else (columns[column] & left).bit_count() - 1
    return order


def _cheapest(costs: NDArray[np.int64]) -> int:
    """The first row of the lowest cost."""
    return int(np.argmin(costs))


def _bits(mask: int) -> Iterator[int]:
    while mask:
        lowest = mask & -mask
        yield lowest.bit_length() - 1
        mask ^= lowest
