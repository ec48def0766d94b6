"""A sparse synthetic model of any number of tissues: what a body of many coupled places costs.

Each tissue holds 15 species: a drug, a signal, a chain of ten maturing cells, effectors, memory and target
cells. Tissue 0 is the blood: drug, effectors and the last cell of the chain move between it and the others.
Not a claim about biology.
"""

from __future__ import annotations

import numpy as np

from bench.case import Case
from bench.schedule import Doses
from nonself.model.parts import Mechanism, Parameter, Reaction, Species
from nonself.provenance import assumed

SOURCE = assumed("benchmark model: not a claim about biology")
STAGES = 10
_START = {"drug": 0.0, "signal": 0.05, "effector": 0.1, "memory": 0.1, "target": 0.9}


def _rates(place: int) -> dict[str, float]:
    """Return the rates of one tissue, per day; they differ from tissue to tissue, from minutes to years."""
    return {
        "in": 20.0 * 1.4**place, "out": 60.0 * 1.4**place, "home": 0.3 + 0.1 * place, "leave": 0.5,
        "prime": 2.0, "decay": 8.0 + place, "divide": 0.6, "mature": 0.5 + 0.05 * place, "die": 0.2,
        "keep": 0.02, "lose": 0.002, "wake": 0.05, "grow": 0.15, "kill": 0.4, "poison": 0.3, "half": 0.5,
    }  # fmt: skip


def _reactions(i: int) -> list[Reaction]:
    """Return what happens inside tissue `i`."""

    def one(name: str, rate: str, change: dict[str, float]) -> Reaction:
        own = {f"{species}_{i}": amount for species, amount in change.items()}
        return Reaction(f"{name}_{i}", rate.replace("#", f"_{i}"), own, source=SOURCE, signed=True)

    last = f"c{STAGES}"
    found = [
        one("alarm", "prime#*target#*effector#/(half# + effector#)", {"signal": 1}),
        one("calm", "decay#*signal#", {"signal": -1}),
        one("birth", f"divide#*(1 + signal#)/(1 + ({last}#)**2)", {"c1": 1}),
        one("poisoning", "poison#*drug#/(half# + drug#)*c1#", {"c1": -1}),
        one("arming", f"mature#*signal#*{last}#/(half# + {last}#)", {"effector": 1}),
        one("fading", "die#*effector#", {"effector": -1}),
        one("keeping", "keep#*effector#", {"effector": -1, "memory": 1}),
        one("waking", "wake#*memory#*signal#", {"memory": -1, "effector": 1}),
        one("losing", "lose#*memory#", {"memory": -1}),
        one("growth", "grow#*target#*(1 - target#)", {"target": 1}),
        one("killing", "kill#*effector#*target#/(half# + target#)", {"target": -1}),
    ]
    for stage in range(1, STAGES):
        found.append(one(f"step{stage}", f"mature#*c{stage}#", {f"c{stage}": -1, f"c{stage + 1}": 1}))
    return [*found, one("end", f"die#*{last}#", {last: -1})]


def _exchange(i: int) -> list[Reaction]:
    """Return what moves between the blood and tissue `i`."""
    moves = {"drug": ("in", "out"), "effector": ("home", "leave"), f"c{STAGES}": ("leave", "home")}
    return [
        Reaction(
            f"move_{name}_{i}", f"{here}_{i}*{name}_0 - {back}_{i}*{name}_{i}",
            {f"{name}_0": -1.0, f"{name}_{i}": 1.0}, source=SOURCE, signed=True,
        )
        for name, (here, back) in moves.items()
    ]  # fmt: skip


def mechanism(tissues: int) -> Mechanism:
    """Return the model of `tissues` places, 15 species each."""
    start = _START | {f"c{stage}": 0.5 for stage in range(1, STAGES + 1)}
    reactions = [reaction for i in range(tissues) for reaction in _reactions(i)]
    reactions += [reaction for i in range(1, tissues) for reaction in _exchange(i)]
    clear = Reaction("clearance", "clear*drug_0", {"drug_0": -1.0}, source=SOURCE)
    return Mechanism(
        id=f"tissues{15 * tissues}",
        title=f"{tissues} tissues of 15 species each",
        references=(),
        species=tuple(
            Species(f"{name}_{i}", value, "1", SOURCE, scale=1e-6)
            for i in range(tissues)
            for name, value in start.items()
        ),
        parameters=(
            Parameter("clear", 30.0, "1/day", SOURCE),
            *(
                Parameter(f"{name}_{i}", value, "1" if name == "half" else "1/day", SOURCE)
                for i in range(tissues)
                for name, value in _rates(i).items()
                if i > 0 or name not in ("in", "out", "home", "leave")
            ),
        ),
        reactions=(*reactions, clear),
    )


def sized(tissues: int) -> Case:
    """Return the case of `tissues` places."""
    return Case(
        id=f"tissues{15 * tissues}",
        mechanism=mechanism(tissues),
        doses=Doses("drug_0", np.arange(24, dtype=np.float64) * 28.0 + 1.0, 10.0),
        outputs=np.linspace(0.0, 730.0, 74),
        spread=0.2,
        time_unit="day",
        about=f"Made up for timing: {tissues} tissues with 15 species each, joined by the blood, 24 doses in two "
        "years. Its Jacobian is sparse.",
        most=4,
    )


def case(name: str = "tissues150") -> Case:
    """Return the case of ten tissues."""
    return sized(10)
