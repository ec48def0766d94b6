"""Maps: two parameters at a time around the catalog's point, every statement measured in every cell."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from experiments.core.engine import Array
from experiments.core.laws import CHOSEN, Law, base
from experiments.core.phenomena import Found, measure

WORDS = {
    "density_share": "density share m",
    "suppression_strength": "suppression strength ρ",
    "margin": "margin",
    "sigma": "spread of log gain σ",
    "release": "release h",
    "excess_half": "growth factor of half avidity",
    "avidity_ratio": "avidity ratio",
    "leukemic_antigen": "leukemic antigen",
    "leukemic_contacts": "leukemic contacts",
    "il2_growth": "regulator growth on IL-2",
    "antigen_release": "antigen release",
}


@dataclass(frozen=True, slots=True)
class Axis:
    """A parameter and the values a map has of it."""

    name: str
    values: Array


def linear(name: str, low: float, high: float, count: int) -> Axis:
    """Return an axis with even steps."""
    return Axis(name, np.linspace(low, high, count))


def logarithmic(name: str, low: float, high: float, count: int) -> Axis:
    """Return an axis with even ratios."""
    return Axis(name, np.geomspace(low, high, count))


@dataclass(frozen=True, slots=True)
class Map:
    """A map: `found` over (n_down * n_across) sets, the axis across varying fastest."""

    id: str
    title: str
    across: Axis
    down: Axis
    found: Found

    @property
    def cells(self) -> Array:
        """(n_down, n_across) 16 bits less: how many statements hold."""
        return (
            self.found.holds.sum(axis=0).reshape(len(self.down.values), len(self.across.values)).astype(float)
        )

    @property
    def failing(self) -> list[list[str]]:
        """(n_down, n_across) the numbers of the statements that do not hold."""
        holds = self.found.holds
        text = [
            "".join(str(row + 1) for row in range(4) if not holds[row, column])
            for column in range(holds.shape[1])
        ]
        width = len(self.across.values)
        return [text[start : start + width] for start in range(0, len(text), width)]


def draw_map(id: str, title: str, law: Law, across: Axis, down: Axis) -> Map:
    """Measure a map under a law; the axes win over the law."""
    second, first = np.meshgrid(across.values, down.values)
    sets = law.of(base(first.size))
    sets |= {across.name: second.ravel(), down.name: first.ravel()}
    return Map(id, title, across, down, measure(sets))


def all_maps(count: int = 13) -> list[Map]:
    """Measure every map of the document."""
    density, strength = (
        linear("density_share", 0.0, 1.0, count),
        logarithmic("suppression_strength", 1.0, 20.0, count),
    )
    margin, sigma = logarithmic("margin", 1.8, 5.0, count), linear("sigma", 0.1, 0.4, count)
    found = [
        draw_map(f"laws-{word}", f"division {title}", Law(0.25, avidity), density, strength)
        for avidity, word, title in ((0.0, "neutral", "neutral"), (1.0, "avidity", "by avidity"))
    ]
    for law, word in ((Law(0.0, 1.0), "ratio"), (CHOSEN, "mixture"), (Law(1.0, 1.0), "density")):
        found.append(draw_map(f"population-{word}", law.title, law, margin, sigma))
    release = linear("release", 0.0, 2.0, count)
    found.append(
        draw_map(
            "release", "the repair of the ratio", CHOSEN, linear("density_share", 0.0, 0.5, count), release
        )
    )
    avidity = logarithmic("avidity_ratio", 1.2, 8.0, count), linear("excess_half", 1.0, 2.2, count)
    found.append(draw_map("avidity-mixture", f"{CHOSEN.title}", CHOSEN, *avidity))
    found.append(draw_map("avidity-ratio", f"{Law(0.0, 1.0).title}", Law(0.0, 1.0), *avidity))
    burden = (
        logarithmic("leukemic_antigen", 0.02, 2.0, count),
        logarithmic("leukemic_contacts", 0.02, 2.0, count),
    )
    found.append(draw_map("burden", "what leukemia does", CHOSEN, *burden))
    feedback = logarithmic("antigen_release", 0.5, 8.0, count), logarithmic("il2_growth", 0.002, 0.1, count)
    found.append(draw_map("feedback", "what makes loss last", CHOSEN, *feedback))
    return found
