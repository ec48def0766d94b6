"""The tissues alone in a body: stand-ins for what others own, and runs that several tests share."""

from __future__ import annotations

import functools
from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from nonself.catalog.body.dying_cells import healthy_blood_death
from nonself.catalog.body.target_tissues import target_tissues
from nonself.catalog.body.tissue import TISSUES, nothing_attacks, reads
from nonself.codegen.build import build
from nonself.codegen.program import Program
from nonself.engine.loop import solve
from nonself.engine.problem import Problem, parameter_table
from nonself.model.compose import compose
from nonself.model.parts import Expression, Mechanism, Observable, Parameter
from nonself.provenance import assumed

Array = NDArray[np.float64]
WHY = assumed("a stand-in in a test")
PROVIDED = (*(f"{x}_{what}" for x in TISSUES for what in ("mass", "release")), "nuclear_release")
ACTS = {name: unit for x in TISSUES for name, unit in reads(x).items()}


def stand_in() -> Mechanism:
    """Return a person with free macrophages, who is read all that tissues provide."""
    return Mechanism(
        id="stand_in",
        title="Stand-in for person and blood formation",
        references=(),
        parameters=(
            Parameter("size", 1.0, "1", WHY),
            Parameter("kidney_function", 100.0, "mL/min", WHY),
            Parameter("macrophage_share_set", 1.0, "1", WHY),
        ),
        expressions=(Expression("macrophage_share", "macrophage_share_set", "1"),),
        observables=tuple(Observable(f"seen_{name}", name, "1") for name in PROVIDED),
    )


def attack() -> Mechanism:
    """Return a mechanism that gives each rate a tissue reads as a parameter `<name>_set`, 0 unless set."""
    return Mechanism(
        id="attack",
        title="Attack at will",
        references=(),
        parameters=tuple(Parameter(f"{name}_set", 0.0, unit, WHY) for name, unit in ACTS.items()),
        expressions=tuple(Expression(name, f"{name}_set", unit) for name, unit in ACTS.items()),
    )


def mechanisms(quiet: bool = False) -> tuple[Mechanism, ...]:
    """Return all tissues, attacked at will or, `quiet`, by nothing."""
    around = tuple(nothing_attacks(x) for x in TISSUES) if quiet else (attack(),)
    return (*target_tissues(), healthy_blood_death(), *around, stand_in())


@functools.cache
def program(quiet: bool = False) -> Program:
    """Return the compiled tissues."""
    return build(compose(mechanisms(quiet), id="tissues", time_unit="day"), use_cache=False)


def run(
    until: float,
    acts: Mapping[str, float] | None = None,
    start: Mapping[str, float] | None = None,
    days: int = 201,
    used: Program | None = None,
    **parameters: float,
) -> dict[str, Array]:
    """Return the courses of all observables on a grid of `days` times, and `day` itself."""
    used = used or program()
    values = {f"{name}_set": value for name, value in (acts or {}).items()}
    values |= {f"{name}_initial": value for name, value in (start or {}).items()} | parameters
    grid = np.linspace(0.0, until, days)
    outcomes = solve(Problem(used, ("a",), parameter_table(used, 1, values), until, grid, rtol=1e-8))
    assert outcomes.finished.all()
    return dict(zip(used.observables, outcomes.values[0].T, strict=True)) | {"day": grid}
