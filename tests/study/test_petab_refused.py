"""PEtab out: what is refused, and nothing is written then."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest
from tests.study.petab_studies import (
    ANTIMONY,
    EVENTS,
    MEASURED,
    NEAR,
    apart,
    courses,
    of_neutropenia,
)

import nonself
from nonself.cli import main
from nonself.errors import InputError
from nonself.model.ir import FlatClone
from nonself.study.prepare import prepare
from nonself.study.source import read_study
from nonself.study.subjects import subjects_of

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
