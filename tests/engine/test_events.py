"""Events against closed forms and against what SBML says of their order."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from nonself.engine.loop import solve
from nonself.engine.problem import Action
from nonself.engine.result import Status
from nonself.engine.streams import uniforms
from nonself.model.parts import Event, Hazard
from tests.engine.eventful import compiled, log, model, order, problem, run, values

G, BACK = 9.81, 0.8
BALL = model(
    {"h": 1.0, "v": 0.0, "n": 0.0}, {"h": "v", "v": "-g"},
    (Event("bounce", "h < 0", {"h": "0", "v": "-back*v", "n": "n + 1"}),), {"g": G, "back": BACK},
)  # fmt: skip
DECAY = {"Y": "-Y"}


def _bounces(count: int) -> np.ndarray:
    fall = math.sqrt(2 / G)
    flights = 2 * G * fall * BACK ** np.arange(1, count) / G
    return np.concatenate([[fall], fall + np.cumsum(flights)])


def test_a_ball_bounces_when_it_should() -> None:
    found = [one.time for one in log(BALL, 3.0) if one.species == "n"]
    exact = _bounces(60)
    exact = exact[exact < 3.0]
    assert len(found) == len(exact) > 5
    assert np.abs(np.array(found) / exact - 1).max() < 1e-13
    grid = np.linspace(0, 3, 301)
    flight = np.searchsorted(exact, grid, side="right")
    start = np.where(flight > 0, exact[np.maximum(flight - 1, 0)], 0.0)
    speed = np.where(flight > 0, math.sqrt(2 * G) * BACK**flight, 0.0)
    height = np.where(flight > 0, 0.0, 1.0) + speed * (grid - start) - G / 2 * (grid - start) ** 2
    assert np.abs(values(BALL, "h", grid) - height).max() < 1e-12


def test_a_ball_that_comes_to_rest_ends_with_a_status() -> None:
    """Bounces follow each other ever faster: infinitely many before 1 + 2 back/(1 - back) falls."""
    outcomes = solve(problem(compiled(BALL), 5.0))
    assert outcomes.status[0] == Status.TOO_MANY_EVENTS
    assert abs(outcomes.reached[0] - math.sqrt(2 / G) * (1 + 2 * BACK / (1 - BACK))) < 1e-9
    assert "without end" in outcomes.failures[0].sentence


def test_the_moment_is_found_to_machine_precision_given_the_course() -> None:
    """Y = 2 exp(-k t) falls to 0.5 every ln(4)/k; the course itself is right to its tolerance."""
    given = model({"Y": 2.0}, {"Y": "-k*Y"}, (Event("dose", "Y < 0.5", {"Y": "Y + 1.5"}),), {"k": 0.3})
    for rtol, bound in ((1e-6, 1e-6), (1e-9, 1e-9), (1e-12, 1e-11)):
        times = np.array([one.time for one in log(given, 50.0, rtol=rtol, atol=np.array([1e-30]))])
        assert len(times) == 10
        assert np.abs(times / (np.arange(1, 11) * math.log(4) / 0.3) - 1).max() < bound
    linear = model({"Y": 0.0}, {"Y": "1"}, (Event("e", "Y >= level", {"Y": "0"}),), {"level": 0.7})
    times = np.array([one.time for one in log(linear, 100.0)])
    assert np.abs(times / (0.7 * np.arange(1, len(times) + 1)) - 1).max() < 1e-13


def test_planted_breach_a_moment_found_to_a_thousandth_of_a_step_is_seen(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("nonself.codegen.roots.NARROW", 1e-3)
    found = [one.time for one in log(BALL, 1.0) if one.species == "n"]
    assert abs(found[0] / math.sqrt(2 / G) - 1) > 1e-9


@pytest.mark.parametrize(
    ("early", "expected"), [(True, 0.5), (False, 0.5 * math.exp(-2.0))], ids=["trigger", "execution"]
)
def test_a_delay_and_the_time_its_values_are_from(early: bool, expected: float) -> None:
    given = model(
        {"Y": 1.0, "seen": 0.0}, DECAY,
        (Event("late", "Y < 0.5", {"seen": "Y"}, delay="2", use_values_from_trigger_time=early),),
    )  # fmt: skip
    (one,) = log(given, 10.0)
    assert abs(one.time - (math.log(2) + 2)) < 1e-9
    assert abs(one.value / expected - 1) < 1e-8
    assert values(given, "seen", [2.69, 2.70])[0] == 0.0


@pytest.mark.parametrize("early", [True, False], ids=["trigger", "execution"])
def test_a_factor_is_of_the_time_of_execution(early: bool) -> None:
    """The value that Y had when it fired, or has, times what it has at the execution: before anything is given."""
    given = model(
        {"Y": 1.0, "seen": 0.0, "Z": 3.0}, DECAY,
        (Event("late", "Y < 0.5", {"Y": "1", "seen": "Y", "Z": "Z"}, delay="2", use_values_from_trigger_time=early,
               factors={"seen": "Y"}),),
    )  # fmt: skip
    found = {one.species: one.value for one in log(given, 2.7)}
    then = 0.5 * math.exp(-2.0)
    assert found["seen"] == pytest.approx((0.5 if early else then) * then, rel=1e-8)
    assert (found["Y"], found["Z"]) == (1.0, 3.0)


def test_a_factor_that_is_one_changes_no_bit() -> None:
    event = Event("dose", "Y < 0.5", {"Y": "Y + 1.5"}, delay="0.3")
    plain, scaled = (
        model({"Y": 2.0}, DECAY, (replace(event, factors=factors),)) for factors in ({}, {"Y": "1"})
    )
    assert plain.structure_hash != scaled.structure_hash
    grid = np.linspace(0.0, 10.0, 101)
    assert values(plain, "Y", grid).tobytes() == values(scaled, "Y", grid).tobytes()


def test_a_delay_is_a_formula_of_the_moment_it_fires() -> None:
    given = model({"Y": 1.0, "n": 0.0}, DECAY, (Event("late", "Y < 0.5", {"n": "1"}, delay="4*Y"),))
    assert abs(log(given, 10.0)[0].time - (math.log(2) + 2)) < 1e-9


def test_executions_wait_side_by_side() -> None:
    """Fired every 0.5, executed 3.2 later: seven wait at once, none is lost."""
    given = model(
        {"Y": 0.0, "n": 0.0}, {"Y": "1"},
        (Event("fire", "Y >= 0.5", {"Y": "0"}), Event("late", "Y >= 0.5", {"n": "n + 1"}, delay="3.2",
         use_values_from_trigger_time=False)),
    )  # fmt: skip
    times = [one.time for one in log(given, 10.0) if one.event == "late"]
    assert np.allclose(times, 3.2 + 0.5 * np.arange(1, 14), rtol=1e-12)


@pytest.mark.parametrize(("persistent", "times"), [(True, [1.5, 5.5]), (False, [5.5])])
def test_an_event_that_does_not_persist_is_called_off(persistent: bool, times: list[float]) -> None:
    """True in [1, 1.2) and from 5 on, executed half a unit later."""
    given = model(
        {"n": 0.0}, {}, (Event("e", "1 <= time < 1.2 or time >= 5", {"n": "n + 1"}, delay="0.5",
                               persistent=persistent),),
    )  # fmt: skip
    assert np.allclose([one.time for one in log(given, 10.0)], times, rtol=1e-15)


def test_at_time_zero_the_trigger_has_been_what_it_is_said_to_have_been() -> None:
    def fired(trigger: str, before: bool, actions: tuple[Action, ...] = ()) -> list[float]:
        event = Event("e", trigger, {"n": "n + 1"}, initial_value=before)
        given = model({"Y": 1.0, "n": 0.0}, {}, (event,))
        return [one.time for one in log(given, 3.0, actions=actions)]

    assert fired("Y > 0.5", True) == []
    assert fired("Y > 0.5", False) == [0.0]
    assert fired("Y > 1.5", False) == []
    assert fired("True", False) == [0.0]
    assert fired("Y > 1.5", True, (Action(0.0, "add", "Y", 1.0),)) == [0.0]
    assert fired("Y > 1.5", True, (Action(3.0, "add", "Y", 1.0),)) == [3.0]


def test_time_itself() -> None:
    event = Event("e", "time >= 3.3 and time == 3.3 or 2*time > 9 and time <= late", {"n": "n + 1"})
    given = model({"n": 0.0}, {}, (event,), {"late": 5.0})
    first, second = [one.time for one in log(given, 10.0)]
    assert first == 3.3
    assert 4.5 < second < 4.5 + 1e-14


def test_priority_decides_and_is_looked_at_again_after_each() -> None:
    """c comes first, and what it does turns the order of a and b around."""
    events = (
        Event("late", "time >= 1", {"n": "n + 1"}),
        Event("a", "time >= 1", {"n": "n + 1"}, priority="5 - turn"),
        Event("b", "time >= 1", {"n": "n + 1"}, priority="4"),
        Event("c", "time >= 1", {"turn": "3"}, priority="10"),
        Event("lost", "time >= 1", {"n": "n + 1"}, priority="log(-turn)"),
    )
    given = model({"n": 0.0, "turn": 0.0}, {}, events)
    found = order(given, 2.0)
    assert (found[:3], set(found[3:])) == (["c", "b", "a"], {"late", "lost"})


def test_simultaneous_events_see_what_the_earlier_ones_did() -> None:
    """The first makes the second's trigger false: called off, unless it persists; and a third's true."""
    for persistent, expected in ((True, ["a", "b", "c"]), (False, ["a", "c"])):
        events = (
            Event("b", "time >= 1 and x < 1", {"n": "1"}, priority="1", persistent=persistent),
            Event("c", "x > 1", {"n": "2"}, priority="0"),
            Event("a", "time >= 1", {"x": "2"}, priority="2"),
        )
        assert order(model({"x": 0.0, "n": 0.0}, {}, events), 2.0) == expected


def test_values_of_simultaneous_events() -> None:
    """Each adds one to what n was when it fired, or to what it is."""
    for early, total in ((True, 1.0), (False, 3.0)):
        events = tuple(
            Event(f"e{k}", "time >= 1", {"n": "n + 1"}, use_values_from_trigger_time=early) for k in range(3)
        )
        assert values(model({"n": 0.0}, {}, events), "n", [2.0]) == total


def test_assignments_are_made_together() -> None:
    given = model({"x": 1.0, "y": 2.0}, {}, (Event("swap", "time > 1", {"x": "y", "y": "x"}),))
    outcomes = run(given, [2.0])
    assert outcomes.values[0, 0].tolist() == [2.0, 1.0]


def test_a_cascade_at_one_time() -> None:
    """Each event's assignment is the next one's trigger, a hundred times, with a delay of zero."""
    events = tuple(Event(f"e{k}", f"n >= {k}", {"n": f"{k + 1}"}) for k in range(1, 101))
    start = Event("start", "time >= 0.3", {"n": "1"})
    found = log(model({"n": 0.0}, {}, (*events, start)), 1.0)
    assert {one.time for one in found} == {0.3}
    assert [one.value for one in found] == [float(k) for k in range(1, 102)]


def test_a_cascade_without_end_ends_with_a_status() -> None:
    events = (Event("up", "n > 0.5", {"n": "0"}), Event("down", "time > 1 and n < 0.5", {"n": "1"}))
    outcomes = solve(problem(compiled(model({"n": 0.0}, {}, events)), 2.0))
    assert outcomes.status[0] == Status.TOO_MANY_EVENTS
    assert "without end" in outcomes.failures[0].sentence
    assert "Events: 'up', 'down'." in outcomes.failures[0].sentence.replace("'down', 'up'", "'up', 'down'")


def test_too_many_waiting_executions_end_with_a_status() -> None:
    events = (Event("fire", "Y >= 0.01", {"Y": "0"}), Event("late", "Y >= 0.01", {"n": "1"}, delay="1e3"))
    outcomes = solve(problem(compiled(model({"Y": 0.0, "n": 0.0}, {"Y": "1"}, events)), 20.0))
    assert outcomes.status[0] == Status.QUEUE_FULL
    assert "Events: 'late'." in outcomes.failures[0].sentence


@pytest.mark.parametrize("delay", ["-1", "log(0 - Y)"])
def test_a_delay_below_zero_or_none_at_all_ends_with_a_status(delay: str) -> None:
    given = model({"Y": 1.0, "n": 0.0}, DECAY, (Event("e", "Y < 0.5", {"n": "1"}, delay=delay),))
    outcomes = solve(problem(compiled(given), 5.0))
    assert outcomes.status[0] == Status.BAD_DELAY
    assert abs(outcomes.reached[0] - math.log(2)) < 1e-8
    assert "Events: 'e'." in outcomes.failures[0].sentence


def test_an_event_that_gives_no_number_ends_with_a_status() -> None:
    given = model({"Y": 1.0}, DECAY, (Event("e", "Y < 0.5", {"Y": "log(-Y)"}),))
    assert solve(problem(compiled(given), 5.0)).status[0] == Status.NOT_FINITE_AFTER_ACTION


def test_equals_go_in_the_order_of_keyed_lots() -> None:
    """Rank is the draw of the patient at the time of firing: the order is the one the same draws give in Python."""
    events = tuple(Event(f"e{k}", "time >= 1", {"last": f"{k}"}, priority="7") for k in range(5))
    given = compiled(model({"last": -1.0}, {}, events))
    names = tuple(f"p{k}" for k in range(400))
    for replicate in (0, 3):
        last = solve(problem(given, [2.0], 400, seed=11, replicate=replicate)).of("last")[:, 0]
        drawn = [uniforms(11, "events", names, draw=k, replicate=replicate) for k in range(5)]
        assert (np.argmin(drawn, axis=0) == last).all()  # the highest goes first, the lowest is the last
        assert (np.bincount(last.astype(int), minlength=5) > 40).all()
    found = order(given, 2.0, seed=11)
    draws = [float(uniforms(11, "events", ["p0"], draw=k)[0]) for k in range(5)]
    assert found == [f"e{k}" for k in sorted(range(5), key=lambda k: -draws[k])]


def test_without_priority_events_go_in_the_order_written() -> None:
    events = tuple(Event(f"e{k}", "time >= 1", {"last": f"{k}"}) for k in range(5))
    assert order(model({"last": -1.0}, {}, events), 2.0, seed=4) == [f"e{k}" for k in range(5)]


def test_doses_settings_and_hazards_make_triggers_true() -> None:
    event = Event("e", "Y > level", {"n": "n + 1"})
    given = compiled(model({"Y": 0.0, "n": 0.0}, {}, (event,), {"level": 1.5}))
    add, set_ = Action(3.0, "add", "Y", 2.0), Action(4.0, "set", "level", -1.0)
    assert [one.time for one in log(given, 9.0, actions=(add,))] == [3.0]
    assert [one.time for one in log(given, 9.0, actions=(set_,))] == [4.0]
    hazard = Hazard("mutation", "0.5", {"Y": 1})
    lucky = compiled(model({"Y": 0.0, "n": 0.0}, {}, (event,), {"level": 1.5}, hazards=(hazard,)))
    (one,) = log(lucky, 40.0)
    grid = np.array([one.time - 1e-6, one.time + 1e-6])
    assert values(lucky, "Y", grid).tolist() == [1.0, 2.0]


def test_readouts_before_and_after_an_event() -> None:
    given = compiled(model({"n": 0.0}, {}, (Event("e", "time >= 2", {"n": "n + 1"}),)))
    assert values(given, "n", [1.0, 2.0, 3.0]).tolist() == [0, 1, 1]
    assert values(given, "n", [1.0, 2.0, 3.0], readout="before").tolist() == [0, 0, 1]


def test_an_event_at_the_horizon_happens() -> None:
    late = Event("e", "time >= 1", {"n": "n + 1"}, delay="2")
    assert values(model({"n": 0.0}, {}, (late,)), "n", [3.0]).tolist() == [1.0]


def test_an_event_that_changes_nothing_is_no_trouble() -> None:
    given = model({"Y": 1.0}, DECAY, (Event("e", "Y < 0.5", {}), Event("f", "Y < 0.4", {"Y": "Y"})))
    assert np.allclose(values(given, "Y", [0.0, 0.5, 3.0]), np.exp([0.0, -0.5, -3.0]), rtol=1e-8)


def test_planted_breach_triggers_not_looked_at_again_are_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a second look at the triggers the cascade stops after its first event."""
    from nonself.codegen.events import Events

    def once(self: Events, end: object) -> None:
        monkeypatch.setattr(Events, "_note", lambda *rest: None)
        settle(self, end)  # type: ignore[arg-type]
        monkeypatch.setattr(Events, "_note", note)

    settle, note = Events.settle, Events._note
    monkeypatch.setattr(Events, "settle", once)
    events = (Event("a", "time >= 1", {"n": "1"}), Event("b", "n > 0.5", {"n": "2"}))
    assert values(model({"n": 0.0}, {}, events), "n", [1.2, 1.5])[0] != 2.0
