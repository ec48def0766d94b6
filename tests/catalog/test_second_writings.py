"""Each entry and its second writing, by someone who had not read it, are the same equations at random states."""

from __future__ import annotations

import functools
import importlib
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

from nonself.catalog import registry
from nonself.codegen import twin
from nonself.codegen.build import build
from nonself.codegen.probe import evaluate, jacobian
from nonself.codegen.program import Program
from nonself.engine.problem import parameter_table
from nonself.model.check import check
from nonself.model.compose import compose
from tests.codegen.test_kernels import complex_step, disagreement

QC = Path(__file__).parents[1] / "qc"
IDS = sorted(path.stem for path in QC.glob("*.py") if not path.stem.startswith(("test_", "_")))
AGREEMENT = 1e-9


@functools.cache
def built(id: str) -> Program:
    entry = registry.model(id)
    return build(compose(entry.mechanisms, id=id, time_unit=entry.time_unit), use_cache=False)


def second(id: str) -> ModuleType:
    return importlib.import_module(f"tests.qc.{id}")


def test_every_entry_has_a_second_writing() -> None:
    assert set(registry.model_ids()) == set(IDS)
    assert len(IDS) >= 7


def sets_of(id: str) -> list[tuple[str, dict[str, float], dict[str, float]]]:
    """(variant, the entry's parameters, the second writing's) for each published set."""
    entry, writing = registry.model(id), second(id)
    found = [("default", {}, dict(writing.PARAMETERS))]
    for variant in entry.variants:
        if variant.id in writing.VARIANTS:
            found.append((variant.id, dict(variant.values), dict(writing.VARIANTS[variant.id])))
    return found


def largest_difference(id: str, breach: str | None = None) -> float:
    """Return the largest relative difference of the two right-hand sides over all sets and 40 random states.

    The states are log-uniform from far below to far above the initial ones, so that each term rules somewhere.
    """
    program, writing = built(id), second(id)
    rows = [writing.SPECIES.index(name) for name in program.species]
    worst = 0.0
    for number, (_, mine, theirs) in enumerate(sets_of(id)):
        rng = np.random.default_rng(number)
        table = parameter_table(program, 40, mine)
        start = np.maximum(twin.initial_state(program.model, table), program.scales[:, None])
        low = np.minimum(program.scales[:, None], 1e-3 * start)
        high = np.maximum(10 * start, 1e8 * program.scales[:, None])
        states = low * (high / low) ** rng.uniform(0.0, 1.0, start.shape)
        past = low * (high / low) ** rng.uniform(0.0, 1.0, start.shape)
        rates, _ = evaluate(program, table, states, past=past)
        other = dict(theirs)
        if breach is not None:
            other[breach] = other[breach] * 1.000001 or 1e-6
        expected = np.empty_like(rates)
        for column in range(states.shape[1]):
            point, then = np.empty(len(rows)), np.empty(len(rows))
            point[rows], then[rows] = states[:, column], past[:, column]
            back = [lambda ago, then=then: then.tolist()] if hasattr(writing, "lags") else []
            expected[:, column] = np.array(writing.rhs(0.0, point.tolist(), other, *back))[rows]
        worst = max(worst, float((np.abs(rates - expected) / (np.abs(expected) + 1e-300)).max()))
    return worst


@pytest.mark.parametrize("id", IDS)
def test_same_equations(id: str) -> None:
    assert largest_difference(id) < AGREEMENT


@pytest.mark.parametrize("id", IDS)
def test_planted_breach_each_parameter_counts(id: str) -> None:
    """One part in a million in any parameter of the second writing is seen: no number is left uncompared."""
    unseen = [name for name in second(id).PARAMETERS if largest_difference(id, name) < AGREEMENT]
    elsewhere = {"clapp2015": {"x", "beta"}}.get(id, getattr(second(id), "UNSEEN_AT_ONE_TIME", set()))
    assert set(unseen) <= elsewhere


@pytest.mark.parametrize("id", IDS)
def test_every_published_set_is_compared(id: str) -> None:
    entry = registry.model(id)
    compared = {variant for variant, _, _ in sets_of(id)}
    left_out = {variant.id for variant in entry.variants} - compared
    assert left_out <= {"tolerance", "chronic", "car_t", "no_car_t"}


@pytest.mark.parametrize("id", IDS)
def test_model_checks_find_nothing(id: str) -> None:
    assert check(built(id).model) == ()


@pytest.mark.parametrize("id", IDS)
def test_jacobian(id: str) -> None:
    program = built(id)
    rng = np.random.default_rng(5)
    table = program.defaults[:, None] * np.exp(rng.normal(0, 0.3, (len(program.defaults), 12)))
    start = np.maximum(twin.initial_state(program.model, table), 10 * program.scales[:, None])
    states = start * np.exp(rng.normal(0, 1.0, start.shape))
    assert disagreement(jacobian(program, table, states), complex_step(program, table, states)) < 1e-11


@pytest.mark.parametrize("id", IDS)
def test_observables_equal_the_second_writing(id: str) -> None:
    program, writing = built(id), second(id)
    shared = [name for name in program.observables[len(program.species) :] if name in writing.OBSERVABLES]
    for _, mine, theirs in sets_of(id):
        table = parameter_table(program, 8, mine)
        rng = np.random.default_rng(3)
        start = np.maximum(twin.initial_state(program.model, table), program.scales[:, None])
        states = start * np.exp(rng.normal(0, 1.0, start.shape))
        _, observed = evaluate(program, table, states)
        for name in shared:
            row = program.observables.index(name) - len(program.species)
            for column in range(8):
                state = dict(zip(program.species, states[:, column], strict=True))
                assert observed[row, column] == pytest.approx(
                    writing.OBSERVABLES[name](state, theirs), rel=1e-9
                )
