"""A mechanism as one plain Python function: the benchmark's own reading of it, independent of the engine."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import cast

from nonself.model.parts import Mechanism

Derivative = Callable[[float, Sequence[float], Sequence[float]], list[float]]


def _balance(mechanism: Mechanism, species: str) -> str:
    """Return the sum of rates that change one species."""
    terms = [
        f"({float(reaction.change[species])!r})*r_{index}"
        for index, reaction in enumerate(mechanism.reactions)
        if species in reaction.change
    ]
    return " + ".join(terms) or "0.0"


def derivative_source(mechanism: Mechanism) -> str:
    """Return Python source of `derivative(t, y, p)`: species and parameters in the mechanism's order."""
    species = [entry.id for entry in mechanism.species]
    lines = ["def derivative(t, y, p):"]
    lines.append(f"    {', '.join(species)}, = y")
    lines.append(f"    {', '.join(entry.id for entry in mechanism.parameters)}, = p")
    lines += [f"    {entry.id} = {entry.formula}" for entry in mechanism.expressions]
    lines += [f"    r_{index} = {entry.rate}" for index, entry in enumerate(mechanism.reactions)]
    lines.append(f"    return [{', '.join(_balance(mechanism, name) for name in species)}]")
    return "\n".join(lines)


def derivative(mechanism: Mechanism) -> Derivative:
    """Return `derivative(t, y, p)`; works on floats, complex numbers and NumPy arrays alike."""
    scope: dict[str, object] = {}
    exec("from math import exp, log\n" + derivative_source(mechanism), scope)
    return cast("Derivative", scope["derivative"])
