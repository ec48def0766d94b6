"""Plans as events of a model: what is given when, worked out by hand; what conditions lack is given nothing."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

import nonself
from nonself.errors import CompositionError, InputError
from nonself.formats.petab.plan import Move, Plan, never_after, together, with_plans
from nonself.model.compose import compose
from nonself.model.ir import Model
from nonself.model.parts import Mechanism, Observable, Parameter, Reaction, Species
from nonself.provenance import assumed

WHY = assumed("a test")
NEVER = 1e5


def model(rate: str = "k*A") -> Model:
    """A fades at the rate k = 2 h; B is made at the rate h."""
    part = Mechanism(
        "fading",
        "Fading",
        (),
        species=(Species("A", 8.0, "mg", WHY), Species("B", "h", "1", WHY)),
        parameters=(Parameter("h", 0.1, "1/day", WHY), Parameter("k", "2*h", "1/day", WHY)),
        reactions=(Reaction("fade", rate, {"A": -1}), Reaction("make", "h", {"B": 1})),
        observables=(Observable("rate_now", "k", "1/day"),),
    )
    return compose([part], id="fading", time_unit="day")


def ends(made: Model, given: dict[str, float], until: float, **change: float) -> dict[str, float]:
    found = nonself.simulate(
        made, until=until, points=2, set={**given, **change}, rtol=1e-10, show=("A", "B", "rate_now")
    )
    assert found.finished.all()
    return {part.id: float(found.values[0][-1, k]) for k, part in enumerate(found.observables)}


def test_what_is_done_at_one_time_is_done_in_order() -> None:
    moves = [
        Move(2, kept=0.5),
        Move(1, added=3),
        Move(2, added=4),
        Move(2, kept=0.0, own=1.0),
        Move(2, added=1),
    ]
    assert together(moves) == (Move(1, added=3), Move(2, kept=0.0, added=1.0, own=1.0))
    assert together([Move(1, added=2), Move(1, kept=0.5)]) == (Move(1, kept=0.5, added=1.0),)


def test_doses_and_shares_are_given_when_the_plan_says() -> None:
    plan: Plan = {"A": (Move(0, added=2), Move(3, kept=0.5, added=1))}
    made, (given,) = with_plans(model(), [plan], NEVER)
    assert given == {}  # one condition: nothing differs
    fade = math.exp(-0.2 * 3)
    assert ends(made, given, 3)["A"] == pytest.approx((8 + 2) * fade * 0.5 + 1, rel=1e-8)
    assert ends(made, given, 2.999)["A"] == pytest.approx(10 * math.exp(-0.2 * 2.999), rel=1e-8)
    assert ends(made, given, 6)["A"] == pytest.approx(((8 + 2) * fade * 0.5 + 1) * fade, rel=1e-8)


def test_a_parameter_that_is_set_takes_with_it_what_follows_from_it_but_not_the_start() -> None:
    plan: Plan = {"h": (Move(0, kept=0.0, added=0.3), Move(2, kept=0.0, own=1.0))}
    made, (given,) = with_plans(model(), [plan], NEVER)
    after = ends(made, given, 4)
    assert after["A"] == pytest.approx(8 * math.exp(-0.6 * 2 - 0.2 * 2), rel=1e-8)
    assert after["B"] == pytest.approx(0.1 + 0.3 * 2 + 0.1 * 2, rel=1e-8)
    assert after["rate_now"] == pytest.approx(0.2)
    assert ends(made, given, 1)["rate_now"] == pytest.approx(0.6)
    other = ends(made, given, 4, h=0.2)  # its own value again, whatever that is
    assert other["A"] == pytest.approx(8 * math.exp(-0.6 * 2 - 0.4 * 2), rel=1e-8)
    assert other["B"] == pytest.approx(0.2 + 0.3 * 2 + 0.2 * 2, rel=1e-8)


def test_conditions_that_lack_something_are_given_nothing() -> None:
    plans: list[Plan] = [
        {"A": (Move(1, added=2), Move(2, added=2))},
        {"A": (Move(1, added=5),), "h": (Move(1, kept=0.0, added=0.0),)},
        {},
        {"A": (Move(2, added=1),)},
    ]
    made, given = with_plans(model(), plans, NEVER)
    found = [ends(made, one, 4)["A"] for one in given]
    one, two, four = (math.exp(-0.2 * time) for time in (1, 2, 4))
    wanted = [8 * four + 2 * math.exp(-0.6) + 2 * two, 8 * one + 5, 8 * four, 8 * four + two]
    assert found == pytest.approx(wanted, rel=1e-8)
    assert given[2] == {"plan_A": 0.0, "plan_time_2": NEVER, "plan_A_2": 0.0}


def test_times_of_each_patients_own_are_given_by_the_conditions() -> None:
    plans: list[Plan] = [{"A": (Move(1.0 + k, added=2), Move(3.5 + k, added=3))} for k in range(5)]
    plans.append({"A": (Move(2.0, added=4),)})
    made, given = with_plans(model(), plans, NEVER)
    assert len(made.events) == 2
    assert given[5] == {"plan_time_1": 2.0, "plan_A": 4.0, "plan_time_2": NEVER, "plan_A_2": 0.0}
    found = [ends(made, one, 8)["A"] for one in given]
    fade = [math.exp(-0.2 * (8 - move.time)) for plan in plans for move in plan["A"]]
    wanted = [2 * fade[2 * k] + 3 * fade[2 * k + 1] for k in range(5)] + [4 * fade[10]]
    assert found == pytest.approx([8 * math.exp(-1.6) + one for one in wanted], rel=1e-8)


def test_what_is_alike_needs_no_parameter_and_what_repeats_one() -> None:
    high: Plan = {"A": tuple(Move(float(day), added=10.0) for day in range(30))}
    low: Plan = {"A": tuple(Move(float(day), added=5.0) for day in range(30))}
    made, given = with_plans(model(), [high, low, {}], NEVER)
    assert list(given) == [{"plan_A": 10.0}, {"plan_A": 5.0}, {"plan_A": 0.0}]
    assert len(made.events) == 30
    times = [float(event.trigger.removeprefix("time >= ")) for event in made.events]
    assert times == list(np.arange(30.0))


def test_never_is_far_beyond_the_last_measurement() -> None:
    assert never_after(126.0) == 1e6
    assert never_after(0.0) == 1e3
    assert never_after(1e9) == 1e12


def test_what_cannot_be_planned_is_refused_by_name() -> None:
    taken = replace(model().parameters[0], id="plan_A")
    clash = replace(model(), parameters=(*model().parameters, taken))
    with pytest.raises(CompositionError, match="'plan_A' is a name of model"):
        with_plans(clash, [{"A": (Move(1, added=1),)}, {"A": (Move(1, added=2),)}], NEVER)
    with pytest.raises(InputError, match="'h_now' is a name of model"):
        with_plans(
            replace(model(), parameters=(*model().parameters, replace(taken, id="h_now"))),
            [{"h": (Move(1, kept=0.0),)}],
            NEVER,
        )
    delayed = model(rate="k*delay(A, h)")
    with pytest.raises(InputError, match="'h' is set on the way, but the length of a delay"):
        with_plans(delayed, [{"h": (Move(1, kept=0.0),)}], NEVER)
