"""Small clones against their exact laws and exact simulations, over many patients; each test sees a planted breach."""

from __future__ import annotations

import dataclasses
import functools
import itertools
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from scipy import stats

from nonself.codegen import clones as module
from nonself.codegen.build import build
from nonself.codegen.draws import Draws, Scalars
from nonself.codegen.program import Program
from nonself.engine.loop import solve
from nonself.engine.problem import Action, Array, Problem, parameter_table
from nonself.engine.result import Outcomes, Status
from nonself.model.check import check
from tests.clones import DOSES, alike, alone, clone_program, crowded, fits, kendall, simulated, treated

COUNT = 40_000
LEAST = 1e-4  # a P value below this is a misfit; there are some fifty of them
NAMES = tuple(f"p{k}" for k in range(COUNT))
RIGHT = Draws._chances
KINDS = {"subcritical": (0.8, 1.0), "critical": (1.0, 1.0), "near": (1.0, 0.98), "supercritical": (1.0, 0.7)}


def run(built: Program, until: float, values: dict[str, float] | None = None, **more: object) -> Outcomes:
    """Solve many patients who are alike."""
    names = NAMES[: int(more.pop("count", COUNT))]  # type: ignore[call-overload]
    table = parameter_table(built, len(names), values or {})
    problem = Problem(built, names, table, until, np.array([until]), rtol=1e-6, seed=11)
    return solve(dataclasses.replace(problem, **more), workers=2)  # type: ignore[arg-type]


def pauses(until: float, every: float) -> tuple[Action, ...]:
    return tuple(Action(float(time), "pause") for time in np.arange(every, until, every))


@pytest.mark.parametrize("every", [10.0, 0.3])
@pytest.mark.parametrize("kind", KINDS)
def test_the_law_of_constant_rates(kind: str, every: float) -> None:
    """Extinction, mean, variance and the whole distribution, after few long steps and after many short ones."""
    birth, death = KINDS[kind]
    outcomes = run(clone_program("alone"), 4.0, {"b": birth, "d": death}, actions=pauses(4.0, every))
    counts = outcomes.of("R")[:, 0]
    assert outcomes.finished.all()
    assert (counts == np.rint(counts)).all()
    law = kendall(8, birth, death, 4.0, 400)
    assert fits(counts, law) > LEAST
    mean, square = (law * np.arange(401.0) ** power for power in (1, 2))
    mean, variance = mean.sum(), square.sum() - mean.sum() ** 2
    assert abs((counts == 0).mean() - law[0]) < 4 * np.sqrt(law[0] * (1 - law[0]) / COUNT)
    assert abs(counts.mean() - mean) < 4 * np.sqrt(variance / COUNT)
    assert abs(counts.var() / variance - 1) < 0.06
    assert (
        fits(counts, kendall(8, 1.1 * birth, death + 0.1 * birth, 4.0, 400)) < LEAST
    )  # planted: faster turnover


def _death_left_out(self: Draws, s: Scalars, deaths: Any, births: Any) -> tuple[Any, ...]:
    """Kendall's law with births/(1 + births) for births/(1 + deaths)."""
    survives, dies = RIGHT(self, s, deaths, births)[:2]
    whole = s.b.fadd(s.one, births)
    return survives, dies, s.b.fdiv(s.one, whole), s.b.fdiv(births, whole)


def _swapped(self: Draws, s: Scalars, deaths: Any, births: Any) -> tuple[Any, ...]:
    """The binomial of those that die for that of those that survive."""
    survives, dies, last, another = RIGHT(self, s, deaths, births)
    return dies, survives, last, another


@pytest.mark.parametrize("breach", [_death_left_out, _swapped])
def test_planted_breaches_of_the_law_are_seen(
    breach: Callable[..., tuple[Any, ...]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Draws, "_chances", breach)
    birth, death = KINDS["supercritical"]
    counts = run(build(alone(), use_cache=False), 4.0, {"b": birth, "d": death}).of("R")[:, 0]
    assert fits(counts, kendall(8, birth, death, 4.0, 400)) < 1e-6


# rates that vary -----------------------------------------------------------------------------------------------


def _doses(scale: float = 1.0) -> tuple[Action, ...]:
    return tuple(Action(time, "add", "drug", 2.0 * scale) for time in DOSES)


def _effect(time: Array) -> Array:
    drug = sum(
        np.where(time >= dose, 2.0 * np.exp(-1.5 * np.maximum(time - dose, 0.0)), 0.0) for dose in DOSES
    )
    return np.asarray(drug / (0.5 + drug))


@functools.cache
def _under_treatment(seed: int, until: float) -> Array:
    """Exact simulation of the treated clone, its drug written out."""
    return simulated(
        12,
        lambda t: 1.0 - 0.5 * _effect(t) + 0.1 * (1 - np.exp(-0.6 * t)),
        lambda t: 0.6 + 4.0 * _effect(t),
        6.2, until, COUNT, seed,
    )  # fmt: skip


@pytest.mark.parametrize("until", [0.9, 1.3, 3.0, 7.0])
def test_the_law_of_rates_that_dip_under_treatment(until: float) -> None:
    counts = run(clone_program("treated"), until, actions=_doses()).of("R")[:, 0]
    exact = _under_treatment(3, until)
    gone = np.array([(counts == 0).mean(), (exact == 0).mean()])
    assert abs(gone[0] - gone[1]) < 4 * np.sqrt((gone * (1 - gone)).sum() / COUNT) + 1e-9
    assert abs(counts.mean() - exact.mean()) < 4 * np.sqrt((counts.var() + exact.var()) / COUNT)
    assert alike(counts, exact) > LEAST
    assert alike(_under_treatment(4, until), exact) > LEAST  # the test itself keeps its level


def test_planted_breach_a_dip_a_twentieth_too_weak_is_seen() -> None:
    counts = run(clone_program("treated"), 3.0, {"kill": 3.8}, actions=_doses()).of("R")[:, 0]
    assert alike(counts, _under_treatment(3, 3.0)) < LEAST


def test_a_looser_tolerance_keeps_the_law() -> None:
    """Rates are taken from dense output: at 1e-3 the law is off by less than 40,000 patients can show."""
    counts = run(clone_program("treated"), 3.0, actions=_doses(), rtol=1e-3).of("R")[:, 0]
    assert alike(counts, _under_treatment(3, 3.0)) > LEAST


# what others see -----------------------------------------------------------------------------------------------


@functools.cache
def _crowded_exactly(until: float) -> tuple[Array, Array]:
    """Cells and product of the crowded clone, event by event; the product follows its equation exactly in between."""
    rng = np.random.default_rng(8)
    cells, product, clock = np.full(COUNT, 10.0), np.zeros(COUNT), np.zeros(COUNT)
    going = np.arange(COUNT)
    while going.size:
        n, m, t = cells[going], product[going], clock[going]
        most = 1.8 + 0.02 * np.maximum(m, n)  # the product goes from m towards n: give and out are equal
        wait = rng.exponential(1.0, going.size) / np.maximum(n * most, 1e-300)
        happens = wait < until - t
        wait = np.minimum(wait, until - t)
        m = n + (m - n) * np.exp(-0.8 * wait)
        lot = rng.random(going.size) * most
        step = np.where(lot < 1.2, 1.0, np.where(lot < 1.8 + 0.02 * m, -1.0, 0.0)) * happens
        cells[going], product[going], clock[going] = n + step, m, t + wait
        going = going[happens]
    return cells, product


def _crowded(rtol: float) -> tuple[Array, Array, float]:
    outcomes = run(clone_program("crowded"), 5.0, rtol=rtol)
    return outcomes.of("R")[:, 0], outcomes.of("M")[:, 0], float(outcomes.steps.mean())


def test_what_comes_back_to_a_clone_converges_with_the_tolerance() -> None:
    """The variance is off by a part that halves with every tenth of the tolerance, for twice the steps."""
    cells, product = _crowded_exactly(5.0)
    off, steps = [], []
    for rtol in (1e-1, 1e-2, 1e-3):
        found = _crowded(rtol)
        off.append(found[0].var() / cells.var() - 1)
        steps.append(found[2])
    assert off[0] > 0.25
    for looser, tighter in itertools.pairwise(off):
        assert 0.35 < tighter / looser < 0.7
    assert 1.6 < steps[2] / steps[1] < 2.4
    fine = _crowded(1e-6)
    error = 4 * np.sqrt(2.0 / COUNT)
    assert abs(fine[0].mean() - cells.mean()) < 4 * np.sqrt(2 * cells.var() / COUNT)
    assert abs(fine[0].var() / cells.var() - 1) < 0.01 + 2 * error
    assert fine[1].mean() == pytest.approx(product.mean(), abs=4 * np.sqrt(2 * product.var() / COUNT))
    assert abs(fine[1].var() / product.var() - 1) < 0.01 + 2 * error
    assert np.corrcoef(fine[0], fine[1])[0, 1] == pytest.approx(np.corrcoef(cells, product)[0, 1], abs=0.02)


def test_planted_breach_steps_that_chance_does_not_shorten_are_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module.Clones, "_resolving", lambda self: self.lanes.number(np.inf))
    outcomes = run(build(crowded(), use_cache=False), 5.0, rtol=1e-6)
    cells = _crowded_exactly(5.0)[0]
    assert abs(outcomes.of("R")[:, 0].var() / cells.var() - 1) > 0.02 + 8 * np.sqrt(2.0 / COUNT)


@functools.cache
def _mutating_exactly(until: float) -> tuple[Array, Array]:
    """Cells and mutations, event by event."""
    rng = np.random.default_rng(4)
    cells, mutations, clock = np.full(COUNT, 5.0), np.zeros(COUNT), np.zeros(COUNT)
    going = np.arange(COUNT)
    while going.size:
        clock[going] += rng.exponential(1.0, going.size) / (2.15 * cells[going])
        going = going[clock[going] < until]
        lot = rng.random(going.size) * 2.15
        cells[going] += np.where(lot < 1.1, 1.0, np.where(lot < 2.1, -1.0, 0.0))
        mutations[going] += lot >= 2.1
        going = going[cells[going] > 0]
    return cells, mutations


def _mutating(rtol: float) -> tuple[Array, Array]:
    outcomes = run(clone_program("mutating"), 4.0, rtol=rtol)
    return outcomes.of("R")[:, 0], outcomes.of("Q")[:, 0]


def test_a_hazard_of_a_small_clone_sees_its_chance() -> None:
    """Mutations and cells together: more of the one with more of the other; a loose tolerance loses some of that."""
    exact = _mutating_exactly(4.0)
    fine = _mutating(1e-7)
    for cells in (lambda n: n == 0, lambda n: (n > 0) & (n < 8), lambda n: n >= 8):
        table = np.array(
            [np.bincount(np.minimum(q[cells(n)], 6).astype(int), minlength=7) for n, q in (exact, fine)]
        )
        assert stats.chi2_contingency(table[:, table.sum(axis=0) > 10]).pvalue > LEAST
    assert alike(exact[0], fine[0]) > LEAST
    spread = [q.var() / exact[1].var() for _, q in (fine, _mutating(1e-1))]
    assert spread[0] == pytest.approx(1.0, abs=0.05)
    assert spread[1] < 0.93  # planted: steps too long


# through the threshold -----------------------------------------------------------------------------------------


def test_above_its_threshold_a_clone_follows_its_equation() -> None:
    """It grows by chance to the threshold, and from the first step's end above it exponentially, without draws."""
    built = clone_program("alone few")
    grid = np.linspace(0.0, 40.0, 81)
    values = {"b": 1.0, "d": 0.5, "few": 100.0}
    outcomes = run(built, 40.0, values, outputs=grid, actions=pauses(40.0, 0.5), rtol=1e-9, count=2000)
    counts = outcomes.of("R")
    whole = counts == np.rint(counts)
    assert whole[counts < 100.0].all()
    above = counts[:, :-1] >= 100.0
    ratio = counts[:, 1:][above] / counts[:, :-1][above]
    assert np.abs(ratio / np.exp(0.25) - 1).max() < 1e-6
    assert (counts[:, -1] == 0).mean() == pytest.approx(0.5**8, abs=4 * np.sqrt(0.5**8 / 2000))
    assert ((counts[:, -1] > 0) == (counts[:, -1] > 1e4)).all()


def test_below_it_again_it_dies_out_when_the_law_says() -> None:
    """From 1e6 cells at a net loss of 1 a day, the threshold of 100 is crossed at ln(1e4); then chance takes over."""
    built = clone_program("alone few")
    crossing = np.log(1e6 / 100.0)
    after = np.array([2.0, 4.0, 6.0])
    outcomes = run(
        built, crossing + 8.0, {"b": 1.0, "d": 2.0, "few": 100.0, "start": 1e6}, outputs=crossing + after,
        actions=tuple(Action(float(time), "pause") for time in crossing + after),
    )  # fmt: skip
    counts = outcomes.of("R")
    for column, time in enumerate(after):
        law = kendall(100, 1.0, 2.0, time, 200)
        gone = (counts[:, column] == 0).mean()
        # a step may end a little below the threshold before chance begins: at 1e-6 steps are short against 1/day
        assert gone == pytest.approx(law[0], abs=4 * np.sqrt(law[0] * (1 - law[0]) / COUNT) + 0.02)
        assert counts[:, column].mean() == pytest.approx(100 * np.exp(-time), rel=0.03)


def test_a_fraction_of_a_cell_is_a_cell_with_that_chance() -> None:
    """At the start, after a dose, and on the way down from the threshold; what it is on average stays."""
    built = clone_program("alone few")
    values = {"b": 0.0, "d": 0.0, "start": 0.3, "few": 1000.0}
    dose = (Action(1.0, "add", "R", 2.6), Action(2.0, "add", "R", -100.0))
    grid = np.array([0.0, 0.5, 1.0, 3.0])
    counts = run(built, 3.0, values, outputs=grid, actions=dose).of("R")
    assert set(np.unique(counts[:, 0])) == {0.0, 1.0}
    assert (counts[:, 1] == counts[:, 0]).all()
    assert counts[:, 0].mean() == pytest.approx(0.3, abs=4 * np.sqrt(0.21 / COUNT))
    assert set(np.unique(counts[:, 2] - counts[:, 0])) == {2.0, 3.0}
    assert (counts[:, 2] - counts[:, 0]).mean() == pytest.approx(2.6, abs=4 * np.sqrt(0.24 / COUNT))
    assert (counts[:, 3] == 0).all()


def test_none_left_is_the_end() -> None:
    counts = run(clone_program("alone"), 60.0, {"start": 0.0, "b": 2.0}, count=50).of("R")
    assert (counts == 0).all()


def test_without_chance_a_clone_follows_its_equation_however_small() -> None:
    values = {"b": 0.5, "d": 1.0, "start": 3.3}
    counts = run(clone_program("alone"), 12.0, values, by_chance=False, rtol=1e-9, count=8).of("R")
    assert counts == pytest.approx(3.3 * np.exp(-6.0), rel=1e-6)
    few = run(clone_program("alone few"), 12.0, {**values, "few": 0.0}, rtol=1e-9, count=8).of("R")
    assert few == pytest.approx(3.3 * np.exp(-6.0), rel=1e-6)


def test_cells_in_a_unit_change_nothing_but_the_unit() -> None:
    """The same draws: the counts are the same, whatever the species is counted in."""
    plain, thousands = (run(clone_program(kind), 3.0, count=500) for kind in ("alone", "alone in thousands"))
    assert (np.rint(1000 * thousands.of("R")) == plain.of("R")).all()
    assert thousands.of("R").max() < 1.0


def test_a_readout_between_draws_lies_between_them() -> None:
    """It is never below zero, zero when the clone is gone, and the expected course on average."""
    grid = np.linspace(0.0, 4.0, 41)
    counts = run(clone_program("alone"), 4.0, {"b": 1.0, "d": 1.2}, outputs=grid).of("R")
    assert counts.min() >= 0.0
    expected = 8 * np.exp(-0.2 * grid)
    assert (np.abs(counts.mean(axis=0) - expected) < 4 * counts.std(axis=0) / np.sqrt(COUNT) + 1e-5).all()
    gone = counts == 0
    assert (gone[:, 1:] >= gone[:, :-1]).all()


# statuses ------------------------------------------------------------------------------------------------------


def test_a_clone_without_a_law_ends_with_a_status() -> None:
    built = clone_program("alone")
    table = parameter_table(built, 4, {"d": np.array([0.8, -0.5, 0.8, 0.8])})
    outcomes = solve(Problem(built, NAMES[:4], table, 4.0, np.array([4.0]), seed=1))
    assert outcomes.status.tolist() == [0, Status.CLONE_WITHOUT_LAW, 0, 0]
    assert outcomes.failures[0].species == "R"
    for words in ("never negative", "R = 8", "p1"):
        assert words in outcomes.failures[0].sentence
    assert np.isnan(outcomes.values[1]).all()


def test_a_threshold_above_ten_thousand_cells_is_ten_thousand() -> None:
    built = clone_program("alone few")
    values = {"b": 0.0, "d": 0.2, "start": 10_050.0}
    counts = run(built, 0.01, {**values, "few": 1e9}, count=200).of("R")[:, 0]
    assert counts == pytest.approx(10_050 * np.exp(-0.002), rel=1e-7)
    later = run(built, 0.1, {**values, "few": 1e9}, count=200).of("R")[:, 0]
    assert (later == np.rint(later)).all()
    assert later.std() > 1.0


def test_both_models_are_sound() -> None:
    for model in (alone(), treated(), crowded()):
        assert check(model) == ()
