"""The catalog finds what lies in its folders, every number has a source, and every `must` holds."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

import nonself.catalog
from nonself.catalog import registry
from nonself.catalog.entry import Bolus, Depletion, Must, PublishedModel, Switch
from nonself.catalog.models.hahnel2020 import immune_window
from nonself.catalog.rounding import printed
from nonself.errors import UnknownName
from nonself.provenance import Assumption, Citation

from .plain import parts, plain

FOLDER = Path(nonself.catalog.__file__).parent
MODELS = sorted(registry.models().values(), key=lambda model: model.id)
MUSTS = [(model.id, must) for model in MODELS for must in model.must]
KINDS = ("species", "parameters", "expressions", "reactions", "observables")


def files_in(folder: str) -> set[str]:
    return {path.stem for path in (FOLDER / folder).glob("*.py") if not path.stem.startswith("_")}


def test_registry_finds_exactly_what_is_in_the_folders() -> None:
    assert set(registry.models()) == files_in("models") != set()
    assert set(registry.therapies()) == files_in("therapies") != set()
    assert len(MODELS) >= 7
    assert all(registry.models()[name].id == name for name in registry.model_ids())


def test_one_model_is_found_without_importing_the_others() -> None:
    code = (
        "import sys; from nonself.catalog import registry; registry.model('kimmel2021');"
        "bad = [m for m in sys.modules if m.split('.')[0] in ('numpy', 'scipy') or 'hahnel' in m];"
        "sys.exit(bad or 0)"
    )
    path = str(FOLDER.parents[1])
    subprocess.run([sys.executable, "-c", code], check=True, env={"PYTHONPATH": path})


def test_unknown_names_bring_the_near_misses() -> None:
    with pytest.raises(UnknownName, match="hahnel2020"):
        registry.model("hahnel")
    with pytest.raises(UnknownName, match="docetaxel"):
        registry.therapy("doctaxel")


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.id)
def test_every_number_has_a_source(model: PublishedModel) -> None:
    for part in (*parts(model, "species"), *parts(model, "parameters")):
        assert isinstance(part.source, Citation | Assumption), part.id
        assert not isinstance(part.source, Citation) or part.source.place, f"{part.id} names no place"
        assert part.label, f"{part.id} has no words"
    for reaction in parts(model, "reactions"):
        assert reaction.source is not None, reaction.id
        assert reaction.label, reaction.id
    for mechanism in model.mechanisms:
        assert mechanism.references
        assert all(citation.read_in for citation in mechanism.references)


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.id)
def test_entries_are_whole(model: PublishedModel) -> None:
    assert model.review.endswith(f"tests/qc/{model.id}.py")
    assert len(model.must) >= 3
    ids = Counter(part.id for kind in KINDS for part in parts(model, kind))
    assert [name for name, count in ids.items() if count > 1] == []
    variants = [variant.id for variant in model.variants]
    assert len(variants) == len(set(variants))
    known = {part.id for part in parts(model, "parameters")}
    known |= {f"{part.id}_initial" for part in parts(model, "species")}
    for variant in model.variants:
        assert set(variant.values) <= known, variant.id
    for parameter in parts(model, "parameters"):
        if parameter.range is not None:
            for values in ({}, *(variant.values for variant in model.variants)):
                value = values.get(parameter.id, parameter.value)
                assert parameter.range[0] <= value <= parameter.range[1], (parameter.id, value)


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.id)
def test_what_consumes_a_species_ends_with_it(model: PublishedModel) -> None:
    solver = plain(model.id)
    values = solver.measured_constants()
    for index, name in enumerate(solver.species):
        state = [7.0 + place for place in range(len(solver.species))]
        state[index] = 1e-300
        rates = solver.rates(*state, *values.values())
        for reaction, rate in zip(parts(model, "reactions"), rates, strict=True):
            assert reaction.change.get(name, 0.0) >= 0 or abs(rate) < 1e-200, (reaction.id, name)


@pytest.mark.parametrize(
    ("model", "must"), MUSTS, ids=[f"{model}: {must.statement}" for model, must in MUSTS]
)
def test_must_holds(model: str, must: Must) -> None:
    value = plain(model).measured(must)
    assert must.low <= value <= must.high, f"{must.statement}: measured {value!r}"


def test_hahnel_windows_are_the_published_ones() -> None:
    variants = registry.model("hahnel2020").variants
    assert len(variants) == 14
    assert Counter(variant.group for variant in variants) == {"A": 4, "B": 5, "C": 5}
    for variant in variants:
        assert variant.facts is not None
        window = immune_window(variant.values["pz"], variant.values["a"], variant.values["Kz"])
        assert (window is None) == (variant.group == "A") == ("Ymin" not in variant.facts)
        if window is not None:
            assert window[0] == pytest.approx(variant.facts["Ymin"], abs=0.5000001)
            assert window[1] == pytest.approx(variant.facts["Ymax"], abs=0.5000001)


@pytest.mark.parametrize("name", ["hahnel2020", "clapp2015", "moore_li2004"])
def test_first_patient_is_the_model_as_written(name: str) -> None:
    model = registry.model(name)
    written = {part.id: part.value for part in parts(model, "parameters")}
    assert {key: written[key] for key in model.variants[0].values} == dict(model.variants[0].values)


def test_therapies_name_what_the_models_have() -> None:
    for therapy in registry.therapies().values():
        for name, act in therapy.acts.items():
            model = registry.body(therapies=(therapy.id,)) if name == "body" else registry.model(name)
            if isinstance(act, Switch):
                assert set(act.off) <= {part.id for part in parts(model, "parameters")}
            elif isinstance(act, Depletion):
                assert set(act.shares) <= set(model.states)
            else:
                assert isinstance(act, Bolus)
                assert act.unit == {part.id: part.unit for part in parts(model, "species")}[act.species]


def test_printed_numbers_keep_their_rounding() -> None:
    assert printed("381.77") == (381.765, 381.775)
    assert printed("9.973e4") == (99725.0, 99735.0)
    assert printed("-0.17") == (-0.175, -0.165)
