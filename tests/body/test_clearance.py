"""Antibody held at a level: how far counts in blood fall, and that the fall is graded."""

from __future__ import annotations

import functools

import numpy as np
import pytest
from experiments.body.courses import IMMORTAL
from numpy.typing import NDArray

from nonself.catalog.body.build import body
from nonself.codegen.build import build
from nonself.codegen.program import Program
from nonself.engine.loop import solve
from nonself.engine.problem import Action, Problem, parameter_table
from nonself.model.compose import compose

Array = NDArray[np.float64]
TISSUES = ("red_cell", "platelet", "granulocyte")
LEVELS = np.array([0.0, 0.02, 0.1, 0.5, 1.0, 5.0, 1000.0])
DAYS = 300


@functools.cache
def program() -> Program:
    return build(compose(body(TISSUES), id="marked", time_unit="day"))


def held(target: str, readouts: tuple[str, ...], **values: float) -> list[Array]:
    """Return readouts after 300 days with antibody made good every day, for each level."""
    lost = LEVELS * (1 - 0.5 ** (1 / 23.5))
    acts = tuple(Action(float(day), "add", f"{target}_antibody", lost) for day in range(1, DAYS))
    columns = dict.fromkeys(IMMORTAL, 0.0) | {"presentation_trait": 1e-6} | values
    table = parameter_table(program(), len(LEVELS), columns | {f"{target}_antibody_initial": LEVELS})
    ids = tuple(f"{level:g}" for level in LEVELS)
    outcomes = solve(Problem(program(), ids, table, DAYS, np.array([0.0, DAYS]), acts, rtol=1e-6))
    assert outcomes.finished.all(), outcomes.failures
    return [outcomes.of(name)[:, -1] for name in readouts]


def is_graded(counts: Array) -> bool:
    """Whether antibody two to five times as high leaves less, but never less than a quarter."""
    steps = counts[2:-1] / counts[1:-2]
    return bool(((steps > 0.25) & (steps < 0.95)).all())


def test_red_cells_fall_with_antibody_to_what_patients_have() -> None:
    """At the assay's limit next to nothing; most cells marked: 50 to 80 g/L with several times the reticulocytes."""
    hemoglobin, young = held("red_cell", ("blood_hemoglobin", "blood_reticulocytes"))
    assert hemoglobin[0] == pytest.approx(152, abs=1.0)
    assert 138 < hemoglobin[1] < 150
    assert 60 < hemoglobin[4] < 85
    assert 45 < hemoglobin[-1] < hemoglobin[5] < 70
    assert young[4] > 4 * young[0]
    assert is_graded(hemoglobin)


def test_planted_breach_macrophages_that_are_soon_full() -> None:
    (hemoglobin,) = held("red_cell", ("blood_hemoglobin",), macrophage_reference=1000.0)
    assert hemoglobin[-1] > 100


def test_platelets_reach_below_ten_and_neutrophils_below_a_half() -> None:
    (platelets,) = held("platelet", ("blood_platelets",))
    (neutrophils,) = held("granulocyte", ("blood_neutrophils",))
    assert platelets[1] > 120
    assert platelets[-1] < 10
    assert is_graded(platelets)
    assert neutrophils[1] > 3.5
    assert neutrophils[-1] < 0.5
    assert is_graded(neutrophils)


def test_planted_breach_without_the_reserve_neutrophils_stay_above_a_half() -> None:
    (neutrophils,) = held("granulocyte", ("blood_neutrophils",), reserve_clearance_share=0.0)
    assert neutrophils[-1] > 0.9
