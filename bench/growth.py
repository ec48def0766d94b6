"""How our time grows: with species, patients, doses and outputs, with a second worker, and what one step costs."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from bench.case import Case
from bench.curve import spread
from bench.models import load
from bench.models.tissues import sized
from bench.ours import Ours
from bench.peak import operations
from bench.schedule import Doses
from nonself.engine.loop import solve

RTOL, FACTOR = 3e-5, 3e-4
"""Tolerances of these tables: a median error of 5e-6 on dosed30."""
PATIENTS = 256
TIMES = 3

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a table.

    **Arguments:** `label`; `seconds` per trajectory, median of `TIMES`; `steps` per trajectory, accepted and
    rejected; `operations` of one lane-step.
    """

    label: str
    seconds: float
    steps: float
    operations: int

    @property
    def nanoseconds(self) -> float:
        """What one step of one lane costs."""
        return 1e9 * self.seconds / self.steps

    @property
    def rate(self) -> float:
        """Counted operations a second."""
        return self.operations / (1e-9 * self.nanoseconds)


def row(label: str, case: Case, patients: int = PATIENTS) -> Row:
    """Measure one line."""
    engine = Ours(case)
    engine.tolerate(RTOL, FACTOR)
    parameters = case.patients(patients, 1)
    found = [engine.outcomes(parameters) for _ in range(TIMES + 1)][1:]
    outcomes = found[0][0]
    steps = float(np.mean(outcomes.steps + outcomes.rejected))
    return Row(label, spread([s for _, s in found])[0] / patients, steps, operations(engine.program))


def _dosed(count: int) -> Case:
    base = load("dosed30")
    times = np.linspace(1.0, 1800.0, count) if count else np.empty(0)
    return replace(base, doses=Doses(base.doses.species, times, base.doses.amount))


def tables(say: Say) -> dict[str, list[Row]]:
    """Measure growth with species, patients, doses and outputs."""
    base = load("dosed30")
    horizon = float(base.outputs[-1])
    say("growth of our time")
    return {
        "species": [row(str(15 * n), sized(n), 64) for n in (1, 2, 5, 10)],
        "patients": [row(str(n), base, n) for n in (1, 8, 64, 512, 2048)],
        "doses": [row(str(n), _dosed(n)) for n in (0, 10, 30, 100)],
        "readouts": [
            row(str(n), replace(base, outputs=np.linspace(0.0, horizon, n))) for n in (2, 121, 1201)
        ],
    }


def steps(models: Sequence[str]) -> list[Row]:
    """Measure what a step costs on each model."""
    return [row(name, load(name), 64 if len(load(name).species) > 100 else PATIENTS) for name in models]


def workers(rounds: int, patients: int = 2048) -> tuple[list[float], list[float]]:
    """Return wall seconds of the same batch of dosed30 with one worker and with two, in turns."""
    case = load("dosed30")
    engine = Ours(case)
    engine.tolerate(RTOL, FACTOR)
    problem = engine.problem(case.patients(patients, 1))
    found: tuple[list[float], list[float]] = ([], [])
    for _ in range(rounds):
        for count, times in zip((1, 2), found, strict=True):
            began = time.perf_counter()
            solve(problem, workers=count, keep=case.species[:1])
            times.append(time.perf_counter() - began)
    return found
