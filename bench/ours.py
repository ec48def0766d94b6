"""Our engine, as the benchmark sees it."""

from __future__ import annotations

import statistics
import time
from typing import Any

import numpy as np

from bench.case import Case
from bench.schedule import Array
from nonself.codegen.build import build
from nonself.codegen.program import Program
from nonself.engine.loop import solve
from nonself.engine.problem import Action, Problem, parameter_table
from nonself.engine.result import Outcomes
from nonself.model.compose import compose
from nonself.model.ir import Model

WAY = (
    "`nonself.engine.loop.solve` with one worker and one call for all patients, Rodas5P, one absolute tolerance for "
    "each species, every species kept at every readout."
)


def model(case: Case) -> Model:
    """Return a case's model, composed."""
    return compose([case.mechanism], id=case.id, time_unit=case.time_unit)


class Ours:
    """One model, compiled, ready to run patients."""

    def __init__(self, case: Case) -> None:
        self.case = case
        self.program: Program = build(model(case))
        self.tolerate(1e-4, 1e-4)

    def tolerate(self, rtol: float, factor: float) -> None:
        """Set the relative tolerance, and absolute ones: `factor` times the smallest amounts that matter."""
        self._rtol, self._atol = rtol, factor * self.case.scales

    def problem(self, parameters: Array) -> Problem:
        """Return the engine's problem.

        **Arguments:** `parameters` shape (n_parameters, n_patients).
        """
        case, count = self.case, parameters.shape[1]
        names = (entry.id for entry in case.mechanism.parameters)
        columns: dict[str, Any] = dict(zip(names, parameters, strict=True))
        doses = case.given
        return Problem(
            program=self.program,
            patients=tuple(f"p{index:06d}" for index in range(count)),
            parameters=parameter_table(self.program, count, columns),
            horizon=float(case.outputs[-1]),
            outputs=case.outputs,
            actions=tuple(Action(float(day), "add", doses.species, doses.amount) for day in doses.times),
            rtol=self._rtol,
            atol=self._atol,
        )

    def outcomes(self, parameters: Array) -> tuple[Outcomes, float]:
        """Solve a batch on one core; return what happened and CPU seconds, all threads, without compilation."""
        problem = self.problem(parameters)
        began = time.process_time()
        found = solve(problem, workers=1, keep=self.case.species)
        return found, time.process_time() - began

    def run(self, parameters: Array) -> tuple[Array, float]:
        """Solve patients as every solver does; one that fails is NaN throughout."""
        found, seconds = self.outcomes(parameters)
        return np.where(found.finished[:, None, None], found.values, np.nan), seconds


def build_seconds(case: Case, times: int) -> tuple[float, float]:
    """Return the median seconds of building a model afresh, and of loading it from the cache."""
    composed = model(case)
    build(composed)
    fresh = [build(composed, use_cache=False).seconds for _ in range(times)]
    cached = [build(composed).seconds for _ in range(times)]
    return statistics.median(fresh), statistics.median(cached)
