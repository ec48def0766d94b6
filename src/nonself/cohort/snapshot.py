"""People brought from the age at which courses begin to the age at which they enter a study: computed once, kept.

Who dies on the way is replaced by another person of the same age and sex, until one lives: so a study has the ages it
asks for, and of each age those who live to it. Who died and who failed is counted. A person whose course fails goes on
into the study from a state that is no number, and is counted there by status.
"""

from __future__ import annotations

import hashlib
import io
import json
from collections import Counter
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nonself.codegen import cache
from nonself.codegen.build import CODE_VERSION
from nonself.codegen.program import Program
from nonself.cohort.life import between, in_force, life
from nonself.cohort.people import DAYS_PER_YEAR, People, Range, draw_people, person_id
from nonself.cohort.population import History
from nonself.engine.finished import problem_key
from nonself.engine.loop import solve
from nonself.engine.pending import fewest, joined
from nonself.engine.problem import Begin, Problem, parameter_table
from nonself.engine.result import Outcomes
from nonself.errors import IntegrityError
from nonself.model.people import Population

Array = NDArray[np.float64]
Words = NDArray[np.int64]
Columns = Callable[[tuple[str, ...]], Mapping[str, Array]]
CHUNK = 256  # people brought on, and kept, together
MOST_ATTEMPTS = 2_000
FORMAT = 2
AGE_AT_START = "age_at_start"


@dataclass(frozen=True, slots=True)
class RunIn:
    """How people are brought to the age at which they enter a study.

    **Arguments:** `program` of the body; `population`; `who` their ages and sexes; `seed` of people and of what happens
    by chance; `rtol` relative tolerance; `more` persons' ids -> parameters besides those of the population, keyed by
    person: an ensemble's, a study's own; `tag` a digest of what it gives.
    """

    program: Program
    population: Population
    who: Range
    seed: int
    rtol: float
    more: Columns
    tag: str


@dataclass(frozen=True, slots=True)
class Arrived:
    """People who have come to the age at which they enter a study.

    **Arguments:** `ids` (n,); `age` (n,) in years; `columns` parameter -> (n,) as in force then; `history` where their
    courses go on and what will befall them; `died` cause -> how many did on the way and were replaced; `failed` how
    many courses did not get there; `found` how many were kept from an earlier run.
    """

    ids: tuple[str, ...]
    age: Array
    columns: Mapping[str, Array]
    history: History
    died: Mapping[str, int]
    failed: int
    found: int


def arrive(
    how: RunIn,
    slots: tuple[str, ...],
    until: float,
    *,
    workers: int = 1,
    progress: Callable[[int, int], None] | None = None,
) -> Arrived:
    """Bring people to the age at which they enter a study; finished chunks are kept in the cache folder.

    **Arguments:** `slots` places to fill; `until` how long they will be followed from then on, in days; `workers`
    threads, which change no bit; `progress` called with (people, all).

    **Example:** `arrive(how, slot_ids(0, 1000), until=3652.5).history.begin.time`
    """
    chunks = [slots[first : first + CHUNK] for first in range(0, len(slots), CHUNK)]
    done: list[tuple[dict[str, Any], Counter[str], bool]] = []
    with ThreadPoolExecutor(max_workers=max(1, workers)) as pool:
        try:
            for part in pool.map(lambda chunk: _chunk(how, chunk), chunks):
                done.append(part)
                if progress is not None:
                    progress(sum(len(tables["attempt"]) for tables, _, _ in done), len(slots))
        except BaseException:
            pool.shutdown(cancel_futures=True)
            raise
    attempt, state, fired = (
        np.concatenate([tables[name] for tables, _, _ in done]) for name in ("attempt", "state", "fired")
    )
    pending = joined([tables["pending"] for tables, _, _ in done])
    counts = sum((count for _, count, _ in done), Counter[str]())
    ids = tuple(person_id(slot, int(number)) for slot, number in zip(slots, attempt, strict=True))
    people = _people(how, ids)
    enter = (people.age - how.population.from_age) * DAYS_PER_YEAR
    befalls = life(how.population, people, enter + until, how.seed)
    later = between(befalls, enter, np.full(len(ids), np.inf))
    return Arrived(
        ids=ids,
        age=people.age,
        columns=in_force(people, how.population, enter),
        history=History(
            Begin(enter, *(np.ascontiguousarray(part.T) for part in (state, fired, pending))), later
        ),
        died={cause: number for cause, number in sorted(counts.items()) if cause},
        failed=counts[""],
        found=sum(len(tables["attempt"]) for tables, _, was_kept in done if was_kept),
    )


def _people(how: RunIn, ids: tuple[str, ...]) -> People:
    people = draw_people(how.population, ids, how.who, how.seed)
    start = np.full(len(ids), how.population.from_age)
    columns = {**people.columns, AGE_AT_START: start, **how.more(ids)}
    kept = tuple(change for change in people.changes if change.parameter not in how.more(ids[:1]))
    return replace(people, columns=columns, changes=kept)


def problem_of(how: RunIn, ids: tuple[str, ...]) -> Problem:
    """Return the courses of people from the start to the age at which they enter a study.

    **Example:** `solve(problem_of(how, slot_ids(0, 10))).died`
    """
    people = _people(how, ids)
    enter = (people.age - how.population.from_age) * DAYS_PER_YEAR
    befalls = between(life(how.population, people, enter, how.seed), np.zeros(len(ids)), enter)
    known = set(how.program.parameters)
    columns = {name: column for name, column in people.columns.items() if name in known}
    return Problem(
        program=how.program,
        patients=ids,
        parameters=parameter_table(how.program, len(ids), columns),
        horizon=enter,
        outputs=enter[None, :],
        actions=tuple(one for one in befalls if one.kind != "set" or one.target in known),
        rtol=how.rtol,
        seed=how.seed,
    )


def _chunk(how: RunIn, slots: tuple[str, ...]) -> tuple[dict[str, Any], Counter[str], bool]:
    """Return who fills some places and in which state, how many died of what ("" failed), and whether it was kept."""
    first = problem_of(how, slots)
    key = _key(how, first)
    kept = cache.load(key)
    if kept is not None:
        tables = dict(np.load(io.BytesIO(kept[0]), allow_pickle=False))
        counts = Counter({str(name): int(number) for name, number in json.loads(kept[1]).items()})
        return tables, counts, True
    tables, counts = _computed(how, slots, first)
    data = io.BytesIO()
    np.savez(data, **tables)
    cache.store(key, data.getvalue(), json.dumps(counts).encode())
    return tables, counts, False


def _computed(how: RunIn, slots: tuple[str, ...], problem: Problem) -> tuple[dict[str, Any], Counter[str]]:
    count, program = len(slots), how.program
    tables: dict[str, Any] = {
        "attempt": np.zeros(count, dtype=np.int64),
        "state": np.full((count, len(program.species)), np.nan),
        "fired": np.zeros((count, program.space.counts), dtype=np.int64),
        "pending": np.zeros((count, fewest(program.space)), dtype=np.int64),
    }
    counts: Counter[str] = Counter()
    waiting = np.arange(count)
    for attempt in range(1, MOST_ATTEMPTS + 1):
        outcomes = solve(problem, keep=program.species[:1])
        there = ~outcomes.died
        tables["attempt"][waiting[there]] = attempt
        tables["state"][waiting[there]] = np.where(outcomes.finished[:, None], outcomes.final, np.nan)[there]
        tables["fired"][waiting[there]] = outcomes.fired[there]
        tables["pending"] = _placed(tables["pending"], waiting[there], outcomes.pending[there])
        counts.update(_causes(outcomes))
        waiting = waiting[~there]
        if not waiting.size:
            return tables, counts
        problem = problem_of(how, tuple(person_id(slots[row], attempt + 1) for row in waiting))
    raise IntegrityError(
        f"nobody lives to the age of {how.who.high:g} in {MOST_ATTEMPTS} attempts: the body dies too early"
    )


def _placed(table: Words, rows: NDArray[np.intp], words: Words) -> Words:
    """Return the table with some rows replaced, as wide as the wider of both: zeros where fewer executions wait."""
    placed = np.zeros((table.shape[0], max(table.shape[1], words.shape[1])), dtype=np.int64)
    placed[:, : table.shape[1]] = table
    placed[rows] = 0
    placed[rows, : words.shape[1]] = words
    return placed


def _causes(outcomes: Outcomes) -> Counter[str]:
    died = Counter(outcomes.causes[row] for row in outcomes.cause[outcomes.died].tolist())
    failed = int(np.count_nonzero(~outcomes.died & ~outcomes.finished))
    return died + Counter({"": failed})


def _key(how: RunIn, problem: Problem) -> str:
    """Digest of everything that a chunk depends on: the model, everybody drawn first, how others would be, versions."""
    from importlib import metadata

    described = json.dumps(
        [
            FORMAT,
            CODE_VERSION,
            metadata.version("nonself"),
            how.program.model.model_hash,
            asdict(how.who),
            how.seed,
            how.tag,
            hashlib.sha256(repr(how.population).encode()).hexdigest(),
        ]
    )
    digest = hashlib.sha256(described.encode() + problem_key(problem, ()).encode()).hexdigest()
    return f"people-{digest[:40]}"
