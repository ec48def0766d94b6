"""Sparse LU as a plan: elimination order and fill decided once, for every step of every patient."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class LuPlan:
    """An elimination plan for a matrix with a full diagonal.

    **Arguments:** `order` (n) pivots, rows and columns alike; `slots` (row, column) -> place in the stored factors:
    the diagonal first, then the rest, fill included; `lower` and `upper` for each row its
    off-diagonal columns, in order of elimination.
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


def plan(size: int, pattern: Iterable[tuple[int, int]]) -> LuPlan:
    """Choose diagonal pivots by Markowitz's count, ties by the lower number, and record the fill.

    **Arguments:** `size` of the matrix; `pattern` its nonzeros as (row, column), the diagonal implied.


    **Example:** `plan(2, [(0, 1), (1, 0)]).order` gives `(0, 1)`.
    """
    rows: list[set[int]] = [{k} for k in range(size)]
    columns: list[set[int]] = [{k} for k in range(size)]
    for row, column in pattern:
        rows[row].add(column)
        columns[column].add(row)
    left = set(range(size))
    order: list[int] = []
    while left:
        pivot = min(left, key=lambda k: ((len(rows[k] & left) - 1) * (len(columns[k] & left) - 1), k))
        left.discard(pivot)
        order.append(pivot)
        for row in columns[pivot] & left:
            for column in rows[pivot] & left:
                rows[row].add(column)
                columns[column].add(row)
    place = {pivot: k for k, pivot in enumerate(order)}
    lower = {
        r: tuple(sorted((c for c in rows[r] if place[c] < place[r]), key=place.__getitem__)) for r in order
    }
    upper = {
        r: tuple(sorted((c for c in rows[r] if place[c] > place[r]), key=place.__getitem__)) for r in order
    }
    entries = [(row, row) for row in order]
    entries += [(row, column) for row in order for column in (*lower[row], *upper[row])]
    return LuPlan(tuple(order), {entry: k for k, entry in enumerate(entries)}, lower, upper)
