"""Each command does what it says, prints JSON when asked, and exits with the right code."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from tests.study.samples import DOSES, TABLE, with_table, write

from nonself.cli import app, main

COMMANDS = {"run", "validate", "list", "show", "simulate", "import", "export", "rerun", "doctor"}


def _json(capsys, arguments: list[str], code: int = 0):
    assert main([*arguments, "--json"]) == code
    captured = capsys.readouterr()
    assert captured.err == ""
    return json.loads(captured.out)


def test_the_commands_are_these_and_each_has_help_and_json(capsys):
    import typer

    commands = typer.main.get_command(app).commands
    assert set(commands) == COMMANDS
    for name in COMMANDS:
        assert main([name, "--help"]) == 0
        assert "--json" in capsys.readouterr().out


def test_run_writes_a_folder_named_after_the_study_and_prints_answers(tmp_path: Path, capsys, monkeypatch):
    study = write(tmp_path / "in", DOSES)
    monkeypatch.chdir(tmp_path)
    assert main(["run", str(study), "--workers", "1"]) == 0
    out = capsys.readouterr().out
    assert "Nadir – on docetaxel, median" in out
    assert "Written to nonself-doses" in out
    assert sorted(path.name for path in (tmp_path / "nonself-doses").iterdir()) == [
        "patients.parquet",
        "report.html",
        "study.yaml",
        "summary.json",
    ]
    summary = json.loads((tmp_path / "nonself-doses" / "summary.json").read_text())
    assert summary["provenance"]["command"] == f"nonself run {study} --workers 1"
    assert summary["provenance"]["rerun"] == "nonself rerun nonself-doses"
    assert main(["rerun", "nonself-doses"]) == 0
    assert capsys.readouterr().out.startswith("Same")


def test_run_twice_gives_the_same_files_and_json_is_the_summary(tmp_path: Path, capsys):
    study = write(tmp_path / "in", DOSES)
    found = _json(
        capsys, ["run", str(study), "--out", str(tmp_path / "out"), "--patients", "5", "--seed", "3"]
    )
    assert found == json.loads((tmp_path / "out" / "summary.json").read_text())
    assert found["patients"] == {"virtual": 5}
    assert found["again"]["seed"] == 3
    before = {path.name: path.read_bytes() for path in (tmp_path / "out").iterdir()}
    _json(capsys, ["run", str(study), "--out", str(tmp_path / "out"), "--patients", "5", "--seed", "3"])
    assert before == {path.name: path.read_bytes() for path in (tmp_path / "out").iterdir()}
    assert _json(capsys, ["rerun", str(tmp_path / "out")])["same"]


def test_patients_that_fail_give_exit_code_1_and_are_listed(tmp_path: Path, capsys):
    study = write(tmp_path / "in", with_table())
    (tmp_path / "in" / "patients.csv").write_text(
        TABLE + "three,B,0.2,0.7,2.07,311000,6480,9380,1e308,100,53\n"
    )
    assert main(["run", str(study), "--out", str(tmp_path / "out")]) == 1
    out = capsys.readouterr().out
    assert "2 courses did not finish" in out
    assert "Patients: three" in out
    assert f"Replay: nonself run {study} --only three --trace --out replay" in out
    assert "Of 2 patients who stopped" in out
    assert main(["run", str(study), "--only", "three", "--trace", "--out", str(tmp_path / "replay")]) == 1
    assert "Patient three, cohort real, arm stop TKI" in capsys.readouterr().out


def test_verify_says_what_was_checked_and_inaccurate_patients_give_exit_code_1(
    tmp_path: Path, capsys, monkeypatch
):
    study = write(tmp_path / "in", DOSES)
    arguments = ["run", str(study), "--out", str(tmp_path / "out")]
    assert main([*arguments, "--verify"]) == 0
    assert "Verified: virtual: 20 of 20 patients in each arm; largest difference" in capsys.readouterr().out
    found = _json(capsys, [*arguments, "--verify"])
    assert found["verified"]["inaccurate"] == 0
    assert found["again"]["verify"] is True
    assert _json(capsys, ["rerun", str(tmp_path / "out")])["same"]
    assert _json(capsys, arguments)["verified"] is None
    monkeypatch.setattr("nonself.engine.verify.FACTOR", 0.0)
    monkeypatch.setattr("nonself.engine.verify.LEAST", 0.0)
    assert main([*arguments, "--verify"]) == 1
    out = capsys.readouterr().out
    assert "20 courses are inaccurate" in out
    assert "Lower rtol" in out
    assert "--only v00001 --verify --trace --out replay" in out
    assert main(arguments) == 0


def test_trace_is_printed_written_and_in_json(tmp_path: Path, capsys):
    study = write(tmp_path / "in", DOSES)
    arguments = ["run", str(study), "--only", "v00003", "--trace", "--out", str(tmp_path / "out")]
    assert main(arguments) == 0
    out = capsys.readouterr().out
    assert (tmp_path / "out" / "trace.txt").read_text().rstrip() in out
    assert "dose: C1 " in out
    assert out.rstrip().endswith("study.yaml, trace.txt")
    (found,) = _json(capsys, arguments)["traces"]
    assert found["patient"] == "v00003"


def test_simulate_follows_one_patient(tmp_path: Path, capsys):
    arguments = ["simulate", "friberg2002", "--until", "9", "--set", "C1_initial=180", "--trace"]
    assert main([*arguments, "--out", str(tmp_path / "out")]) == 0
    out = capsys.readouterr().out
    text = (tmp_path / "out" / "trace.txt").read_text()
    assert text.rstrip() in out
    assert f"Written: {tmp_path / 'out' / 'trace.txt'}" in out
    varied = ["--vary", "Circ0=lognormal(5,0.2)", "--patients", "7", "--patient", "v00004"]
    found = _json(capsys, [*arguments, *varied])
    assert (found["patients"], found["trace"]["patient"]) == (1, "v00004")
    assert "trace" not in _json(capsys, [*arguments[:-1], *varied])
    assert main(["simulate", "hahnel2020", "--set", "Y0=1e308", "--trace"]) == 1
    assert "Y = 1e+308" in capsys.readouterr().out


def test_a_different_result_gives_exit_code_3(tmp_path: Path, capsys):
    study = write(tmp_path / "in", DOSES)
    main(["run", str(study), "--out", str(tmp_path / "out")])
    copy = tmp_path / "out" / "study.yaml"
    copy.write_text(copy.read_text().replace("180 mg", "181 mg"))
    capsys.readouterr()
    assert main(["rerun", str(tmp_path / "out")]) == 3
    assert capsys.readouterr().out.startswith("Different")


def test_a_fault_of_the_program_gives_exit_code_3(capsys, monkeypatch):
    def broken(kind: str) -> None:
        raise ZeroDivisionError("a planted fault")

    monkeypatch.setattr("nonself.study.view.listing", broken)
    assert main(["list", "models"]) == 3
    assert "a fault of the program" in capsys.readouterr().err


def test_validate_says_what_would_be_done(tmp_path: Path, capsys):
    study = write(tmp_path, DOSES)
    assert main(["validate", str(study)]) == 0
    assert "cohorts: virtual (20)" in capsys.readouterr().out
    assert _json(capsys, ["validate", str(study)])["readouts"] == 43


@pytest.mark.parametrize("kind", ["models", "mechanisms", "therapies", "endpoints", "studies"])
def test_list_and_show(capsys, kind):
    rows = _json(capsys, ["list", kind])
    assert rows
    assert main(["list", kind]) == 0
    out = capsys.readouterr().out
    for row in rows:
        assert next(iter(row.values())) in out
        if kind != "endpoints":
            assert _json(capsys, ["show", row["id"]])["id"] == row["id"]
            assert main(["show", row["id"]]) == 0
            assert row["title"] in capsys.readouterr().out


def test_show_gives_every_number_its_unit_and_source(capsys):
    assert main(["show", "hahnel2020"]) == 0
    out = capsys.readouterr().out
    assert "py = 1.658 1/month   proliferation; Hahnel2020, supplement of bioRxiv 722546" in out
    assert "has lost MMR 120 months after the stop" in out


def test_simulate_prints_a_table_and_writes_courses(tmp_path: Path, capsys):
    arguments = ["simulate", "friberg2002", "--until", "21", "--points", "43", "--show", "neutrophils"]
    assert main([*arguments, "--set", "C1_initial=0.18 g"]) == 0
    out = capsys.readouterr().out
    assert "neutrophils" in out
    assert "Gcell/L" in out
    found = _json(capsys, [*arguments, "--set", "C1_initial=180 mg"])
    assert min(part[0][1] for part in found["values"]) == pytest.approx(0.896, abs=2e-3)
    varied = [
        *arguments,
        "--vary",
        "slope=lognormal(8.58,0.4)",
        "--patients",
        "8",
        "--out",
        str(tmp_path / "c.csv"),
    ]
    found = _json(capsys, varied)
    assert (found["patients"], found["finished"]) == (8, 8)
    lines = (tmp_path / "c.csv").read_text().splitlines()
    assert lines[0] == "patient,time,neutrophils"
    assert len(lines) == 1 + 8 * 43
    _json(capsys, [*arguments, "--out", str(tmp_path / "folder")])
    assert sorted(path.name for path in (tmp_path / "folder").iterdir()) == ["courses.csv", "courses.parquet"]


def test_simulate_reports_who_failed(capsys):
    found = _json(capsys, ["simulate", "hahnel2020", "--set", "Y0=1e308"], code=1)
    assert found["finished"] == 0
    assert found["failures"][0]["sentence"]
    assert main(["simulate", "hahnel2020", "--set", "Y0=1e308"]) == 1


def test_doctor_is_content_and_names_the_cache(capsys, monkeypatch, tmp_path):
    monkeypatch.setenv("NONSELF_CACHE", str(tmp_path / "cache"))
    found = _json(capsys, ["doctor"])
    assert found["healthy"]
    assert found["cache folder"] == str(tmp_path / "cache")
    assert main(["doctor"]) == 0


def test_help_and_version_load_nothing_heavy():
    heavy = "{'numpy', 'scipy', 'pandas', 'xarray', 'pint', 'pyarrow', 'llvmlite', 'matplotlib', 'pydantic'}"
    code = f"import sys; from nonself.cli import main; main(['--help']); print({heavy} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "set()"
