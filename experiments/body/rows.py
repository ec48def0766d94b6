"""The rows of targets.csv that concern health, beside what the body says: input, fitted, predicted, or waiting."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from experiments.body.courses import LEFT
from nonself.catalog.body.blood_cases import NEUTROPENIA_RECOVERY
from nonself.catalog.body.build import body
from nonself.catalog.body.docetaxel import docetaxel
from nonself.codegen import twin
from nonself.codegen.build import build
from nonself.codegen.program import Program
from nonself.cohort.people import DAYS_PER_YEAR
from nonself.engine.loop import solve
from nonself.engine.problem import Action, Problem, parameter_table
from nonself.model.compose import compose

Array = NDArray[np.float64]
MONTH = DAYS_PER_YEAR / 12
LIMITS = {
    "blood_cd4": 0.4,
    "blood_cd8": 0.2,
}  # lower limits with which the times were counted: Hill-Cawthorne 2012


@dataclass(frozen=True, slots=True)
class Row:
    """One number of a row: what is wanted, within which bounds, what came out, and whether that was put in."""

    id: str
    what: str
    value: float
    low: float
    high: float
    unit: str
    found: float
    how: str  # "by construction", "fitted", "predicted"

    @property
    def inside(self) -> bool:
        """Whether the result lies within the bounds."""
        return self.low <= self.found <= self.high


@cache
def _program(drug: bool = False) -> Program:
    return build(compose([*body(), *((docetaxel(),) if drug else ())], id="body", time_unit="day"))


def course(
    times: Sequence[float] | Array,
    columns: Mapping[str, float],
    actions: tuple[Action, ...] = (),
    drug: bool = False,
) -> dict[str, Array]:
    """Return every species and expression of one person over time, without infections and without death."""
    program = _program(drug)
    outputs = np.asarray(times, dtype=float)
    free = dict.fromkeys(
        ("death_constant_man", "death_constant_woman", "death_level_man", "death_level_woman"), 0.0
    )
    table = parameter_table(program, 1, {**free, **columns})
    outcomes = solve(Problem(program, ("one",), table, float(outputs[-1]), outputs, actions, rtol=1e-8))
    assert outcomes.finished.all(), outcomes.failures
    states = np.array([outcomes.of(name)[0] for name in program.species])
    return twin.named_values(program.model, np.repeat(table, len(outputs), axis=1), states, outputs)


def constraints() -> list[Row]:
    """Return the constraint rows at rest, in the reference adult of 30 years."""
    at = {name: float(value[0]) for name, value in course([0.0, 1.0], {}).items()}
    volume = at["blood_volume"]
    size = at["size"]
    made = 4000.0 * at["megakaryocyte"] / at["megakaryocyte_time"]
    b_all = at["transitional_b"] + at["naive_b"] + at["memory_b"] + at["plasmablast"]
    rest = "by construction"
    return [
        Row("rbc_production", "red cells a day", 2.1e11, 1.9e11, 2.4e11, "cells/day",
            1e9 * at["erythroblast"] / at["erythroblast_time"] / size, rest),
        Row("neut_production", "neutrophils a day", 6.0e10, 4.5e10, 8e10, "cells/day",
            1e9 * at["neutrophil_mitotic"] / at["mitotic_time"] / size, rest),
        Row("plt_production", "platelets a day", 41200, 36000, 46000, "per uL and day", 1e3 * made / volume, rest),
        Row("plt_count", "platelets", 237, 155, 319, "1e3/uL", at["platelets"], rest),
        Row("blood_subsets", "CD4", 837, 313, 1361, "per uL", 1e3 * at["blood_cd4"], rest),
        Row("blood_subsets", "CD8", 660, 228, 1243, "per uL", 1e3 * at["blood_cd8"], rest),
        Row("blood_subsets", "B", 349, 109, 802, "per uL", 1e3 * at["blood_b"], rest),
        Row("blood_subsets", "NK", 472, 140, 1103, "per uL", 1e3 * at["blood_nk"], rest),
        Row("t_total", "T cells", 7.1e11, 3.2e11, 1.6e12, "cells", 1e9 * (at["cd4_cells"] + at["cd8_cells"]) / size,
            rest),
        Row("b_total", "B cells", 3.2e11, 1.5e11, 7e11, "cells", 1e9 * b_all / size, rest),
        Row("thymic_output", "thymic export at 30 years", 3.3e7, 2.4e7, 4.2e7, "cells/day",
            1e9 * (at["thymic_export_cd4"] + at["thymic_export_cd8"]) / size, rest),
        Row("treg_fraction", "regulatory share of CD4", 7.5, 5, 10, "percent", 100 * at["regulator_share"], rest),
        Row("b_self_early", "self-reactive share of early B cells", 65, 55, 75, "percent",
            100 * at["self_reactive_early"], rest),
    ]  # fmt: skip


def recovery() -> list[Row]:
    """Return the clocks after alemtuzumab in a person of 33 years, and after docetaxel in the reference man."""
    start = (33.0 - 18.0) * DAYS_PER_YEAR
    times = start + MONTH / 10 * np.arange(601)
    acts = tuple(Action(start, "multiply", name, share) for name, share in LEFT.items())
    after = course(times, {"age_at_start": 18.0}, acts)
    months = (times - start) / MONTH
    back = {
        name: float(months[np.flatnonzero(after[name] < limit)[-1] + 1]) for name, limit in LIMITS.items()
    }
    case = NEUTROPENIA_RECOVERY
    days = np.arange(0.0, 40.0, 0.02)
    given = tuple(Action(0.0, "add", name, amount) for name, amount in case.add.items())
    count = course(days, case.set, given, drug=True)["neutrophils"]
    nadir = int(count.argmin())
    home = nadir + int(np.flatnonzero(count[nadir:] >= count[0])[0])
    return [
        Row("cd8_recovery", "CD8 back in range", 20, 10, 24, "month", back["blood_cd8"], "fitted"),
        Row("cd4_recovery", "CD4 back in range", 35, 24, 40, "month", back["blood_cd4"], "fitted"),
        Row("neut_nadir", "neutrophil nadir", 0.9, 0.81, 0.99, "1e9/L", float(count[nadir]), "fitted"),
        Row("neut_nadir", "day of the nadir", 7.6, 6.84, 8.36, "day", float(days[nadir]), "fitted"),
        Row("neut_nadir", "day back at baseline", 15.6, 14.04, 17.16, "day", float(days[home]), "fitted"),
    ]  # fmt: skip
