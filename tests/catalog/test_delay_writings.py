"""Models with delays and second writings by another hand: the same where every delay sees a past of its own.

`test_second_writings` lets all delays see the same past and takes the published numbers; here numbers are random, what
is looked back at depends on how long ago it was, and values, units and starts are compared as well.
"""

from __future__ import annotations

import ast
import functools
import importlib
from collections.abc import Callable, Mapping
from types import ModuleType
from typing import Any

import numpy as np
import pytest

from nonself.catalog import registry
from nonself.codegen import twin
from nonself.codegen.probe import evaluate
from nonself.codegen.program import Program
from nonself.engine.problem import Array, parameter_table
from nonself.expr import parse
from nonself.model.ir import Model
from nonself.units import registry as unit_registry
from tests.catalog.test_second_writings import built

POINTS = 300
AGREEMENT = 1e-12
SLIP = 1.000001
Values = Mapping[str, Any]
Past = Callable[[Any], list[Any]]  # how long ago -> the state then, as the writing orders it


def _kim(e: Values) -> dict[str, Any]:
    same = (
        "ry",
        "ay",
        "by",
        "cy",
        "rz",
        "az",
        "bz",
        "cz",
        "u",
        "k",
        "p0",
        "qC",
        "qT",
        "tau",
        "n",
        "dT",
        "sT",
        "cn",
    )
    deaths = {f"full_d{stage}": e[f"d{stage}_all"] for stage in range(4)}
    return {"lam": e["shared"], **deaths, **{name: e[name] for name in same}}


def _wheldon(e: Values) -> dict[str, Any]:
    names = {
        "inflow": "alpha", "inhibition": "beta", "power": "gamma", "delay": "tau", "exit": "lam", "crowding": "mu",
        "loss": "omega",
    }  # fmt: skip
    return {**{mine: e[theirs] for mine, theirs in names.items()}, "gain": e["share"] * e["lam"]}


def _zhuge(e: Values) -> dict[str, Any]:
    other = {"s_1": "s1", "s_2": "s2"}
    return {name: e[other.get(name, name)] for name in second("zhuge_lei_mackey2012").PARAMETERS}


# the entry's numbers as the second writing names them
READS: dict[str, Callable[[Values], dict[str, Any]]] = {
    "kim_lee_levy2008": _kim,
    "mackey_glass1977": lambda e: {
        "beta": e["beta"], "gamma": e["gamma"], "n": e["m"], "tau": e["tau"], "theta": 1.0,
    },
    "wheldon1974": _wheldon,
    "zhuge_lei_mackey2012": _zhuge,
}  # fmt: skip
# species whose past some rate depends on
LOOKED_BACK_AT = {
    "kim_lee_levy2008": {"y0", "y1", "y2", "y3", "z0", "z1", "z2", "z3", "T"}, "mackey_glass1977": {"u"},
    "wheldon1974": {"marrow"}, "zhuge_lei_mackey2012": {"Q", "N"},
}  # fmt: skip


def second(id: str) -> ModuleType:
    return importlib.import_module(f"tests.qc.{id}")


def entry_values(program: Program, table: Array) -> dict[str, Array]:
    return dict(zip(program.parameters, table, strict=True))


def random_numbers(program: Program) -> Array:
    """Return numbers around the published ones; what is 0 there lies between 0 and 1/2."""
    rng = np.random.default_rng(11)
    shape = (len(program.defaults), POINTS)
    around = program.defaults[:, None] * np.exp(rng.normal(0.0, 0.3, shape))
    return np.where(program.defaults[:, None] == 0.0, rng.uniform(0.0, 0.5, shape), around)


class Scene:
    """Random states now, and a past that differs at every time and in every species."""

    def __init__(self, program: Program) -> None:
        rng = np.random.default_rng(12)
        begun = twin.initial_state(program.model, program.defaults[:, None])
        usual = np.maximum(begun, 1e3 * program.scales[:, None])
        shape = (len(program.species), POINTS)
        self.now, self.level = (usual * 10 ** rng.uniform(-3.0, 1.0, shape) for _ in range(2))
        self.pace, self.phase = rng.uniform(0.2, 2.0, shape), rng.uniform(0.0, 6.0, shape)

    def past(self, ago: Any) -> Array:
        found: Array = self.level * np.exp(np.sin(self.pace * ago + self.phase))
        return found


@functools.cache
def scene(id: str) -> Scene:
    return Scene(built(id))


def formula_value(model: Model, formula: str, numbers: Values, state: Mapping[str, Any], past: Any) -> Any:
    """Work a formula of the model out, node by node; `delay` asks the past."""
    inner = {part.id: part.formula for part in model.expressions}
    inner |= {part.id: str(part.value) for part in model.derived}

    def look(node: ast.AST, state: Mapping[str, Any]) -> Any:
        match node:
            case ast.Constant(value=value):
                return value
            case ast.Name(id=name) if name in inner:
                return look(parse(inner[name]), state)
            case ast.Name(id=name):
                return state[name] if name in state else numbers[name]
            case ast.UnaryOp(op=ast.USub(), operand=operand):
                return -look(operand, state)
            case ast.BinOp(left=left, op=op, right=right):
                a, b = look(left, state), look(right, state)
                return {
                    "Add": np.add,
                    "Sub": np.subtract,
                    "Mult": np.multiply,
                    "Div": np.divide,
                    "Pow": np.power,
                }[type(op).__name__](a, b)
            case ast.Call(func=ast.Name(id="exp"), args=[argument]):
                return np.exp(look(argument, state))
            case ast.Call(func=ast.Name(id="delay"), args=[what, ago]):
                return look(what, dict(zip(state, past(look(ago, {})), strict=True)))
        raise AssertionError(ast.dump(node))

    return look(parse(formula), state)


@functools.cache
def entry_rates(id: str, slipped: str | None = None) -> Array:
    """What the entry's own formulas give at the random points, in the order of its species; one reaction may slip."""
    program, here = built(id), scene(id)
    model, numbers = program.model, entry_values(program, random_numbers(program))
    state = dict(zip(program.species, here.now, strict=True))
    rates = {name: np.zeros(POINTS) for name in program.species}
    for reaction in model.reactions:
        rate = formula_value(model, reaction.rate, numbers, state, here.past)
        rate = rate * SLIP if reaction.id == slipped else rate
        for name, count in reaction.change:
            rates[name] = rates[name] + count * rate
    return np.array([rates[name] for name in program.species])


def second_rates(
    id: str, number: str | None = None, now: str | None = None, then: str | None = None, always: bool = False
) -> Array:
    """The same by the second writing, with a slip planted in a number, in a state or in a past; `always`: one past."""
    program, writing, here = built(id), second(id), scene(id)
    order = [program.species.index(name) for name in writing.SPECIES]
    given = READS[id](entry_values(program, random_numbers(program)))
    slip = {name: np.array([SLIP if one == name else 1.0 for one in writing.SPECIES]) for name in (now, then)}
    if number is not None:
        given[number] = given[number] * SLIP

    def past(ago: Any) -> Array:
        found: Array = here.past(0.0 if always else ago)[order] * slip[then][:, None]
        return found

    with np.errstate(under="ignore"):
        found = np.array(writing.rhs(0.0, here.now[order] * slip[now][:, None], given, past))
    return found[[writing.SPECIES.index(name) for name in program.species]]


def apart(found: Array, expected: Array) -> float:
    return float((np.abs(found - expected) / (np.abs(expected) + 1e-300)).max())


@pytest.mark.parametrize("id", READS)
def test_same_rates_where_every_delay_sees_its_own_past(id: str) -> None:
    assert apart(entry_rates(id), second_rates(id)) < AGREEMENT


@pytest.mark.parametrize("id", READS)
def test_same_rates_in_machine_code(id: str) -> None:
    program, here = built(id), scene(id)
    found, _ = evaluate(program, random_numbers(program), here.now, past=here.past(0.0))
    assert apart(found, second_rates(id, always=True)) < AGREEMENT


@pytest.mark.parametrize("id", READS)
def test_planted_breach_each_number_and_each_state_counts(id: str) -> None:
    """One part in a million is seen in every number, every state, and every past that a rate depends on."""
    expected, writing = entry_rates(id), second(id)
    for name in writing.PARAMETERS:
        assert apart(second_rates(id, number=name), expected) > 100 * AGREEMENT, name
    for name in writing.SPECIES:
        assert apart(second_rates(id, now=name), expected) > 100 * AGREEMENT, name
    seen = {
        name for name in writing.SPECIES if apart(second_rates(id, then=name), expected) > 100 * AGREEMENT
    }
    assert seen == LOOKED_BACK_AT[id]


@pytest.mark.parametrize("id", READS)
def test_planted_breach_each_reaction_counts(id: str) -> None:
    for reaction in built(id).model.reactions:
        assert apart(entry_rates(id, reaction.id), second_rates(id)) > 100 * AGREEMENT, reaction.id


@pytest.mark.parametrize("id", READS)
def test_every_number_of_the_entry_counts(id: str) -> None:
    """A number of the entry that the second writing does not read belongs to the start alone."""
    program = built(id)
    read = READS[id](dict.fromkeys(program.parameters, 1.0))
    assert read.keys() == second(id).PARAMETERS.keys()
    asked: set[str] = set()

    class Asking(dict[str, float]):
        def __missing__(self, name: str) -> float:
            asked.add(name)
            return 1.0

    READS[id](Asking())
    beginnings = {name for name in program.parameters if name.endswith("_initial")}
    assert set(program.parameters) - asked - beginnings == (
        {"ay_before", "by_before", "cy_before"} if id == "kim_lee_levy2008" else set()
    )


SETS = [
    (name, variant)
    for name in READS
    for variant in ("default", *(one.id for one in registry.model(name).variants))
]


def given(id: str, variant: str) -> Array:
    values = {one.id: dict(one.values) for one in registry.model(id).variants}.get(variant, {})
    return parameter_table(built(id), 1, values)


def differing(id: str, variant: str, numbers: Mapping[str, float], start: Mapping[str, float]) -> set[str]:
    """Names of what is not, to the last bit but two, what the entry has in a published set."""
    program, table = built(id), given(id, variant)
    mine = {name: float(np.squeeze(v)) for name, v in READS[id](entry_values(program, table)).items()}
    state = dict(zip(program.species, twin.initial_state(program.model, table)[:, 0], strict=True))
    found = {name for name in numbers if mine[name] != pytest.approx(numbers[name], rel=5e-16, abs=0.0)}
    return found | {name for name in start if state[name] != pytest.approx(start[name], rel=1e-15, abs=0.0)}


def published(id: str, variant: str) -> tuple[dict[str, float], dict[str, float]]:
    writing = second(id)
    numbers = writing.PARAMETERS if variant == "default" else writing.VARIANTS[variant]
    return dict(numbers), dict(writing.INITIALS.get(variant, writing.INITIAL))


@pytest.mark.parametrize(("id", "variant"), SETS)
def test_same_values_and_starts(id: str, variant: str) -> None:
    """What a species was before the start is as it begins, in both."""
    assert not differing(id, variant, *published(id, variant))
    assert all(species.history is None for species in built(id).model.species)


@pytest.mark.parametrize(("id", "variant"), SETS)
def test_planted_breach_each_value_and_start_counts(id: str, variant: str) -> None:
    numbers, start = published(id, variant)
    for name in numbers:
        assert differing(id, variant, {**numbers, name: numbers[name] * (1 + 1e-14) or 1e-30}, start) == {
            name
        }
    for name in start:
        assert differing(id, variant, numbers, {**start, name: start[name] * (1 + 1e-14) or 1e-30}) == {name}


def unlike(id: str, units: Mapping[str, str]) -> set[str]:
    """Names whose unit is not the entry's, in size or kind."""
    quantity, model = unit_registry().Quantity, built(id).model
    theirs = {part.id: quantity(1.0, "" if part.unit == "1" else part.unit) for part in model.parameters}
    mine = READS[id](theirs) | {
        part.id: quantity(1.0, "" if part.unit == "1" else part.unit) for part in model.species
    }
    return {name for name, unit in units.items() if quantity(mine[name]).units != quantity(1.0, unit).units}


@pytest.mark.parametrize("id", READS)
def test_same_units(id: str) -> None:
    writing = second(id)
    assert writing.UNITS.keys() == {*writing.PARAMETERS, *writing.SPECIES}
    assert not unlike(id, writing.UNITS)


@pytest.mark.parametrize("id", READS)
def test_planted_breach_each_unit_counts(id: str) -> None:
    """Another kind, and another size: hours for days, single cells for thousands."""
    for name, unit in second(id).UNITS.items():
        for wrong in {f"{unit or 1}*gram", unit.replace("day", "hour"), unit.replace("kcell", "cell")} - {
            unit
        }:
            assert unlike(id, {**second(id).UNITS, name: wrong}) == {name}


def test_a_resistant_clone_begins_at_balance() -> None:
    """Of Kim, Lee and Levy, whose start depends on many numbers: with all of them random, and resistant cells."""
    program, writing = built("kim_lee_levy2008"), second("kim_lee_levy2008")
    table = random_numbers(program)
    e = entry_values(program, table)
    before = {name: e[f"{name}_before"] for name in ("ay", "by", "cy")}
    expected = writing.start(_kim(e), e["y0_initial"], e["z0_initial"], before)
    found = dict(zip(program.species, twin.initial_state(program.model, table), strict=True))
    assert all(apart(found[name], expected[name]) < AGREEMENT for name in program.species)
    for name in ("y0_initial", "z0_initial"):
        assert apart(found[name[:2]] * SLIP, expected[name[:2]]) > AGREEMENT
    without = writing.start(_kim(e), e["y0_initial"], 0.0, before)
    assert apart(found["z3"], without["z3"]) > AGREEMENT
