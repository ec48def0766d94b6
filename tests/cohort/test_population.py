"""Cohorts: from rows, and drawn; nobody's numbers depend on anybody else."""

import numpy as np
import pytest
from scipy import stats

from nonself.cohort.draw import Distribution, draw, resample, sample
from nonself.cohort.population import Cohort, Origin, cohort_from_rows, select
from nonself.errors import InputError, UnknownName

PUBLISHED = Origin("table", "Somebody2020")
WHY = Origin("distribution", "assumed: for the test", is_assumed=True)
ROWS = [
    ("1", "A", {"k": 1.0}, {"stop": 60.0}),
    ("2", "B", {"k": 10.0, "m": 5.0}, {"stop": 80.0}),
    ("3", "B", {"k": 100.0}, {}),
]
DEFAULTS = {"k": 3.0, "m": 2.0}


def _table() -> Cohort:
    return cohort_from_rows("real", ROWS, PUBLISHED, DEFAULTS)


def test_rows_become_columns_with_the_models_value_where_a_row_names_none():
    cohort = _table()
    assert cohort.patients == ("1", "2", "3")
    assert cohort.groups == ("A", "B", "B")
    assert cohort.columns["k"].tolist() == [1.0, 10.0, 100.0]
    assert cohort.columns["m"].tolist() == [2.0, 5.0, 2.0]
    assert cohort.origins["m"] == PUBLISHED


def test_a_missing_fact_is_refused_by_patient_and_not_filled_in():
    with pytest.raises(InputError, match="patient '3' has no number in column 'stop'"):
        _table().number("stop")


def test_unknown_columns_and_parameters_are_refused_with_near_misses():
    with pytest.raises(UnknownName, match="did you mean 'stop'"):
        _table().number("stopp")
    with pytest.raises(UnknownName, match="unknown parameter 'kk'"):
        cohort_from_rows("real", [("1", "", {"kk": 1.0}, {})], PUBLISHED, DEFAULTS)


def test_no_patients_and_double_ids_are_refused():
    with pytest.raises(InputError, match="no patients"):
        cohort_from_rows("real", [], PUBLISHED, DEFAULTS)
    with pytest.raises(InputError, match="'1' is given twice"):
        cohort_from_rows("real", [ROWS[0], ROWS[0]], PUBLISHED, DEFAULTS)


def test_select_keeps_order_and_every_column():
    chosen = select(_table(), ["3", "1"])
    assert chosen.patients == ("3", "1")
    assert chosen.columns["k"].tolist() == [100.0, 1.0]
    assert chosen.groups == ("B", "A")
    with pytest.raises(InputError, match="'3' is given twice"):
        select(_table(), ["3", "3"])
    with pytest.raises(UnknownName, match="patient of cohort 'real' '4'"):
        select(_table(), ["4"])


LAWS = {
    "lognormal": (Distribution("lognormal", 5.0, 0.3), stats.lognorm(0.3, scale=5.0)),
    "normal": (Distribution("normal", 5.0, 2.0), stats.norm(5.0, 2.0)),
    "uniform": (Distribution("uniform", 2.0, 6.0), stats.uniform(2.0, 4.0)),
    "loguniform": (Distribution("loguniform", 0.1, 10.0), stats.loguniform(0.1, 10.0)),
    "truncated": (Distribution("normal", 0.0, 1.0, low=-0.5, high=2.0), stats.truncnorm(-0.5, 2.0)),
}


@pytest.mark.parametrize("law", LAWS)
def test_draws_follow_their_law(law):
    distribution, expected = LAWS[law]
    values = sample(distribution, 5, f"test {law}", [f"p{number}" for number in range(5000)])
    assert stats.kstest(values, expected.cdf).pvalue > 1e-3


def test_fixed_and_spreadless_laws_give_their_value():
    assert sample(Distribution("fixed", 4.0), 1, "x", ["a", "b"]).tolist() == [4.0, 4.0]
    assert sample(Distribution("normal", 4.0, 0.0), 1, "x", ["a"]).tolist() == [4.0]


@pytest.mark.parametrize(
    ("law", "words"),
    [
        (Distribution("lognormal", -1.0, 0.3), "must be positive"),
        (Distribution("normal", 1.0, -0.3), "standard deviation is negative"),
        (Distribution("uniform", 2.0, 1.0), "high lies below low"),
        (Distribution("normal", np.nan, 1.0), "must be finite"),
        (Distribution("normal", 0.0, 1.0, low=2.0, high=1.0), "upper bound lies below"),
        (Distribution("normal", 0.0, 1.0, low=40.0), "leave patient 'a' no room"),
        (Distribution("uniform", 0.0, 1.0, low=2.0), "leave uniform"),
        (Distribution("fixed", 3.0, low=4.0), "leave fixed"),
    ],
)
def test_laws_that_cannot_be_drawn_from_are_refused(law, words):
    with pytest.raises(InputError, match=words):
        sample(law, 1, "x", ["a"])


def test_a_patient_is_the_same_in_a_cohort_of_any_size():
    laws = {"k": Distribution("lognormal", 1.0, 0.5), "m": Distribution("loguniform", 1.0, 9.0)}
    small, large = (draw("virtual", count, laws, dict.fromkeys(laws, WHY), seed=3) for count in (3, 777))
    assert large.patients[:3] == small.patients
    for name in laws:
        assert large.columns[name][:3].tolist() == small.columns[name].tolist()


def test_resampling_without_spread_repeats_published_patients():
    table = select(_table(), ["1", "2"])
    cohort = resample("virtual", 500, table, ["k"], 0.0, {}, WHY, seed=3)
    assert set(cohort.columns["k"]) <= {1.0, 10.0}
    for group, k, stop in zip(cohort.groups, cohort.columns["k"], cohort.facts["stop"], strict=True):
        assert (group, k, stop) in {("A", 1.0, 60.0), ("B", 10.0, 80.0)}


def test_resampling_spreads_by_the_tables_own_deviation_and_keeps_the_bounds():
    table = select(_table(), ["1", "2"])
    cohort = resample("virtual", 4000, table, ["k", "stop"], 0.5, {"stop": (50.0, np.inf)}, WHY, seed=3)
    deviation = 0.5 * np.std(np.log([1.0, 10.0]), ddof=1)
    logs = np.log(cohort.columns["k"]) - np.where(np.array(cohort.groups) == "A", 0.0, np.log(10.0))
    assert stats.kstest(logs / deviation, "norm").pvalue > 1e-3
    assert cohort.facts["stop"].min() >= 50.0
    assert cohort.origins["k"] == WHY
    small = resample("virtual", 7, table, ["k", "stop"], 0.5, {"stop": (50.0, np.inf)}, WHY, seed=3)
    assert small.columns["k"].tolist() == cohort.columns["k"][:7].tolist()
    assert small.facts["stop"].tolist() == cohort.facts["stop"][:7].tolist()


def test_resampling_refuses_what_has_no_logarithm_and_bounds_of_nothing():
    table = cohort_from_rows(
        "real", [("1", "", {"k": 0.0}, {}), ("2", "", {"k": 1.0}, {})], PUBLISHED, DEFAULTS
    )
    with pytest.raises(InputError, match="'k' cannot vary by a factor: patient '1' has 0"):
        resample("virtual", 5, table, ["k"], 0.1, {}, WHY, seed=1)
    with pytest.raises(UnknownName, match="'m'"):
        resample("virtual", 5, _table(), ["k"], 0.1, {"m": (0.0, 1.0)}, WHY, seed=1)
