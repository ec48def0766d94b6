"""Constraints of a model: which species each is matched with, what is refused by name, and what acts on what."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nonself.errors import CompositionError, NonselfError
from nonself.model.check import check
from nonself.model.compose import compose
from nonself.model.constraints import MOST
from nonself.model.graph import influences
from nonself.model.ir import Model, right_hand_sides
from nonself.model.matching import matched, rivals
from nonself.model.parts import (
    Clone,
    Conserved,
    Constraint,
    Expression,
    Mechanism,
    Parameter,
    Reaction,
    Species,
)
from nonself.provenance import assumed

WHY = assumed("a test")


def model(*constraints: Constraint, **more: object) -> Model:
    """x decays; y and z have no reactions."""
    mechanism = Mechanism(
        "m", "m", (),
        species=tuple(Species(name, 1.0, "1", WHY) for name in ("x", "y", "z")),
        parameters=(Parameter("k", 1.0, "1/day", WHY), Parameter("a", 2.0, "1", WHY)),
        expressions=(Expression("sum", "y + z", "1"),),
        reactions=(Reaction("decay", "k*x", {"x": -1}),),
        constraints=constraints,
    )  # fmt: skip
    return compose([replace(mechanism, **more)], id="m", time_unit="day")  # type: ignore[arg-type]


def test_each_constraint_is_matched_with_a_species_of_its_own() -> None:
    found = model(Constraint("one", "sum - x", ("y", "z")), Constraint("two", "z - a*x", ()))
    assert {part.id: part.species for part in found.constraints} == {"one": "y", "two": "z"}
    assert right_hand_sides(found)["y"] == "such that 0 = sum - x"


@pytest.mark.parametrize(
    ("constraints", "says"),
    [
        ((Constraint("c", "y - x", ("y", "z")),), "constraint 'c' is to determine 'z', which stands in no"),
        ((Constraint("c", "sum - x", ("y", "z")),), "'z' is left undetermined: 'c' is needed for 'y'"),
        ((Constraint("c", "y - x", ("y",)), Constraint("d", "y + x - 1", ())), "'d' is one too many: all it"),
        ((Constraint("c", "x - a", ()),), "'c' is one too many: it determines nothing; 'x' is determined by"),
        ((Constraint("c", "x - a", ("x",)),), "reaction 'decay' changes 'x', which constraint 'c'"),
        ((Constraint("c", "y - w", ("y",)),), "unknown name in constraint 'c' 'w'"),
        ((Constraint("c", "y - x", ("w",)),), "unknown species that constraint 'c' determines 'w'"),
        ((Constraint("k", "y - x", ("y",)),), "taken"),
        ((Constraint("c", "y - x", ("y",)), Constraint("c", "z - x", ("z",))), "taken"),
        ((Constraint("c", "y - floor(x)", ("y",)),), "jumps"),
    ],
)
def test_what_does_not_determine_is_refused_by_name(constraints: tuple[Constraint, ...], says: str) -> None:
    with pytest.raises(NonselfError, match=says):
        model(*constraints)


def test_too_many_are_refused() -> None:
    many = [f"y{k}" for k in range(MOST + 1)]
    species = tuple(Species(name, 1.0, "1", WHY) for name in ("x", *many))
    constraints = tuple(Constraint(f"c{name}", f"{name} - x", (name,)) for name in many)
    assert len(model(*constraints[:-1], species=species, expressions=()).constraints) == MOST
    with pytest.raises(CompositionError, match=f"501 constraints, more than {MOST}"):
        model(*constraints, species=species, expressions=())


def test_constraints_beside_small_clones_are_refused() -> None:
    with pytest.raises(CompositionError, match="clones"):
        model(Constraint("c", "y - x", ("y",)), clones=(Clone("z", "k", "k"),))


def test_what_stands_in_a_constraint_acts_on_what_it_determines() -> None:
    found = {(one.cause, one.effect) for one in influences(model(Constraint("c", "y - a*x", ("y",))))}
    assert found == {("x", "x"), ("x", "y")}


def test_checks_see_terms_that_do_not_fit_and_totals_that_are_determined() -> None:
    right = model(Constraint("c", "sum - a*x", ("y",)))
    assert [flaw.part for flaw in check(right)] == ["z"], "nothing changes it"
    wrong = model(Constraint("c", "y - k*x", ("y",)))
    assert [flaw.part for flaw in check(wrong) if flaw.check == "dimensions"] == ["c"]
    total = model(Constraint("c", "y - a*x", ("y",)), conserved=(Conserved("all", {"y": 1, "z": 1}),))
    assert [flaw.part for flaw in check(total) if flaw.check == "conservation"] == ["c"]


def test_a_model_without_constraints_keeps_its_hash() -> None:
    """The compiled code of models from before there were constraints is found under the same name."""
    from tests.models import dosed

    assert dosed().structure_hash.startswith("daf8dcdfdc")
    with_one = model(Constraint("c", "y - a*x", ("y",)))
    other = model(Constraint("c", "y - 2*a*x", ("y",)))
    assert len({model().structure_hash, with_one.structure_hash, other.structure_hash}) == 3


# matching ------------------------------------------------------------------------------------------------------------
def largest(incidence: dict[str, list[str]], variables: list[str]) -> int:
    """How many can be paired at most, tried out."""
    if not variables:
        return 0
    first, rest = variables[0], variables[1:]
    best = largest(incidence, rest)
    for equation, names in incidence.items():
        if first in names:
            left = {key: names for key, names in incidence.items() if key != equation}
            best = max(best, 1 + largest(left, rest))
    return best


GRAPHS = st.lists(st.lists(st.sampled_from("uvwxyz"), max_size=4, unique=True), max_size=5)


@given(GRAPHS)
def test_as_many_are_matched_as_can_be_and_the_first_go_first(rows: list[list[str]]) -> None:
    incidence = {f"e{k}": names for k, names in enumerate(rows)}
    variables = list("uvwxyz")
    pairs = matched(incidence, variables)
    assert all(name in incidence[equation] for name, equation in pairs.items())
    assert len(set(pairs.values())) == len(pairs)
    for count in range(1, len(variables) + 1):
        assert len([v for v in variables[:count] if v in pairs]) == largest(incidence, variables[:count])


@given(GRAPHS)
def test_rivals_are_those_in_whose_place_it_could_stand(rows: list[list[str]]) -> None:
    incidence = {f"e{k}": names for k, names in enumerate(rows)}
    variables = list("uvwxyz")
    pairs = matched(incidence, variables)
    for name in variables:
        if name not in pairs:
            for other in pairs:
                without = [v for v in (*pairs, name) if v != other]
                could = largest(incidence, without) == len(pairs)
                assert (other in rivals(name, incidence, variables, pairs)) == could
