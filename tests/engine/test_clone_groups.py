"""Clones founded by hazards: their times, slots, traits and draws; every identity; what a twin shares."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from nonself.engine.chance import hazard_levels
from nonself.engine.loop import replay, solve
from nonself.engine.problem import Action, Array, Begin, Problem, parameter_table
from nonself.engine.result import Outcomes, Status
from nonself.engine.streams import normals
from nonself.engine.trace import trace
from nonself.engine.verify import sample, verify
from nonself.model.check import check
from tests.clones import clone_program, founded, kendall
from tests.engine.identities import same

PATIENTS = 60
NAMES = tuple(f"p{k}" for k in range(PATIENTS))
GRID = np.array([0.0, 0.5, 1.0, 3.0, 4.0, 4.5, 7.0, 9.0])
SLOTS = tuple(f"T_{k}" for k in range(1, 7))
TRAITS = tuple(f"A_{k}" for k in range(1, 7))
DOSES = (Action(1.0, "add", "drug", 1.0), Action(4.0, "add", "drug", np.linspace(0.0, 2.0, PATIENTS)))


def _problem(width: int | None = None, **changes: object) -> Problem:
    built = clone_program("founded", width)
    rng = np.random.default_rng(3)
    table = parameter_table(built, PATIENTS)
    vary = [built.parameters.index(name) for name in ("b", "d", "often", "kill")]
    table[vary] *= np.exp(rng.normal(0, 0.2, (len(vary), PATIENTS)))
    problem = Problem(built, NAMES, table, 9.0, GRID, DOSES, rtol=1e-5, seed=5)
    return dataclasses.replace(problem, **changes)  # type: ignore[arg-type]


def _many(
    count: int, values: dict[str, float], grid: Array, kind: str = "founded", **changes: object
) -> Outcomes:
    built = clone_program(kind)
    names = tuple(f"p{k}" for k in range(count))
    problem = Problem(
        built, names, parameter_table(built, count, values), float(grid[-1]), grid, rtol=1e-6, seed=5
    )
    return solve(dataclasses.replace(problem, **changes), workers=2)  # type: ignore[arg-type]


def _all(outcomes: Outcomes, names: tuple[str, ...]) -> Array:
    return np.stack([outcomes.of(name) for name in names], axis=-1)


# foundings -----------------------------------------------------------------------------------------------------


def test_clones_are_founded_when_the_hazard_says_in_the_first_free_slot() -> None:
    """No births or deaths: after k foundings the first k slots hold one cell each, with the traits of their draws."""
    values = {"b": 0.0, "d": 0.0, "often": 0.5, "start": 0.0}
    grid = np.linspace(0.0, 6.0, 61)
    outcomes = _many(200, values, grid)
    fine = outcomes.finished
    assert fine.sum() > 150
    names = tuple(np.array(outcomes.patients)[fine])
    levels = hazard_levels(5, ["export"], names, 6)[0] / 0.5
    cells, traits, others = (
        _all(outcomes, slots)[fine] for slots in (SLOTS, TRAITS, tuple(f"B_{k}" for k in range(1, 7)))
    )
    for slot in range(6):
        expected = levels[slot][:, None] <= grid
        clear = np.abs(levels[slot][:, None] - grid) > 1e-6
        assert (cells[..., slot] == expected)[clear].all()
        z, w = (normals(5, f"clone export: {draw}", names, draw=slot)[:, None] for draw in ("z", "w"))
        for found, drawn in ((traits, np.exp(0.3 * z)), (others, 0.5 * z + np.sqrt(0.75) * w)):
            assert np.allclose(found[..., slot][clear], np.where(expected, drawn, 0.0)[clear])


def test_a_founded_clone_has_the_law_of_one_cell() -> None:
    """Foundings come at a rate and each clone lives by itself: cells follow from Kendall's law of one."""
    count, until, often = 20_000, 3.0, 0.2
    values = {"b": 1.0, "d": 1.3, "often": often, "spread": 0.0, "start": 0.0, "give": 0.0}
    outcomes = _many(count, values, np.array([until]))
    assert outcomes.finished.all()
    total = _all(outcomes, SLOTS)[:, 0].sum(axis=1)
    ages = (np.arange(3000) + 0.5) * until / 3000
    alive = 1 - np.array([kendall(1, 1.0, 1.3, age, 60)[0] for age in ages[::10]])
    none = np.exp(-often * until * alive.mean())
    mean = often * (1 - np.exp(-0.3 * until)) / 0.3
    assert (total == 0).mean() == pytest.approx(none, abs=4 * np.sqrt(none * (1 - none) / count))
    assert total.mean() == pytest.approx(mean, abs=4 * total.std() / np.sqrt(count))
    # an ended clone's slot is taken again: six foundings a patient on average, hardly ever six at once
    seldom = _many(4000, {**values, "often": 2.0, "d": 30.0}, np.array([until]))
    assert seldom.finished.mean() > 0.999


def test_no_free_slot_is_a_status_that_says_what_to_raise() -> None:
    values = {"b": 0.0, "d": 0.0, "often": 1.0, "start": 0.0}
    outcomes = _many(300, values, np.array([0.0, 3.0]), "founded2")
    third = hazard_levels(5, ["export"], outcomes.patients, 3)[0, 2]
    assert np.array_equal(outcomes.status == Status.NO_FREE_SLOT, third < 3.0)
    assert np.isin(outcomes.status, (Status.FINISHED, Status.NO_FREE_SLOT)).all()
    failure = outcomes.failures[0]
    assert failure.time == pytest.approx(third[failure.index], rel=1e-9)
    assert "Raise `slots` of the clone group 'T' (now 2)." in failure.sentence
    assert np.isnan(outcomes.values[failure.index, 1]).all()


def test_more_foundings_than_drawn_for_are_drawn_for() -> None:
    outcomes = _many(20, {"b": 0.0, "d": 50.0, "often": 8.0, "start": 0.0}, np.array([0.0, 10.0]))
    assert outcomes.finished.all()
    assert outcomes.of("export_hazard")[:, -1] == pytest.approx(80.0)


# identities ----------------------------------------------------------------------------------------------------


def test_every_identity_holds_with_clones() -> None:
    whole = solve(_problem(8))
    assert whole.finished.sum() > 40
    assert 0 < (whole.of("R")[:, -1] == 0).mean() < 1
    for width in (4, 2, 1):
        assert same(whole, solve(_problem(width)))
    problem = _problem()
    assert same(whole, solve(problem, chunk=7, workers=2))
    for index in (0, 17, 59):
        alone = solve(replay(problem, f"p{index}"))
        assert alone.values[0].tobytes() == whole.values[index].tobytes()
    order = np.random.default_rng(1).permutation(PATIENTS)
    dose = dataclasses.replace(DOSES[1], value=np.asarray(DOSES[1].value)[order])
    mixed = solve(
        _problem(
            patients=tuple(NAMES[k] for k in order),
            parameters=problem.parameters[:, order],
            actions=(DOSES[0], dose),
        )
    )
    assert mixed.values.tobytes() == whole.values[order].tobytes()
    finer = _problem(outputs=np.sort(np.concatenate([GRID, np.linspace(0.0, 9.0, 83)])))
    places = [int(np.flatnonzero(finer.outputs == time)[0]) for time in GRID]
    again = solve(finer)
    assert again.values[:, places].tobytes() == whole.values.tobytes()
    assert again.steps.tobytes() == whole.steps.tobytes()
    assert not same(whole, solve(_problem(replicate=1)))
    assert not same(whole, solve(_problem(seed=6)))


def test_a_twin_is_the_same_until_something_changes() -> None:
    """Twenty points in the last step before the change too; after it, another course."""
    late = 4.0 - np.geomspace(1e-4, 0.5, 20)[::-1]
    grid = np.sort(np.concatenate([GRID[GRID < 4.0], late]))
    twin = (DOSES[0], dataclasses.replace(DOSES[1], value=0.0))
    assert (
        solve(_problem(outputs=grid)).values.tobytes()
        == solve(_problem(outputs=grid, actions=twin)).values.tobytes()
    )
    assert same(solve(_problem()), solve(_problem()))
    changed = ~np.all(
        np.isclose(
            solve(_problem()).values[:, -1], solve(_problem(actions=twin)).values[:, -1], equal_nan=True
        ),
        axis=1,
    )
    assert changed[1:].mean() > 0.8


def test_a_founded_clone_is_the_same_in_a_twin_where_another_slot_is_free() -> None:
    """A drug that ends all clones moves the next founding to the first slot; its traits and its fate go with it."""
    values = {
        "b": 0.9,
        "d": 0.9,
        "often": 0.4,
        "start": 0.0,
        "give": 0.0,
        "kill": 200.0,
        "spread": 0.2,
        "out": 200.0,
    }
    grid = np.linspace(0.0, 9.0, 451)
    both = []
    for dose in (1e6, 0.0):
        actions = (Action(3.0, "add", "drug", dose), *(Action(float(time), "pause") for time in grid[1:-1]))
        both.append(_many(300, values, grid, actions=actions))
    fine = both[0].finished & both[1].finished
    ended, plain = ((_all(one, SLOTS)[fine], _all(one, TRAITS)[fine]) for one in both)
    same_fate = moved = 0
    for row in range(int(fine.sum())):
        for slot in range(6):
            trait = ended[1][row, -1, slot]
            born = int(np.argmax(ended[1][row, :, slot] == trait))
            if grid[born] < 4.0 or trait == 0.0 or trait not in plain[1][row, born]:
                continue
            other = plain[1][row, born].tolist().index(trait)
            if other != slot:
                moved += 1
                same_fate += np.array_equal(ended[0][row, born:, slot], plain[0][row, born:, other])
    assert moved > 30
    assert same_fate > 0.8 * moved


def test_a_course_that_goes_on_keeps_its_clones_and_their_draws() -> None:
    """Begun again in the middle, to the same bytes; planted: with the draws counted anew, another course."""
    middle = np.full(PATIENTS, 5.5)
    whole = solve(_problem(actions=(*DOSES, Action(middle, "renew"))))
    before = solve(_problem(horizon=middle, outputs=np.zeros(1)))
    going = np.flatnonzero(whole.finished)
    assert going.size > 40
    late = GRID[GRID > 5.5]
    after = _problem(begin=Begin(middle, before.final.T, before.fired.T), outputs=late, actions=())
    found = solve(after.part(going))
    assert found.values.tobytes() == whole.values[going][:, GRID > 5.5].tobytes()
    assert found.fired.tobytes() == whole.fired[going].tobytes()
    forgot = before.fired.T.copy()
    forgot[1:] = 0
    again = solve(dataclasses.replace(after, begin=Begin(middle, before.final.T, forgot)).part(going))
    changed = (again.values[:, -1] != found.values[:, -1]).any(axis=1)
    assert changed.mean() > 0.5


# what else knows clones ----------------------------------------------------------------------------------------


def test_verifying_compares_the_equations() -> None:
    problem = _problem(rtol=1e-4)
    outcomes = solve(problem)
    _, found = verify(problem, outcomes, sample(problem.patients, 1))
    assert found.rows.size >= 5
    assert found.largest < found.allowed
    assert outcomes.finished[found.rows].all()


def test_a_trace_follows_clones() -> None:
    problem = _problem()
    found, whole = trace(problem, "p3"), solve(problem)
    assert found.steps == whole.steps[3]
    row = problem.program.species.index("R")
    assert found.moments[-1].values[row] == whole.of("R")[3, -1]
    parts = {name for balance in found.last for name, _ in balance.parts}
    assert {"R_birth", "R_death", "T_1_birth", "export"} <= parts


def test_an_empty_clone_changes_nothing_beyond_tolerance() -> None:
    few = {"often": 0.0, "start": 0.0}
    empty = _many(20, few, GRID, actions=(Action(1.0, "add", "drug", 1.0),))
    assert empty.of("drug")[:, -1] == pytest.approx(np.exp(-0.5 * 8.0), rel=1e-4)
    assert (_all(empty, (*SLOTS, "R")) == 0).all()
    assert empty.steps.max() < 80


def test_the_model_is_sound() -> None:
    assert check(founded()) == ()
