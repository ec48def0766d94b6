"""A tiny body for tests, behind the same door as the real one: a few cells, infections, and three causes of death."""

from __future__ import annotations

from dataclasses import replace

import pytest

from nonself.catalog.body import build
from nonself.catalog.body.person import PERSON
from nonself.catalog.entry import Depletion
from nonself.catalog.therapies import lymphocyte_depletion
from nonself.model.parts import Expression, Hazard, Mechanism, Observable, Parameter, Reaction, Species
from nonself.provenance import assumed

WHY = assumed("a test")

CELLS = Mechanism(
    "cells", "neutrophils, lymphocytes and antibody in a few lines", (),
    species=(
        Species("innate", 0.0, "1", WHY, scale=1e-3),
        Species("pathogen", 0.0, "1", WHY, scale=1e-3),
        Species("injury", 0.0, "1", WHY, scale=1e-3),
        Species("marrow", "size", "Gcell", WHY, scale=1e-3),
        Species("naive_cd4", "thymus*size/t_loss", "Gcell", WHY, scale=1e-3),
        Species("igg", "igg_made/igg_loss", "g/L", WHY, scale=1e-3),
    ),
    parameters=(
        Parameter("m_rate", 0.5, "1/day", WHY), Parameter("n_yield", 4.0, "1/L", WHY),
        Parameter("boost", 1.0, "1", WHY), Parameter("thymus", 0.01, "Gcell/day", WHY),
        Parameter("t_loss", 0.001, "1/day", WHY), Parameter("fever", 0.5, "1/day", WHY),
        Parameter("clearing", 0.3, "1/day", WHY), Parameter("igg_made", 0.3, "g/(L*day)", WHY),
        Parameter("igg_loss", 0.03, "1/day", WHY),
    ),
    expressions=(
        Expression("neutrophils", "n_yield*marrow/size*(1 + boost*innate)", "Gcell/L"),
    ),
    reactions=(
        Reaction("alarm", "fever*pathogen", {"innate": 1}),
        Reaction("harm", "fever*injury", {"innate": 1, "injury": -1}),
        Reaction("calm", "fever*innate", {"innate": -1}),
        Reaction("immunity", "clearing*pathogen", {"pathogen": -1}),
        Reaction("formation", "m_rate*size", {"marrow": 1}),
        Reaction("maturation", "m_rate*marrow*(1 + clonal_hematopoiesis)", {"marrow": -1}),
        Reaction("thymic_export", "thymus*size*thymic_trait*exp(-(age - age_at_start)/age_at_start)", {"naive_cd4": 1}),
        Reaction("naive_loss", "t_loss*naive_cd4", {"naive_cd4": -1}),
        Reaction("antibody", "igg_made", {"igg": 1}),
        Reaction("antibody_loss", "igg_loss*igg", {"igg": -1}),
    ),
    observables=(
        Observable("blood_neutrophils", "neutrophils", "Gcell/L", "neutrophils"),
        Observable("cd4_count", "naive_cd4/blood_volume", "Gcell/L", "naive CD4 cells"),
        Observable("age_now", "age", "year", "age"),
        Observable("infection", "pathogen", "1", "pathogen"),
    ),
    hazards=(
        Hazard("mutation", "0.0005*m_rate", {"innate": 0.0}),
        Hazard("old_age", "0.000002*m_rate*exp(0.09*(age - age_at_start)/(age_at_start/18))", {}, "old age", ends=True),
        Hazard("sepsis", "0.002*m_rate*innate**2", {}, "infection", ends=True),
    ),
)  # fmt: skip
GLAND = Mechanism(
    "gland", "a target tissue", (),
    species=(Species("gland_cells", 1.0, "Gcell", WHY, scale=1e-3),),
    parameters=(Parameter("renewal", 0.01, "1/day", WHY), Parameter("gland_size", 1.0, "Gcell", WHY)),
    reactions=(
        Reaction("gland_growth", "renewal*gland_size", {"gland_cells": 1}),
        Reaction("gland_loss", "renewal*gland_cells*(1 + innate)", {"gland_cells": -1}),
    ),
)  # fmt: skip


POISON = Mechanism(
    "poison", "a cause of death that a study can set", (),
    parameters=(Parameter("lethal", 0.0, "1/day", WHY),),
    hazards=(Hazard("poison", "lethal", {}, ends=True),),
)  # fmt: skip


def stand_in(monkeypatch: pytest.MonkeyPatch, lethal: bool = False) -> None:
    """Put the tiny body where the real one is; `lethal` with one more cause of death."""
    core = (PERSON, CELLS, POISON) if lethal else (PERSON, CELLS)
    monkeypatch.setattr(build, "CORE", lambda tissues: core)
    monkeypatch.setattr(build, "TISSUES", {"gland": lambda: (GLAND,)})
    monkeypatch.setattr(build, "LEUKEMIAS", {})
    acts = {"body": Depletion({"naive_t": 0.99})}
    monkeypatch.setattr(lymphocyte_depletion, "THERAPY", replace(lymphocyte_depletion.THERAPY, acts=acts))


STUDY = """\
study: people
title: People
model: body
tissues: [gland]
time: {unit: day, from: 0, until: 60, every: 5}
cohorts:
  - name: adults
    patients:
      population: {people: 40, age: [30, 70]}
arms:
  - name: nothing
  - name: depletion
    regimen:
      - {therapy: lymphocyte_depletion, dose: 0.5, times: [10]}
observables: [blood_neutrophils, cd4_count, age_now]
endpoints:
  - {kind: minimum, name: nadir, of: cd4_count}
  - {kind: crossing, name: low, of: cd4_count, below: 0.001, from: 0}
seed: 5
"""
