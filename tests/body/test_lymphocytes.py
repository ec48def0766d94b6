"""The lymphocytes: at rest at the targets, stable, and back after depletion by turnover, thymus and budgets alone."""

from __future__ import annotations

import functools

import numpy as np
import pytest

from nonself.codegen import twin
from nonself.codegen.probe import jacobian
from nonself.engine.problem import parameter_table
from nonself.expr import TIME, names
from nonself.model.check import check
from nonself.provenance import Assumption, Citation
from tests.body.lymphocyte_table import AGE, LOWER, MISSED, rows
from tests.body.lymphocytes import (
    LEFT,
    LYMPHOCYTES,
    YEAR,
    Array,
    courses,
    model,
    month_above,
    program,
    recovery,
    without_b_cells,
)

SLOW = ("naive_cd4", "naive_cd8", "diversity", "plasma_cell")


@functools.cache
def after_depletion(age: float = AGE) -> dict[str, Array]:
    return recovery(age)


@functools.cache
def aging() -> dict[str, Array]:
    """One value a year from 18 to 90."""
    return courses(YEAR * np.arange(0, 73), {"age_at_start": 18.0})


def rest_rates(**columns: float) -> float:
    """Return the largest rate at the start, relative to the state or its scale."""
    used = program(aging=False)
    table = parameter_table(used, 1, columns)
    start = twin.initial_state(used.model, table)
    rates = np.abs(twin.right_hand_side(used.model, table, start))
    return float((rates / np.maximum(start, used.scales[:, None])).max())


def eigenvalues(**columns: float) -> Array:
    used = program(aging=False)
    start = twin.initial_state(used.model, parameter_table(used, 1))
    return np.asarray(np.linalg.eigvals(jacobian(used, parameter_table(used, 1, columns), start)[0]))


def test_model_checks_find_nothing() -> None:
    assert check(model()) == ()


def test_every_number_has_a_source() -> None:
    for part in LYMPHOCYTES:
        mechanism = part()
        assert mechanism.id == part.__name__
        for named in (*mechanism.species, *mechanism.parameters):
            assert isinstance(named.source, Citation | Assumption), named.id
            assert named.label, named.id


def test_no_clock_is_written_in() -> None:
    """No mechanism reads the time, or switches: what happens when is read from the course."""
    for part in LYMPHOCYTES:
        mechanism = part()
        formulas = [e.formula for e in mechanism.expressions] + [r.rate for r in mechanism.reactions]
        for formula in formulas:
            assert TIME not in names(formula), formula
            assert " if " not in formula, formula


@pytest.mark.parametrize("size", [0.6, 1.0, 1.5])
def test_reference_adult_is_a_fixed_point(size: float) -> None:
    assert rest_rates(size=size) < 1e-10
    rest = courses([0.0], {"size": size}, aging=False)
    counts = {"blood_cd4": 0.837, "blood_cd8": 0.660, "blood_b": 0.349, "blood_nk": 0.472}
    assert {name: float(rest[name][0]) for name in counts} == pytest.approx(counts, rel=1e-12)


def test_planted_breach_another_age_is_not_a_fixed_point() -> None:
    assert rest_rates(age_at_start=31.0) > 1e-6


@pytest.mark.parametrize("row", rows(), ids=lambda row: row[0])
def test_target(row: tuple[str, str, float, float, float, float]) -> None:
    """Each result lies in its interval, but for those stated as missed, which must be missed."""
    what, role, target, low, high, result = row
    assert role in ("constraint", "fitted", "predicted")
    if role == "constraint":
        assert result == pytest.approx(target, rel=1e-9)
    assert bool(low <= result <= high) is (what not in MISSED)


def test_rest_is_stable_and_does_not_swing() -> None:
    found = eigenvalues()
    assert found.real.max() < 0
    assert (np.abs(found.imag) <= np.abs(found.real)).all()


def test_planted_breach_cells_that_divide_more_the_more_there_are_run_away() -> None:
    assert eigenvalues(memory_cd4_gain=-0.5).real.max() > 0


@pytest.mark.parametrize("factor", [0.3, 2.0])
@pytest.mark.parametrize(
    "name", [s.id for part in LYMPHOCYTES for s in part().species if s.id != "exhausted_cd8"]
)
def test_each_state_returns(name: str, factor: float) -> None:
    """Within 30 years, naive T cells, their diversity and plasma cells within 120."""
    from nonself.engine.problem import Action

    used = program(aging=False)
    start = float(twin.initial_state(used.model, parameter_table(used, 1))[used.species.index(name), 0])
    years = 120 if name in SLOW else 30
    moved = (Action(0.0, "add", name, (factor - 1) * start),)
    course = courses([0.0, years * YEAR], {}, moved, aging=False)
    assert course[name][0] == pytest.approx(factor * start, rel=1e-9)
    assert course[name][1] == pytest.approx(start, rel=0.02)


def test_order_of_recovery() -> None:
    course = after_depletion()
    back = {name: month_above(course, name, level) for name, level in LOWER.items()}
    assert back["blood_nk"] < back["blood_b"] < back["blood_cd8"] < back["blood_cd4"]


def test_planted_breach_without_a_response_to_growth_factors_counts_stay_low() -> None:
    """The times come from memory cells that divide faster, and from nothing else that is fitted."""
    deaf = recovery(AGE, memory_cd4_gain=0.0, memory_cd8_gain=0.0)
    assert month_above(deaf, "blood_cd4", LOWER["blood_cd4"]) > 60
    assert month_above(deaf, "blood_cd8", LOWER["blood_cd8"]) > 40


def test_the_old_recover_more_slowly_and_the_thymus_is_why() -> None:
    months = [month_above(after_depletion(age), "blood_cd4", LOWER["blood_cd4"]) for age in (20.0, AGE, 60.0)]
    assert months[0] < months[1] < months[2]
    naive = [after_depletion(age)["naive_cd4"][480] for age in (20.0, AGE, 60.0)]  # four years after
    assert naive[0] > 1.5 * naive[1] > 3 * naive[2]
    strong = recovery(AGE, thymic_trait=3.0)
    assert month_above(strong, "blood_cd4", LOWER["blood_cd4"]) < months[1] - 2


def test_growth_factor_runs_against_the_count() -> None:
    course = after_depletion()
    later = course["month"] > 0.5
    assert np.corrcoef(course["il7"][later], course["blood_cd4"][later])[0, 1] < -0.9
    assert course["il7"].max() > 3
    assert course["memory_cd4_drive"].max() > 1.5


def test_composition_during_recovery() -> None:
    """Memory cells dominate for years, regulators take a larger share, diversity refills slowly."""
    course = after_depletion()
    before = {name: values[0] for name, values in course.items()}
    year = int(np.argmin(np.abs(course["month"] - 12)))
    naive = course["naive_cd4"] / course["cd4_cells"]
    assert naive[year] < 0.5 * naive[0]
    assert course["regulator_share"][year] > 1.2 * before["regulator_share"]
    assert course["diversity"][year] < 0.5 * before["diversity"] < 1
    assert course["diversity"][year] < course["diversity"][-1]
    assert course["blood_cd4"][-1] < 0.9 * before["blood_cd4"]  # ten years on: not back in full


def test_naive_cd8_age_faster_than_naive_cd4() -> None:
    years = aging()
    four, eight = (years[name][72] / years[name][0] for name in ("naive_cd4", "naive_cd8"))
    assert eight < 0.5 * four < 0.5
    for name in ("memory_cd4", "memory_cd8", "nk", "naive_b", "igg"):
        assert 0.85 < years[name][72] / years[name][0] < 1.15
    assert (years["blood_cd4"] > 0.6).all()
    assert (years["regulator_share"] > 0.05).all()
    assert (years["regulator_share"] < 0.10).all()


@pytest.mark.parametrize("age", [45, 60, 75])
def test_a_person_starts_near_where_life_would_have_brought_them(age: int) -> None:
    start = courses([0.0], {"age_at_start": float(age)})
    for part in LYMPHOCYTES:
        for species in part().species:
            lived = aging()[species.id][age - 18]
            assert start[species.id][0] == pytest.approx(lived, rel=0.25), species.id


def test_infection_passes() -> None:
    """A pathogen expands few cells within days; they contract, leave a little memory, and all returns."""
    course = courses(np.arange(0.0, 1500.0), {"pathogen_initial": 1.0}, aging=False)
    effectors = course["effector_cd8"] / course["effector_cd8_normal"]
    peak = int(np.argmax(effectors))
    assert 3 <= peak <= 14
    assert 3 < effectors[peak] < 20
    assert effectors[peak + 60] < 1.2
    assert np.abs(course["blood_cd8"] / 0.66 - 1).max() < 0.03
    assert course["il2"][peak] > 1.2
    assert course["regulator"].max() > 1.05 * course["regulator"][0]
    assert course["memory_cd8"][60] > course["memory_cd8"][0]
    assert course["exhausted_cd8"][60] > 0
    for name in ("memory_cd8", "regulator", "plasmablast", "igg"):
        assert course[name][-1] == pytest.approx(course[name][0], rel=0.005)


def test_planted_breach_no_pathogen_no_response() -> None:
    course = courses([0.0, 7.0, 60.0], aging=False)
    assert course["effector_cd8"][1] == pytest.approx(course["effector_cd8"][0], rel=1e-6)
    assert course["exhausted_cd8"][2] == 0.0


def test_checkpoint_loosens_when_b_cells_are_few() -> None:
    course = without_b_cells()
    assert course["self_reactive_naive"][0] == pytest.approx(0.20, rel=1e-9)
    assert course["self_reactive_transitional"][0] == pytest.approx(0.40, rel=1e-9)
    assert course["transitional_survival"][0] == pytest.approx(0.56, rel=1e-9)
    assert course["self_reactive_naive"].max() > 0.25
    assert course["self_reactive_naive"][-1] < 0.21
    assert course["baff"].max() > 3
    assert (
        course["naive_b"].max() > 1.1 * course["naive_b"][0]
    )  # naive cells overshoot while memory is missing
    assert course["igg"].min() > 0.75 * course["igg"][0]  # plasma cells were not touched
    weak = courses([0.0], {"deletion_trait": 0.5})
    assert weak["self_reactive_transitional"][0] > 0.5


def test_igg_is_catabolized_faster_the_more_there_is() -> None:
    rates = [
        float(courses([0.0, 1e-9], {"igg_normal": 11.0}, _igg(level))["igg_catabolism"][1])
        for level in (1, 11, 40)
    ]
    half_lives = [np.log(2) / rate for rate in rates]
    assert half_lives[1] == pytest.approx(23.5, rel=1e-6)
    assert half_lives[0] > 40 > 23 > 15 > half_lives[2] > 10


def _igg(level: float) -> tuple[object, ...]:
    from nonself.engine.problem import Action

    return (Action(0.0, "add", "igg", level - 11.0),)


@pytest.mark.parametrize("columns", [{}, {"room": 0.0, "thymic_trait": 0.0}], ids=["with supply", "without"])
def test_total_removal_leaves_nothing_below_zero(columns: dict[str, float]) -> None:
    """Every cell kind removed for two months, with and without new ones from marrow and thymus."""
    from nonself.engine.problem import Action

    on = tuple(Action(1.0, "set", f"remove_{name}", 20.0) for name in LEFT)
    off = tuple(Action(61.0, "set", f"remove_{name}", 0.0) for name in LEFT)
    course = courses([0.0, 61.0, 2000.0, 20000.0], columns, (*on, *off), aging=False, rtol=1e-6)
    for name, scale in zip(program(aging=False).species, program(aging=False).scales, strict=True):
        assert (course[name] > -1e-6 * scale).all(), name
    assert course["blood_cd4"][1] < 1e-4
    assert bool(course["blood_cd4"][-1] > 0.4) is (columns == {})
