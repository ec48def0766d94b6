"""BioModels: all at hand load and simulate; values worked out independently by another solver (biomodels/README.md).

Against libRoadRunner, which CI does not install: `python -m tests.formats.biomodels`.
"""

from __future__ import annotations

import numpy as np
import pytest

import nonself
from tests.formats.biomodels import FOLDER, UNSEEN, apart, files, ours

STATED = 86
pytestmark = pytest.mark.skipif(not FOLDER.is_dir(), reason="the BioModels are not at hand")

# file, until, changed, observable, what of its course, value, relative tolerance (from the digits the source gives)
CHECKABLE = [
    (289, 20000, {"v": 0.005}, "A", "last", 18.24, 5e-4),
    (289, 20000, {"v": 0.005}, "R", "last", 9.973e4, 5e-4),
    (289, 20000, {"v": 0.005}, "E", "last", 7.295e4, 5e-4),
    (289, 20000, {"v": 0.005}, "G", "last", 2.915e7, 5e-4),
    (289, 5000, {}, "R0", "last", 0.7996, 1e-4),
    (341, 1000, {}, "G", "last", 100.0, 1e-4),
    (341, 1000, {}, "I", "last", 10.0, 1e-4),
    (341, 1000, {}, "B", "last", 300.0, 1e-4),
    (381, 100, {}, "Cy", "last", 1.594, 5e-4),
    (381, 100, {}, "Ma", "last", 5.02e6, 1e-3),
    (549, 30, {}, "species_2", "max", 1.972, 5e-4),
    (549, 30, {}, "species_2", "argmax", 15.3, 4e-3),
    (662, 750, {}, "CML", "last", 9879.3, 1e-5),
    (662, 750, {}, "T_cell_effector", "last", 2.924e-4, 5e-4),
    (662, 750, {}, "T_cell_naive", "last", 0.6298, 5e-4),
    (732, 1000, {}, "Tumor", "max", 1.023e5, 5e-4),
    (732, 1000, {}, "Tumor", "argmax", 75.0, 1e-2),
    (733, 1000, {}, "tumor_cells", "last", 3425.0, 2e-4),
    (743, 5000, {}, "M", "last", 5.098, 5e-4),
    (743, 5000, {}, "Tc", "last", 594.2, 5e-4),
    (762, 200, {}, "T", "max", 9.78e7, 1e-3),
    (762, 200, {}, "T", "argmax", 33.9, 5e-3),
    (800, 5000, {}, "z", "last", 1.0e9, 1e-3),
    (803, 1000, {}, "IL7Rb", "last", 894.3, 1e-4),
    (824, 100, {}, "N", "max", 1.42e11, 5e-3),
    (837, 1000, {}, "Inflam", "max", 167.9, 1e-3),
    (837, 1000, {}, "B", "last", 53.4, 1e-3),
    (838, 5000, {}, "A", "last", 4640.6, 1e-4),
    (838, 5000, {}, "M", "last", 5.171e4, 2e-4),
    (852, 500, {}, "y0", "last", 0.469, 2e-3),
    (879, 200, {}, "N", "min", 1.49e8, 5e-3),
    (879, 200, {}, "N", "argmin", 127.5, 2e-3),
    (879, 200, {}, "N", "last", 2.60e8, 5e-3),
    (879, 200, {}, "I", "min", 2.17e7, 5e-3),
    (909, 500, {}, "T", "last", 0.5648, 1e-4),
    (898, 2000, {}, "T_TDLC", "last", 0.70, 1e-4),
    (1011, 1000, {}, "CAR_T_cells", "max", 1.68e10, 5e-3),
    (1011, 1000, {}, "CAR_T_cells", "argmax", 443.5, 2e-3),
    (1013, 500, {}, "Tumour_cells", "last", 2.81e10, 5e-3),
    (1014, 500, {}, "Tumour_cells", "min", 0.092, 5e-3),
    (1022, 200, {}, "T", "max", 1.38e8, 5e-3),
    (1041, 300, {}, "CAR_T_cells", "max", 30.1, 5e-3),
    (1041, 300, {}, "Antigen_presenting_tumour_cells", "min", 7.5e-14, 1e-2),
    (1056, 2000, {}, "C2", "last", 1.98e10, 5e-3),
]  # fmt: skip


@pytest.fixture(scope="module")
def courses() -> dict[tuple[int, float, str], nonself.Simulation]:
    found = {}
    for number, until, changed, *_ in CHECKABLE:
        key = (number, until, str(changed))
        if key not in found:
            model = nonself.read_sbml(FOLDER / f"BIOMD{number:010d}.xml").model
            found[key] = nonself.simulate(model, until=until, points=4001, set=changed)
    return found


@pytest.mark.parametrize("fact", CHECKABLE, ids=lambda fact: f"{fact[0]}-{fact[3]}-{fact[4]}")
def test_values_worked_out_elsewhere(fact, courses) -> None:
    number, until, changed, name, how, wanted, tolerance = fact
    course = courses[number, until, str(changed)]
    row = [part.id for part in course.observables].index(name)
    values = course.values[0, :, row]
    found = {
        "last": values[-1], "max": values.max(), "min": values.min(), "argmax": course.times[values.argmax()],
        "argmin": course.times[values.argmin()],
    }[how]  # fmt: skip
    assert found == pytest.approx(wanted, rel=tolerance)


def test_every_file_loads_and_simulates() -> None:
    assert len(files()) >= STATED
    failed = {path.stem: why for path in files() for _, _, why in [ours(path, 1e-6)] if why}
    assert failed == {}


def test_doses_at_moments_of_a_cycle_are_given() -> None:
    """BIOMD814 injects on five days of each cycle of 28, asked for as `time mod 28 == 27` and the like."""
    assert list(UNSEEN) == ["BIOMD0000000814"]
    model = nonself.read_sbml(FOLDER / "BIOMD0000000814.xml").model
    course = nonself.simulate(
        model, until=120, points=1201, show=("dose1", "dose2", "dose3", "dose_4", "dose_5")
    )
    given = [course.times[1:][np.diff(course.values[0, :, k]) == 1.0].round(6).tolist() for k in range(5)]
    assert given == [[55.0, 83.0, 111.0], [56.0, 84.0, 112.0], [57.0, 85.0, 113.0], [58.0, 86.0, 114.0],
                     [59.0, 87.0, 115.0]]  # fmt: skip


def test_planted_breach_courses_a_thousandth_apart_are_seen() -> None:
    left = np.ones((2, 5))
    assert apart(left, left) == 0.0
    assert apart(left, left * [[1.0], [1.001]]) > 9e-4
    assert np.isnan(apart(left, np.where(left == 1.0, np.nan, 0.0)))
