"""SBML out: read again it is the same model, written again the same file; other programs run it to the same courses."""

from __future__ import annotations

import locale
import re
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings

import nonself
from nonself.catalog import registry
from nonself.errors import InputError
from nonself.formats.sbml.read import read_sbml
from nonself.formats.sbml.write import sbml_text, write_sbml
from nonself.model.compose import compose
from nonself.model.ir import FlatEvent, Model
from nonself.model.parts import (
    Clone,
    CloneGroup,
    Constraint,
    Event,
    Expression,
    Hazard,
    Mechanism,
    Observable,
    Parameter,
    Reaction,
    Rule,
    Species,
)
from nonself.provenance import assumed
from nonself.study.models import published
from tests.formats import biomodels, sbml_suite
from tests.formats.peers import PEERS
from tests.formats.random_models import models

WHY = assumed("a test")
CATALOG = (*registry.model_ids(), registry.BODY)
NEAR = 1e-9  # ours against ours, relative to the largest value so far
ALIKE = 1e-6  # ours against another program
POINTS = 41


def course(model: Model, until: float, rtol: float = 1e-9) -> tuple[list[str], np.ndarray]:
    found = nonself.simulate(model, until=until, points=POINTS, rtol=rtol)
    assert found.finished.all(), found.failures
    row = {part.id: k for k, part in enumerate(found.observables)}
    names = [part.id for part in model.species]
    return names, found.values[0][:, [row[name] for name in names]]


def apart(left: np.ndarray, right: np.ndarray, scales: list[float]) -> float:
    """How far courses lie apart, relative to the largest value so far, or to a thousandth of what matters."""
    size = np.maximum(np.maximum.accumulate(np.abs(left), axis=0), 1e-3 * np.array(scales))
    return float(np.max(np.abs(left - right) / size))


def at_work(name: str) -> tuple[Model, float]:
    """A model of the catalog as it is, but with a dose in it where it would only rest."""
    entry, model = published(name)
    changed = {"C1_initial": 150.0} if name == "friberg2002" else {}
    parameters = tuple(replace(part, value=changed.get(part.id, part.value)) for part in model.parameters)
    return replace(model, parameters=parameters), min(entry.until, 1000.0)


@pytest.mark.parametrize("name", CATALOG)
def test_read_again_it_runs_the_same_course_and_written_again_it_is_the_same_file(name, tmp_path) -> None:
    model, until = at_work(name)
    left_out = write_sbml(model, tmp_path / "one.xml")
    again = read_sbml(tmp_path / "one.xml").model
    names, ours = course(model, until)
    other, theirs = course(again, until)
    assert names == other
    assert apart(ours, theirs, [part.scale for part in model.species]) < NEAR
    write_sbml(again, tmp_path / "two.xml")
    files = [(tmp_path / file).read_text(encoding="utf-8") for file in ("one.xml", "two.xml")]
    assert without_told(files[0]) == files[1]
    assert bool(left_out) == (files[0] != files[1])


def without_told(text: str) -> str:
    """A file without the list of what was left out: the model that is read has nothing of that."""
    return re.sub(r" *<ul>.*?</ul>\n", "", text, flags=re.DOTALL)


@pytest.mark.parametrize("name", CATALOG)
def test_sources_units_ranges_and_scales_come_back(name, tmp_path) -> None:
    model, _ = at_work(name)
    write_sbml(model, tmp_path / "model.xml")
    again = read_sbml(tmp_path / "model.xml").model
    mine = {part.id: part for part in (*model.parameters, *model.derived, *model.species)}
    assert again.references == model.references
    assert again.time_unit == model.time_unit
    for part in (*again.parameters, *again.derived):
        if part.id in mine:
            assert (part.source, part.unit) == (mine[part.id].source, mine[part.id].unit)
    for part in again.species:
        assert (part.source, part.unit, part.scale) == (
            mine[part.id].source, mine[part.id].unit, mine[part.id].scale
        )  # fmt: skip
    assert {part.range for part in again.parameters} == {part.range for part in model.parameters}


@pytest.mark.parametrize("peer", PEERS)
@pytest.mark.parametrize("name", CATALOG)
def test_other_programs_run_it_to_the_same_course(name, peer, tmp_path) -> None:
    if find_spec(peer) is None:
        pytest.skip(f"{peer} is not installed (extra test)")
    model, until = at_work(name)
    write_sbml(model, tmp_path / "model.xml")
    if "symbols/delay" in (tmp_path / "model.xml").read_text(encoding="utf-8"):
        pytest.skip(f"{peer} is not driven with delays here")
    names, ours = course(model, until)
    before = locale.setlocale(locale.LC_ALL)
    theirs = PEERS[peer](tmp_path / "model.xml", names, until, POINTS)
    assert locale.setlocale(locale.LC_ALL) == before
    assert apart(ours, theirs, [part.scale for part in model.species]) < ALIKE


def test_planted_breach_a_changed_rate_is_seen_by_round_trip_and_peers(tmp_path) -> None:
    model, until = at_work("hahnel2020")
    text, _ = sbml_text(model)
    wrong = text.replace('stoichiometry="1"', 'stoichiometry="1.05"', 1)
    assert wrong != text
    (tmp_path / "wrong.xml").write_text(wrong, encoding="utf-8")
    _, ours = course(model, until)
    scales = [part.scale for part in model.species]
    names, read = course(read_sbml(tmp_path / "wrong.xml").model, until)
    assert apart(ours, read, scales) > 1e-3
    if find_spec("roadrunner") is not None:
        assert apart(ours, PEERS["roadrunner"](tmp_path / "wrong.xml", names, until, POINTS), scales) > 1e-3


def test_the_catalog_says_what_the_body_leaves_out() -> None:
    for name in CATALOG:
        _, left_out = sbml_text(published(name)[1])
        assert bool(left_out) == (name == registry.BODY)
        assert all("by chance" in sentence and "ends the course" in sentence for sentence in left_out)


@pytest.mark.parametrize("name", [name for name in CATALOG if name != registry.BODY])
def test_libsbml_finds_no_error_in_it(name, tmp_path) -> None:
    import libsbml

    document = libsbml.readSBMLFromString(sbml_text(published(name)[1])[0])
    document.checkConsistency()
    assert document.getNumErrors(libsbml.LIBSBML_SEV_ERROR) == 0
    assert document.getModel().getNumUnitDefinitions() > 0
    annotated = [p for p in document.getModel().getListOfParameters() if p.getConstant()]
    assert annotated
    assert all(p.isSetAnnotation() for p in annotated)


# what SBML has other words for --------------------------------------------------------------------------------
def small(**parts: tuple[object, ...]) -> Model:
    numbers = (Parameter("a", 2.0, "1", WHY, range=(1.0, 3.0)), Parameter("b", "a*0.5", "1", WHY))
    species = parts.pop("species", (Species("x", 0.3, "1", WHY), Species("y", "b", "1", WHY, scale=1e-3)))
    reactions = parts.pop("reactions", (Reaction("r", "a*x", {"x": -1, "y": 1}),))
    one = Mechanism("m", "a small one", (), species=species, parameters=numbers, reactions=reactions, **parts)  # type: ignore[arg-type]
    return compose([one], id="m", time_unit="day")


FORMULAS = (
    "positive_power(x - 0.2, a)",
    "-(x if x < 0.1 else positive_power(x, a))", "abs(x - 0.2)", "min(x, 0.1) + max(y, a)",
    "log10(1 + x) + log(1 + x)", "sqrt(x + 1)",
    "x**2 - -(1 + x)**-1", "x if x > 0.1 and not y > 3 else y if 0 < x <= 0.05 or y < 1 else 2", "exp(-x)*sin(time)",
    "1e-300*1e300*x", "0.1 + 0.2 + x*3e-7", "tanh(x) + asinh(y) + atan(time)", "x if time < a else 2*x", "-(-x)",
    "a+x+y+x+a+y+x+2*x+3*y+4*x+5*a+6*x+7*y", "floor(a + 0.5)*x + factorial(3)", "+x - (y - (x - y))", "x/y/a*b/x",
)  # fmt: skip


@pytest.mark.parametrize("formula", FORMULAS)
def test_every_formula_is_written_and_read_as_what_it_was(formula, tmp_path) -> None:
    model = small(reactions=(Reaction("r", f"0.1*({formula})", {"x": -0.25, "y": 1}, signed=True),))
    check_round_trip(model, tmp_path)


def check_round_trip(model: Model, folder: Path, until: float = 3.0) -> None:
    write_sbml(model, folder / "one.xml")
    again = read_sbml(folder / "one.xml").model
    names, ours = course(model, until)
    other, theirs = course(again, until)
    assert names == other
    assert apart(ours, theirs, [1.0] * len(names)) < 1e-7
    write_sbml(again, folder / "two.xml")
    assert (folder / "one.xml").read_text(encoding="utf-8") == (folder / "two.xml").read_text(
        encoding="utf-8"
    )


def test_events_are_written_whole(tmp_path) -> None:
    events = (
        Event("refill", "x < 0.1", {"x": "0.5", "y": "y/2"}, delay=0.2, priority="a", persistent=False,
              label="filled again"),
        Event("first", "time >= 1 and y > 0.1", {"y": "y + 1"}, initial_value=False,
              use_values_from_trigger_time=False),
    )  # fmt: skip
    check_round_trip(small(events=events), tmp_path, until=10.0)
    again = read_sbml(tmp_path / "one.xml").model
    flat = small(events=events).events

    def kind(e: FlatEvent) -> tuple[object, ...]:
        return e.id, e.persistent, e.initial_value, e.use_values_from_trigger_time, e.label

    assert [kind(one) for one in flat] == [kind(one) for one in again.events]


def test_constraints_are_algebraic_rules(tmp_path) -> None:
    binding = Constraint("binding", "(x - bound)*(y - bound) - a*bound", ("bound",), "equilibrium of binding")
    shared = Constraint("share", "part - y/(1 + x)", ("part",))
    model = small(
        species=(Species("x", 0.3, "1", WHY), Species("y", "b", "1", WHY), Species("bound", 0.05, "1", WHY),
                 Species("part", 0.5, "1", WHY)),
        reactions=(Reaction("r", "a*bound", {"x": -1, "y": 1}),),
        constraints=(binding, shared),
    )  # fmt: skip
    write_sbml(model, tmp_path / "one.xml")
    again = read_sbml(tmp_path / "one.xml").model
    assert {part.species for part in again.constraints} == {"bound", "part"}
    assert [part.id for part in again.species] == ["x", "y", "bound", "part"]
    _, ours = course(model, 3.0)
    _, theirs = course(again, 3.0)
    assert apart(ours, theirs, [1.0] * 4) < 1e-7
    write_sbml(again, tmp_path / "two.xml")  # a first value that follows from its rule is now written as that
    write_sbml(read_sbml(tmp_path / "two.xml").model, tmp_path / "three.xml")
    assert (tmp_path / "two.xml").read_text(encoding="utf-8") == (tmp_path / "three.xml").read_text(
        encoding="utf-8"
    )


def test_names_that_sbml_does_not_have_and_what_only_doses_change(tmp_path) -> None:
    model = small(
        species=(
            Species("größe", 1.0, "1", WHY),
            Species("depot", 0.0, "1", WHY),
            Species("x", "größe_initial", "1", WHY),
        ),
        reactions=(Reaction("loss of größe", "größe*k", {"größe": -1}), Reaction("1st", "0.1", {"x": 1})),
        expressions=(Expression("k", "a/2", "1", "share"),),
        observables=(Observable("k", "k", "1"), Observable("share", "x/(1 + x)", "1")),
    )
    write_sbml(model, tmp_path / "one.xml")
    again = read_sbml(tmp_path / "one.xml").model
    assert [part.id for part in again.species] == ["gr_e", "depot", "x"]
    assert {part.label for part in again.reactions} >= {"loss of größe", "1st"}
    write_sbml(again, tmp_path / "two.xml")
    assert (tmp_path / "one.xml").read_text(encoding="utf-8") == (tmp_path / "two.xml").read_text(
        encoding="utf-8"
    )
    _, ours = course(model, 3.0)
    _, theirs = course(again, 3.0)
    assert apart(ours, theirs, [1.0] * 3) < NEAR


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(model=models())
def test_any_small_model_survives_the_way_out_and_in(model, tmp_path) -> None:
    write_sbml(model, tmp_path / "one.xml")
    again = read_sbml(tmp_path / "one.xml").model
    write_sbml(again, tmp_path / "two.xml")
    assert (tmp_path / "one.xml").read_text(encoding="utf-8") == (tmp_path / "two.xml").read_text(
        encoding="utf-8"
    )
    assert [part.id for part in again.species] == [part.id for part in model.species]
    assert slopes(again) == pytest.approx(slopes(model), rel=1e-12, abs=1e-12, nan_ok=True)


def slopes(model: Model) -> list[float]:
    """What each species changes by at one state, worked out in plain Python."""
    from nonself.expr import evaluate

    values = {part.id: float(part.value) for part in model.parameters}
    for part in model.derived:
        values[part.id] = evaluate(str(part.value), values)
    values |= {part.id: 0.4 + 0.3 * k for k, part in enumerate(model.species)} | {"time": 0.7}
    for one in model.expressions:
        values[one.id] = evaluate(one.formula, values)
    found = dict.fromkeys((part.id for part in model.species), 0.0)
    for reaction in model.reactions:
        for species, amount in reaction.change:
            found[species] += amount * evaluate(reaction.rate, values)
    starts = [evaluate(str(part.initial), values) for part in model.species]
    return [*found.values(), *starts]


# what SBML cannot say -------------------------------------------------------------------------------------------
def test_chance_that_changes_the_course_is_refused_by_name() -> None:
    with pytest.raises(InputError, match=r"hazards that change species .*mutation"):
        sbml_text(small(hazards=(Hazard("mutation", "a*x", {"y": 1}),)))
    group = CloneGroup("T", 2, "cell", WHY, "0.1", "0.2")
    founded = small(hazards=(Hazard("export", "a", founds="T"),), clone_groups=(group,))
    with pytest.raises(InputError, match=r"clone groups \(T\) cannot be said in SBML"):
        sbml_text(founded)


def test_numbers_that_no_file_can_hold_are_refused() -> None:
    for model in (
        small(reactions=(Reaction("r", "1e-310*x", {"x": -1}),)),
        small(species=(Species("x", 1e-310, "1", WHY), Species("y", 1.0, "1", WHY))),
    ):
        with pytest.raises(InputError, match="1e-310 is too small a number"):
            sbml_text(model)


def test_chance_that_leaves_the_course_is_told() -> None:
    _, left_out = sbml_text(small(hazards=(Hazard("death", "0.1*x", ends=True),)))
    assert len(left_out) == 1
    assert "'death' happens, by chance" in left_out[0]
    clone = small(
        species=(Species("x", 5.0, "cell", WHY),), reactions=(), clones=(Clone("x", birth="b", death="a"),)
    )
    text, left_out = sbml_text(clone)
    assert "small clones ('x')" in left_out[0]
    assert left_out[0] in text
    rules = replace(small(), rules=(Rule("hold", "a", "0 if x < 1 else 1"),))
    assert "decisions at visits ('hold')" in sbml_text(rules)[1][0]


def test_planted_breach_a_model_with_a_kind_of_part_that_is_not_known_is_refused(monkeypatch) -> None:
    from nonself.formats.sbml import write

    sbml_text(small(events=(Event("e", "x < 0.1", {"x": "1"}),)))
    monkeypatch.setattr(write, "WRITTEN", write.WRITTEN - {"events"})
    with pytest.raises(InputError, match="'m' has events, which cannot be written as SBML yet"):
        sbml_text(small(events=(Event("e", "x < 0.1", {"x": "1"}),)))
    monkeypatch.setattr(write, "WRITTEN_OF_PARTS", write.WRITTEN_OF_PARTS - {"scale"})
    with pytest.raises(InputError, match="'x' has scale, which cannot be written"):
        sbml_text(small())


def test_what_cannot_be_written_says_so_and_what_was_there_stays(tmp_path) -> None:
    place = tmp_path / "missing" / "model.xml"
    with pytest.raises(InputError, match="cannot be written"):
        write_sbml(small(), place)
    (tmp_path / "model.xml").write_text("before")
    with pytest.raises(InputError):
        write_sbml(small(hazards=(Hazard("mutation", "a*x", {"y": 1}),)), tmp_path / "model.xml")
    assert (tmp_path / "model.xml").read_text(encoding="utf-8") == "before"
    assert [path.name for path in tmp_path.iterdir()] == ["model.xml"]


def test_the_same_model_gives_the_same_bytes() -> None:
    assert sbml_text(published("core")[1]) == sbml_text(published("core")[1])


# models that came from elsewhere -----------------------------------------------------------------------------------
def read_and_back(path: Path, folder: Path) -> tuple[Model, Model]:
    """A model as it is read, and as it is read again; the second file is the first."""
    read = read_sbml(path).model
    write_sbml(read, folder / "one.xml")
    again = read_sbml(folder / "one.xml").model
    write_sbml(again, folder / "two.xml")
    assert (folder / "one.xml").read_text(encoding="utf-8") == (folder / "two.xml").read_text(
        encoding="utf-8"
    )
    assert [part.id for part in again.species] == [part.id for part in read.species]
    return read, again


@pytest.mark.skipif(not biomodels.FOLDER.is_dir(), reason="the BioModels are not at hand")
def test_every_biomodel_goes_out_and_comes_back(tmp_path) -> None:
    for number, path in enumerate(biomodels.files()):
        read, again = read_and_back(path, tmp_path)
        if number % 8 == 0:
            _, ours = course(read, 20.0)
            _, theirs = course(again, 20.0)
            assert apart(ours, theirs, [part.scale for part in read.species]) < 1e-7, path.stem


@pytest.mark.skipif(not sbml_suite.SHARED.is_dir(), reason="the SBML Test Suite is not at hand")
def test_cases_of_the_test_suite_go_out_and_come_back(tmp_path) -> None:
    done = 0
    for case in sorted(sbml_suite.manifest())[5::60]:
        try:
            read, again = read_and_back(sbml_suite.file_of(case), tmp_path)
        except InputError:
            continue  # refused on the way in, as the suite's own test counts
        until = sbml_suite.settings(case).duration or 1.0
        left, right = (
            nonself.simulate(one, until=until, points=11, rtol=1e-8).values[0, :, : len(read.species)]
            for one in (read, again)
        )
        assert left == pytest.approx(right, rel=1e-6, abs=1e-9, nan_ok=True), case
        done += 1
    assert done >= 12
