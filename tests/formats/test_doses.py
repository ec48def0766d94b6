"""NONMEM-style dose tables: what each record does, by formulas that are exact, and what is refused with its line."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import nonself
from nonself.cli import main
from nonself.cohort.dosing import in_model, with_infusions
from nonself.errors import InputError, UnknownName
from nonself.formats.doses import read_doses
from nonself.model.compose import compose
from nonself.model.ir import Model
from nonself.model.parts import Clone, Constraint, Mechanism, Parameter, Reaction, Species
from nonself.provenance import assumed

WHY = assumed("a test")
K, TRANSFER = 0.3, 0.8
Dose = tuple[float, float, float]  # time, amount, rate


def drug(clone: bool = False) -> Model:
    """A drug in a depot, that goes into the blood and from there."""
    one = Mechanism(
        "drug", "drug", (),
        species=(Species("depot", 0.0, "mg", WHY, scale=1e-3), Species("blood", 0.0, "mg", WHY, scale=1e-3)),
        parameters=(Parameter("k", K, "1/day", WHY), Parameter("transfer", TRANSFER, "1/day", WHY)),
        reactions=(
            Reaction("uptake", "transfer*depot", {"depot": -1, "blood": 1}),
            *(() if clone else (Reaction("loss", "k*blood", {"blood": -1}),)),
        ),
    )  # fmt: skip
    cells = Mechanism(
        "cells", "cells", (), species=(Species("C", 50.0, "cell", WHY),), clones=(Clone("C", "k", "k"),)
    )  # fmt: skip
    return compose([one, cells] if clone else [one], id="drug", time_unit="day")


def blood(doses: list[Dose], times: np.ndarray) -> np.ndarray:
    """What doses straight into the blood leave there: exact."""
    left = np.zeros_like(times)
    for begin, amount, rate in doses:
        since = times - begin
        if rate == 0:
            left += np.where(since >= 0, amount * np.exp(-K * np.maximum(since, 0)), 0)
        else:
            running = np.clip(since, 0, amount / rate)
            left += rate / K * (1 - np.exp(-K * running)) * np.exp(-K * (np.maximum(since, 0) - running))
    return left


def table(folder: Path, text: str) -> Path:
    path = folder / "doses.csv"
    path.write_text(text)
    return path


def run(path: Path, **more: object) -> nonself.Simulation:
    return nonself.simulate(drug(), until=10, points=101, show=("blood",), doses=path, rtol=1e-8, **more)  # type: ignore[arg-type]


def test_doses_at_once_repeated_and_over_time_are_exact(tmp_path) -> None:
    path = table(
        tmp_path,
        "ID,TIME,AMT,RATE,II,ADDL,EVID,CMT,DV\n1,0,100,0,0,0,1,blood,.\n1,1,60,20,2,2,1,2,.\n1,1.5,0,0,0,0,0,2,7.5\n"
        "1,4.5,10,.,.,.,1,blood,.\n1,5,0,.,.,.,2,.,.\n",
    )
    found = run(path)
    doses = [(0, 100, 0), (1, 60, 20), (3, 60, 20), (5, 60, 20), (4.5, 10, 0)]  # the infusions overlap
    assert found.patients == ("v00001",)
    assert found.values[0, :, 0] == pytest.approx(blood(doses, found.times), rel=1e-6, abs=1e-6)
    assert blood(doses, found.times).max() > 100


def test_planted_breach_a_dose_or_an_infusion_left_out_is_seen(tmp_path) -> None:
    path = table(tmp_path, "TIME,AMT,RATE,CMT\n0,100,0,blood\n1,60,20,blood\n")
    found = run(path)
    for wrong in (
        [(0, 100, 0)],
        [(0, 100, 0), (1, 60, 0)],
        [(0, 100, 0), (1, 60, 21)],
        [(0.0, 99.0, 0), (1, 60, 20)],
    ):
        assert found.values[0, :, 0] != pytest.approx(blood(wrong, found.times), rel=1e-3, abs=1e-3)  # type: ignore[arg-type]


def test_each_patient_has_doses_of_their_own(tmp_path) -> None:
    path = table(
        tmp_path,
        "ID,TIME,AMT,RATE,CMT\nann,0,100,0,blood\nann,2,50,25,blood\nbob,1,70,0,blood\ncy,3,30,10,blood\ncy,3,0,0,.\n",
    )
    found = run(path)
    assert found.patients == ("ann", "bob", "cy")
    for row, doses in enumerate(([(0, 100, 0), (2, 50, 25)], [(1, 70, 0)], [(3, 30, 10)])):
        assert found.values[row, :, 0] == pytest.approx(blood(doses, found.times), rel=1e-6, abs=1e-6)  # type: ignore[arg-type]
    alone = run(path, patient="bob")
    assert np.array_equal(alone.values[0], found.values[1])


def test_many_who_differ_can_have_the_doses_of_one(tmp_path) -> None:
    path = table(tmp_path, "ID,TIME,AMT,CMT\n1,0,100,blood\n")
    found = run(path, vary={"k": "uniform(0.1,0.5)"}, patients=7)
    assert found.values.shape[0] == 7
    assert np.all(found.values[:, 0, 0] == 100)
    assert len(set(found.values[:, -1, 0])) == 7
    two = table(tmp_path, "ID,TIME,AMT,CMT\n1,0,100,blood\n2,0,50,blood\n")
    varied = run(two, vary={"k": "uniform(0.1,0.5)"})
    assert varied.patients == ("1", "2")
    with pytest.raises(InputError, match="7 patients are asked for, but the dose table names 2"):
        run(two, vary={"k": "uniform(0.1,0.5)"}, patients=7)


def test_units_of_the_header_are_converted(tmp_path) -> None:
    path = table(tmp_path, "TIME [hour],AMT [g],RATE [g/hour],CMT\n24,0.1,0,blood\n48,0.24,0.01,blood\n")
    found = run(path)
    assert found.values[0, :, 0] == pytest.approx(
        blood([(1, 100, 0), (2, 240, 240)], found.times), rel=1e-6, abs=1e-6
    )
    plain = table(tmp_path, "TIME [hour],AMT [g],RATE,CMT\n24,0.1,0,blood\n48,0.24,0.01,blood\n")
    assert np.allclose(run(plain).values, found.values, rtol=1e-12)
    with pytest.raises(
        InputError, match=r"doses\.csv:1: column AMT, of 'blood': 'liter' cannot be converted to 'mg'"
    ):
        run(table(tmp_path, "TIME,AMT [liter],CMT\n1,1,blood\n"))


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    doses=st.lists(
        st.tuples(st.integers(0, 8), st.integers(1, 50), st.sampled_from((0, 0, 5, 20))),
        min_size=1,
        max_size=6,
    )
)
def test_any_doses_are_exact(doses, tmp_path) -> None:
    doses = sorted(doses)
    rows = "".join(f"{time},{amount},{rate},blood\n" for time, amount, rate in doses)
    found = run(table(tmp_path, f"TIME,AMT,RATE,CMT\n{rows}"))
    wanted = blood([(float(t), float(a), float(r)) for t, a, r in doses], found.times)
    assert found.values[0, :, 0] == pytest.approx(wanted, rel=1e-5, abs=1e-5)


@pytest.mark.parametrize(
    ("text", "said", "line"),
    [
        ("TIME,AMT,SS,II,CMT\n0,1,1,24,blood", "steady state (SS) are not done", 2),
        ("TIME,AMT,EVID,CMT\n0,1,1,blood\n1,0,3,blood", "a reset (EVID 3) is not done", 3),
        ("TIME,AMT,EVID,CMT\n0,1,4,blood", "a reset with a dose (EVID 4) is not done", 2),
        ("TIME,AMT,EVID,CMT\n0,1,5,blood", "EVID is 5", 2),
        ("TIME,AMT,EVID,CMT\n0,1,0,blood", "EVID is 0, but AMT is 1", 2),
        ("TIME,AMT,EVID,CMT\n0,0,2,-1", "switches a compartment off", 2),
        ("TIME,AMT,RATE,CMT\n0,1,-2,blood", "modeled rates and durations are not done", 2),
        ("TIME,AMT,CMT\n0,-1,blood", "AMT of a dose is -1", 2),
        ("TIME,AMT,RATE,EVID,CMT\n0,0,5,1,blood", "AMT of a dose is 0", 2),
        ("TIME,AMT,ADDL,CMT\n0,1,3,blood", "ADDL is 3, but II is 0", 2),
        ("TIME,AMT,ADDL,II,CMT\n0,1,3.5,1,blood", "ADDL is 3.5", 2),
        ("TIME,AMT,ADDL,II,CMT\n0,1,999999999,1,blood", "ADDL is 999999999", 2),
        ("TIME,AMT,CMT\n0,1,blod", "unknown species (CMT) 'blod'", 2),
        ("TIME,AMT,CMT\n0,1,3", "unknown species (CMT) '3'", 2),
        ("TIME,AMT\n0,1", "CMT does not say into which species", 2),
        ("TIME,AMT,CMT\n2,1,blood\n1,1,blood", "the times decrease from 2 to 1", 3),
        ("TIME,AMT,CMT\n-1,1,blood", "before the model's start", 2),
        ("TIME,AMT,CMT\n,1,blood", "TIME is missing", 2),
        ("TIME,AMT,CMT\n10:30,1,blood", "holds '10:30', which is not a number", 2),
        ("TIME,AMT,CMT\n0,nan,blood", "not a finite number", 2),
        ("TIME,AMT,CMT,ADL\n0,1,blood,3", "unknown column of a dose table 'ADL'", 1),
        ("TIME,AMT,CMT,transfer\n0,1,blood,70", "column 'transfer' is a parameter of the model", 1),
        ("TIME AMT CMT\n0 1 blood", "needs a column TIME", 1),
        ("TIME,AMT,CMT,time\n0,1,blood,70", "column TIME is there twice", 1),
        ("TIME,CMT\n0,blood", "needs a column AMT", 1),
        ("ID [day],TIME,AMT\n1,0,1", "column ID has a unit", 1),
        ("TIME,AMT,CMT\n0,1", "2 cells where the header has 3", 2),
    ],
)  # fmt: skip
def test_what_is_wrong_or_not_done_is_said_with_its_line(text, said, line, tmp_path) -> None:
    path = table(tmp_path, text + "\n")
    with pytest.raises(InputError) as refused:
        in_model(read_doses(path), drug())
    assert said in refused.value.what
    assert (refused.value.file, refused.value.line) == (str(path), line)


def test_infusions_into_clones_are_refused(tmp_path) -> None:
    model = drug(clone=True)
    given_table = in_model(read_doses(table(tmp_path, "TIME,AMT,RATE,CMT\n0,5,1,C\n")), model)
    with pytest.raises(InputError, match="an infusion into 'C', which is a clone"):
        with_infusions(model, given_table)
    at_once = in_model(read_doses(table(tmp_path, "TIME,AMT,CMT\n0,5,C\n")), model)
    assert with_infusions(model, at_once) is model


def test_infusions_into_what_a_constraint_determines_are_refused(tmp_path) -> None:
    species = (Species("x", 1.0, "mg", WHY), Species("half", 0.5, "mg", WHY))
    one = Mechanism("m", "m", (), species=species, reactions=(Reaction("loss", "0.1*x", {"x": -1}),),
                    constraints=(Constraint("share", "half - x/2", ("half",)),))  # fmt: skip
    model = compose([one], id="m", time_unit="day")
    table_ = in_model(read_doses(table(tmp_path, "TIME,AMT,RATE,CMT\n0,5,1,half\n")), model)
    with pytest.raises(InputError, match="which a constraint determines"):
        with_infusions(model, table_)


def test_records_that_are_comments_and_columns_of_other_names_are_not_read(tmp_path) -> None:
    path = table(
        tmp_path,
        "C,ID,TIME,AMT,CMT,WT,DVID\nC,1,0,999,blood,70,.\n.,1,0,100,2.0,70,1\n,1,20,50,blood,70,.\n",
    )
    found = run(path)
    assert found.values[0, :, 0] == pytest.approx(blood([(0, 100, 0)], found.times), rel=1e-6, abs=1e-6)
    unread, late = found.warnings
    assert unread.endswith("columns that are not read: WT.")
    assert "1 of 2 doses lie after the end, at 10" in late


VOLUME = """
model v()
  compartment plasma; plasma = V; V = 5;
  species conc in plasma; conc = 0; kel = 0.3;
  out: conc -> ; plasma*kel*conc;
end
"""


def concentration(volume: float, times: np.ndarray) -> np.ndarray:
    """What 100 at once and 50 over one unit of time from 1 on leave in a volume, as a concentration: exact."""
    since = np.maximum(times - 1, 0)
    running = np.minimum(since, 1)
    infused = 50 / K * (1 - np.exp(-K * running)) * np.exp(-K * (since - running))
    return (100 * np.exp(-K * times) + infused) / volume


def test_an_amount_given_to_a_concentration_is_divided_by_its_compartment(tmp_path) -> None:
    pytest.importorskip("antimony")
    (tmp_path / "v.ant").write_text(VOLUME)
    path = table(tmp_path, "TIME,AMT,RATE,CMT\n0,100,,conc\n1,50,50,conc\n")
    model = str(tmp_path / "v.ant")
    found = nonself.simulate(model, until=4, points=9, doses=path, show=("conc",), rtol=1e-8)
    assert found.values[0, :, 0] == pytest.approx(concentration(5, found.times), rel=1e-6)
    assert found.values[0, :, 0] != pytest.approx(concentration(1, found.times), rel=1e-2)  # a planted breach
    many = nonself.simulate(
        model,
        until=4,
        points=9,
        doses=path,
        vary={"V": "uniform(1,10)"},
        patients=5,
        show=("conc",),
        rtol=1e-8,
    )
    for values in many.values[:, :, 0]:
        own = 100 / values[0]
        assert values == pytest.approx(concentration(own, many.times), rel=1e-6)
    assert len({round(values[0], 6) for values in many.values[:, :, 0]}) == 5


def test_the_compartment_of_a_concentration_goes_out_and_comes_back(tmp_path) -> None:
    pytest.importorskip("antimony")
    (tmp_path / "v.ant").write_text(VOLUME)
    read = nonself.read_antimony(tmp_path / "v.ant")
    assert [part.size for part in read.model.species] == ["plasma"]
    nonself.write_sbml(read.model, tmp_path / "v.xml")
    path = table(tmp_path, "TIME,AMT,CMT\n0,100,conc\n")
    again = nonself.simulate(tmp_path / "v.xml", until=1, points=2, doses=path, show="conc")
    assert again.values[0, 0, 0] == 20.0
    assert "doses are then concentrations" in nonself.write_antimony(read.model, tmp_path / "w.ant")[-1]


def test_the_unit_of_an_amount_says_whether_it_is_a_concentration(tmp_path) -> None:
    size = Parameter("plasma", 5.0, "liter", WHY)
    one = Mechanism(
        "m", "m", (), species=(Species("conc", 0.0, "mg/liter", WHY, "Drug", size="plasma"),),
        parameters=(size, Parameter("k", K, "1/hour", WHY)), reactions=(Reaction("out", "k*conc", {"conc": -1}),),
    )  # fmt: skip
    model = compose([one], id="m", time_unit="hour")
    for header, start in (
        ("AMT", 20.0),
        ("AMT [g]", 20_000.0),
        ("AMT [mg/liter]", 100.0),
        ("AMT [g/L]", 1e5),
    ):
        path = table(tmp_path, f"TIME,{header},CMT\n0,100,Drug\n")
        assert nonself.simulate(model, until=1, doses=path).values[0, 0, 0] == pytest.approx(start, rel=1e-12)
    with pytest.raises(InputError, match="column AMT, of 'conc': 'day' cannot be converted"):
        nonself.simulate(model, until=1, doses=table(tmp_path, "TIME,AMT [day],CMT\n0,100,conc\n"))


STUDY = """
format: 1
study: doses
title: Doses from a table
model: friberg2002
time: {unit: day, until: 20, every: 1}
cohorts:
  - {name: two, patients: {table: {file: patients.csv}}}
arms:
  - {name: given, regimen: [{doses: doses.csv}]}
  - {name: none}
observables: [Circ]
endpoints:
  - {name: nadir, kind: minimum, of: Circ}
"""
PATIENTS = "patient,k12\nann,25\nbob,20\n"


def written(folder: Path, doses: str, study: str = STUDY) -> Path:
    (folder / "study.yaml").write_text(study)
    (folder / "patients.csv").write_text(PATIENTS)
    (folder / "doses.csv").write_text(doses)
    return folder / "study.yaml"


def test_a_study_takes_doses_from_a_table(tmp_path) -> None:
    path = written(tmp_path, "ID,TIME,AMT,RATE,CMT\nann,0,150,0,C1\nbob,0,150,3600,C1\nbob,0,0,0,.\n")
    result = nonself.run(nonself.read_study(path), courses=True)
    courses = result.to_xarray()["Circ"]
    low = {str(arm): courses.sel(arm=arm).min("time").to_numpy().ravel() for arm in courses.arm.to_numpy()}
    assert low["given"].size == 2
    assert np.all(low["given"] < 0.8 * low["none"])
    assert "doses.csv" in json.dumps(result.summary["provenance"])
    alike = written(tmp_path, "TIME,AMT,CMT\n0,150,C1\n")
    assert nonself.run(nonself.read_study(alike)).failed == 0


@pytest.mark.parametrize(
    ("doses", "study", "said"),
    [
        ("ID,TIME,AMT,CMT\nann,0,1,C1\ncy,0,1,C1\n", STUDY, "'bob'"),
        ("TIME,AMT,CMT\n0,1,C9\n", STUDY, "doses.csv:2: unknown species (CMT) 'C9'"),
        ("TIME,AMT,CMT\n0,1,C1\n", STUDY.replace("doses: doses.csv", "doses: none.csv"), "none.csv: cannot be read"),
        ("TIME,AMT,CMT\n0,1,C1\n", STUDY.replace("doses.csv}", "doses.csv, at: 3}"), "at does not go with doses"),
    ],
)  # fmt: skip
def test_a_study_says_what_does_not_fit(doses, study, said, tmp_path, capsys) -> None:
    assert main(["validate", str(written(tmp_path, doses, study))]) == 2
    assert said in capsys.readouterr().err


def test_the_command_line_takes_a_table(tmp_path, capsys) -> None:
    path = table(tmp_path, "ID,TIME,AMT,CMT\n1,0,180,C1\n2,0,90,C1\n")
    assert main(["simulate", "friberg2002", "--doses", str(path), "--until", "21", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["patients"] == 2
    assert main(["simulate", "friberg2002", "--doses", str(tmp_path / "none.csv")]) == 2
    assert "cannot be read" in capsys.readouterr().err


def test_infusions_are_a_reaction_of_the_regimen_alone(tmp_path) -> None:
    model = drug()
    grown = with_infusions(
        model, in_model(read_doses(table(tmp_path, "TIME,AMT,RATE,CMT\n0,5,1,blood\n")), model)
    )
    assert [part.id for part in grown.reactions][-1] == "infusion into blood"
    assert [part.mechanism for part in grown.reactions][-1] == "regimen"
    with pytest.raises(UnknownName):
        nonself.simulate(model, until=1, set={"blood_infusion": 1.0})
