"""The study in docs/studies.md is run, as it stands there."""

from __future__ import annotations

import re
from pathlib import Path

from nonself.study.run import run
from nonself.study.source import read_study

GUIDE = Path(__file__).parents[2] / "docs" / "studies.md"


def block(language: str) -> str:
    found = re.search(rf"```{language}\n(.*?)```", GUIDE.read_text(), re.DOTALL)
    assert found
    return found[1]


def test_the_study_of_the_guide_runs(tmp_path: Path) -> None:
    (tmp_path / "study.yaml").write_text(block("yaml"))
    (tmp_path / "patients.csv").write_text(block("csv"))
    result = run(read_study(tmp_path / "study.yaml"), tmp_path / "out")
    assert result.failed == 0
    assert len(result.findings.panels) == 4
    assert result.findings.answers[0].startswith("My patients: of 4 patients who had the full dose, ")
    assert (tmp_path / "out" / "report.html").stat().st_size > 50_000
