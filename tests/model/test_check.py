"""Model checks, each with a planted breach that it must find."""

from __future__ import annotations

from dataclasses import replace

import pytest

from nonself.model.check import check
from nonself.model.compose import compose
from nonself.model.parts import (
    Conserved,
    Event,
    Expression,
    Mechanism,
    Observable,
    Parameter,
    Reaction,
    Species,
)
from nonself.provenance import assumed

WHY = assumed("a test")
SOUND = Mechanism(
    "exchange",
    "two pools of cells that exchange",
    (),
    species=(Species("A", 10.0, "cell", WHY), Species("B", 0.0, "cell", WHY)),
    parameters=(
        Parameter("k", 0.1, "1/day", WHY),
        Parameter("half", 5.0, "cell", WHY),
        Parameter("n", 2.0, "1", WHY),
    ),
    expressions=(Expression("share", "(A/half)**n/(1 + (A/half)**n)", "1"),),
    reactions=(Reaction("over", "k*A*share", {"A": -1, "B": 1}), Reaction("back", "k*B", {"B": -1, "A": 1})),
    observables=(Observable("logarithm", "log(A/half)", "1"),),
    conserved=(Conserved("cells", {"A": 1, "B": 1}),),
)


def _flaws(mechanism: Mechanism) -> list[tuple[str, str]]:
    return [(flaw.check, flaw.part) for flaw in check(compose([mechanism], id="demo", time_unit="day"))]


def test_a_sound_model_has_no_flaw() -> None:
    assert _flaws(SOUND) == []


@pytest.mark.parametrize(
    ("change", "flaw"),
    [
        ({"reactions": (*SOUND.reactions, Reaction("odd", "half*A", {"B": 1}))}, ("dimensions", "odd")),
        ({"reactions": (*SOUND.reactions, Reaction("odd", "k*A + half", {"B": 1}))}, ("dimensions", "odd")),
        ({"observables": (Observable("odd", "log(A)", "1"),)}, ("dimensions", "odd")),
        ({"observables": (Observable("odd", "A**n", "cell"),)}, ("dimensions", "odd")),
        ({"observables": (Observable("odd", "A", "cell/uL"),)}, ("dimensions", "odd")),
        ({"observables": (Observable("odd", "exp(k)", "1"),)}, ("dimensions", "odd")),
        (
            {"reactions": (*SOUND.reactions, Reaction("odd", "k*A", {"B": 2, "A": -1}))},
            ("conservation", "odd"),
        ),
        ({"reactions": (*SOUND.reactions, Reaction("odd", "k*A", {"B": -1, "A": 1}))}, ("sign", "odd")),
        ({"parameters": (*SOUND.parameters, Parameter("odd", 1.0, "1", WHY))}, ("unused", "odd")),
        ({"species": (*SOUND.species, Species("odd", 1.0, "cell", WHY))}, ("unused", "odd")),
        ({"events": (Event("odd", "A > n", {}),)}, ("dimensions", "odd")),
        ({"events": (Event("odd", "A > half", {"A": "n"}),)}, ("dimensions", "odd")),
        (
            {"events": (Event("odd", "A > half", {"A": "half"}, factors={"A": "half"}),)},
            ("dimensions", "odd"),
        ),
        ({"events": (Event("odd", "A > half", {}, delay="half"),)}, ("dimensions", "odd")),
        ({"events": (Event("odd", "A > half", {}, priority="half"),)}, ("dimensions", "odd")),
        ({"events": (Event("odd", "A > half", {"A": "half"}),)}, ("conservation", "odd")),
        ({"parameters": (*SOUND.parameters[:2], Parameter("n", 2.0, "day", WHY))}, ("dimensions", "share")),
    ],
)
def test_planted_breaches_are_found(change: dict[str, object], flaw: tuple[str, str]) -> None:
    assert flaw in _flaws(replace(SOUND, **change))  # type: ignore[arg-type]


def test_what_only_events_use_or_change_is_used_and_changed() -> None:
    event = Event(
        "seen", "A < low", {"count": "count + step"}, delay="lag", priority="weight", persistent=False
    )
    more = {"low": "cell", "step": "1", "lag": "day", "weight": "1"}
    parameters = tuple(Parameter(name, 1.0, unit, WHY) for name, unit in more.items())
    mechanism = replace(
        SOUND,
        species=(*SOUND.species, Species("count", 0.0, "1", WHY)),
        parameters=(*SOUND.parameters, *parameters),
        events=(event,),
    )
    assert _flaws(mechanism) == []


def test_an_unknown_unit_is_a_flaw() -> None:
    flaws = check(
        compose([replace(SOUND, observables=(Observable("odd", "A", "sells"),))], id="demo", time_unit="day")
    )
    assert any("sells" in flaw.what for flaw in flaws)
