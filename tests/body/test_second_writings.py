"""Blood, lymphocytes, tissues, person, deaths, exposures: entry and second writing are the same at random states."""

from __future__ import annotations

from dataclasses import dataclass
from types import ModuleType

import pytest

from tests.body.second_writings import TOLERANCE, differences, given, model, own_numbers, owners, points
from tests.qc.body import b_cells, blood, exposures, lymphocytes, person, tissues


@dataclass(frozen=True)
class Writing:
    """A second writing, the mechanisms that it writes, what it reads of the person, and what it leaves to others."""

    second: ModuleType
    mechanisms: frozenset[str]
    reads: tuple[str, ...] = ()
    others: frozenset[str] = frozenset()


TRAITS = frozenset(
    {"ctla4_trait", "pd1_trait", "regulator_trait", "infection_trait", "thymic_trait", "deletion_trait"}
)
EXPOSED = ("smoking", "benzene", "earlier_cytotoxic", "clonal_hematopoiesis")
WRITINGS = {
    "person": Writing(
        person, frozenset({"person", "old_age", "low_counts"}), others=TRAITS | frozenset(EXPOSED)
    ),
    "blood": Writing(
        blood,
        frozenset({"stem_cells", "red_line", "neutrophil_line", "platelet_line", "clearance"}),
        ("male", "leukemic_marrow"),
    ),
    "lymphocytes": Writing(
        lymphocytes,
        frozenset({"t_cells", "t_responses", "repertoire", "natural_killers"}),
        ("thymic_trait", "age_at_start"),
    ),
    "b_cells": Writing(b_cells, frozenset({"b_cells", "plasma_cells"}), ("deletion_trait", "age_at_start")),
    "tissues": Writing(
        tissues,
        frozenset({"thyroid", "skin", "gut", "kidney", "dying_cells", "healthy_blood_death"}),
        ("thyroid_injury", "skin_injury", "gut_injury", "kidney_injury", "kidney_killing"),
    ),
    "exposures": Writing(
        exposures,
        frozenset({"smoke", "benzene_in_marrow", "damaged_stem_cells", "mutant_phagocytes"}),
        EXPOSED,
    ),
}
every = pytest.mark.parametrize("writing", WRITINGS.values(), ids=list(WRITINGS))


@every
def test_same_equations(writing: Writing) -> None:
    """Flows of every state by mechanism, every level, every number that follows from others, and the start."""
    found = differences(writing.second, writing.mechanisms)
    assert {name: off for name, off in found.items() if not off < TOLERANCE} == {}


@every
def test_nothing_is_left_out(writing: Writing) -> None:
    """All that the mechanisms flow into, name and derive is in the second writing, and no more."""
    point = points()[0]
    g = given(point, writing.mechanisms)
    flows = writing.second.flows(point.y, g)
    mine = {name: set(net) for name, net in point.net.items() if name in writing.mechanisms}
    assert {name: set(flow) for name, flow in flows.items()} == mine
    plain = {part.id for part in model().parameters}
    named = {name for name, owner in owners().items() if owner in writing.mechanisms} - plain
    assert named - set(differences(writing.second, writing.mechanisms)) == set()
    read = {
        name for kind, name, owner in model().record if kind == "observable" and owner in writing.mechanisms
    }
    assert read - set(getattr(writing.second, "seen", lambda y, g: {})(point.y, g)) == set()
    species = {
        name for kind, name, owner in model().record if kind == "species" and owner in writing.mechanisms
    }
    started = {name for name in species if not name.endswith("_hazard")}
    assert started == set(getattr(writing.second, "start", lambda g: {})(g))


@every
def test_planted_breach_each_number_counts(writing: Writing) -> None:
    """One part in a million in any number that the second writing reads is seen: none is left uncompared."""
    own = [name for name in own_numbers(writing.mechanisms) if name not in writing.others]
    seen = {
        name: max(differences(writing.second, writing.mechanisms, breach=name).values())
        for name in (*own, *writing.reads)
    }
    assert [name for name, off in seen.items() if off < 10 * TOLERANCE] == []


@every
def test_planted_breach_each_state_counts(writing: Writing) -> None:
    states = [
        name
        for kind, name, owner in model().record
        if kind == "species" and owner in writing.mechanisms and not name.endswith("_hazard")
    ]
    seen = {
        name: max(differences(writing.second, writing.mechanisms, state=name).values()) for name in states
    }
    assert [name for name, off in seen.items() if off < 10 * TOLERANCE] == []


def test_planted_breach_a_number_that_nothing_reads_is_not_seen() -> None:
    """What the guard of numbers would say of a number that the second writing forgot."""
    writing = WRITINGS["blood"]
    assert (
        max(differences(writing.second, writing.mechanisms, breach="thyroid_lifespan").values()) < TOLERANCE
    )


@pytest.mark.parametrize(
    ("writing", "name", "wrong"),
    [
        ("blood", "numbers", {"reserve_release": 1.001}),
        ("lymphocytes", "effects", {"il2": 1.001}),
        ("tissues", "effects", {"kidney_protein": 1.001}),
        ("b_cells", "start", {"transitional_b": 1.001}),
    ],
)
def test_planted_breach_a_wrong_formula_is_seen(
    monkeypatch: pytest.MonkeyPatch, writing: str, name: str, wrong: dict[str, float]
) -> None:
    chosen = WRITINGS[writing]
    right = getattr(chosen.second, name)

    def off(*arguments: dict[str, float]) -> dict[str, float]:
        return {key: value * wrong.get(key, 1.0) for key, value in right(*arguments).items()}

    monkeypatch.setattr(chosen.second, name, off)
    assert max(differences(chosen.second, chosen.mechanisms).values()) > 10 * TOLERANCE
