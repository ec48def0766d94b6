"""The four statements about the real system, each measured on parameter sets, and when each holds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from experiments.core.engine import YEAR, Array, deep_depletion, held, run, usual_infections
from experiments.core.population import SIZES, Level, share_above, tip, yearly_loss
from nonself.engine.problem import Action

BURDENS = (0.1, 0.3, 1.0)  # of a heavy one
BURDEN_SIZES = (0, 3, 4)  # rows of SIZES that are tried under burden
NAMES = ("stable health", "rare spontaneous loss", "loss in some after depletion", "loss grows with burden")
_BIG = 6.0 * YEAR

Sets = Mapping[str, Array]


@dataclass(frozen=True, slots=True)
class Found:
    """What was measured, (n_sets,) each but `burden`, (n_burdens, n_sets).

    **Arguments:** `median` tissue of the median patient after 20 years; `rest` the z above which health is lost without
    more than usual infections; `tips` (n_sizes, n_sets); `yearly` the spontaneous loss a year; `depleted` the z tipped
    by deep depletion, `lasting` the z still lost five years later; `burden` the loss a year over five years under
    burden, of those who were whole until then, `unburdened` theirs without.
    """

    median: Array
    rest: Array
    tips: Array
    yearly: Array
    depleted: Array
    lasting: Array
    unburdened: Array
    burden: Array

    @property
    def after_depletion(self) -> Array:
        """Share of a population lost in five years after deep depletion."""
        return share_above(self.depleted)

    @property
    def holds(self) -> NDArray[np.bool_]:
        """(4, n_sets) whether each statement holds."""
        depleted, low, middle, high = self.after_depletion, *self.burden
        stable = (share_above(self.rest) < 0.01) & (self.median > 0.9)
        rare = (self.yearly >= 1e-5) & (self.yearly <= 1e-3)
        some = (depleted >= 0.05) & (depleted <= 0.5) & (depleted > 10.0 * 5.0 * self.yearly)
        rises = (middle >= 0.99 * low) & (high >= 0.99 * middle) & (high >= 2.0 * low)
        grows = rises & (low >= 0.99 * self.unburdened) & (high >= 2.0 * self.unburdened) & (high < 0.2)
        return np.stack([stable, rare, some, grows])


def level(sets: Sets, days: float, actions: Sequence[Action], last: bool = False) -> Level:
    """Return the level of tissue over z under these actions; with `last`, that of the last year."""
    count = len(sets["sigma"])

    def over(z: Array) -> Array:
        columns = {name: np.repeat(values, z.shape[1]) for name, values in sets.items() if name != "sigma"}
        gain = np.exp(sets["sigma"][:, None] * z)
        columns["gain"] = columns.get("gain", 1.0) * gain.ravel()
        outcomes = run(columns, z.size, days, actions)
        values = np.median(outcomes.of("tissue")[:, -12:], axis=1) if last else held(outcomes)
        return values.reshape(count, z.shape[1])

    return over


def _tips(sets: Sets, days: float, rows: Sequence[int], first: Array, rounds: int) -> Array:
    """z tipped by single infections of these sizes; rows that are not tried are put between their neighbors."""
    count, logs = len(sets["sigma"]), np.log(SIZES)
    tried = [first]
    for row in rows[1:]:
        tried.append(
            tip(level(sets, days, [Action(200.0, "add", "innate", float(SIZES[row]))]), count, rounds)
        )
    table = np.clip(np.stack(tried), -9.0, 9.0)
    return np.stack([np.interp(logs, logs[list(rows)], table[:, column]) for column in range(count)], axis=1)


def under_burden(sets: Sets, burden: float) -> dict[str, Array]:
    """Return the sets with a burden that stays as it is."""
    count = len(sets["sigma"])
    fixed = {"leukemia_initial": 1e12 * burden, "leukemic_growth": 0.0, "leukemic_killing": 0.0}
    return {**sets, **{name: np.full(count, value) for name, value in fixed.items()}}


def measure(sets: Sets, *, kill: float = 0.6, rounds: int = 1) -> Found:
    """Measure the four statements on parameter sets: name -> (n_sets,), with `sigma` the spread of the gain."""
    count = len(sets["sigma"])
    days = 20.0 * YEAR
    usual = level(sets, days, usual_infections(days))
    median = usual(np.zeros((count, 1)))[:, 0]
    rest = tip(usual, count, rounds)
    tips = _tips(sets, 4.0 * YEAR, range(len(SIZES)), rest, rounds)
    actions = [*deep_depletion(kill=kill), *usual_infections(_BIG)]
    depleted = tip(level(sets, _BIG, actions), count, rounds)
    lasting = tip(level(sets, _BIG, actions, last=True), count, rounds)
    none, *burden = _burdened(sets, rounds)
    return Found(median, rest, tips, yearly_loss(tips, 20.0), depleted, lasting, none, np.stack(burden))


def _burdened(sets: Sets, rounds: int) -> list[Array]:
    """Loss a year without and with each burden, of those who were whole before; all measured alike."""
    found = [burden_tips(sets, amount, rounds) for amount in (0.0, *BURDENS)]
    return [yearly_loss(tips, 5.0, before=found[0]) for tips in found]


def burden_tips(sets: Sets, burden: float, rounds: int = 1) -> Array:
    """Return (n_sizes, n_sets) the z that an infection of each of SIZES tips under a burden."""
    loaded = under_burden(sets, burden)
    count = len(sets["sigma"])
    first = tip(level(loaded, 5.0 * YEAR, usual_infections(5.0 * YEAR)), count, rounds)
    return _tips(loaded, 3.0 * YEAR, BURDEN_SIZES, first, rounds)
