"""A looped LU, and kernels in pieces, give the bits of the unrolled form; large models build in a short time."""

from __future__ import annotations

import time
from collections.abc import Callable

import numpy as np
import pytest

from nonself.codegen import kernels, pieces
from nonself.codegen.build import LARGEST_UNROLLED, build
from nonself.codegen.lower import lower
from nonself.codegen.probe import jacobian
from nonself.codegen.program import Program
from nonself.codegen.sparse import plan
from nonself.engine.loop import solve
from nonself.engine.problem import Action, Problem, parameter_table
from nonself.engine.result import Outcomes
from nonself.model.ir import Model
from nonself.model.parts import Event
from tests import large, models
from tests.engine import eventful

MAKERS: dict[str, Callable[[], Model]] = {
    "robertson": models.robertson, "dosed": models.dosed, "growth": models.growth, "decay": models.decay,
    "driven": models.driven, "pulsed": models.pulsed,
    "network": lambda: large.network(25), "coupled": lambda: large.coupled(12),
}  # fmt: skip


def both(model: Model, width: int = 8) -> tuple[Program, Program]:
    """The same model, unrolled and looped."""
    level = None if width == 8 else "x86-64-v3"
    unrolled, looped = (
        build(model, width=width, level=level, use_cache=False, largest_unrolled=largest)
        for largest in (10**9, 0)
    )
    assert (unrolled.space.looped, looped.space.looped) == (0, 1)
    return unrolled, looped


def outcomes(program: Program, count: int = 19) -> Outcomes:
    rng = np.random.default_rng(3)
    table = parameter_table(program, count)
    table = table * np.exp(rng.normal(0, 0.4, table.shape))
    first = Action(2.0, "add", program.species[0], 0.5)
    names = tuple(map(str, range(count)))
    return solve(Problem(program, names, table, 8.0, np.linspace(0, 8.0, 33), (first,)))


def same(left: Outcomes, right: Outcomes) -> bool:
    return (
        left.values.tobytes() == right.values.tobytes()
        and left.steps.tolist() == right.steps.tolist()
        and left.rejected.tolist() == right.rejected.tolist()
        and left.status.tolist() == right.status.tolist()
    )


@pytest.mark.parametrize("name", MAKERS)
@pytest.mark.parametrize("width", [8, 4])
def test_both_forms_give_the_same_bits(name: str, width: int) -> None:
    unrolled, looped = both(MAKERS[name](), width)
    assert same(outcomes(unrolled), outcomes(looped))


@pytest.mark.parametrize("longest", [1, 7])
@pytest.mark.parametrize("name", ["dosed", "driven", "pulsed", "coupled"])
def test_kernels_in_small_pieces_give_the_same_bits(
    name: str, longest: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every node a piece of its own: conditions are worked out again, and all else is carried."""
    whole = build(MAKERS[name](), use_cache=False)
    monkeypatch.setattr(pieces.cut, "__defaults__", ((), longest))
    small = build(MAKERS[name](), use_cache=False, largest_unrolled=0)
    assert small.space.carried > 0
    assert same(outcomes(whole), outcomes(small))


def test_planted_breach_another_order_of_elimination_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    unrolled = build(large.network(25), use_cache=False, largest_unrolled=10**9)
    monkeypatch.setattr(
        "nonself.codegen.sparse._cheapest", lambda cost: int(np.flatnonzero(cost == cost.min())[-1])
    )
    other = build(large.network(25), use_cache=False, largest_unrolled=0)
    assert not same(outcomes(unrolled), outcomes(other))


def test_planted_breach_fill_that_starts_at_plus_zero_is_another_number() -> None:
    """Why fill starts at -0: an entry made by elimination is -(a b), not 0 - a b."""
    product = np.float64(0.0) * np.float64(5.0)
    assert np.signbit(-product) == np.signbit(-0.0 - product)
    assert np.signbit(-product) != np.signbit(0.0 - product)


@pytest.mark.parametrize("name", ["network", "coupled", "robertson"])
def test_the_looped_factors_multiply_to_the_same_matrix(name: str) -> None:
    unrolled, looped = both(MAKERS[name]())
    rng = np.random.default_rng(5)
    parameters = unrolled.defaults[:, None] * np.ones((1, 3))
    states = np.exp(rng.normal(0, 0.5, (len(unrolled.species), 3)))
    assert jacobian(unrolled, parameters, states).tobytes() == jacobian(looped, parameters, states).tobytes()


def test_growth_is_refused_at_the_same_steps_in_both_forms(monkeypatch: pytest.MonkeyPatch) -> None:
    """With a limit that many factorizations exceed, both forms reject the same ones, and more than without."""
    plain = outcomes(both(large.network(25))[1])
    monkeypatch.setattr(kernels, "GROWTH_LIMIT", 0.999)
    unrolled, looped = (outcomes(program) for program in both(large.network(25)))
    assert same(unrolled, looped)
    assert looped.rejected.sum() > plain.rejected.sum() + 400


def test_a_large_model_is_looped_and_a_small_one_is_not() -> None:
    assert not build(models.dosed(), use_cache=False).space.looped
    big = large.network(150)
    found = plan(len(big.species), lower(big).jacobian)
    assert found.operations > LARGEST_UNROLLED
    assert build(big, use_cache=False).space.looped


@pytest.mark.parametrize("model", [large.network(1000), large.coupled(100)], ids=lambda one: str(one.id))
def test_large_models_build_in_seconds_and_run(model: Model) -> None:
    """Measured alone: 6 and 4 s of one core. The unrolled LU of the second takes minutes."""
    began = time.process_time()
    program = build(model, use_cache=False)
    assert time.process_time() - began < 25
    table = parameter_table(program, 2)
    found = solve(Problem(program, ("a", "b"), table, 5.0, np.array([0.0, 5.0])), keep=("s0", "s7"))
    assert found.finished.all()
    assert np.isfinite(found.values).all()


def test_no_piece_is_longer_than_asked_and_none_computes_a_node_twice() -> None:
    network = lower(large.network(40))
    hoisted = kernels.hoisted_nodes(network)
    parts = kernels.cut_kernels(network, hoisted, is_looped=True)["factor"]
    assert len(parts) > 1
    nodes = [node for piece in parts for node in piece.nodes]
    assert len(nodes) == len(set(nodes))
    assert max(len(piece.nodes) + len(piece.results) for piece in parts) <= pieces.LONGEST
    left: dict[int, int] = {}
    for piece in parts:
        assert piece.carried.items() <= left.items()
        left |= piece.leaves
    assert len(set(left.values())) == len(left)


def test_events_and_held_conditions_are_the_same_in_both_forms(monkeypatch: pytest.MonkeyPatch) -> None:
    """A rate whose condition turns within steps, and an event that resets what grows."""
    given = eventful.model(
        {"x": 0.0, "y": 1.0},
        {"x": "1 if y > 0.5 else 3", "y": "-0.4*y + 0.01*x"},
        (Event("reset", "x > 4", {"x": "0.5*y"}),),
    )
    monkeypatch.setattr(pieces.cut, "__defaults__", ((), 1))
    unrolled, looped = both(given)
    assert looped.space.carried > 0
    assert same(outcomes(unrolled), outcomes(looped))
