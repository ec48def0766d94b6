"""Events of a model: what is refused, what acts on what, and formulas that are true or false."""

from __future__ import annotations

import pytest

from nonself.errors import CompositionError, InputError, NonselfError
from nonself.expr import evaluate, names, parse_condition, truth
from nonself.model.graph import influences
from nonself.model.ir import Model
from nonself.model.parts import Event, Hazard
from nonself.model.turning import trigger_times, turning_points
from tests.engine.eventful import model


def _with(event: Event) -> Model:
    return model(
        {"Y": 1.0, "n": 0.0, "m": 0.0}, {"Y": "-k*Y*on"}, (event,), {"k": 1.0, "late": 5.0},
        {"on": "1 if time < late else 0", "sum": "n + m", "left": "Y + n"},
        hazards=(Hazard("strike", "0.1", {"m": 1}),),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("event", "error", "says"),
    [
        (Event("e", "Y", {"n": "1"}), InputError, "not allowed"),
        (Event("e", "Y + 1", {"n": "1"}), InputError, "not allowed"),
        (Event("e", "Y < 1", {"n": "Y < 1"}), InputError, "not allowed"),
        (Event("e", "Y < low", {"n": "1"}), NonselfError, "low"),
        (Event("e", "Y < 1", {"n": "1"}, delay="lag"), NonselfError, "lag"),
        (Event("e", "Y < 1", {"n": "1"}, priority="first"), NonselfError, "first"),
        (Event("e", "Y < 1", {"k": "1"}), NonselfError, "assigns"),
        (Event("e", "Y < 1", {"left": "1"}), NonselfError, "assigns"),
        (
            Event("e", "Y < 1", {"n": "1"}, factors={"m": "2"}),
            NonselfError,
            "factor of what event 'e' assigns",
        ),
        (Event("e", "Y < 1", {"n": "1"}, factors={"n": "high"}), NonselfError, "high"),
        (Event("k", "Y < 1", {"n": "1"}), CompositionError, "taken"),
        (Event("strike", "Y < 1", {"n": "1"}), CompositionError, "taken"),
        (Event("e", "Y == 1", {"n": "1"}), CompositionError, "continuously"),
        (Event("e", "n > 2 and 1 != left", {"n": "1"}), CompositionError, "continuously"),
        (Event("e", "time == n", {"n": "1"}), CompositionError, "continuously"),
        (Event("e", "exp(time) == 2", {"n": "1"}), CompositionError, "continuously"),
    ],
)
def test_what_is_wrong_is_refused(event: Event, error: type[NonselfError], says: str) -> None:
    with pytest.raises(error, match=says):
        _with(event)


@pytest.mark.parametrize("trigger", ["n == 2", "sum != k", "time == late", "2*time - 1 == late", "m == n"])
def test_equality_is_allowed_with_what_jumps_and_with_known_times(trigger: str) -> None:
    assert _with(Event("e", trigger, {"n": "n + 1"})).events[0].trigger == trigger


def test_two_events_need_two_names() -> None:
    with pytest.raises(CompositionError, match="taken"):
        model({"n": 0.0}, {}, (Event("e", "n < 1", {}), Event("e", "n < 2", {})))


def test_times_of_triggers_are_known_where_they_can_be() -> None:
    given = _with(Event("e", "time > late or 2 < 3*time < Y or exp(time) > 2 or time == 4", {"n": "1"}))
    assert turning_points(given) == ("late",)
    first, second, third = trigger_times(given)
    assert (first, third) == ("late", "4")
    assert evaluate(second, {"late": 5.0}) == pytest.approx(2 / 3, rel=1e-15)


def test_events_are_influences() -> None:
    event = Event("e", "left > 1", {"n": "k"}, delay="m", priority="sum")
    found = {(one.cause, one.effect) for one in influences(_with(event)) if one.reaction == "e"}
    assert found == {("Y", "n"), ("n", "n"), ("m", "n")}
    scaled = Event("e", "time > 1", {"n": "k", "m": "k"}, factors={"n": "left"})
    found = {(one.cause, one.effect) for one in influences(_with(scaled)) if one.reaction == "e"}
    assert found == {("Y", "n"), ("n", "n")}


@pytest.mark.parametrize(
    ("condition", "value"),
    [
        ("1 < x <= 2", 1.0), ("1 < x < 2", 0.0), ("not 1 < x < 2", 1.0), ("0 < x < y < 1", 0.0), ("True", 1.0),
        ("False or x == 2", 1.0), ("not (x > y or False)", 1.0), ("x > 0 and x != 2", 0.0),
    ],
)  # fmt: skip
def test_conditions(condition: str, value: float) -> None:
    assert evaluate(truth(condition), {"x": 2.0, "y": 3.0}) == value
    assert names(truth(condition)) <= {"x", "y"}


@pytest.mark.parametrize(
    "text", ["x", "1", "x + 1", "x < 1 < (y < 2)", "x in y", "x < True", "not x", "None"]
)
def test_what_is_no_condition_is_refused(text: str) -> None:
    with pytest.raises(InputError):
        parse_condition(text)
