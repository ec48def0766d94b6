"""How sharply statements depend on parameters, and where health and disease are both attractors."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from experiments.core.ablate import VALUES
from experiments.core.engine import YEAR, Array, run
from experiments.core.laws import CHOSEN, LAWS, SIGMA, Law, base, box
from experiments.core.phenomena import level, measure
from experiments.core.population import tip
from nonself.engine.problem import Action

STEP = 0.05
SETTLED = 12.0 * YEAR
ILL = (Action(1.0, "add", "high_effectors", 3e8), Action(1.0, "add", "innate", 5.0))


@dataclass(frozen=True, slots=True)
class Slope:
    """d ln(what)/d ln(parameter) at the catalog's point, of loss a year, after depletion, and at a heavy burden."""

    name: str
    yearly: float
    depleted: float
    burden: float


def _one_by_one(step: float) -> tuple[list[str], dict[str, Array]]:
    """Every parameter of the box a step below and above its value, all others at theirs: two sets each."""
    names = list(box())
    count = 2 * len(names)
    sets = CHOSEN.of(base(count))
    for row, name in enumerate(names):
        value = SIGMA if name == "sigma" else float(VALUES[name])
        column = np.full(count, value)
        column[2 * row : 2 * row + 2] = value * (1 - step), value * (1 + step)
        sets[name] = column
    return names, sets


def slopes() -> list[Slope]:
    """Return the elasticities of every parameter of the box, the steepest for spontaneous loss first."""
    names, sets = _one_by_one(STEP)
    found = measure(sets, rounds=3)
    width = np.log((1 + STEP) / (1 - STEP))
    tables = [found.yearly, found.after_depletion, found.burden[-1]]
    steep = [np.log(table[1::2] / table[::2]) / width for table in tables]
    rows = [Slope(name, *(float(part[row]) for part in steep)) for row, name in enumerate(names)]
    return sorted(rows, key=lambda slope: -abs(slope.yearly))


def breaking(step: float = 0.2) -> dict[str, str]:
    """Return what a change of one parameter by a fifth breaks: `margin -20 %` -> the numbers of the statements."""
    names, sets = _one_by_one(step)
    holds = measure(sets).holds
    found = {}
    for row, name in enumerate(names):
        for column, sign in ((2 * row, "-"), (2 * row + 1, "+")):
            lost = "".join(str(number + 1) for number in range(4) if not holds[number, column])
            if lost:
                found[f"`{name}` {sign}{100 * step:.0f} %"] = lost
    return found


@dataclass(frozen=True, slots=True)
class Fold:
    """The gain below which disease ends by itself, and above which health does; ln(width) of what lies between."""

    title: str
    disease: float
    health: float

    @property
    def width(self) -> float:
        """Logarithm of the ratio of gains between which both last; 0 where they never do."""
        return 0.0 if self.disease >= self.health else self.health - self.disease


_CUT = {
    "as it is": {},
    "damage releases no antigen": {"antigen_release": 0.0},
    "damage releases nothing": {"antigen_release": 0.0, "innate_release": 0.0},
    "regulators grow on IL-2 five times faster": {"il2_growth": 0.05},
    "steepness 2": {"steepness": 2.0},
}


def folds() -> list[Fold]:
    """Return where health and disease are attractors, from two initial states, under each law and ablated."""
    cases: list[tuple[str, Law, dict[str, float]]] = [
        (title, CHOSEN, change) for title, change in _CUT.items()
    ]
    cases += [(law.title, law, {}) for law in LAWS if law != CHOSEN]
    found = []
    for title, law, change in cases:
        sets = law.of(base(1, **change))
        health = tip(level(sets, SETTLED, (), last=True), 1, rounds=2)[0]
        disease = tip(level(sets, SETTLED, ILL, last=True), 1, rounds=2)[0]
        found.append(Fold(title, SIGMA * disease, SIGMA * health))
    return found


def branches(change: dict[str, float], gains: Array) -> tuple[Array, Array]:
    """Return tissue after twelve years over gains, begun in health and begun ill."""
    law = CHOSEN.of(base(1))
    columns = {name: float(values[0]) for name, values in law.items() if name != "sigma"} | change
    ends = [
        run({**columns, "gain": gains}, len(gains), SETTLED, actions).of("tissue")[:, -1]
        for actions in ((), ILL)
    ]
    return ends[0], ends[1]
