"""Diagnosis criteria: readable, sourced, in units that fit, false in health and true where they should be."""

from __future__ import annotations

import math
from dataclasses import replace
from types import ModuleType

import pytest

from nonself.catalog.criteria import registry
from nonself.catalog.criteria.reference import fluctuations, reference_interval, reference_intervals
from nonself.catalog.criteria.registry import criteria, criterion
from nonself.errors import IntegrityError, UnitError, UnknownName
from nonself.expr import evaluate, parse_condition
from nonself.model.criterion import Criterion, Limit, Score
from nonself.provenance import Assumption, Citation
from nonself.units import dimension, formula_dimension
from tests.body.tissues import program, run

# what is read, in its unit: observables of the body, and of the person
UNITS = {
    "blood_hemoglobin": "g/L", "blood_reticulocytes": "Gcell/L", "blood_neutrophils": "Gcell/L",
    "blood_platelets": "Gcell/L", "blood_leukocytes": "Gcell/L", "count_cd4": "Gcell/L", "count_cd8": "Gcell/L",
    "count_b": "Gcell/L", "count_nk": "Gcell/L", "reticulocyte_percent": "percent", "igg": "g/L", "tsh": "mU/L",
    "free_t4": "pmol/L", "rash_surface": "percent", "extra_stools": "1/day", "proteinuria": "g/day",
    "thyroid_volume": "mL", "antiglobulin": "1", "antinuclear_titer": "1", "anti_dna": "1", "male": "1",
}  # fmt: skip
ALL = [one for one in criteria().values() if isinstance(one, Criterion)]
SCORES = [one for one in criteria().values() if isinstance(one, Score)]
OWED = {
    "antiglobulin": 0.1,
    "antinuclear_titer": 20.0,
    "anti_dna": 0.1,
    "rash_surface": 0.0,
    "extra_stools": 0.0,
}


def healthy(sex: str) -> dict[str, float]:
    """Return the middle of every reference interval."""
    seen = {"male": 1.0 if sex == "men" else 0.0} | OWED
    for name in UNITS:
        if name not in seen:
            found = reference_interval(name, sex)
            seen[name] = ((found.low or 0.0) + (found.high or 0.0)) / 2
    return seen


def met(one: Criterion, seen: dict[str, float]) -> bool:
    limits = {part.id: _value(part, seen) for part in one.limits}
    return evaluate(f"1 if {one.condition} else 0", {**seen, **limits}) == 1.0


def _value(limit: Limit, seen: dict[str, float]) -> float:
    return evaluate(limit.value, seen) if isinstance(limit.value, str) else limit.value


def test_there_are_as_many_as_stated() -> None:
    assert len(ALL) >= 18
    assert len(SCORES) >= 1
    assert len(reference_intervals()) >= 20


@pytest.mark.parametrize("one", ALL, ids=lambda one: one.id)
def test_each_is_readable_and_sourced(one: Criterion) -> None:
    parse_condition(one.condition)
    assert one.reads
    assert one.reads <= set(UNITS), one.reads - set(UNITS)
    assert isinstance(one.source, Citation)
    assert one.source.read_in
    assert one.limits
    for limit in one.limits:
        assert limit.id in one.condition, f"{limit.id} is not used"
        assert isinstance(limit.source, Citation | Assumption)
        assert not isinstance(limit.source, Citation) or limit.source.read_in
        assert limit.label
    assert one.lasting >= 0
    assert bool(one.family) == bool(one.grade)


def dimensions_fit(one: Criterion) -> None:
    known = {name: dimension(UNITS[name]) for name in one.reads}
    known |= {limit.id: dimension(limit.unit) for limit in one.limits}
    formula_dimension(f"1 if {one.condition} else 0", known)


@pytest.mark.parametrize("one", ALL, ids=lambda one: one.id)
def test_limits_are_in_the_unit_of_what_they_bound(one: Criterion) -> None:
    dimensions_fit(one)


def test_planted_breach_a_limit_in_another_unit_is_seen() -> None:
    one = criterion("hypothyroidism_overt")
    assert isinstance(one, Criterion)
    wrong = replace(one, limits=(replace(one.limits[0], unit="g/L"), *one.limits[1:]))
    with pytest.raises(UnitError):
        dimensions_fit(wrong)


@pytest.mark.parametrize("sex", ["men", "women"])
def test_health_meets_none(sex: str) -> None:
    seen = healthy(sex)
    assert [one.id for one in ALL if met(one, seen)] == []


SICK = {
    "hemolytic_anemia_with_antibody": {"blood_hemoglobin": 85, "blood_reticulocytes": 250, "antiglobulin": 3},
    "pure_red_cell_aplasia": {"blood_hemoglobin": 70, "blood_reticulocytes": 2},
    "hypothyroidism_subclinical": {"tsh": 7.0},
    "hypothyroidism_overt": {"tsh": 40.0, "free_t4": 6.0},
    "hyperthyroidism_subclinical": {"tsh": 0.1},
    "hyperthyroidism_overt": {"tsh": 0.01, "free_t4": 35.0},
    "diarrhea_1": {"extra_stools": 3.0},
    "diarrhea_2": {"extra_stools": 5.0},
    "diarrhea_3": {"extra_stools": 9.0},
    "rash_1": {"rash_surface": 5.0},
    "rash_2": {"rash_surface": 20.0},
    "rash_3": {"rash_surface": 50.0},
    "hypogammaglobulinemia_1": {"igg": 5.0},
    "hypogammaglobulinemia_2": {"igg": 2.0},
    "antinuclear_antibody": {"antinuclear_titer": 160.0},
    "lupus_leukopenia": {"blood_leukocytes": 3.0},
    "lupus_thrombocytopenia": {"blood_platelets": 60.0},
    "lupus_hemolysis": {"blood_reticulocytes": 200.0, "antiglobulin": 2.0},
    "lupus_proteinuria": {"proteinuria": 1.2},
    "lupus_anti_dna": {"anti_dna": 4.0},
    "anemia": {"blood_hemoglobin": 110.0},
    "anemia_2": {"blood_hemoglobin": 90.0},
    "anemia_3": {"blood_hemoglobin": 70.0},
    "neutropenia_2": {"blood_neutrophils": 1.2},
    "neutropenia_3": {"blood_neutrophils": 0.7},
    "neutropenia_4": {"blood_neutrophils": 0.3},
    "neutropenia_chronic": {"blood_neutrophils": 1.2},
    "thrombocytopenia_2": {"blood_platelets": 60.0},
    "thrombocytopenia_3": {"blood_platelets": 30.0},
    "thrombocytopenia_4": {"blood_platelets": 10.0},
    "lymphopenia_2": {"count_cd4": 0.2, "count_cd8": 0.2, "count_b": 0.15, "count_nk": 0.15},
    "lymphopenia_3": {"count_cd4": 0.12, "count_cd8": 0.11, "count_b": 0.11, "count_nk": 0.11},
    "lymphopenia_4": {"count_cd4": 0.05, "count_cd8": 0.03, "count_b": 0.01, "count_nk": 0.01},
}


def highest(seen: dict[str, float], family: str) -> int:
    return max((one.grade for one in ALL if one.family == family and met(one, seen)), default=0)


@pytest.mark.parametrize("id", sorted(SICK))
@pytest.mark.parametrize("sex", ["men", "women"])
def test_each_is_met_by_what_it_names(id: str, sex: str) -> None:
    one = criterion(id)
    assert isinstance(one, Criterion)
    seen = healthy(sex) | SICK[id]
    assert met(one, seen)
    if one.family:
        assert highest(seen, one.family) == one.grade


@pytest.mark.parametrize("id", sorted(SICK))
def test_each_part_of_a_condition_is_needed(id: str) -> None:
    """Planted breach: any one of the findings put back to health and the criterion is no longer met."""
    one = criterion(id)
    assert isinstance(one, Criterion)
    for name in SICK[id]:
        assert not met(one, healthy("men") | SICK[id] | {name: healthy("men")[name]}), name


def test_anemia_is_judged_by_sex() -> None:
    one = criterion("hemolytic_anemia_with_antibody")
    assert isinstance(one, Criterion)
    hemolysis = {"blood_hemoglobin": 125.0, "blood_reticulocytes": 250.0, "antiglobulin": 3.0}
    assert met(one, healthy("men") | hemolysis)
    assert not met(one, healthy("women") | hemolysis)


def points(score: Score, seen: dict[str, float]) -> float:
    best: dict[str, float] = {}
    for item in score.items:
        if met(item.criterion, seen):
            best[item.domain] = max(best.get(item.domain, 0.0), item.points)
    return sum(best.values()) if met(score.entry, seen) else 0.0


def test_lupus_needs_the_entry_and_ten_points() -> None:
    lupus = criterion("lupus_2019")
    assert isinstance(lupus, Score)
    ill = (
        healthy("women")
        | SICK["lupus_thrombocytopenia"]
        | SICK["lupus_leukopenia"]
        | SICK["lupus_proteinuria"]
    )
    assert points(lupus, ill) == 0.0
    ill |= SICK["antinuclear_antibody"]
    assert points(lupus, ill) == 8.0 < lupus.needed  # one domain counts once
    ill |= SICK["lupus_anti_dna"]
    assert points(lupus, ill) == 14.0 >= lupus.needed


def test_scores_are_whole() -> None:
    for score in SCORES:
        assert sum({item.domain: item.points for item in score.items}.values()) >= score.needed
        assert {item.criterion.id for item in score.items} <= set(criteria())


def test_reference_intervals_are_sound() -> None:
    for one in reference_intervals():
        dimension(one.unit)
        assert dimension(one.unit) == dimension(UNITS[one.quantity])
        assert one.sex in ("men", "women", "both")
        assert one.kind in ("percentiles", "spread", "stated")
        assert one.source
        assert one.low is None or one.high is None or 0 < one.low < one.high
    pairs = [(one.quantity, one.sex) for one in reference_intervals()]
    assert len(pairs) == len(set(pairs))
    for one in reference_intervals():
        sexes = {sex for quantity, sex in pairs if quantity == one.quantity}
        assert sexes in ({"both"}, {"men", "women"})
    with pytest.raises(UnknownName, match="count_cd4"):
        reference_interval("count_cd44", "men")


def test_variation_within_a_person_is_smaller_than_between_people() -> None:
    for one in fluctuations():
        assert one.kind in ("value", "at most", "middle")
        wide = reference_interval(one.quantity, "women" if one.sex == "women" else "men")
        assert wide.low is not None
        assert wide.high is not None
        assert one.percent < 100 * (math.exp(math.log(wide.high / wide.low) / 3.92) - 1) * 1.3


def test_two_files_may_not_hold_one_id(monkeypatch: pytest.MonkeyPatch) -> None:
    twice = ModuleType("twice")
    twice.CRITERIA = (ALL[0], ALL[0])  # type: ignore[attr-defined]
    monkeypatch.setattr(
        registry.importlib, "import_module", lambda name: twice if "." in name[22:] else _folder()
    )
    with pytest.raises(IntegrityError, match=ALL[0].id):
        criteria()


def _folder() -> ModuleType:
    import nonself.catalog.criteria as folder

    return folder


def test_tissues_give_what_their_criteria_read() -> None:
    observed = set(program().observables)
    for one in ALL:
        if one.id.split("_")[0] in ("hypothyroidism", "hyperthyroidism", "diarrhea", "rash"):
            assert one.reads - {"male"} <= observed


@pytest.mark.parametrize(
    ("acts", "day", "family", "grade"),
    [
        ({"thyroid_killing": 0.03}, 20.0, "hyperthyroidism", 2),
        ({"thyroid_killing": 0.03}, 150.0, "hypothyroidism", 2),
        ({"thyroid_stimulation": 3.0}, 60.0, "hyperthyroidism", 2),
        ({"thyroid_blocking": 5.0}, 100.0, "hypothyroidism", 2),
        ({"gut_killing": 0.02}, 60.0, "diarrhea", 1),
        ({"gut_killing": 0.1}, 60.0, "diarrhea", 2),
        ({"gut_killing": 0.3}, 60.0, "diarrhea", 3),
        ({"skin_killing": 0.001}, 60.0, "rash", 1),
        ({"skin_killing": 0.006}, 60.0, "rash", 2),
        ({"skin_killing": 0.03}, 60.0, "rash", 3),
        ({}, 60.0, "rash", 0),
    ],
)
def test_courses_of_tissues_are_read_as_they_should(
    acts: dict[str, float], day: float, family: str, grade: int
) -> None:
    course = run(day, acts)
    seen = {name: float(values[-1]) for name, values in course.items()}
    assert highest(healthy("men") | seen, family) == grade
