"""Our engine, as the benchmark sees it."""

from __future__ import annotations

import statistics
import time
from functools import lru_cache

from bench.reference import scales
from bench.schedule import Array, Doses
from nonself.codegen.build import build
from nonself.codegen.program import Program
from nonself.engine.loop import solve
from nonself.engine.problem import Action, Problem, parameter_table
from nonself.model.compose import compose
from nonself.model.parts import Mechanism

_MECHANISMS: dict[str, Mechanism] = {}


@lru_cache(maxsize=4)
def _program(name: str) -> Program:
    return build(compose([_MECHANISMS[name]], id=name, time_unit="day"))


def program(mechanism: Mechanism) -> Program:
    """Compile a mechanism, once."""
    _MECHANISMS[mechanism.id] = mechanism
    return _program(mechanism.id)


def build_seconds(mechanism: Mechanism, times: int = 5) -> tuple[float, float]:
    """Return the median seconds of building a mechanism afresh, and of loading it from the cache."""
    model = compose([mechanism], id=mechanism.id, time_unit="day")
    build(model)
    fresh = [build(model, use_cache=False).seconds for _ in range(times)]
    cached = [build(model).seconds for _ in range(times)]
    return statistics.median(fresh), statistics.median(cached)


def run(
    mechanism: Mechanism,
    parameters: Array,
    doses: Doses,
    outputs: Array,
    rtol: float,
    factor: float | None = None,
) -> tuple[Array, float]:
    """Solve a batch on one core; a patient that fails is NaN.

    **Arguments:** `parameters` shape (n_parameters, n_patients); `rtol` relative tolerance; `factor` absolute
    tolerance as a multiple of the smallest amount that matters, by default `rtol`.

    **Returns:** values, shape (n_patients, n_times, n_species), and CPU seconds (all threads) of the solve,
    without compilation.
    """
    built = program(mechanism)
    columns = {entry.id: row for entry, row in zip(mechanism.parameters, parameters, strict=True)}
    problem = Problem(
        program=built,
        patients=tuple(f"p{index:06d}" for index in range(parameters.shape[1])),
        parameters=parameter_table(built, parameters.shape[1], columns),
        horizon=float(outputs[-1]),
        outputs=outputs,
        actions=tuple(Action(float(day), "add", doses.species, doses.amount) for day in doses.times),
        rtol=rtol,
        atol=(rtol if factor is None else factor) * scales(mechanism),
    )
    species = tuple(entry.id for entry in mechanism.species)
    began = time.process_time()
    outcomes = solve(problem, workers=1, keep=species)
    return outcomes.values, time.process_time() - began
