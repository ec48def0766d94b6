"""Composition: contradictions are refused unless declared, and who set what is kept."""

from __future__ import annotations

from dataclasses import replace

import pytest

from nonself.errors import CompositionError, InputError, UnknownName
from nonself.model.compose import compose, who_set_what
from nonself.model.ir import right_hand_sides
from nonself.model.parts import Expression, Mechanism, Parameter, Reaction, Species
from nonself.provenance import assumed

WHY = assumed("a test")
K = Parameter("k", 1.0, "1/day", WHY)
GROWTH = Mechanism(
    "growth",
    "growth",
    (),
    (Species("Y", 2.0, "1", WHY),),
    (K,),
    reactions=(Reaction("birth", "k*Y", {"Y": 1}),),
)
KILL = Mechanism(
    "kill",
    "kill",
    (),
    parameters=(Parameter("m", 0.5, "1/day", WHY),),
    reactions=(Reaction("death", "m*Y", {"Y": -1}),),
)


def _compose(*mechanisms: Mechanism, **more: object) -> object:
    return compose(mechanisms, id="demo", time_unit="day", **more)  # type: ignore[arg-type]


def test_two_mechanisms_become_one_model() -> None:
    model = compose([GROWTH, KILL], id="demo", time_unit="day")
    assert [reaction.mechanism for reaction in model.reactions] == ["growth", "kill"]
    assert right_hand_sides(model) == {"Y": "+ (k*Y) - (m*Y)"}
    assert [part.id for part in model.parameters] == ["k", "m", "Y_initial"]
    assert hash(model) == hash(compose([GROWTH, KILL], id="demo", time_unit="day"))


def test_a_name_given_twice_is_refused_unless_shared_and_equal() -> None:
    twice = replace(KILL, parameters=(*KILL.parameters, K))
    with pytest.raises(CompositionError, match="defined by 'growth' and again by 'kill'"):
        _compose(GROWTH, twice)
    shared = replace(twice, shares=frozenset({"k"}))
    model = compose([GROWTH, shared], id="demo", time_unit="day")
    assert who_set_what(model)["k"] == ["growth", "kill"]
    different = replace(shared, parameters=(*KILL.parameters, replace(K, value=3.0)))
    with pytest.raises(CompositionError, match="differ"):
        _compose(GROWTH, different)


def test_one_name_for_two_kinds_is_refused() -> None:
    with pytest.raises(CompositionError, match="is a species and"):
        _compose(GROWTH, replace(KILL, parameters=(*KILL.parameters, Parameter("Y", 1.0, "1", WHY))))
    with pytest.raises(CompositionError, match="name that is taken"):
        _compose(GROWTH, replace(KILL, reactions=(Reaction("birth", "m*Y", {"Y": -1}),)))


def test_unknown_names_bring_near_misses() -> None:
    with pytest.raises(UnknownName, match="did you mean"):
        _compose(replace(GROWTH, reactions=(Reaction("birth", "kk*Y", {"Y": 1}),)))
    with pytest.raises(UnknownName, match="species in reaction"):
        _compose(replace(GROWTH, reactions=(Reaction("birth", "k*Y", {"YY": 1}),)))
    with pytest.raises(UnknownName, match="'kk'"):
        _compose(GROWTH, overrides={"kk": K})


def test_an_override_is_recorded() -> None:
    model = compose([GROWTH], id="demo", time_unit="day", overrides={"k": replace(K, value=7.0)})
    assert model.parameters[0].value == 7.0
    assert who_set_what(model)["k"] == ["growth", "override"]


def test_expressions_in_a_circle_are_refused() -> None:
    ring = (Expression("a", "b", "1"), Expression("b", "a", "1"))
    with pytest.raises(InputError, match="a -> b -> a"):
        _compose(replace(GROWTH, expressions=ring))


def test_derived_parameters_come_in_solvable_order() -> None:
    more = (Parameter("c", "2*b", "1", WHY), Parameter("b", "3*k", "1", WHY))
    model = compose([replace(GROWTH, parameters=(*more, K))], id="demo", time_unit="day")
    assert [part.id for part in model.derived] == ["b", "c"]


def test_hashes_tell_structure_from_values() -> None:
    first = compose([GROWTH, KILL], id="demo", time_unit="day")
    other = compose([GROWTH, KILL], id="demo", time_unit="day", overrides={"k": replace(K, value=7.0)})
    renamed = compose(
        [GROWTH, replace(KILL, reactions=(Reaction("death", "m*Y*Y", {"Y": -1}),))],
        id="demo",
        time_unit="day",
    )
    assert first.structure_hash == other.structure_hash
    assert first.model_hash != other.model_hash
    assert first.structure_hash != renamed.structure_hash


def test_an_assumption_needs_a_reason() -> None:
    with pytest.raises(ValueError, match="needs a reason"):
        assumed("  ")


def test_a_model_without_species_is_refused() -> None:
    with pytest.raises(CompositionError, match="no species"):
        _compose(Mechanism("empty", "empty", ()))
