"""Clones in composition: what they become, and what is refused with which words."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from nonself.codegen import probe, twin
from nonself.errors import CompositionError, InputError, UnknownName
from nonself.model.check import check
from nonself.model.clones import over_slots
from nonself.model.compose import compose, who_set_what
from nonself.model.ir import Model, right_hand_sides
from nonself.model.parts import Clone, CloneGroup, Hazard, Mechanism, Parameter, Reaction, Species, Trait
from tests.clones import WHY, T, alone, clone_program, founded

PLAIN = Mechanism(
    "plain", "one clone", (),
    species=(Species("R", 5.0, "cell", WHY),),
    parameters=(Parameter("b", 1.0, "1/day", WHY), Parameter("d", 0.8, "1/day", WHY)),
    clones=(Clone("R", "b", "d"),),
)  # fmt: skip
PAIR = CloneGroup("T", 2, "cell", WHY, "b*A", "d", (Trait("A", "1 + z", "1"),), {"z": "uniform"})
OTHER = replace(PAIR, traits=(Trait("A", "1 + 2*z", "1"),))
GROUPED = replace(
    PLAIN, clones=(), clone_groups=(PAIR,),
    hazards=(Hazard("export", "b", founds="T"),),
    reactions=(Reaction("none", "b*R", {"R": 1}),),
)  # fmt: skip


def _composed(**parts: object) -> Model:
    return compose([replace(PLAIN, **parts)], id="plain", time_unit="day")  # type: ignore[arg-type]


def test_a_clone_is_its_two_reactions() -> None:
    model = _composed()
    assert right_hand_sides(model) == {"R": "+ ((b)*R) - ((d)*R)"}
    assert who_set_what(model)["R"] == ["plain", "plain"]
    assert check(model) == ()


def test_a_group_is_its_slots() -> None:
    model = compose([GROUPED], id="grouped", time_unit="day")
    assert [part.id for part in model.species] == ["R", "T_1", "T_2", "A_1", "A_2", "export_hazard"]
    assert [(clone.species, clone.birth) for clone in model.clones] == [
        ("T_1", "b * A_1"),
        ("T_2", "b * A_2"),
    ]
    assert over_slots(PAIR, "b*A*T*R") == "b * A_1 * T_1 * R + b * A_2 * T_2 * R"
    assert check(model) == ()


def test_the_structure_knows_clones() -> None:
    plain = _composed()
    others = [
        _composed(clones=(Clone("R", "b", "d", threshold=100),)),
        _composed(clones=(Clone("R", "b", "d", cells=2.0),), species=(Species("R", 5.0, "cell", WHY, scale=0.5),)),
        compose([GROUPED], id="plain", time_unit="day"),
        compose([replace(GROUPED, clone_groups=(OTHER,))], id="plain", time_unit="day"),
    ]  # fmt: skip
    assert len({model.structure_hash for model in (plain, *others)}) == 1 + len(others)


REFUSED = [
    ({"clones": (Clone("S", "b", "d"),)}, UnknownName, "species of a clone 'S'"),
    ({"clones": (Clone("R", "b", "d", threshold="few"),)}, UnknownName, "threshold of clone 'R'"),
    ({"clones": (Clone("R", "b", "d", threshold=1e5),)}, CompositionError, "100000 cells"),
    ({"clones": (Clone("R", "b", "d", cells=0.0),)}, CompositionError, "0 cells in a unit"),
    ({"clones": (Clone("R", "b", "d", cells=1e6),)}, CompositionError, "more than one"),
    ({"clones": (Clone("R", "b", "d"), Clone("R", "b", "d"))}, CompositionError, "a name that is taken"),
    ({"clones": (Clone("R", "bb", "d"),)}, UnknownName, "rate of 'R_birth'"),
    ({"reactions": (Reaction("flow", "d*R", {"R": -1}),)}, CompositionError, "changes 'R', which is a clone"),
    ({"hazards": (Hazard("export", "b", founds="T"),)}, UnknownName, "clone group of hazard 'export'"),
]


@pytest.mark.parametrize(("parts", "error", "words"), REFUSED)
def test_what_is_refused(parts: dict[str, object], error: type[InputError], words: str) -> None:
    with pytest.raises(error, match=words):
        _composed(**parts)


GROUPS = [
    (replace(T, slots=0), "no slots"),
    (replace(T, draws={"z": "gamma"}), "say 'normal' or 'uniform'|is 'gamma'"),
    (replace(T, draws={"b": "normal"}), "a name that is taken"),
    (replace(T, traits=(Trait("A", "zz", "1"),), draws={"z": "normal"}), "name in trait 'A'"),
]


@pytest.mark.parametrize(("group", "words"), GROUPS)
def test_which_groups_are_refused(group: CloneGroup, words: str) -> None:
    hazard = Hazard("export", "b", founds="T")
    drug = Species("drug", 0.0, "1", WHY)
    parameters = (*PLAIN.parameters, *(Parameter(n, 1.0, "1/day", WHY) for n in ("kill", "spread", "rho")))
    with pytest.raises(InputError, match=words):
        _composed(
            clone_groups=(group,), hazards=(hazard,), species=(*PLAIN.species, drug), parameters=parameters
        )


def test_the_checks_see_rates_below_zero_and_wrong_dimensions() -> None:
    flaws = check(_composed(clones=(Clone("R", "b - d", "d"),)))
    assert [(flaw.check, flaw.part) for flaw in flaws] == [("clone", "R")]
    flaws = check(_composed(clones=(Clone("R", "b", "d*R"),)))
    assert {flaw.check for flaw in flaws} == {"dimensions"}
    assert check(alone("few")) == ()
    wrong = replace(PLAIN, clones=(Clone("R", "b", "d", threshold="b"),))
    assert [flaw.part for flaw in check(compose([wrong], id="w", time_unit="day"))] == ["R"]


def test_machine_code_and_twin_have_the_same_rates() -> None:
    built = clone_program("founded")
    rng = np.random.default_rng(5)
    table = np.repeat(built.defaults[:, None], 20, axis=1)
    states = rng.uniform(0.5, 20.0, (len(built.species), 20))
    rates, _ = probe.evaluate(built, table, states)
    assert np.allclose(rates, twin.right_hand_side(built.model, table, states), rtol=1e-12)
    births, deaths = twin.clone_rates(built.model, table, states)
    rows = [built.species.index(clone.species) for clone in built.model.clones]
    assert np.allclose((births - deaths) * states[rows], rates[rows], rtol=1e-9)
    assert np.allclose(
        births[1:],
        table[built.parameters.index("b")] * states[[built.species.index(f"A_{k}") for k in range(1, 7)]],
    )
    assert founded().clones == built.model.clones
