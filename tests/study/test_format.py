"""The format of study files: its schema is checked in, lines are known, shipped studies are right."""

import json
from pathlib import Path

import pytest
from tests.study.samples import DOSES, STUDY, line_of

from nonself.errors import InputError
from nonself.study.library import find_study, shipped_studies
from nonself.study.prepare import prepare
from nonself.study.quantities import is_quantity, quantity
from nonself.study.schema import schema_text
from nonself.study.source import study_from_text

ROOT = Path(__file__).resolve().parents[2]


def test_the_schema_checked_in_is_that_of_the_format():
    checked_in = ROOT / "docs" / "study.schema.json"
    assert checked_in.read_text(encoding="utf-8") == schema_text(), (
        "run: python -c 'from nonself.study.schema import schema_text as s; print(s(), end=\"\")' "
        "> docs/study.schema.json"
    )


@pytest.mark.parametrize("name", shipped_studies())
def test_shipped_studies_are_right_and_follow_the_schema(name):
    study = find_study(name)
    assert study.spec.study == name
    assert prepare(study).groups
    jsonschema = pytest.importorskip("jsonschema")
    from ruamel.yaml import YAML

    jsonschema.validate(YAML(typ="safe").load(study.text), json.loads(schema_text()))


def test_there_are_shipped_studies():
    assert {"cml-stop", "neutropenia-docetaxel"} <= set(shipped_studies())


def test_every_part_knows_its_line():
    study = study_from_text(STUDY, "study.yaml", Path())
    assert study.line("model") == line_of(STUDY, "model:")
    assert study.line("arms", 1, "regimen", 0) == line_of(STUDY, "{therapy: tki}")
    assert study.line("endpoints", 0, "above") == line_of(STUDY, "above: 0.1")
    assert study.line("endpoints", 0, "nowhere") == line_of(STUDY, "kind: crossing")


def test_the_first_fault_is_named_and_the_others_counted():
    text = DOSES.replace("title: Doses", "titel: Doses").replace("every: 1}", "every: high}")
    with pytest.raises(InputError, match="unknown field 'titel'"):
        study_from_text(text, "study.yaml", Path())
    text = DOSES.replace("every: 1}", "every: high}").replace("lognormal: [5.05, 0.3]", "lognormal: [5.05]")
    with pytest.raises(InputError, match="'high' is not a number") as caught:
        study_from_text(text, "study.yaml", Path())
    assert caught.value.line == 4
    assert "1 more fault in this file" in caught.value.what


@pytest.mark.parametrize(
    ("text", "mend"),
    [
        ("patients: {draw: {patients: 5, resample: variants}}", "say what varies"),
        ("patients: {draw: {patients: 5, parameters: {TKI: {fixed: 1}}}}", "give exactly one"),
        (
            "patients: {draw: {patients: 5, parameters: {TKI: {fixed: 1, assumed: x}}, vary: [TKI]}}",
            "leave it out",
        ),
        ("patients: {draw: {patients: 5}}", "give exactly one"),
        ("patients: {variants: [1], table: {file: x.csv}}", "give exactly one"),
    ],
)
def test_parts_that_do_not_go_together_are_refused(text, mend):
    with pytest.raises(InputError) as caught:
        study_from_text(STUDY.replace("patients: variants", text), "study.yaml", Path())
    assert caught.value.line == line_of(STUDY, "patients: variants")
    assert mend in caught.value.mend


def test_quantities_are_numbers_with_or_without_a_unit():
    assert quantity(3, "mg") == 3.0
    assert quantity("0.18 g", "mg") == pytest.approx(180.0)
    assert quantity("1e3", "mg") == 1000.0
    assert quantity("-2 day", "hour") == -48.0
    with pytest.raises(InputError, match="'1e999 mg' is not a finite number"):
        quantity("1e999 mg", "mg")
    assert is_quantity("60 month")
    assert not is_quantity("CessT")
    assert not is_quantity("e3")


def test_resampling_from_a_table_and_time_in_another_unit(tmp_path):
    from tests.study.samples import write

    text = STUDY.replace(
        "patients: variants",
        "patients: {draw: {patients: 9, resample: {file: patients.csv, group: grp}, vary: [TKI, CessT], "
        "spread: 0.1, assumed: for the test}}",
    ).replace(
        "unit: month, zero: CessT, zero_label: TKI stop, from: -48", "unit: year, zero: CessT, from: -4"
    )
    text = text.replace("until: 120, every: 1", "until: 10, every: 0.5").replace("until: 12}", "until: 1}")
    prepared = prepare(find_study(str(write(tmp_path, text))))
    group = prepared.groups[0]
    assert set(group.cohort.groups) <= {"A", "C"}
    assert group.grid[[0, -1]].tolist() == [-4.0, 10.0]
    assert group.schedule.grid[[0, -1]] == pytest.approx([-48.0, 120.0])
    assert group.cohort.origins["TKI"].is_assumed
    assert not group.cohort.origins["pz"].is_assumed
