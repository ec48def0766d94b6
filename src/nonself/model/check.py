"""Checks of a model: dimensions, conservation, sign, and parts that nothing uses or that have no source."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from nonself.errors import UnitError
from nonself.expr import names, symbolic
from nonself.model.ir import Model
from nonself.provenance import Assumption
from nonself.units import dimension, formula_dimension


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong with a model: which check, which part, and what, as a sentence."""

    check: str
    part: str
    what: str


def check(model: Model) -> tuple[Problem, ...]:
    """Return everything the checks find; an empty tuple is a sound model.

    **Example:** `assert not check(model)`
    """
    found: list[Problem] = []
    for one in CHECKS:
        found += one(model)
    return tuple(found)


def dimensions(model: Model) -> list[Problem]:
    """Return formulas whose dimensions do not fit: each side of each equation is compared."""
    try:
        known = {part.id: dimension(part.unit) for part in (*model.parameters, *model.derived, *model.species)}
        known |= {part.id: dimension(part.unit) for part in model.expressions}
        time = dimension(model.time_unit)
    except UnitError as error:
        return [Problem("dimensions", model.id, error.what)]
    found: list[Problem] = []

    def hold(part: str, formula: str, wanted: Mapping[str, float]) -> None:
        try:
            given = formula_dimension(formula, known)
        except UnitError as error:
            found.append(Problem("dimensions", part, error.what))
            return
        if formula.strip() not in ("0", "0.0") and _differ(given, wanted):
            found.append(Problem("dimensions", part, f"{formula!r} is in {_text(given)}, not in {_text(wanted)}"))

    for species in model.species:
        hold(species.id, str(species.initial), known[species.id])
    for parameter in model.derived:
        hold(parameter.id, str(parameter.value), known[parameter.id])
    for expression in model.expressions:
        hold(expression.id, expression.formula, known[expression.id])
    for observable in model.observables:
        hold(observable.id, observable.formula, dimension(observable.unit))
    for reaction in model.reactions:
        for changed, _ in reaction.change:
            wanted = {k: known[changed].get(k, 0) - time.get(k, 0) for k in {*known[changed], *time}}
            hold(reaction.id, reaction.rate, wanted)
    return found


def _differ(left: Mapping[str, float], right: Mapping[str, float]) -> bool:
    return any(abs(left.get(key, 0) - right.get(key, 0)) > 1e-9 for key in {*left, *right})


def _text(dimensions: Mapping[str, float]) -> str:
    return " ".join(f"{k}^{v:g}" for k, v in sorted(dimensions.items()) if v) or "a pure number"


def conservation(model: Model) -> list[Problem]:
    """Return declared totals that some reaction changes."""
    found = []
    for total, coefficients in model.conserved:
        weight = dict(coefficients)
        for reaction in model.reactions:
            change = sum(weight.get(species, 0.0) * amount for species, amount in reaction.change)
            if abs(change) > 1e-12:
                found.append(Problem("conservation", reaction.id, f"changes {total!r} by {change:g}"))
    return found


def signs(model: Model) -> list[Problem]:
    """Return reactions that take from a species although there is none of it: its count would go below zero."""
    import symengine

    environment = _environment(model)
    found = []
    for reaction in model.reactions:
        rate = symbolic(reaction.rate, environment)
        for species, amount in reaction.change:
            if amount >= 0 or reaction.signed:
                continue
            at_zero = rate.subs({symengine.Symbol(species): 0})
            if at_zero != 0:
                what = f"takes from {species!r} at a rate that is not zero without it: {at_zero}"
                found.append(Problem("sign", reaction.id, what))
    return found


def _environment(model: Model) -> dict[str, object]:
    import symengine

    named: dict[str, object] = {
        part.id: symengine.Symbol(part.id) for part in (*model.parameters, *model.derived, *model.species)
    }
    for expression in model.expressions:
        named[expression.id] = symbolic(expression.formula, named)
    return named


def unused(model: Model) -> list[Problem]:
    """Return parameters and expressions nothing uses, and species nothing changes."""
    formulas = [reaction.rate for reaction in model.reactions]
    formulas += [part.formula for part in (*model.observables, *model.expressions)]
    formulas += [str(part.value) for part in model.derived] + [str(part.initial) for part in model.species]
    used = frozenset[str]().union(*(names(formula) for formula in formulas))
    found = [
        Problem("unused", part.id, "nothing uses it")
        for part in (*model.parameters, *model.derived, *model.expressions)
        if part.id not in used
    ]
    changed = {species for reaction in model.reactions for species, _ in reaction.change}
    found += [Problem("unused", s.id, "no reaction changes it") for s in model.species if s.id not in changed]
    return found


def assumed_parts(model: Model) -> tuple[str, ...]:
    """Return the parameters whose number is an assumption, not a sourced value."""
    sources: list[tuple[str, object]] = [(part.id, part.source) for part in (*model.parameters, *model.derived)]
    return tuple(name for name, source in sources if isinstance(source, Assumption))


CHECKS: tuple[Callable[[Model], list[Problem]], ...] = (dimensions, conservation, signs, unused)
