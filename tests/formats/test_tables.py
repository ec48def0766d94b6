"""Tables are read exactly, or refused with file, line, what and how to mend it."""

from pathlib import Path

import numpy as np
import pytest

from nonself.errors import InputError
from nonself.formats.tables import PatientColumns, PointColumns, join_points, read_patients, read_points

PARAMETERS = {"TKI": "1/month", "pyx": "1/month", "X_initial": "cell", "growth": "1/month"}


def _patients(tmp_path: Path, text: str, **how):
    file = tmp_path / "patients.csv"
    file.write_text(text)
    return read_patients(file, "mine", PARAMETERS, "month", PatientColumns(**how))


def test_columns_become_parameters_and_facts(tmp_path):
    cohort = _patients(
        tmp_path,
        "# from somewhere\npatient,grp,TKI,CessT,Ymin,note\n1,C,13.9,85.9,135,fine\n2,A,1.95,85.7,,\n",
        group="grp",
    )
    assert cohort.patients == ("1", "2")
    assert cohort.groups == ("C", "A")
    assert cohort.columns["TKI"].tolist() == [13.9, 1.95]
    assert cohort.facts["CessT"].tolist() == [85.9, 85.7]
    assert np.isnan(cohort.facts["Ymin"]).tolist() == [False, True]
    assert "note" not in cohort.facts
    assert cohort.places[1] == (str(tmp_path / "patients.csv"), 4)
    assert cohort.origins["TKI"].text == "patients.csv"


def test_units_in_the_header_are_converted(tmp_path):
    cohort = _patients(tmp_path, "patient,TKI [1/day],CessT [year],weight [kg]\n1,1,2,70\n")
    assert cohort.columns["TKI"][0] == pytest.approx(30.4375)
    assert cohort.facts["CessT"][0] == pytest.approx(24.0)
    assert cohort.facts["weight [kg]"][0] == 70


def test_columns_can_be_renamed(tmp_path):
    cohort = _patients(tmp_path, "patient,X0\n1,2e5\n", rename={"X0": "X_initial"})
    assert cohort.columns["X_initial"].tolist() == [2e5]


REFUSED = {
    "empty": ("", 1, "the table is empty"),
    "header only": ("patient,TKI\n", 1, "no rows"),
    "text": ("patient,TKI\n1,2\n2,high\n", 3, "column 'TKI' holds 'high', which is not a number"),
    "digits set apart": ("patient,TKI\n1,1_000\n", 2, "column 'TKI' holds '1_000', which is not a number"),
    "unit of a fact": ("patient,CessT [moon]\n1,2\n", 1, "column 'CessT': unit 'moon' is not known"),
    "nan": ("patient,TKI\n1,2\n\n2,nan\n", 4, "column 'TKI' holds 'nan', which is not a finite number"),
    "infinite": ("patient,TKI\n1,-inf\n", 2, "not a finite number"),
    "infinite fact": ("patient,CessT\n1,inf\n", 2, "not a finite number"),
    "blank": ("patient,TKI,pyx\n1,,3\n", 2, "column 'TKI' is empty"),
    "twice": ("patient,TKI\n1,2\n2,3\n1,4\n", 4, "patient '1' is there twice, first in line 2"),
    "no id": ("patient,TKI\n,2\n", 2, "a patient has no id"),
    "no patient column": ("pateint,TKI\n1,2\n", 1, "unknown column 'patient'"),
    "near miss": ("patient,tki\n1,2\n", 1, "unknown column 'tki'"),
    "nearer miss": ("patient,grwoth\n1,2\n", 1, "unknown column 'grwoth'"),
    "wrong unit": ("patient,TKI [mg]\n1,2\n", 1, "column 'TKI': 'mg' cannot be converted to '1/month'"),
    "no such unit": ("patient,TKI [1/moon]\n1,2\n", 1, "column 'TKI': unit '1/moon' is not known"),
    "ragged": ("patient,TKI\n1,2,3\n", 2, "3 cells where the header has 2 columns"),
    "column twice": ("patient,TKI,TKI\n1,2,3\n", 1, "column 'TKI' is there twice"),
    "open quote": ('patient,TKI\n1,"2\n', 2, "is not CSV"),
    "no name": ("patient,\n1,2\n", 1, "a column has no name"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_wrong_tables_are_refused_with_file_line_what_and_mend(tmp_path, case):
    text, line, words = REFUSED[case]
    with pytest.raises(InputError) as caught:
        _patients(tmp_path, text)
    assert caught.value.file == str(tmp_path / "patients.csv")
    assert caught.value.line == line
    assert words in caught.value.what
    assert caught.value.mend


@pytest.mark.parametrize(
    ("text", "words", "line"),
    [
        ("patient,CessTime\n1,2\n", "unknown column 'CessT'", 1),
        ("patient,CessT\n1,2\n2,soon\n", "column 'CessT' holds 'soon'", 3),
        ("patient,CessT\n1,2\n2,\n", "column 'CessT' is empty", 3),
        ("patient,CessT [kg]\n1,2\n", "column 'CessT': 'kg' cannot be converted to 'month'", 1),
    ],
)
def test_needed_columns_must_be_numbers_of_time_for_everybody(tmp_path, text, words, line):
    with pytest.raises(InputError) as caught:
        _patients(tmp_path, text, needed=("CessT",))
    assert words in caught.value.what
    assert caught.value.line == line


def test_unreadable_files_are_refused(tmp_path):
    with pytest.raises(InputError, match="cannot be read: No such file"):
        read_patients(tmp_path / "nowhere.csv", "mine", PARAMETERS, "month", PatientColumns())
    with pytest.raises(InputError, match="cannot be read: Is a directory"):
        read_patients(tmp_path, "mine", PARAMETERS, "month", PatientColumns())
    (tmp_path / "binary.csv").write_bytes(b"\xff\xfe\x00patient")
    with pytest.raises(InputError, match="not text in UTF-8"):
        read_patients(tmp_path / "binary.csv", "mine", PARAMETERS, "month", PatientColumns())


def test_points_are_sorted_converted_and_joined(tmp_path):
    file = tmp_path / "points.csv"
    file.write_text("patient,time [year],value [percent],limit\n1,2,0.1,0\n1,1,0.5,1\n2,1,3,0\n")
    points = read_points(file, PointColumns(limit="limit"), "month", "percent")
    assert points["1"].times == pytest.approx([12.0, 24.0])
    assert points["1"].values.tolist() == [0.5, 0.1]
    assert points["1"].limit.tolist() == [True, False]
    joined = join_points([points["1"], points["2"]], 12.0)
    assert joined.times == pytest.approx([0.0, 0.0, 12.0])
    assert joined.source == "points.csv"


def test_points_with_an_unclear_flag_are_refused(tmp_path):
    file = tmp_path / "points.csv"
    file.write_text("patient,time,value,limit\n1,2,0.1,2\n")
    with pytest.raises(InputError, match="column 'limit' holds 2"):
        read_points(file, PointColumns(limit="limit"), "month", "percent")
