"""What a laboratory reports: as variable as stated, below its limit as below, the same for whoever is beside."""

from __future__ import annotations

import numpy as np
import pytest

from nonself.analysis.measurement import Precision, reported
from nonself.catalog.criteria.measurement import assays
from nonself.catalog.criteria.reference import fluctuations

PEOPLE = tuple(f"p{number:05d}" for number in range(2000))
DAYS = np.array([-1.0, 0.0, 30.0, 60.0])
HOW = Precision(0.10, 2.0)


def of(
    values: float,
    how: Precision = HOW,
    people: tuple[str, ...] = PEOPLE,
    days: np.ndarray = DAYS,
    seed: int = 1,
):  # type: ignore[no-untyped-def]
    return reported(np.full((len(people), days.size), values), how, "tsh", people, days, seed)


def is_as_variable_as(found: np.ndarray, percent: float) -> bool:
    spread = 100 * found.std() / found.mean()
    return bool(abs(spread / percent - 1) < 0.03 and abs(np.median(found) / 140.0 - 1) < 0.005)


def test_the_variation_is_the_one_stated_and_centered() -> None:
    found = of(140.0)
    assert is_as_variable_as(found, 10.0)
    assert not is_as_variable_as(found, 9.0), "planted breach is seen"
    assert not is_as_variable_as(found * 1.02, 10.0), "planted breach is seen"


def test_visits_and_people_are_independent() -> None:
    score = np.log(of(140.0))
    across = np.corrcoef(score.T) - np.eye(DAYS.size)
    assert np.abs(across).max() < 0.1
    assert abs(np.corrcoef(score[:-1, 0], score[1:, 0])[0, 1]) < 0.1


def test_below_the_limit_counts_as_half_of_it() -> None:
    found = of(2.0)
    below = found < HOW.limit
    assert 0.45 < below.mean() < 0.55
    assert set(found[below]) == {1.0}
    assert (of(0.0) == 1.0).all()
    assert (of(2.0, Precision(0.1)) > 1.0).all(), "no limit, none below"


def test_who_has_died_has_no_value() -> None:
    values = np.array([[5.0, np.nan, np.nan, np.nan]])
    found = reported(values, HOW, "tsh", ("a",), DAYS, 1)
    assert np.isnan(found).tolist() == [[False, True, True, True]]


def test_a_draw_is_of_its_person_and_minute_alone() -> None:
    """Fewer people, other readouts beside: the same bits; another quantity, seed or minute: another draw."""
    whole = of(140.0)
    assert of(140.0, people=PEOPLE[17:18]).tobytes() == whole[17:18].tobytes()
    assert of(140.0, days=DAYS[2:]).tobytes() == np.ascontiguousarray(whole[:, 2:]).tobytes()
    other = reported(np.full(whole.shape, 140.0), HOW, "free_t4", PEOPLE, DAYS, 1)
    for changed in (other, of(140.0, seed=2), of(140.0, days=DAYS + 1 / 1440)):
        assert (changed != whole).mean() > 0.99


def halves() -> dict[str, float]:
    """Half of the variation within a subject, the mean of the sexes where they differ."""
    sums: dict[str, list[float]] = {}
    for one in fluctuations():
        sums.setdefault(one.quantity, []).append(one.percent)
    return {name: sum(parts) / len(parts) / 2 for name, parts in sums.items()}


def strays(found: dict[str, float]) -> list[str]:
    wanted = halves()
    return [name for name, percent in found.items() if percent != pytest.approx(wanted[name], abs=0.06)]


def test_laboratories_measure_twice_as_exactly_as_people_vary() -> None:
    found = {
        one.quantity: one.percent for one in assays() if one.kind == "half" and one.quantity != "igg_level"
    }
    assert len(found) >= 9
    assert strays(found) == []
    assert strays(found | {"tsh": 21.6}) == ["tsh"], "planted breach is seen"
    assert {one.kind for one in assays()} == {"half", "value", "assumed"}
    assert all(one.source for one in assays())
