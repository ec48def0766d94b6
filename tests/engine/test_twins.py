"""Twins: nothing changed is the same, a change shows from its time on and not a bit before, draws are shared."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from nonself.engine.chance import triggers
from nonself.engine.finished import problem_key
from nonself.engine.loop import solve
from nonself.engine.problem import Action, Problem, parameter_table
from nonself.engine.result import Outcomes
from nonself.engine.twins import Drop, Hold, Silence, Twin, rows_of, with_twins
from nonself.errors import InputError, UnknownName
from tests.engine import test_chance as chance
from tests.engine.test_rules import _problem as ruled
from tests.models import program

COUNT, AT = 9, 23.7
NAMES = tuple(f"p{k}" for k in range(COUNT))
INSIDE = np.unique(np.concatenate([AT - 10.0**power * np.linspace(1, 0.01, 25) for power in range(-4, 1)]))
GRID = np.unique(np.concatenate([np.linspace(0, 40, 81), INSIDE, [AT]]))
FACTUAL = Twin("factual")


def dosed(grid: np.ndarray = GRID) -> Problem:
    """Two doses and a setting before AT, a dose at AT, times of its own for every patient in one of them."""
    built = program("dosed")
    slope = 0.6 * np.exp(0.3 * np.random.default_rng(1).normal(size=COUNT))
    own = np.linspace(3.0, 9.0, COUNT)
    actions = (
        Action(1.0, "add", "drug", 3.0), Action(own, "add", "drug", 2.0), Action(15.0, "set", "k", 1.1),
        Action(AT, "add", "drug", 3.0), Action(30.0, "set", "slope", 0.5),
    )  # fmt: skip
    table = parameter_table(built, COUNT, {"slope": slope})
    return Problem(built, NAMES, table, 40.0, grid, actions, readout="after")


def courses(problem: Problem, twins: list[Twin], **more: int) -> tuple[Outcomes, dict[str, np.ndarray]]:
    outcomes = solve(with_twins(problem, twins), **more)  # type: ignore[arg-type]
    assert outcomes.finished.all()
    return outcomes, {twin.name: outcomes.values[rows_of(problem, twins, twin.name)] for twin in twins}


def test_twins_without_changes_are_the_patients_themselves() -> None:
    plain = solve(dosed())
    _, found = courses(dosed(), [FACTUAL, Twin("again"), Twin("third")])
    for values in found.values():
        assert values.tobytes() == plain.values.tobytes()


LATE = {
    "no dose": Twin("no dose", (Drop((3,)),)),
    "held": Twin("held", (Hold("kill", 0.3, AT),)),
    "own value": Twin("own value", (Hold("k", np.linspace(0.5, 0.9, COUNT), AT),)),
    "both": Twin("both", (Drop((3,)), Hold("out", 2.0, AT))),
}


@pytest.mark.parametrize("name", LATE)
def test_a_change_at_a_time_changes_nothing_before_and_something_after(name: str) -> None:
    """Compared at 25 points each 1 to 0.0001 days before: at least 20 lie inside the last step."""
    _, found = courses(dosed(), [FACTUAL, LATE[name], Twin("later", (Hold("g", 0.1, 35.0),))])
    factual, changed = found["factual"], found[name]
    before, after = GRID < AT, GRID > AT
    assert np.count_nonzero((GRID < AT) & (AT - last_step(dosed()) < GRID)) >= 20
    assert factual[:, before].tobytes() == changed[:, before].tobytes()
    assert (factual[:, after] != changed[:, after]).any(axis=2).all()
    assert found["later"][:, GRID < 35].tobytes() == factual[:, GRID < 35].tobytes()


def last_step(problem: Problem) -> float:
    """The shortest last step of any patient before AT, found by counting the steps up to times before it."""
    found = []
    for row in range(COUNT):
        alone = problem.part(slice(row, row + 1))
        early = replace(alone, horizon=AT, outputs=np.array([0.0]), actions=alone.actions[:3])
        steps = int(solve(early).steps[0])
        found.append(AT - float(solve(replace(early, max_steps=steps - 1)).reached[0]))
    return min(found)


def test_planted_breach_a_twin_with_its_own_stops_differs_before() -> None:
    """The same changes without the union: one of two steps past the time at which the other stops."""
    problem = dosed()
    factual, before = solve(problem), GRID < AT
    dropped = solve(replace(problem, actions=(*problem.actions[:3], *problem.actions[4:])))
    assert (factual.values[:, before] != dropped.values[:, before]).any(axis=(1, 2)).all()
    unstopped = replace(problem, actions=problem.actions[:3])
    held = solve(replace(unstopped, actions=(*unstopped.actions, Action(AT, "set", "kill", 0.3))))
    assert (solve(unstopped).values[:, before] != held.values[:, before]).any(axis=(1, 2)).all()
    _, found = courses(unstopped, [FACTUAL, LATE["held"]])
    assert found["factual"][:, before].tobytes() == found["held"][:, before].tobytes()


def test_what_is_held_stays_against_later_settings_and_rules() -> None:
    problem = replace(dosed(), outputs=np.array([29.0, 39.0]))
    _, found = courses(problem, [FACTUAL, Twin("held", (Hold("slope", 2.0, 20.0),))])
    other = replace(problem, actions=(*problem.actions[:4], Action(20.0, "set", "slope", 2.0)))
    assert np.allclose(found["held"], solve(other).values, rtol=1e-4)
    assert (found["held"] != found["factual"]).any(axis=2).all()
    visits = ruled("hold")
    _, decided = courses(visits, [FACTUAL, Twin("given", (Hold("give", 1.0, 0.0),))])
    given = visits.program.observables.index("given")
    assert (decided["given"][:, -1, given] > decided["factual"][:, -1, given]).any()
    assert np.allclose(decided["given"][:, -1, given], decided["given"][0, -1, given])


def test_a_dropped_rule_decides_nothing_and_the_same_before() -> None:
    visits = ruled("hold")
    late = [k for k, a in enumerate(visits.actions) if a.kind == "decide" and float(np.max(a.time)) >= 63.0]
    _, found = courses(visits, [FACTUAL, Twin("careless", (Drop(tuple(late)),))])
    times = visits.outputs if visits.outputs.ndim == 1 else visits.outputs[:, 0]
    assert found["factual"][:, times < 63].tobytes() == found["careless"][:, times < 63].tobytes()
    assert (found["factual"] != found["careless"]).any()


def chancy() -> Problem:
    built = chance.program("both")
    names, grid = chance.NAMES[:60], np.linspace(0.0, 12.0, 121)
    moments = triggers(3, "infection", names, horizon=12.0, highest=0.5, rate=0.5, target="Q", amount=5.0)
    return Problem(built, names, parameter_table(built, 60), 12.0, grid, moments, rtol=1e-8, seed=5)


def test_twins_draw_as_their_patients_do() -> None:
    plain = solve(chancy())
    _, found = courses(chancy(), [FACTUAL, Twin("again")])
    assert found["factual"].tobytes() == found["again"].tobytes() == plain.values.tobytes()
    batch = replace(with_twins(chancy(), [FACTUAL, Twin("again")]), drawn_as=())  # planted breach
    own = solve(batch).values
    assert own[:60].tobytes() != own[60:].tobytes()


def test_a_hazard_that_is_silent_never_happens_and_all_else_does() -> None:
    problem = chancy()
    _, found = courses(problem, [FACTUAL, Twin("no mutation", (Silence("mutation"),))])
    names = problem.program.observables
    factual, silent = (found[name][:, :, names.index("R")].round() for name in ("factual", "no mutation"))
    assert factual[:, -1].sum() > 10
    assert not silent.any()
    for row in range(60):
        until = int(np.argmax(factual[row] > 0)) if factual[row].any() else factual.shape[1]
        assert found["factual"][row, :until].tobytes() == found["no mutation"][row, :until].tobytes()
    births = found["no mutation"][:, :, names.index("Q")]
    assert np.allclose(births, found["factual"][:, :, names.index("Q")], rtol=0, atol=1e-6)


def test_triggers_can_be_dropped_one_by_one() -> None:
    problem = chancy()
    _, found = courses(problem, [FACTUAL, Twin("without the first", (Drop((0,)),))])
    when = np.nan_to_num(np.asarray(problem.actions[0].time), nan=np.inf)
    q = problem.program.observables.index("Q")
    for row in range(60):
        before = problem.outputs < when[row]
        assert found["factual"][row, before].tobytes() == found["without the first"][row, before].tobytes()
        lost = found["factual"][row, ~before, q] - found["without the first"][row, ~before, q]
        assert np.allclose(lost, 5.0, atol=1e-6)


@pytest.mark.parametrize(("chunk", "workers"), [(4, 2), (1, 1)])
def test_chunks_and_workers_change_no_bit(chunk: int, workers: int) -> None:
    twins = [FACTUAL, *LATE.values()]
    whole, _ = courses(dosed(), twins)
    parts, _ = courses(dosed(), twins, chunk=chunk, workers=workers)
    assert whole.values.tobytes() == parts.values.tobytes()


def test_a_twins_problem_has_a_key_and_parts_of_its_own() -> None:
    problem = chancy()
    one = with_twins(problem, [FACTUAL, Twin("a", (Drop((0,)),))])
    two = with_twins(problem, [FACTUAL, Twin("a", (Silence("mutation"),))])
    three = with_twins(problem, [FACTUAL, Twin("a", (Silence("birth"),))])
    assert len({problem_key(part, None) for part in (problem, one, two, three)}) == 4
    part = two.part(slice(58, 62))
    assert part.keys == (*chance.NAMES[58:60], *chance.NAMES[:2])
    assert solve(part).values.tobytes() == solve(two).values[58:62].tobytes()


def test_what_does_not_fit_is_refused() -> None:
    for twins, what in (
        ([], "names of their own"),
        ([FACTUAL, FACTUAL], "names of their own"),
        ([Twin("a", (Drop((9,)),))], "no action 9"),
    ):
        with pytest.raises(InputError, match=what):
            with_twins(dosed(), twins)
    for change in (Hold("slop", 1.0, 0.0), Silence("mutation")):
        with pytest.raises(UnknownName):
            with_twins(dosed(), [Twin("a", (change,))])
    with pytest.raises(UnknownName):
        rows_of(dosed(), [FACTUAL], "fact")
