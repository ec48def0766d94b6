"""Building and caching: found again, never trusted when damaged, never in the way."""

from __future__ import annotations

from pathlib import Path

import pytest

from nonself.codegen import cache
from nonself.codegen.build import build, write_module
from nonself.codegen.lanes import Lanes
from tests.models import decay, dosed, powers


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("NONSELF_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


def test_second_build_comes_from_the_cache(folder: Path) -> None:
    assert not build(dosed()).cached
    assert build(dosed()).cached
    assert len(list(folder.iterdir())) == 1


def test_another_structure_or_width_is_another_object(folder: Path) -> None:
    build(dosed())
    assert not build(decay()).cached
    assert not build(dosed(), width=4, level="x86-64-v3").cached


@pytest.mark.parametrize("position", [0, 20, 60, -1])
def test_a_damaged_object_is_compiled_again(folder: Path, position: int) -> None:
    build(decay())
    (file,) = folder.iterdir()
    data = bytearray(file.read_bytes())
    data[position] ^= 1
    file.write_bytes(bytes(data))
    assert not build(decay()).cached
    assert build(decay()).cached


def test_a_truncated_object_is_compiled_again(folder: Path) -> None:
    build(decay())
    (file,) = folder.iterdir()
    file.write_bytes(file.read_bytes()[:100])
    assert not build(decay()).cached


def test_another_programs_object_under_this_name_is_refused(folder: Path) -> None:
    build(decay())
    (file,) = folder.iterdir()
    data = file.read_bytes()
    build(dosed())
    other = next(entry for entry in folder.iterdir() if entry != file)
    other.write_bytes(data)
    assert cache.load(other.stem) is None


def test_no_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NONSELF_CACHE", "off")
    assert cache.folder() is None
    assert not build(decay()).cached
    assert not build(decay()).cached


def test_a_cache_that_cannot_be_written_is_no_obstacle(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("NONSELF_CACHE", str(tmp_path / "file" / "below"))
    assert not build(decay()).cached


def test_the_same_model_gives_the_same_code() -> None:
    assert write_module(dosed(), 8, "x86-64-v4") == write_module(dosed(), 8, "x86-64-v4")


def test_no_operation_may_be_rearranged() -> None:
    """No fast-math or contract flag anywhere in the generated code."""
    text = write_module(dosed(), 8, "x86-64-v4")[0]
    for flag in (" fast ", " contract ", " reassoc ", " nnan ", " ninf ", " arcp ", " afn ", " nsz "):
        assert flag not in text
    assert " fast " in text.replace("fadd <", "fadd fast <", 1)  # the planted breach


def test_operation_counts_stay_what_they_are() -> None:
    counts = dict(build(dosed(), use_cache=False).counts)
    assert counts["right_hand_side"] <= 22
    assert counts["jacobian"] <= 45
    assert counts["jacobian_entries"] == 6


def _lines_a_power(monkeypatch: pytest.MonkeyPatch | None = None) -> float:
    """Lines of code that one more power costs, in rates and Jacobian and all."""
    if monkeypatch is not None:  # as it would be in line
        monkeypatch.setattr(Lanes, "shared", lambda self, name, given, body, results=1: body(self, given))
    few, many = (len(write_module(powers(count), 8, "x86-64-v4")[0].split("\n")) for count in (20, 40))
    return (many - few) / 20


def test_many_powers_cost_little_code() -> None:
    assert _lines_a_power() < 60


def test_planted_breach_powers_in_line_cost_much_code(monkeypatch: pytest.MonkeyPatch) -> None:
    assert _lines_a_power(monkeypatch) > 60
