"""PEtab out: what is written is read again to the likelihood of the study's own courses; other programs run it too."""

from __future__ import annotations

import csv
import math
from collections.abc import Callable
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest
from scipy import stats
from tests.formats.petab_rules import wrong_with

import nonself
from nonself.cli import main
from nonself.codegen.build import build
from nonself.cohort.trial import Schedule, run_trial
from nonself.engine.loop import solve
from nonself.errors import InputError
from nonself.model.ir import FlatClone
from nonself.study.arms import build_arms
from nonself.study.library import shipped_studies
from nonself.study.prepare import Prepared, prepare
from nonself.study.source import read_study
from nonself.study.subjects import subjects_of

SHARED = Path(__file__).parents[3] / "shared" / "data"
at_hand = pytest.mark.skipif(not (SHARED / "cml-hahnel2020").is_dir(), reason="the data are not at hand")
TIGHT = 1e-11  # of both sides, so that what is compared is what was written
NEAR = 1e-8

MEASURED = """
measured:
  - {cohort: virtual patients, arm: docetaxel 180 mg, of: neutrophils, files: [high.csv]}
  - {cohort: virtual patients, arm: docetaxel 135 mg, of: neutrophils, files: [low.csv], limit: below}
"""
HIGH = """patient,time [hour],value [Gcell/L]
v00001,0,5.2
v00001,180,1.1
v00001,504,3.9
v00001,700,0.9
v00003,180,1.4
v00003,1515.5,2.5
"""
LOW = """patient,time,value,below
v00002,7.5,1.8,0
v00002,9,0.4,1
v00002,22,4.4,0
v00003,7.25,1.6,0
v00003,-1,5.5,0
stranger,3,5.5,0
"""

OWN = """\
study: own
title: Four patients with plans of their own
model: clapp2015
time: {unit: day, from: 0, until: 400, every: 10}
cohorts:
  - name: real
    patients: {variants: ["1", "2", "3"]}
arms:
  - name: late
    regimen:
      - {therapy: tki, start: 30, stop: 300}
      - {set: {d: 0.25, K: 3.9}, at: [100]}
      - {set: {d: 0.2}, at: 250}
      - {doses: doses.csv}
  - name: early
    regimen:
      - {therapy: tki}
      - {add: {Z: 25}, at: [0, 50]}
observables: [Z]
measured:
  - {cohort: real, arm: late, of: bcr_abl_percent, files: [late.csv]}
  - {cohort: real, arm: late, of: Z, files: [cells.csv]}
  - {cohort: real, arm: early, of: Z, files: [early.csv]}
"""
DOSES = "ID,TIME,AMT,RATE,CMT\n1,10,5,0,Z\n1,40,60,2,Z\n2,40,30,2,Z\n2,100,4,0,Z\n3,20,1,0,Z\n3,20,2,0,Z\n"
LATE = "patient,time,value\n1,5,70\n1,30,60\n1,80,20\n1,250,3\n1,350,8\n2,100,11\n2,400,1\n3,299,2\n3,301,4\n"
CELLS = "patient,time [week],value\n1,1,118\n1,6,131\n2,7,125\n2,12,140\n3,2.5,122\n3,3,122\n3,40,119\n"
EARLY = "patient,time,value\n1,0,140\n1,50,150\n2,51,130\n2,20,129\n"


BODY = """
study: clinic
title: Two people, one bled
model: body
time: {unit: hour, from: 0, until: 240, every: 24}
cohorts: [{name: real, patients: {table: {file: people.csv}}}]
arms:
  - name: bled
    regimen:
      - {therapy: blood_loss, dose: 0.2, times: [48, 720]}
      - {therapy: lymphocyte_depletion, dose: 0.5, times: [96]}
  - name: none
observables: [blood_hemoglobin]
measurement: clinic
measured:
  - {cohort: real, arm: bled, of: blood_hemoglobin, files: [bled.csv]}
  - {cohort: real, arm: none, of: blood_hemoglobin, files: [none.csv]}
"""
EVENTS = """
study: events
title: A model with an event of its own
model: model.ant
time: {unit: day, from: 0, until: 10, every: 1}
cohorts: [{name: real, patients: {table: {file: people.csv}}}]
arms: [{name: dose, regimen: [{add: {A: 3}, at: [2]}]}]
observables: [A]
measured: [{cohort: real, of: A, files: [data.csv]}]
"""
ANTIMONY = """model fading
  unit time_unit = 86400 second
  species A = 8
  k = 0.1
  fade: A -> ; k*A
  halve: at (time >= 2): A = A/2
end
"""
CML = (
    Path(__file__).parents[2] / "studies" / "cml-stop.yaml"
)  # its data lie beside the repository, not where it is installed
Points = list[tuple[str, str, str, float, float]]  # patient, arm, observable, time in the model's unit, value


def of_cml(folder: Path) -> tuple[Path, Points]:
    points: Points = []
    for name in ("bcr_abl_on_tki", "bcr_abl_after_stop"):
        with (SHARED / "cml-hahnel2020" / f"{name}.csv").open() as file:
            for row in csv.DictReader(file):
                time, value = float(row["months_from_diagnosis"]), float(row["bcr_abl1_percent"])
                if row["is_upper_limit"] == "0" and time >= 0:
                    points.append((row["patient"], "stop TKI", "bcr_abl_percent", time, value))
    return CML, points


def of_neutropenia(folder: Path) -> tuple[Path, Points]:
    text = shipped_studies()["neutropenia-docetaxel"].read_text() + MEASURED
    (folder / "high.csv").write_text(HIGH)
    (folder / "low.csv").write_text(LOW)
    (folder / "study.yaml").write_text(text)
    high, low = "docetaxel 180 mg", "docetaxel 135 mg"
    points = [
        ("v00001", high, 0.0, 5.2), ("v00001", high, 7.5, 1.1), ("v00001", high, 21.0, 3.9),
        ("v00001", high, 700 / 24, 0.9), ("v00003", high, 7.5, 1.4), ("v00003", high, 1515.5 / 24, 2.5),
        ("v00002", low, 7.5, 1.8), ("v00002", low, 22.0, 4.4), ("v00003", low, 7.25, 1.6),
    ]  # fmt: skip
    return folder / "study.yaml", [(who, arm, "neutrophils", *rest) for who, arm, *rest in points]


def of_own(folder: Path) -> tuple[Path, Points]:
    for name, text in (("doses", DOSES), ("late", LATE), ("cells", CELLS), ("early", EARLY)):
        (folder / f"{name}.csv").write_text(text)
    (folder / "study.yaml").write_text(OWN)
    points: Points = []
    for arm, of, text, unit in (
        ("late", "bcr_abl_percent", LATE, 1), ("late", "Z", CELLS, 7), ("early", "Z", EARLY, 1)
    ):  # fmt: skip
        for line in text.splitlines()[1:]:
            patient, time, value = line.split(",")
            points.append((patient, arm, of, float(time) * unit, float(value)))
    return folder / "study.yaml", points


def of_body(folder: Path) -> tuple[Path, Points]:
    (folder / "people.csv").write_text("patient,blood_reference\na,5\nb,4.2\n")
    (folder / "bled.csv").write_text("patient,time,value\na,24,140\na,120,118\nb,216,121\n")
    (folder / "none.csv").write_text("patient,time [day],value\na,5,141\n")
    (folder / "study.yaml").write_text(BODY)
    points = [
        ("a", "bled", 1.0, 140.0),
        ("a", "bled", 5.0, 118.0),
        ("b", "bled", 9.0, 121.0),
        ("a", "none", 5.0, 141.0),
    ]
    return folder / "study.yaml", [(who, arm, "blood_hemoglobin", *rest) for who, arm, *rest in points]


SMALL = [pytest.param(of_cml, marks=at_hand), of_neutropenia, of_own]
STUDIES = [*SMALL, of_body]


def table(folder: Path, name: str) -> list[dict[str, str]]:
    with (folder / name).open(newline="") as file:
        return list(csv.DictReader(file, delimiter="\t"))


def read(folder: Path) -> nonself.PetabProblem:
    (path,) = folder.glob("*.yaml")
    return replace(nonself.read_petab(path), rtol=TIGHT)


def courses(prepared: Prepared, folder: Path, points: Points) -> np.ndarray:
    """What each row of the measurement table would be by the study's own machinery, at the times of the study's data.

    Rows are found by patient, arm, observable and value; times are those of the data, not those of the table.
    """
    names = {
        row["conditionId"]: tuple(row["conditionName"].split(", ")) for row in table(folder, "conditions.tsv")
    }
    watched = {row["observableId"]: row["observableFormula"] for row in table(folder, "observables.tsv")}
    rows = [
        (*names[row["simulationConditionId"]], watched[row["observableId"]], float(row["measurement"]))
        for row in table(folder, "measurements.tsv")
    ]
    times: dict[tuple[str, str, str, float], list[float]] = {}
    for patient, arm, of, time, value in sorted(points):
        times.setdefault((patient, arm, of, value), []).append(time)
    assert len(rows) == len(points)
    grid = np.unique([time for *_, time, _ in points])
    found = {}
    for group in prepared.groups:
        if group.cohort.name != prepared.study.spec.measured[0].cohort:
            continue
        schedule = Schedule(np.zeros(len(group.cohort.patients)), grid, float(grid[-1]))
        trial = run_trial(
            build(prepared.model), group.cohort, group.arms, schedule, observables=sorted(set(watched.values())),
            rtol=TIGHT, solve=solve, courses=True,
        )  # fmt: skip
        for arm in trial.arms:
            for of in set(watched.values()):
                who = zip(group.cohort.patients, arm.of(of), strict=True)
                found |= {(patient, arm.arm.name, of): course for patient, course in who}
    return np.array([found[row[:3]][np.searchsorted(grid, times[row].pop(0))] for row in rows])


def likelihood(folder: Path, expected: np.ndarray) -> float:
    """The log-likelihood of the measurement table about expected values, by SciPy's densities."""
    scale = {row["observableId"]: row["observableTransformation"] for row in table(folder, "observables.tsv")}
    nominal = {row["parameterId"]: float(row["nominalValue"]) for row in table(folder, "parameters.tsv")}
    total = 0.0
    for row, mean in zip(table(folder, "measurements.tsv"), expected, strict=True):
        value, sd = float(row["measurement"]), nominal[row["noiseParameters"]]
        base = {"lin": 0.0, "log": 1.0, "log10": math.log(10)}[scale[row["observableId"]]]
        total += (
            stats.lognorm.logpdf(value, sd * base, scale=mean) if base else stats.norm.logpdf(value, mean, sd)
        )
    return float(total)


def apart(folder: Path, expected: np.ndarray) -> float:
    return float(np.max(np.abs(read(folder).simulated() / expected - 1)))


@pytest.fixture(params=STUDIES)
def written(request, tmp_path) -> tuple[Path, Points, Path]:
    path, points = request.param(tmp_path)
    nonself.write_petab(path, tmp_path / "out")
    return path, points, tmp_path / "out"


def test_read_again_it_has_the_likelihood_of_the_studys_own_courses(written) -> None:
    path, points, folder = written
    expected = courses(prepare(read_study(path)), folder, points)
    assert np.ptp(expected) > 0
    assert apart(folder, expected) < NEAR
    assert read(folder).log_likelihood() == pytest.approx(likelihood(folder, expected), rel=NEAR)


def test_the_tables_are_as_the_specification_asks(written) -> None:
    *_, folder = written
    (path,) = folder.glob("*.yaml")
    assert wrong_with(path) == []


def test_rows_are_in_the_order_of_the_conditions_ids(written) -> None:
    *_, folder = written
    for name, column in (("conditions.tsv", "conditionId"), ("measurements.tsv", "simulationConditionId")):
        found = [row[column] for row in table(folder, name)]
        assert found == sorted(found)


@pytest.mark.parametrize("written", SMALL, indirect=True)
@pytest.mark.skipif(find_spec("roadrunner") is None, reason="libRoadRunner is not installed (extra test)")
def test_libroadrunner_runs_the_conditions_to_the_same_values(written) -> None:
    *_, folder = written
    rows = table(folder, "measurements.tsv")
    ours = read(folder).simulated()
    names = list(dict.fromkeys(row["simulationConditionId"] for row in rows))
    for condition in names:
        mine = [k for k, row in enumerate(rows) if row["simulationConditionId"] == condition]
        theirs = by_roadrunner(folder, condition, [rows[k] for k in mine])
        assert theirs == pytest.approx(ours[mine], rel=1e-6)


def by_roadrunner(folder: Path, condition: str, rows: list[dict[str, str]]) -> list[float]:
    """What measurements of a condition would be: its parameters written into the model, which is then run."""
    import libsbml
    import roadrunner

    nominal = {row["parameterId"]: float(row["nominalValue"]) for row in table(folder, "parameters.tsv")}
    cells = next(row for row in table(folder, "conditions.tsv") if row["conditionId"] == condition)
    document = libsbml.readSBML(str(folder / "model.xml"))
    given = {key: nominal[cell] if cell in nominal else float(cell) for key, cell in list(cells.items())[2:]}
    for name, value in given.items():
        assert document.getModel().getParameter(name).setValue(value) == libsbml.LIBSBML_OPERATION_SUCCESS
    roadrunner.Logger.disableLogging()
    runner = roadrunner.RoadRunner(libsbml.writeSBMLToString(document))
    runner.integrator.absolute_tolerance, runner.integrator.relative_tolerance = 1e-13, 1e-12
    runner.integrator.maximum_num_steps = 1_000_000
    watched = {row["observableId"]: row["observableFormula"] for row in table(folder, "observables.tsv")}
    grid = sorted({0.0, *(float(row["time"]) for row in rows)})
    if len(grid) == 1:
        grid.append(1.0)
    found = runner.simulate(times=grid, selections=sorted(set(watched.values())))
    column = {name: k for k, name in enumerate(sorted(set(watched.values())))}
    return [
        float(found[grid.index(float(row["time"])), column[watched[row["observableId"]]]]) for row in rows
    ]


# planted breaches ----------------------------------------------------------------------------------------------
def changed(folder: Path, name: str, change: Callable[[list[dict[str, str]]], None]) -> None:
    rows = table(folder, name)
    change(rows)
    lines = ["\t".join(rows[0]), *("\t".join(row.values()) for row in rows)]
    (folder / name).write_text("\n".join(lines) + "\n")


def shift_a_dose(folder: Path) -> None:
    text = (folder / "model.xml").read_text()
    assert text.count('<cn sbml:units="dimensionless" type="integer">21</cn>') + text.count(">21</cn>") > 0
    (folder / "model.xml").write_text(text.replace(">21</cn>", ">21.5</cn>", 1))


def lose_an_override(folder: Path) -> None:
    def lose(rows: list[dict[str, str]]) -> None:
        rows[0]["Circ0"] = "5.05"  # the model's own

    changed(folder, "conditions.tsv", lose)


def forget_the_unit_of_time(folder: Path) -> None:
    def forget(rows: list[dict[str, str]]) -> None:
        for row in rows:
            row["time"] = repr(float(row["time"]) * 24)

    changed(folder, "measurements.tsv", forget)


def forget_the_other_arm(folder: Path) -> None:
    def forget(rows: list[dict[str, str]]) -> None:
        (dose,) = (name for name in rows[0] if name == "plan_C1")
        for row in rows:
            row[dose] = "180.0"

    changed(folder, "conditions.tsv", forget)


@pytest.mark.parametrize(
    "breach", [shift_a_dose, lose_an_override, forget_the_unit_of_time, forget_the_other_arm]
)
def test_planted_breach_is_seen(breach, tmp_path) -> None:
    path, points = of_neutropenia(tmp_path)
    folder = tmp_path / "out"
    nonself.write_petab(path, folder)
    expected = courses(prepare(read_study(path)), folder, points)
    before = likelihood(folder, expected)
    assert apart(folder, expected) < NEAR
    breach(folder)
    assert apart(folder, expected) > 1e-4
    assert abs(read(folder).log_likelihood() - before) > 1e-4 * abs(before)


@pytest.mark.parametrize(
    ("name", "old", "new", "said"),
    [
        ("parameters.tsv", "sd_neutrophils", "sd_neutrophil", "unknown 'sd_neutrophils'"),
        ("conditions.tsv", "v00002", "v2", "unknown condition 'v00002_docetaxel_135_mg'"),
        ("conditions.tsv", "plan_C1", "Cp", "'Cp' is nothing of the model that can be given"),
        ("observables.tsv", "observed_neutrophils\t", "neutrophils\t", "hides a part of the model"),
        ("measurements.tsv", "\tmeasurement\t", "\tvalue\t", "measurement_files lacks measurement"),
        ("parameters.tsv", "logNormal", "lognormal", "prior of"),
    ],
)  # fmt: skip
def test_planted_breaches_of_the_specification_are_seen(name, old, new, said, tmp_path) -> None:
    nonself.write_petab(of_neutropenia(tmp_path)[0], tmp_path / "out")
    text = (tmp_path / "out" / name).read_text()
    assert old in text
    (tmp_path / "out" / name).write_text(text.replace(old, new))
    assert any(said in one for one in wrong_with(tmp_path / "out" / "neutropenia-docetaxel.yaml"))


@at_hand
@pytest.mark.parametrize(
    "name", ["Boehm_JProteomeRes2014", "Crauste_CellSystems2017", "Perelson_Science1996"]
)
def test_published_problems_pass_the_same_rules(name) -> None:
    assert wrong_with(SHARED / "petab-immune" / name / f"{name}.yaml") == []


# what is to be estimated, noise, and what is left out ------------------------------------------------------------
def parameters(folder: Path) -> dict[str, dict[str, str]]:
    return {row["parameterId"]: row for row in table(folder, "parameters.tsv")}


def test_what_a_draw_lets_vary_is_estimated_by_patient_with_its_law_as_prior(tmp_path) -> None:
    found = nonself.write_petab(of_neutropenia(tmp_path)[0], tmp_path / "out")
    people = ("v00001", "v00002", "v00003")
    rows = parameters(tmp_path / "out")
    assert found["to be estimated"] == [
        *(f"{one}_{who}" for one in ("Circ0", "slope") for who in people),
        "sd_neutrophils",
    ]
    assert list(rows) == found["to be estimated"]
    row = rows["slope_v00002"]
    assert (row["parameterScale"], row["objectivePriorType"]) == ("log10", "logNormal")
    assert [float(one) for one in row["objectivePriorParameters"].split(";")] == [math.log(8.58), 0.4]
    assert float(row["upperBound"]) == pytest.approx(8.58 * math.exp(5 * 0.4))
    cohort = prepare(read_study(tmp_path / "study.yaml")).groups[0].cohort
    assert float(row["nominalValue"]) == cohort.columns["slope"][1]
    assert rows["sd_neutrophils"]["objectivePriorType"] == ""


LAWS = {
    "Circ0": ("normal: [5.0, 1.0]", "lin", (0.0, 10.0), "normal;5.0;1.0"),
    "slope": ("uniform: [2, 20]", "lin", (2, 20), "uniform;2.0;20.0"),
    "gamma": ("loguniform: [0.01, 1]", "log10", (0.01, 1), "parameterScaleUniform;-2.0;0.0"),
    "ktr": ("lognormal: [1.08, 0.2]", "log10", (0.9, 1.2), f"logNormal;{math.log(1.08)!r};0.2"),
    "k10": ("fixed: 120", "", (), ""),
}


def test_every_law_has_its_scale_bounds_and_prior(tmp_path) -> None:
    path, _ = of_neutropenia(tmp_path)
    text = path.read_text()
    start, end = text.index("          Circ0:"), text.index("arms:")
    laws = [
        f"          {name}: {{{law}, assumed: a test{', bounds: [0.9, 1.2]' if name == 'ktr' else ''}}}\n"
        for name, (law, *_) in LAWS.items()
    ]
    path.write_text(text[:start] + "".join(laws) + "\n" + text[end:])
    nonself.write_petab(path, tmp_path / "out")
    rows = parameters(tmp_path / "out")
    for name, (_, scale, bounds, prior) in LAWS.items():
        own = [row for key, row in rows.items() if key.startswith(f"{name}_")]
        assert len(own) == (3 if scale else 0)
        for row in own:
            assert row["parameterScale"] == scale
            assert (float(row["lowerBound"]), float(row["upperBound"])) == bounds
            assert f"{row['objectivePriorType']};{row['objectivePriorParameters']}" == prior
    assert {row["k10"] for row in table(tmp_path / "out", "conditions.tsv")} == {"120.0"}
    assert wrong_with(tmp_path / "out" / "neutropenia-docetaxel.yaml") == []


def test_what_varies_around_published_patients_is_estimated_without_a_prior(tmp_path) -> None:
    path, _ = of_own(tmp_path)
    around = "resample: variants, vary: [mu, inh1], spread: 0.1, bounds: {inh1: [1, 2000]}, assumed: a test"
    draw = f"{{draw: {{patients: 3, {around}}}}}"
    text = path.read_text().replace('{variants: ["1", "2", "3"]}', draw)
    for name in ("doses", "late", "cells", "early"):
        lines = (tmp_path / f"{name}.csv").read_text().splitlines()
        rows = [lines[0], *(f"v0000{line}" for line in lines[1:])]
        (tmp_path / f"{name}.csv").write_text("\n".join(rows) + "\n")
    path.write_text(text)
    nonself.write_petab(path, tmp_path / "out")
    rows = parameters(tmp_path / "out")
    assert {key.split("_")[0] for key in rows} == {"mu", "inh1", "sd"}
    assert "objectivePriorType" not in rows["mu_v00001"]
    assert (float(rows["inh1_v00002"]["lowerBound"]), float(rows["inh1_v00002"]["upperBound"])) == (1, 2000)
    assert float(rows["mu_v00002"]["lowerBound"]) <= 1.504e-8  # the range stated with the model
    assert wrong_with(tmp_path / "out" / "own.yaml") == []


def test_named_parameters_are_estimated_by_patient_where_they_differ_else_for_all(tmp_path) -> None:
    asked = ["inh1", "d=lognormal(0.1,1)", "a0=uniform(0.001,0.01)", "r"]
    found = nonself.write_petab(of_own(tmp_path)[0], tmp_path / "out", estimate=asked)
    patients = [f"patient_{one}" for one in (1, 2, 3)]
    wanted = [*(f"{name}_{who}" for name in ("d", "inh1") for who in patients), "a0", "r"]
    assert sorted(found["to be estimated"]) == sorted([*wanted, "sd_Z", "sd_bcr_abl_percent"])
    rows = parameters(tmp_path / "out")
    assert rows["r"]["lowerBound"], rows["r"]["upperBound"] == ("8e-05", "80.0")
    assert (float(rows["inh1_patient_1"]["lowerBound"]), rows["inh1_patient_1"]["objectivePriorType"]) == (
        1.456,
        "",
    )
    assert rows["a0"]["objectivePriorType"] == "uniform"
    said = " ".join(found["assumed"])
    assert "Bounds of r are assumed" in said
    assert "Bounds of inh1 are the ranges stated with the model" in said
    assert "a0" not in table(tmp_path / "out", "conditions.tsv")[0]
    assert wrong_with(tmp_path / "out" / "own.yaml") == []


def test_an_estimated_parameter_changes_what_it_changes_in_the_study_also_where_the_plan_gives_it_back(
    tmp_path,
) -> None:
    path, points = of_own(tmp_path)
    nonself.write_petab(path, tmp_path / "out", estimate=["inh1", "d", "a0"])
    change = {"inh1_patient_1": 5.0, "d_patient_2": 0.2, "a0": 0.004}
    ours = read(tmp_path / "out").simulated(change)
    before = courses(prepare(read_study(path)), tmp_path / "out", points)
    prepared = prepare(read_study(path))
    (group,) = prepared.groups
    columns = {key: value.copy() for key, value in group.cohort.columns.items()}
    columns["inh1"][0], columns["d"][1] = 5.0, 0.2
    columns["a0"] = np.full(len(group.cohort.patients), 0.004)
    cohort = replace(group.cohort, columns=columns)
    arms = build_arms(prepared.study, cohort, prepared.entry, prepared.model, {})
    other = replace(prepared, groups=(replace(group, cohort=cohort, arms=arms),))
    assert ours == pytest.approx(courses(other, tmp_path / "out", points), rel=NEAR)
    assert not np.allclose(ours, before, rtol=1e-3)


def test_a_clinics_error_is_the_noise_and_is_not_estimated(tmp_path) -> None:
    path, _ = of_body(tmp_path)
    found = nonself.write_petab(path, tmp_path / "out")
    assert found["to be estimated"] == []
    (row,) = parameters(tmp_path / "out").values()
    assert float(row["nominalValue"]) == pytest.approx(math.sqrt(math.log1p(0.014**2)))
    assert table(tmp_path / "out", "observables.tsv")[0]["observableTransformation"] == "log"
    assert any("'death_of_age' happens, by chance" in one for one in found["left out"])
    path.write_text(path.read_text().replace("measurement: clinic\n", ""))
    found = nonself.write_petab(path, tmp_path / "other")
    assert found["to be estimated"] == ["sd_blood_hemoglobin"]
    assert table(tmp_path / "other", "observables.tsv")[0]["observableTransformation"] == "lin"


def test_limits_are_left_out_counted_and_told_wherever_a_person_looks(tmp_path) -> None:
    found = nonself.write_petab(of_neutropenia(tmp_path)[0], tmp_path / "out")
    said = (
        "1 value of neutrophils left out: PEtab's version 1 cannot say that a value is only a limit (below)"
    )
    assert found["left out"][0].startswith(said)
    for name in ("README.md", "neutropenia-docetaxel.yaml"):
        assert said in (tmp_path / "out" / name).read_text()
    assert said in " ".join((tmp_path / "out" / "model.xml").read_text().split())
    assert "0.4" not in [row["measurement"] for row in table(tmp_path / "out", "measurements.tsv")]
    assert "1 value of neutrophils left out: before the model's start" in found["left out"]
    assert any("who are not in the cohort 'virtual patients'" in one for one in found["left out"])


@at_hand
def test_the_shipped_study_of_leukemia_says_what_it_leaves_out(tmp_path, capsys) -> None:
    assert main(["export", str(CML), "--format", "petab", "--out", str(tmp_path / "out")]) == 0
    out = capsys.readouterr().out
    assert "measurements: 276" in out
    assert "155 values of bcr_abl_percent left out" in out
    assert "1 value of bcr_abl_percent left out: before the model's start" in out
    assert len(read(tmp_path / "out").tables.conditions) == 14


def test_the_arm_need_not_be_said_where_all_plans_are_the_same_until_then(tmp_path) -> None:
    path, _ = of_neutropenia(tmp_path)
    (tmp_path / "high.csv").write_text("patient,time,value\nv00001,3,4.4\n")
    text = path.read_text().replace(
        "of: neutrophils, files: [low.csv], limit: below", "of: C1, files: [high.csv]"
    )
    same = (
        text.replace(", arm: docetaxel 180 mg", "")
        .replace(", arm: docetaxel 135 mg", "")
        .replace("135 mg", "180 mg")
    )
    path.write_text(same.replace("count: 6}\n  - name: docetaxel 180 mg", "count: 5}\n  - name: other"))
    found = nonself.write_petab(path, tmp_path / "out")
    assert (found["conditions"], found["measurements"]) == (1, 2)


# what is refused -----------------------------------------------------------------------------------------------
POPULATION = """
study: people
title: People
model: body
time: {unit: day, from: 0, until: 10, every: 1}
cohorts: [{name: real, patients: {population: {people: 2}}}]
arms: [{name: none}]
observables: [blood_hemoglobin]
measured: [{cohort: real, of: blood_hemoglobin, files: [low.csv]}]
"""
HOLD = ", hold: neutrophils < 1, start: 0, every"
ARM = ", arm: docetaxel 180 mg"


@pytest.mark.parametrize(
    ("change", "said", "line"),
    [
        (lambda text: text.replace(MEASURED, ""), "nothing is measured in this study", ""),
        (lambda text: POPULATION, "'real' are people of a population: what befalls them by chance", "measured:"),
        (lambda text: text.replace(", start: 0, every", HOLD), r"decided at the visit \(hold\)", "dose: 180 mg"),
        (lambda text: text.replace("[high.csv]", "[none.csv]"), "there is no file none.csv", "none.csv"),
        (lambda text: text.replace(ARM, ""), "does not say under which arm patient 'v00001'", "high.csv"),
        (lambda text: text.replace(ARM, ", arm: docetaxl"), "unknown arm 'docetaxl'", "docetaxl"),
        (lambda text: text.replace("[high.csv]", "[all.csv], limit: below").replace("low.csv", "all.csv"),
         "no measured value is left to fit to: 1 value", "measured:"),
        (lambda text: text.replace("of: neutrophils, files: [high", "of: Neutro, files: [high"),
         "unknown observable 'Neutro'", "Neutro"),
    ],
)  # fmt: skip
def test_what_petab_cannot_say_is_refused_with_its_line_and_nothing_is_written(
    change, said, line, tmp_path
) -> None:
    path, _ = of_neutropenia(tmp_path)
    (tmp_path / "all.csv").write_text("patient,time,value,below\nv00001,3,0.1,1\n")
    text = change(path.read_text())
    path.write_text(text)
    before = sorted(tmp_path.iterdir())
    with pytest.raises(InputError, match=said) as refused:
        nonself.write_petab(path, tmp_path / "out")
    assert refused.value.file == str(path)
    assert refused.value.mend
    if line:
        assert line in text.splitlines()[refused.value.line - 1]
    assert sorted(tmp_path.iterdir()) == before


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--estimate", "slop"], "unknown parameter to estimate 'slop'"),
        (["--estimate", "slope", "--estimate", "slope"], "'slope' is to be estimated twice"),
        (["--estimate", "slope=beta(1,2)"], "how 'slope' varies cannot be read"),
        (["--estimate", "slope=uniform(0,1)"], "is 5.36158, outside uniform"),
        (["--estimate", "C1_initial"], "'C1_initial' of patient 'v00001' is 0, and no range is known"),
        (["--variant", "1"], "a study says which patients it has"),
    ],
)  # fmt: skip
def test_wrong_arguments_are_named_and_nothing_is_written(arguments, said, tmp_path, capsys) -> None:
    path, _ = of_neutropenia(tmp_path)
    before = sorted(tmp_path.iterdir())
    code = main(["export", str(path), "--format", "petab", "--out", str(tmp_path / "out"), *arguments])
    assert code == 2
    assert said in capsys.readouterr().err
    assert sorted(tmp_path.iterdir()) == before


def test_other_formats_estimate_nothing_and_models_are_no_studies(tmp_path, capsys, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["export", "core", "--estimate", "x"]) == 2
    assert "a model written as sbml has nothing to estimate" in capsys.readouterr().err
    assert main(["export", "core", "--format", "petab"]) == 2
    assert "unknown study 'core'" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_nothing_is_written_over_and_an_empty_folder_will_do(tmp_path) -> None:
    path, _ = of_neutropenia(tmp_path)
    (tmp_path / "out").mkdir()
    nonself.write_petab(path, tmp_path / "out")
    before = {one: one.read_bytes() for one in (tmp_path / "out").iterdir()}
    with pytest.raises(InputError, match="is not empty"):
        nonself.write_petab(path, tmp_path / "out")
    assert {one: one.read_bytes() for one in (tmp_path / "out").iterdir()} == before
    nonself.write_petab(path, tmp_path / "again")
    assert {one.name: one.read_bytes() for one in (tmp_path / "again").iterdir()} == {
        one.name: content for one, content in before.items()
    }


def test_small_clones_by_chance_are_refused(tmp_path) -> None:
    prepared = prepare(read_study(of_neutropenia(tmp_path)[0]))
    clone = FlatClone("Circ", "1", "1", "100", 1.0)
    by_chance = replace(prepared, model=replace(prepared.model, clones=(clone,)))
    with pytest.raises(InputError, match=r"small clones \(Circ\) move by chance"):
        subjects_of(by_chance)


def test_a_plan_at_the_very_time_of_an_event_of_the_model_is_refused(tmp_path) -> None:
    (tmp_path / "model.ant").write_text(ANTIMONY)
    (tmp_path / "data.csv").write_text("patient,time,value\nonly,5,2\n")
    (tmp_path / "people.csv").write_text("patient,k,A_initial\nonly,0.2,6\n")
    (tmp_path / "study.yaml").write_text(EVENTS)
    with pytest.raises(InputError, match="at 2, when event 'halve' of the model happens"):
        nonself.write_petab(tmp_path / "study.yaml", tmp_path / "out")
    (tmp_path / "study.yaml").write_text(EVENTS.replace("at: [2]", "at: [1.5]"))
    nonself.write_petab(tmp_path / "study.yaml", tmp_path / "out")
    points = [("only", "dose", "A", 5.0, 2.0)]
    expected = courses(prepare(read_study(tmp_path / "study.yaml")), tmp_path / "out", points)
    assert apart(tmp_path / "out", expected) < NEAR
    by_hand = ((6 * math.exp(-0.3) + 3) * math.exp(-0.1)) / 2 * math.exp(-0.6)
    assert expected == pytest.approx([by_hand], rel=1e-8)
