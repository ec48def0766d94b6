"""Causes of death against the numbers they come from; what is healthy is not killed by them."""

from __future__ import annotations

import math

import numpy as np
import pytest

from nonself.catalog.body.deaths import (
    HIGH_BLASTS,
    LOST_TO_BLEEDING,
    LOST_TO_INFECTION,
    LOW_COUNTS,
    OLD_AGE,
)
from nonself.catalog.body.person import PERSON
from nonself.catalog.tables import read_table
from nonself.codegen import twin
from nonself.codegen.build import build
from nonself.engine.loop import solve
from nonself.engine.problem import Array, Problem, parameter_table
from nonself.model.check import check
from nonself.model.compose import compose
from nonself.model.parts import Expression, Mechanism, Observable, Parameter, Reaction, Species
from nonself.provenance import assumed

WHY = assumed("a test")
HEALTHY = {"neutrophils": 4.0, "platelets": 240.0, "hemoglobin": 145.0, "igg": 11.0, "blasts": 0.0}
UNITS = {
    "neutrophils": "Gcell/L",
    "platelets": "Gcell/L",
    "hemoglobin": "g/L",
    "igg": "g/L",
    "blasts": "Gcell/L",
}
COUNTS = Mechanism(
    "counts", "counts that stay as they are", (),
    species=(Species("still", 0.0, "1", WHY),),
    parameters=tuple(Parameter(f"{name}_held", value, UNITS[name], WHY) for name, value in HEALTHY.items()),
    expressions=tuple(Expression(name, f"{name}_held", unit) for name, unit in UNITS.items()),
    reactions=(Reaction("nothing", "0*still/age_at_start", {"still": 1}),),
    observables=(Observable("kidney", "kidney_function", "mL/min"), Observable("surface", "body_surface", "m^2"),),
)  # fmt: skip
MODEL = compose([PERSON, COUNTS, OLD_AGE, LOW_COUNTS, HIGH_BLASTS], id="mortal", time_unit="day")


def hazards(age: float = 40.0, male: float = 1.0, **counts: float) -> dict[str, float]:
    """Rates of death a day."""
    given = {"age_at_start": age, "male": male, **{f"{name}_held": value for name, value in counts.items()}}
    table = np.array([[given.get(part.id, float(part.value))] for part in MODEL.parameters])
    states = np.zeros((len(MODEL.species), 1))
    rates = twin.right_hand_side(MODEL, table, states)
    rows = [part.id for part in MODEL.species]
    return {one.id: float(rates[rows.index(one.accumulator), 0]) for one in MODEL.hazards}


def test_the_parts_are_sound() -> None:
    flaws = [flaw for flaw in check(MODEL) if flaw.check != "unused"]
    assert flaws == []


def life_table() -> tuple[Array, dict[float, Array]]:
    rows = read_table("life_table")
    ages = np.array([float(row["age"]) for row in rows])
    return ages, {
        sex: np.array([float(row[name]) for row in rows]) for sex, name in ((1.0, "man"), (0.0, "woman"))
    }


def expectation(dying: Array) -> float:
    """Years still to be lived at the first age of a table, about two more after its end."""
    alive = np.concatenate([[1.0], np.cumprod(1 - dying)])
    return float((alive[:-1] * (1 - dying / 2)).sum() + 1.85 * alive[-1])


def test_the_table_gives_the_life_expectancies_printed_with_it() -> None:
    _, dying = life_table()
    assert expectation(dying[1.0]) == pytest.approx(58.74, abs=0.02)
    assert expectation(dying[0.0]) == pytest.approx(63.59, abs=0.02)


def healthy_people_lose(age: float, male: float) -> float:
    """Deaths a year that counts bring in a healthy population; tests/body/test_healthy_deaths.py computes them."""
    bleeding = LOST_TO_BLEEDING["man" if male else "woman"]
    return LOST_TO_INFECTION + bleeding * math.exp(0.087 * (age - 60))


@pytest.mark.parametrize("male", [1.0, 0.0])
def test_death_by_age_and_of_healthy_counts_is_the_life_table(male: float) -> None:
    ages, dying = life_table()
    rate = np.array(
        [
            365.25 * hazards(age + 0.5, male)["death_of_age"] + healthy_people_lose(age + 0.5, male)
            for age in ages
        ]
    )
    table = -np.log(1 - dying[male])
    adult = (ages >= 30) & (ages <= 95)
    assert np.abs(np.log(rate / table))[adult].max() < 0.30
    assert expectation(1 - np.exp(-rate)) == pytest.approx(expectation(dying[male]), abs=0.4)
    assert abs(expectation(1 - np.exp(-1.1 * rate)) - expectation(dying[male])) > 0.6, (
        "planted breach is seen"
    )


def test_counts_kill_as_their_sources_say() -> None:
    month = 30 * hazards(hemoglobin=45.0)["death_of_anemia"]
    assert 1 - math.exp(-month) == pytest.approx(0.344, abs=0.01)
    assert 1 - math.exp(-30 * hazards(hemoglobin=75.0)["death_of_anemia"]) < 0.037
    for age, low, high in ((30, 0.003, 0.006), (70, 0.10, 0.16)):
        assert low < 365.25 * hazards(age=age, platelets=15.0)["death_of_bleeding"] < high
    more = 365.25 * (hazards(igg=5.0)["death_of_infection"] - hazards(igg=10.0)["death_of_infection"])
    assert more == pytest.approx(0.05 * (0.113 - 0.023), rel=0.05)
    week = 7 * hazards(neutrophils=0.05)["death_of_infection"]
    assert week == pytest.approx(0.12 * 0.095, rel=0.05)
    assert 1 - math.exp(-7 * hazards(blasts=1000.0)["death_of_blasts"]) == pytest.approx(0.19, abs=0.02)


def test_healthy_counts_add_nothing_to_the_life_table() -> None:
    rates = hazards()
    of_age = rates.pop("death_of_age")
    assert sum(rates.values()) < 0.02 * of_age
    planted = hazards(hemoglobin=90.0)
    assert planted["death_of_anemia"] > 0.02 * of_age


def test_people_die_at_the_ages_of_the_table() -> None:
    """Of 18-year-olds, the share alive at 70 is that of the life table."""
    program = build(MODEL, use_cache=False)
    count, years = 2000, 52.0
    names = tuple(f"d{k}" for k in range(count))
    male = (np.arange(count) % 2).astype(float)
    table = parameter_table(program, count, {"age_at_start": 18.0, "male": male})
    end = np.array([years * 365.25])
    outcomes = solve(Problem(program, names, table, float(end[0]), end, seed=4), keep=("still",))
    _, dying = life_table()
    for sex in (0.0, 1.0):
        expected = float(np.prod(1 - dying[sex][:52]))
        share = outcomes.finished[male == sex].mean()
        assert abs(share - expected) < 4 * math.sqrt(expected * (1 - expected) / (count / 2)) + 0.015
    assert {outcomes.causes[k] for k in outcomes.cause[outcomes.died]} <= {
        "death_of_age",
        "death_of_infection",
    }


def test_a_person_is_as_large_as_the_formulas_say() -> None:
    names = twin.named_values(
        MODEL, np.array([[float(part.value)] for part in MODEL.parameters]), np.zeros((len(MODEL.species), 1))
    )
    assert names["blood_volume"][0] == pytest.approx(0.3669 * 1.76**3 + 0.03219 * 73 + 0.6041)
    assert names["size"][0] == pytest.approx(names["blood_volume"][0] / 5)
    assert names["body_surface"][0] == pytest.approx(math.sqrt(176 * 73 / 3600))
    woman = [1.62, 65.0]
    given = {"male": 0.0, "height": 162.0, "weight": 65.0, "age_at_start": 65.0}
    table = np.array([[given.get(part.id, float(part.value))] for part in MODEL.parameters])
    names = twin.named_values(MODEL, table, np.zeros((len(MODEL.species), 1)))
    assert names["blood_volume"][0] == pytest.approx(0.3561 * woman[0] ** 3 + 0.03308 * woman[1] + 0.1833)
    assert names["kidney_function"][0] == pytest.approx((100 - 7.7 * 3) * math.sqrt(162 * 65 / 3600) / 1.73)
    assert names["age"][0] == 65.0
