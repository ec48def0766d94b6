"""Everything one run of the experiments found."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from experiments.core import depth, direct, sharp
from experiments.core.ablate import ablate
from experiments.core.engine import Array
from experiments.core.laws import CHOSEN, LAWS, Law, base
from experiments.core.maps import Map, all_maps
from experiments.core.phenomena import Found, burden_tips, measure
from experiments.core.population import yearly_loss
from experiments.core.screen import Screening, screen

GAINS = np.geomspace(0.5, 3.0, 101)
COURSES = (CHOSEN, LAWS[2], LAWS[1], LAWS[4], Law(0.1, 1.0, 0.5))


@dataclass(frozen=True, slots=True)
class Effort:
    """How much is done: sets of the screening, cells along a map, patients drawn."""

    sets: int = 1000
    cells: int = 13
    drawn: int = 10_000


QUICK = Effort(40, 4, 400)


@dataclass(frozen=True, slots=True)
class Results:
    """What the document is written from."""

    effort: Effort
    screening: Screening
    maps: list[Map]
    ablated: Found
    slopes: list[sharp.Slope]
    breaking: dict[str, str]
    folds: list[sharp.Fold]
    branches: list[tuple[str, Array]]
    depths: Array
    courses: list[depth.Course]
    drawn: dict[str, tuple[direct.Estimate, direct.Estimate]]
    antigen_one: float
    burdened: float


def find(effort: Effort) -> Results:
    """Run all experiments."""
    whole, cut = (
        sharp.branches({}, GAINS),
        sharp.branches({"antigen_release": 0.0, "innate_release": 0.0}, GAINS),
    )
    some = effort.drawn // 2
    drawn = {
        "lost in 20 years, untreated": tuple(
            direct.spontaneous(effort.drawn, traits) for traits in (False, True)
        ),
        "lost in 5 years after deep depletion": tuple(
            direct.after_depletion(some, traits) for traits in (False, True)
        ),
        "lost in 5 years at a heavy burden": tuple(
            direct.under_burden(some, 1.0, traits) for traits in (False, True)
        ),
    }
    return Results(
        effort,
        screen(effort.sets),
        all_maps(effort.cells),
        ablate(),
        sharp.slopes(),
        sharp.breaking(),
        sharp.folds(),
        [
            ("begun in health", whole[0]),
            ("begun ill", whole[1]),
            ("begun ill, damage releases nothing", cut[1]),
        ],
        depth.by_depth(),
        [depth.course(law) for law in COURSES],
        {name: (pair[0], pair[1]) for name, pair in drawn.items()},
        float(measure(CHOSEN.of(base(1, leukemic_antigen=1.0))).burden[-1, 0]),
        float(yearly_loss(burden_tips(CHOSEN.of(base(1)), 1.0), 5.0)[0]),
    )
