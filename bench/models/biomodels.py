"""Two large immune models of BioModels as cases: read once by `bench.models.read_sbml` into the YAML files here."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from ruamel.yaml import YAML

from bench.case import Case
from bench.schedule import Doses
from nonself.model.parts import Expression, Mechanism, Parameter, Reaction, Species
from nonself.provenance import Citation

SCALE = 1e-6
"""Smallest amount that matters, as a fraction of a species' typical amount."""
NOTHING = 1e-9
"""A species whose typical amount is below this plays no part; it is measured in whole units."""

_DWIVEDI = Citation(
    key="Dwivedi2014",
    title="A multiscale model of interleukin-6-mediated immune regulation in Crohn's disease",
    authors="Dwivedi G, Fitz L, Hegen M, et al.",
    year=2014,
    venue="CPT: Pharmacometrics & Systems Pharmacology 3:e89",
    pmid="24402116",
    read_in="BIOMD0000000534.xml",
)
_PALSSON = Citation(
    key="Palsson2013",
    title="The development of a fully-integrated immune response model (FIRM) simulator",
    authors="Palsson S, Hickling TP, Bradshaw-Pierce EL, et al.",
    year=2013,
    venue="BMC Systems Biology 7:95",
    read_in="BIOMD0000000608.xml",
)


def _mechanism(name: str, source: Citation) -> Mechanism:
    parts: dict[str, Any] = YAML(typ="safe").load(Path(__file__).with_name(f"{name}.yaml").read_text("utf-8"))
    scales = {key: SCALE * (top if top > NOTHING else 1.0) for key, (_, top) in parts["species"].items()}
    return Mechanism(
        id=name,
        title=source.title,
        references=(source,),
        species=tuple(
            Species(key, float(start), "1", source, scale=scales[key])
            for key, (start, _) in parts["species"].items()
        ),
        parameters=tuple(
            Parameter(key, float(value), "1", source) for key, value in parts["parameters"].items()
        ),
        expressions=tuple(Expression(key, text, "1") for key, text in parts["expressions"].items()),
        reactions=tuple(
            Reaction(key, rate, change, source=source, signed=True)
            for key, (rate, change) in parts["reactions"].items()
        ),
    )


def _dwivedi() -> Case:
    return Case(
        id="dwivedi2014",
        mechanism=_mechanism("dwivedi2014", _DWIVEDI),
        doses=Doses("Ab_serum", np.array([0.1, 672.0, 1344.0, 2016.0]), 234.6),
        outputs=np.linspace(0.0, 2688.0, 97),
        spread=0.2,
        time_unit="hour",
        about="BIOMD0000000534: interleukin-6 signaling in serum, liver and gut under four doses of an antibody. "
        "The file's fourth dose sets the antibody; here it adds, like the others.",
    )


def _palsson() -> Case:
    return Case(
        id="palsson2013",
        mechanism=_mechanism("palsson2013", _PALSSON),
        doses=Doses("x_29", np.array([0.0, 100.0, 200.0, 300.0]), 1e6),
        outputs=np.linspace(0.0, 400.0, 101),
        spread=0.1,
        time_unit="day",
        about="BIOMD0000000608: a lung infection with innate, cellular and humoral immunity. Four doses of antigen "
        "are added, for without them the humoral half of the file's run stays at zero.",
    )


def case(name: str) -> Case:
    """Return one of the two as a case."""
    return {"dwivedi2014": _dwivedi, "palsson2013": _palsson}[name]()
