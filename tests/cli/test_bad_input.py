"""Wrong input: exit code 2, one message with file, line, what and mend, and nothing written."""

from pathlib import Path

import pytest
from tests.study.samples import DOSES, STUDY, TABLE, line_of, with_table, write

from nonself.cli import main

STUDIES = {
    "unknown key": (STUDY, "title: Demo", "titel: Demo", "unknown field 'titel'", "did you mean 'title'"),
    "unknown key in an arm": (
        STUDY,
        "{therapy: tki}",
        "{theraphy: tki}",
        "unknown field 'theraphy'",
        "'therapy'",
    ),
    "unknown model": (
        STUDY,
        "hahnel2020",
        "hahnel2002",
        "unknown model 'hahnel2002'",
        "did you mean 'hahnel2020'",
    ),
    "unknown therapy": (
        STUDY,
        "{therapy: tki}",
        "{therapy: tkj}",
        "unknown therapy 'tkj'",
        "did you mean 'tki'",
    ),
    "therapy of another model": (
        STUDY,
        "{therapy: tki}",
        "{therapy: docetaxel, dose: 1 mg}",
        "'docetaxel' is not part of model 'hahnel2020'",
        "hahnel2020 has tki",
    ),
    "unknown observable": (
        STUDY,
        "observables: [bcr_abl_percent]",
        "observables: [bcr_abl]",
        "unknown observable 'bcr_abl'",
        "did you mean 'bcr_abl_percent'",
    ),
    "missing column": (
        STUDY,
        "stop: CessT}",
        "stop: CesT}",
        "unknown patient column of cohort 'real' 'CesT'",
        "'CessT'",
    ),
    "missing zero": (STUDY, "zero: CessT", "zero: diagnosis", "'diagnosis'", "known: "),
    "text in place of fields": (
        DOSES,
        "Circ0: {lognormal: [5.05, 0.3], assumed: for the test}",
        "Circ0: lognormal",
        "is not a mapping of fields",
        "write 'Circ0: {lognormal: …}'; known: lognormal, normal",
    ),
    "missing field": (STUDY, "model: hahnel2020\n", "", "field 'model' is missing", "add 'model"),
    "missing parameter": (
        DOSES,
        "Circ0: {",
        "Circ: {",
        "unknown parameter 'Circ'",
        "did you mean 'Circ0'",
    ),
    "wrong unit of time": (
        STUDY,
        "unit: month",
        "unit: mg",
        "'mg' cannot be converted to 'month'",
        "same kind",
    ),
    "wrong unit of a dose": (
        DOSES,
        "180 mg",
        "180 day",
        "'180 day': 'day' cannot be converted to 'mg'",
        "in mg",
    ),
    "unknown unit": (DOSES, "180 mg", "180 mgg", "unit 'mgg' is not known", "write it as"),
    "negative dose": (DOSES, "180 mg", "-180 mg", "a dose of -180", "at or above 0"),
    "no dose": (DOSES, "dose: 180 mg, ", "", "therapy 'docetaxel' has no dose", "add 'dose"),
    "dose of a switch": (
        STUDY,
        "{therapy: tki}",
        "{therapy: tki, dose: 3}",
        "dose does not go with 'tki'",
        "leave dose",
    ),
    "decreasing doses": (
        DOSES,
        "every: 21, count: 2",
        "times: [0, 21, 7]",
        "the times of the doses decrease from 21 to 7",
        "in order",
    ),
    "decreasing readouts": (
        STUDY,
        "from: -48, until: 120, every: 1",
        "at: [0, 12, 6]",
        "the times decrease from 12 to 6",
        "sort the times",
    ),
    "readout before the start": (
        STUDY,
        "from: -48",
        "from: -60",
        "would lie 9.9 before the model's start",
        "-50.1",
    ),
    "endpoint outside": (
        STUDY,
        "until: 12}",
        "until: 1200}",
        "until 1200 lies outside the readouts",
        "change it",
    ),
    "text for a number": (
        STUDY,
        "above: 0.1",
        "above: [high]",
        "is neither a number nor text",
        "plain number",
    ),
    "threshold without a number": (
        STUDY,
        "above: 0.1",
        "above: high",
        "'high' is not a quantity",
        "write it as",
    ),
    "unknown kind": (STUDY, "kind: value", "kind: vlaue", "unknown kind 'vlaue'", "did you mean 'value'"),
    "duplicate key": (
        STUDY,
        "title: Demo",
        "title: Demo\ntitle: Two",
        "key 'title' is given twice",
        "keep one",
    ),
    "two arms of one name": (STUDY, "continue TKI", "stop TKI", "two named 'stop TKI'", "name of its own"),
    "not YAML": (STUDY, "title: Demo", "title: [Demo", "is not YAML", "brackets"),
    "empty": (STUDY, STUDY, "", "the study is empty", "start with 'study: "),
    "a list": (STUDY, STUDY, "- 1\n", "not a mapping of fields", "start with 'study: "),
    "unknown panels": (STUDY, "panels: real", "panels: reel", "unknown cohort 'reel'", "did you mean 'real'"),
    "no table": (
        with_table(),
        "file: patients.csv",
        "file: nowhere.csv",
        "nowhere.csv: cannot be read: No such file",
        "check the path",
    ),
}
CHANGED_LINE = {
    "missing field": 1,
    "no dose": 15,
    "not YAML": 3,
    "empty": 1,
    "a list": 1,
    "duplicate key": 3,
    "two arms of one name": 13,
}


def _refused(capsys, arguments: list[str]) -> str:
    assert main(arguments) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert "Traceback" not in captured.err
    assert captured.err.count("Mend:") == 1
    return captured.err


@pytest.mark.parametrize("command", ["run", "validate"])
@pytest.mark.parametrize("case", STUDIES)
def test_a_wrong_study_is_refused(tmp_path: Path, capsys, case: str, command: str):
    text, old, new, what, mend = STUDIES[case]
    assert old in text
    changed = text.replace(old, new, 1)
    study = write(tmp_path / "in", changed)
    out = tmp_path / "out"
    arguments = [command, str(study), *(["--out", str(out)] if command == "run" else [])]
    message = _refused(capsys, arguments)
    line = CHANGED_LINE.get(case) or line_of(changed, new.splitlines()[-1])
    assert message.startswith(f"{study}:{line}: ")
    assert what in message
    assert mend in message.partition("Mend:")[2]
    assert not out.exists()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["in"]


TABLES = {
    "empty table": ("", 1, "the table is empty"),
    "only a header": (TABLE.splitlines()[0] + "\n", 1, "no rows"),
    "NaN in a number column": (TABLE.replace("13.9", "nan"), 2, "column 'TKI' holds 'nan'"),
    "text in a number column": (TABLE.replace("1.95", "low"), 3, "column 'TKI' holds 'low'"),
    "duplicate ids": (TABLE.replace("two,", "one,"), 3, "patient 'one' is there twice"),
    "missing column": (TABLE.replace("CessT", "month"), 1, "unknown column 'CessT'"),
    "near miss of a parameter": (TABLE.replace("TKI", "Tki"), 1, "unknown column 'Tki'"),
    "wrong unit": (TABLE.replace("TKI", "TKI [mg]"), 1, "'mg' cannot be converted to '1/month'"),
}


@pytest.mark.parametrize("case", TABLES)
def test_a_wrong_table_is_refused(tmp_path: Path, capsys, case: str):
    table, line, what = TABLES[case]
    study = write(tmp_path / "in", with_table())
    (tmp_path / "in" / "patients.csv").write_text(table)
    message = _refused(capsys, ["run", str(study), "--out", str(tmp_path / "out")])
    assert f"{tmp_path / 'in' / 'patients.csv'}:{line}: " in message
    assert what in message
    assert not (tmp_path / "out").exists()


def test_wrong_measured_points_are_refused_and_missing_ones_only_warned_of(tmp_path: Path, capsys):
    measured = "measured: [{cohort: real, of: bcr_abl_percent, files: [points.csv]}]\n"
    study = write(tmp_path / "in", STUDY + measured)
    assert main(["validate", str(study)]) == 0
    assert "there is no file points.csv" in capsys.readouterr().out
    (tmp_path / "in" / "points.csv").write_text("patient,time,value\n1,3,much\n")
    assert "points.csv:2: column 'value' holds 'much'" in _refused(capsys, ["validate", str(study)])


def test_unreadable_and_unknown_studies_are_refused(tmp_path: Path, capsys):
    assert "cannot be read: No such file" in _refused(capsys, ["run", str(tmp_path / "nowhere.yaml")])
    assert "cannot be read: Is a directory" in _refused(capsys, ["run", str(tmp_path)])
    (tmp_path / "binary.yaml").write_bytes(b"\xff\xfe\x00")
    assert "is not text in UTF-8" in _refused(capsys, ["run", str(tmp_path / "binary.yaml")])
    assert "did you mean 'cml-stop'" in _refused(capsys, ["run", "cml-stp"])


def test_an_output_folder_that_cannot_be_written_is_refused_before_anything_is_computed(
    tmp_path: Path, capsys
):
    study = write(tmp_path / "in")
    blocker = tmp_path / "file"
    blocker.write_text("a file")
    message = _refused(capsys, ["run", str(study), "--out", str(blocker / "out")])
    assert str(blocker / "out") in message
    assert "is a file" in message
    assert blocker.read_text() == "a file"
    assert _refused(capsys, ["run", str(study), "--out", str(blocker)])


@pytest.mark.parametrize(
    ("arguments", "what"),
    [
        (["run", "cml-stop", "--patients", "0"], "--patients"),
        (["run", "neutropenia-docetaxel", "--only", "nobody"], "no cohort has a patient 'nobody'"),
        (["run", "cml-stop", "--seed", "-1"], "the seed is -1"),
        (["run", "cml-stop", "--bogus"], "--bogus"),
        (["run", "cml-stop", "--trace"], "a trace follows one patient, and none is named"),
        (["run", "cml-stop", "--verify", "--only", "nobody"], "no cohort has a patient 'nobody'"),
        (["simulate", "hahnel2020", "--vary", "TKI=normal(2,0.1)", "--trace"], "one patient, not 100"),
        (["simulate", "hahnel2020", "--patient", "v00002"], "unknown patient 'v00002'"),
        (["run"], "STUDY"),
        (["bogus"], "bogus"),
        (["list", "modles"], "unknown kind 'modles'"),
        (["show", "hahnel"], "unknown id 'hahnel'"),
        (["show", "model.xml"], "model.xml is a file"),
        (["simulate", "hahnel"], "unknown model 'hahnel'"),
        (["simulate", "hahnel2020", "--set", "TKI"], "is not NAME=VALUE"),
        (["simulate", "hahnel2020", "--set", "TK=2"], "unknown parameter 'TK'"),
        (["simulate", "hahnel2020", "--set", "TKI=2 mg"], "'mg' cannot be converted"),
        (["simulate", "hahnel2020", "--set", "TKI=high"], "'high' is not a quantity"),
        (["simulate", "hahnel2020", "--vary", "TKI=gauss(1,2)"], "cannot be read from 'gauss(1,2)'"),
        (["simulate", "hahnel2020", "--vary", "TKI=lognorm(1,2)"], "unknown law for 'TKI' 'lognorm'"),
        (["simulate", "hahnel2020", "--vary", "TKI=lognormal(-1,2)"], "must be positive"),
        (
            ["simulate", "hahnel2020", "--set", "X=3", "--vary", "X0=uniform(1,2)"],
            "'X0' is both set and varied",
        ),
        (["simulate", "hahnel2020", "--set", "bcr_abl_percent=3"], "'bcr_abl_percent' follows from others"),
        (["simulate", "hahnel2020", "--patients", "5"], "would all be the same"),
        (["simulate", "hahnel2020", "--variant", "99"], "unknown variant"),
        (["simulate", "hahnel2020", "--until", "0"], "the horizon is 0"),
        (["simulate", "hahnel2020", "--show", "W"], "unknown observable 'W'"),
        (["simulate", "hahnel2020", "--out", "x.xlsx"], "ends in .xlsx"),
        (["rerun", "nowhere"], "cannot be read"),
    ],
)
def test_wrong_arguments_are_refused(tmp_path: Path, capsys, monkeypatch, arguments: list[str], what: str):
    monkeypatch.chdir(tmp_path)
    assert what in _refused(capsys, arguments)
    assert list(tmp_path.iterdir()) == []


def test_errors_are_json_objects_when_json_is_asked_for(tmp_path: Path, capsys):
    import json

    study = write(tmp_path / "in", model="modl")
    assert main(["run", str(study), "--json", "--out", str(tmp_path / "out")]) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    error = json.loads(captured.err)["error"]
    assert (error["kind"], error["file"], error["line"]) == ("input", str(study), 3)
    assert error["what"].startswith("unknown field 'modl'")
    assert "did you mean 'model'" in error["mend"]
