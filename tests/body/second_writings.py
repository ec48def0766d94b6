"""The whole body at random numbers and states, and how far a second writing is from it, mechanism by mechanism."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from types import ModuleType

import numpy as np

from nonself.catalog.body.build import TISSUES, body
from nonself.codegen import twin
from nonself.model.compose import compose
from nonself.model.ir import Model
from nonself.model.parts import Mechanism, Parameter
from nonself.provenance import assumed

POINTS = 24
TIME = 2500.0
TOLERANCE = 1e-9
BREACH = 1e-6
Values = dict[str, float]

ATTACKS = {f"{tissue}_injury": "1/day" for tissue in ("thyroid", "skin", "gut", "kidney")} | {
    "kidney_killing": "1/day"
}
"""What attacks a tissue and is 0 in the body alone: a number here, so that it can be drawn."""

DRAWN: dict[str, tuple[float, float]] = {
    "age_at_start": (18.0, 85.0), "height": (150.0, 195.0), "weight": (45.0, 110.0), "smoking": (0.1, 1.0),
    "benzene": (1.0, 90.0), "earlier_cytotoxic": (0.2, 3.0), "clonal_hematopoiesis": (0.05, 0.5),
    "leukemic_marrow": (0.05, 0.9), "neutrophil_self_share": (0.5, 0.98), "neutrophil_yield": (0.5, 0.95),
    "opsonized_share": (0.1, 0.9),
}  # fmt: skip
"""Numbers drawn between two ends; all others are drawn around their value."""

TYPICAL = {
    "pathogen": 1.0, "injury": 0.5, "innate": 0.5, "cd8": 1.0, "deposits": 1.0, "residents": 0.3, "antibody": 1.0,
}  # fmt: skip
"""Middles of amounts that are none, or few, in health, by the last word of their names."""


@dataclass(frozen=True)
class Point:
    """One state: all values, what mechanisms add net, the size of what flows, and observables."""

    y: Values
    values: Values
    net: dict[str, Values]
    size: dict[str, Values]
    seen: Values
    start: Values


def _attacked() -> Mechanism:
    source = assumed("a number of this test")
    numbers = tuple(
        Parameter(name, 0.01, unit, source, label="attack on a tissue") for name, unit in ATTACKS.items()
    )
    return Mechanism("attacked", "What attacks tissues, as numbers", references=(), parameters=numbers)


@functools.cache
def model() -> Model:
    parts = [part for part in body(tuple(TISSUES)) if not part.id.startswith("nothing_attacks")]
    return compose([*parts, _attacked()], id="attacked", time_unit="day")


@functools.cache
def owners() -> dict[str, str]:
    """Return the mechanism of each number and expression."""
    return {name: owner for kind, name, owner in model().record if kind in ("parameter", "expression")}


def _drawn() -> tuple[np.ndarray, np.ndarray]:
    """Return numbers around their values, and states from far below to above rest."""
    rng = np.random.default_rng(7)
    parts = model().parameters
    table = np.array([[float(part.value)] for part in parts]) * np.exp(
        rng.normal(0, 0.08, (len(parts), POINTS))
    )
    row = {part.id: number for number, part in enumerate(parts)}
    fixed = [number for name, number in row.items() if name.endswith("_initial")]
    table[fixed] = [[float(parts[number].value)] for number in fixed]
    for name, ends in DRAWN.items():
        table[row[name]] = rng.uniform(*ends, POINTS)
    table[row["male"]] = np.arange(POINTS) % 2
    state = twin.initial_state(model(), table)
    for number, part in enumerate(model().species):
        if part.id.endswith("_avidity"):
            continue
        rest = np.maximum(state[number], 1e-3)
        middle = np.maximum(rest, TYPICAL.get(part.id.rpartition("_")[2], 0.0))
        state[number] = middle * np.exp(rng.normal(-0.4, 0.8, POINTS))
    share = [part.id for part in model().species].index("self_reactive_naive")
    state[share] = rng.uniform(0.05, 0.6, POINTS)
    return table, state


@functools.cache
def points() -> tuple[Point, ...]:
    table, state = _drawn()
    named = {n: np.broadcast_to(v, POINTS) for n, v in twin.named_values(model(), table, state, TIME).items()}
    rates = [np.broadcast_to(twin.formula_values(one.rate, named), POINTS) for one in model().reactions]
    seen, start = twin.observables(model(), table, state, TIME), twin.initial_state(model(), table)
    species = [part.id for part in model().species]
    found = []
    for column in range(POINTS):
        net: dict[str, Values] = {}
        size: dict[str, Values] = {}
        for reaction, rate in zip(model().reactions, rates, strict=True):
            sums, sizes = net.setdefault(reaction.mechanism, {}), size.setdefault(reaction.mechanism, {})
            for name, amount in reaction.change:
                flow = amount * float(rate[column])
                sums[name] = sums.get(name, 0.0) + flow
                sizes[name] = sizes.get(name, 0.0) + abs(flow)
        found.append(
            Point(
                dict(zip(species, map(float, state[:, column]), strict=True)),
                {name: float(value[column]) for name, value in named.items() if name not in species},
                net,
                size,
                dict(zip((o.id for o in model().observables), map(float, seen[:, column]), strict=True)),
                dict(zip(species, map(float, start[:, column]), strict=True)),
            )
        )
    return tuple(found)


def own_numbers(mechanisms: frozenset[str]) -> list[str]:
    """Return the plain numbers of mechanisms: those that follow from no other."""
    return [part.id for part in model().parameters if owners().get(part.id) in mechanisms]


def given(point: Point, mechanisms: frozenset[str]) -> Values:
    """Return what a second writing of mechanisms is given: plain numbers, and what others own."""
    plain = {part.id for part in model().parameters}
    return {
        name: value
        for name, value in point.values.items()
        if name in plain or owners().get(name) not in mechanisms
    }


def _off(mine: float, other: float, size: float) -> float:
    return abs(mine - other) / size if size else abs(mine - other)


def differences(
    second: ModuleType, mechanisms: frozenset[str], breach: str | None = None, state: str | None = None
) -> Values:
    """Return the largest difference by mechanism and species (over what flows) and by level (over itself)."""
    worst: Values = {}

    def note(key: str, off: float) -> None:
        worst[key] = max(worst.get(key, 0.0), off)

    for point in points():
        g, y = given(point, mechanisms), point.y
        if breach is not None:
            g |= {breach: g[breach] * (1 + BREACH)}
        if state is not None:
            y = y | {state: y[state] * (1 + BREACH)}
        for mechanism, flows in second.flows(y, g).items():
            for name, flow in flows.items():
                note(
                    f"{mechanism}: {name}",
                    _off(point.net[mechanism][name], flow, point.size[mechanism][name]),
                )
        for name, value in (getattr(second, "numbers", lambda g: {})(g) | second.effects(y, g)).items():
            note(name, _off(point.values[name], value, abs(value)))
        for name, value in getattr(second, "seen", lambda y, g: {})(y, g).items():
            note(name, _off(point.seen[name], value, abs(value)))
        for name, value in getattr(second, "start", lambda g: {})(g).items():
            note(f"start of {name}", _off(point.start[name], value, abs(value)))
    return worst
