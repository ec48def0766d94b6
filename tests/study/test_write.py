"""Files on disk are whole or not there."""

from pathlib import Path

import numpy as np
import pytest

from nonself.errors import InputError
from nonself.study.write import json_bytes, plain, require_writable, write_files


def test_files_appear_together_and_nothing_else_is_left(tmp_path: Path):
    write_files(tmp_path / "a" / "out", {"one": b"1", "two": b"2"})
    found = {path.name: path.read_bytes() for path in (tmp_path / "a" / "out").iterdir()}
    assert found == {"one": b"1", "two": b"2"}
    assert [path.name for path in (tmp_path / "a").iterdir()] == ["out"]


def test_files_of_an_earlier_run_are_replaced_and_others_are_left_alone(tmp_path: Path):
    (tmp_path / "two").write_bytes(b"old")
    (tmp_path / "mine").write_bytes(b"mine")
    write_files(tmp_path, {"one": b"1", "two": b"2"})
    found = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    assert found == {"one": b"1", "two": b"2", "mine": b"mine"}


def test_a_run_that_is_cut_off_leaves_no_seal(tmp_path: Path, monkeypatch):
    write_files(tmp_path / "out", {"one": b"old", "seal": b"old"})
    real = Path.replace

    def cut_off(self: Path, target: Path) -> Path:
        if target.name == "seal":
            raise OSError(28, "No space left on device")
        return real(self, target)

    monkeypatch.setattr(Path, "replace", cut_off)
    with pytest.raises(InputError, match="No space left"):
        write_files(tmp_path / "out", {"one": b"new", "seal": b"new"})
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["one"]


def test_checking_a_folder_leaves_nothing_behind(tmp_path: Path):
    require_writable(tmp_path / "a" / "b")
    assert list(tmp_path.iterdir()) == []


def test_plain_values_for_json():
    assert plain(np.array([1.0, np.nan])) == [1.0, None]
    assert plain({"a": (1, float("inf"))}) == {"a": [1, None]}
    assert json_bytes({"ä": 1}) == '{\n "ä": 1\n}\n'.encode()
