"""Constraints: order, consistency after every jump, pivots of each lane, bits, and how what fails ends."""

from __future__ import annotations

import dataclasses
import functools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nonself.codegen import constraints, pivoted, twin
from nonself.codegen.methods import RODAS5P
from nonself.codegen.probe import evaluate
from nonself.codegen.program import Program
from nonself.codegen.step import Stepper
from nonself.engine.loop import replay, solve
from nonself.engine.problem import Action, Begin, Problem, parameter_table
from nonself.engine.result import Outcomes, Status
from nonself.engine.verify import verify
from nonself.errors import InputError
from nonself.model.compose import compose
from nonself.model.parts import Constraint, Event, Mechanism, Reaction, Species
from tests.engine.constrained import (
    ACTIONS,
    COUNT,
    GRID,
    WHY,
    binding,
    compiled,
    eventful,
    patients,
    program,
    residuals,
    turned,
)
from tests.engine.identities import same, same_on


@functools.cache
def plain(explicit: bool = False) -> Program:
    return compiled(binding(explicit))


def errors(built: Program, times: np.ndarray, tolerances: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The largest error against a far tighter run of the explicit twin, and how many steps were taken."""
    explicit = plain(explicit=True)
    exact = solve(Problem(explicit, ("a",), parameter_table(explicit, 1), 4.0, times, rtol=1e-13)).values
    found, steps = [], []
    for rtol in tolerances:
        problem = Problem(built, ("a",), parameter_table(built, 1), 4.0, times, rtol=float(rtol))
        outcomes = solve(problem)
        found.append(np.abs(outcomes.values[..., :2] - exact).max())
        steps.append(outcomes.steps[0])
    return np.array(found), np.array(steps, dtype=float)


def slope(built: Program, times: np.ndarray) -> float:
    found, steps = errors(built, times, np.geomspace(1e-5, 1e-9, 9))
    return float(-np.polyfit(np.log(steps), np.log(found), 1)[0])


@pytest.mark.parametrize(
    ("times", "order"),
    [(np.array([4.0]), RODAS5P.order), (np.linspace(0.0, 4.0, 397), RODAS5P.dense_order)],
    ids=["step", "dense output"],
)
def test_order(times: np.ndarray, order: int) -> None:
    """The order of the method holds with constraints that depend on time, against the model solved by hand."""
    assert slope(plain(), times) > order - 0.5


def test_planted_breach_a_derivative_that_constraints_do_not_have_is_seen(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(Stepper, "_of_mass", lambda self, value, row: value)
    found, _ = errors(compiled(binding()), np.array([4.0]), np.array([1e-7]))
    right, _ = errors(plain(), np.array([4.0]), np.array([1e-7]))
    assert right[0] < 1e-7
    assert not found[0] < 100 * right[0]


def test_planted_breach_constraints_whose_time_is_forgotten_lose_the_order(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from nonself.codegen import lower

    whole = lower._balance

    def without_time(*given: object) -> object:
        sides, slopes = whole(*given)  # type: ignore[arg-type]
        return sides, {place: node for place, node in slopes.items() if place[1] != lower.TIME_ROW}

    assert plain(explicit=True).space.driven
    monkeypatch.setattr(lower, "_balance", without_time)
    assert slope(compiled(binding()), np.array([4.0])) < RODAS5P.order - 1


def test_courses_are_those_of_the_model_solved_by_hand() -> None:
    """Doses, a switch, an event on what is determined and a hazard of it, in all patients."""
    found, wanted = solve(patients()), solve(patients(explicit=True, rtol=1e-10))
    assert found.finished.all()
    assert wanted.finished.all()
    assert (found.fired == wanted.fired).all()
    assert np.abs(found.values[..., :2] - wanted.values[..., :2]).max() < 1e-6


def test_constraints_hold_at_every_readout_after_every_jump() -> None:
    """Also at those that lie inside a step, and before and after what is done at their time."""
    grid = np.sort(np.concatenate([np.linspace(0.01, 9.99, 200), [0.0, 2.0, 6.0, 10.0]]))
    for readout in ("after", "before"):
        problem = patients(outputs=grid, readout=readout)
        affinity = problem.parameters[problem.program.parameters.index("K")]
        switched = grid[None, :] > np.asarray(ACTIONS[2].time)[:, None]
        values = solve(problem).values
        off = residuals(values, grid, np.where(switched, 0.1, affinity[:, None]))
        assert off.max() < 1e-7


def test_planted_breach_what_is_not_solved_again_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(constraints.Constraints, "solve", lambda self: None)
    built = compiled(binding())
    found = solve(Problem(built, ("a",), parameter_table(built, 1), 1.0, np.array([0.0])))
    assert residuals(found.values, np.zeros(1), np.array([0.3])).max() > 0.1


def test_a_trigger_on_what_is_determined_sees_each_assignment() -> None:
    """An event lowers x, which z follows at once: the other event sees it, in the same moment."""
    mechanism = Mechanism(
        "m", "m", (),
        species=tuple(Species(n, v, "1", WHY, scale=1e-6) for n, v in (("x", 1.0), ("z", 0.0), ("n", 0.0))),
        reactions=(Reaction("growth", "1", {"x": 1}),),
        constraints=(Constraint("c", "z - 2*x", ("z",)),),
        events=(
            Event("back", "z > 6", {"x": "1"}), Event("counted", "z < 3", {"n": "n + z"}, initial_value=True),
        ),
    )  # fmt: skip
    built = compiled(compose([mechanism], id="m", time_unit="day"))
    found = solve(Problem(built, ("a",), parameter_table(built, 1), 5.0, np.array([0.0, 1.9, 2.1, 4.1])))
    assert found.of("n")[0].tolist() == pytest.approx([0.0, 0.0, 2.0, 4.0])
    assert found.of("z")[0].tolist() == pytest.approx([2.0, 5.8, 2.2, 2.2])


TOLERANCES = (1e-6, 1e-7, 1e-9, 1e-10, 1e-11)


def test_a_turn_of_what_is_determined_is_found_where_it_then_is() -> None:
    """The search for a turn sees the values that the constraints give there, to the bit: no turn is found in vain."""
    for rtol in TOLERANCES:
        assert solve(patients(rtol=rtol)).finished.all()


def test_planted_breach_a_turn_searched_for_on_other_values_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    from nonself.codegen import build

    rows = build.watched_rows
    monkeypatch.setattr(build, "watched_rows", lambda network: rows(network)[1:])
    built = compiled(eventful())
    found = [solve(dataclasses.replace(patients(rtol=rtol), program=built)) for rtol in TOLERANCES]
    assert Status.TOO_MANY_EVENTS in np.concatenate([one.status for one in found])


def test_pivots_are_those_of_each_lane() -> None:
    built = compiled(turned())
    a, b = np.array([0.0, 1.0, 1.0, 0.0, 1e-9, 5.0]), np.array([0.0, 0.0, 2.0, 1.0, 1e-9, -2.0])
    problem = Problem(
        built, tuple("uvwxyz"), parameter_table(built, 6, {"a": a, "b": b}), 2.0, np.array([2.0]), rtol=1e-9
    )
    found = solve(problem)
    rate = (2 - b) / (1 - a * b)  # z = rate x
    assert found.finished.all()
    assert found.of("x")[:, 0] == pytest.approx(np.exp(-2 * rate), rel=1e-7)


def test_planted_breach_pivots_that_stay_are_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    def stay(lanes: object, space: object, work: object, k: object) -> None:
        lanes.store(pivoted._number_of(lanes, k), work, space.swap, k)  # type: ignore[attr-defined]

    monkeypatch.setattr(pivoted, "_choose", stay)
    built = compiled(turned())
    found = solve(Problem(built, ("a",), parameter_table(built, 1), 2.0, np.array([2.0])))
    assert found.status.tolist() == [Status.NOT_SOLVED]


def test_machine_code_and_the_plain_twin_say_the_same_is_zero() -> None:
    built, rng = plain(), np.random.default_rng(1)
    table = parameter_table(built, 5) * np.exp(rng.normal(0, 0.2, (len(built.parameters), 5)))
    states = np.exp(rng.normal(0, 1, (5, 5)))
    rates, _ = evaluate(built, table, states, 0.7)
    assert rates == pytest.approx(twin.right_hand_side(built.model, table, states, 0.7), rel=1e-12, abs=1e-12)


# bits --------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("width", [4, 2, 1])
def test_vector_width(width: int) -> None:
    assert same(solve(patients(width=8)), solve(patients(width=width)))


@pytest.mark.parametrize("chunk", [1, 3, 8, 64])
def test_chunks_and_workers(chunk: int) -> None:
    assert same(solve(patients()), solve(patients(), chunk=chunk, workers=2))


def test_lane_position() -> None:
    whole = solve(patients())
    for index in (0, 9, 20):
        assert solve(replay(patients(), f"p{index}")).values[0].tobytes() == whole.values[index].tobytes()


@settings(max_examples=10, deadline=None)
@given(st.lists(st.floats(0.0, 10.0), min_size=1, max_size=20))
def test_output_grid(times: list[float]) -> None:
    grid = np.sort(np.array([*times, *GRID]))
    whole, finer = solve(patients()), solve(patients(outputs=grid))
    assert same_on(GRID, whole, grid, finer)


def test_planted_breach_another_affinity_is_seen() -> None:
    problem = patients()
    table = problem.parameters.copy()
    row = problem.program.parameters.index("K")
    table[row, 5] = np.nextafter(table[row, 5], np.inf)
    assert not same(solve(problem), solve(dataclasses.replace(problem, parameters=table)))


def test_a_course_that_goes_on_gives_the_same_bytes() -> None:
    """What is solved already is left as it is: solving again where a course goes on changes no bit."""
    middle = np.full(COUNT, 5.5)
    whole = solve(patients(actions=(*ACTIONS, Action(middle, "renew"))))
    before = solve(patients(horizon=middle, outputs=np.zeros(1), actions=ACTIONS[:3]))
    begin = Begin(middle, before.final.T, before.fired.T, before.pending.T)
    problem = patients()
    table = problem.parameters.copy()
    table[problem.program.parameters.index("K")] = 0.1  # as it was switched
    after = solve(patients(begin=begin, outputs=GRID[GRID > 5.5], actions=ACTIONS[3:], parameters=table))
    assert after.values.tobytes() == np.ascontiguousarray(whole.values[:, GRID > 5.5]).tobytes()


def test_verified() -> None:
    problem = patients(rtol=1e-6)
    _, verified = verify(problem, solve(problem), np.arange(COUNT))
    assert verified.inaccurate == 0


# what cannot be solved -----------------------------------------------------------------------------------------------
def one(formula: str, first: float, *actions: Action, until: float = 3.0, **columns: float) -> Outcomes:
    """The course of x, which falls by 1 a day from 2, and of z by a constraint."""
    from nonself.model.parts import Parameter

    mechanism = Mechanism(
        "m", "m", (),
        species=(Species("x", 2.0, "1", WHY, scale=1e-3), Species("z", first, "1", WHY, scale=1e-3)),
        parameters=(Parameter("a", 1.0, "1", WHY),),
        reactions=(Reaction("fall", "1", {"x": -1}, signed=True),),
        constraints=(Constraint("c", formula, ("z",)),),
    )  # fmt: skip
    built = compiled(compose([mechanism], id="m", time_unit="day"))
    table = parameter_table(built, 1, columns)
    return solve(Problem(built, ("a",), table, until, np.array([0.0, 1.0]), actions))


@pytest.mark.parametrize("first", [30.0, -30.0, 0.0])
def test_first_values_far_away_lead_to_the_solution(first: float) -> None:
    found = one("exp(z) - 1 - x", first, until=1.0)
    assert found.finished.all()
    assert found.of("z")[0] == pytest.approx(np.log([3.0, 2.0]), rel=1e-6)


@pytest.mark.parametrize(("first", "sign"), [(0.3, 1.0), (-5.0, -1.0)])
def test_the_first_value_chooses_the_solution(first: float, sign: float) -> None:
    found = one("z**2 - x", first, until=1.0)
    assert found.of("z")[0] == pytest.approx(sign * np.sqrt([2.0, 1.0]), rel=1e-6)


@pytest.mark.parametrize("formula", ["z**2 + x", "a*z - x", "log(x - 5) + z", "exp(z)"])
def test_no_solution_at_the_start_is_a_status_that_says_so(formula: str) -> None:
    found = one(formula, 0.3, a=0.0)
    assert found.status.tolist() == [Status.NOT_SOLVED]
    assert np.isnan(found.values).all()
    assert "'c'" in found.failures[0].sentence
    assert "first value" in found.failures[0].sentence


def test_no_solution_after_an_action_is_a_status_too() -> None:
    found = one("z**2 - x*a", 1.0, Action(0.5, "set", "a", -1.0))
    assert found.status.tolist() == [Status.NOT_SOLVED]
    assert found.reached[0] == 0.5


def test_a_solution_that_ends_on_the_way_is_a_status() -> None:
    """z is the root of x, which falls through zero."""
    found = one("z**2 - x", 1.0)
    assert found.status.tolist() == [Status.STEP_TOO_SMALL]
    assert found.reached[0] == pytest.approx(2.0)


@pytest.mark.parametrize("kind", ["add", "multiply"])
def test_an_action_on_what_is_determined_is_refused(kind: str) -> None:
    with pytest.raises(InputError, match="'binding' determines"):
        patients(actions=(Action(1.0, kind, "bound", 1.0),))  # type: ignore[arg-type]
    assert program().space.solved == 3
