"""What always holds, on every catalog model: counts stay above minus tolerance, a zero mechanism changes nothing."""

from __future__ import annotations

import functools

import numpy as np
import pytest

from nonself.catalog import registry
from nonself.codegen.build import build
from nonself.codegen.program import Program
from nonself.engine.loop import solve
from nonself.engine.problem import Action, Array, Problem, parameter_table
from nonself.model.compose import compose
from nonself.model.parts import Mechanism, Parameter, Reaction, Species
from nonself.provenance import assumed

WHY = assumed("a test")
IDS = registry.model_ids()
PATIENTS = 24
RTOL = 1e-6


def _zero(species: str, unit: str, time_unit: str) -> Mechanism:
    """A mechanism that would take from a species and feed another, at a rate of zero."""
    return Mechanism(
        "idle", "does nothing", (),
        species=(Species("idle_pool", 1.0, unit, WHY),),
        parameters=(Parameter("idle_rate", 0.0, f"1/{time_unit}", WHY),),
        reactions=(
            Reaction("idle_loss", f"idle_rate*{species}", {species: -1, "idle_pool": 1}),
            Reaction("idle_return", "idle_rate*idle_pool", {"idle_pool": -1, species: 1}),
        ),
    )  # fmt: skip


@functools.cache
def _program(id: str, idle: bool) -> Program:
    entry = registry.model(id)
    mechanisms = list(entry.mechanisms)
    if idle:
        first = mechanisms[0].species[0]
        mechanisms.append(_zero(first.id, first.unit, entry.time_unit))
    return build(compose(mechanisms, id=id, time_unit=entry.time_unit), use_cache=False)


def _cohort(id: str, idle: bool = False, rtol: float = RTOL) -> tuple[Array, tuple[str, ...]]:
    entry, built = registry.model(id), _program(id, idle)
    rng = np.random.default_rng(11)
    table = parameter_table(built, PATIENTS)
    own = [row for row, name in enumerate(built.parameters) if not name.startswith("idle")]
    table[own] *= np.exp(0.1 * rng.standard_normal((len(built.parameters), PATIENTS))[: len(own)])
    doses = (Action(0.0, "add", "C1", 180.0),) if id == "friberg2002" else ()
    grid = np.linspace(0.0, min(entry.until, 200.0), 201)
    names = tuple(map(str, range(PATIENTS)))
    outcomes = solve(Problem(built, names, table, float(grid[-1]), grid, doses, rtol=rtol))
    assert outcomes.finished.all()
    states = [name for name in built.species if not name.startswith("idle")]
    return np.stack([outcomes.of(name) for name in states], axis=-1), tuple(states)


def _lowest(values: Array, id: str) -> float:
    """The deepest any count went below zero, in tolerances: rtol times the largest it was, or times its scale."""
    scales = _program(id, False).scales
    allowed = RTOL * np.maximum(np.abs(values).max(axis=(0, 1)), scales)
    return float((values.min(axis=(0, 1)) / allowed).min())


@pytest.mark.parametrize("id", IDS)
def test_counts_never_fall_below_minus_tolerance(id: str) -> None:
    assert _lowest(_cohort(id)[0], id) >= -1.0


def test_planted_breach_a_negative_count_is_seen() -> None:
    values = _cohort("hahnel2020")[0].copy()
    values[3, 7, 1] = -1e-4 * values[..., 1].max()
    assert _lowest(values, "hahnel2020") < -1.0


def _apart(left: Array, right: Array) -> float:
    size = np.maximum(np.abs(left), 1e-6 * np.abs(left).max(axis=(0, 1))) + np.finfo(float).tiny
    return float((np.abs(left - right) / size).max())


@pytest.mark.parametrize("id", IDS)
def test_a_mechanism_at_zero_changes_nothing_beyond_tolerance(id: str) -> None:
    """Its reactions are compiled in and add one species; the error norm may choose other steps, no more."""
    plain, with_idle = _cohort(id, rtol=1e-9)[0], _cohort(id, idle=True, rtol=1e-9)[0]
    assert _apart(plain, with_idle) < 1e-4


def test_planted_breach_a_mechanism_not_quite_at_zero_is_seen() -> None:
    built = _program("hahnel2020", True)
    grid = np.linspace(0.0, 200.0, 201)
    values = []
    for rate in (0.0, 1e-3):
        table = parameter_table(built, 1, {"idle_rate": rate})
        values.append(
            solve(Problem(built, ("a",), table, 200.0, grid, rtol=1e-9), keep=("X", "Y", "Z")).values
        )
    assert _apart(*values) > 1e-4
