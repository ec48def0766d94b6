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


def test_a_name_of_the_file_is_taken_where_ours_is_another(folder: Path) -> None:
    file = folder / "models" / "decay.xml"
    found = nonself.simulate(file, until=4, set={"lambda": 0.25})
    assert found.values[0, -1, 0] == pytest.approx(8 * np.exp(-1.0), rel=1e-5)
    from_two = nonself.simulate(file, until=4, set={"lambda": 0.25, "x": 2.0})
    assert from_two.values[0, -1, 0] == pytest.approx(2 * np.exp(-1.0), rel=1e-5)
    read = nonself.read_sbml(file)
    assert np.array_equal(nonself.simulate(read, until=4, set={"lambda_": 0.25}).values, found.values)
    with pytest.raises(InputError, match="'lambda_' is both set and varied"):
        nonself.simulate(file, set={"lambda": 0.25}, vary={"lambda_": "uniform(0,1)"})


def test_a_study_says_the_unit_of_time_where_the_file_does_not(folder: Path) -> None:
    silent = DECAY.replace('timeUnits="second" ', "")
    (folder / "models" / "decay.xml").write_text(silent)
    (folder / "decay.yaml").write_text(STUDY.replace("unit: second", "unit: hour"))
    result = nonself.run(read_study(folder / "decay.yaml"), courses=True)
    assert result.to_xarray()["x"].to_numpy().ravel()[0] == 8.0
    assert prepare(read_study(folder / "decay.yaml")).model.time_unit == "hour"
    said = [text for text in result.findings.warnings if "unit of its time" in text]
    assert said == ["The file does not say the unit of its time: it is taken as hour, the study's."]
    assert "units: the file declares none, so none were checked" in result.findings.warnings
    (folder / "doses.csv").write_text("TIME [day],AMT,CMT\n1,5,x\n")
    with pytest.raises(InputError, match=r"doses\.csv:1: column TIME is in day, but the model does not say"):
        nonself.simulate(folder / "models" / "decay.xml", doses=folder / "doses.csv")


IL6 = """<?xml version="1.0"?>
<sbml xmlns="http://www.sbml.org/sbml/level3/version2/core" level="3" version="2"><model id="m" timeUnits="second">
<listOfCompartments><compartment id="a" name="serum" size="2" constant="true"/><compartment id="b" size="3"
constant="true"/></listOfCompartments><listOfSpecies>%s</listOfSpecies>
<listOfConstraints><constraint><math xmlns="http://www.w3.org/1998/Math/MathML"><true/></math></constraint>
</listOfConstraints></model></sbml>"""
ONE = (
    '<species id="{}" name="{}" compartment="{}" initialConcentration="1" hasOnlySubstanceUnits="false" '
    'boundaryCondition="false" constant="false"/>'
)


def test_species_of_one_name_are_told_apart_by_their_compartment(tmp_path: Path, capsys) -> None:
    path = tmp_path / "il6.xml"
    species = "".join(
        ONE.format(*one) for one in (("x1", "IL6", "a"), ("x2", "IL6", "b"), ("x3", "CRP", "a"))
    )
    rate = "<listOfRules>{}</listOfRules>".format(
        "".join(
            f'<rateRule variable="x{k}"><math xmlns="http://www.w3.org/1998/Math/MathML"><cn>{k}</cn></math></rateRule>'
            for k in (1, 2, 3)
        )
    )
    path.write_text((IL6 % species).replace("<listOfConstraints>", rate + "<listOfConstraints>", 1))
    found = nonself.simulate(path, until=1, points=2, show=("IL6{serum}", "IL6{b}", "CRP"))
    assert found.values[0, -1].tolist() == pytest.approx([2, 3, 4])
    assert nonself.simulate(path, until=1, show="CRP").values[0, -1].tolist() == pytest.approx([4])
    with pytest.raises(InputError, match="unknown observable 'IL6'"):
        nonself.simulate(path, show=("IL6",))
    assert main(["simulate", str(path), "--until", "1"]) == 0
    out = capsys.readouterr().out
    assert out.count("Warning: constraints are not watched") == 1
    assert main(["simulate", str(path), "--until", "1", "--json"]) == 0
    assert len(json.loads(capsys.readouterr().out)["warnings"]) == 1
    assert main(["import", str(path)]) == 0
    out = capsys.readouterr().out
    assert "x2 = 1.0 1   IL6{b}; concentration in b; CMT 2" in out
    assert "x1_initial = 1.0 1   IL6{serum}" in out


def test_many_columns_are_shown_in_blocks_that_fit(tmp_path: Path, capsys) -> None:
    path = tmp_path / "many.xml"
    long = "mw_0123456789_0123456789_0123456789_"
    rules_ = "".join(rule("rateRule", f"{long}{k}", apply("minus", ci(f"{long}{k}"))) for k in range(20))
    path.write_text(sbml(parameters(**{f"{long}{k}": 1.0 for k in range(20)}) + rules(rules_)))
    assert main(["simulate", str(path), "--until", "1"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert max(map(len, lines)) <= 120
    assert sum(line.lstrip().startswith("time ") for line in lines) >= 7


def test_courses_are_written_as_csv_that_keeps_every_bit(folder: Path, tmp_path: Path) -> None:
    import csv

    file = str(folder / "models" / "decay.xml")
    (tmp_path / "doses.csv").write_text('ID,TIME,AMT,CMT\n"a, b",0,0.1,1\nc,1,1,1\n')
    given = ["simulate", file, "--until", "4", "--doses", str(tmp_path / "doses.csv"), "--points", "5"]
    assert main([*given, "--out", str(tmp_path / "c.csv")]) == 0
    found = nonself.simulate(file, until=4, points=5, doses=tmp_path / "doses.csv")
    with (tmp_path / "c.csv").open(newline="") as lines:
        head, *rows = csv.reader(lines)
    assert head == ["patient", "time", "x"]
    assert [row[0] for row in rows] == ["a, b"] * 5 + ["c"] * 5
    assert np.array_equal([float(row[2]) for row in rows], found.values[:, :, 0].ravel())


def test_a_file_named_without_its_ending_is_pointed_to(folder: Path, monkeypatch) -> None:
    monkeypatch.chdir(folder / "models")
    with pytest.raises(InputError, match="unknown model 'decay'") as refused:
        nonself.simulate("decay")
    assert refused.value.mend == "there is a file decay.xml"


def test_an_amount_that_a_regimen_adds_is_divided_by_the_compartment_where_its_unit_says_so(
    folder: Path,
) -> None:
    (folder / "models" / "decay.xml").write_text(UNITS)
    for given, rise in (("3", 3.0), ("'3 mole/liter'", 3.0), ("'8 mole'", 2.0), ("'8000 millimole'", 2.0)):
        text = STUDY.replace(
            "none, who: nothing", f"more, who: more, regimen: [{{add: {{x: {given}}}, at: 0}}]"
        )
        (folder / "decay.yaml").write_text(text.replace("lambda_", "k"))
        course = nonself.run(read_study(folder / "decay.yaml"), courses=True).to_xarray()["x"]
        assert course.to_numpy().reshape(10, -1)[:, 0] == pytest.approx(1 + rise)
    (folder / "decay.yaml").write_text(text.replace("8000 millimole", "8 day").replace("lambda_", "k"))
    with pytest.raises(InputError, match="'day' cannot be converted"):
        prepare(read_study(folder / "decay.yaml"))


UNITS = """<?xml version="1.0"?>
<sbml xmlns="http://www.sbml.org/sbml/level3/version2/core" level="3" version="2">
<model id="m" timeUnits="second" substanceUnits="mole" volumeUnits="litre">
<listOfCompartments><compartment id="a" spatialDimensions="3" size="4" constant="true"/></listOfCompartments>
<listOfSpecies><species id="x" compartment="a" initialConcentration="1" hasOnlySubstanceUnits="false"
boundaryCondition="true" constant="false"/></listOfSpecies>
<listOfParameters><parameter id="k" value="0.5" constant="true"/></listOfParameters>
<listOfRules><rateRule variable="x"><math xmlns="http://www.w3.org/1998/Math/MathML"><apply><minus/><apply><times/>
<ci>k</ci><ci>x</ci></apply></apply></math></rateRule></listOfRules></model></sbml>"""


def test_progress_is_told_to_the_last_patient(folder: Path) -> None:
    told: list[tuple[int, int]] = []
    file = folder / "models" / "decay.xml"
    vary = {"lambda": "uniform(0.1,0.5)"}
    nonself.simulate(file, vary=vary, patients=3000, points=2, progress=lambda *one: told.append(one))
    assert told[-1] == (3000, 3000)
    assert len(told) >= 3
