"""Speed, gated on counts: operations of the generated code and steps of the benchmark's dosed model."""

from __future__ import annotations

import numpy as np
import pytest
from bench.models import dosed30

from nonself.codegen.build import build
from nonself.codegen.program import Program
from nonself.engine.loop import solve
from nonself.engine.problem import Action, Problem, parameter_table
from nonself.model.compose import compose

PATIENTS = 8
OPERATIONS = {"right_hand_side": 231, "jacobian": 574, "jacobian_entries": 150, "factors": 166, "lu": 454}


@pytest.fixture(scope="module")
def program() -> Program:
    return build(compose([dosed30.MECHANISM], id="dosed30", time_unit="day"), use_cache=False)


def test_operations(program: Program) -> None:
    counts = dict(program.counts)
    assert {name: counts[name] for name in OPERATIONS if counts[name] > OPERATIONS[name]} == {}


def _mean_steps(program: Program, rtol: float, factor: float) -> tuple[float, float]:
    spread = np.random.default_rng(1).normal(0.0, 0.2, (len(program.parameters), PATIENTS))
    changed = [name in {part.id for part in dosed30.MECHANISM.parameters} for name in program.parameters]
    table = parameter_table(program, PATIENTS) * np.exp(spread * np.array(changed)[:, None])
    doses = dosed30.DOSES
    problem = Problem(
        program,
        tuple(map(str, range(PATIENTS))),
        table,
        dosed30.HORIZON,
        dosed30.OUTPUTS,
        tuple(Action(float(day), "add", doses.species, doses.amount) for day in doses.times),
        rtol=rtol,
        atol=factor * program.scales,
    )
    outcomes = solve(problem, keep=program.species)
    assert outcomes.finished.all()
    assert np.isfinite(outcomes.values).all()
    return float(outcomes.steps.mean()), float(outcomes.rejected.mean())


@pytest.mark.parametrize(("rtol", "factor", "most"), [(1e-4, 1e-2, 1400), (1e-5, 1e-4, 2400)])
def test_steps_of_thirty_doses_over_five_years(
    program: Program, rtol: float, factor: float, most: int
) -> None:
    steps, rejected = _mean_steps(program, rtol, factor)
    assert steps <= most
    assert rejected <= 0.05 * steps


def test_planted_breach_a_tighter_tolerance_breaks_the_gate(program: Program) -> None:
    assert _mean_steps(program, 1e-6, 1e-4)[0] > 2400
