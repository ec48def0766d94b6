"""A mechanism as plain Python text: the benchmark's own reading of it, independent of the engine.

Every peer that wants Python formulas, and the reference, is built from here.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Sequence
from typing import cast

import numpy as np

from bench.schedule import Array
from nonself.model.parts import Mechanism

Derivative = Callable[[float, Sequence[float], Sequence[float]], list[float]]
HEAD = "from math import exp, log, log10, sqrt\n"


class _Products(ast.NodeTransformer):
    """Writes the square and the cube of a name as products, which every compiler likes better."""

    def visit_BinOp(self, node: ast.BinOp) -> ast.AST:
        self.generic_visit(node)
        match node:
            case ast.BinOp(
                left=ast.Name() as base, op=ast.Pow(), right=ast.Constant(value=int() as power)
            ) if power in (2, 3):
                product = "*".join([base.id] * power)
                return ast.parse(f"({product})", mode="eval").body
        return node


def plain(formula: str) -> str:
    """Return a formula with small powers of names written as products.

    **Example:** `plain("a*x**2")` gives `"a * (x * x)"`.
    """
    return ast.unparse(_Products().visit(ast.parse(formula.strip(), mode="eval")))


def balance(mechanism: Mechanism, species: str, prefix: str = "r_") -> str:
    """Return the sum of rates that change one species, reactions numbered after `prefix`."""
    terms = [
        f"({float(reaction.change[species])!r})*{prefix}{index}"
        for index, reaction in enumerate(mechanism.reactions)
        if species in reaction.change
    ]
    return " + ".join(terms) or "0.0"


def rate_lines(mechanism: Mechanism) -> list[str]:
    """Return assignments of expressions, then of the rates `r_0`, `r_1` and so on."""
    lines = [f"{entry.id} = {plain(entry.formula)}" for entry in mechanism.expressions]
    return lines + [f"r_{index} = {plain(entry.rate)}" for index, entry in enumerate(mechanism.reactions)]


def derivative_source(mechanism: Mechanism) -> str:
    """Return Python source of `derivative(t, y, p)`: species and parameters in the mechanism's order."""
    species = [entry.id for entry in mechanism.species]
    lines = ["def derivative(t, y, p):"]
    lines.append(f"    {', '.join(species)}, = y")
    lines.append(f"    {', '.join(entry.id for entry in mechanism.parameters)}, = p")
    lines += [f"    {line}" for line in rate_lines(mechanism)]
    lines.append(f"    return [{', '.join(balance(mechanism, name) for name in species)}]")
    return "\n".join(lines)


def derivative(mechanism: Mechanism) -> Derivative:
    """Return `derivative(t, y, p)` of plain floats."""
    scope: dict[str, object] = {}
    exec(HEAD + derivative_source(mechanism), scope)
    return cast("Derivative", scope["derivative"])


def unpacked(mechanism: Mechanism, y: str, p: str, scales: Sequence[float] | None = None) -> list[str]:
    """Return assignments that read each species from `y[i]` and each parameter from `p[j]`.

    **Arguments:** `scales` when the state is kept in units of them.
    """
    units = [""] * len(mechanism.species) if scales is None else [f"*{value!r}" for value in scales]
    lines = [
        f"{entry.id} = {y}[{row}]{unit}"
        for row, (entry, unit) in enumerate(zip(mechanism.species, units, strict=True))
    ]
    return lines + [f"{entry.id} = {p}[{row}]" for row, entry in enumerate(mechanism.parameters)]


def starts(mechanism: Mechanism, parameters: Array) -> Array:
    """Return the initial amounts of patients, shape (n_patients, n_species).

    **Arguments:** `parameters` shape (n_parameters, n_patients).
    """
    known = dict(zip((entry.id for entry in mechanism.parameters), parameters, strict=True))
    rows = [
        np.broadcast_to(eval(str(entry.initial), {"__builtins__": {}}, known), parameters.shape[1:])
        for entry in mechanism.species
    ]
    return np.array(rows, dtype=np.float64).T.copy()
