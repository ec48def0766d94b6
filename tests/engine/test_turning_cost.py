"""What the turns of conditions on time cost: one evaluation for all patients who see the same parameters."""

from __future__ import annotations

import numpy as np
import pytest

from nonself.codegen.workspace import TURN
from nonself.engine import stops
from nonself.engine.problem import Array, parameter_table
from nonself.engine.stops import schedule
from nonself.expr import evaluate
from tests.engine.eventful import compiled, model, problem

PATIENTS = 40
PULSED = model(
    {"Y": 0.0},
    {"Y": "(rate if time < stop else 0) + (1 if time < 7 else 0)"},
    parameters={"rate": 1.0, "start": 2.0, "length": 1.0, "stop": "start + 3*length"},  # type: ignore[dict-item]
)


def _counted(monkeypatch: pytest.MonkeyPatch, **columns: Array) -> tuple[int, Array]:
    """How many formulas are evaluated, and the turns, (n_turns, n_patients)."""
    calls: list[str] = []

    def counting(formula: str, values: dict[str, float]) -> float:
        calls.append(formula)
        return evaluate(formula, values)

    monkeypatch.setattr(stops, "evaluate", counting)
    built = compiled(PULSED)
    table = parameter_table(built, PATIENTS, columns)
    found = schedule(problem(built, [1.0, 20.0], PATIENTS, parameters=table))
    width = found.time.shape[1]
    turns = found.time[(found.kind == TURN).all(axis=1)]
    return len(calls), np.broadcast_to(turns, (len(turns), PATIENTS)) if width == 1 else turns


def test_patients_alike_in_what_a_turn_depends_on_share_it(monkeypatch: pytest.MonkeyPatch) -> None:
    calls, turns = _counted(monkeypatch, rate=np.linspace(1, 2, PATIENTS))
    assert calls == 3  # 7, stop, and what stop is derived from
    assert np.array_equal(turns, np.repeat([[5.0], [7.0]], PATIENTS, axis=1))


def test_planted_each_patient_has_the_own_turn_where_parameters_differ(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Sharing by anything less than all that a turn depends on, derived ones too, would give some another's."""
    length = np.linspace(0.1, 0.6, PATIENTS)
    length[PATIENTS // 2 :] = length[: PATIENTS // 2]
    calls, turns = _counted(monkeypatch, length=length)
    assert calls == 1 + 2 * (PATIENTS // 2)
    assert np.array_equal(turns[0], 2.0 + 3 * length)
    assert np.array_equal(turns[1], np.full(PATIENTS, 7.0))
