"""Large models of any size: sparse networks, and species that all feel each other."""

from __future__ import annotations

import numpy as np

from nonself.model.compose import compose
from nonself.model.ir import Model
from nonself.model.parts import Expression, Mechanism, Observable, Parameter, Reaction, Species
from nonself.provenance import assumed

WHY = assumed("a test model")


def _composed(id: str, species: int, parameters: dict[str, float], **parts: tuple[object, ...]) -> Model:
    members = tuple(
        Species(f"s{row}", 1.0 + 0.5 * np.sin(row), "1", WHY, scale=1e-3) for row in range(species)
    )
    numbers = tuple(Parameter(name, value, "1", WHY) for name, value in parameters.items())
    mechanism = Mechanism(id, id, (), species=members, parameters=numbers, **parts)  # type: ignore[arg-type]
    return compose([mechanism], id=id, time_unit="day")


def network(species: int, links: int = 2) -> Model:
    """Each species is made and lost, and turns into `links` others, helped by a third that saturates."""
    rng = np.random.default_rng(species)
    reactions = []
    for row in range(species):
        reactions.append(Reaction(f"birth{row}", f"made*(1 + {0.1 * np.cos(row):.3f})", {f"s{row}": 1}))
        reactions.append(Reaction(f"death{row}", f"lost*s{row}", {f"s{row}": -1}))
        for link in range(links):
            reach = 1 + link * int(rng.integers(1, 8))
            other, helper = (row + reach) % species, (row + 2 * reach + 1) % species
            rate = f"k*{1 + 0.2 * rng.random():.4f}*s{row}*s{helper}/(half + s{helper})"
            if other != row:
                reactions.append(Reaction(f"turn{row}_{link}", rate, {f"s{row}": -1, f"s{other}": 1}))
    numbers = {"made": 0.5, "lost": 0.3, "k": 2.0, "half": 0.7}
    return _composed(f"network{species}_{links}", species, numbers, reactions=tuple(reactions))


def coupled(species: int) -> Model:
    """Clones that compete for one factor, each with its own appetite: every one feels every other."""
    taken = " + ".join(f"{1 + 0.3 * np.sin(3 * row):.3f}*s{row}" for row in range(species))
    reactions = []
    for row in range(species):
        reactions.append(
            Reaction(f"birth{row}", f"{1 + 0.1 * np.cos(row):.3f}*grow*s{row}*factor", {f"s{row}": 1})
        )
        reactions.append(Reaction(f"death{row}", f"lost*s{row}", {f"s{row}": -1}))
    return _composed(
        f"coupled{species}",
        species,
        {"grow": 3.0, "lost": 0.3, "half": 0.2 * species},
        reactions=tuple(reactions),
        expressions=(Expression("taken", taken, "1"), Expression("factor", "half/(half + taken)", "1")),
        observables=(Observable("all_of_them", "taken", "1"),),
    )
