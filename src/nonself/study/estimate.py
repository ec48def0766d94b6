"""What a study will take: courses, memory, room on disk and time, said before it runs."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace

from nonself.engine.loop import CHUNK
from nonself.study.arriving import arrive_all
from nonself.study.overrides import override
from nonself.study.prepare import Group, Prepared, prepare

MEGABYTE = 10**6
BASE = 300 * MEGABYTE  # Python, its libraries, a compiled model, a report being drawn
NUMBER = 8  # bytes
PATIENT = 300  # bytes of a patient's id and group, and of what is looked up by them
COLUMN = 4  # copies of a patient's number at once: the number, in the problem, as measured, in the table
TRIED = 64  # patients of each arm that are run to see how long one takes, and how far observables range
FEW = 16  # people who are brought to their age to see it, where nobody has come yet
UNSEEN = 1.2  # histograms of all patients over those of the few that are run


@dataclass(frozen=True, slots=True)
class Estimate:
    """What a study will take.

    **Arguments:** `courses` patients times arms; `memory`, `disk` in bytes, disk while it runs; `seconds` with these
    `workers`, None where it cannot be told beforehand.
    """

    courses: int
    memory: int
    disk: int
    seconds: float | None
    workers: int

    @property
    def sentence(self) -> str:
        """The estimate in words."""
        memory = f"about {_bytes(self.memory)} of memory"
        disk = f", {_bytes(self.disk)} on disk while it runs" if self.disk >= 100 * MEGABYTE else ""
        if self.seconds is None:
            return f"{self.courses:,} courses: {memory}{disk}; how long is not known beforehand."
        threads = "one worker" if self.workers == 1 else f"{self.workers} workers"
        return f"{self.courses:,} courses: about {_duration(self.seconds)} with {threads}, {memory}{disk}."


def estimate(
    prepared: Prepared, workers: int = 1, *, courses: bool = False, is_kept: bool = False
) -> Estimate:
    """Return what a study will take: memory and disk from its sizes, time from a few patients of every arm.

    **Arguments:** `courses` whether they are kept in memory; `is_kept` whether finished chunks are kept on disk until
    the end.

    **Example:** `estimate(prepare(find_study("cml-stop")), workers=2).sentence`
    """
    total = sum(len(group.cohort.patients) * len(group.arms) for group in prepared.groups)
    readout = sum(_readouts(prepared, group) for group in prepared.groups)
    tried = _tried(prepared)
    memory = BASE + sum(
        _memory(prepared, group, workers, one.histograms)
        for group, one in zip(prepared.groups, tried, strict=True)
    )
    seconds = sum(
        one.seconds * len(group.cohort.patients) for group, one in zip(prepared.groups, tried, strict=True)
    )
    return Estimate(
        courses=total,
        memory=memory + (2 * readout if courses else 0),
        disk=readout if is_kept else 0,
        seconds=seconds / workers if _have_come(prepared) else None,
        workers=workers,
    )


@dataclass(frozen=True, slots=True)
class _Tried:
    """What a few patients of a cohort took: `seconds` a patient, all arms; bytes of the `histograms` of each arm."""

    seconds: float
    histograms: tuple[int, ...]


def _readouts(prepared: Prepared, group: Group) -> int:
    """Bytes of all courses of a cohort."""
    a_course = NUMBER * group.grid.size * len(prepared.kept)
    return a_course * len(group.cohort.patients) * len(group.arms)


def _memory(prepared: Prepared, group: Group, workers: int, histograms: tuple[int, ...]) -> int:
    patients, arms = len(group.cohort.patients), len(group.arms)
    own = len(group.cohort.columns) + len(group.cohort.facts)
    history = 0 if not _are_people(prepared) else len(prepared.model.species)
    each = PATIENT + NUMBER * COLUMN * (own + history + arms * (2 + 2 * len(prepared.endpoints)))
    chunk: int = NUMBER * min(CHUNK, patients) * group.grid.size * len(prepared.kept)
    at_once = min(workers, -(-patients // CHUNK))
    more = max(histograms) * (at_once if patients > CHUNK else 0.5)  # of chunks, before they are put together
    return int(patients * each + UNSEEN * (sum(histograms) + more) + (at_once + 1) * 2 * chunk)


def _are_people(prepared: Prepared) -> bool:
    return any(
        part.patients != "variants" and part.patients.population is not None
        for part in prepared.study.spec.cohorts
    )


def _have_come(prepared: Prepared) -> bool:
    return not _are_people(prepared) or all(group.cohort.history is not None for group in prepared.groups)


def _tried(prepared: Prepared) -> list[_Tried]:
    """A few patients of every arm run and reduced; of people who have yet to come of age a few are brought to it."""
    from nonself.codegen.build import build
    from nonself.cohort.trial import problems
    from nonself.engine.loop import solve
    from nonself.study.measure import reduction

    if not _have_come(prepared):
        names = {group.cohort.name for group in prepared.groups}
        few = prepare(override(prepared.study, FEW, None))
        groups = tuple(group for group in few.groups if group.cohort.name in names)
        prepared = arrive_all(replace(few, groups=groups), 1)
    program, spec = build(prepared.model), prepared.study.spec
    found = []
    for group in prepared.groups:
        tried = slice(0, min(TRIED, len(group.cohort.patients)))
        reduce, sizes = reduction(prepared, group), []
        began = time.perf_counter()
        for one in problems(program, group.cohort, group.arms, group.schedule, spec.rtol, spec.seed, tried):
            outcomes = solve(one, keep=prepared.kept)
            reduced = reduce(outcomes, outcomes.reached - one.first - group.schedule.zero[tried], tried)
            sizes.append(sum(NUMBER * counts.numbers.size for counts in reduced.counts.values()))
        found.append(_Tried((time.perf_counter() - began) / tried.stop, tuple(sizes)))
    return found


def _bytes(count: int) -> str:
    """A size as people say it.

    **Example:** `_bytes(1_418_000_000)` gives `"1.4 GB"`.
    """
    return f"{count / 1e9:.1f} GB" if count >= 1e9 else f"{round(count / 1e7) * 10} MB"


def _duration(seconds: float) -> str:
    """A time as people say it.

    **Example:** `_duration(142.0)` gives `"2 min"`.
    """
    for size, unit in ((86400.0, "days"), (3600.0, "h"), (60.0, "min")):
        if seconds >= 2 * size:
            return f"{seconds / size:.0f} {unit}"
    return f"{max(seconds, 1.0):.0f} s"
