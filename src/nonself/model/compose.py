"""Mechanisms to Model: names are joined explicitly, contradictions are refused, who set what is kept."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from nonself.errors import CompositionError, UnknownName
from nonself.expr import TIME, names, solvable_order
from nonself.model.clones import closed_clones, flat_clones, group_of, spread_groups
from nonself.model.constraints import flat_constraints, matched_constraints
from nonself.model.delays import check_delays, refuse_delays
from nonself.model.events import check_events, flat_events
from nonself.model.ir import FlatHazard, FlatReaction, Model
from nonself.model.parts import Mechanism, Named, Parameter, Rule, Species
from nonself.model.turning import refuse_steps
from nonself.provenance import Citation, assumed

INITIAL_SUFFIX = "_initial"
HAZARD_SUFFIX = "_hazard"
REGIMEN = "regimen"  # who set a parameter that no mechanism has


def compose(
    mechanisms: Sequence[Mechanism],
    *,
    id: str,
    time_unit: str,
    title: str = "",
    overrides: Mapping[str, Parameter] | None = None,
) -> Model:
    """Join mechanisms into one flat, frozen model.

    A name may be given twice only when it says exactly the same, and the later mechanism lists it in `shares`.
    A number as initial value becomes a parameter `<species>_initial`, so that it can vary by patient.

    **Arguments:** `mechanisms` in order; `overrides` parameter id -> its replacement, recorded as "override".
    **Returns:** the `Model`. **Raises:** `CompositionError` on a contradiction, a name that is used and nowhere
    defined, or one defined in a circle; `UnknownName` for an override of nothing.

    **Example:** `compose([MECHANISM], id="demo", time_unit="day")`
    """
    record: list[tuple[str, str, str]] = []
    kinds: dict[str, str] = {}
    mechanisms = spread_groups(mechanisms)
    species = _gather(mechanisms, "species", lambda m: m.species, kinds, record)
    parameters = _gather(mechanisms, "parameter", lambda m: m.parameters, kinds, record)
    expressions = _gather(mechanisms, "expression", lambda m: m.expressions, kinds, record)
    observables = _gather(mechanisms, "observable", lambda m: m.observables, kinds, record)
    reactions = _reactions(mechanisms, kinds, record)
    hazards, reactions = _hazards(mechanisms, species, reactions, record)
    clones = flat_clones(mechanisms, record)
    taken = {*kinds, *species, *(reaction.id for reaction in reactions)}
    events = flat_events(mechanisms, taken, record)
    constraints = flat_constraints(mechanisms, taken, record)
    for name, replacement in (overrides or {}).items():
        if name not in parameters:
            raise UnknownName("parameter", name, parameters)
        parameters[name] = replacement
        record.append(("parameter", name, "override"))
    species, parameters = _initial_parameters(species, parameters)
    plain, derived = _split(parameters)
    order = solvable_order({key: part.formula for key, part in expressions.items()}, "expressions")
    return _closed(
        Model(
            id=id,
            title=title or id,
            time_unit=time_unit,
            species=tuple(species.values()),
            parameters=plain,
            derived=derived,
            expressions=tuple(expressions[key] for key in order),
            reactions=reactions,
            observables=tuple(observables.values()),
            conserved=_conserved(mechanisms),
            references=_references(mechanisms),
            record=tuple(record),
            hazards=hazards,
            clones=clones,
            events=events,
            constraints=constraints,
        )
    )


def with_rules(model: Model, rules: Sequence[Rule]) -> Model:
    """Return a model whose program can also decide by these rules at visits.

    **Raises:** `UnknownName` for a parameter or a name that is not there; `CompositionError` for two rules of
    one id.

    **Example:** `with_rules(model, [Rule("hold", "give", "0 if neutrophils < 1 else 1")])`
    """
    parameters = {part.id for part in model.parameters}
    named: tuple[Named, ...] = (
        *model.parameters, *model.derived, *model.species, *model.expressions, *model.observables
    )  # fmt: skip
    known = {part.id for part in named} | {TIME}
    for rule in rules:
        if rule.parameter not in parameters:
            raise UnknownName(f"parameter of rule {rule.id!r}", rule.parameter, parameters)
        refuse_delays(rule.formula, f"rule {rule.id!r} sees what is there at the visit")
        for name in sorted(names(rule.formula) - known):
            raise UnknownName(f"name in rule {rule.id!r}", name, known)
    if len({rule.id for rule in rules}) < len(rules):
        raise CompositionError("two rules have one id", mend="rename one")
    return replace(model, rules=tuple(rules))


def with_parameters(model: Model, parameters: Sequence[Parameter]) -> Model:
    """Return a model with parameters that a regimen needs, recorded as the regimen's.

    **Raises:** `CompositionError` for a name that is taken.
    """
    named: tuple[Named, ...] = (
        *model.parameters, *model.derived, *model.species, *model.expressions, *model.observables
    )  # fmt: skip
    for part in parameters:
        if part.id in {other.id for other in named}:
            raise CompositionError(
                f"{part.id!r} is a name of model {model.id!r} already", mend="rename it there"
            )
    record = tuple(("parameter", part.id, REGIMEN) for part in parameters)
    return replace(model, parameters=(*model.parameters, *parameters), record=(*model.record, *record))


def _gather(
    mechanisms: Iterable[Mechanism],
    kind: str,
    parts_of: Callable[[Mechanism], Iterable[Any]],
    kinds: dict[str, str],
    record: list[tuple[str, str, str]],
) -> dict[str, Any]:
    found: dict[str, Any] = {}
    owner: dict[str, str] = {}
    for mechanism in mechanisms:
        for part in parts_of(mechanism):
            if part.id in found:
                _same(part, found[part.id], kind, owner[part.id], mechanism)
            elif part.id in kinds and not _shows(part, kind, kinds[part.id]):
                raise CompositionError(
                    f"{part.id!r} is a {kinds[part.id]} and, in {mechanism.id!r}, a {kind}", mend="rename one"
                )
            else:
                found[part.id], owner[part.id], kinds[part.id] = part, mechanism.id, kind
            record.append((kind, part.id, mechanism.id))
    return found


def _shows(part: Any, kind: str, other: str) -> bool:
    """Whether a part is an observable that shows an expression under its own name."""
    return kind == "observable" and other == "expression" and part.formula == part.id


def _same(part: Any, other: Any, kind: str, owner: str, mechanism: Mechanism) -> None:
    if part.id not in mechanism.shares:
        raise CompositionError(
            f"{kind} {part.id!r} is defined by {owner!r} and again by {mechanism.id!r}",
            mend=f"list {part.id!r} in the shares of {mechanism.id!r}, or rename it",
        )
    if part != other:
        raise CompositionError(
            f"{kind} {part.id!r} of {owner!r} and of {mechanism.id!r} differ: {other} against {part}",
            mend="make them say the same, or rename one",
        )


def _reactions(
    mechanisms: Iterable[Mechanism], kinds: dict[str, str], record: list[tuple[str, str, str]]
) -> tuple[FlatReaction, ...]:
    flat: dict[str, FlatReaction] = {}
    for mechanism in mechanisms:
        for part in mechanism.reactions:
            if part.id in flat or part.id in kinds:
                raise CompositionError(
                    f"reaction {part.id!r} of {mechanism.id!r} has a name that is taken", mend="rename it"
                )
            change = tuple((name, float(amount)) for name, amount in part.change.items() if amount != 0)
            flat[part.id] = FlatReaction(part.id, mechanism.id, part.rate, change, part.label, part.signed)
            record.append(("reaction", part.id, mechanism.id))
    return tuple(flat.values())


def _hazards(
    mechanisms: Sequence[Mechanism],
    species: dict[str, Any],
    reactions: tuple[FlatReaction, ...],
    record: list[tuple[str, str, str]],
) -> tuple[tuple[FlatHazard, ...], tuple[FlatReaction, ...]]:
    """Give each hazard a species that sums its rate, and the reaction that does so."""
    found: list[FlatHazard] = []
    grown = list(reactions)
    taken = {reaction.id for reaction in reactions}
    for mechanism in mechanisms:
        for part in mechanism.hazards:
            accumulator = part.id + HAZARD_SUFFIX
            if accumulator in species or part.id in taken:
                raise CompositionError(f"hazard {part.id!r} has a name that is taken", mend="rename it")
            source = part.source or assumed("accumulated hazard, zero at the start")
            species[accumulator] = Species(accumulator, "0", "1", source, f"accumulated hazard of {part.id}")
            summed = ((accumulator, 1.0),)
            grown.append(FlatReaction(part.id, mechanism.id, part.rate, summed, part.label, False))
            taken.add(part.id)
            change = tuple((name, float(amount)) for name, amount in part.change.items())
            founds = None if part.founds is None else group_of(mechanisms, part)
            found.append(FlatHazard(part.id, accumulator, change, part.label, part.ends, founds))
            record.append(("hazard", part.id, mechanism.id))
    return tuple(found), tuple(grown)


def _initial_parameters(
    species: Mapping[str, Species], parameters: Mapping[str, Parameter]
) -> tuple[dict[str, Species], dict[str, Parameter]]:
    new_species, new_parameters = dict(species), dict(parameters)
    for name, part in species.items():
        if isinstance(part.initial, str):
            continue
        key = name + INITIAL_SUFFIX
        if key in new_parameters or key in species:
            raise CompositionError(f"{key!r} is reserved for the initial value of {name!r}", mend="rename it")
        label = f"{part.label or name} at the start"
        new_parameters[key] = Parameter(key, float(part.initial), part.unit, part.source, label)
        new_species[name] = replace(part, initial=key)
    return new_species, new_parameters


def _split(parameters: Mapping[str, Parameter]) -> tuple[tuple[Parameter, ...], tuple[Parameter, ...]]:
    formulas = {key: part.value for key, part in parameters.items() if isinstance(part.value, str)}
    plain = tuple(
        replace(part, value=float(part.value))
        for part in parameters.values()
        if not isinstance(part.value, str)
    )
    return plain, tuple(parameters[key] for key in solvable_order(formulas, "parameters"))


def _conserved(mechanisms: Iterable[Mechanism]) -> tuple[tuple[str, tuple[tuple[str, float], ...]], ...]:
    totals = [total for mechanism in mechanisms for total in mechanism.conserved]
    return tuple((total.id, tuple(sorted(total.coefficients.items()))) for total in totals)


def _references(mechanisms: Iterable[Mechanism]) -> tuple[Citation, ...]:
    unique: dict[str, Citation] = {}
    for mechanism in mechanisms:
        for citation in mechanism.references:
            unique.setdefault(citation.key, replace(citation, place=None))
    return tuple(unique.values())


def _closed(model: Model) -> Model:
    """Return a model with each constraint matched; refuse what is not defined."""
    model = replace(model, constraints=matched_constraints(model))
    closed_clones(model)
    if not model.species:
        raise CompositionError(f"model {model.id!r} has no species", mend="give it at least one")
    constants = {part.id for part in (*model.parameters, *model.derived)}
    states = {part.id for part in model.species}
    named = constants | states | {part.id for part in model.expressions} | {TIME}
    if TIME in {name for _, name, _ in model.record}:
        raise CompositionError(
            f"{TIME!r} is the time of the model and cannot name a part", mend="rename the part"
        )
    formulas: list[tuple[str, str, set[str]]] = []
    formulas += [(f"initial value of {s.id!r}", str(s.initial), constants) for s in model.species]
    formulas += [(f"parameter {p.id!r}", str(p.value), constants) for p in model.derived]
    formulas += [(f"expression {e.id!r}", e.formula, named) for e in model.expressions]
    formulas += [(f"rate of {r.id!r}", r.rate, named) for r in model.reactions]
    formulas += [(f"observable {o.id!r}", o.formula, named) for o in model.observables]
    for where, formula, known in formulas:
        for name in sorted(names(formula) - known):
            raise UnknownName(f"name in the {where}", name, known)
    changes = [(f"reaction {r.id!r}", r.change) for r in model.reactions]
    changes += [(f"hazard {h.id!r}", h.change) for h in model.hazards]
    for where, change in changes:
        for name, _ in change:
            if name not in states:
                raise UnknownName(f"species in {where}", name, states)
    check_events(model, named | {part.id for part in model.observables})
    check_delays(model)
    refuse_steps(model)
    return model


def who_set_what(model: Model) -> dict[str, list[str]]:
    """Return, for each name of the model, the mechanisms that gave it, in order.

    **Example:** `who_set_what(model)["k_kill"]` gives `["surveillance", "override"]`.
    """
    table: dict[str, list[str]] = {}
    for _, name, mechanism in model.record:
        table.setdefault(name, []).append(mechanism)
    return table
