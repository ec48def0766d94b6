"""People as the population says, each number keyed by its own purpose: nothing shifts anything else."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from scipy import stats

from nonself.catalog.body.population import population
from nonself.cohort.life import between, in_force, life
from nonself.cohort.people import DAYS_PER_YEAR, Range, draw_people, person_id, slot_ids
from nonself.engine.problem import Action
from nonself.engine.streams import normals
from nonself.errors import InputError
from nonself.expr import evaluate
from nonself.model.people import Happenings, Population, Trait
from nonself.provenance import assumed

WHY = assumed("a test")
PEOPLE = population()
ADULTS = Range(18.0, 90.0)
MANY = slot_ids(0, 20_000)


def with_trait(trait: Trait, first: bool = False) -> Population:
    traits = (trait, *PEOPLE.traits) if first else (*PEOPLE.traits, trait)
    return dataclasses.replace(PEOPLE, traits=traits)


def test_sizes_and_sexes_are_those_of_their_sources() -> None:
    drawn = draw_people(PEOPLE, MANY, ADULTS, seed=1)
    men = drawn.columns["male"] == 1
    assert np.median(drawn.columns["height"][men]) == pytest.approx(175.5, abs=0.3)
    assert np.median(drawn.columns["weight"][~men]) == pytest.approx(65.6, rel=0.01)
    for sex, low, high in ((men, 0.016, 0.594), (~men, 0.057, 0.507)):
        index = drawn.columns["weight"][sex] / (drawn.columns["height"][sex] / 100) ** 2
        assert np.mean(index < 19) == pytest.approx(low, abs=0.012), (
            "body mass index below 19 (Kuczmarski 1997)"
        )
        assert np.mean(index >= 25) == pytest.approx(high, abs=0.04)
    assert np.corrcoef(drawn.columns["height"][men], drawn.columns["weight"][men])[0, 1] > 0.3
    assert drawn.columns["smoking"][men].mean() == pytest.approx(0.153, abs=0.01)


def test_ages_are_those_of_the_standing_population() -> None:
    drawn = draw_people(PEOPLE, MANY, ADULTS, seed=2)
    men = drawn.columns["male"] == 1
    table = np.array(PEOPLE.ages)[:72]
    for column, sex in ((1, men), (2, ~men)):
        law = lambda age, c=column: np.interp(  # noqa: E731
            age, np.arange(18.0, 91.0), np.concatenate([[0], np.cumsum(table[:, c]) / table[:, c].sum()])
        )
        assert stats.kstest(drawn.age[sex], law).pvalue > 1e-3
        assert stats.kstest(drawn.age[sex] + 2.0, law).pvalue < 1e-3, "planted breach: other ages are seen"
    even = draw_people(PEOPLE, MANY, Range(40.0, 60.0, "uniform", men=0.2), seed=2)
    assert stats.kstest(even.age, stats.uniform(40, 20).cdf).pvalue > 1e-3
    assert even.columns["male"].mean() == pytest.approx(0.2, abs=0.01)
    assert np.all(draw_people(PEOPLE, MANY[:50], Range(60.0, 60.0), seed=2).age == 60.0)
    with pytest.raises(InputError, match="not in the population"):
        draw_people(PEOPLE, MANY[:2], Range(17.0, 60.0), seed=2)


def test_one_more_trait_one_more_person_and_their_order_shift_no_draw() -> None:
    names = slot_ids(0, 300)
    drawn = draw_people(PEOPLE, names, ADULTS, seed=3)
    extra = Trait("extra", "lognormal", "1", "0.3", WHY)
    for other in (with_trait(extra), with_trait(extra, first=True)):
        again = draw_people(other, names, ADULTS, seed=3)
        for key, values in drawn.columns.items():
            assert again.columns[key].tobytes() == values.tobytes()
        assert again.age.tobytes() == drawn.age.tobytes()
    backwards = draw_people(PEOPLE, tuple(reversed(names[:100])), ADULTS, seed=3)
    for key, values in drawn.columns.items():
        assert backwards.columns[key][::-1].tobytes() == values[:100].tobytes()
    assert (
        draw_people(PEOPLE, names, ADULTS, seed=4).columns["height"].tobytes()
        != drawn.columns["height"].tobytes()
    )


def test_planted_breach_draws_taken_in_turn_are_seen_to_shift(monkeypatch: pytest.MonkeyPatch) -> None:
    """With one stream for everybody, as an ordinary generator has it, one more trait moves the others."""
    from nonself.cohort import people

    def in_turn(generator: np.random.Generator):  # type: ignore[no-untyped-def]
        return lambda seed, purpose, ids, **_: generator.standard_normal(len(ids))

    found = []
    for other in (PEOPLE, with_trait(Trait("extra", "lognormal", "1", "0.3", WHY), first=True)):
        monkeypatch.setattr(people, "normals", in_turn(np.random.default_rng(1)))
        found.append(draw_people(other, slot_ids(0, 50), ADULTS, seed=3).columns["height"])
    assert found[0].tobytes() != found[1].tobytes()


def test_who_fills_a_place_of_somebody_who_died_has_the_same_age_and_sex_and_other_traits() -> None:
    slots = slot_ids(0, 200)
    first, next_ = (
        draw_people(PEOPLE, [person_id(slot, attempt) for slot in slots], ADULTS, seed=5)
        for attempt in (1, 2)
    )
    assert first.age.tobytes() == next_.age.tobytes()
    assert first.columns["male"].tobytes() == next_.columns["male"].tobytes()
    assert abs(np.corrcoef(first.columns["thymic_trait"], next_.columns["thymic_trait"])[0, 1]) < 0.25
    assert not np.any(first.columns["height"] == next_.columns["height"])


def test_exposures_begin_at_ages_of_their_own() -> None:
    drawn = draw_people(PEOPLE, MANY, ADULTS, seed=6)
    change = next(one for one in drawn.changes if one.parameter == "clonal_hematopoiesis")
    for age, share in ((40, 0.005), (75, 0.095), (85, 0.117)):
        assert np.mean(change.age <= age) == pytest.approx(share, abs=4 * np.sqrt(share / 20_000))
    smokers = drawn.columns["smoking"] == 1
    has = ~np.isnan(change.age)
    assert has[smokers].mean() > 1.1 * has[~smokers].mean(), "correlated as the population says"
    days = np.full(len(MANY), 60 * DAYS_PER_YEAR)
    held = in_force(drawn, PEOPLE, days)["clonal_hematopoiesis"]
    assert np.array_equal(held > 0, change.age - 18 < 60)


def test_correlated_traits_are_correlated_and_impossible_ones_refused() -> None:
    other = with_trait(Trait("twin", "normal", "0", "1", WHY, correlation={"infection_trait": 0.6}))
    drawn = draw_people(other, MANY, ADULTS, seed=7)
    own = normals(7, "people: infection_trait", MANY)
    assert np.corrcoef(own, drawn.columns["twin"])[0, 1] == pytest.approx(0.6, abs=0.02)
    assert drawn.columns["twin"].std() == pytest.approx(1.0, abs=0.02)
    for bad in ({"infection_trait": 1.1}, {"later": 0.5}):
        with pytest.raises(InputError, match="correlations"):
            draw_people(
                with_trait(Trait("twin", "normal", "0", "1", WHY, correlation=bad)), MANY[:3], ADULTS, 7
            )


def counts(actions: tuple[Action, ...], species: str) -> np.ndarray:
    times = np.stack([np.asarray(one.time) for one in actions if one.target == species])
    return np.asarray((~np.isnan(times)).sum(axis=0))


def test_infections_come_at_the_rate_of_each_person_and_twins_share_them() -> None:
    names = slot_ids(0, 1500)
    drawn = draw_people(PEOPLE, names, ADULTS, seed=8)
    until = np.full(len(names), 20 * DAYS_PER_YEAR)
    befalls = life(PEOPLE, drawn, until, seed=8)
    found = counts(befalls, "pathogen")
    kind = next(one for one in PEOPLE.happenings if one.id == "infection")
    expected = 20 * evaluate(kind.rate, {"infection_trait": 1.0}) * drawn.columns["infection_trait"]
    assert found.sum() == pytest.approx(expected.sum(), rel=4 / np.sqrt(expected.sum()))
    assert np.corrcoef(found, expected)[0, 1] > 0.8
    sizes = np.concatenate(
        [np.asarray(one.value)[~np.isnan(one.time)] for one in befalls if one.target == "pathogen"]
    )
    assert np.median(sizes) == pytest.approx(kind.median, rel=0.03)
    inside = np.log(sizes[sizes < kind.largest] / kind.median) / kind.spread
    assert inside.std() == pytest.approx(1.0, abs=0.03)
    assert sizes.max() <= kind.largest
    fewer = dataclasses.replace(
        drawn, columns={**drawn.columns, "infection_trait": 0.5 * drawn.columns["infection_trait"]}
    )
    some = life(PEOPLE, fewer, until, seed=8)
    for row in range(0, 1500, 100):
        mine, theirs = (
            {
                (float(a.time[row]), float(a.value[row]))
                for a in part
                if a.target == "pathogen" and a.time[row] >= 0
            }  # type: ignore[index]
            for part in (befalls, some)
        )
        assert theirs <= mine, "a twin with half the rate has some of the same infections, of the same sizes"
    longer = between(life(PEOPLE, drawn, 2 * until, seed=8), 0 * until, until)
    assert np.array_equal(counts(longer, "pathogen"), found), "the horizon shifts nothing"


def test_rates_follow_age_and_never_pass_the_highest() -> None:
    drawn = draw_people(PEOPLE, slot_ids(0, 2000), ADULTS, seed=9)
    until = np.full(2000, 40 * DAYS_PER_YEAR)
    aging = Happenings("fall", "innate", "0.02*(age - 18)", 1.0, 1.0, 0.0, 2.0, WHY)
    befalls = life(dataclasses.replace(PEOPLE, happenings=(aging,)), drawn, until, seed=9)
    times = np.concatenate(
        [np.asarray(one.time)[~np.isnan(one.time)] for one in befalls if one.kind == "add"]
    )
    early = np.count_nonzero(times < 20 * DAYS_PER_YEAR)
    assert early / times.size == pytest.approx(0.25, abs=0.02)
    steep = dataclasses.replace(aging, rate="0.1*(age - 18)")
    with pytest.raises(ValueError, match="highest"):
        life(dataclasses.replace(PEOPLE, happenings=(steep,)), drawn, until, seed=9)
