"""PEtab out: what is to be estimated, noise, and what is left out."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from tests.formats.petab_rules import wrong_with
from tests.study.petab_studies import (
    CML,
    NEAR,
    at_hand,
    courses,
    of_body,
    of_neutropenia,
    of_own,
    read,
    table,
)

import nonself
from nonself.cli import main
from nonself.study.arms import build_arms
from nonself.study.prepare import prepare
from nonself.study.source import read_study


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
