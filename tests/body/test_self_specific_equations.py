"""Self-specific cells, antibody, marking and innate signal: entry and second writing are the same at random states."""

from __future__ import annotations

import functools

import numpy as np
import pytest

from nonself.catalog.body.build import body
from nonself.codegen import twin
from nonself.model.compose import compose
from nonself.model.ir import Model
from tests.qc.body import self_specific as second

POINTS = 48
BREACH = 1e-6
TOLERANCE = 1e-11
TISSUES = ("thyroid", "red_cell", "skin", "nuclear", "platelet", "granulocyte", "red_cell_precursor", "gut")
OURS = ("innate", "recognition", "no_leukemic_presentation", "self_", "antibody_", "marking_", "precursor_killing",
        "receptor_antibody", "nuclear_complexes")  # fmt: skip
TRAITS = ("deletion_trait", "ctla4_trait", "pd1_trait", "regulator_trait")
Values = dict[str, float]
Point = tuple[Values, Values, dict[str, tuple[Values, Values]], Values]


@functools.cache
def model() -> Model:
    return compose(body(TISSUES), id="all", time_unit="day")


@functools.cache
def owner() -> dict[str, str]:
    return {
        name: mechanism for kind, name, mechanism in model().record if kind in ("parameter", "expression")
    }


def ours(name: str) -> bool:
    return owner().get(name, "").startswith(OURS)


def drawn() -> tuple[np.ndarray, np.ndarray]:
    """Return parameters, all of ours varied, and states on both sides of the threshold."""
    rng = np.random.default_rng(2)
    parts = model().parameters
    table = np.repeat(np.array([[float(part.value)] for part in parts]), POINTS, axis=1)
    row = {part.id: number for number, part in enumerate(parts)}
    for name, number in row.items():
        if ours(name) or name in TRAITS:
            table[number] *= np.exp(rng.normal(0.0, 0.25, POINTS))
    for name in ("leukemic_contacts", "leukemic_presentation", "il7_release"):
        table[row[name]] = rng.uniform(0.1, 0.9, POINTS)
    for name in ("stimulating_share", "opsonized_share", "free_contacts"):
        table[row[name]] = rng.uniform(0.1, 0.9, POINTS)
    table[row["weight"]] = rng.uniform(50, 110, POINTS)
    state = twin.initial_state(model(), table)
    for number, part in enumerate(model().species):
        name = part.id
        if name.endswith("_avidity"):
            state[number] += rng.normal(0.4, 0.5, POINTS)
        elif name == "self_reactive_naive":
            state[number] *= rng.uniform(0.5, 1.5, POINTS)
        else:
            middle, spread = TYPICAL.get(name.rpartition("_")[2], (None, 0.8))
            around = state[number] if middle is None else middle
            state[number] = around * np.exp(rng.normal(0.0, spread, POINTS))
    return table, state


TYPICAL: dict[str, tuple[float, float]] = {
    "pathogen": (0.1, 2.0), "injury": (0.5, 1.0), "innate": (0.5, 1.0), "residents": (0.3, 1.5), "b": (0.05, 1.5),
    "plasma": (0.05, 1.5), "antibody": (1.0, 1.5), "effectors": (0.03, 2.0), "precursors": (1e-5, 4.0),
    "inhibition": (0.3, 0.5),
}  # fmt: skip
"""Middle and log spread of amounts that are none, or few, in health, by the last word of their names."""


@pytest.fixture(scope="module")
def points() -> list[Point]:
    """Return for each point the state, what is given, flows and their sizes by mechanism, and what is ours."""
    table, state = drawn()
    named = {name: np.broadcast_to(v, POINTS) for name, v in twin.named_values(model(), table, state).items()}
    species = [part.id for part in model().species]
    rates = {r.id: np.broadcast_to(twin.formula_values(r.rate, named), POINTS) for r in model().reactions}
    parameters = {part.id for part in model().parameters}
    found = []
    for column in range(POINTS):
        net: dict[str, tuple[Values, Values]] = {}
        for reaction in model().reactions:
            sums, sizes = net.setdefault(reaction.mechanism, ({}, {}))
            for name, amount in reaction.change:
                flow = amount * float(rates[reaction.id][column])
                sums[name] = sums.get(name, 0.0) + flow
                sizes[name] = sizes.get(name, 0.0) + abs(flow)
        given = {
            name: float(value[column])
            for name, value in named.items()
            if name not in species and (name in parameters or not ours(name))
        }
        mine = {name: float(value[column]) for name, value in named.items() if ours(name)}
        y = {name: float(state[number, column]) for number, name in enumerate(species)}
        found.append((y, given, net, mine))
    return found


def differences(points: list[Point], breach: str | None = None) -> dict[str, float]:
    """Return the largest difference by mechanism and species (over what flows) and by effect (over itself)."""
    worst: dict[str, float] = {}
    for y, given, net, mine in points:
        g = given if breach is None else given | {breach: given[breach] * (1 + BREACH)}
        other = second.flows(y, g)
        mechanisms = {name for name in net if name.startswith(OURS)}
        assert set(other) == mechanisms
        for mechanism in other:
            sums, sizes = net[mechanism]
            assert set(sums) == set(other[mechanism]), mechanism
            for name, flow in sums.items():
                key = f"{mechanism}: {name}"
                off = abs(flow - other[mechanism][name]) / (sizes[name] or 1.0)
                worst[key] = max(worst.get(key, 0.0), off)
        for name, value in second.effects(y, g).items():
            worst[name] = max(worst.get(name, 0.0), abs(mine[name] / value - 1))
    return worst


def test_same_equations(points: list[Point]) -> None:
    assert {name: off for name, off in differences(points).items() if off > TOLERANCE} == {}


def changeable() -> list[str]:
    """Return all numbers of ours, and the traits that they read."""
    names = [part.id for part in model().parameters if ours(part.id) or part.id in TRAITS]
    return [name for name in names if name not in STARTS_ONLY]


STARTS_ONLY = (
    {f"{name}_initial" for name in ("pathogen", "pathogen_effectors", "injury", "innate")}
    | {f"{x}_{what}_initial" for x in second.SEEN_BY_B for what in ("b", "plasma", "antibody")}
    | {f"{x}_inhibition_initial" for x in second.ENTERED}
)
"""Numbers that no rate reads: what is there at the start, 0."""


def test_planted_breach_each_number_counts(points: list[Point]) -> None:
    """One part in a million in any number of the second writing is seen: none is left uncompared."""
    assert len(changeable()) > 70
    assert [name for name in changeable() if max(differences(points, name).values()) < 10 * TOLERANCE] == []


@pytest.mark.parametrize(
    "where", ["pathogen", "thyroid_residents", "nuclear_b", "red_cell_antibody", "regulator"]
)
def test_planted_breach_each_state_counts(points: list[Point], where: str) -> None:
    moved = [(y | {where: y[where] * (1 + BREACH)}, given, net, mine) for y, given, net, mine in points]
    assert max(differences(moved).values()) > 10 * TOLERANCE


def test_same_start(points: list[Point]) -> None:
    """What a healthy adult starts with, at drawn numbers."""
    table, _ = drawn()
    state = twin.initial_state(model(), table)
    rows = {part.id: row for row, part in enumerate(model().species)}
    for column, (_, given, _, _) in enumerate(points):
        for name, value in second.start(given).items():
            assert state[rows[name], column] == pytest.approx(value, rel=1e-13, abs=0.0), name


def test_less_death_than_in_health_presents_less_and_alarms_nobody() -> None:
    """Dead cells far below rest: antigen falls with them, never below none, and the alarm stays silent."""
    table, state = drawn()
    rows = {part.id: row for row, part in enumerate(model().species)}
    state[rows["dead_cells"]] *= np.linspace(0.0, 0.5, POINTS)
    named = twin.named_values(model(), table, state)
    alarm = next(one for one in model().reactions if one.id == "nuclear_alarm")
    assert (named["nuclear_antigen"] >= 0).all()
    assert (twin.formula_values(alarm.rate, named) >= 0).all()
    assert (named["nuclear_release"] < 0.6).any()


def test_a_clonotype_of_high_avidity_raises_the_mean_by_a_quarter() -> None:
    births = {
        one.accumulator: one.change
        for one in model().hazards
        if one.accumulator.endswith("_clonotype_hazard")
    }
    assert births == {f"{x}_clonotype_hazard": ((f"{x}_avidity", 0.25),) for x in second.TARGETS}
