"""Running a Problem: chunks of patients over threads, each chunk one call into machine code."""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nonself.codegen.probe import workspace
from nonself.codegen.program import Program
from nonself.codegen.workspace import ARGUMENTS, ENDED_BY
from nonself.engine.chance import hazard_levels
from nonself.engine.clones import clone_tables
from nonself.engine.pending import Pending, spread
from nonself.engine.problem import Array, Problem
from nonself.engine.result import Assignment, Failure, Outcomes, Status
from nonself.engine.stops import Stops, schedule
from nonself.engine.streams import digests, stream_number

CHUNK = 1024
EVENTS, MOST_EVENTS = 8, 4096  # happenings of a hazard drawn at first, and at most
SEGMENTS, MOST_SEGMENTS = (
    128,
    65_536,
)  # steps of the past that a lane keeps at first, and at most: powers of two
RETRY_TIGHTER = (1e-2, 1e-4)  # the retry ladder: how much the tolerance is tightened, rung by rung
LAST_NAMED = 8  # values given by events that are looked through when they have no end
LOG = 4096  # values given by events that are written down at first
Progress = Callable[[int, int], None]
Part = slice | NDArray[np.intp]
_TYPES = {"P": ctypes.c_void_p, "I": ctypes.c_int64, "D": ctypes.c_double}
_ENTRY = ctypes.CFUNCTYPE(None, *(_TYPES[letter] for _, letter in ARGUMENTS))


def solve(
    problem: Problem,
    *,
    workers: int = 1,
    progress: Progress | None = None,
    chunk: int = CHUNK,
    keep: tuple[str, ...] | None = None,
) -> Outcomes:
    """Integrate every patient of a problem; each ends with a status.

    **Arguments:** `workers` threads (they change no bit of the result); `progress` called with (done, all);
    `chunk` patients a call; `keep` the observables to return, by default all.

    **Returns:** `Outcomes`. **Raises:** `UnknownName` for an observable that is not there.

    **Example:** `solve(problem, workers=2).of("bcr_abl_percent")`
    """
    rows = _kept_rows(problem.program, keep)
    run = _Run(problem, schedule(problem), rows)
    starts = list(range(0, len(problem.patients), chunk))
    done = 0
    with ThreadPoolExecutor(max_workers=max(1, workers)) as pool:
        tasks = [pool.submit(run.chunk, slice(a, min(a + chunk, len(problem.patients)))) for a in starts]
        for start, task in zip(starts, tasks, strict=True):
            task.result()
            done = min(start + chunk, len(problem.patients))
            if progress is not None:
                progress(done, len(problem.patients))
    _draw_more(run)
    _remember_more(run)
    _retry(run)
    return run.outcomes()


def _kept_rows(program: Program, keep: tuple[str, ...] | None) -> NDArray[np.int64]:
    from nonself.errors import InputError, UnknownName

    for name in keep or ():
        if name not in program.observables:
            raise UnknownName("observable", name, program.observables)
    names = program.observables if keep is None else keep
    if not names:
        raise InputError("no observable is kept", mend="keep at least one, or leave keep out for all")
    return np.array([program.observables.index(name) for name in names], dtype=np.int64)


class _Run:
    """The arrays of one run; `chunk` fills a range of patients and may run in any thread."""

    def __init__(self, problem: Problem, stops: Stops, rows: NDArray[np.int64], log_size: int = 0) -> None:
        self.problem = problem
        self.stops = stops
        self.rows = rows
        self.segments = SEGMENTS
        self.log, self.logged = np.empty((log_size, 4)), np.zeros(1, dtype=np.int64)
        count, program = len(problem.patients), problem.program
        self.outputs = np.ascontiguousarray(np.atleast_2d(problem.outputs.T).T, dtype=float)
        self.values = np.full((count, self.outputs.shape[0], len(rows)), np.nan)
        self.final = np.full((count, len(program.species)), np.nan)
        self.status = np.full(count, int(Status.STEP_TOO_SMALL), dtype=np.int64)
        self.reached = np.zeros(count)
        self.steps = np.zeros(count, dtype=np.int64)
        self.rejected = np.zeros(count, dtype=np.int64)
        self.cause = np.full(count, -1, dtype=np.int64)
        self.fired = np.zeros((count, program.space.counts), dtype=np.int64)
        deciding = [program.parameters.index(rule.parameter) for rule in program.model.rules]
        self.rule_target = np.array(deciding or [0], dtype=np.int64)
        self.pending = Pending(program.space, count)
        self.horizon = np.broadcast_to(np.asarray(problem.horizon, dtype=float), (count,))

    def _levels(self, part: Part, events: int) -> Array:
        hazards = [hazard.id for hazard in self.problem.program.model.hazards]
        if not hazards:
            return np.zeros(1)
        problem = self.problem
        drawn = hazard_levels(problem.seed, hazards, self._names(part), events, problem.replicate)
        for hazard, flags in problem.silent.items():
            drawn[hazards.index(hazard)][:, flags[part]] = np.inf
        return np.ascontiguousarray(drawn)

    def _names(self, part: Part) -> list[str]:
        return [self.problem.keys[row] for row in np.arange(len(self.problem.patients))[part]]

    def _digests(self, part: Part) -> NDArray[np.uint64]:
        model = self.problem.program.model
        keyed = model.clones or any(event.priority for event in model.events)
        return digests(self._names(part)) if keyed else np.zeros(1, dtype=np.uint64)

    def chunk(self, part: Part, tighter: float = 1.0, events: int = EVENTS) -> None:
        """Integrate a range of patients, or those of some rows."""
        problem, program = self.problem, self.problem.program
        rtol = problem.rtol * tighter
        atol = problem.rtol * program.scales if problem.atol is None else problem.atol
        stops, outputs = self.stops.part(part), self.outputs
        if outputs.shape[1] > 1:
            outputs = np.ascontiguousarray(outputs[:, part])
        work = workspace(program, self.segments)
        begin = None if problem.begin is None else problem.begin.part(part)
        if begin is not None:
            events += int(begin.fired[: program.space.hazards].max(initial=0))
        fired = np.zeros((len(problem.first[part]), program.space.counts), dtype=np.int64)
        levels = self._levels(part, events)
        arrays: dict[str, Any] = {
            "work": work,
            "parameters": np.ascontiguousarray(problem.parameters[:, part], dtype=float),
            "horizon": np.ascontiguousarray(self.horizon[part]),
            "stop_time": stops.time, "stop_kind": stops.kind, "stop_target": stops.target, "stop_value": stops.value,
            "stop_scale": stops.scale, "rule_target": self.rule_target, "hazard_levels": levels,
            "output_time": outputs, "kept_rows": self.rows,
            "begin_time": np.ascontiguousarray(problem.first[part]),
            "begin_state": np.zeros(1) if begin is None else np.ascontiguousarray(begin.state, dtype=float),
            **{name: table[part] for name, table in self._tables().items()},
            "fired": fired if begin is None else np.array(begin.fired.T, dtype=np.int64, order="C"),
            "atol": np.ascontiguousarray(atol * tighter, dtype=float),
            **clone_tables(problem, self._names(part), events),
            "pending": spread(program.space, None if begin is None else begin.pending, len(fired)),
            "digests": self._digests(part), "log": self.log, "logged": self.logged,
        }  # fmt: skip
        numbers: dict[str, float | int] = {
            "patients": arrays["status"].shape[0], "stops": stops.time.shape[0], "stop_rows": stops.time.shape[1],
            "stop_step": int(stops.time.shape[1] > 1), "outputs": outputs.shape[0], "output_rows": outputs.shape[1],
            "output_step": int(outputs.shape[1] > 1), "begun": int(begin is not None),
            "before": int(problem.readout == "before"),
            "kept": len(self.rows), "levels": events, "rtol": rtol, "max_steps": problem.max_steps,
            "by_chance": float(problem.by_chance), "replicate": problem.replicate,
            "segments": self.segments,
            "lots": stream_number(problem.seed, "events"),
            "log_size": self.log.shape[0], "words": arrays["pending"].shape[1],
        }  # fmt: skip
        given = [arrays[n].ctypes.data if letter == "P" else numbers[n] for n, letter in ARGUMENTS]
        _ENTRY(program.advance)(*given)
        ended = arrays["status"] >= ENDED_BY
        arrays["cause"][:] = np.where(ended, arrays["status"] - ENDED_BY, -1)
        arrays["status"][ended] = int(Status.DIED)
        self.pending.put(np.arange(self.status.size)[part], arrays["pending"])
        for name, table in self._tables().items():
            if not isinstance(part, slice) or name == "fired":
                table[part] = arrays[name]

    def record(self, part: Part) -> list[NDArray[Any]]:
        """Return all that is known of some patients, to be put back by `restore`."""
        return [np.array(table[part]) for table in self._tables().values()]

    def restore(self, part: Part, record: list[NDArray[Any]]) -> None:
        """Put back what `record` returned."""
        for table, rows in zip(self._tables().values(), record, strict=True):
            table[part] = rows

    def _tables(self) -> dict[str, NDArray[Any]]:
        return {
            "values": self.values, "final": self.final, "status": self.status, "reached": self.reached,
            "steps": self.steps, "rejected": self.rejected, "cause": self.cause, "fired": self.fired,
        }  # fmt: skip

    def outcomes(self) -> Outcomes:
        """Return what happened, with a sentence for each patient that did not finish."""
        from nonself.engine.diagnose import failure

        problem = self.problem
        complete = (Status.FINISHED, Status.FINISHED_ON_RETRY, Status.DIED)
        failed = np.flatnonzero(~np.isin(self.status, [int(one) for one in complete]))
        failures: list[Failure] = []
        for k in failed:
            status = Status(int(self.status[k]))
            executed = _executed_last(problem, int(k)) if status is Status.TOO_MANY_EVENTS else ()
            failures.append(failure(problem, int(k), status, float(self.reached[k]), self.final[k], executed))
        names = tuple(problem.program.observables[row] for row in self.rows)
        return Outcomes(
            patients=problem.patients,
            observables=names,
            times=problem.outputs,
            values=self.values,
            status=self.status,
            reached=self.reached,
            steps=self.steps,
            rejected=self.rejected,
            failures=tuple(failures),
            final=self.final,
            fired=self.fired,
            cause=self.cause,
            causes=tuple(hazard.id for hazard in problem.program.model.hazards),
            pending=self.pending.table(),
        )


def _draw_more(run: _Run) -> None:
    """Run patients again whose hazards happened more often than was drawn for, with more draws of the same keys."""
    events = EVENTS
    while events < MOST_EVENTS and run.problem.program.model.hazards:
        events *= 8
        for part in _parts(run, Status.TOO_MANY_EVENTS):
            run.values[part] = np.nan
            run.chunk(part, 1.0, events)


def _remember_more(run: _Run) -> None:
    """Run patients again whose delays look back at more steps than were kept, with more room; that changes no bit."""
    while run.segments < MOST_SEGMENTS and np.any(run.status == int(Status.PAST_FULL)):
        run.segments *= 8
        for part in _parts(run, Status.PAST_FULL):
            run.values[part] = np.nan
            run.chunk(part)


def _retry(run: _Run) -> None:
    """Give patients whose step became too small another try at tighter tolerances, rung by rung."""
    for tighter in RETRY_TIGHTER:
        for part in _parts(run, Status.STEP_TOO_SMALL):
            before = run.record(part)
            run.values[part] = np.nan
            run.chunk(part, tighter)
            died = run.status[part] == int(Status.DIED)
            mended = (run.status[part] == int(Status.FINISHED)) | died
            run.status[part[mended & ~died]] = int(Status.FINISHED_ON_RETRY)
            run.restore(part[~mended], [rows[~mended] for rows in before])


def _parts(run: _Run, status: Status) -> list[NDArray[np.intp]]:
    """The patients of one status, in chunks."""
    rows = np.flatnonzero(run.status == int(status))
    return [rows[first : first + CHUNK] for first in range(0, len(rows), CHUNK)]


def assignments(problem: Problem) -> tuple[Assignment, ...]:
    """Return every value that an event gave a species in the course of the one patient of a problem, in order.

    **Example:** `[one.time for one in assignments(replay(problem, "v00017"))]`
    """
    if not problem.program.model.events:
        return ()
    size, stops, rows = LOG, schedule(problem), _kept_rows(problem.program, None)
    while True:
        run = _Run(problem, stops, rows, size)
        run.segments = MOST_SEGMENTS
        run.chunk(slice(0, 1), 1.0, MOST_EVENTS)
        if int(run.logged[0]) < size:
            break
        size *= 8
    names = [event.id for event in problem.program.model.events]
    return tuple(
        Assignment(float(time), names[int(event)], problem.program.species[int(row)], float(value))
        for time, event, row, value in run.log[: int(run.logged[0])]
    )


def _executed_last(problem: Problem, index: int) -> tuple[str, ...]:
    last = assignments(problem.part(slice(index, index + 1)))[-LAST_NAMED:]
    return tuple(dict.fromkeys(one.event for one in last))


def replay(problem: Problem, patient: str) -> Problem:
    """Return the problem of one patient alone: it gives the same bytes as in the batch.

    **Raises:** `UnknownName` when there is no such patient.

    **Example:** `solve(replay(problem, "v00017"))`
    """
    from nonself.errors import UnknownName

    if patient not in problem.patients:
        raise UnknownName("patient", patient, problem.patients)
    index = problem.patients.index(patient)
    return problem.part(slice(index, index + 1))
