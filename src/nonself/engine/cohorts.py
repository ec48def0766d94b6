"""Cohorts too large to hold at once: chunk by chunk, each reduced as soon as it is solved."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from nonself.engine.loop import CHUNK, Progress, solve
from nonself.engine.problem import Problem
from nonself.engine.result import Outcomes

Reduced = Mapping[str, NDArray[np.float64]]
Found = TypeVar("Found")


def in_chunks(
    count: int, one: Callable[[slice], Found], *, workers: int = 1, chunk: int = CHUNK
) -> Iterator[tuple[slice, Found]]:
    """Yield what `one` makes of each chunk of patients, as they are finished: in no order.

    **Arguments:** `one` runs in any thread; `workers` threads, of which one more chunk waits than they are.

    **Example:** `for rows, found in in_chunks(10**6, make, workers=2): table[rows] = found`
    """
    waiting = iter(slice(first, min(first + chunk, count)) for first in range(0, count, chunk))
    running: dict[Future[Found], slice] = {}
    with ThreadPoolExecutor(max_workers=max(1, workers)) as pool:
        try:
            while True:
                while len(running) < workers + 1 and (rows := next(waiting, None)) is not None:
                    running[pool.submit(one, rows)] = rows
                if not running:
                    return
                for task in wait(running, return_when=FIRST_COMPLETED).done:
                    yield running.pop(task), task.result()
        except BaseException:
            pool.shutdown(cancel_futures=True)
            raise


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

    def one(rows: slice) -> Reduced:
        outcomes = solve(problem_of(rows.start, rows.stop), keep=keep)
        return {**reduce(outcomes), "status": outcomes.status.astype(float)}

    for rows, parts in in_chunks(count, one, workers=workers, chunk=chunk):
        put(found, rows, parts, count)
        done += rows.stop - rows.start
        if progress is not None:
            progress(done, count)
    return found


def put(found: dict[str, NDArray[np.float64]], rows: slice, parts: Reduced, count: int) -> None:
    """Put a chunk's rows where they belong in tables of `count` patients."""
    for name, part in parts.items():
        table = found.setdefault(name, np.full((count, *part.shape[1:]), np.nan))
        table[rows] = part
