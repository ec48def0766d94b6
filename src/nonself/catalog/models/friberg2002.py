"""Friberg et al. 2002: neutrophils after docetaxel, by maturation in transit and feedback from blood."""

from __future__ import annotations

from nonself.catalog.entry import Act, Must, PublishedModel
from nonself.catalog.rounding import printed
from nonself.model.parts import Expression, Mechanism, Observable, Parameter, Reaction, Species
from nonself.provenance import Citation

FRIBERG = Citation(
    key="Friberg2002",
    title="Model of chemotherapy-induced myelosuppression with parameter consistency across drugs",
    authors="Friberg LE, Henningsson A, Maas H, Nguyen L, Karlsson MO",
    year=2002,
    venue="Journal of Clinical Oncology 20:4713-4721",
    doi="10.1200/JCO.2002.02.140",
    read_in="github.com/radivot/myelo, R/friberg02.R, inst/doc/fribergPars02.R and demo/friberg02Demo.R",
)
_EQUATIONS = FRIBERG.at("model equations")
_DRUG = FRIBERG.at("docetaxel, pharmacokinetics in myelo fribergPars02 (there from Bruno et al. 1996)")
_CELLS = FRIBERG.at("docetaxel, myelosuppression in myelo fribergPars02")
_NO_DRUG = FRIBERG.at("no drug before the first dose")
_STEADY = FRIBERG.at("steady state before treatment")
_FIGURE_4 = FRIBERG.at("Figure 4, as described in myelo demo/friberg02Demo.R")
_RERUN = FRIBERG.at("equations with 180 mg as a bolus, recomputed independently")

_DOCETAXEL = Mechanism(
    id="docetaxel_pharmacokinetics",
    title="Docetaxel in plasma and two tissues",
    references=(FRIBERG,),
    species=(
        Species("C1", 0.0, "mg", _NO_DRUG, "docetaxel in plasma", scale=1e-4),
        Species("C2", 0.0, "mg", _NO_DRUG, "docetaxel in fast tissue", scale=1e-4),
        Species("C3", 0.0, "mg", _NO_DRUG, "docetaxel in slow tissue", scale=1e-4),
    ),
    parameters=(
        Parameter("k12", 24 * 1.06, "1/day", _DRUG, "plasma to fast tissue (printed per hour)"),
        Parameter("k21", 24 * 1.51, "1/day", _DRUG, "fast tissue to plasma (printed per hour)"),
        Parameter("k13", 24 * 1.26, "1/day", _DRUG, "plasma to slow tissue (printed per hour)"),
        Parameter("k31", 24 * 0.084, "1/day", _DRUG, "slow tissue to plasma (printed per hour)"),
        Parameter("k10", 24 * 5.2, "1/day", _DRUG, "elimination from plasma (printed per hour)"),
        Parameter("V1", 7.4, "L", _DRUG, "volume of plasma compartment"),
        Parameter("mw", 0.808, "mg/umol", _DRUG, "molar mass of docetaxel"),
    ),
    expressions=(Expression("Cp", "C1/V1/mw", "uM", "docetaxel concentration in plasma"),),
    reactions=(
        Reaction("to_fast_tissue", "k12*C1", {"C1": -1, "C2": +1}, "drug enters fast tissue", _EQUATIONS),
        Reaction("from_fast_tissue", "k21*C2", {"C2": -1, "C1": +1}, "drug leaves fast tissue", _EQUATIONS),
        Reaction("to_slow_tissue", "k13*C1", {"C1": -1, "C3": +1}, "drug enters slow tissue", _EQUATIONS),
        Reaction("from_slow_tissue", "k31*C3", {"C3": -1, "C1": +1}, "drug leaves slow tissue", _EQUATIONS),
        Reaction("elimination", "k10*C1", {"C1": -1}, "drug is eliminated", _EQUATIONS),
    ),
    observables=(Observable("plasma_docetaxel", "C1/V1/mw", "uM", "docetaxel in plasma", log_axis=True),),
)

_NEUTROPHILS = Mechanism(
    id="neutrophil_transit",
    title="Dividing precursors, three steps of maturation, neutrophils in blood that feed back on division",
    references=(FRIBERG,),
    shares=frozenset({"Cp"}),
    species=(
        Species("Prol", "Circ0", "Gcell/L", _STEADY, "dividing precursors", scale=1e-3),
        Species("T1", "Circ0", "Gcell/L", _STEADY, "maturing cells, first step", scale=1e-3),
        Species("T2", "Circ0", "Gcell/L", _STEADY, "maturing cells, second step", scale=1e-3),
        Species("T3", "Circ0", "Gcell/L", _STEADY, "maturing cells, third step", scale=1e-3),
        Species("Circ", "Circ0", "Gcell/L", _STEADY, "neutrophils in blood", scale=1e-3),
    ),
    parameters=(
        Parameter("Circ0", 5.05, "Gcell/L", _CELLS, "neutrophils in blood before treatment"),
        Parameter("ktr", 1.0823, "1/day", _CELLS, "division, each step, and removal"),
        Parameter("gamma", 0.161, "1", _CELLS, "strength of feedback"),
        Parameter("slope", 8.58, "1/uM", _CELLS, "effect of docetaxel on division"),
    ),
    reactions=(
        Reaction("division", "ktr*Prol*(Circ0/Circ)**gamma", {"Prol": +1}, "precursors divide", _EQUATIONS),
        Reaction(
            "drug_kill",
            "slope*Cp*ktr*Prol*(Circ0/Circ)**gamma",
            {"Prol": -1},
            "docetaxel stops division and kills dividing precursors",
            _EQUATIONS,
        ),
        Reaction(
            "maturation_1", "ktr*Prol", {"Prol": -1, "T1": +1}, "precursors start to mature", _EQUATIONS
        ),
        Reaction("maturation_2", "ktr*T1", {"T1": -1, "T2": +1}, "cells mature", _EQUATIONS),
        Reaction("maturation_3", "ktr*T2", {"T2": -1, "T3": +1}, "cells mature", _EQUATIONS),
        Reaction("release", "ktr*T3", {"T3": -1, "Circ": +1}, "mature cells enter blood", _EQUATIONS),
        Reaction("removal", "ktr*Circ", {"Circ": -1}, "neutrophils leave blood", _EQUATIONS),
    ),
    observables=(Observable("neutrophils", "Circ", "Gcell/L", "absolute neutrophil count"),),
)

_DOSE = (Act(0.0, add={"C1": 180.0}),)

MODEL = PublishedModel(
    id="friberg2002",
    title="Neutrophils after docetaxel (Friberg 2002)",
    time_unit="day",
    mechanisms=(_DOCETAXEL, _NEUTROPHILS),
    until=42.0,
    must=(
        Must("180 mg: the nadir is 0.896", "Circ", 14.0, *printed("0.896"), _RERUN, reduce="min", acts=_DOSE),
        Must(
            "180 mg: the nadir is on day 7.55 (the notes read print 7.56; the equations give 7.552)",
            "Circ",
            14.0,
            *printed("7.55"),
            _RERUN,
            reduce="argmin",
            acts=_DOSE,
        ),
        Must("180 mg: below 5.05 on day 15.55", "Circ", 15.55, 4.5, 5.05, _RERUN, acts=_DOSE),
        Must("180 mg: back above 5.05 on day 15.65", "Circ", 15.65, 5.05, 5.5, _RERUN, acts=_DOSE),
        Must(
            "180 mg: the overshoot is 6.28", "Circ", 30.0, *printed("6.28"), _RERUN, reduce="max", acts=_DOSE
        ),
        Must(
            "180 mg: the overshoot is on day 19.8",
            "Circ",
            30.0,
            *printed("19.8"),
            _RERUN,
            reduce="argmax",
            acts=_DOSE,
        ),
        Must(
            "the nadir is at about a week",
            "Circ",
            14.0,
            6.0,
            8.0,
            _FIGURE_4,
            reduce="argmin",
            acts=_DOSE,
        ),
        Must("without a dose nothing changes", "Circ", 42.0, 5.0499, 5.0501, _STEADY),
        Must(
            "right after 180 mg plasma holds 180/7.4/0.808 micromolar",
            "plasma_docetaxel",
            1.0,
            *printed("30.10"),
            _EQUATIONS,
            reduce="max",
            acts=_DOSE,
        ),
        Must(
            "without feedback neutrophils do not come back",
            "Circ",
            25.0,
            0.0,
            1.0,
            _EQUATIONS,
            set={"gamma": 0.0},
            acts=_DOSE,
        ),
    ),
    notes=("Docetaxel is given as a bolus into C1; there is none unless an act or a therapy gives it.",),
    review="second writing from the source alone: tests/qc/friberg2002.py",
)
