"""Survival estimates against published tables and closed forms."""

import numpy as np
import pytest

from nonself.analysis.bands import median_interval, quantiles
from nonself.analysis.survival import kaplan_meier, numbers_at_risk, wilson

# Gehan 1965, remission of acute leukemia in weeks on 6-MP; estimates as printed in Kalbfleisch and Prentice,
# Collett, and Kleinbaum and Klein (Table 2.2): 21 at risk, 9 relapses.
SIX_MP = [6, 6, 6, 7, 10, 13, 16, 22, 23]
SIX_MP_CENSORED = [6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35]
PRINTED = {6: 0.8571, 7: 0.8067, 10: 0.7529, 13: 0.6902, 16: 0.6275, 22: 0.5378, 23: 0.4482}
AT_RISK = {6: 21, 7: 17, 10: 15, 13: 12, 16: 11, 22: 7, 23: 6}
GREENWOOD = {6: 0.0764, 7: 0.0869, 10: 0.0963, 13: 0.1068, 16: 0.1141, 22: 0.1282, 23: 0.1346}


def _six_mp():
    times = np.array(SIX_MP + SIX_MP_CENSORED, dtype=float)
    return kaplan_meier(times, np.arange(times.size) < len(SIX_MP))


def test_kaplan_meier_gives_the_textbook_estimates_for_6_mp():
    estimate = _six_mp()
    for week, share in PRINTED.items():
        assert estimate.share_at(week) == pytest.approx(share, abs=6e-5)
        assert estimate.at_risk[estimate.times == week][0] == AT_RISK[week]
    assert estimate.share_at(5.9) == 1.0
    assert (estimate.patients, estimate.events) == (21, 9)


def test_log_log_interval_follows_from_greenwoods_printed_errors():
    estimate = _six_mp()
    for week, error in GREENWOOD.items():
        step = int(np.flatnonzero(estimate.times == week)[0])
        share = estimate.share[step]
        width = np.exp(1.96 * error / (share * abs(np.log(share))))
        assert estimate.low[step] == pytest.approx(share**width, abs=5e-4)
        assert estimate.high[step] == pytest.approx(share ** (1 / width), abs=5e-4)


def test_median_and_its_interval_for_6_mp():
    estimate = _six_mp()
    assert estimate.median == 23.0
    assert estimate.median_interval == (13.0, None)


def test_estimate_without_censoring_is_the_empirical_share():
    times = np.array([3.0, 1.0, 2.0, 4.0])
    estimate = kaplan_meier(times, np.ones(4, dtype=bool))
    assert estimate.times.tolist() == [0.0, 1.0, 2.0, 3.0, 4.0]
    assert estimate.share == pytest.approx([1.0, 0.75, 0.5, 0.25, 0.0])
    assert estimate.median == 2.0
    assert (estimate.low[-1], estimate.high[-1]) == (0.0, 0.0)
    assert np.all(estimate.low <= estimate.share)
    assert np.all(estimate.share <= estimate.high)


def test_events_at_zero_and_no_events_at_all():
    early = kaplan_meier(np.array([0.0, 0.0, 5.0]), np.array([True, True, False]))
    assert early.times.tolist() == [0.0]
    assert early.share == pytest.approx([1 / 3])
    none = kaplan_meier(np.array([5.0, 5.0]), np.array([False, False]))
    assert (none.share.tolist(), none.median, none.events) == ([1.0], None, 0)


def test_order_of_patients_changes_nothing():
    times = np.array(SIX_MP + SIX_MP_CENSORED, dtype=float)
    events = np.arange(times.size) < len(SIX_MP)
    order = np.random.default_rng(1).permutation(times.size)
    assert np.array_equal(kaplan_meier(times, events).share, kaplan_meier(times[order], events[order]).share)


def test_numbers_at_risk():
    times = np.array(SIX_MP + SIX_MP_CENSORED, dtype=float)
    assert numbers_at_risk(times, np.array([0.0, 6.0, 10.0, 20.0, 36.0])).tolist() == [21, 21, 15, 8, 0]


@pytest.mark.parametrize(
    ("count", "total", "low", "high"),
    [(7, 14, 0.2680, 0.7320), (0, 14, 0.0, 0.2153), (14, 14, 0.7847, 1.0), (81, 263, 0.2553, 0.3662)],
)
def test_wilson_intervals(count, total, low, high):
    """81 of 263 is the example of Newcombe (1998), Stat Med 17:857, Table I."""
    assert wilson(count, total) == pytest.approx((low, high), abs=6e-5)


def test_wilson_of_nobody_is_refused():
    with pytest.raises(ValueError, match="0 of 0"):
        wilson(0, 0)


def test_quantiles_do_not_depend_on_order_and_medians_have_their_order_statistics():
    values = np.random.default_rng(2).normal(size=(101, 150))
    assert np.array_equal(quantiles(values), quantiles(values[::-1]))
    assert quantiles(values, (0.5,))[0, 140] == np.sort(values[:, 140])[50]
    assert median_interval(np.arange(1.0, 12.0)) == (2.0, 10.0)
    assert median_interval(np.array([3.0, 1.0])) == (1.0, 3.0)
