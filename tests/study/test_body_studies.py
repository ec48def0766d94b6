"""Every shipped study of the body, end to end with a few people: nobody is lost, its report says what it asks."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from nonself.catalog.criteria.reference import reference_intervals
from nonself.study.library import shipped_studies
from nonself.study.run import run
from nonself.study.source import read_study
from nonself.study.spec import BODY, AnyEndpoint

PEOPLE = 12
STUDIES = {name: path for name, path in shipped_studies().items() if read_study(path).spec.model == BODY}
REFERENCED = {one.quantity for one in reference_intervals()}


def test_the_ten_studies_are_there() -> None:
    assert set(STUDIES) >= {
        "healthy", "aging", "infection", "bleeding", "lymphodepletion-recovery", "neutropenia-recovery", "thyroiditis",
        "hemolysis", "lupus-like", "ctla4-family",
    }  # fmt: skip


def diagnoses_nobody(endpoints: tuple[AnyEndpoint, ...]) -> bool:
    return not any(getattr(part, "criterion", None) for part in endpoints)


@pytest.mark.parametrize("name", STUDIES)
def test_a_study_of_the_body_says_who_was_diagnosed(name: str) -> None:
    endpoints = read_study(STUDIES[name]).spec.endpoints
    assert not diagnoses_nobody(endpoints)
    assert diagnoses_nobody(tuple(part for part in endpoints if part.kind not in ("diagnosis", "incidence")))


@pytest.mark.parametrize("name", STUDIES)
def test_a_study_of_the_body_runs_and_reports_what_it_asks(name: str, tmp_path: Path) -> None:
    result = run(name, out=tmp_path / name, patients=PEOPLE)
    study, findings = result.prepared.study.spec, result.findings
    summary = json.loads((tmp_path / name / "summary.json").read_text(encoding="utf-8"))
    assert summary["failed"] == result.failed == 0
    for trial in result.trials:
        for arm in trial.arms:
            assert (arm.finished | arm.died).all(), "everybody finishes or dies of a cause"
    said = {row.endpoint for row in findings.outcomes}
    assert said >= {part.name for part in study.endpoints}
    shown = {band.observable for band in findings.bands}
    assert len(shown) == len(study.observables)
    assert findings.answers
    assert all(len(text) < 600 for text in findings.warnings), "what is assumed is counted, not listed"
    for part in result.prepared.endpoints:
        assert part.title != part.spec.name, "endpoints are called by words"
    page = (tmp_path / name / "report.html").read_text(encoding="utf-8")
    assert " ".join(study.question.split())[:60] in " ".join(page.split())
    assert page.count("<figure>") >= len(shown)
    assert "Gcell/L" not in page.split('id="parameters"')[0], "counts are written as laboratories write them"
    assert ("Gray: reference interval" in page) == bool(REFERENCED & set(study.observables))
    assert "followed from the age of 18" in page, "who died before the study is told"
