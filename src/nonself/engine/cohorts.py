"""Cohorts too large to hold at once: problems made chunk by chunk, each reduced as soon as it is solved."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait

import numpy as np
from numpy.typing import NDArray

from nonself.engine.loop import CHUNK, Progress, solve
from nonself.engine.problem import Problem
from nonself.engine.result import Outcomes

Reduced = Mapping[str, NDArray[np.float64]]


def solve_in_chunks(
    count: int,
    problem_of: Callable[[int, int], Problem],
    reduce: Callable[[Outcomes], Reduced],
    *,
    keep: tuple[str, ...] | None = None,
    workers: int = 1,
    chunk: int = CHUNK,
    progress: Progress | None = None,
) -> dict[str, NDArray[np.float64]]:
    """Solve `count` patients in chunks and keep only what `reduce` makes of each; memory does not grow with courses.

    **Arguments:** `problem_of(first, last)` makes the problem of patients first .. last-1; `reduce` returns name ->
    (n_patients_of_the_chunk, ...); `keep` the observables it needs; `workers` threads, which change no bit.

    **Returns:** name -> (count, ...), and under "status" each patient's status.

    **Example:** `solve_in_chunks(10**6, make, lambda o: {"last": o.of("blasts")[:, -1]}, keep=("blasts",))`
    """
    found: dict[str, NDArray[np.float64]] = {}
    done = 0

    def one(first: int) -> tuple[int, dict[str, NDArray[np.float64]]]:
        outcomes = solve(problem_of(first, min(first + chunk, count)), keep=keep)
        return first, {**reduce(outcomes), "status": outcomes.status.astype(float)}

    with ThreadPoolExecutor(max_workers=max(1, workers)) as pool:
        waiting = iter(range(0, count, chunk))
        running: set[Future[tuple[int, dict[str, NDArray[np.float64]]]]] = set()
        while True:
            while len(running) < workers + 1 and (first := next(waiting, None)) is not None:
                running.add(pool.submit(one, first))
            if not running:
                return found
            finished, running = wait(running, return_when=FIRST_COMPLETED)
            for task in finished:
                first, parts = task.result()
                size = _put(found, first, parts, count)
                done += size
                if progress is not None:
                    progress(done, count)


def _put(found: dict[str, NDArray[np.float64]], first: int, parts: Reduced, count: int) -> int:
    """Put a chunk's rows where they belong; return how many."""
    for name, rows in parts.items():
        table = found.setdefault(name, np.full((count, *rows.shape[1:]), np.nan))
        table[first : first + len(rows)] = rows
    return len(parts["status"])
