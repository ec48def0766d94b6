"""What a study takes is said beforehand, and memory does not grow with courses unless they are kept."""

from __future__ import annotations

import json
import tracemalloc
from pathlib import Path

import pytest
from tests.study.samples import DOSES, write

from nonself import cli
from nonself.study.estimate import BASE, estimate
from nonself.study.overrides import override
from nonself.study.prepare import Prepared, prepare
from nonself.study.run import run
from nonself.study.simulating import simulate_all
from nonself.study.source import read_study

OFTEN = DOSES.replace("every: 1}", "every: 0.05}")


def prepared(folder: Path, patients: int) -> Prepared:
    return prepare(override(read_study(write(folder, OFTEN)), patients, None))


def peak(study: Prepared, courses: bool) -> int:
    tracemalloc.start()
    simulate_all(study, 1, courses=courses)
    found = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return found


def test_memory_does_not_grow_with_courses_unless_they_are_kept(tmp_path: Path) -> None:
    few, many = prepared(tmp_path, 3072), prepared(tmp_path, 9216)
    readouts = few.groups[0].grid.size
    more = (9216 - 3072) * readouts * 8
    assert peak(many, False) - peak(few, False) < 0.3 * more
    assert peak(many, True) - peak(few, True) > 0.9 * more  # planted breach: what keeping them takes


def test_the_estimate_lies_within_twice_of_what_is_taken(tmp_path: Path) -> None:
    for patients in (1024, 4096):
        study = prepared(tmp_path, patients)
        needed = estimate(study).memory - BASE
        taken = peak(study, False)
        assert 0.5 * taken < needed < 2 * taken + 5e6


def test_the_estimate_grows_as_the_study_does(tmp_path: Path) -> None:
    few, many = (estimate(prepared(tmp_path, count)) for count in (1000, 100_000))
    assert (few.courses, many.courses) == (1000, 100_000)
    assert many.memory > few.memory
    assert many.memory < 1.5e9
    assert many.seconds is not None
    assert few.seconds is not None
    assert many.seconds > few.seconds
    kept = estimate(prepared(tmp_path, 100_000), courses=True, is_kept=True)
    assert kept.disk == 100_000 * 841 * 8
    assert kept.memory == many.memory + 2 * kept.disk
    assert ", 670 MB on disk while it runs" in kept.sentence
    assert few.disk == 0


def test_a_run_announces_what_it_will_take(tmp_path: Path) -> None:
    said: list[str] = []
    run(read_study(write(tmp_path, DOSES)), announce=said.append, workers=2)
    (sentence,) = said
    assert sentence.startswith("20 courses: about ")
    assert sentence.endswith(" MB of memory.")
    assert "with 2 workers" in sentence


def test_the_commands_say_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = str(write(tmp_path, DOSES))
    assert cli.main(["validate", file]) == 0
    assert "20 courses: about " in capsys.readouterr().out
    assert cli.main(["validate", file, "--json"]) == 0
    found = json.loads(capsys.readouterr().out)["estimate"]
    assert (found["courses"], found["memory"] > BASE) == (20, True)
    assert cli.main(["run", file, "--out", str(tmp_path / "out")]) == 0
    printed = capsys.readouterr()
    assert "20 courses: about " in printed.err
    assert "20 courses: about " not in printed.out
