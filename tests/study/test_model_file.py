"""Models from SBML files: by import, simulate and in a study."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from tests.formats.test_sbml_read import apply, ci, parameters, rule, rules, sbml

import nonself
from nonself.cli import main
from nonself.errors import InputError
from nonself.study.prepare import prepare
from nonself.study.source import read_study

DECAY = sbml(
    parameters(x=8.0, **{"lambda": 0.5})
    + rules(rule("rateRule", "x", apply("minus", apply("times", ci("lambda"), ci("x"))))),
    model='timeUnits="second" name="Decay"',
).replace('id="lambda" value="0.5" constant="false"', 'id="lambda" value="0.5" constant="true"')
STUDY = """\
study: decay
title: Decay
model: models/decay.xml
time: {unit: second, until: 4, every: 1}
cohorts:
  - name: ten
    patients: {draw: {patients: 10, parameters: {lambda_: {lognormal: [0.5, 0.2], assumed: a test}}}}
arms: [{name: none, who: nothing}]
observables: [x]
endpoints: [{kind: value, name: end, of: x, at: 4, below: 2}]
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "models").mkdir()
    (tmp_path / "models" / "decay.xml").write_text(DECAY)
    (tmp_path / "decay.yaml").write_text(STUDY)
    return tmp_path


def test_import_says_what_is_read_and_what_is_called_otherwise(folder: Path, capsys) -> None:
    assert main(["import", str(folder / "models" / "decay.xml"), "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["title"] == "Decay"
    assert found["SBML"] == "L3V2"
    assert [part["id"] for part in found["states"]] == ["x"]
    assert found["called otherwise"] == {"lambda": "lambda_"}
    assert main(["import", str(folder / "models" / "decay.xml")]) == 0
    assert "lambda: lambda_" in capsys.readouterr().out


def test_a_file_is_simulated_with_what_is_set_and_varied(folder: Path, tmp_path: Path, capsys) -> None:
    file = str(folder / "models" / "decay.xml")
    found = nonself.simulate(file, until=4, set={"lambda_": 0.25, "x_initial": 2.0})
    assert found.values[0, -1, 0] == pytest.approx(2 * np.exp(-1.0), rel=1e-5)
    given = ["simulate", file, "--until", "4", "--vary", "lambda_=lognormal(0.5,0.2)", "--patients", "20"]
    assert main([*given, "--out", str(tmp_path / "out"), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["finished"] == 20
    assert (tmp_path / "out" / "courses.csv").exists()


def test_a_study_names_a_file_beside_it_and_keeps_its_digest(folder: Path) -> None:
    prepared = prepare(read_study(folder / "decay.yaml"))
    assert prepared.model.id == "m"
    assert list(prepared.inputs) == ["models/decay.xml"]
    result = nonself.run(read_study(folder / "decay.yaml"), folder / "out")
    assert not result.failed
    assert nonself.rerun(folder / "out").same
    (folder / "models" / "decay.xml").write_text(DECAY.replace("8.0", "9.0"))
    with pytest.raises(InputError, match="changed"):
        nonself.rerun(folder / "out")


def test_a_study_whose_file_is_gone_says_where(folder: Path) -> None:
    (folder / "models" / "decay.xml").unlink()
    with pytest.raises(InputError, match=r"decay\.xml: cannot be read") as refused:
        prepare(read_study(folder / "decay.yaml"))
    assert refused.value.line == 3
