"""Studies with measured points that are written as PEtab problems, and what they should come to by themselves."""

from __future__ import annotations

import csv
import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from scipy import stats

import nonself
from nonself.codegen.build import build
from nonself.cohort.trial import Schedule, run_trial
from nonself.engine.loop import solve
from nonself.study.library import shipped_studies
from nonself.study.prepare import Prepared

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
