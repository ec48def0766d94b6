"""Rates and the exact Jacobian compiled by numba: for the peers that take compiled functions."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from bench.flatten import HEAD, balance, rate_lines, unpacked
from bench.schedule import Array
from nonself.model.parts import Mechanism

InPlace = Callable[[float, Array, Array, Array], None]


def _function(head: str, lines: Sequence[str]) -> Any:
    scope: dict[str, Any] = {}
    exec(HEAD + "\n".join([head, *(f"    {line}" for line in lines), ""]), scope)
    return scope["function"]


def rates_source(mechanism: Mechanism, scales: Sequence[float] | None = None) -> Any:
    """Return the Python function `function(t, y, dy, p)`, to be compiled.

    **Arguments:** `scales` when the state is kept in units of them.
    """
    units = [""] * len(mechanism.species) if scales is None else [f"*{1 / value!r}" for value in scales]
    changes = [
        f"dy[{row}] = ({balance(mechanism, entry.id)}){unit}"
        for row, (entry, unit) in enumerate(zip(mechanism.species, units, strict=True))
    ]
    lines = [*unpacked(mechanism, "y", "p", scales), *rate_lines(mechanism), *changes]
    return _function("def function(t, y, dy, p):", lines)


_KEPT: dict[str, InPlace] = {}


def rates_in_place(mechanism: Mechanism) -> InPlace:
    """Return the compiled `fill(t, y, dy, p)`, made once for each mechanism's id."""
    import numba

    if mechanism.id not in _KEPT:
        _KEPT[mechanism.id] = numba.njit(error_model="numpy")(rates_source(mechanism))
    return _KEPT[mechanism.id]


@dataclass(frozen=True, slots=True)
class Entries:
    """The Jacobian's entries that can be nonzero, column by column.

    **Arguments:** `rows`, `columns` of each entry; `fill(t, y, dy, values, p)` writes them in that order.
    """

    rows: tuple[int, ...]
    columns: tuple[int, ...]
    fill: Any


def _derivatives(mechanism: Mechanism) -> dict[tuple[int, int], Any]:
    """Return the nonzero derivatives by (column, row)."""
    import symengine

    names = [entry.id for entry in mechanism.species]
    words = {name: getattr(symengine, name) for name in ("exp", "log", "sqrt")}
    words["log10"] = lambda x: symengine.log(x) / symengine.log(10)
    known: dict[str, Any] = {name: symengine.Symbol(name) for name in names}
    known |= {entry.id: symengine.Symbol(entry.id) for entry in mechanism.parameters}
    for entry in mechanism.expressions:
        known[entry.id] = symengine.sympify(eval(entry.formula, words, known))
    total = dict.fromkeys(names, symengine.Integer(0))
    for reaction in mechanism.reactions:
        rate = symengine.sympify(eval(reaction.rate, words, known))
        for name, amount in reaction.change.items():
            total[name] += symengine.RealDouble(float(amount)) * rate
    found = {}
    for row, name in enumerate(names):
        used = total[name].free_symbols
        for column, other in enumerate(names):
            if known[other] in used and (entry := total[name].diff(known[other])) != 0:
                found[column, row] = entry
    return dict(sorted(found.items()))


def jacobian(mechanism: Mechanism) -> Entries:
    """Return the exact sparse Jacobian, compiled, common subexpressions written once."""
    import numba
    import symengine

    found = _derivatives(mechanism)
    shared, written = symengine.cse(list(found.values()))
    lines = unpacked(mechanism, "y", "p")
    lines += [f"{name} = {formula}" for name, formula in shared]
    lines += [f"values[{place}] = {formula}" for place, formula in enumerate(written)]
    function = _function("def function(t, y, dy, values, p):", lines)
    compiled = numba.njit(error_model="numpy")(function)
    return Entries(tuple(row for _, row in found), tuple(column for column, _ in found), compiled)


def pattern(entries: Entries, size: int) -> Array:
    """Return the Jacobian's pattern, shape (size, size): 1 where an entry can be nonzero."""
    found = np.zeros((size, size))
    found[list(entries.rows), list(entries.columns)] = 1
    return found
