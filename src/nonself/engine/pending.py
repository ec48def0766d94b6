"""What events leave open at the end of a course: what each trigger was, and which executions wait.

One row of whole numbers a patient: how many lots were drawn, how many executions wait, each trigger (1 or 0), and the
words of each execution as the machine code has them (codegen.workspace), zeros where fewer wait.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from nonself.codegen.workspace import Workspace

Words = NDArray[np.int64]


def fewest(space: Workspace) -> int:
    """Return how many words a patient has of whom no execution waits; 0 for a model without events."""
    return 2 + space.events if space.events else 0


def most(space: Workspace) -> int:
    """Return how many words a patient can have."""
    return fewest(space) + space.queue * space.slot


def spread(space: Workspace, given: Words | None, count: int) -> Words:
    """Return the words of `count` patients at full width, (count, most), from those given, (n_words, count)."""
    full = np.zeros((count, max(1, most(space))), dtype=np.int64)
    if given is not None:
        full[:, : given.shape[0]] = given.T
    return full


class Pending:
    """The words of all patients of a run, filled by parts; those of executions are held only where some wait."""

    def __init__(self, space: Workspace, count: int) -> None:
        self.space = space
        self.first = np.zeros((count, fewest(space)), dtype=np.int64)
        self.waiting: dict[int, Words] = {}

    def put(self, rows: Words, full: Words) -> None:
        """Keep the words of some patients."""
        start = fewest(self.space)
        if not start:
            return
        self.first[rows] = full[:, :start]
        for row, words in zip(rows.tolist(), full, strict=True):
            self.waiting.pop(row, None)
            if words[1]:
                self.waiting[row] = words[start : start + words[1] * self.space.slot].copy()

    def table(self) -> Words:
        """Return the words of all patients, (n_patients, n_words), as wide as the widest needs."""
        widest = max((words.size for words in self.waiting.values()), default=0)
        found = np.zeros((self.first.shape[0], self.first.shape[1] + widest), dtype=np.int64)
        found[:, : self.first.shape[1]] = self.first
        for row, words in self.waiting.items():
            found[row, self.first.shape[1] : self.first.shape[1] + words.size] = words
        return found


def joined(parts: Sequence[Words]) -> Words:
    """Return the words of several runs of one model, one below the other.

    **Example:** `joined([first.pending, second.pending])`
    """
    widest = max(part.shape[1] for part in parts)
    return np.concatenate([np.pad(part, ((0, 0), (0, widest - part.shape[1]))) for part in parts])
