"""Studies of the body's people: format, the way to the start of the study, deaths, depletion; on a tiny body."""

from __future__ import annotations

import tracemalloc
from pathlib import Path

import numpy as np
import pytest
from tests.tiny_body import STUDY, stand_in

from nonself.catalog import registry
from nonself.catalog.entry import Ensemble
from nonself.cli import main
from nonself.errors import InputError
from nonself.study.arriving import arrive_all
from nonself.study.estimate import BASE, estimate
from nonself.study.prepare import prepare
from nonself.study.run import run
from nonself.study.simulating import simulate_all
from nonself.study.source import study_from_text


@pytest.fixture(autouse=True)
def tiny_body(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    stand_in(monkeypatch)
    monkeypatch.setenv("NONSELF_CACHE", str(tmp_path / "cache"))


def read(text: str = STUDY, **replaced: str):  # type: ignore[no-untyped-def]
    for old, new in replaced.items():
        text = text.replace(old, new)
    return study_from_text(text, "study.yaml", Path())


def test_a_study_of_people_runs_from_their_own_ages() -> None:
    result = run(read(), courses=True)
    nothing, depleted = result.trials[0].arms
    cohort = result.trials[0].cohort
    assert len(cohort.patients) == 40
    alive = nothing.finished & depleted.finished
    assert alive.sum() > 30
    ages = nothing.of("age_now")[:, 0]
    assert np.allclose(ages[alive], cohort.facts["age"][alive])
    assert ages[alive].min() >= 30
    assert ages[alive].max() <= 70
    before, after = nothing.of("cd4_count")[alive], depleted.of("cd4_count")[alive]
    assert before[:, :2].tobytes() == after[:, :2].tobytes(), "the same until the depletion"
    assert np.allclose(after[:, 2], before[:, 2] * (1 - 0.5 * 0.99))
    assert (nothing.of("blood_neutrophils")[alive].std(axis=1) > 0).any(), "infections move counts"
    table = result.to_pandas()
    assert {"age", "thymic_trait", "died_of"} <= set(table.columns)


def test_the_snapshot_is_used_again_to_the_same_bytes(tmp_path: Path) -> None:
    first, again = run(read()), run(read())
    assert first.digest == again.digest
    assert "0 taken from the snapshot" in first.findings.provenance["people of adults"]
    assert "40 taken from the snapshot" in again.findings.provenance["people of adults"]
    for file in (tmp_path / "cache").glob("people-*.bin"):
        data = bytearray(file.read_bytes())
        data[len(data) // 2] ^= 1
        file.write_bytes(bytes(data))
    assert run(read()).digest == first.digest, "a damaged snapshot is computed again"


def test_the_memory_announced_is_what_is_taken_within_a_factor_of_two() -> None:
    """Before people have come to their age, as `validate` says it, and after."""
    often = STUDY.replace("every: 5}", "every: 0.05}").replace("people: 40", "people: 300")
    before = prepare(read(often))
    arrived = arrive_all(before, 1)
    tracemalloc.start()
    simulate_all(arrived, 1)
    taken = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert taken > 20e6
    for prepared in (before, arrived):
        assert 0.5 * taken < estimate(prepared).memory - BASE < 2 * taken


def test_workers_number_of_people_and_one_alone_change_nobody() -> None:
    whole = run(read())
    more = run(read(), patients=45, workers=2)
    assert more.trials[0].cohort.patients[:40] == whole.trials[0].cohort.patients
    assert more.trials[0].arms[0].prints[:40].tobytes() == whole.trials[0].arms[0].prints.tobytes()
    who = whole.trials[0].cohort.patients[17]
    alone = run(read(), only=who)
    assert alone.trials[0].cohort.patients == (who,)
    assert alone.trials[0].arms[0].prints[0] == whole.trials[0].arms[0].prints[17]


@pytest.mark.parametrize(
    ("old", "new", "what", "line"),
    [
        ("tissues: [gland]", "tissues: [glnad]", "unknown tissue 'glnad'", 4),
        ("model: body\n", "model: kimmel2021\n", "tissues goes with 'model: body'", 4),
        ("age: [30, 70]", "age: [70, 30]", "ages decrease", 9),
        ("age: [30, 70]", "age: [10, 30]", "not in the population", 9),
        ("age: [30, 70]", "age: [30, 70], set: {thymic_trate: 1}", "unknown parameter 'thymic_trate'", 9),
        ("age: [30, 70]", "age: [30, 70], ensemble: best", "unknown ensemble 'best'", 9),
        ("age: [30, 70]", "age: [30, 70], peple: 3", "unknown field 'peple'", 9),
        ("dose: 0.5", "dose: 1.5", "a dose of 1.5", 14),
        ("dose: 0.5", "dose: 0.5, hold: cd4_count < 1", "hold does not go with", 14),
    ],
)
def test_what_is_wrong_is_told_with_its_line(old: str, new: str, what: str, line: int) -> None:
    with pytest.raises(InputError, match=what) as told:
        prepare(read(**{old: new}))
    assert told.value.line == line
    assert told.value.mend


ENDPOINTS = """endpoints:
  - {kind: reference, name: igg_range, of: igg, at: 30, within: [5, 20]}
  - {kind: reference, name: women_cd4, of: cd4_count, at: 30, within: [0, 1], among: male == 0 and age >= 40}
  - {kind: variation, name: wobble, of: blood_neutrophils}
  - {kind: crossing, name: back, of: cd4_count, within: [0.0005, 1], from: 10, visits: 2}
  - {kind: diagnosis, name: low_igg, criterion: hypogammaglobulinemia_1, already: leave out}
  - {kind: diagnosis, name: grade_2, criterion: neutropenia_2}
  - {kind: incidence, name: aging, of: age_now, above: 50, per: 1000}
  - {kind: incidence, name: grade_4, criterion: neutropenia_4}
seed: 5
"""
LETHAL = "  - name: nothing\n    regimen:\n      - {set: {lethal: 0.02}, at: 0}\n"


def with_endpoints(text: str = STUDY) -> str:
    return text[: text.index("endpoints:")] + ENDPOINTS


def test_endpoints_of_people_are_what_their_courses_say() -> None:
    result = run(read(with_endpoints()))
    table = result.to_pandas()
    first = table[(table.arm == "nothing") & (table.status == "finished")]
    rows = {(row.endpoint, row.arm, row.measure): row for row in result.findings.outcomes}
    assert rows["status", "nothing", "alive at the end"].estimate == 100 * len(first) / 40
    assert rows["igg_range", "nothing", "patients within 5 to 20 g/L"].estimate == 100.0
    women = first[(first.male == 0) & (first.age >= 40)]
    assert rows["women_cd4", "nothing", "median"].estimate == np.median(women.women_cd4.dropna())
    assert rows["women_cd4", "nothing", "median"].patients == len(women)
    assert first.wobble.min() >= 0
    crossed = first[(first.age < 50) & (first.age + 60 / 365.25 >= 50)]
    assert rows["aging", "nothing", "first events"].estimate == len(crossed)
    years = rows["aging", "nothing", "time at risk"].estimate
    assert years == pytest.approx((first.age < 50).sum() * 60 / 365.25, rel=0.05)
    assert rows["grade_4", "nothing", "incidence"].estimate == 0.0
    assert 0 < rows["grade_4", "nothing", "incidence"].high < 1e5 * 4 / 6
    assert any("person-years" in answer for answer in result.findings.answers)


def test_death_ends_follow_up_and_is_no_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    stand_in(monkeypatch, lethal=True)
    text = with_endpoints().replace("  - name: nothing\n", LETHAL)
    result = run(read(text), courses=True)
    arm = result.trials[0].arms[0]
    assert result.failed == 0
    assert 5 < arm.died.sum() < 40
    assert set(np.array(arm.cause)[arm.died]) == {"poison"}
    dead = np.flatnonzero(arm.died)
    values = arm.of("age_now")
    for row in dead:
        assert np.isnan(values[row, -1])
        last = np.flatnonzero(~np.isnan(values[row]))[-1]
        assert 5 * last <= arm.lasted[row] <= 5 * (last + 1)
    rows = {(row.endpoint, row.measure): row for row in result.findings.outcomes if row.arm == "nothing"}
    assert rows["status", "died: poison"].estimate == 100 * arm.died.sum() / 40
    assert rows["igg_range", "died before"].estimate == np.count_nonzero(np.isnan(values[:, 6]))
    table = result.to_pandas()
    told = table[table.arm == "nothing"].died_of
    assert (told == "poison").sum() == arm.died.sum()
    at_risk = rows["grade_4", "time at risk"].estimate
    assert at_risk == pytest.approx(arm.lasted.sum() / 365.25), "person-time ends with death"
    planted = 40 * 60 / 365.25
    assert abs(at_risk - planted) > 0.1 * planted
    band = next(band for band in result.findings.bands if band.arm == "nothing")
    assert np.isfinite(band.values).all()


@pytest.mark.parametrize(
    ("old", "new", "what"),
    [
        (
            "criterion: neutropenia_2",
            "criterion: neutropenia2",
            "unknown criterion 'neutropenia2'",
        ),
        (
            "criterion: neutropenia_2",
            "criterion: anemia",
            "unknown observable, which criterion 'anemia' reads",
        ),
        ("among: male == 0 and age >= 40", "among: mael == 0", "unknown patient column"),
        ("among: male == 0 and age >= 40", "among: male = 0", "cannot be read"),
        ("within: [5, 20]", "within: [20, 5]", "range decreases"),
        ("of: age_now, above: 50", "of: age_now", "needs exactly one of above, below, within"),
        ("criterion: neutropenia_4}", "criterion: neutropenia_4, above: 1}", "goes with of"),
    ],
)
def test_wrong_endpoints_are_told_with_their_line(old: str, new: str, what: str) -> None:
    text = with_endpoints().replace(old, new)
    assert text != with_endpoints()
    with pytest.raises(InputError, match=what) as told:
        run(read(text))
    assert told.value.line == text[: text.index(new)].count("\n") + 1


def test_each_person_carries_one_set_of_an_ensemble(monkeypatch: pytest.MonkeyPatch) -> None:
    sets = tuple({"thymus": 0.01 * (1 + k), "m_rate": 0.5 + 0.01 * k} for k in range(5))
    found = Ensemble("best", sets, "digest")
    monkeypatch.setattr(registry, "ensemble", lambda name: found)
    text = STUDY.replace("age: [30, 70]", "age: [30, 70], ensemble: best")
    columns = run(read(text)).trials[0].cohort.columns
    picked = np.round(columns["thymus"] / 0.01).astype(int) - 1
    assert set(picked) == set(range(5))
    assert np.allclose(columns["m_rate"], 0.5 + 0.01 * picked), "a set is carried whole"
    other = run(read(text.replace("seed: 5", "seed: 6"))).trials[0].cohort.columns
    assert not np.array_equal(other["thymus"], columns["thymus"])
    found = Ensemble("best", ({"thymis": 1.0},), "digest")
    with pytest.raises(InputError, match="unknown parameter of ensemble 'best' 'thymis'"):
        prepare(read(text))


def test_only_the_body_has_a_population() -> None:
    text = STUDY[: STUDY.index("arms:")] + "arms:\n  - name: nothing\nobservables: [N]\n"
    with pytest.raises(InputError, match="no population") as told:
        prepare(read(text, **{"model: body\ntissues: [gland]": "model: kimmel2021"}))
    assert told.value.line == 8


def test_the_catalog_knows_the_body(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["list", "models"]) == 0
    assert "body" in capsys.readouterr().out
    assert main(["show", "body"]) == 0
    assert "Nadler1962" in capsys.readouterr().out
    assert main(["show", "person"]) == 0
    assert main(["show", "lymphocyte_depletion"]) == 0
    assert "removes 0.99 of naive_t" in capsys.readouterr().out
    assert main(["simulate", "body", "--until", "10"]) == 0
    assert main(["show", "boddy"]) == 2
    assert "body" in capsys.readouterr().err


MORE = """endpoints:
  - {kind: reference, name: igg_inside, of: igg, at: 30, within: reference}
  - {kind: crossing, name: igg_back, of: igg, within: reference, from: 0, visits: 2}
  - {kind: diagnosis, name: any, criterion: [hypogammaglobulinemia_1, hypogammaglobulinemia_2]}
  - {kind: diagnosis, name: severe, criterion: hypogammaglobulinemia_2}
  - {kind: crossing, name: aged, of: age_now, above: 50}
  - {kind: crossing, name: older, of: age_now, above: 50.05}
  - {kind: lag, name: between, label: From 50 years on, first: aged, then: older}
split: aged
seed: 5
"""


def with_more(text: str = STUDY) -> str:
    return text[: text.index("endpoints:")] + MORE


def test_references_lags_and_splits_are_what_courses_say() -> None:
    result = run(read(with_more().replace("[30, 70]", "[49.8, 50.2]")), courses=True)
    arm = result.trials[0].arms[0]
    rows = {(row.endpoint, row.measure): row for row in result.findings.outcomes if row.arm == "nothing"}
    igg = arm.of("igg")[arm.finished]
    inside = (igg[:, 6] >= 7.67) & (igg[:, 6] <= 15.9)
    measure = "patients within 7.67 to 15.9 g/L"
    assert rows["igg_inside", measure].estimate == pytest.approx(100 * inside.mean())
    ill = rows["any", "patients with the event"].estimate
    assert ill == pytest.approx(100 * (igg < 7.0).any(axis=1).mean())
    assert ill >= rows["severe", "patients with the event"].estimate
    aged, older = (rows[name, "patients with the event"] for name in ("aged", "older"))
    assert 0 < older.estimate < aged.estimate < 100
    table = result.to_pandas()
    table = table[(table.arm == "nothing") & (table.status == "finished")]
    later = table[(table.aged_happened == 1) & (table.older_happened == 1)]
    assert rows["between", "median"].patients == len(later)
    assert rows["between", "median"].estimate == pytest.approx(np.median(later.older_time - later.aged_time))
    assert any(answer.startswith("From 50 years on") for answer in result.findings.answers)
    titles = {row.label for row in result.findings.outcomes if row.endpoint == "severe"}
    assert titles == {"IgG profoundly low"}, "a diagnosis is called by the name of its criterion"
    bands = [band for band in result.findings.bands if band.observable == "age"]
    happened = round(0.01 * aged.estimate * aged.patients)
    assert [band.patients for band in bands] == [happened, aged.patients - happened]
    assert bands[0].values[:, -1].min() > bands[1].values[:, -1].max() - 0.2


def test_bands_know_the_reference_intervals_of_those_they_show() -> None:
    both = run(read(), patients=20).findings.bands
    known = {one.who: one.low for band in both if "neutrophils" in band.observable for one in band.references}
    assert known == {"": 1.7}
    assert all(not band.references for band in both if band.observable == "age")


def test_people_are_drawn_from_a_range_of_a_trait() -> None:
    text = STUDY.replace("age: [30, 70]", "age: [30, 70], traits: {presentation_trait: [1.3, 2.5]}")
    result, whole = run(read(text)), run(read())
    cohort = result.trials[0].cohort
    drawn = cohort.facts["presentation_trait"]
    assert drawn.min() >= 1.3
    assert whole.trials[0].cohort.facts["presentation_trait"].min() < 1.3, "the breach: drawn of everybody"
    told = result.findings.provenance["people of adults"]
    assert "presentation_trait from 1.3 to 2.5, as 4.01 % of the population" in told
    assert np.array_equal(cohort.facts["age"][:5], whole.trials[0].cohort.facts["age"][:5])


@pytest.mark.parametrize(
    ("given", "what"),
    [
        ("{presentation_tail: [1, 2]}", "unknown trait"),
        ("{presentation_trait: [2, 1]}", "is empty"),
        ("{presentation_trait: [1, 9]}", "lies between 0.4 and 2.5"),
        ("{benzene: [1, 9]}", "not everybody has it"),
        ("{presentation_trait: [1, 2]}, set: {presentation_trait: 1}", "drawn and set"),
    ],
)
def test_wrong_ranges_of_traits_are_told_with_their_line(given: str, what: str) -> None:
    text = STUDY.replace("age: [30, 70]", f"age: [30, 70], traits: {given}")
    with pytest.raises(InputError, match=what) as told:
        prepare(read(text))
    assert told.value.line == 9
    assert told.value.mend


@pytest.mark.parametrize(
    ("old", "new", "what"),
    [
        ("split: aged", "split: agde", "unknown crossing or diagnosis"),
        ("then: older", "then: any_one", "unknown crossing or diagnosis"),
        ("of: age_now, above: 50.05", "of: age_now, above: 50.05, from: 10", "different times"),
        ("{kind: crossing, name: aged, of: age_now, above: 50}",
         "{kind: crossing, name: aged, of: age_now, within: reference}", "unknown reference interval"),
        ("hypogammaglobulinemia_2]", "hypogammaglobulinemia_3]", "unknown criterion"),
    ],
)  # fmt: skip
def test_wrong_lags_splits_and_references_are_told(old: str, new: str, what: str) -> None:
    text = with_more().replace(old, new)
    assert text != with_more()
    with pytest.raises(InputError, match=what) as told:
        prepare(read(text))
    assert told.value.mend
