"""A person's readouts stay near a set-point of their own, which moves with age alone; what is perturbed returns."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from experiments.body import stability

from nonself.cohort.trial import TrialResult
from nonself.study.run import run
from nonself.study.source import study_from_text

PEOPLE = 60
BLOOD = "blood_neutrophils"


@pytest.fixture(scope="module")
def trials() -> tuple[TrialResult, TrialResult]:
    text = stability.STUDY.replace("PEOPLE", str(PEOPLE)).replace("SEED", "3")
    lived, spared = run(study_from_text(text, "stability.yaml", Path()), courses=True, workers=2).trials
    return lived, spared


def with_course(trial: TrialResult, arm: int, name: str, factor: np.ndarray) -> TrialResult:
    """The same trial with one readout of one arm multiplied."""
    arms = list(trial.arms)
    values = np.array(arms[arm].values)
    values[:, :, arms[arm].observables.index(name)] *= factor
    arms[arm] = replace(arms[arm], values=values)
    return replace(trial, arms=tuple(arms))


@pytest.mark.parametrize("name", stability.READOUTS)
def test_readouts_stay_near_their_set_point(name: str, trials: tuple[TrialResult, TrialResult]) -> None:
    found = stability.steady(name, *trials)
    assert found.within >= 95.0
    assert found.at_once >= 85.0
    assert found.apart <= stability.WIDTH * found.published
    assert found.holds


@pytest.mark.parametrize("name", stability.READOUTS)
def test_the_set_point_drifts_slowly(name: str, trials: tuple[TrialResult, TrialResult]) -> None:
    """In people spared infections nothing but age moves it: in a year less than a fifth of the variation."""
    found = stability.steady(name, *trials)
    assert found.far_drift < 0.2 * found.published


def test_most_time_is_counted(trials: tuple[TrialResult, TrialResult]) -> None:
    assert stability.quiet_visits(trials[0]).mean() > 0.5
    assert stability.quiet_visits(trials[0], 0.0).mean() > stability.quiet_visits(trials[0]).mean()


def test_planted_breach_a_readout_that_wanders(trials: tuple[TrialResult, TrialResult]) -> None:
    lived, spared = trials
    waves = 1 + 0.5 * np.sin(2 * np.pi * lived.schedule.grid / 60.0)
    assert not stability.steady(BLOOD, with_course(lived, 0, BLOOD, waves), spared).holds


def test_planted_breach_a_perturbation_that_stays(trials: tuple[TrialResult, TrialResult]) -> None:
    lived, spared = trials
    shifted = np.where(lived.schedule.grid >= stability.AT, 1.4, 1.0)
    assert not stability.steady(BLOOD, lived, with_course(spared, 1, BLOOD, shifted)).holds


def test_planted_breach_a_set_point_that_runs_away(trials: tuple[TrialResult, TrialResult]) -> None:
    lived, spared = trials
    away = 1 + 0.05 * lived.schedule.grid / 365.0
    found = stability.steady(BLOOD, lived, with_course(with_course(spared, 0, BLOOD, away), 1, BLOOD, away))
    assert found.far_drift > 0.2 * found.published


def test_the_table_tells_what_misses(trials: tuple[TrialResult, TrialResult]) -> None:
    found = stability.steady(BLOOD, *trials)
    assert "| holds |" in stability.table([found])
    assert "| misses |" in stability.table([replace(found, within=94.9)])
