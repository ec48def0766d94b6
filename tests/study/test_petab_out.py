"""PEtab out: what is written is read again to the likelihood of the study's own courses; other programs run it too."""

from __future__ import annotations

from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest
from tests.formats.petab_rules import wrong_with
from tests.study.petab_studies import (
    NEAR,
    SHARED,
    SMALL,
    STUDIES,
    Points,
    apart,
    at_hand,
    courses,
    likelihood,
    of_neutropenia,
    read,
    table,
)

import nonself
from nonself.study.prepare import prepare
from nonself.study.source import read_study


@pytest.fixture(params=STUDIES)
def written(request, tmp_path) -> tuple[Path, Points, Path]:
    path, points = request.param(tmp_path)
    nonself.write_petab(path, tmp_path / "out")
    return path, points, tmp_path / "out"


def test_read_again_it_has_the_likelihood_of_the_studys_own_courses(written) -> None:
    path, points, folder = written
    expected = courses(prepare(read_study(path)), folder, points)
    assert np.ptp(expected) > 0
    assert apart(folder, expected) < NEAR
    assert read(folder).log_likelihood() == pytest.approx(likelihood(folder, expected), rel=NEAR)


def test_the_tables_are_as_the_specification_asks(written) -> None:
    *_, folder = written
    (path,) = folder.glob("*.yaml")
    assert wrong_with(path) == []


def test_rows_are_in_the_order_of_the_conditions_ids(written) -> None:
    *_, folder = written
    for name, column in (("conditions.tsv", "conditionId"), ("measurements.tsv", "simulationConditionId")):
        found = [row[column] for row in table(folder, name)]
        assert found == sorted(found)


@pytest.mark.parametrize("written", SMALL, indirect=True)
@pytest.mark.skipif(find_spec("roadrunner") is None, reason="libRoadRunner is not installed (extra test)")
def test_libroadrunner_runs_the_conditions_to_the_same_values(written) -> None:
    *_, folder = written
    rows = table(folder, "measurements.tsv")
    ours = read(folder).simulated()
    names = list(dict.fromkeys(row["simulationConditionId"] for row in rows))
    for condition in names:
        mine = [k for k, row in enumerate(rows) if row["simulationConditionId"] == condition]
        theirs = by_roadrunner(folder, condition, [rows[k] for k in mine])
        assert theirs == pytest.approx(ours[mine], rel=1e-6)


def by_roadrunner(folder: Path, condition: str, rows: list[dict[str, str]]) -> list[float]:
    """What measurements of a condition would be: its parameters written into the model, which is then run."""
    import libsbml
    import roadrunner

    nominal = {row["parameterId"]: float(row["nominalValue"]) for row in table(folder, "parameters.tsv")}
    cells = next(row for row in table(folder, "conditions.tsv") if row["conditionId"] == condition)
    document = libsbml.readSBML(str(folder / "model.xml"))
    given = {key: nominal[cell] if cell in nominal else float(cell) for key, cell in list(cells.items())[2:]}
    for name, value in given.items():
        assert document.getModel().getParameter(name).setValue(value) == libsbml.LIBSBML_OPERATION_SUCCESS
    roadrunner.Logger.disableLogging()
    runner = roadrunner.RoadRunner(libsbml.writeSBMLToString(document))
    runner.integrator.absolute_tolerance, runner.integrator.relative_tolerance = 1e-13, 1e-12
    runner.integrator.maximum_num_steps = 1_000_000
    watched = {row["observableId"]: row["observableFormula"] for row in table(folder, "observables.tsv")}
    grid = sorted({0.0, *(float(row["time"]) for row in rows)})
    if len(grid) == 1:
        grid.append(1.0)
    found = runner.simulate(times=grid, selections=sorted(set(watched.values())))
    column = {name: k for k, name in enumerate(sorted(set(watched.values())))}
    return [
        float(found[grid.index(float(row["time"])), column[watched[row["observableId"]]]]) for row in rows
    ]


# planted breaches ----------------------------------------------------------------------------------------------
def changed(folder: Path, name: str, change: Callable[[list[dict[str, str]]], None]) -> None:
    rows = table(folder, name)
    change(rows)
    lines = ["\t".join(rows[0]), *("\t".join(row.values()) for row in rows)]
    (folder / name).write_text("\n".join(lines) + "\n")


def shift_a_dose(folder: Path) -> None:
    text = (folder / "model.xml").read_text()
    assert text.count('<cn sbml:units="dimensionless" type="integer">21</cn>') + text.count(">21</cn>") > 0
    (folder / "model.xml").write_text(text.replace(">21</cn>", ">21.5</cn>", 1))


def lose_an_override(folder: Path) -> None:
    def lose(rows: list[dict[str, str]]) -> None:
        rows[0]["Circ0"] = "5.05"  # the model's own

    changed(folder, "conditions.tsv", lose)


def forget_the_unit_of_time(folder: Path) -> None:
    def forget(rows: list[dict[str, str]]) -> None:
        for row in rows:
            row["time"] = repr(float(row["time"]) * 24)

    changed(folder, "measurements.tsv", forget)


def forget_the_other_arm(folder: Path) -> None:
    def forget(rows: list[dict[str, str]]) -> None:
        (dose,) = (name for name in rows[0] if name == "plan_C1")
        for row in rows:
            row[dose] = "180.0"

    changed(folder, "conditions.tsv", forget)


@pytest.mark.parametrize(
    "breach", [shift_a_dose, lose_an_override, forget_the_unit_of_time, forget_the_other_arm]
)
def test_planted_breach_is_seen(breach, tmp_path) -> None:
    path, points = of_neutropenia(tmp_path)
    folder = tmp_path / "out"
    nonself.write_petab(path, folder)
    expected = courses(prepare(read_study(path)), folder, points)
    before = likelihood(folder, expected)
    assert apart(folder, expected) < NEAR
    breach(folder)
    assert apart(folder, expected) > 1e-4
    assert abs(read(folder).log_likelihood() - before) > 1e-4 * abs(before)


@pytest.mark.parametrize(
    ("name", "old", "new", "said"),
    [
        ("parameters.tsv", "sd_neutrophils", "sd_neutrophil", "unknown 'sd_neutrophils'"),
        ("conditions.tsv", "v00002", "v2", "unknown condition 'v00002_docetaxel_135_mg'"),
        ("conditions.tsv", "plan_C1", "Cp", "'Cp' is nothing of the model that can be given"),
        ("observables.tsv", "observed_neutrophils\t", "neutrophils\t", "hides a part of the model"),
        ("measurements.tsv", "\tmeasurement\t", "\tvalue\t", "measurement_files lacks measurement"),
        ("parameters.tsv", "logNormal", "lognormal", "prior of"),
    ],
)  # fmt: skip
def test_planted_breaches_of_the_specification_are_seen(name, old, new, said, tmp_path) -> None:
    nonself.write_petab(of_neutropenia(tmp_path)[0], tmp_path / "out")
    text = (tmp_path / "out" / name).read_text()
    assert old in text
    (tmp_path / "out" / name).write_text(text.replace(old, new))
    assert any(said in one for one in wrong_with(tmp_path / "out" / "neutropenia-docetaxel.yaml"))


@at_hand
@pytest.mark.parametrize(
    "name", ["Boehm_JProteomeRes2014", "Crauste_CellSystems2017", "Perelson_Science1996"]
)
def test_published_problems_pass_the_same_rules(name) -> None:
    assert wrong_with(SHARED / "petab-immune" / name / f"{name}.yaml") == []
