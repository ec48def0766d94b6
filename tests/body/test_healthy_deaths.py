"""What healthy people lose to the causes of death that follow from counts is taken off the life table."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from experiments.body.courses import IMMORTAL, as_they_live

from nonself.catalog.body.build import body
from nonself.catalog.body.deaths import LOST_TO_BLEEDING, LOST_TO_INFECTION, OLD_AGE
from nonself.catalog.body.population import population
from nonself.codegen.build import build
from nonself.cohort.people import DAYS_PER_YEAR, Range, draw_people, slot_ids
from nonself.engine.loop import solve
from nonself.model.compose import compose

PEOPLE, AGE, YEARS, SMALL = 1600, 57.0, 6.0, 1e-6
CAUSES = ("age", "infection", "bleeding", "anemia")
Rates = dict[str, dict[str, float]]


@pytest.fixture(scope="module")
def lost() -> Rates:
    """Return deaths a year by cause, of men and women from 57 to 63: all rates a millionth, so that nobody dies."""
    program = build(compose(body(()), id="body", time_unit="day"))
    people = draw_people(population(), slot_ids(0, PEOPLE), Range(AGE, AGE, "uniform", 0.5), 6)
    usual = dict(zip(program.parameters, program.defaults.tolist(), strict=True))
    columns = {name: usual[name] * SMALL for name in IMMORTAL} | {"age_at_start": people.age}
    until = YEARS * DAYS_PER_YEAR
    unexposed = replace(people, changes=())
    problem = as_they_live(program, unexposed, until, np.array([until]), columns, 6)
    outcomes = solve(problem, workers=2)
    assert outcomes.finished.all()
    men = people.columns["male"] == 1
    sums = {cause: outcomes.of(f"death_of_{cause}_hazard")[:, 0] / YEARS / SMALL for cause in CAUSES}
    return {
        sex: {cause: float(part[rows].mean()) for cause, part in sums.items()}
        for sex, rows in (("man", men), ("woman", ~men))
    }


def differs(lost: Rates, infection: float) -> bool:
    """Whether deaths of infection a year are not those taken off the life table, within a fourth."""
    found = (lost["man"]["infection"] + lost["woman"]["infection"]) / 2
    return abs(found / infection - 1) > 0.25


def test_what_is_taken_off_the_life_table_is_what_healthy_people_lose(lost: Rates) -> None:
    assert not differs(lost, LOST_TO_INFECTION)
    assert differs(lost, 1.5 * LOST_TO_INFECTION), "planted breach is seen"
    for sex, at_60 in LOST_TO_BLEEDING.items():
        assert lost[sex]["bleeding"] == pytest.approx(at_60, rel=0.2)
        assert lost[sex]["anemia"] < 0.02 * lost[sex]["infection"]


def test_it_is_not_negligible() -> None:
    """Of the deaths of women of 20 in the life table, 49 in 100,000 a year, two fifths would come twice."""
    of_age = OLD_AGE.parameters[1].value
    assert isinstance(of_age, float)
    assert LOST_TO_INFECTION / (of_age + LOST_TO_INFECTION + 1.5e-4) > 0.3
