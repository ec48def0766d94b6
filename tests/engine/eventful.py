"""Small models with events, and how to run them, for tests."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from nonself.codegen.build import build
from nonself.codegen.program import Program
from nonself.engine.loop import assignments, replay, solve
from nonself.engine.problem import Array, Problem, parameter_table
from nonself.engine.result import Assignment, Outcomes
from nonself.model.compose import compose
from nonself.model.ir import Model
from nonself.model.parts import Event, Expression, Hazard, Mechanism, Parameter, Reaction, Species
from nonself.provenance import assumed

WHY = assumed("a test")


def model(
    species: Mapping[str, float],
    rates: Mapping[str, str],
    events: tuple[Event, ...] = (),
    parameters: Mapping[str, float] | None = None,
    expressions: Mapping[str, str] | None = None,
    hazards: tuple[Hazard, ...] = (),
) -> Model:
    """Return a model in which each species named in `rates` changes at that rate."""
    mechanism = Mechanism(
        "m", "m", (),
        species=tuple(Species(name, value, "1", WHY, scale=1e-6) for name, value in species.items()),
        parameters=tuple(Parameter(name, value, "1", WHY) for name, value in (parameters or {}).items()),
        expressions=tuple(Expression(name, formula, "1") for name, formula in (expressions or {}).items()),
        reactions=tuple(
            Reaction(f"of_{name}", rate, {name: 1}, signed=True) for name, rate in rates.items()
        ),
        events=events,
        hazards=hazards,
    )  # fmt: skip
    return compose([mechanism], id="m", time_unit="day")


def compiled(given: Model, width: int | None = None) -> Program:
    """Return the compiled model."""
    level = None if width is None or width == 8 else "x86-64-v3"
    return build(given, width=width, level=level, use_cache=False)


def problem(built: Program, times: object, patients: int = 1, **more: object) -> Problem:
    """Return a problem of a few patients that ends at the last readout."""
    grid = np.atleast_1d(np.asarray(times, dtype=float))
    settings = {"rtol": 1e-9, "horizon": float(grid[-1]), "outputs": grid, **more}
    table = settings.pop("parameters", parameter_table(built, patients))
    names = tuple(f"p{k}" for k in range(patients))
    return Problem(built, names, table, **settings)  # type: ignore[arg-type]


def run(given: Model | Program, times: object, **more: object) -> Outcomes:
    """Solve for one patient; the course must be complete."""
    built = given if isinstance(given, Program) else compiled(given)
    outcomes = solve(problem(built, times, **more))
    assert outcomes.finished.all(), outcomes.failures
    return outcomes


def values(given: Model | Program, species: str, times: object, **more: object) -> Array:
    """Return the values of one species of one patient."""
    return run(given, times, **more).of(species)[0]


def log(given: Model | Program, until: float, **more: object) -> tuple[Assignment, ...]:
    """Return what events assigned in the course of one patient."""
    built = given if isinstance(given, Program) else compiled(given)
    return assignments(replay(problem(built, until, **more), "p0"))


def order(given: Model | Program, until: float, **more: object) -> list[str]:
    """Return the events in the order of their assignments, one entry an assignment."""
    return [one.event for one in log(given, until, **more)]
