"""Chance: hazards and triggers against their exact laws, over many patients; the same draws for every twin."""

from __future__ import annotations

import dataclasses
import functools

import numpy as np
import pytest
from scipy import stats

from nonself.codegen.build import build
from nonself.codegen.program import Program
from nonself.engine.chance import hazard_levels, triggers
from nonself.engine.loop import replay, solve
from nonself.engine.problem import Action, Array, Problem, parameter_table
from nonself.engine.result import Outcomes, Status
from nonself.model.check import check
from nonself.model.compose import compose
from nonself.model.parts import Hazard, Mechanism, Parameter, Reaction, Species
from nonself.provenance import assumed
from tests.engine.identities import same

WHY = assumed("a test")
COUNT = 4000
NAMES = tuple(f"p{k}" for k in range(COUNT))

CLONE = Mechanism(
    "clone", "a growing clone that mutates", (),
    species=(Species("L", "L0", "cell", WHY), Species("R", 0.0, "cell", WHY, scale=1e-3)),
    parameters=(
        Parameter("p", 0.5, "1/day", WHY), Parameter("mu", 1e-3, "1/(cell*day)", WHY),
        Parameter("L0", 1.0, "cell", WHY),
    ),
    reactions=(Reaction("division", "p*L", {"L": 1}),),
    hazards=(Hazard("mutation", "mu*L", {"R": 1, "L": 0}),),
)  # fmt: skip
OTHER = Mechanism(
    "other", "something else that happens", (),
    species=(Species("Q", 0.0, "1", WHY),),
    parameters=(Parameter("often", 0.4, "1/day", WHY),),
    hazards=(Hazard("birth", "often", {"Q": 1}),),
)  # fmt: skip


@functools.cache
def program(kind: str, width: int | None = None) -> Program:
    mechanisms = {"clone": [CLONE], "other": [OTHER], "both": [CLONE, OTHER]}[kind]
    level = None if width is None or width == 8 else "x86-64-v3"
    model = compose(mechanisms, id=kind, time_unit="day")
    assert check(model) == ()
    return build(model, width=width, level=level, use_cache=False)


def run(kind: str, horizon: float, grid: Array, width: int | None = None, **more: object) -> Outcomes:
    built = program(kind, width)
    problem = Problem(built, NAMES, parameter_table(built, COUNT), horizon, grid, rtol=1e-8, seed=5)
    shown = tuple(name for name in ("R", "Q") if name in built.species)
    return solve(dataclasses.replace(problem, **more), keep=shown)  # type: ignore[arg-type]


def first_times(outcomes: Outcomes, species: str, grid: Array) -> Array:
    """The readout at which a species first shows something; infinity where it never does."""
    shown = outcomes.of(species) > 0
    return np.where(shown.any(axis=1), grid[shown.argmax(axis=1)], np.inf)


def test_a_constant_hazard_is_a_poisson_process() -> None:
    outcomes = run("other", 10.0, np.array([5.0, 10.0]))
    half, whole = outcomes.of("Q").round().T
    for counts, mean in ((half, 2.0), (whole, 4.0), (whole - half, 2.0)):
        values = np.arange(10)
        seen = np.array([*((counts == v).sum() for v in values), (counts >= 10).sum()])
        expected = COUNT * np.array([*stats.poisson.pmf(values, mean), stats.poisson.sf(9, mean)])
        assert stats.chisquare(seen, expected).pvalue > 1e-3
    assert abs(np.corrcoef(half, whole - half)[0, 1]) < 4 / np.sqrt(COUNT)


def test_a_mutation_in_a_growing_clone_comes_when_the_law_says() -> None:
    """P(none by t) = exp(-mu L0 (e^(pt) - 1)/p)."""
    grid = np.linspace(0.0, 16.0, 1601)
    found = first_times(run("clone", 16.0, grid), "R", grid)
    law = lambda t: 1 - np.exp(-1e-3 * (np.exp(0.5 * t) - 1) / 0.5)  # noqa: E731
    seen = found[np.isfinite(found)]
    expected = law(16.0)
    assert abs(seen.size / COUNT - expected) < 4 * np.sqrt(expected * (1 - expected) / COUNT)
    assert stats.kstest(seen, lambda t: law(t) / expected).pvalue > 1e-3


def test_planted_breach_a_hazard_off_by_a_tenth_is_seen() -> None:
    built = program("other")
    table = parameter_table(built, COUNT, {"often": 0.44})
    outcomes = solve(Problem(built, NAMES, table, 10.0, np.array([10.0]), seed=5))
    counts = outcomes.of("Q")[:, 0]
    assert abs(counts.mean() - 4.0) > 4 * np.sqrt(4.0 / COUNT)


def test_the_moment_is_found_to_the_precision_of_the_course() -> None:
    """The first happening lies where the accumulated hazard equals the patient's own draw."""
    built = program("clone")
    names = NAMES[:40]
    level = hazard_levels(5, ["mutation"], names, 1)[0, 0]
    exact = np.log(1 + level * 0.5 / 1e-3) / 0.5
    for side, shown in ((-1e-6, 0.0), (1e-6, 1.0)):
        grid = (exact + side)[None, :]
        outcomes = solve(
            Problem(built, names, parameter_table(built, 40), exact + 1.0, grid, rtol=1e-10, seed=5)
        )
        assert (outcomes.of("R")[:, 0] == shown).all()


def test_a_mechanism_a_patient_or_an_order_shifts_no_draw() -> None:
    grid = np.linspace(0.0, 12.0, 13)
    alone, joined = run("clone", 12.0, grid), run("both", 12.0, grid)
    assert np.allclose(alone.of("R"), joined.of("R"), rtol=0, atol=1e-9)
    assert np.allclose(run("other", 12.0, grid).of("Q"), joined.of("Q"), rtol=0, atol=1e-9)
    built = program("both")
    some = tuple(reversed(NAMES[100:140]))
    fewer = solve(Problem(built, some, parameter_table(built, 40), 12.0, grid, rtol=1e-8, seed=5))
    assert fewer.of("R")[::-1].tobytes() == joined.of("R")[100:140].tobytes()


def test_every_identity_holds_with_chance() -> None:
    grid = np.linspace(0.0, 12.0, 7)
    few = {"patients": NAMES[:60], "parameters": parameter_table(program("both"), 60)}
    whole = run("both", 12.0, grid, 8, **few)
    for width in (4, 2, 1):
        assert same(whole, run("both", 12.0, grid, width, **{**few, "program": program("both", width)}))
    problem = Problem(program("both"), NAMES[:60], few["parameters"], 12.0, grid, rtol=1e-8, seed=5)  # type: ignore[arg-type]
    shown = ("R", "Q")
    assert same(whole, solve(problem, chunk=7, workers=2, keep=shown))
    assert solve(replay(problem, "p17"), keep=shown).values[0].tobytes() == whole.values[17].tobytes()
    finer = dataclasses.replace(problem, outputs=np.sort(np.concatenate([grid, np.linspace(0, 12, 50)])))
    places = [int(np.flatnonzero(finer.outputs == time)[0]) for time in grid]
    assert solve(finer, keep=shown).values[:, places].tobytes() == whole.values.tobytes()
    other = dataclasses.replace(problem, replicate=1)
    assert not same(whole, solve(other, keep=shown))


def test_what_happens_often_is_drawn_for_as_often_as_it_needs() -> None:
    built = program("other")
    table = parameter_table(built, 50, {"often": np.linspace(0.1, 20.0, 50)})
    problem = Problem(built, NAMES[:50], table, 10.0, np.array([10.0]), seed=5)
    outcomes = solve(problem)
    assert outcomes.finished.all()
    counts = outcomes.of("Q")[:, 0]
    assert (np.abs(counts - table[0] * 10) < 5 * np.sqrt(table[0] * 10 + 1)).all()


def test_what_happens_all_the_time_is_refused_with_a_status() -> None:
    built = program("other")
    table = parameter_table(built, 3, {"often": np.array([0.4, 1e4, 0.4])})
    outcomes = solve(Problem(built, NAMES[:3], table, 10.0, np.array([10.0]), seed=5))
    assert outcomes.status.tolist() == [0, Status.TOO_MANY_EVENTS, 0]
    assert "reaction" in outcomes.failures[0].sentence


def _triggered(rate: float | Array) -> tuple[Action, ...]:
    return triggers(3, "infection", NAMES, horizon=5.0, highest=2.0, rate=rate, target="Q", amount=1.0)


def test_triggers_come_at_their_rate_and_twins_share_them() -> None:
    often, seldom = ([action.time for action in _triggered(rate)] for rate in (1.6, 0.4))
    for times, rate in ((often, 1.6), (seldom, 0.4)):
        counts = np.isfinite(np.array(times)).sum(axis=0)
        assert abs(counts.mean() - 5 * rate) < 4 * np.sqrt(5 * rate / COUNT)
        assert abs(counts.var() / (5 * rate) - 1) < 0.15
    for row in range(len(seldom)):
        kept = np.isfinite(seldom[row])
        assert (np.asarray(seldom[row])[kept] == np.asarray(often[row])[kept]).all()


def test_triggers_act() -> None:
    built = program("other")
    actions = _triggered(np.linspace(0.0, 2.0, COUNT))
    table = parameter_table(built, COUNT, {"often": 0.0})
    outcomes = solve(Problem(built, NAMES, table, 5.0, np.array([5.0]), actions, seed=5))
    counts = np.isfinite(np.array([action.time for action in actions])).sum(axis=0)
    assert outcomes.of("Q")[:, 0].tolist() == counts.tolist()
    with pytest.raises(ValueError, match="between 0 and the highest"):
        _triggered(3.0)
