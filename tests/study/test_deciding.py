"""Doses held, reduced and ended in a study, checked against the courses themselves."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from tests.study.samples import DOSES

from nonself.errors import InputError
from nonself.study.run import StudyResult, run
from nonself.study.source import read_study

DAYS = np.arange(0.0, 64.0, 7.0)
STEP = "{therapy: docetaxel, dose: 180 mg, start: 0, every: 7, count: 10%s}"


def _run(tmp_path: Path, more: str) -> StudyResult:
    head = DOSES[: DOSES.index("arms:")].replace("until: 42", "until: 70")
    arms = f"""arms:
  - name: decided
    regimen:
      - {STEP % more}
  - name: plain
    regimen:
      - {STEP % ""}
observables: [neutrophils, plasma_docetaxel]
"""
    file = tmp_path / "study.yaml"
    file.write_text(head + arms)
    return run(read_study(file), courses=True)


def _given(result: StudyResult) -> tuple[np.ndarray, np.ndarray]:
    """Neutrophils and drug in blood at the ten dose days of the decided arm, right after each decision and dose."""
    course = result.to_xarray()
    decided = course.where(course.arm == "decided", drop=True).sel(time=DAYS)
    return decided["neutrophils"].values, decided["plasma_docetaxel"].values


def test_a_dose_is_held_exactly_while_the_condition_holds(tmp_path: Path) -> None:
    seen, drug = _given(_run(tmp_path, ", hold: neutrophils < 1.5"))
    assert ((drug > 25) == (seen >= 1.5)).all()
    assert 0 < (seen < 1.5).sum() < seen.size


def test_doses_are_reduced_for_good_each_time(tmp_path: Path) -> None:
    seen, drug = _given(_run(tmp_path, ", reduce: {when: neutrophils < 1.5, to: 0.5}"))
    share = 0.5 ** np.cumsum(seen < 1.5, axis=1)
    assert np.allclose(drug, 180 / 7.4 / 0.808 * share, rtol=1e-3)
    assert share.min() < 0.5


def test_doses_end_for_good(tmp_path: Path) -> None:
    seen, drug = _given(_run(tmp_path, ", end_when: neutrophils < 1.2"))
    ended = np.cumsum(seen < 1.2, axis=1) > 0
    assert ((drug > 25) == ~ended).all()
    assert ended.any()
    assert (seen[ended] > 1.2).any()  # blood recovers, and still no dose comes


def test_arms_are_the_same_until_a_decision_differs(tmp_path: Path) -> None:
    course = _run(tmp_path, ", hold: neutrophils < 1.5").to_xarray()["neutrophils"]
    decided, plain = (course.where(course.arm == name, drop=True).values for name in ("decided", "plain"))
    first = (decided[:, ::7] < 1.5)[:, :10]
    for row, held in enumerate(first):
        until = 7 * int(held.argmax()) if held.any() else 70
        assert decided[row, : until + 1].tobytes() == plain[row, : until + 1].tobytes()


def test_what_rules_bring_is_no_number_of_the_model(tmp_path: Path) -> None:
    findings = _run(tmp_path, ", hold: neutrophils < 1.5").findings
    assert not [row.id for row in findings.parameters if row.id.startswith("dose_")]
    assert not [text for text in findings.warnings if "dose_" in text]


@pytest.mark.parametrize(
    ("more", "what"),
    [
        (", hold: neutrophil < 1", "did you mean 'neutrophils'"),
        (", hold: neutrophils", "not allowed here"),
        (", end_when: 1 < neutrophils in 2", "not allowed here"),
        (", reduce: {when: neutrophils < 1, to: 1.5}", "is not below 1"),
        (", reduce: neutrophils < 1", "write 'reduce: {when: …}'"),
    ],
)
def test_wrong_conditions_name_their_line(tmp_path: Path, more: str, what: str) -> None:
    with pytest.raises(InputError) as caught:
        _run(tmp_path, more)
    assert what in str(caught.value)
    assert caught.value.line == 15
