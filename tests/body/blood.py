"""Blood formation alone in a body: stand-ins for what others own, and runs that several tests share."""

from __future__ import annotations

import functools
from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from nonself.catalog.body.blood import blood_formation, no_leukemia, nothing_marked
from nonself.catalog.body.blood_cases import Case
from nonself.catalog.body.docetaxel import docetaxel
from nonself.catalog.entry import Must
from nonself.codegen import twin
from nonself.codegen.build import build
from nonself.codegen.program import Program
from nonself.engine.loop import solve
from nonself.engine.problem import Action, Problem, parameter_table
from nonself.model.compose import compose
from nonself.model.ir import Model
from nonself.model.parts import Mechanism, Parameter, Reaction, Species
from nonself.provenance import assumed

Array = NDArray[np.float64]
WHY = assumed("a stand-in in a test")


def stand_in() -> Mechanism:
    """Return a person and an innate signal that an alarm raises."""
    return Mechanism(
        id="stand_in",
        title="Stand-in for person and innate signal",
        references=(),
        species=(Species("innate", 0.0, "1", WHY, scale=1e-3),),
        parameters=(
            Parameter("male", 1.0, "1", WHY),
            Parameter("size", 1.0, "1", WHY),
            Parameter("liter", 5.0, "L", WHY),
            Parameter("blood_volume", "liter*size", "L", WHY),
            Parameter("alarm", 0.0, "1/day", WHY),
            Parameter("calm", 1.0, "1/day", WHY),
        ),
        reactions=(
            Reaction("innate_rise", "alarm", {"innate": +1}),
            Reaction("innate_fall", "calm*innate", {"innate": -1}),
        ),
    )


def composed(*, drug: bool = False, formation: tuple[Mechanism, ...] | None = None) -> Model:
    """Return the model of blood formation with stand-ins."""
    parts = [stand_in(), *(formation or blood_formation()), nothing_marked(), no_leukemia()]
    return compose([*parts, docetaxel()] if drug else parts, id="blood", time_unit="day")


@functools.cache
def program(drug: bool = False) -> Program:
    return build(composed(drug=drug), use_cache=False)


def at_rest(used: Program, values: Mapping[str, float] | None = None) -> dict[str, float]:
    """Return the initial state by species."""
    state = twin.initial_state(used.model, parameter_table(used, 1, dict(values or {})))[:, 0]
    return dict(zip(used.species, map(float, state), strict=True))


def courses(
    names: tuple[str, ...],
    times: Array,
    *,
    used: Program | None = None,
    keep: Mapping[str, float] | None = None,
    add: Mapping[str, float] | None = None,
    values: Mapping[str, float] | None = None,
    later: tuple[Action, ...] = (),
    rtol: float = 1e-9,
) -> dict[str, Array]:
    """Return courses of observables; at time 0 a share of some species is kept and amounts are added."""
    used = used or program()
    start = at_rest(used, values)
    actions = [Action(0.0, "add", name, (share - 1) * start[name]) for name, share in (keep or {}).items()]
    actions += [Action(0.0, "add", name, amount) for name, amount in (add or {}).items()]
    table = parameter_table(used, 1, dict(values or {}))
    problem = Problem(used, ("one",), table, float(times[-1]), times, (*actions, *later), rtol=rtol)
    outcomes = solve(problem, keep=names)
    assert outcomes.finished.all(), [failure.sentence for failure in outcomes.failures]
    return {name: outcomes.of(name)[0] for name in names}


def measured(case: Case, must: Must, used: Program | None = None) -> float:
    """Return the number that a `must` of a case bounds."""
    used = used or program(case.drug)
    points = 4001 if must.reduce != "at" else 2
    grid = np.linspace(0.0, must.at, points)
    run = courses((must.quantity,), grid, used=used, keep=case.keep, add=case.add, values=case.set)
    course = run[must.quantity]
    reducers = {
        "at": lambda: course[-1], "min": course.min, "max": course.max,
        "argmin": lambda: grid[course.argmin()], "argmax": lambda: grid[course.argmax()],
    }  # fmt: skip
    return float(reducers[must.reduce]())
