"""The lymphocytes alone in a body: stand-ins for what others own, and runs that several tests share."""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from nonself.catalog.body.b_cells import b_cells
from nonself.catalog.body.natural_killers import natural_killers
from nonself.catalog.body.plasma_cells import plasma_cells
from nonself.catalog.body.repertoire import repertoire
from nonself.catalog.body.t_cells import t_cells
from nonself.catalog.body.t_responses import t_responses
from nonself.codegen import twin
from nonself.codegen.build import build
from nonself.codegen.program import Program
from nonself.engine.loop import solve
from nonself.engine.problem import Action, Problem, parameter_table
from nonself.model.compose import compose
from nonself.model.ir import Model
from nonself.model.parts import Expression, Mechanism, Observable, Parameter, Reaction, Species
from nonself.provenance import assumed

Array = NDArray[np.float64]
WHY = assumed("a stand-in in a test")
MONTH, YEAR = 30.4375, 365.25
LYMPHOCYTES = (t_cells, t_responses, repertoire, natural_killers, b_cells, plasma_cells)
# What a deep depletion by antibody leaves: blood CD4 all but gone, memory cells reached less than naive ones,
# regulatory T cells least of the CD4; transitional B cells as naive ones, plasma cells not at all.
LEFT = {
    "naive_cd4": 0.02, "naive_cd8": 0.02, "memory_cd4": 0.06, "memory_cd8": 0.06, "effector_cd4": 0.06,
    "effector_cd8": 0.06, "regulator": 0.08, "nk": 0.10, "transitional_b": 0.02, "naive_b": 0.02, "memory_b": 0.06,
    "plasmablast": 0.06,
}  # fmt: skip
REMOVAL_DAYS = 5.0
READ = {"blood_cd4": "Gcell/L", "blood_cd8": "Gcell/L", "blood_b": "Gcell/L", "blood_nk": "Gcell/L",
        "regulator_share": "1", "transitional_share": "1"}  # fmt: skip


def stand_in(aging: bool = True) -> Mechanism:
    """Return a person, a pathogen that is cleared, and a marrow with room."""
    plain = {"size": 1.0, "thymic_trait": 1.0, "deletion_trait": 1.0}
    return Mechanism(
        id="stand_in",
        title="Stand-in for person, innate and blood formation",
        references=(),
        species=(Species("pathogen", 0.0, "1", WHY, scale=1e-3),),
        parameters=(
            *(Parameter(name, value, "1", WHY) for name, value in plain.items()),
            Parameter("age_at_start", 30.0, "year", WHY),
            Parameter("days_a_year", YEAR, "day/year", WHY),
            Parameter("blood_volume", "5*liter*size", "L", WHY),
            Parameter("liter", 1.0, "L", WHY),
            Parameter("clearance", 0.3, "1/day", WHY),
            Parameter("room", 1.0, "1", WHY),
        ),
        expressions=(
            Expression("age", "age_at_start + time/days_a_year" if aging else "age_at_start + 0*time/days_a_year",
                       "year"),
            Expression("marrow_room", "room", "1"),
        ),
        observables=tuple(Observable(f"seen_{name}", name, unit) for name, unit in READ.items()),
        reactions=(Reaction("pathogen_cleared", "clearance*pathogen", {"pathogen": -1}),),
    )  # fmt: skip


def removal() -> Mechanism:
    """Return a removal of lymphocytes, at a rate per cell and state that is off until it is set."""
    rates = {name: Parameter(f"remove_{name}", 0.0, "1/day", WHY) for name in LEFT}
    naive = "(remove_naive_cd4*naive_cd4 + remove_naive_cd8*naive_cd8)/naive_t"
    return Mechanism(
        id="removal",
        title="Removal of lymphocytes",
        references=(),
        parameters=tuple(rates.values()),
        reactions=(
            *(Reaction(f"removing_{name}", f"remove_{name}*{name}", {name: -1}) for name in LEFT),
            Reaction("removing_clonotypes", f"{naive}*single_clone_share*diversity", {"diversity": -1}),
        ),
    )


def model(aging: bool = True, without: str = "") -> Model:
    """Return the composed lymphocytes, by themselves."""
    parts = [stand_in(aging), *(part() for part in LYMPHOCYTES if part.__name__ != without), removal()]
    return compose(parts, id="lymphocytes", time_unit="day")


@functools.cache
def program(aging: bool = True) -> Program:
    """Return the compiled lymphocytes."""
    return build(model(aging))


def courses(
    times: Sequence[float] | Array,
    columns: Mapping[str, float] | None = None,
    actions: tuple[Action, ...] = (),
    *,
    aging: bool = True,
    rtol: float = 1e-8,
) -> dict[str, Array]:
    """Return each species and expression over time, (n_times,), of one person."""
    used = program(aging)
    outputs = np.asarray(times, dtype=float)
    table = parameter_table(used, 1, columns)
    outcomes = solve(Problem(used, ("one",), table, float(outputs[-1]), outputs, actions, rtol=rtol))
    assert outcomes.finished.all(), outcomes.failures
    states = np.array([outcomes.of(name)[0] for name in used.species])
    named = twin.named_values(used.model, np.repeat(table, len(outputs), axis=1), states, outputs)
    return {name: np.broadcast_to(values, outputs.shape) for name, values in named.items()}


def depletion(at: float, left: Mapping[str, float] = LEFT) -> tuple[Action, ...]:
    """Return the actions that leave a given share of each kind of cell, but for what grows back meanwhile."""
    on = tuple(
        Action(at, "set", f"remove_{name}", -float(np.log(share)) / REMOVAL_DAYS)
        for name, share in left.items()
    )
    return (*on, *(Action(at + REMOVAL_DAYS, "set", f"remove_{name}", 0.0) for name in left))


def recovery(
    age: float, left: Mapping[str, float] = LEFT, years: float = 12.0, **columns: float
) -> dict[str, Array]:
    """Return the course after a depletion at an age, from a run-in that began at 18; `month` counts from it."""
    start = (age - 18.0) * YEAR
    times = start + MONTH / 10 * np.arange(round(120 * years) + 1)
    found = courses(times, {"age_at_start": 18.0, **columns}, depletion(start, left))
    return found | {"month": (times - start) / MONTH}


def month_above(course: Mapping[str, Array], name: str, level: float) -> float:
    """Return the month after which a count, once below a level, is back above it; infinite if it never is."""
    values = course[name]
    below = np.flatnonzero(values < level)
    if below.size == 0:
        return 0.0
    back = int(below[-1]) + 1
    return float(course["month"][back]) if back < len(values) else float("inf")


B_CELLS = ("transitional_b", "naive_b", "memory_b", "plasmablast")


def without_b_cells(days: float = 150.0, years: float = 8.0) -> dict[str, Array]:
    """Return the course after B cells were removed at one rate for so long as an antibody lasts."""
    on = tuple(Action(0.0, "set", f"remove_{name}", 1.0) for name in B_CELLS)
    off = tuple(Action(days, "set", f"remove_{name}", 0.0) for name in B_CELLS)
    times = MONTH / 10 * np.arange(round(120 * years) + 1)
    return courses(times, {}, (*on, *off), aging=False) | {"month": times / MONTH}
