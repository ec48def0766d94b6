"""Antimony in and out by its authors' library: the same course, and no input that ends the program."""

from __future__ import annotations

import random
import sys
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest

import nonself
from nonself.catalog import registry
from nonself.errors import InputError
from nonself.formats import antimony
from nonself.study.models import published

here = pytest.mark.skipif(find_spec("antimony") is None, reason="the package antimony is not installed")
SMALL = """
model decay
  compartment c = 2;
  species S in c = 10;
  k = 0.5;
  y := S*2;
  J: S -> ; k*S*c;
  at time > 3: S = 4;
end
"""
DIGITS = 1e-6  # the library writes 15 digits; what is left is our own tolerance


@here
def test_a_small_model_is_read_as_it_is_meant(tmp_path) -> None:
    path = tmp_path / "decay.ant"
    path.write_text(SMALL)
    read = nonself.read_antimony(path)
    assert read.file == str(path)
    assert read.means == {"S": "concentration"}
    course = nonself.simulate(read.model, until=3.0, points=2, show=("S", "y"), rtol=1e-9)
    assert course.values[0, -1] == pytest.approx([10 * np.exp(-1.5), 20 * np.exp(-1.5)], rel=1e-6)
    later = nonself.simulate(read.model, until=3.5, points=2, show=("S",), rtol=1e-9)
    assert later.values[0, -1, 0] == pytest.approx(4 * np.exp(-0.25), rel=1e-6)
    assert "decay.ant" in next(part.source.text for part in read.model.parameters)


@here
@pytest.mark.parametrize("name", (*registry.model_ids(), registry.BODY))
def test_the_catalog_goes_out_and_comes_back_the_same(name, tmp_path) -> None:
    entry, model = published(name)
    nonself.write_antimony(model, tmp_path / "model.ant")
    again = nonself.read_antimony(tmp_path / "model.ant").model
    until = min(entry.until, 300.0)
    ids = tuple(part.id for part in model.species)
    assert tuple(part.id for part in again.species) == ids
    ours, theirs = (
        nonself.simulate(one, until=until, points=31, show=ids, rtol=1e-9).values[0] for one in (model, again)
    )
    size = np.maximum(np.maximum.accumulate(np.abs(ours), axis=0), [part.scale for part in model.species])
    assert np.max(np.abs(ours - theirs) / size) < DIGITS


@here
def test_planted_breach_a_number_changed_in_the_file_is_seen(tmp_path) -> None:
    _, model = published("hahnel2020")
    nonself.write_antimony(model, tmp_path / "model.ant")
    text = (tmp_path / "model.ant").read_text(encoding="utf-8")
    assert "TKI = 13.9;" in text
    (tmp_path / "model.ant").write_text(text.replace("TKI = 13.9;", "TKI = 13.8;"), encoding="utf-8")
    again = nonself.read_antimony(tmp_path / "model.ant").model
    ours, theirs = (nonself.simulate(one, until=10.0, show=("Y",)).values[0, -1, 0] for one in (model, again))
    assert abs(ours / theirs - 1) > 1e-3


def test_without_the_package_it_says_what_to_install(tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(antimony, "find_spec", lambda name: None)
    (tmp_path / "decay.ant").write_text(SMALL)
    with pytest.raises(InputError, match="package 'antimony', which is not installed") as refused:
        nonself.read_antimony(tmp_path / "decay.ant")
    assert "pip install 'nonself[antimony]'" in str(refused.value)
    assert str(refused.value).startswith(str(tmp_path / "decay.ant"))
    with pytest.raises(InputError, match="not installed"):
        nonself.write_antimony(published("hahnel2020")[1], tmp_path / "out.ant")
    assert not (tmp_path / "out.ant").exists()


@here
def test_what_is_wrong_is_said_with_its_line(tmp_path) -> None:
    path = tmp_path / "wrong.ant"
    path.write_text("model m\n  S -> ; k*S\n  k = = 2\nend\n")
    with pytest.raises(InputError, match="is not valid Antimony") as refused:
        nonself.read_antimony(path)
    assert (refused.value.file, refused.value.line) == (str(path), 3)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b'import "../secret.ant"\nmodel m end', "imports another file"),
        (b"x = " + b"(" * 100_000 + b"1" + b")" * 100_000, "more than 100 deep|characters"),
        (b"x = " + b"(\\\n" * 0 + b"1+" * 20_000 + b"1", "a line has"),
        (b"model m\n x = 1\xff\n", "not text in UTF-8"),
        (b"model m\0", "zero byte"),
        (b"x = 1;\n" * 1_000_000, "at most 4 are read"),
    ],
)  # fmt: skip
def test_hostile_files_are_refused_before_the_library_sees_them(content, said, tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(antimony, "_by_library", lambda way, text: pytest.fail("the library saw it"))
    (tmp_path / "bad.ant").write_bytes(content)
    with pytest.raises(InputError, match=said):
        nonself.read_antimony(tmp_path / "bad.ant")


def test_a_file_that_is_not_there_is_said(tmp_path) -> None:
    with pytest.raises(InputError, match="cannot be read"):
        nonself.read_antimony(tmp_path / "none.ant")


def test_planted_breach_a_library_that_ends_or_hangs_is_one_message(tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(antimony, "find_spec", lambda name: True)
    (tmp_path / "decay.ant").write_text(SMALL)
    monkeypatch.setattr(antimony, "_CHILD", "import os, signal; os.kill(os.getpid(), signal.SIGSEGV)")
    with pytest.raises(InputError, match="ended on it"):
        nonself.read_antimony(tmp_path / "decay.ant")
    monkeypatch.setattr(antimony, "_CHILD", "import time; time.sleep(60)")
    monkeypatch.setattr(antimony, "SECONDS", 0.2)
    with pytest.raises(InputError, match="not done with it"):
        nonself.read_antimony(tmp_path / "decay.ant")


@here
def test_damaged_files_are_read_or_refused(tmp_path) -> None:
    chance = random.Random(7)
    words = SMALL.split(" ")
    for _ in range(12):
        changed = list(words)
        for _ in range(3):
            changed[chance.randrange(len(changed))] = chance.choice(
                [*words, "(", ";", "->", "1e999", "lambda", "=:", "'"]
            )
        path = tmp_path / "damaged.ant"
        path.write_text(" ".join(changed))
        try:
            nonself.read_antimony(path)
        except InputError as error:
            assert error.what
            assert len(error.what) < 2000


def test_the_package_is_loaded_by_no_import_of_ours() -> None:
    assert "antimony" not in sys.modules or not hasattr(sys.modules["nonself.formats.antimony"], "antimony")
    assert not (Path(antimony.__file__).read_text(encoding="utf-8").partition('_CHILD = """')[0]).count(
        "import antimony"
    )
