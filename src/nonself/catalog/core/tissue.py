"""A tissue that effectors kill, that regenerates, and whose damage releases antigen and innate signal."""

from __future__ import annotations

from nonself.catalog.core.sources import GANUSOV, HALLE
from nonself.model.parts import Expression, Mechanism, Observable, Parameter, Reaction, Species
from nonself.model.rate_laws import mass_action
from nonself.provenance import assumed

_START = assumed("health")
_RELEASE = assumed("damage raises presentation and innate signal; how far is explored")

TISSUE = Mechanism(
    id="tissue",
    title="Killing of tissue, regeneration, and what damage releases",
    references=(HALLE, GANUSOV),
    species=(
        Species("tissue", "1", "1", _START, "tissue, relative to health", scale=1e-3),
        Species("innate", "0", "1", _START, "innate signal, in usual infections", scale=1e-3),
    ),
    parameters=(
        Parameter(
            "killing",
            8.0 / 1.6e10,
            "1/(cell*day)",
            HALLE.at("8 kills a cell and day, over 1.6e10 cells of tissue (assumed)"),
            "killing by one effector",
            (2e-10, 1.6e-9),
        ),
        Parameter(
            "regeneration",
            0.01,
            "1/day",
            assumed("renewal within months"),
            "regeneration of tissue",
            (0.003, 0.03),
        ),
        Parameter(
            "antigen_release",
            3.5,
            "1",
            _RELEASE,
            "antigen from killing at the pace of regeneration, relative to health",
            (0.3, 10.0),
        ),
        Parameter(
            "innate_release",
            1.0,
            "1",
            _RELEASE,
            "innate signal from killing at that pace, in usual infections",
            (0.1, 10.0),
        ),
        Parameter(
            "innate_decay",
            0.2,
            "1/day",
            assumed("an infection of a week"),
            "decay of the innate signal",
            (0.1, 0.5),
        ),
    ),
    expressions=(
        Expression("flux", mass_action("killing", "attack", "tissue"), "1/day", "tissue killed a day"),
        Expression(
            "antigen",
            "tissue + antigen_release*flux/regeneration + leukemic_antigen*near*burden",
            "1",
            "self antigen presented",
        ),
    ),
    reactions=(
        Reaction("regrowth", "regeneration*(1 - tissue)", {"tissue": 1}, "regeneration", _START, signed=True),
        Reaction("damage", "flux", {"tissue": -1}, "killing by effectors", GANUSOV.at("mass action")),
        Reaction(
            "alarm",
            "innate_decay*innate_release*flux/regeneration",
            {"innate": 1},
            "innate signal from damage",
            _RELEASE,
        ),
        Reaction("calming", "innate_decay*innate", {"innate": -1}, "decay of the innate signal", _START),
    ),
    observables=(Observable("tissue_percent", "100*tissue", "percent", "tissue"),),
)
