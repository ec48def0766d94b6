"""The calibration's own mathematics on people whose thresholds are known, and its ensemble as the catalog has it."""

from __future__ import annotations

import numpy as np
import pytest
from experiments.body.calibrate import after
from experiments.body.courses import MARGIN, Tipping
from experiments.body.priors import FITTED, draw, priors
from experiments.body.tipping import SPREAD, incidence, probit, solve_for

from nonself.catalog import registry

AGES = (30.0, 60.0, 90.0)
MIDDLE, WIDTH, LATER = 0.9, 0.3, 0.3


def known(count: int = 4000) -> Tipping:
    """People whose log threshold is normal about 0.9; those well above it tip young, those just above it later."""
    rng = np.random.default_rng(1)
    gain = np.linspace(0.0, 2.0, count)
    threshold = rng.normal(MIDDLE, WIDTH, count)
    age = np.where(gain > threshold + LATER, 25.0, np.where(gain > threshold, 50.0, np.nan))
    return Tipping(gain, age)


def test_thresholds_that_are_known_are_found() -> None:
    fit = probit(known(), AGES)
    assert np.allclose(fit.middle[1:], MIDDLE, atol=0.05)
    assert abs(fit.width - WIDTH) < 0.05
    assert abs(fit.middle[0] - MIDDLE - LATER) < 0.05, "fewer have tipped by 30"


def test_a_population_tips_as_simulated_people_do() -> None:
    fit = probit(known(), AGES)
    rng = np.random.default_rng(2)
    margin = MARGIN * 1.2
    people = rng.normal(0.0, SPREAD, 400_000) - np.log(1.2) > rng.normal(MIDDLE, WIDTH, 400_000)
    assert 1 / 1.5 < fit.tipped(margin)[-1] / people.mean() < 1.5, "in the tail, a tenth of a percent"
    wrong = rng.normal(0.0, SPREAD, 400_000) > rng.normal(MIDDLE, WIDTH, 400_000)
    assert wrong.mean() > 2 * people.mean(), "the margin counts"


def test_the_margin_that_is_solved_for_gives_what_was_wanted() -> None:
    fit = probit(known(), AGES)
    pyramid = np.array([(age, 1.0) for age in range(18, 90)], dtype=float)
    margin = solve_for(2.1e-5, lambda at: incidence(fit, pyramid, at))
    assert abs(incidence(fit, pyramid, margin) / 2.1e-5 - 1) < 1e-6
    assert np.isnan(solve_for(2.0, lambda at: incidence(fit, pyramid, at))), "no margin gives two a year"


def test_who_had_tipped_before_is_not_counted_after() -> None:
    fit = probit(known(), AGES)
    before, *_, late = fit.tipped(5.0)
    assert after(fit, 5.0) == pytest.approx((late - before) / (1 - before))


def test_too_few_who_tip_are_no_threshold() -> None:
    nobody = Tipping(np.linspace(0, 1, 100), np.full(100, np.nan))
    with pytest.raises(ValueError, match="too few"):
        probit(nobody, AGES)


def test_sets_are_drawn_by_key_within_their_priors() -> None:
    assert draw(3) == draw(3) != draw(4)
    for one in priors():
        assert one.range is not None
        assert all(one.range[0] <= draw(number)[one.id] <= one.range[1] for number in range(5))


def test_the_ensemble_of_the_catalog_is_of_the_numbers_that_vary() -> None:
    found = registry.ensemble("reference")
    assert len(found.sets) >= 50
    assert set(found.sets[0]) == {one.id for one in priors()} | {FITTED}
    ranges = {one.id: one.range for one in priors()}
    for one in found.sets:
        for name, value in one.items():
            low, high = ranges.get(name) or (1.5, 40.0)
            assert low * 0.999 <= value <= high * 1.001 or name == "free_contacts", name
