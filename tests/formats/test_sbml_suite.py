"""A part of the SBML Test Suite: every twelfth semantic case. All: `python -m tests.formats.sbml_suite`."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest

from tests.formats.sbml_suite import PASSED, REFUSED, SHARED, WRONG, chosen, difference, guarded, settings

STATED = 102  # cases that run where the suite is at hand
NOT_YET = ("delay", "fast reaction", "flux balance")

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


def test_a_wrong_answer_is_seen() -> None:
    asked = settings("00001")
    column = np.linspace(1.0, 2.0, 5)
    off = column.copy()
    off[3] += 2 * (asked.absolute + asked.relative * abs(off[3]))
    assert difference(column, column, asked) is None
    assert difference(off, column, asked) == 3
