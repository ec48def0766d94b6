"""Every `must` of the catalog, simulated by the engine; a planted wrong sign fails it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from nonself.catalog import registry
from nonself.catalog.entry import Must, PublishedModel
from nonself.codegen.build import build
from nonself.codegen.program import Program
from nonself.engine.loop import solve
from nonself.engine.problem import Action, Problem, parameter_table
from nonself.model.compose import compose
from nonself.model.parts import Mechanism
from tests.catalog.test_second_writings import built

MUSTS = [(model.id, must) for model in registry.models().values() for must in model.must]


def measured(program: Program, entry: PublishedModel, must: Must) -> float:
    """Simulate what a `must` describes and reduce it to its number; NaN when the course was not finished."""
    variants = {variant.id: dict(variant.values) for variant in entry.variants}
    values = {**variants.get(must.variant or "", {}), **(must.set or {})}
    actions = tuple(
        Action(act.time, kind, name, value)
        for act in must.acts
        for kind, changes in (("set", act.set or {}), ("add", act.add or {}))
        for name, value in changes.items()
    )  # fmt: skip
    inside = np.array([act.time for act in must.acts if act.time <= must.at])
    grid = (
        np.array([must.at])
        if must.reduce == "at"
        else np.unique([*np.linspace(0.0, must.at, 40001), *inside])
    )
    problem = Problem(
        program,
        (must.variant or "default",),
        parameter_table(program, 1, values),
        must.at,
        grid,
        actions,
        rtol=1e-10,
    )  # type: ignore[arg-type]
    outcomes = solve(problem, keep=(must.quantity,))
    if not outcomes.finished.all():
        return float("nan")
    course = outcomes.values[0, :, 0]
    reducers = {
        "at": lambda: course[-1],
        "min": course.min,
        "max": course.max,
        "argmin": lambda: grid[course.argmin()],
        "argmax": lambda: grid[course.argmax()],
    }
    return float(reducers[must.reduce]())


@pytest.mark.parametrize(("id", "must"), MUSTS, ids=[f"{name}: {must.statement}" for name, must in MUSTS])
def test_must_holds(id: str, must: Must) -> None:
    value = measured(built(id), registry.model(id), must)
    assert must.low <= value <= must.high, f"{must.statement}: {value!r} is not in [{must.low}, {must.high}]"


def test_there_are_as_many_as_stated() -> None:
    assert len(MUSTS) >= 120


# one wrong sign a model: the reaction whose change is turned around
WRONG = {
    "hahnel2020": "immune_killing",
    "moore_li2004": "killing",
    "clapp2015": "death_3",
    "alexander_wahl2010": "effector_death",
    "anzules_il2ko": "activated_death",
    "friberg2002": "removal",
    "kimmel2021": "killing",
    "kim_lee_levy2008": "t_return",
    "mackey_glass1977": "production",
    "wheldon1974": "release",
    "zhuge_lei_mackey2012": "maturation",
}


@pytest.mark.parametrize("id", sorted(WRONG))
def test_planted_breach_a_turned_sign_breaks_a_must(id: str) -> None:
    entry = registry.model(id)
    names = [reaction.id for mechanism in entry.mechanisms for reaction in mechanism.reactions]
    turned = WRONG[id]
    assert turned in names
    mechanisms = tuple(_turn(mechanism, turned) for mechanism in entry.mechanisms)
    program = build(compose(mechanisms, id=id, time_unit=entry.time_unit), use_cache=False)
    broken = [m for m in entry.must if not m.low <= measured(program, entry, m) <= m.high]
    assert broken, f"turning {turned!r} around broke no must"


def _turn(mechanism: Mechanism, turned: str) -> Mechanism:
    return replace(
        mechanism,
        reactions=tuple(
            replace(r, change={k: -v for k, v in r.change.items()}) if r.id == turned else r
            for r in mechanism.reactions
        ),
    )
