"""Of the SBML Test Suite every twelfth case, and some with delays. All: `python -m tests.formats.sbml_suite`."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest

from tests.formats.sbml_suite import (
    PASSED,
    REFUSED,
    SHARED,
    WRONG,
    Verdict,
    chosen,
    difference,
    guarded,
    manifest,
    settings,
)
from tests.formats.sbml_suite_page import beside_others, by_tag
from tests.formats.sbml_suite_peers import PEERS, known

STATED = 102  # cases that run where the suite is at hand
DELAYS = (
    "00937",
    "00941",
    "00985",
    "01173",
    "01401",
    "01413",
    "01415",
    "01519",
    "01522",
    "01524",
    "01536",
    "01593",
)
NOT_YET = ("fast reaction", "flux balance")

pytestmark = pytest.mark.skipif(not SHARED.is_dir(), reason="the SBML Test Suite is not at hand")


@pytest.fixture(scope="module")
def verdicts() -> dict[str, tuple[str, str]]:
    return {case: (found.outcome, found.why) for case in chosen() for found in [guarded(case)]}


def test_as_many_cases_ran_as_stated(verdicts: dict[str, tuple[str, str]]) -> None:
    assert len(verdicts) >= STATED


def test_no_answer_is_wrong(verdicts: dict[str, tuple[str, str]]) -> None:
    assert {case: why for case, (outcome, why) in verdicts.items() if outcome == WRONG} == {}


def test_what_is_refused_is_refused_by_name(verdicts: dict[str, tuple[str, str]]) -> None:
    refused = {case: why for case, (outcome, why) in verdicts.items() if outcome == REFUSED}
    assert {case: why for case, why in refused.items() if not any(name in why for name in NOT_YET)} == {}
    assert Counter(outcome for outcome, _ in verdicts.values())[PASSED] >= 82


@pytest.mark.parametrize("case", DELAYS)
def test_delays_pass(case: str) -> None:
    """In rules with time, before the start, of changing length, in submodels, functions, triggers and assignments."""
    found = guarded(case)
    assert found.outcome == PASSED, found.why


def test_a_wrong_answer_is_seen() -> None:
    asked = settings("00001")
    column = np.linspace(1.0, 2.0, 5)
    off = column.copy()
    off[3] += 2 * (asked.absolute + asked.relative * abs(off[3]))
    assert difference(column, column, asked) is None
    assert difference(off, column, asked) == 3


def test_others_are_counted_on_the_same_cases() -> None:
    _, peers = known()
    courses = [case for case, row in manifest().items() if row["testType"] == "TimeCourse"]
    assert sorted(peers) == sorted(courses)
    rows = beside_others([Verdict(case, PASSED) for case in courses])
    theirs = [sum(row[name] == PASSED for row in peers.values()) for name in PEERS]
    assert f"| all | {len(courses):,} | {len(courses):,} (0) | {theirs[0]:,} (" in rows[4]
    one = next(case for case, row in peers.items() if row["libRoadRunner"] == PASSED)
    worse = beside_others([Verdict(case, WRONG if case == one else PASSED) for case in courses])  # planted
    assert f"| {len(courses) - 1:,} (1) |" in worse[4]
    assert len(by_tag([Verdict(case, PASSED) for case in courses])) > 40
