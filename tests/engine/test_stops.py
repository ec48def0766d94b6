"""Doses, switches and readouts at the same time, at the ends, and per patient."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from nonself.engine.loop import solve
from nonself.engine.problem import Action, Problem, parameter_table
from nonself.errors import InputError, UnknownName
from tests.models import program


def _decay(
    outputs: list[float], actions: tuple[Action, ...], horizon: float = 4.0, **more: object
) -> np.ndarray:
    built = program("decay")
    problem = Problem(
        built,
        ("a", "b"),
        parameter_table(built, 2),
        horizon,
        np.array(outputs),
        actions,
        rtol=1e-9,
        **more,  # type: ignore[arg-type]
    )
    outcomes = solve(problem)
    assert outcomes.finished.all()
    return outcomes.values[:, :, 0]


def test_dose_at_zero_and_at_the_horizon_are_seen_after() -> None:
    values = _decay([0.0, 4.0], (Action(0.0, "add", "Y", 1.0), Action(4.0, "add", "Y", 5.0)))
    assert np.allclose(values, [2.0, 2 * np.exp(-4.0) + 5.0], rtol=1e-8)


def test_readout_before_shows_the_trough() -> None:
    actions = (Action(0.0, "add", "Y", 1.0), Action(2.0, "add", "Y", 1.0), Action(4.0, "add", "Y", 5.0))
    values = _decay([0.0, 2.0, 4.0], actions, readout="before")
    trough = 2 * np.exp(-2.0)
    assert np.allclose(values, [1.0, trough, (trough + 1) * np.exp(-2.0)], rtol=1e-8)


def test_two_doses_at_once_add_up() -> None:
    values = _decay([2.0], (Action(2.0, "add", "Y", 1.0), Action(2.0, "add", "Y", 2.0)))
    assert np.allclose(values, np.exp(-2.0) + 3.0, rtol=1e-8)


def test_times_within_the_last_digits_are_one() -> None:
    early = Action(2.0 - 1e-13, "add", "Y", 1.0)
    late = Action(2.0 + 1e-13, "add", "Y", 2.0)
    assert np.allclose(_decay([2.0], (late, early)), np.exp(-2.0) + 3.0, rtol=1e-8)


def test_many_readouts_at_one_time() -> None:
    values = _decay([1.0, 1.0, 1.0], (Action(1.0, "add", "Y", 1.0),))
    assert np.allclose(values, np.exp(-1.0) + 1.0, rtol=1e-8)
    assert (values[:, 0] == values[:, 2]).all()


def test_horizon_zero() -> None:
    assert np.allclose(_decay([0.0, 0.0], (Action(0.0, "add", "Y", 1.0),), horizon=0.0), 2.0)


def test_times_and_amounts_by_patient_and_never() -> None:
    actions = (Action(np.array([1.0, np.nan]), "add", "Y", np.array([1.0, 9.0])),)
    values = _decay([2.0], actions)
    assert np.allclose(values[:, 0], [np.exp(-2) + np.exp(-1), np.exp(-2)], rtol=1e-8)


def test_setting_a_parameter() -> None:
    values = _decay([1.0, 4.0], (Action(1.0, "set", "k", 0.0),))
    assert np.allclose(values, np.exp(-1.0), rtol=1e-8)


def test_horizon_and_outputs_by_patient() -> None:
    built = program("decay")
    outputs = np.array([[0.5, 1.0], [1.0, 3.0]])
    problem = Problem(built, ("a", "b"), parameter_table(built, 2), np.array([1.0, 3.0]), outputs, rtol=1e-9)
    outcomes = solve(problem)
    assert np.allclose(outcomes.values[:, :, 0], np.exp(-outputs.T), rtol=1e-8)
    assert outcomes.reached.tolist() == [1.0, 3.0]


@pytest.mark.parametrize(
    ("what", "change"),
    [
        ("before time 0", {"actions": (Action(-1.0, "add", "Y", 1.0),)}),
        ("must not decrease", {"outputs": np.array([1.0, 0.5])}),
        ("outside the course", {"outputs": np.array([5.0])}),
        ("outside the course", {"outputs": np.array([-1.0])}),
        ("must be finite", {"outputs": np.array([np.nan])}),
        ("not unique", {"patients": ("a", "a")}),
        ("no patients", {"patients": (), "parameters": np.zeros((2, 0))}),
        ("horizon must be finite", {"horizon": np.nan}),
    ],
)
def test_wrong_problems_are_refused(what: str, change: dict[str, object]) -> None:
    built = program("decay")
    good: dict[str, object] = {
        "program": built, "patients": ("a", "b"), "parameters": parameter_table(built, 2), "horizon": 4.0,
        "outputs": np.array([1.0]),
    }  # fmt: skip
    with pytest.raises(InputError, match=what):
        Problem(**{**good, **change})  # type: ignore[arg-type]


def test_unknown_target_names_the_near_miss() -> None:
    built = program("dosed")
    with pytest.raises(UnknownName, match="drug"):
        Problem(
            built,
            ("a",),
            parameter_table(built, 1),
            1.0,
            np.array([1.0]),
            (Action(0.0, "add", "drugs", 1.0),),
        )


def test_the_cost_of_a_step_does_not_grow_with_doses_not_yet_given() -> None:
    """Counted, not timed: doses after the horizon change no step."""
    built = program("decay")
    none = Problem(built, ("a",), parameter_table(built, 1), 4.0, np.array([4.0]))
    later = tuple(Action(5.0 + k, "add", "Y", 1.0) for k in range(300))
    many = Problem(built, ("a",), parameter_table(built, 1), 4.0, np.array([4.0]), later)
    assert solve(none).steps.tolist() == solve(many).steps.tolist()


def test_a_pause_stops_and_changes_nothing_after_it() -> None:
    """A stop at which nothing happens does not begin anew: the step after it is not a first step."""
    built = program("decay")
    plain = Problem(built, ("a",), parameter_table(built, 1), 4.0, np.array([4.0]), rtol=1e-9)
    paused = solve(dataclasses.replace(plain, actions=(Action(1.5, "pause"), Action(2.5, "pause"))))
    touched = solve(
        dataclasses.replace(plain, actions=(Action(1.5, "add", "Y", 0.0), Action(2.5, "add", "Y", 0.0)))
    )
    assert paused.values[0, 0, 0] == pytest.approx(np.exp(-4.0), rel=1e-8)
    assert paused.steps[0] <= solve(plain).steps[0] + 6
    assert paused.steps[0] < touched.steps[0]
