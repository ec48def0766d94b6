"""One thing taken away at a time: which statement breaks."""

from __future__ import annotations

import numpy as np

from experiments.core.laws import CHOSEN, base
from experiments.core.phenomena import Found, measure
from nonself.catalog.core import CORE

VALUES = {
    part.id: part.value
    for mechanism in CORE
    for part in mechanism.parameters
    if not isinstance(part.value, str)
}
_FREE = 1.0 + VALUES["suppression_strength"]

ABLATIONS: dict[str, dict[str, float]] = {
    "nothing": {},
    "regulators gone": {"suppression_strength": 0.0, "margin": VALUES["margin"] / _FREE},
    "threshold does not see regulators": {"suppression_strength": 0.0},
    "suppression a pure ratio": {"density_share": 0.0},
    "suppression a pure density": {"density_share": 1.0},
    "neutral division": {"avidity_division": 0.0},
    "damage releases nothing": {"antigen_release": 0.0, "innate_release": 0.0},
    "damage releases no antigen": {"antigen_release": 0.0},
    "innate signal is not seen": {"innate_gain": 0.0},
    "effectors do not divide on antigen": {"effector_division": 0.0},
    "regulators do not grow on IL-2": {"il2_growth": 0.0},
    "no new self-specific cells": {"self_export": 0.0},
    "regulators not refilled from conventional cells": {"refill_share": 0.0},
    "growth factor does not rise": {"consumed_share": 0.0},
    "leukemia without antigen": {"leukemic_antigen": 0.0},
    "leukemia takes no contacts": {"leukemic_contacts": 0.0},
    "leukemia recruits no regulators": {"leukemic_recruitment": 0.0},
    "leukemia far from self": {"antigenic_distance": 3.0},
    "regulators half exposed to depletion": {"regulators_exposed": 0.5},
    "effectors half exposed to depletion": {"effectors_exposed": 0.5},
    "only regulators exposed to depletion": {
        "conventional_exposed": 0.0,
        "precursors_exposed": 0.0,
        "effectors_exposed": 0.0,
    },
}


def ablate(rounds: int = 1) -> Found:
    """Measure every ablation, in the order of ABLATIONS."""
    count = len(ABLATIONS)
    sets = CHOSEN.of(base(count))
    for name in {name for change in ABLATIONS.values() for name in change}:
        usual = sets[name][0] if name in sets else float(VALUES[name])
        sets[name] = np.array([change.get(name, usual) for change in ABLATIONS.values()])
    return measure(sets, rounds=rounds)
