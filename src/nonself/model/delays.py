"""Delays of a model: where they stand, and what cannot be read exactly, refused by name."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from nonself.errors import CompositionError, UnknownName
from nonself.expr import TIME, names, parse
from nonself.model.events import event_formulas
from nonself.model.ir import Model
from nonself.model.parts import Expression, Observable

DELAY = "delay"


def delays_in(formula: str) -> Iterator[tuple[str, str]]:
    """Yield what a formula looks back at and how long ago, as text.

    **Example:** `list(delays_in("k*delay(x, tau)"))` gives `[("x", "tau")]`.
    """
    for node in ast.walk(parse(formula)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == DELAY:
            yield ast.unparse(node.args[0]), ast.unparse(node.args[1])


def fixed_by_delays(model: Model) -> frozenset[str]:
    """Return the parameters that must keep their value from the start: lengths of delays and histories need them.

    **Example:** `"tau" in fixed_by_delays(model)`
    """
    constants = _constants(model)
    known = {part.id: str(part.value) for part in model.derived}
    known |= {part.id: part.formula for part in model.expressions if part.id in constants}
    lags = [ago for formula in _moving(model) for _, ago in delays_in(formula) if names(ago) <= constants]
    todo = [*lags, *(part.history for part in model.species if part.history is not None and lags)]
    found: set[str] = set()
    while todo:
        used = names(todo.pop()) - found
        found |= used
        todo += [known[name] for name in used if name in known]
    return frozenset(found - {TIME})


def check_delays(model: Model) -> None:
    """Refuse delays where nothing has a past, and those whose length changes where the course depends on them.

    **Raises:** `CompositionError`, `UnknownName`.
    """
    constants = _constants(model)
    for formula in [str(part.initial) for part in model.species] + [
        str(part.value) for part in model.derived
    ]:
        refuse_delays(formula, "a delay stands where there is no past")
    for species in model.species:
        for name in sorted(names(species.history or "0") - constants - {TIME}):
            raise UnknownName(f"name in the history of {species.id!r}", name, {*constants, TIME})
    for formula in _decisive(model):
        for _, ago in delays_in(formula):
            for name in sorted(names(ago) - constants):
                raise CompositionError(
                    f"in {formula!r}: the length {ago!r} of a delay depends on {name!r}, which may change: a delay "
                    "that depends on the state is supported only in what is shown",
                    mend="give it a length of parameters alone",
                )
    if model.clones and any(True for formula in _moving(model) for _ in delays_in(formula)):
        raise CompositionError(
            f"model {model.id!r} has delays and clones that move by chance, whose past has a jump at every step",
            mend="leave out the one or the other",
        )


def refuse_delays(formula: str, why: str) -> None:
    """Refuse a formula that looks back.

    **Raises:** `CompositionError` with the reason.
    """
    for _ in delays_in(formula):
        raise CompositionError(f"in {formula!r}: {why}", mend="write it without 'delay'")


def _constants(model: Model) -> set[str]:
    """Parameters, and expressions of them alone."""
    found = {part.id for part in (*model.parameters, *model.derived)}
    for part in model.expressions:
        if names(part.formula) <= found:
            found.add(part.id)
    return found


def _decisive(model: Model) -> list[str]:
    """Every formula that the course depends on: all but what is only shown."""
    expressions = {part.id: part.formula for part in model.expressions}
    shown = {part.id: part.formula for part in model.observables}
    todo = _deciding(model) + [inner for formula in _moving(model) for inner, _ in delays_in(formula)]
    found: dict[str, None] = {}
    while todo:
        formula = todo.pop()
        if formula not in found:
            found[formula] = None
            used = names(formula)
            todo += [table[name] for name in sorted(used) for table in (expressions, shown) if name in table]
    return list(found)


def _moving(model: Model) -> list[str]:
    """Every formula that is worked out as a course goes on."""
    named: tuple[Expression | Observable, ...] = (*model.expressions, *model.observables)
    return [part.formula for part in named] + _deciding(model)


def _deciding(model: Model) -> list[str]:
    """Every formula that says itself how a course goes on."""
    found = [part.formula for part in model.rules] + [part.rate for part in model.reactions]
    found += [part.formula for part in model.constraints]
    found += [rate for clone in model.clones for rate in (clone.birth, clone.death)]
    for event in model.events:
        found += event_formulas(event)
    return found
