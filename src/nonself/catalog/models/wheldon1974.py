"""Wheldon, Kirk and Finlay 1974: cyclical granulopoiesis in chronic granulocytic leukemia."""

from __future__ import annotations

import math

from nonself.catalog.entry import Must, PublishedModel, Variant
from nonself.catalog.rounding import printed
from nonself.model.parts import Expression, Mechanism, Parameter, Reaction, Species
from nonself.provenance import Citation

WHELDON = Citation(
    key="WheldonKirkFinlay1974",
    title="Cyclical granulopoiesis in chronic granulocytic leukemia: a simulation study",
    authors="Wheldon TE, Kirk J, Finlay HM",
    year=1974,
    venue="Blood 43:379-387",
    read_in="github.com/SciML/DiffEqProblemLibrary.jl, lib/DDEProblemLibrary/src/ddetst.jl, problem A2",
)
_EQUATIONS = WHELDON.at("problem A2")
_HISTORY = WHELDON.at("problem A2, history: a third of the balance")
_FIRST = WHELDON.at("problem A2, production until the delay has passed")

_CYCLES = Mechanism(
    id="delayed_granulopoiesis",
    title="Marrow is made by what marrow there was, and is released the slower the more blood there is",
    references=(WHELDON,),
    species=(
        Species("marrow", 1.05767027 / 3, "1", _HISTORY, "granulocytes in marrow", scale=1e-3),
        Species("blood", 1.030713491 / 3, "1", _HISTORY, "granulocytes in blood", scale=1e-3),
    ),
    parameters=(
        Parameter("alpha", 1.1, "1/day", _EQUATIONS, "most production"),
        Parameter("beta", math.sqrt(10.0), "1", _EQUATIONS, "how marrow holds production back"),
        Parameter("gamma", 1.25, "1", _EQUATIONS, "how steeply it does"),
        Parameter("tau", 20.0, "day", _EQUATIONS, "time that production takes"),
        Parameter("lam", 10.0, "1/day", _EQUATIONS, "release where there is no blood"),
        Parameter("mu", 40.0, "1", _EQUATIONS, "how blood holds release back"),
        Parameter("share", 10.0, "1", _EQUATIONS, "blood that one unit of marrow gives"),
        Parameter("omega", 2.43, "1/day", _EQUATIONS, "loss from blood"),
    ),
    expressions=(Expression("released", "lam*marrow/(1 + mu*blood)", "1/day", "release from marrow"),),
    reactions=(
        Reaction(
            "production",
            "alpha/(1 + beta*delay(marrow, tau)**gamma)",
            {"marrow": +1},
            "marrow is made",
            _EQUATIONS,
        ),
        Reaction("release", "released", {"marrow": -1}, "marrow is released", _EQUATIONS),
        Reaction("arrival", "share*released", {"blood": +1}, "it arrives in blood", _EQUATIONS),
        Reaction("loss", "omega*blood", {"blood": -1}, "granulocytes are lost", _EQUATIONS),
    ),
)

MODEL = PublishedModel(
    id="wheldon1974",
    title="Cyclical granulopoiesis in chronic granulocytic leukemia (Wheldon, Kirk and Finlay 1974)",
    time_unit="day",
    mechanisms=(_CYCLES,),
    until=100.0,
    must=(
        Must("the balance is marrow 1.05767", "marrow", 100.0, *printed("1.05767"), _HISTORY, "balance"),
        Must("the balance is blood 1.03071", "blood", 100.0, *printed("1.03071"), _HISTORY, "balance"),
        Must("from a third of it, marrow overshoots the balance", "marrow", 100.0, 1.5, 12.0, _FIRST, reduce="max"),
        Must("it does so when the delay has passed", "marrow", 40.0, 20.0, 30.0, _FIRST, reduce="argmax"),
    ),
    variants=(
        Variant(
            "balance", "begins at the balance",
            {"marrow_initial": 1.05767027, "blood_initial": 1.030713491}, _HISTORY,
        ),
    ),
    notes=(
        "Problem A2 names neither its two states nor a unit: that they are granulocytes in marrow and in blood, and "
        "time is in days, is an assumption.",
    ),
    review="second writing from the source alone: tests/qc/wheldon1974.py",
)  # fmt: skip
