"""Docetaxel in the body: its published pharmacokinetics, and one constant for all dividing blood cells."""

from __future__ import annotations

from nonself.catalog.body.blood import DIVIDING
from nonself.catalog.models.friberg2002 import FRIBERG
from nonself.model.parts import Expression, Mechanism, Observable, Parameter, Reaction, Species
from nonself.provenance import assumed

_DRUG = FRIBERG.at("docetaxel, pharmacokinetics in myelo fribergPars02 (there from Bruno et al. 1996)")
_NONE = FRIBERG.at("no drug before the first dose")
_KILL = assumed(
    "cells die in proportion to the drug; the constant is fitted to target neut_nadir with G-CSF's two"
)


def docetaxel() -> Mechanism:
    """Return docetaxel in plasma and two tissues, which kills every dividing blood cell at the same rate.

    Equation: each state of `DIVIDING` loses kill * C * cells a day at the plasma concentration C.

    **Example:** a bolus of 180 mg into `docetaxel_plasma` is 100 mg/m2 for 1.8 m2.
    """
    parts = (
        ("docetaxel_plasma", "plasma"),
        ("docetaxel_fast", "fast tissue"),
        ("docetaxel_slow", "slow tissue"),
    )
    return Mechanism(
        id="docetaxel",
        title="Docetaxel: plasma and two tissues; kills dividing blood cells",
        references=(FRIBERG,),
        species=tuple(Species(name, 0.0, "mg", _NONE, f"docetaxel in {place}", scale=1e-4) for name, place in parts),
        parameters=(
            Parameter("docetaxel_k12", 24 * 1.06, "1/day", _DRUG, "plasma to fast tissue"),
            Parameter("docetaxel_k21", 24 * 1.51, "1/day", _DRUG, "fast tissue to plasma"),
            Parameter("docetaxel_k13", 24 * 1.26, "1/day", _DRUG, "plasma to slow tissue"),
            Parameter("docetaxel_k31", 24 * 0.084, "1/day", _DRUG, "slow tissue to plasma"),
            Parameter("docetaxel_k10", 24 * 5.2, "1/day", _DRUG, "elimination from plasma"),
            Parameter("docetaxel_volume", 7.4, "L", _DRUG, "volume of plasma compartment"),
            Parameter("docetaxel_molar_mass", 0.808, "mg/umol", _DRUG, "molar mass"),
            Parameter("docetaxel_kill", 34.3, "1/(uM*day)", _KILL, "killing of dividing blood cells"),
        ),
        expressions=(
            Expression("docetaxel_concentration", "docetaxel_plasma/docetaxel_volume/docetaxel_molar_mass", "uM",
                       "docetaxel in plasma"),
        ),
        reactions=(
            Reaction("docetaxel_to_fast", "docetaxel_k12*docetaxel_plasma",
                     {"docetaxel_plasma": -1, "docetaxel_fast": +1}, "drug enters fast tissue", _DRUG),
            Reaction("docetaxel_from_fast", "docetaxel_k21*docetaxel_fast",
                     {"docetaxel_fast": -1, "docetaxel_plasma": +1}, "drug leaves fast tissue", _DRUG),
            Reaction("docetaxel_to_slow", "docetaxel_k13*docetaxel_plasma",
                     {"docetaxel_plasma": -1, "docetaxel_slow": +1}, "drug enters slow tissue", _DRUG),
            Reaction("docetaxel_from_slow", "docetaxel_k31*docetaxel_slow",
                     {"docetaxel_slow": -1, "docetaxel_plasma": +1}, "drug leaves slow tissue", _DRUG),
            Reaction("docetaxel_elimination", "docetaxel_k10*docetaxel_plasma", {"docetaxel_plasma": -1},
                     "drug is eliminated", _DRUG),
            *(Reaction(f"docetaxel_kills_{name}", f"docetaxel_kill*docetaxel_concentration*{name}", {name: -1},
                       "docetaxel kills dividing cells", _KILL) for name in DIVIDING),
        ),
        observables=(Observable("plasma_docetaxel", "docetaxel_concentration", "uM", "docetaxel", log_axis=True),),
    )  # fmt: skip
