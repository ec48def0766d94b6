"""Every patient ends with a status; a failure never becomes a number."""

from __future__ import annotations

import numpy as np
import pytest

from nonself.engine.loop import Part, _Run, solve
from nonself.engine.problem import Action, Problem, parameter_table
from nonself.engine.result import Status
from nonself.errors import InputError
from tests.models import program


def test_one_patient_explodes_and_the_others_finish() -> None:
    built = program("growth")
    table = parameter_table(built, 20)
    table[0, 7] = 1.0  # infinity at t = 1
    names = tuple(f"p{k}" for k in range(20))
    outcomes = solve(Problem(built, names, table, 50.0, np.linspace(0.0, 50.0, 11)))
    assert np.flatnonzero(~outcomes.finished).tolist() == [7]
    assert outcomes.status[7] == Status.STEP_TOO_SMALL
    assert np.isnan(outcomes.values[7, 1:]).all()
    assert np.isfinite(np.delete(outcomes.values, 7, axis=0)).all()
    (failure,) = outcomes.failures
    assert failure.patient == "p7"
    assert abs(failure.time - 1.0) < 1e-6
    for word in ("p7", "t = ", "Y = ", "'birth'", "day"):
        assert word in failure.sentence


def test_exact_solution_of_the_others() -> None:
    built = program("growth")
    outcomes = solve(Problem(built, ("a",), parameter_table(built, 1), 50.0, np.array([50.0]), rtol=1e-9))
    assert abs(outcomes.values[0, 0, 0] - 2.0) < 1e-7


def test_not_finite_at_the_start() -> None:
    built = program("growth")
    for value in (np.nan, np.inf):
        table = parameter_table(built, 3, {"Y0": np.array([1.0, value, 1.0])})
        outcomes = solve(Problem(built, ("a", "b", "c"), table, 1.0, np.array([0.5])))
        assert outcomes.status.tolist() == [0, Status.NOT_FINITE_AT_START, 0]
        assert "b" in outcomes.failures[0].sentence


def test_not_finite_after_a_dose() -> None:
    built = program("growth")
    dose = Action(0.5, "add", "Y", np.array([0.0, np.inf]))
    outcomes = solve(
        Problem(built, ("a", "b"), parameter_table(built, 2), 1.0, np.array([0.2, 0.7]), (dose,))
    )
    assert outcomes.status.tolist() == [0, Status.NOT_FINITE_AFTER_ACTION]
    assert np.isfinite(outcomes.values[1, 0, 0])
    assert outcomes.reached[1] == 0.5


def test_step_budget() -> None:
    built = program("robertson")
    problem = Problem(built, ("a",), parameter_table(built, 1), 1e5, np.array([1e5]), max_steps=20)
    outcomes = solve(problem)
    assert outcomes.status.tolist() == [Status.TOO_MANY_STEPS]
    assert outcomes.steps[0] <= 20
    assert "max_steps" in outcomes.failures[0].sentence


def test_every_status_has_a_sentence_and_a_remedy() -> None:
    for status in Status:
        assert status.sentence.endswith(".")
        assert status.remedy.endswith(".")


def test_fewer_patients_than_lanes_and_a_failure_in_each_lane() -> None:
    built = program("growth", 8)
    for count in (1, 3, 8, 9, 17):
        table = parameter_table(built, count)
        table[0, ::2] = 1.0
        outcomes = solve(Problem(built, tuple(map(str, range(count))), table, 5.0, np.array([0.5, 5.0])))
        assert outcomes.finished.tolist() == [k % 2 == 1 for k in range(count)]
        assert np.isfinite(outcomes.values[:, 0]).all()


def _spoiled(monkeypatch: pytest.MonkeyPatch, until: float) -> None:
    """Make every attempt at a tolerance above `until` times the asked one lose patient 1."""
    whole = _Run.chunk

    def chunk(self: _Run, part: Part, tighter: float = 1.0, events: int = 8) -> None:
        whole(self, part, tighter, events)
        if tighter > until and 1 in np.arange(3)[part]:
            self.status[1] = Status.STEP_TOO_SMALL
            self.reached[1] = tighter

    monkeypatch.setattr(_Run, "chunk", chunk)


def _three() -> Problem:
    built = program("growth")
    return Problem(built, ("a", "b", "c"), parameter_table(built, 3), 50.0, np.array([50.0]))


def test_the_retry_ladder_mends_what_a_tighter_tolerance_mends(monkeypatch: pytest.MonkeyPatch) -> None:
    plain = solve(_three())
    _spoiled(monkeypatch, until=1e-3)
    mended = solve(_three())
    assert mended.status.tolist() == [Status.FINISHED, Status.FINISHED_ON_RETRY, Status.FINISHED]
    assert mended.finished.all()
    assert not mended.failures
    assert abs(mended.values[1, 0, 0] - 2.0) < abs(plain.values[1, 0, 0] - 2.0) < 1e-4
    assert mended.values[[0, 2]].tobytes() == plain.values[[0, 2]].tobytes()


def test_what_the_ladder_cannot_mend_keeps_its_first_record(monkeypatch: pytest.MonkeyPatch) -> None:
    _spoiled(monkeypatch, until=0.0)
    lost = solve(_three())
    assert lost.status.tolist() == [Status.FINISHED, Status.STEP_TOO_SMALL, Status.FINISHED]
    assert lost.reached[1] == 1.0


def test_a_course_that_stands_still_is_given_up_soon() -> None:
    """Counted: once the steps no longer move time, the patient is lost, long before the budget."""
    built = program("growth")
    outcomes = solve(Problem(built, ("a",), parameter_table(built, 1, {"r": 1.0}), 50.0, np.array([50.0])))
    assert outcomes.status.tolist() == [Status.STEP_TOO_SMALL]
    assert outcomes.steps[0] < 600


def test_keeping_nothing_is_refused() -> None:
    built = program("growth")
    problem = Problem(built, ("a",), parameter_table(built, 1), 1.0, np.array([0.5]))
    with pytest.raises(InputError, match="no observable is kept"):
        solve(problem, keep=())
