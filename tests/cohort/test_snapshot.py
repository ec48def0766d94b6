"""People on their way to the start of a study: the same bytes as having run through, kept, replaced where they die."""

from __future__ import annotations

import dataclasses
import functools
from pathlib import Path

import numpy as np
import pytest
from tests.tiny_body import CELLS

from nonself.catalog.body.person import PERSON
from nonself.catalog.body.population import population
from nonself.codegen.build import build
from nonself.codegen.program import Program
from nonself.cohort import snapshot
from nonself.cohort.life import life
from nonself.cohort.people import DAYS_PER_YEAR, Range, slot_ids
from nonself.cohort.snapshot import Arrived, RunIn, arrive, problem_of
from nonself.engine.loop import solve
from nonself.engine.problem import Action, Problem, parameter_table
from nonself.engine.result import Status
from nonself.model.compose import compose
from nonself.model.parts import Event, Mechanism

SLOTS = slot_ids(0, 60)
YEARS = 3.0


@functools.cache
def program() -> Program:
    return build(compose([PERSON, CELLS], id="body", time_unit="day"), use_cache=False)


def how(**changes: object) -> RunIn:
    plain = RunIn(program(), population(), Range(30.0, 80.0), 11, 1e-6, lambda ids: {}, "")
    return dataclasses.replace(plain, **changes)  # type: ignore[arg-type]


@pytest.fixture(autouse=True)
def own_cache(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    monkeypatch.setenv("NONSELF_CACHE", str(tmp_path))
    monkeypatch.setattr(snapshot, "CHUNK", 16)
    return tmp_path


def goes_on(arrived: Arrived, grid: np.ndarray, used: Program | None = None) -> Problem:
    """A study of three years from where people have come to."""
    used = used or program()
    count, begin = len(arrived.ids), arrived.history.begin
    columns = {name: part for name, part in arrived.columns.items() if name in used.parameters}
    until = begin.time + YEARS * DAYS_PER_YEAR
    actions = tuple(
        dataclasses.replace(one, time=np.where(np.asarray(one.time) <= until, one.time, np.nan))
        for one in arrived.history.actions
    )
    return Problem(
        used, arrived.ids, parameter_table(used, count, columns), until,
        begin.time + grid[:, None], actions, rtol=1e-6, seed=11, begin=begin,
    )  # fmt: skip


def test_going_on_from_the_snapshot_equals_having_run_through_to_the_byte() -> None:
    grid = np.linspace(0.0, YEARS * DAYS_PER_YEAR, 13)
    arrived = arrive(how(), SLOTS, YEARS * DAYS_PER_YEAR, workers=2)
    later = solve(goes_on(arrived, grid))
    plain = problem_of(how(), arrived.ids)
    enter = np.asarray(plain.horizon)
    people = snapshot._people(how(), arrived.ids)
    until = enter + YEARS * DAYS_PER_YEAR
    whole = solve(
        dataclasses.replace(
            plain,
            horizon=until,
            outputs=enter + grid[:, None],
            actions=(*life(population(), people, until, 11), Action(enter, "renew")),
        )
    )
    assert later.finished.sum() > 45
    assert (later.status == whole.status).all()
    assert later.values.tobytes() == whole.values.tobytes()
    assert later.fired.tobytes() == whole.fired.tobytes()
    assert later.reached.tobytes() == whole.reached.tobytes()
    without = solve(
        dataclasses.replace(
            plain, horizon=until, outputs=enter + grid[:, None], actions=life(population(), people, until, 11)
        )
    )
    assert without.values.tobytes() != whole.values.tobytes(), (
        "planted breach: no new step where the study starts"
    )
    both = later.finished & without.finished
    assert np.allclose(without.values[both], whole.values[both], rtol=1e-3, atol=1e-3)


@functools.cache
def with_echo() -> Program:
    """The tiny body, in which each infection halves IgG a year and a half after it was felt."""
    echo = Event("echo", "innate > 0.05", {"igg": "0.5*igg"}, delay=550.0)
    return build(
        compose([PERSON, CELLS, Mechanism("echo", "an event that waits", (), events=(echo,))], id="body",
                time_unit="day"), use_cache=False,
    )  # fmt: skip


def test_what_events_left_open_goes_on_from_the_snapshot(own_cache: Path) -> None:
    """Executions that wait when the study starts happen in it, also when the snapshot was kept."""
    used, grid = with_echo(), np.linspace(0.0, YEARS * DAYS_PER_YEAR, 13)
    arrived = arrive(how(program=used), SLOTS, YEARS * DAYS_PER_YEAR, workers=2)
    pending = arrived.history.begin.pending
    assert pending is not None
    assert (pending[1] > 0).any(), "somebody's execution waits"
    later = solve(goes_on(arrived, grid, used))
    plain = problem_of(how(program=used), arrived.ids)
    enter = np.asarray(plain.horizon)
    until = enter + YEARS * DAYS_PER_YEAR
    people = snapshot._people(how(program=used), arrived.ids)
    acts = (*life(population(), people, until, 11), Action(enter, "renew"))
    whole = solve(dataclasses.replace(plain, horizon=until, outputs=enter + grid[:, None], actions=acts))
    assert later.finished.sum() > 30
    assert later.values.tobytes() == whole.values.tobytes()
    again = arrive(how(program=used), SLOTS, YEARS * DAYS_PER_YEAR)
    assert again.found == len(SLOTS)
    assert again.history.begin.pending is not None
    assert again.history.begin.pending.tobytes() == pending.tobytes()
    forgot = dataclasses.replace(
        arrived.history.begin, pending=np.where(np.arange(len(pending))[:, None] == 1, 0, pending)
    )
    history = dataclasses.replace(arrived.history, begin=forgot)
    without = solve(goes_on(dataclasses.replace(arrived, history=history), grid, used))
    assert without.values.tobytes() != whole.values.tobytes(), "planted breach: what waited is forgotten"


def test_who_dies_is_replaced_and_counted_and_nobody_else_changes() -> None:
    arrived = arrive(how(), SLOTS, 100.0)
    second = [name for name in arrived.ids if "." in name]
    assert second
    assert sum(arrived.died.values()) >= len(second)
    assert set(arrived.died) <= {"old_age", "sepsis"}
    assert {name.partition(".")[0] for name in arrived.ids} == set(SLOTS)
    assert np.isfinite(arrived.history.begin.state).all()
    first = solve(problem_of(how(), SLOTS))
    dead = {SLOTS[row] for row in np.flatnonzero(first.died)}
    assert dead == {name.partition(".")[0] for name in second}
    fewer = arrive(how(), SLOTS[:7], 100.0)
    assert fewer.ids == arrived.ids[:7]
    assert fewer.history.begin.state.tobytes() == arrived.history.begin.state[:, :7].copy().tobytes()


def test_it_is_kept_by_chunk_used_again_and_computed_again_when_damaged(own_cache: Path) -> None:
    first = arrive(how(), SLOTS, 100.0)
    assert first.found == 0
    files = sorted(own_cache.glob("people-*.bin"))
    assert len(files) == 4
    again = arrive(how(), SLOTS, 100.0, workers=2)
    assert again.found == 60
    assert (again.ids, again.died) == (first.ids, first.died)
    assert again.history.begin.state.tobytes() == first.history.begin.state.tobytes()
    files[0].write_bytes(files[0].read_bytes()[:-3])
    files[1].unlink()
    mended = arrive(how(), SLOTS, 100.0)
    assert 60 - 32 <= mended.found < 60
    assert mended.history.begin.state.tobytes() == first.history.begin.state.tobytes()
    more = arrive(how(), slot_ids(0, 64), 100.0)
    assert more.found == 48, "whole chunks of a smaller population are used"


@pytest.mark.parametrize(
    "change",
    [
        {"seed": 12},
        {"rtol": 1e-7},
        {"who": Range(30.0, 80.0, "uniform")},
        {"tag": "another ensemble"},
        {"more": lambda ids: {"thymus": np.full(len(ids), 0.02)}},
    ],
)
def test_whatever_it_depends_on_gives_another_one(change: dict[str, object], own_cache: Path) -> None:
    arrive(how(), SLOTS[:16], 100.0)
    assert arrive(how(**change), SLOTS[:16], 100.0).found == 0
    assert len(list(own_cache.glob("people-*.bin"))) == 2


def test_without_a_cache_nothing_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NONSELF_CACHE", "off")
    assert arrive(how(), SLOTS[:3], 100.0).found == 0
    assert arrive(how(), SLOTS[:3], 100.0).found == 0


def test_progress_is_told_and_a_stop_keeps_what_was_finished() -> None:
    told: list[tuple[int, int]] = []

    def stop(done: int, total: int) -> None:
        told.append((done, total))
        if done >= 32:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        arrive(how(), SLOTS, 100.0, progress=stop)
    assert told == [(16, 60), (32, 60)]
    assert arrive(how(), SLOTS, 100.0).found >= 32


def test_a_course_that_fails_on_the_way_is_a_patient_that_failed() -> None:
    def broken(ids: tuple[str, ...]) -> dict[str, np.ndarray]:
        return {"m_rate": np.where(np.array(ids) == "p00003", np.nan, 0.5)}

    arrived = arrive(how(more=broken), SLOTS[:5], 100.0)
    assert arrived.failed == 1
    outcomes = solve(goes_on(arrived, np.linspace(0.0, 10.0, 2)))
    row = arrived.ids.index("p00003")
    assert outcomes.status[row] == Status.NOT_FINITE_AT_START
    assert len(outcomes.failures) == 1
