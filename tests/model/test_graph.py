"""The graph of influences finds each path, and the one that goes around what it should pass through."""

from __future__ import annotations

from nonself.model.compose import compose
from nonself.model.graph import influences, path, states_in
from nonself.model.ir import Model
from nonself.model.parts import Expression, Mechanism, Parameter, Reaction, Species
from nonself.provenance import assumed

WHY = assumed("a test")


def chain(*extra: Reaction) -> Model:
    mechanism = Mechanism(
        id="chain",
        title="trigger to effector to tissue",
        references=(),
        species=tuple(Species(name, 1.0, "1", WHY) for name in ("trigger", "effector", "tissue")),
        parameters=(Parameter("k", 1.0, "1/day", WHY),),
        expressions=(Expression("called", "trigger", "1"),),
        reactions=(
            Reaction("calling", "k*called", {"effector": +1}),
            Reaction("killing", "k*effector*tissue", {"tissue": -1}),
            *extra,
        ),
    )
    return compose([mechanism], id="chain", time_unit="day")


def test_states_are_found_through_expressions() -> None:
    assert states_in(chain(), "k*called + effector") == {"trigger", "effector"}


def test_every_influence_is_listed() -> None:
    found = {(one.cause, one.effect) for one in influences(chain())}
    assert found == {("trigger", "effector"), ("effector", "tissue"), ("tissue", "tissue")}


def test_path_passes_through_the_effector() -> None:
    killing = {"killing": "k*effector"}
    assert path(chain(), ["trigger"], killing, around=[]) == ("trigger", "effector", "killing")
    assert path(chain(), ["trigger"], killing, around=["effector"]) is None


def test_a_short_cut_is_found_unless_it_is_a_brake() -> None:
    ends = {"killing": "k*effector*called"}
    assert path(chain(), ["trigger"], ends, around=["effector"]) == ("trigger", "killing")
    assert path(chain(), ["trigger"], ends, around=["effector"], ignoring=["called"]) is None
    direct = Reaction("direct", "k*trigger", {"tissue": -1})
    assert path(chain(direct), ["trigger"], {"tissue": "tissue"}, around=["effector"]) == (
        "trigger",
        "tissue",
        "tissue",
    )
