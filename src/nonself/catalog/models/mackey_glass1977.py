"""Mackey and Glass 1977: blood production that answers, after a delay, to how much there was."""

from __future__ import annotations

import math

from nonself.catalog.entry import Must, PublishedModel, Variant
from nonself.model.parts import Mechanism, Parameter, Reaction, Species
from nonself.provenance import Citation, assumed

MACKEY_GLASS = Citation(
    key="MackeyGlass1977",
    title="Oscillation and chaos in physiological control systems",
    authors="Mackey MC, Glass L",
    year=1977,
    venue="Science 197:287-289",
    read_in="github.com/SciML/DiffEqProblemLibrary.jl, lib/DDEProblemLibrary/src/ddetst.jl, problem A1",
)
_EQUATIONS = MACKEY_GLASS.at("problem A1")
_FIRST = MACKEY_GLASS.at("problem A1, solved by hand until the delay has passed")
_LINEAR = MACKEY_GLASS.at("problem A1, its linear stability at 1")
_LEVEL = 10 * 0.2 * 0.5 / (1 + 0.5**10)  # where production from the history and loss balance
_SECOND = _LEVEL + (0.5 - _LEVEL) * math.exp(-1.4)

_PRODUCTION = Mechanism(
    id="delayed_production",
    title="Production falls where there was much a while ago",
    references=(MACKEY_GLASS,),
    species=(Species("u", 0.5, "1", _EQUATIONS, "circulating cells, relative to theta", scale=1e-3),),
    parameters=(
        Parameter("beta", 0.2, "1/day", _EQUATIONS, "production where there are few"),
        Parameter("gamma", 0.1, "1/day", _EQUATIONS, "loss"),
        Parameter("m", 10.0, "1", _EQUATIONS, "how steeply production falls"),
        Parameter("tau", 14.0, "day", _EQUATIONS, "time that production takes"),
    ),
    reactions=(
        Reaction(
            "production", "beta*delay(u, tau)/(1 + delay(u, tau)**m)", {"u": +1}, "cells are made", _EQUATIONS
        ),
        Reaction("loss", "gamma*u", {"u": -1}, "cells are lost", _EQUATIONS),
    ),
)

MODEL = PublishedModel(
    id="mackey_glass1977",
    title="Blood production with a delay (Mackey and Glass 1977)",
    time_unit="day",
    mechanisms=(_PRODUCTION,),
    until=500.0,
    must=(
        Must(
            "until the delay has passed the course is a relaxation", "u", 14.0,
            _SECOND * (1 - 1e-7), _SECOND * (1 + 1e-7), _FIRST,
        ),
        Must("1 is a balance", "u", 200.0, 1 - 1e-6, 1 + 1e-6, _LINEAR, "settles", set={"u_initial": 1.0}),
        Must("a delay of 4 days, below 4.71, settles at 1", "u", 500.0, 0.999, 1.001, _LINEAR, "settles"),
        Must("a delay of 14 days does not: it swings above", "u", 500.0, 1.2, 1.5, _LINEAR, reduce="max"),
        Must(
            "a delay of 14 days does not: from 0.9 it swings below 0.75", "u", 500.0, 0.2, 0.75, _LINEAR,
            reduce="min", set={"u_initial": 0.9},
        ),
    ),
    variants=(
        Variant(
            "settles", "a delay of 4 days", {"tau": 4.0},
            assumed("below the delay at which 1 loses its stability, arccos(-1/4)/sqrt(0.15) = 4.71 days"),
        ),
    ),
    notes=(
        "Problem A1 names no unit. Days, and cells relative to theta, are as in R. Knapp's demonstration of figure 2 "
        "of the paper (demonstrations.wolfram.com/MackeyGlassEquation); there the steady state theta attracts with a "
        "delay of 4.6 days and no longer with 4.8.",
    ),
    review="second writing from the source alone: tests/qc/mackey_glass1977.py",
)  # fmt: skip
