"""What changes no bit, with everything that events do: width, chunks, order, workers, output grid, replay, twins."""

from __future__ import annotations

import dataclasses
import functools
from pathlib import Path

import numpy as np
import pytest

from nonself.codegen.program import Program
from nonself.engine.finished import Keeper
from nonself.engine.loop import assignments, replay, solve
from nonself.engine.problem import Action, Array, Begin, Problem, parameter_table
from nonself.engine.result import Outcomes
from nonself.engine.trace import trace
from nonself.errors import InputError
from nonself.model.compose import compose
from nonself.model.ir import Model
from nonself.model.parts import Clone, Event, Hazard, Mechanism, Parameter, Species
from tests.engine.eventful import WHY, compiled, model
from tests.engine.identities import same, same_on, select

PATIENTS = 37
GRID = np.array([0.0, 0.4, 3.0, 7.0, 7.5, 11.1, 20.0, 20.0, 26.0, 30.0])


def eventful() -> Model:
    """Doses by need, a level compared both ways, late effects, lots, a cascade, a hazard, and a rate that jumps."""
    events = (
        Event("need", "drug < low", {"drug": "drug + 3", "given": "given + 1"}),
        Event("late", "drug > 2", {"cells": "0.9*cells"}, delay="0.2*drug", persistent=False,
              factors={"cells": "1 - 0.02*drug"}),
        Event("heads", "given >= 1 and cells < 4", {"lot": "lot + 1"}, priority="cells"),
        Event("tails", "given >= 1 and cells < 4", {"lot": "-lot"}, priority="cells",
              use_values_from_trigger_time=False),
        Event("echo", "lot > 0.5", {"cells": "cells + lot"}, delay="0"),
        Event("first", "cells > 1", {"lot": "0.25"}, initial_value=False),
        Event("enough", "drug > low", {"lot": "0.5*lot"}),
    )  # fmt: skip
    return model(
        {"drug": 2.5, "cells": 5.0, "given": 0.0, "lot": 0.0, "struck": 0.0},
        {"drug": "-out*drug", "cells": "birth - (kill*drug*cells if drug > 1 or struck > 0 else 0.1*cells)"},
        events, {"low": 0.6, "out": 0.8, "kill": 0.4, "birth": 1.2},
        hazards=(Hazard("strike", "0.05", {"struck": 1}),),
    )  # fmt: skip


@functools.cache
def _built(width: int | None = None) -> Program:
    return compiled(eventful(), width)


def _problem(width: int | None = None, grid: Array = GRID, **changes: object) -> Problem:
    built = _built(width)
    rng = np.random.default_rng(3)
    table = parameter_table(built, PATIENTS) * np.exp(rng.normal(0, 0.2, (len(built.parameters), PATIENTS)))
    actions = (
        Action(7.0, "add", "drug", 1.0), Action(20.0, "set", "low", 0.9),
        Action(np.linspace(5.0, 25.0, PATIENTS), "add", "cells", 0.5),
    )  # fmt: skip
    names = tuple(f"p{k}" for k in range(PATIENTS))
    return dataclasses.replace(Problem(built, names, table, 30.0, grid, actions, seed=2), **changes)  # type: ignore[arg-type]


def test_every_event_happens() -> None:
    """What the identities below are about: each kind of event, in more than one patient."""
    seen: dict[str, int] = {}
    outcomes = solve(_problem())
    assert outcomes.finished.all()
    for index in range(8):
        for name in {one.event for one in assignments(replay(_problem(), f"p{index}"))}:
            seen[name] = seen.get(name, 0) + 1
    assert set(seen) == {event.id for event in _built().model.events}
    assert min(seen.values()) > 1
    assert 0 < np.count_nonzero(outcomes.of("struck")[:, -1]) < PATIENTS


@pytest.mark.parametrize("width", [4, 2, 1])
def test_vector_width(width: int) -> None:
    assert same(solve(_problem()), solve(_problem(width)))


def test_chunks_and_workers() -> None:
    whole = solve(_problem())
    for chunk, workers in ((1, 1), (5, 2), (PATIENTS, 2)):
        assert same(whole, solve(_problem(), chunk=chunk, workers=workers))


def test_order_and_replay() -> None:
    problem = _problem()
    whole = solve(problem)
    order = list(np.random.default_rng(4).permutation(PATIENTS))
    assert solve(select(problem, order)).values.tobytes() == whole.values[order].tobytes()
    for index in (0, 11, 36):
        assert solve(replay(problem, f"p{index}")).values[0].tobytes() == whole.values[index].tobytes()


def test_output_grid() -> None:
    whole = solve(_problem())
    events = np.array([one.time for one in assignments(replay(_problem(), "p3"))])
    grid = np.sort(np.concatenate([GRID, events, np.random.default_rng(5).uniform(0, 30, 200)]))
    finer = solve(_problem(grid=grid))
    assert same_on(GRID, whole, grid, finer)


def test_twins_are_equal_before_a_change() -> None:
    """Readouts before the change, 20 of them within its last step."""
    grid = np.sort(np.concatenate([GRID[GRID < 20], 20.0 - np.geomspace(1e-3, 1.0, 20), [21.0]]))
    problem = _problem(grid=grid)
    changed = (problem.actions[0], dataclasses.replace(problem.actions[1], value=0.3), problem.actions[2])
    one, other = solve(problem), solve(dataclasses.replace(problem, actions=changed))
    assert one.values[:, :-1].tobytes() == other.values[:, :-1].tobytes()
    assert one.values[:, -1].tobytes() != other.values[:, -1].tobytes()


def test_lots_are_the_patient_s_and_the_seed_s() -> None:
    whole = solve(_problem())
    assert same(whole, solve(_problem()))
    assert not same(whole, solve(_problem(seed=3)))
    assert not same(whole, solve(_problem(replicate=1)))


def test_structure_hash_sees_every_part_of_an_event() -> None:
    given = eventful()
    event = given.events[1]
    changes: dict[str, object] = {
        "trigger": "drug > 2.1", "assignments": (("cells", "0.8*cells"),), "delay": "0.3*drug", "priority": "1",
        "persistent": True, "initial_value": False, "use_values_from_trigger_time": False,
        "factors": (("cells", "1 - 0.03*drug"),),
    }  # fmt: skip
    hashes = {given.structure_hash}
    for name, value in changes.items():
        other = dataclasses.replace(event, **{name: value})  # type: ignore[arg-type]
        events = (given.events[0], other, *given.events[2:])
        hashes.add(dataclasses.replace(given, events=events).structure_hash)
    assert len(hashes) == len(changes) + 1


def test_a_trace_shows_events_between_doses_and_steps() -> None:
    followed = trace(_problem(), "p3")
    shown = [one for one in followed.happenings if one.kind.startswith("event ")]
    written = assignments(replay(_problem(), "p3"))
    drug = [one for one in shown if one.kind == "event need" and one.target == "drug"]
    assert [(one.time, one.after) for one in drug] == [
        (one.time, one.value) for one in written if one.event == "need" and one.species == "drug"
    ]
    assert all(abs(one.after - one.before - 3.0) < 1e-12 for one in drug)
    assert len(shown) > len(drug) > 2
    times = [one.time for one in followed.happenings]
    assert times == sorted(times)
    kinds = {one.kind.split()[0] for one in followed.happenings}
    assert kinds == {"event", "dose", "switch"}


def _cut(problem: Problem, middle: Array) -> tuple[Outcomes, Problem]:
    """The course until `middle`, and the problem that goes on from there."""
    before = solve(
        dataclasses.replace(problem, horizon=middle, outputs=np.zeros(1), actions=problem.actions[:1])
    )
    begin = Begin(middle, before.final.T, before.fired.T, before.pending.T)
    after = dataclasses.replace(
        problem, begin=begin, outputs=GRID[GRID >= 20.0],
        actions=(problem.actions[1], dataclasses.replace(problem.actions[2], time=np.full(PATIENTS, 27.0))),
    )  # fmt: skip
    return before, after


def test_a_course_that_goes_on_keeps_what_waits_and_what_triggers_were() -> None:
    middle = np.linspace(17.2, 19.9, PATIENTS)
    problem = _problem()
    before, after = _cut(problem, middle)
    assert 3 < np.count_nonzero(before.pending[:, 1]) < PATIENTS, "executions wait in some"
    actions = (problem.actions[0], *after.actions, Action(middle, "renew"))
    whole = solve(dataclasses.replace(problem, actions=actions))
    assert solve(after).values.tobytes() == whole.values[:, GRID >= 20.0].tobytes()
    assert solve(after, chunk=5, workers=2).pending.tobytes() == whole.pending.tobytes()
    assert solve(replay(after, "p7")).values[0].tobytes() == whole.values[7, GRID >= 20.0].tobytes()


def test_planted_breach_a_queue_that_is_forgotten_is_seen() -> None:
    middle = np.linspace(17.2, 19.9, PATIENTS)
    _, after = _cut(_problem(), middle)
    assert after.begin is not None
    assert after.begin.pending is not None
    empty = after.begin.pending.copy()
    empty[1] = 0
    forgot = solve(dataclasses.replace(after, begin=dataclasses.replace(after.begin, pending=empty)))
    assert forgot.values.tobytes() != solve(after).values.tobytes()
    for wrong, what in ((None, "left open"), (empty[:3], "another model")):
        with pytest.raises(InputError, match=what):
            dataclasses.replace(after, begin=dataclasses.replace(after.begin, pending=wrong))


def test_what_was_kept_of_a_killed_run_holds_what_waits(tmp_path: Path) -> None:
    keeper = Keeper(tmp_path / "kept", chunk=10)
    middle = np.linspace(17.2, 19.9, PATIENTS)
    before, after = _cut(_problem(), middle)
    early = dataclasses.replace(
        _problem(), horizon=middle, outputs=np.zeros(1), actions=_problem().actions[:1]
    )
    for _ in range(2):
        assert keeper(early).pending.tobytes() == before.pending.tobytes()
    assert keeper.counts == {"solved": 4, "found": 4}
    assert keeper(after).values.tobytes() == solve(after).values.tobytes()


@functools.cache
def _clonal(width: int | None = None) -> Program:
    """A small clone that may die out, and events that see what it drew: the last cell gone, 40 cells reached."""
    mechanism = Mechanism(
        "m", "m", (),
        species=tuple(Species(name, value, "cell", WHY) for name, value in (("C", 12.0), ("out", 0.0), ("many", 0.0))),
        parameters=(
            Parameter("birth", 0.5, "1/day", WHY), Parameter("death", 0.5, "1/day", WHY),
            Parameter("enough", 40.0, "cell", WHY), Parameter("one", 1.0, "cell", WHY),
        ),
        clones=(Clone("C", "birth if C < enough else 0*birth", "death"),),
        events=(
            Event("gone", "C < one", {"out": "out + one"}),
            Event("grown", "C >= enough", {"many": "many + one"}),
        ),
    )  # fmt: skip
    return compiled(compose([mechanism], id="clonal", time_unit="day"), width)


def _clones(width: int | None = None, **changes: object) -> Problem:
    built, names = _clonal(width), tuple(f"p{k}" for k in range(PATIENTS))
    grid = np.linspace(0.0, 40.0, 81)
    problem = Problem(built, names, parameter_table(built, PATIENTS), 40.0, grid, seed=5)
    return dataclasses.replace(problem, **changes)  # type: ignore[arg-type]


def test_events_see_what_small_clones_draw() -> None:
    outcomes = solve(_clones())
    assert outcomes.finished.all()
    cells, out, many = (outcomes.of(name) for name in ("C", "out", "many"))
    gone = cells[:, -1] == 0
    assert 5 < np.count_nonzero(gone) < PATIENTS
    assert (out[:, -1] == gone).all()
    assert (many[cells.max(axis=1) >= 41, -1] >= 1).all()
    assert (many[cells.max(axis=1) < 30, -1] == 0).all()
    first = [np.argmax(row > 0) for row in out[gone]]
    assert all(cells[row, place] == 0 for row, place in zip(np.flatnonzero(gone), first, strict=True))


def test_every_identity_holds_with_clones_and_events() -> None:
    whole = solve(_clones())
    for width in (4, 1):
        assert same(whole, solve(_clones(width)))
    assert same(whole, solve(_clones(), chunk=5, workers=2))
    assert solve(replay(_clones(), "p7")).values[0].tobytes() == whole.values[7].tobytes()
    finer = solve(_clones(outputs=np.linspace(0.0, 40.0, 641)))
    assert finer.values[:, ::8].tobytes() == whole.values.tobytes()
    assert not same(whole, solve(_clones(replicate=1)))
