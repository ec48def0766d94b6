"""A whole study: what it finds, what it writes, and that it does so again bit for bit."""

import json

import numpy as np
import pytest
from tests.study.samples import DOSES, STUDY, TABLE, with_table, write

from nonself.errors import InputError
from nonself.study.rerun import rerun
from nonself.study.run import StudyResult, run
from nonself.study.source import read_study, study_from_mapping

FILES = ["patients.parquet", "report.html", "study.yaml", "summary.json"]
LOST = {"1", "2", "3", "4", "7", "17", "18"}


@pytest.fixture(scope="module")
def result(tmp_path_factory) -> StudyResult:
    folder = tmp_path_factory.mktemp("study")
    return run(read_study(write(folder)), folder / "out", courses=True)


def test_the_published_outcome_of_every_patient_is_reproduced(result):
    """shared/models.md 1.5: class A loses MMR, B keeps it, C loses it in 1, 4, 17 and keeps it in 8, 11."""
    table = result.to_pandas()
    stopped = table[table["arm"] == "stop TKI"].set_index("patient")
    assert set(stopped.index[stopped["mmr_loss_happened"] == 1]) == LOST
    assert stopped.loc["3", "mmr_loss_time"] == pytest.approx(8.6, abs=0.05)
    assert table[table["arm"] == "continue TKI"]["mmr_loss_happened"].sum() == 0


def test_answers_are_sentences_with_their_numbers(result):
    first, named, groups = result.findings.answers
    assert first == (
        "Of 14 patients who stopped, 7 lost MMR within 120 months (50 %, 95 % interval 26.8 to 73.2 %; "
        "half of these within 2.04 months); of 14 patients who went on, 0."
    )
    assert named == (
        "Patients who stopped and lost MMR: 4 (1.3 months), 1 (1.5 months), 7 (1.7 months), 17 (2.0 months), "
        "18 (2.6 months), 2 (3.4 months), 3 (8.6 months); kept MMR: 6, 8, 11, 13, 16, 20, 21."
    )
    assert groups == "By group, who stopped: A 4 of 4, B 0 of 5, C 3 of 5 lost MMR."


def test_findings_hold_what_the_report_shows(result):
    findings = result.findings
    assert {(band.arm, band.patients) for band in findings.bands} == {("stop TKI", 14), ("continue TKI", 14)}
    assert len(findings.panels) == 14
    third = next(panel for panel in findings.panels if panel.patient == "3")
    assert third.verdict == {"stop TKI": "lost MMR at 8.6 months", "continue TKI": "kept MMR"}
    assert third.marks == {"TKI stop": 0.0}
    assert list(third.lines.values()) == [0.1]
    curve = next(part for part in findings.survival if part.arm == "stop TKI")
    assert (curve.patients, curve.events, curve.at_risk[0]) == (14, 7, 14)
    assert curve.times[-1] == 120.0
    rows = {(row.endpoint, row.arm, row.measure): row for row in findings.outcomes}
    share = rows["mmr_loss", "stop TKI", "patients with the event"]
    assert (share.estimate, share.unit, share.patients, share.excluded) == (50.0, "%", 14, 0)
    assert rows["burden", "stop TKI", "median"].unit == "%*month"
    assert any("Hähnel" in text for text in findings.references)
    assert dict(findings.equations)["X"]


def test_everything_is_written_and_says_where_it_comes_from(result):
    assert sorted(path.name for path in result.out.iterdir()) == FILES
    summary = json.loads((result.out / "summary.json").read_text())
    assert summary["results_hash"] == result.digest
    assert summary["failed"] == 0
    for name in (
        "model hash",
        "parameter table hash",
        "seed",
        "method",
        "tolerances",
        "versions",
        "machine",
        "command",
    ):
        assert summary["provenance"][name]
    assert (result.out / "study.yaml").read_text() == STUDY
    assert result.findings.answers[0] in (result.out / "report.html").read_text()
    assert sorted(path.name for path in result.out.parent.iterdir()) == ["out", "patients.csv", "study.yaml"]


def test_the_patient_table_has_a_row_for_everybody_with_units(result):
    import pyarrow.parquet

    table = pyarrow.parquet.read_table(result.out / "patients.parquet")
    assert table.num_rows == 28
    assert table.schema.field("TKI").metadata[b"unit"] == b"1/month"
    assert table.schema.field("CessT").metadata[b"unit"] == b"month"
    assert set(table["status"].to_pylist()) == {"finished"}
    assert {"group", "status_sentence", "mmr_loss_time", "at_stop", "highest_time", "burden"} <= set(
        table.column_names
    )


def test_courses_come_as_a_labeled_array(result):
    courses = result.to_xarray()
    assert courses["bcr_abl_percent"].shape == (28, 169)
    assert courses["bcr_abl_percent"].attrs["unit"] == "%"
    chosen = courses.where((courses["arm"] == "stop TKI") & (courses["patient"] == "7"), drop=True)
    assert float(chosen["bcr_abl_percent"].sel(time=120.0).item()) > 90


def test_courses_are_kept_only_when_asked_and_change_nothing_else(tmp_path):
    study = read_study(write(tmp_path, DOSES))
    plain, kept = run(study), run(study, courses=True)
    assert plain.digest == kept.digest
    assert plain.trials[0].arms[0].values is None
    with pytest.raises(InputError, match="courses were not kept") as caught:
        plain.to_xarray()
    assert caught.value.mend == "run again with courses=True"


def test_rerun_reproduces_every_bit_and_notices_a_change(result, tmp_path):
    assert rerun(result.out).same
    for name in FILES:
        (tmp_path / name).write_bytes((result.out / name).read_bytes())
    (tmp_path / "study.yaml").write_text(STUDY.replace("above: 0.1", "above: 0.2"))
    found = rerun(tmp_path)
    assert not found.same
    assert found.sentence.startswith("Different")


def test_rerun_refuses_when_an_input_has_changed_or_there_is_no_result(tmp_path):
    out = tmp_path / "out"
    run(read_study(write(tmp_path, with_table())), out)
    assert rerun(out).same
    (tmp_path / "patients.csv").write_text(TABLE.replace("13.9", "14"))
    with pytest.raises(InputError, match=r"patients\.csv that the study reads has changed since"):
        rerun(out)
    (tmp_path / "patients.csv").unlink()
    with pytest.raises(InputError, match=r"patients\.csv: cannot be read"):
        rerun(out)
    with pytest.raises(InputError, match=r"summary\.json: cannot be read"):
        rerun(tmp_path)


def test_the_number_of_workers_changes_no_bit():
    one, two = (run("neutropenia-docetaxel", patients=60, workers=workers) for workers in (1, 2))
    assert one.digest == two.digest


def test_the_readouts_asked_for_change_no_bit_of_a_course(tmp_path):
    coarse, fine = (
        run(read_study(write(tmp_path, DOSES.replace("every: 1}", f"every: {step}}}"))), courses=True)
        for step in (1, 0.25)
    )
    assert np.array_equal(coarse.trials[0].arms[0].values, fine.trials[0].arms[0].values[:, ::4])


def test_a_smaller_run_holds_the_same_patients_and_one_can_be_replayed_alone(tmp_path):
    study = read_study(write(tmp_path, DOSES))
    whole, fewer, alone = run(study), run(study, patients=7), run(study, only="v00005")
    table = whole.to_pandas().set_index("patient")
    assert fewer.to_pandas().set_index("patient").equals(table.iloc[:7])
    assert alone.to_pandas().set_index("patient").equals(table.loc[["v00005"]])
    assert run(study, seed=2).digest != whole.digest


def test_patients_cannot_be_resized_where_none_are_drawn(tmp_path):
    with pytest.raises(InputError, match="draws no patients"):
        run(read_study(write(tmp_path)), patients=5)


def test_a_patient_that_blows_up_has_a_status_and_the_others_finish(tmp_path):
    table = TABLE + "three,B,0.2,0.7,2.07,311000,6480,9380,1e308,100,53\n"
    study = read_study(write(tmp_path, with_table()))
    (tmp_path / "patients.csv").write_text(table)
    result = run(study, tmp_path / "out")
    assert result.failed == 2
    rows = result.to_pandas().set_index(["arm", "patient"])
    assert not rows.loc[("stop TKI", "three"), "status"].startswith("finished")
    assert "three" in rows.loc[("stop TKI", "three"), "status_sentence"]
    assert np.isnan(rows.loc[("stop TKI", "three"), "highest"])
    assert {part.patients for part in result.findings.failures} == {("three",)}
    assert all(row.excluded == 1 and row.patients == 2 for row in result.findings.outcomes)
    assert any("did not finish" in text for text in result.findings.warnings)
    panel = next(panel for panel in result.findings.panels if panel.patient == "three")
    assert (dict(panel.curves), set(panel.verdict.values())) == ({}, {"did not finish"})
    (tmp_path / "patients.csv").write_text(TABLE)
    without = run(study).to_pandas().set_index(["arm", "patient"])
    kept = [key for key in rows.index if key[1] != "three"]
    assert rows.loc[kept].equals(without.loc[kept])


def test_a_study_can_be_given_as_plain_values(tmp_path):
    data = {
        "study": "plain",
        "title": "Plain",
        "model": "hahnel2020",
        "time": {"unit": "month", "until": 12, "every": 6},
        "cohorts": [{"name": "two", "patients": {"variants": [1, "7"]}}],
        "arms": [{"name": "off", "regimen": [{"set": {"TKI": 0}, "at": 0}, {"add": {"Y": 5}, "at": [3, 6]}]}],
        "observables": ["Y"],
    }
    result = run(study_from_mapping(data, tmp_path))
    assert result.prepared.groups[0].cohort.patients == ("1", "7")
    assert result.failed == 0
    assert result.findings.answers == ()


def test_patients_already_beyond_the_threshold_can_be_left_out_and_are_counted(tmp_path):
    text = STUDY.replace("from: 0\n    happened", "from: -48\n    already: leave out\n    happened", 1)
    result = run(read_study(write(tmp_path, text.replace("above: 0.1", "above: 0.004"))))
    part = result.measurements[0]
    assert part.already > 0
    assert part.rows.size + part.already == 14
    assert f"left out: {part.already} in every arm" in result.findings.answers[0]
    row = next(row for row in result.findings.outcomes if row.measure.startswith("not at risk"))
    assert row.estimate == pytest.approx(100 * part.already / 14)


def test_an_endpoint_that_cannot_be_evaluated_is_named_with_its_line(tmp_path):
    text = STUDY.replace("from: 0\n    happened", "from: Ymax\n    happened")
    with pytest.raises(InputError, match="patient '2' has no number in column 'Ymax'") as caught:
        run(read_study(write(tmp_path, text)))
    assert caught.value.line == text.splitlines().index("  - kind: crossing") + 1


def test_watching_can_begin_at_a_patients_own_time(tmp_path):
    text = STUDY.replace("from: 0\n    happened", "from: CessT\n    happened")
    found = run(read_study(write(tmp_path, text)))
    assert "7 lost MMR while followed" in found.findings.answers[0]
    base = run(read_study(write(tmp_path, STUDY)))
    columns = ["mmr_loss_time", "mmr_loss_happened"]
    assert found.to_pandas()[columns].equals(base.to_pandas()[columns])
