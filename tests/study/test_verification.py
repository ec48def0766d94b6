"""A study verified: what was checked is said, who is inaccurate enters nothing, and running again does the same."""

import json
import math

import numpy as np
import pytest
from tests.study.samples import DOSES, STUDY, write

from nonself.cohort.trial import TrialResult
from nonself.engine import verify as module
from nonself.study import verification
from nonself.study.gather import Options, replay_command
from nonself.study.rerun import rerun
from nonself.study.run import run
from nonself.study.sentences import unfinished
from nonself.study.source import read_study


@pytest.fixture
def strict(monkeypatch):
    """Allow no difference at all: everybody who is verified is inaccurate."""
    monkeypatch.setattr(module, "FACTOR", 0.0)
    monkeypatch.setattr(module, "LEAST", 0.0)


def test_what_was_verified_is_in_report_summary_and_provenance(tmp_path):
    study = read_study(write(tmp_path, DOSES))
    result = run(study, tmp_path / "out", patients=60, verify=True)
    found = json.loads((tmp_path / "out" / "summary.json").read_text())["verified"]
    assert found["sentence"].startswith("virtual: 20 of 60 patients in each arm; largest difference ")
    assert "where 0.001 is allowed, at a relative tolerance of 1e-7" in found["sentence"]
    assert "can escape both runs" in found["sentence"]
    assert 0 < found["largest"] < 1e-4
    assert (found["rtol"], found["allowed"], found["inaccurate"]) == (pytest.approx(1e-7), 1e-3, 0)
    (arm,) = found["arms"]
    assert (arm["cohort"], arm["arm"], arm["patients"], arm["verified"]) == ("virtual", "docetaxel", 60, 20)
    assert result.findings.provenance["verified"] == found["sentence"]
    assert "virtual: 20 of 60 patients" in (tmp_path / "out" / "report.html").read_text()
    assert result.failed == 0


def test_verifying_changes_no_bit_of_what_is_accurate(tmp_path):
    study = read_study(write(tmp_path, DOSES))
    plain, verified = run(study), run(study, verify=True)
    assert plain.digest == verified.digest
    assert plain.summary["verified"] is None
    assert plain.findings.provenance["verified"] == verification.NOT_ASKED


def test_who_is_inaccurate_is_excluded_counted_and_named(tmp_path, strict):
    study = read_study(write(tmp_path, DOSES))
    result = run(study, tmp_path / "out", patients=60, verify=True, courses=True)
    assert result.failed == result.summary["failed"] == result.summary["verified"]["inaccurate"] == 20
    table = result.to_pandas()
    wrong = table["status"] == "inaccurate"
    assert wrong.sum() == 20
    assert table.loc[wrong, "nadir"].isna().all()
    assert table.loc[~wrong, "nadir"].notna().all()
    assert table.loc[wrong, "status_sentence"].str.contains("Lower rtol").all()
    (row, *_) = result.findings.outcomes
    assert (row.patients, row.excluded) == (40, 20)
    assert result.findings.bands[0].patients == 40
    (failure,) = result.findings.failures
    assert (failure.count, failure.patients) == (20, tuple(table.loc[wrong, "patient"]))
    assert "tolerance is lowered to a tenth" in failure.reason
    assert "--patients 60 --verify --trace" in failure.replay
    assert "The 20 courses are inaccurate; they enter no estimate." in result.findings.warnings
    assert "of 20 courses verified, 20 are inaccurate; of the 40 not verified" in result.findings.warnings[-1]
    courses = result.to_xarray()
    assert int((~courses["finished"]).sum()) == 20


def test_who_is_inaccurate_in_one_figure_is_so_in_all(tmp_path, strict):
    result = run(read_study(write(tmp_path, STUDY)), verify=True)
    panels = [panel for panel in result.findings.panels if panel.patient == "7"]
    assert [set(panel.verdict.values()) for panel in panels] == [{"inaccurate"}]
    assert [dict(panel.curves) for panel in panels] == [{}]
    assert result.failed == 28


def test_rerun_verifies_again_and_an_older_summary_means_no(tmp_path, strict):
    study = read_study(write(tmp_path, DOSES))
    run(study, tmp_path / "out", verify=True)
    assert rerun(tmp_path / "out").same
    path = tmp_path / "out" / "summary.json"
    summary = json.loads(path.read_text())
    del summary["again"]["verify"]
    path.write_text(json.dumps(summary))
    assert not rerun(tmp_path / "out").same  # planted breach: what was asked for is forgotten


def test_one_patient_alone_is_verified_too(tmp_path, strict):
    study = read_study(write(tmp_path, DOSES))
    alone = run(study, only="v00005", verify=True)
    assert alone.failed == 1
    assert "The course of one patient is inaccurate; it enters no estimate." in alone.findings.warnings


def test_workers_change_nothing(tmp_path):
    study = read_study(write(tmp_path, DOSES))
    one, two = (run(study, verify=True, workers=workers) for workers in (1, 2))
    assert one.summary["verified"] == two.summary["verified"]


def test_a_second_run_that_does_not_finish_is_said_and_null_for_machines(tmp_path, monkeypatch):
    monkeypatch.setattr(module, "BUDGET", 0)
    result = run(read_study(write(tmp_path, DOSES)), tmp_path / "out", verify=True)
    found = json.loads((tmp_path / "out" / "summary.json").read_text())["verified"]
    assert (found["largest"], found["inaccurate"]) == (None, 20)
    assert "largest difference infinite (a second run did not finish)" in found["sentence"]
    assert result.failed == 20


def test_the_command_to_replay_one_patient_gives_that_patient_again(tmp_path):
    study = read_study(write(tmp_path / "a folder", DOSES))
    command = replay_command(study, Options(patients=60, seed=3), "v 1", is_verified=True)
    assert command == (
        f"nonself run '{study.file}' --only 'v 1' --patients 60 --seed 3 --verify --trace --out replay"
    )
    assert replay_command(study, Options(), "v1").endswith("study.yaml' --only v1 --trace --out replay")


def test_failures_of_both_kinds_are_told_apart(tmp_path, strict):
    trials = run(read_study(write(tmp_path, DOSES)), verify=True, patients=30).trials
    assert unfinished(trials) == (False, "20 courses are inaccurate")
    assert unfinished(_with(trials, 1)) == (True, "course of one patient is inaccurate")
    both = _with(trials, 3, lost=2)
    assert unfinished(both) == (False, "3 courses are not used: 2 did not finish, 1 is inaccurate")
    assert unfinished(_with(trials, 2, lost=2)) == (False, "2 courses did not finish")
    assert unfinished(_with(trials, 1, lost=1)) == (True, "course of one patient did not finish")


def _with(trials: tuple[TrialResult, ...], count: int, lost: int = 0) -> tuple[TrialResult, ...]:
    from dataclasses import replace

    from nonself.engine.result import Status

    (trial,) = trials
    (arm,) = trial.arms
    failures = tuple(
        replace(one, status=Status.TOO_MANY_STEPS) if place < lost else one
        for place, one in enumerate(arm.failures[:count])
    )
    return (replace(trial, arms=(replace(arm, failures=failures),)),)


def test_small_differences_are_written_short():
    relative = verification._relative
    assert [relative(value) for value in (0.0, 3e-6, 3.14e-06, 0.001, 1.26)] == [
        "0",
        "3e-6",
        "3.1e-6",
        "1e-3",
        "1.3e0",
    ]
    assert math.isinf(np.inf) and "infinite" in relative(np.inf)
