"""Courses on disk: written some patients at a time, the same as at once; what cannot be held is refused."""

from __future__ import annotations

from pathlib import Path

import pandas
import pyarrow.parquet
import pytest

import nonself
from nonself.errors import InputError
from nonself.study import single, writing_courses
from nonself.study.writing_courses import write_courses


@pytest.fixture(scope="module")
def courses() -> nonself.Simulation:
    return nonself.simulate(
        "friberg2002", until=28, points=5, vary={"ktr": "lognormal(0.03,0.2)"}, patients=7
    )


def test_many_pieces_are_the_same_as_one(courses, tmp_path: Path, monkeypatch) -> None:
    write_courses(courses, tmp_path / "one")
    monkeypatch.setattr(writing_courses, "ROWS_AT_ONCE", 10)  # two patients
    write_courses(courses, tmp_path / "many")
    one, many = (tmp_path / name / "courses.csv" for name in ("one", "many"))
    assert one.read_bytes() == many.read_bytes()
    again = pandas.read_parquet(tmp_path / "many" / "courses.parquet")
    assert again.equals(pandas.read_parquet(tmp_path / "one" / "courses.parquet"))
    assert again["neutrophils"].tolist() == courses.to_pandas()["neutrophils"].tolist()
    assert (
        pyarrow.parquet.ParquetFile(tmp_path / "many" / "courses.parquet").num_row_groups == 4
    )  # in pieces indeed


def test_planted_breach_a_piece_that_is_lost_is_seen(courses, tmp_path: Path, monkeypatch) -> None:
    write_courses(courses, tmp_path / "one")
    tables = writing_courses._tables
    monkeypatch.setattr(writing_courses, "ROWS_AT_ONCE", 10)
    monkeypatch.setattr(writing_courses, "_tables", lambda result: list(tables(result))[:-1])
    write_courses(courses, tmp_path / "lost")
    one, lost = (tmp_path / name / "courses.csv" for name in ("one", "lost"))
    assert one.read_bytes() != lost.read_bytes()


def test_what_the_machine_cannot_hold_is_refused_before_anything_is_computed(monkeypatch) -> None:
    monkeypatch.setattr(single.os, "sysconf", {"SC_PAGE_SIZE": 4096, "SC_PHYS_PAGES": 100}.__getitem__)
    with pytest.raises(InputError, match="take about") as refused:
        nonself.simulate("friberg2002", points=10_000)
    assert "--show" in str(refused.value)
    assert nonself.simulate("friberg2002", points=5).finished.all()
