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

LOW = {"parameter_2": 10}  # two states of rest
HIGH = LOW | {"species_1_initial": 1.5, "species_2_initial": 0.5}
SADDLE = LOW | {"species_1_initial": 0.1481, "species_2_initial": 0.1051}
RELAPSING = {"parameter_4": 7, "parameter_2": 20}
FOCUS = RELAPSING | {"species_1_initial": 1.868, "species_2_initial": 0.302}
NICHE = {"y": 0.1, "S_initial": 0.72, "A_initial": 0.32, "D_initial": 0.52, "T_initial": 0.06}


def started(high: float, **changed: float) -> dict[str, float]:
    """BIOMD550 with one parameter changed, from low or from high values."""
    return {**changed, "species_1_initial": 0.9, "species_2_initial": 0.3} if high else dict(changed)


# file, until, changed, observable, what of its course, value, relative tolerance (from the digits the source gives);
# "max", (from, until) is that of a part of the course; what is said to be 0 is below 1e-9
CHECKABLE = [
    (289, 20000, {"v": 0.005}, "A", "last", 18.24, 5e-4),
    (289, 20000, {"v": 0.005}, "R", "last", 9.973e4, 5e-4),
    (289, 20000, {"v": 0.005}, "E", "last", 7.295e4, 5e-4),
    (289, 20000, {"v": 0.005}, "G", "last", 2.915e7, 5e-4),
    (289, 5000, {}, "R0", "last", 0.7996, 1e-4),
    (341, 1000, {}, "G", "last", 100.0, 1e-4),
    (341, 1000, {}, "I", "last", 10.0, 1e-4),
    (341, 1000, {}, "B", "last", 300.0, 1e-4),
    (289, 5000, {}, "A", "last", 0.0, 0.0),
    (289, 5000, {}, "R", "last", 0.0, 0.0),
    (289, 5000, {}, "E", "last", 0.0, 0.0),
    (289, 5000, {}, "G", "last", 0.0, 0.0),
    (289, 10, {"v": 0.003127}, "R0", "last", 1.0, 2e-4),
    (290, 5000, {}, "R0", "last", 0.7996, 1e-4),
    (290, 5000, {}, "A", "last", 0.0, 0.0),
    (290, 5000, {}, "G", "last", 0.0, 0.0),
    (341, 1000, {"B_initial": 0}, "G", "last", 600.0, 1e-4),
    (341, 1000, {"B_initial": 0}, "B", "last", 0.0, 0.0),
    (341, 1, {"G_initial": 250, "I_initial": 2.8, "B_initial": 36.96}, "G", "last", 250.0, 1e-5),
    (341, 1, {"G_initial": 250, "I_initial": 2.8, "B_initial": 36.96}, "I", "last", 2.8, 1e-4),
    (381, 100, {"f1": 2e-5, "f2": 5e-5}, "Cy", "max", 1.83, 5e-3),
    (381, 100, {"f1": 2e-5, "f2": 5e-5}, "Cy", "last", 0.0, 0.0),
    (381, 100, {}, "Cy", "last", 1.594, 5e-4),
    (381, 100, {}, "Ma", "last", 5.02e6, 1e-3),
    (549, 30, {}, "species_2", "max", 1.972, 5e-4),
    (549, 30, {}, "species_2", "argmax", 15.3, 4e-3),
    (549, 60, {}, "species_1", "last", 3.879, 5e-4),
    (549, 60, {}, "species_2", "last", 0.558, 1e-3),
    (550, 2000, LOW, "species_1", "last", 0.0087, 6e-3),
    (550, 2000, LOW, "species_2", "last", 0.0250, 2e-3),
    (550, 2000, HIGH, "species_1", "last", 1.3284, 5e-5),
    (550, 2000, HIGH, "species_2", "last", 0.3911, 2e-4),
    (550, 1, SADDLE, "species_1", "last", 0.1481, 5e-4),
    (550, 1, SADDLE, "species_2", "last", 0.1051, 5e-4),
    (550, 5000, started(True, parameter_2=5), "species_1", "max", (1000, 5000), 0.0067, 3e-3),
    (550, 5000, started(True, parameter_2=8), "species_1", "last", 0.8876, 1e-4),
    (550, 5000, started(False, parameter_2=8), "species_1", "max", (1000, 5000), 0.0077, 6e-3),
    (550, 5000, started(True, parameter_2=15), "species_1", "last", 2.088, 1e-4),
    (550, 5000, started(False, parameter_2=15), "species_1", "last", 0.01538, 1e-3),
    (550, 5000, started(False, parameter_2=16), "species_1", "last", 2.214, 1e-4),
    (550, 1, FOCUS, "species_1", "last", 1.868, 2e-3),
    (550, 1, FOCUS, "species_2", "last", 0.302, 5e-4),
    (662, 750, {}, "CML", "last", 9879.3, 1e-5),
    (662, 750, {}, "T_cell_effector", "last", 2.924e-4, 5e-4),
    (662, 750, {}, "T_cell_naive", "last", 0.6298, 5e-4),
    (662, 20000, {}, "CML", "last", 9879.9, 1e-4),  # were there no effectors at all: 2.9e-4 are left
    (732, 1000, {}, "Tumor", "max", 1.023e5, 5e-4),
    (732, 20000, {}, "Tumor", "last", 1.7e4, 8e-2),  # "about": at rest 18,198 by its equations
    (732, 2000, {"c": 5e-5}, "Tumor", "last", 9.88e8, 5e-4),
    (732, 20000, {"c": 0.05}, "Tumor", "last", 1.21e4, 5e-3),
    (732, 1000, {"c": 0.01}, "Tumor", "max", 1.3e8, 2e-2),
    (732, 1000, {}, "Tumor", "argmax", 75.0, 1e-2),
    (733, 1000, {}, "tumor_cells", "last", 3425.0, 2e-4),
    (743, 5000, {}, "M", "last", 5.098, 5e-4),
    (743, 5000, {}, "Tc", "last", 594.2, 5e-4),
    (743, 5000, {}, "N", "last", 276.4, 2e-4),
    (743, 5000, {}, "Tr", "last", 47.74, 2e-4),
    (762, 3000, {"E_initial": 1.7e6, "T_initial": 8e6}, "T", "last", 8.186e6, 1e-4),
    (762, 3000, {"E_initial": 1.7e6, "T_initial": 8e6}, "E", "last", 1.608e6, 2e-4),
    (762, 3000, {"E_initial": 1.7e5, "T_initial": 4.4e8}, "T", "last", 4.470e8, 1e-4),
    (762, 3000, {"E_initial": 1.7e5, "T_initial": 4.4e8}, "E", "last", 1.732e5, 2e-4),
    (762, 1, {"E_initial": 7.585e5, "T_initial": 2.68e8}, "T", "last", 2.680e8, 1e-4),
    (762, 1, {"E_initial": 7.585e5, "T_initial": 2.68e8}, "E", "last", 7.585e5, 1e-4),
    (762, 1000, {"T_initial": 0}, "E", "last", 3.155e5, 2e-4),
    (762, 1000, {"T_initial": 0}, "T", "last", 0.0, 0.0),
    (798, 20000, NICHE | {"L_initial": 0.1}, "A", "last", 0.3255, 2e-4),
    (798, 20000, NICHE | {"L_initial": 0.1}, "D", "last", 0.5207, 2e-4),
    (798, 20000, NICHE | {"L_initial": 0.1}, "L", "last", 0.3715, 2e-4),
    (798, 20000, NICHE | {"L_initial": 0.37}, "L", "last", 0.3715, 2e-4),
    (798, 20000, NICHE | {"L_initial": 0.37}, "T", "last", 0.0619, 5e-4),
    (798, 20000, NICHE | {"L_initial": 0.37}, "S", "last", 0.72, 1e-4),
    (798, 20000, NICHE | {"L_initial": 0.01}, "L", "last", 0.0, 0.0),
    (798, 20000, NICHE | {"L_initial": 0.01}, "A", "last", 0.4727, 2e-4),
    (798, 20000, NICHE | {"L_initial": 0.01}, "D", "last", 0.7563, 2e-4),
    (798, 20000, NICHE | {"L_initial": 0.37, "a": 0}, "L", "last", 0.5351, 1e-4),
    (800, 5000, {"z_initial": 3.5e8}, "y", "last", 2.0e9, 1e-3),
    (762, 200, {}, "T", "max", 9.78e7, 1e-3),
    (762, 200, {}, "T", "argmax", 33.9, 5e-3),
    (800, 5000, {}, "z", "last", 1.0e9, 1e-3),
    (803, 1000, {}, "IL7Rb", "last", 894.3, 1e-4),
    (824, 100, {}, "N", "max", 1.42e11, 5e-3),
    (824, 100, {}, "N", "argmax", 21.5, 2e-2),
    (837, 1000, {}, "Inflam", "argmax", 160.0, 3e-3),
    (837, 365, {}, "B", "last", 80.2, 1e-3),
    (837, 1000, {}, "Inflam", "max", 167.9, 1e-3),
    (837, 1000, {}, "B", "last", 53.4, 1e-3),
    (838, 5000, {}, "A", "last", 4640.6, 1e-4),
    (838, 5000, {}, "M", "last", 5.171e4, 2e-4),
    (838, 5000, {}, "T", "last", 2.172e7, 2e-4),
    (852, 500, {}, "y0", "last", 0.469, 2e-3),
    (879, 0.13, {}, "Q", "last", 824.8, 1e-4),  # called the highest there: that of readouts at 0.01 days
    (879, 0.2, {}, "Q", "max", 1080 * 8 / 4.16 * (1 - np.exp(-4.16 / 8)), 1e-4),  # by its own equation
    (879, 200, {}, "I", "argmin", 127.1, 2e-3),
    (879, 200, {}, "N", "min", 1.49e8, 5e-3),
    (879, 200, {}, "N", "argmin", 127.5, 2e-3),
    (879, 200, {}, "N", "last", 2.60e8, 5e-3),
    (879, 200, {}, "I", "min", 2.17e7, 5e-3),
    (909, 500, {}, "T", "last", 0.5648, 1e-4),
    (909, 500, {}, "N", "last", 0.4352, 1e-4),
    (909, 500, {}, "I", "last", 0.4352, 1e-4),
    (898, 2000, {}, "T_TDLC", "last", 0.70, 1e-4),
    (1011, 1000, {}, "CAR_T_cells", "max", (0, 100), 1.64e10, 5e-3),
    (1011, 1000, {}, "CAR_T_cells", "argmax", (0, 100), 12.2, 1e-2),
    (1011, 1000, {}, "CAR_T_cells", "argmax", (700, 1000), 875.1, 1e-3),
    (1011, 1000, {}, "Leukaemic_B_cells", "min", (0, 300), 4.11e5, 5e-3),
    (1011, 1000, {}, "Leukaemic_B_cells", "argmin", (0, 300), 57.0, 1e-2),
    (1011, 1000, {}, "Leukaemic_B_cells", "max", (300, 600), 7.71e10, 2e-3),
    (1011, 1000, {}, "Leukaemic_B_cells", "argmax", (300, 600), 436.6, 1e-3),
    (1011, 1000, {}, "B_cells_healthy", "last", 0.0, 0.0),
    (1019, 400, {}, "T", "max", (60, 249), 0.0, 0.0),
    (1019, 400, {}, "T", "max", (250.1, 260), 9e5, 5e-2),  # given again: 1e6 at 250
    (1019, 400, {}, "T", "max", (300, 400), 0.0, 0.0),  # and cleared by memory
    (1041, 14, {}, "Normal_T_cells", "last", 295.0, 2e-3),
    (1041, 28, {}, "Normal_T_cells", "last", 473.0, 2e-3),
    (1041, 300, {}, "Normal_T_cells", "last", 500.0, 1e-3),
    (1041, 300, {}, "CAR_T_cells", "argmax", 7.0, 1e-2),
    (1041, 300, {}, "Antigen_presenting_tumour_cells", "argmin", 160.0, 3e-3),
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
    number, until, changed, name, how, *part, wanted, tolerance = fact
    course = courses[number, until, str(changed)]
    assert reduced(course, name, how, *part) == pytest.approx(
        wanted, rel=tolerance, abs=0 if tolerance else 1e-9
    )


def reduced(
    course: nonself.Simulation, name: str, how: str, part: tuple[float, float] = (0.0, np.inf)
) -> float:
    """What is asked of a course, or of a part of it."""
    row = [shown.id for shown in course.observables].index(name)
    chosen = (course.times >= part[0]) & (course.times <= part[1])
    times, values = course.times[chosen], course.values[0, chosen, row]
    return {
        "last": values[-1], "max": values.max(), "min": values.min(), "argmax": times[values.argmax()],
        "argmin": times[values.argmin()],
    }[how]  # fmt: skip


def test_relapse_and_remission_go_on_for_ever(courses) -> None:
    """BIOMD550 with c4 = 7 and c2 = 20: round the one unstable focus."""
    model = nonself.read_sbml(FOLDER / "BIOMD0000000550.xml").model
    course = nonself.simulate(model, until=2000, points=4001, set=RELAPSING)
    turns = [reduced(course, "species_1", how, (1800, 2000)) for how in ("min", "max")]
    assert turns[0] < 1.868 - 0.3
    assert turns[1] > 1.868 + 0.3


def test_a_file_with_a_wrong_sign_is_computed_as_it_is_written_and_is_seen(tmp_path) -> None:
    """BIOMD733 kills tumor cells with the sign turned; as printed, day 750 has 3464.2 of them, and the end 3412.9."""
    text = (FOLDER / "BIOMD0000000733.xml").read_text(encoding="utf-8")
    law = text.index('id="Tumor_killing_equation"')
    place = text.index("<minus/>", law)
    (tmp_path / "mended.xml").write_text(
        text[:place] + "<plus/>" + text[place + len("<minus/>") :], encoding="utf-8"
    )
    mended = nonself.read_sbml(tmp_path / "mended.xml").model
    course = nonself.simulate(mended, until=750, points=4001)
    assert reduced(course, "tumor_cells", "last") == pytest.approx(3464.2, rel=2e-5)
    wrong = nonself.read_sbml(FOLDER / "BIOMD0000000733.xml").model
    as_written = nonself.simulate(wrong, until=750, points=4001)
    assert reduced(as_written, "tumor_cells", "last") != pytest.approx(3464.2, rel=3e-5)
    course = nonself.simulate(mended, until=20000, points=11)
    assert reduced(course, "tumor_cells", "last") == pytest.approx(3412.9, rel=5e-5)


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
