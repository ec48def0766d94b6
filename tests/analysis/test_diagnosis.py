"""Diagnosis from visits alone, first events a person-year, ranges and variation: on courses with known answers."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy import stats

from nonself.analysis.diagnosis import diagnose, meets, reads
from nonself.analysis.endpoints import entering, variation
from nonself.analysis.survival import poisson_interval
from nonself.catalog.criteria.registry import criterion
from nonself.errors import InputError
from nonself.model.criterion import Criterion, Item, Limit, Score
from nonself.provenance import assumed

WHY = assumed("a test")
TIMES = np.array([0.0, 30.0, 60.0, 90.0, 120.0])
LIMIT = Limit("least", "10 if male == 1 else 8", "1", WHY)
LOW = Criterion("low", "low", "a < least", WHY, (LIMIT,))
LASTING = replace(LOW, lasting=60.0)


def found(
    values: list[float],
    by: Criterion | Score = LOW,
    woman: bool = False,
    followed: float = np.inf,
    start: float = 0.0,
    **more: list[float],
) -> tuple[float, bool]:
    seen = {name: np.array([part]) for name, part in {"a": values, **more}.items()}
    seen["male"] = np.array([[0.0 if woman else 1.0]])
    result = diagnose(by, TIMES, seen, start, 1.0, np.array([followed]))
    return float(result.time[0]), bool(result.happened[0])


def test_the_first_visit_below_the_limit_of_the_own_sex_counts() -> None:
    assert found([12, 11, 9, 12, 12]) == (60.0, True)
    assert found([12, 11, 9, 12, 12], start=30.0) == (30.0, True)
    assert found([12, 11, 9, 12, 12], woman=True) == (120.0, False)
    assert found([10, 10, 10, 10, 10]) == (120.0, False), "a limit itself is not below it"
    assert found([9, 12, 12, 12, 12]) == (0.0, True)


def test_it_counts_only_when_it_lasts_at_every_visit() -> None:
    assert found([9, 9, 12, 12, 9], LASTING) == (120.0, False)
    assert found([12, 9, 9, 9, 12], LASTING) == (30.0, True)
    assert found([9, 12, 9, 9, 9], LASTING) == (60.0, True)
    assert found([9, 9, 12, 12, 9]) == (0.0, True), "planted breach: without its duration it counts at once"


def test_conditions_are_combined_as_they_say() -> None:
    both = Criterion("both", "both", "a < least and b > 1 or c > 5", WHY, (LIMIT,))
    nothing = [0.0] * 5
    assert found([9] * 5, both, b=nothing, c=nothing) == (120.0, False)
    assert found([12, 12, 9, 9, 9], both, b=[0, 0, 0, 2, 2], c=nothing) == (90.0, True)
    assert found([12] * 5, both, b=nothing, c=[0, 6, 0, 0, 0]) == (30.0, True)
    assert reads(both) == {"a", "b", "c", "male"}


def test_points_count_once_and_need_not_come_together() -> None:
    def item(name: str, domain: str, points: float) -> Item:
        return Item(Criterion(name, name, f"{name} > 1", WHY, ()), domain, points)

    entry = Criterion("entry", "entry", "a > 0", WHY, ())
    score = Score(
        "score", "score", entry, (item("b", "x", 4), item("c", "x", 3), item("d", "y", 6)), 10.0, WHY
    )
    nothing, early, late = [0.0] * 5, [2.0, 0, 0, 0, 0], [0.0, 0, 0, 2, 0]
    assert found([1.0] * 5, score, b=early, c=nothing, d=late) == (90.0, True)
    assert found([1.0] * 5, score, b=nothing, c=early, d=late) == (120.0, False), "9 points of 10"
    assert found([1.0] * 5, score, b=early, c=early, d=nothing) == (120.0, False), "one domain counts once"
    assert found([0, 0, 0, 0, 1.0], score, b=early, c=nothing, d=late) == (120.0, True), "no entry, no points"
    assert found(nothing, score, b=early, c=nothing, d=late) == (120.0, False)


def test_who_dies_is_followed_until_then_and_diagnosed_of_nothing_after() -> None:
    dead = [12.0, 12.0, np.nan, np.nan, np.nan]
    assert found(dead, followed=47.0) == (47.0, False)
    assert found([9.0, 9.0, np.nan, np.nan, np.nan], LASTING, followed=47.0) == (47.0, False)
    turned = Criterion("turned", "turned", "not a > least", WHY, (LIMIT,))
    assert found(dead, turned, followed=47.0) == (47.0, False), "what is not a number shows nothing"
    with pytest.raises(InputError, match="nothing is read out"):
        found([12.0] * 5, start=130.0)


def test_criteria_of_blood_counts_are_what_their_sources_say() -> None:
    seen = {"blood_hemoglobin": np.array([[125.0], [125.0]]), "male": np.array([[0.0], [1.0]])}
    anemia = criterion("anemia")
    assert isinstance(anemia, Criterion)
    assert meets(anemia, seen).tolist() == [[False], [True]]
    for name, counted, values in (
        ("neutropenia", "blood_neutrophils", (1.5, 1.0, 0.5)),
        ("thrombocytopenia", "blood_platelets", (75.0, 50.0, 25.0)),
    ):
        for grade, value in zip((2, 3, 4), values, strict=True):
            one = criterion(f"{name}_{grade}")
            assert isinstance(one, Criterion)
            shown = meets(one, {counted: np.array([[value * 0.999, value]])})
            assert shown.tolist() == [[True, False]]


def test_back_within_a_range_is_found_where_it_is_entered_and_stays() -> None:
    values = np.array([[0.0, 2.0, 0.0, 4.0, 4.0], [9.0, 9.0, 5.0, 4.0, 4.0], [3.0] * 5, [0.0] * 5])
    seen = entering(TIMES, values, (3.0, 6.0), 0.0, visits=2)
    assert seen.happened.tolist() == [True, True, True, False]
    assert seen.time.tolist() == [60 + 30 * 0.75, 30 + 30 * 0.75, 0.0, 120.0]
    once = entering(TIMES, np.array([[0.0, 4.0, 0.0, 4.0, 4.0]]), (3.0, 6.0), 0.0)
    assert once.time[0] == pytest.approx(30 * 0.75)
    twice = entering(TIMES, np.array([[0.0, 4.0, 0.0, 4.0, 4.0]]), (3.0, 6.0), 0.0, visits=2)
    assert twice.time[0] == pytest.approx(60 + 30 * 0.75), "one visit inside is not back to stay"
    dead = np.array([[0.0, 1.0, np.nan, np.nan, np.nan]])
    seen = entering(TIMES, dead, (3.0, 6.0), 0.0, followed=np.array([40.0]))
    assert (seen.time[0], seen.happened[0]) == (40.0, False)


def test_variation_is_that_of_a_sample() -> None:
    generator = np.random.default_rng(1)
    values = 100 + 8 * generator.standard_normal((2000, 5))
    assert np.sqrt(np.mean(variation(TIMES, values, 0, 120) ** 2)) == pytest.approx(8.0, rel=0.03)
    with pytest.raises(InputError, match="fewer than two"):
        variation(TIMES, values, 0.0, 10.0)


def test_the_poisson_interval_covers_as_it_says() -> None:
    assert poisson_interval(0) == pytest.approx((0.0, 3.689), abs=1e-3)
    assert poisson_interval(10) == pytest.approx((4.795, 18.39), abs=1e-2)
    counts = stats.poisson(7.0).rvs(4000, random_state=2)
    covered = np.mean([low <= 7.0 <= high for low, high in map(poisson_interval, counts.tolist())])
    assert covered >= 0.95
    assert np.mean([low <= 3.0 <= high for low, high in map(poisson_interval, counts.tolist())]) < 0.9
