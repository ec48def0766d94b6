"""A study's laboratory: asked for, endpoints and criteria see what it reports; courses stay as they are, bit by bit."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from nonself.analysis.measurement import Precision
from nonself.errors import InputError
from nonself.study.arriving import arrive_all
from nonself.study.measure import measure
from nonself.study.prepare import Prepared, prepare
from nonself.study.run import StudyResult, run
from nonself.study.simulating import simulate_all
from nonself.study.source import Study, study_from_text

TEXT = """\
study: measured
title: Measured
model: body
tissues: [thyroid]
time: {unit: day, from: 0, until: 40, every: 10}
cohorts:
  - name: adults
    patients:
      population: {people: 40, age: [20, 22], ensemble: null}
arms:
  - name: nothing
  - name: infection
    regimen:
      - {add: {pathogen: 0.3}, at: 15}
observables: [tsh, blood_hemoglobin, fever]
endpoints:
  - {kind: value, name: tsh_10, of: tsh, at: 10}
  - {kind: value, name: hemoglobin_10, of: blood_hemoglobin, at: 10}
  - {kind: value, name: fever_10, of: fever, at: 10}
  - {kind: variation, name: spread, of: blood_hemoglobin}
  - {kind: diagnosis, name: anemia, criterion: anemia, from: 0}
seed: 5
"""


def read(text: str = TEXT) -> Study:
    return study_from_text(text, "study.yaml", Path())


@pytest.fixture(scope="module")
def exact() -> StudyResult:
    return run(read())


@pytest.fixture(scope="module")
def clinic() -> StudyResult:
    return run(read(TEXT + "measurement: clinic\n"))


def seen(result: StudyResult, name: str, arm: int = 0) -> np.ndarray:
    return next(
        part.values
        for part in result.measurements
        if part.plan.spec.name == name and part.arm == result.trials[0].arms[arm].arm.name
    )


def changes_a_course(one: StudyResult, other: StudyResult) -> bool:
    return any(
        a.prints.tobytes() != b.prints.tobytes() or a.status.tobytes() != b.status.tobytes()
        for a, b in zip(one.trials[0].arms, other.trials[0].arms, strict=True)
    )


def test_no_course_is_changed(exact: StudyResult, clinic: StudyResult) -> None:
    assert not changes_a_course(exact, clinic)
    assert changes_a_course(exact, run(read(TEXT.replace("pathogen: 0.3", "pathogen: 0.31")))), (
        "breach is seen"
    )


def test_endpoints_see_what_is_reported(exact: StudyResult, clinic: StudyResult) -> None:
    ratio = seen(clinic, "tsh_10") / seen(exact, "tsh_10")
    assert 0.07 < np.log(ratio).std() < 0.15
    ratio = seen(clinic, "hemoglobin_10") / seen(exact, "hemoglobin_10")
    assert 0.009 < np.log(ratio).std() < 0.019
    assert (seen(clinic, "fever_10") == seen(exact, "fever_10")).all(), "no laboratory measures it"
    assert np.median(seen(clinic, "spread")) > np.median(seen(exact, "spread")) + 0.5


def test_arms_share_the_error_of_a_visit(exact: StudyResult, clinic: StudyResult) -> None:
    """Before their plans differ the arms are one, and so is what is reported of them."""
    assert seen(clinic, "tsh_10", 0).tobytes() == seen(clinic, "tsh_10", 1).tobytes()


def test_workers_one_person_and_other_readouts_change_no_bit(clinic: StudyResult) -> None:
    text = TEXT + "measurement: clinic\n"
    assert run(read(text), workers=2).digest == clinic.digest
    who = clinic.trials[0].cohort.patients[7]
    alone = run(read(text), only=who)
    finer = run(read(text.replace("every: 10", "every: 5")))
    for name in ("tsh_10", "hemoglobin_10"):
        assert seen(alone, name)[0] == seen(clinic, name)[7]
        assert seen(finer, name).tobytes() == seen(clinic, name).tobytes()


def anemic(result_of: Prepared) -> list[bool]:
    arrived = arrive_all(result_of, 1)
    found = measure(arrived, simulate_all(arrived, 1))
    return [bool(part.happened.all()) for part in found if part.plan.spec.name == "anemia"]


def test_criteria_see_what_is_reported() -> None:
    """By a laboratory that reports all below 200 g/L as below it everybody is anemic."""
    prepared = prepare(read(TEXT + "measurement: clinic\n"))
    assert anemic(prepared) == [False, False]
    assert anemic(replace(prepared, precisions={"blood_hemoglobin": Precision(0.0, 200.0)})) == [True, True]


def test_the_reader_is_told(clinic: StudyResult, exact: StudyResult) -> None:
    said = " ".join(clinic.findings.warnings)
    assert "TSH ± 10.8 % (not seen below 0.02 mU/L)" in said
    assert "Exact, since no laboratory's variation was found: innate signal" in said
    assert "laboratory" not in " ".join(exact.findings.warnings)


def test_a_study_of_which_nothing_is_measured_is_refused() -> None:
    text = TEXT.split("observables:", maxsplit=1)[0] + "observables: [fever]\nmeasurement: clinic\n"
    with pytest.raises(InputError, match="measures nothing of what this study reads out") as caught:
        prepare(read(text))
    assert "study.yaml" in str(caught.value)
    with pytest.raises(InputError, match="hospital"):
        read(TEXT + "measurement: hospital\n")
