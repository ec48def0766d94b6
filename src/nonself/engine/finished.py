"""Work that is never lost: finished chunks of a run on disk, so that a run that was killed goes on where it was."""

from __future__ import annotations

import hashlib
import io
import json
import os
import shutil
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import numpy as np

from nonself.codegen.build import CODE_VERSION
from nonself.engine.loop import CHUNK, solve
from nonself.engine.pending import joined
from nonself.engine.problem import Problem
from nonself.engine.result import Failure, Outcomes, Status

TABLES = ("values", "status", "reached", "steps", "rejected", "final", "fired", "cause")


@dataclass(frozen=True, slots=True)
class Keeper:
    """A solver that keeps each finished chunk in a folder and takes up again what lies there.

    **Arguments:** `folder` where chunks are kept; `chunk` patients each; `counts` how many chunks were "solved" and
    how many "found".

    **Example:** `Keeper(Path("out/.finished"))(problem, workers=2)`
    """

    folder: Path
    chunk: int = CHUNK
    counts: Counter[str] = field(default_factory=Counter)

    def __call__(
        self,
        problem: Problem,
        *,
        workers: int = 1,
        progress: Callable[[int, int], None] | None = None,
        keep: tuple[str, ...] | None = None,
    ) -> Outcomes:
        """Return what happened to every patient: the same bytes as `solve`, whatever was found."""
        total = len(problem.patients)
        starts = range(0, total, self.chunk)
        problems = [problem.part(slice(first, first + self.chunk)) for first in starts]
        found: list[Outcomes] = []
        with ThreadPoolExecutor(max_workers=max(1, workers)) as pool:
            try:
                for outcomes in pool.map(lambda part: self._one(part, keep), problems):
                    found.append(outcomes)
                    if progress is not None:
                        progress(sum(len(part.patients) for part in found), total)
            except BaseException:
                pool.shutdown(cancel_futures=True)
                raise
        return _joined(problem, found)

    def _one(self, problem: Problem, keep: tuple[str, ...] | None) -> Outcomes:
        file = self.folder / f"{problem_key(problem, keep)}.npz"
        known = _load(file, problem)
        if known is not None:
            self.counts["found"] += 1
            return known
        outcomes = solve(problem, keep=keep)
        _save(file, outcomes)
        self.counts["solved"] += 1
        return outcomes

    def clear(self) -> None:
        """Remove what was kept."""
        shutil.rmtree(self.folder, ignore_errors=True)


def problem_key(problem: Problem, keep: tuple[str, ...] | None) -> str:
    """Return a digest of everything that a problem's result depends on.

    **Example:** `problem_key(problem, ("blasts",))`
    """
    digest = hashlib.sha256()
    for part in _parts(problem, keep):
        data = part.tobytes() if isinstance(part, np.ndarray) else json.dumps(part).encode()
        digest.update(len(data).to_bytes(8, "little") + data)
    return digest.hexdigest()[:40]


def _parts(problem: Problem, keep: tuple[str, ...] | None) -> Iterator[Any]:
    program = problem.program
    yield [
        program.model.structure_hash,
        CODE_VERSION,
        list(keep or program.observables),
        list(problem.patients),
        list(problem.drawn_as),
        sorted(problem.silent),
    ]
    yield [
        problem.readout,
        problem.rtol,
        problem.max_steps,
        problem.seed,
        problem.replicate,
        problem.by_chance,
    ]
    yield np.ascontiguousarray(problem.parameters)
    yield np.asarray(problem.horizon, dtype=float)
    yield np.ascontiguousarray(problem.outputs)
    yield np.asarray([] if problem.atol is None else problem.atol, dtype=float)
    for action in problem.actions:
        yield [action.kind, action.target, action.scale]
        yield np.asarray(action.time, dtype=float)
        yield np.asarray(action.value, dtype=float)
        yield np.asarray([] if action.who is None else action.who, dtype=float)
    for hazard in sorted(problem.silent):
        yield np.asarray(problem.silent[hazard], dtype=float)
    if problem.begin is not None:
        yield np.ascontiguousarray(problem.begin.time)
        yield np.ascontiguousarray(problem.begin.state)
        yield np.ascontiguousarray(problem.begin.fired)
        yield np.ascontiguousarray([] if problem.begin.pending is None else problem.begin.pending)


def _save(file: Path, outcomes: Outcomes) -> None:
    failures = json.dumps([asdict(failure) for failure in outcomes.failures])
    file.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=file.parent, prefix=".part-")
    with os.fdopen(handle, "wb") as target:
        tables = {table: getattr(outcomes, table) for table in (*TABLES, "pending")}
        np.savez(
            target, failures=np.frombuffer(failures.encode(), np.uint8), names=outcomes.observables, **tables
        )
    Path(name).replace(file)


def _load(file: Path, problem: Problem) -> Outcomes | None:
    """Return a chunk that was kept; nothing when it is absent or damaged, and it is solved again."""
    with suppress(OSError, ValueError, KeyError, BadZipFile, EOFError):
        data = np.load(io.BytesIO(file.read_bytes()), allow_pickle=False)
        records = json.loads(bytes(data["failures"]).decode())
        failures = tuple(Failure(**{**record, "status": Status(record["status"])}) for record in records)
        names = tuple(map(str, data["names"]))
        tables = {table: data[table] for table in (*TABLES, "pending")}
        causes = tuple(hazard.id for hazard in problem.program.model.hazards)
        return Outcomes(problem.patients, names, problem.outputs, failures=failures, causes=causes, **tables)
    return None


def _joined(problem: Problem, parts: Sequence[Outcomes]) -> Outcomes:
    firsts = np.cumsum([0, *(len(part.patients) for part in parts)])
    failures = tuple(
        replace(failure, index=failure.index + int(first))
        for first, part in zip(firsts, parts, strict=False)
        for failure in part.failures
    )
    tables = {table: np.concatenate([getattr(part, table) for part in parts]) for table in TABLES}
    pending = joined([part.pending for part in parts])
    return Outcomes(
        problem.patients,
        parts[0].observables,
        problem.outputs,
        failures=failures,
        causes=parts[0].causes,
        pending=pending,
        **tables,
    )
