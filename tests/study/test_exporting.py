"""`nonself export`: what is written, what is said to be left out, and what is refused."""

from __future__ import annotations

import json
import re

import pytest

import nonself
from nonself.cli import main
from nonself.errors import UnknownName
from nonself.study.exporting import export


def test_a_model_is_written_and_read_again(tmp_path, capsys, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["export", "hahnel2020", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["written"] == "hahnel2020.xml"
    assert found["left out"] == [
        "doses, plans and visits, such as those of tki: they belong to a study, not to the model"
    ]
    assert [path.name for path in tmp_path.iterdir()] == ["hahnel2020.xml"]
    assert main(["simulate", "hahnel2020.xml", "--until", "10"]) == 0


def test_the_body_is_written_with_what_it_leaves_out(tmp_path, capsys) -> None:
    assert main(["export", "body", "--out", str(tmp_path / "body.xml")]) == 0
    out = capsys.readouterr().out
    assert "'death_of_age' happens, by chance" in out
    assert "doses, plans and visits, such as those of alemtuzumab_like" in out


def test_a_published_parameter_set_is_in_the_file(tmp_path) -> None:
    first = export("hahnel2020", out=tmp_path / "a.xml")
    assert "Patient" not in first["title"]
    from nonself.catalog import registry

    variant = registry.model("hahnel2020").variants[0]
    found = export("hahnel2020", out=tmp_path / "b.xml", variant=variant.id)
    assert variant.label in found["title"]
    values = {part.id: part.value for part in nonself.read_sbml(tmp_path / "b.xml").model.parameters}
    assert {key: values[key] for key in variant.values} == dict(variant.values)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["nobody"], "unknown model 'nobody'"),
        (["core", "--format", "cellml"], "unknown format 'cellml'"),
        (["core", "--variant", "x"], "unknown variant of 'core' 'x'"),
        (["core", "--out", "none/x.xml"], "cannot be written"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_written(arguments, said, tmp_path, capsys, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["export", *arguments]) == 2
    assert said in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_a_file_is_not_written_over_itself(tmp_path, capsys) -> None:
    path = tmp_path / "core.xml"
    export("core", out=path)
    before = path.read_bytes()
    assert main(["export", str(path), "--out", str(path)]) == 2
    assert "over itself" in capsys.readouterr().err
    assert path.read_bytes() == before
    assert main(["export", str(path), "--out", str(tmp_path / "again.xml")]) == 0
    again = (tmp_path / "again.xml").read_bytes()
    assert again == re.sub(
        rb" *<ul>.*?</ul>\n", b"", before, flags=re.DOTALL
    )  # notes are read by people alone


def test_unknown_formats_are_named() -> None:
    with pytest.raises(UnknownName, match="format"):
        export("core", "sbm")
