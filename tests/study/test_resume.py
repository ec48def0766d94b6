"""A run killed at any point and resumed with other workers gives the same bytes and reuses what was finished."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from tests.models import program
from tests.study.samples import DOSES

from nonself.cohort import trial
from nonself.engine import finished
from nonself.engine.finished import Keeper
from nonself.engine.loop import solve
from nonself.engine.problem import Problem, parameter_table
from nonself.errors import InputError
from nonself.study.run import run
from nonself.study.source import read_study


class KilledError(Exception):
    """Stands for a kill."""


@pytest.fixture
def counts(monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """Small chunks, and a count of what was solved and what was found, over all runs of a test."""
    seen: Counter[str] = Counter()
    monkeypatch.setattr(finished, "CHUNK", 7)
    monkeypatch.setattr(trial, "CHUNK", 7)
    monkeypatch.setattr(Keeper.__init__, "__defaults__", (7, seen))
    plain = Keeper.__init__

    def start(self: Keeper, folder: Path, chunk: int = 7, counts: Counter[str] | None = None) -> None:
        plain(self, folder, chunk, seen)

    monkeypatch.setattr(Keeper, "__init__", start)
    return seen


def _study(tmp_path: Path) -> Path:
    file = tmp_path / "study.yaml"
    file.write_text(DOSES.replace("patients: 20", "patients: 60"))
    return file


@pytest.mark.parametrize("kill_after", [1, 30, 50])
def test_killed_and_resumed_is_the_same_and_reuses_what_was_finished(
    tmp_path: Path, counts: Counter[str], kill_after: int
) -> None:
    study = read_study(_study(tmp_path))
    whole = run(study, tmp_path / "whole", workers=1)
    all_chunks = counts["solved"]
    assert counts["found"] == 0
    counts.clear()

    def kill(done: int, total: int) -> None:
        if done >= kill_after:
            raise KilledError

    with pytest.raises(KilledError):
        run(study, tmp_path / "out", workers=1, progress=kill)
    assert not (tmp_path / "out" / "summary.json").exists()
    before = counts["solved"]
    assert 0 < before <= all_chunks
    counts.clear()
    resumed = run(study, tmp_path / "out", resume=True, workers=2)
    assert resumed.digest == whole.digest
    assert counts["found"] == before
    assert counts["solved"] == all_chunks - before
    table = "patients.parquet"
    assert (tmp_path / "out" / table).read_bytes() == (tmp_path / "whole" / table).read_bytes()
    assert not (tmp_path / "out" / ".finished").exists()


def test_without_resume_nothing_old_is_used(tmp_path: Path, counts: Counter[str]) -> None:
    study = read_study(_study(tmp_path))

    def kill(done: int, total: int) -> None:
        raise KilledError

    with pytest.raises(KilledError):
        run(study, tmp_path / "out", progress=kill)
    counts.clear()
    run(study, tmp_path / "out")
    assert counts["found"] == 0


def _problem(slope: float = 0.6) -> Problem:
    built = program("growth")
    rates = np.where(np.arange(20) == 13, 1.0, 0.01 * slope)
    names = tuple(map(str, range(20)))
    return Problem(built, names, parameter_table(built, 20, {"r": rates}), 50.0, np.linspace(0, 50.0, 6))


def test_the_keeper_gives_the_bytes_of_solve_failures_included(tmp_path: Path) -> None:
    plain = solve(_problem())
    for _ in range(2):  # solved, then found
        kept = Keeper(tmp_path, 6)(_problem(), workers=2)
        assert kept.values.tobytes() == plain.values.tobytes()
        assert kept.failures == plain.failures
        assert kept.status.tolist() == plain.status.tolist()


def test_another_problem_or_a_damaged_file_is_solved_again(tmp_path: Path) -> None:
    keeper = Keeper(tmp_path, 6)
    keeper(_problem())
    assert keeper.counts == {"solved": 4}
    keeper(_problem(0.61))
    assert keeper.counts == {"solved": 8}
    for file in tmp_path.glob("*.npz"):
        file.write_bytes(file.read_bytes()[:-40])
    keeper(_problem())
    assert keeper.counts == {"solved": 12}
    assert keeper(_problem()).values.tobytes() == solve(_problem()).values.tobytes()


def test_resume_needs_a_folder(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no folder to resume from"):
        run(read_study(_study(tmp_path)), resume=True)


def test_a_real_kill(tmp_path: Path) -> None:
    """The process itself is killed from outside while chunks are being finished."""
    file = tmp_path / "study.yaml"
    file.write_text(DOSES.replace("patients: 20", "patients: 60000"))
    command = [
        sys.executable,
        "-m",
        "nonself.cli",
        "run",
        str(file),
        "--out",
        str(tmp_path / "out"),
        "--workers",
        "1",
    ]
    environment = {**os.environ, "PYTHONWARNINGS": "ignore"}
    process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    kept = tmp_path / "out" / ".finished"
    deadline = time.monotonic() + 60
    while not (kept.is_dir() and len(list(kept.glob("*.npz"))) >= 3) and time.monotonic() < deadline:
        if process.poll() is not None:
            break
        time.sleep(0.01)
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert process.returncode == -signal.SIGKILL
    assert len(list(kept.glob("*.npz"))) >= 3
    resumed = run(read_study(file), tmp_path / "out", resume=True, workers=2)
    assert resumed.digest == run(read_study(file)).digest
