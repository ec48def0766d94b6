"""Checks of a model: dimensions, conservation, sign, and parts that nothing uses or that have no source."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from nonself.errors import UnitError
from nonself.expr import TIME, evaluate, names, truth
from nonself.model.delays import DELAY
from nonself.model.events import event_formulas
from nonself.model.ir import Model
from nonself.model.parts import Named
from nonself.units import dimension, formula_dimension

Dimension = Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Flaw:
    """One thing wrong with a model: which check, which part, and what, as a sentence."""

    check: str
    part: str
    what: str


def check(model: Model) -> tuple[Flaw, ...]:
    """Return everything the checks find; an empty tuple is a sound model.

    **Example:** `assert not check(model)`
    """
    found: list[Flaw] = []
    for one in CHECKS:
        found += one(model)
    return tuple(found)


def dimensions(model: Model) -> list[Flaw]:
    """Return formulas whose dimensions do not fit: each side of each equation is compared."""
    quantities: tuple[Named, ...] = (*model.parameters, *model.derived, *model.species, *model.expressions)
    try:
        time = dimension(model.time_unit)
        known = {TIME: time} | {part.id: dimension(part.unit) for part in (*quantities, *model.observables)}
        wanted = _wanted(model, known, time)
    except UnitError as error:
        return [Flaw("dimensions", model.id, error.what)]
    found: list[Flaw] = []
    for part, formula, expected in (*wanted, *_of_clones(model, known)):
        try:
            given = formula_dimension(formula, known)
        except UnitError as error:
            found.append(Flaw("dimensions", part, error.what))
            continue
        if formula.strip() not in ("0", "0.0") and _differ(given, expected):
            found.append(
                Flaw("dimensions", part, f"{formula!r} is in {_text(given)}, not in {_text(expected)}")
            )
    return found


def _wanted(
    model: Model, known: Mapping[str, Dimension], time: Dimension
) -> list[tuple[str, str, Dimension]]:
    """Each formula of a model with the dimensions it should have."""
    wanted = [(part.id, str(part.initial), known[part.id]) for part in model.species]
    wanted += [(part.id, str(part.value), known[part.id]) for part in model.derived]
    wanted += [(part.id, part.formula, known[part.id]) for part in model.expressions]
    wanted += [(part.id, part.formula, dimension(part.unit)) for part in model.observables]
    units = {part.id: dimension(part.unit) for part in model.parameters}
    wanted += [(part.id, part.formula, units[part.parameter]) for part in model.rules]
    for reaction in model.reactions:
        for species, _ in reaction.change:
            unit = known[species]
            rate = {key: unit.get(key, 0.0) - time.get(key, 0.0) for key in {*unit, *time}}
            wanted.append((reaction.id, reaction.rate, rate))
    per_time = {key: -power for key, power in time.items()}
    for clone in model.clones:
        wanted += [(clone.species, clone.birth, per_time), (clone.species, clone.death, per_time)]
    return wanted + _of_events(model, known, time) + _of_constraints(model, known)


def _of_clones(model: Model, known: dict[str, Dimension]) -> list[tuple[str, str, Dimension]]:
    """Thresholds of clones, which are numbers of cells, and traits; what they are drawn from is a pure number."""
    cells = dimension("cell")
    wanted = [(clone.species, clone.threshold, cells) for clone in model.clones if names(clone.threshold)]
    for hazard in model.hazards:
        if hazard.founds is not None:
            known |= {name: {} for name, _ in hazard.founds.draws}
            wanted += [
                (trait, formula, known[species[0]]) for trait, formula, species in hazard.founds.traits
            ]
    return wanted


def _of_events(
    model: Model, known: Mapping[str, Dimension], time: Dimension
) -> list[tuple[str, str, Dimension]]:
    wanted: list[tuple[str, str, Dimension]] = []
    for event in model.events:
        wanted += [(event.id, truth(event.trigger), {}), (event.id, event.delay, time)]
        wanted += [(event.id, formula, known[species]) for species, formula in event.products]
        if event.priority is not None:
            wanted.append((event.id, event.priority, {}))
    return wanted


def _of_constraints(model: Model, known: Mapping[str, Dimension]) -> list[tuple[str, str, Dimension]]:
    """Constraints: their terms must be of one dimension, whichever that is."""
    wanted: list[tuple[str, str, Dimension]] = []
    for part in model.constraints:
        try:
            wanted.append((part.id, part.formula, formula_dimension(part.formula, known)))
        except UnitError:
            wanted.append((part.id, part.formula, {}))
    return wanted


def _differ(left: Mapping[str, float], right: Mapping[str, float]) -> bool:
    return any(abs(left.get(key, 0) - right.get(key, 0)) > 1e-9 for key in {*left, *right})


def _text(dimensions: Mapping[str, float]) -> str:
    return " ".join(f"{k}^{v:g}" for k, v in sorted(dimensions.items()) if v) or "a pure number"


def conservation(model: Model) -> list[Flaw]:
    """Return declared totals that some reaction changes, or of which an event assigns a part."""
    found = []
    for total, coefficients in model.conserved:
        weight = dict(coefficients)
        for reaction in model.reactions:
            change = sum(weight.get(species, 0.0) * amount for species, amount in reaction.change)
            if abs(change) > 1e-12:
                found.append(Flaw("conservation", reaction.id, f"changes {total!r} by {change:g}"))
        for event in model.events:
            for species, _ in event.assignments:
                if weight.get(species):
                    found.append(Flaw("conservation", event.id, f"assigns {species!r}, a part of {total!r}"))
        for part in model.constraints:
            if weight.get(part.species):
                found.append(
                    Flaw("conservation", part.id, f"determines {part.species!r}, a part of {total!r}")
                )
    return found


def signs(model: Model) -> list[Flaw]:
    """Return reactions that take from a species although there is none of it: its count would go below zero.

    Each rate is computed with one species all but absent and everything else at a few ordinary values; what is looked
    back at was more than it is.
    """
    found = []
    for reaction in model.reactions:
        for species, amount in reaction.change:
            if amount >= 0 or reaction.signed:
                continue
            rates = [_rate_without(model, reaction.rate, species, case) for case in range(3)]
            if any(abs(rate) > 1e-100 for rate in rates):
                what = (
                    f"takes from {species!r} at a rate that is not zero without it: {max(rates, key=abs):g}"
                )
                found.append(Flaw("sign", reaction.id, what))
    return found


def clone_rates(model: Model) -> list[Flaw]:
    """Return clones whose birth or death, computed at a few ordinary values, is below zero."""
    found = []
    for clone in model.clones:
        for word, rate in (("birth", clone.birth), ("death", clone.death)):
            lowest = min(_rate_without(model, rate, clone.species, case) for case in range(3))
            if lowest < 0:
                what = f"{word} of a cell can be below zero: {lowest:g}; what takes away belongs to the other rate"
                found.append(Flaw("clone", clone.species, what))
    return found


def _rate_without(model: Model, rate: str, species: str, case: int) -> float:
    plain: tuple[Named, ...] = (*model.parameters, *model.species)
    values: dict[str, Any] = {
        part.id: 0.3 + 0.17 * ((7 * row + 3 * case) % 11) for row, part in enumerate(plain)
    }
    values |= {species: 1e-250, TIME: float(case), DELAY: lambda value, lag: value + 0.3}
    for parameter in model.derived:
        values[parameter.id] = evaluate(str(parameter.value), values)
    for expression in model.expressions:
        values[expression.id] = evaluate(expression.formula, values)
    return evaluate(rate, values)


def unused(model: Model) -> list[Flaw]:
    """Return parameters and expressions nothing uses, and species nothing changes."""
    formulas = [reaction.rate for reaction in model.reactions]
    formulas += [part.formula for part in model.observables]
    formulas += [part.formula for part in model.expressions]
    formulas += [str(part.value) for part in model.derived] + [str(part.initial) for part in model.species]
    formulas += [clone.threshold for clone in model.clones]
    groups = [hazard.founds for hazard in model.hazards if hazard.founds is not None]
    formulas += [formula for group in groups for _, formula, _ in group.traits]
    formulas += [formula for event in model.events for formula in event_formulas(event)]
    formulas += [part.formula for part in model.constraints]
    used = frozenset[str]().union(*(names(formula) for formula in formulas))
    named: tuple[Named, ...] = (*model.parameters, *model.derived, *model.expressions)
    found = [Flaw("unused", part.id, "nothing uses it") for part in named if part.id not in used]
    changed = {species for reaction in model.reactions for species, _ in reaction.change}
    changed |= {species for hazard in model.hazards for species, _ in hazard.change}
    changed |= {species for group in groups for _, _, slots in group.traits for species in slots}
    changed |= {species for event in model.events for species, _ in event.assignments}
    changed |= {part.species for part in model.constraints}
    found += [Flaw("unused", s.id, "nothing changes it") for s in model.species if s.id not in changed]
    return found


CHECKS: tuple[Callable[[Model], list[Flaw]], ...] = (dimensions, conservation, signs, clone_rates, unused)
