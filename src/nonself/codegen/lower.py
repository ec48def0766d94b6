"""Model -> Network: rates, right-hand side, Jacobian, initial values and observables as nodes of one tape."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from nonself.codegen.clone_nodes import CloneNodes, clone_nodes
from nonself.codegen.delay_nodes import DelayNodes, delay_nodes
from nonself.codegen.derivative import TIME_ROW, Derivatives
from nonself.codegen.formula import FormulaLowering
from nonself.codegen.tape import Tape
from nonself.expr import TIME, truth
from nonself.model.ir import FlatEvent, Model


@dataclass(frozen=True, slots=True)
class EventNodes:
    """An event as nodes: `trigger` 1 or 0, `delay`, `priority` None for none; `values` and `factors` of assignments."""

    trigger: int
    delay: int
    priority: int | None
    values: tuple[int, ...]
    factors: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Network:
    """What is to be computed, as nodes of `tape`.

    **Arguments:** `rates` one node a reaction; `right_hand_side` (n_species) nodes; `jacobian` (row, column) -> node,
    zeros left out; `drift` row -> node of the derivative with respect to time, where it is not zero;
    `timed` true when some rate depends on time at all; `initial` (n_species) nodes; `observables` nodes of the
    model's own observables; `rules` what each rule decides; `clones` what clones need; `events`; `watched`
    comparison -> its gap, for those in triggers and rates whose turn has to be found on the way: it turns where the
    gap goes from below zero to zero or above, or back; `held` those of them that rates use; `solved` rows of species
    that constraints determine, whose right-hand side is what has to be zero; `delays` what is
    looked back at.
    """

    tape: Tape
    rates: tuple[int, ...]
    right_hand_side: tuple[int, ...]
    jacobian: dict[tuple[int, int], int]
    drift: dict[int, int]
    timed: bool
    initial: tuple[int, ...]
    observables: tuple[int, ...]
    rules: tuple[int, ...]
    clones: CloneNodes
    events: tuple[EventNodes, ...]
    watched: dict[int, int]
    held: frozenset[int]
    delays: DelayNodes
    solved: tuple[int, ...]

    @property
    def roots(self) -> list[int]:
        """Every node that is evaluated as the course goes on."""
        slopes = [*self.jacobian.values(), *self.drift.values()]
        others = [*self.clones.roots, *self.watched.values(), *self.happenings]
        others += self.delays.roots
        return [*self.right_hand_side, *slopes, *self.observables, *self.rules, *others]

    @property
    def opposed(self) -> int:
        """How many of the watched comparisons, the first, have one the other way round among them."""
        sides = {_sides(self.tape, node) for node in self.watched}
        return sum((right, left) in sides for left, right in sides)

    @property
    def happenings(self) -> list[int]:
        """What is computed of events: triggers, delays, priorities (0 for none), new values, factors; each of all."""
        zero = self.tape.constant(0.0)
        nodes = [event.trigger for event in self.events] + [event.delay for event in self.events]
        nodes += [zero if event.priority is None else event.priority for event in self.events]
        nodes += [value for event in self.events for value in event.values]
        return nodes + [factor for event in self.events for factor in event.factors]


def lower(model: Model) -> Network:
    """Turn a model into a network of operations, its Jacobian by symbolic differentiation of each rate.

    **Example:** `lower(model).jacobian[0, 1]`
    """
    tape = Tape()
    names = {part.id: tape.leaf("parameter", row) for row, part in enumerate(model.parameters)}
    names |= {part.id: tape.leaf("state", row) for row, part in enumerate(model.species)}
    names[TIME] = tape.leaf("time", 0)
    lowering = FormulaLowering(tape, names)
    for parameter in model.derived:
        names[parameter.id] = lowering.formula(str(parameter.value))
    for expression in model.expressions:
        names[expression.id] = lowering.formula(expression.formula)
    rates = tuple(lowering.formula(reaction.rate) for reaction in model.reactions)
    clock = names[TIME]
    zeros = {part.species: lowering.formula(part.formula) for part in model.constraints}
    right_hand_side, slopes = _balance(model, lowering, rates, zeros)
    clones = clone_nodes(model, lowering, slopes)
    observables = tuple(lowering.formula(part.formula) for part in model.observables)
    names |= {part.id: node for part, node in zip(model.observables, observables, strict=True)}
    scaled = any(event.factors for event in model.events)
    events = tuple(_event(event, lowering, scaled) for event in model.events)
    initial = tuple(lowering.formula(str(part.initial)) for part in model.species)
    rules = tuple(lowering.formula(part.formula) for part in model.rules)
    delays = delay_nodes(model, lowering)
    kept_to = [*right_hand_side, *delays.tracks]
    watched, held = _watched(lowering, [event.trigger for event in events], kept_to)
    return Network(
        tape=tape,
        rates=rates,
        right_hand_side=right_hand_side,
        jacobian={place: node for place, node in slopes.items() if place[1] != TIME_ROW},
        drift={row: node for (row, column), node in slopes.items() if column == TIME_ROW},
        timed=bool(delays.tracks) or clock in tape.needed([*right_hand_side, *clones.roots]),
        initial=initial,
        observables=observables,
        rules=rules,
        clones=clones,
        events=events,
        watched=watched,
        held=held,
        delays=delays,
        solved=tuple(row for row, part in enumerate(model.species) if part.id in zeros),
    )


def _event(event: FlatEvent, lowering: FormulaLowering, scaled: bool) -> EventNodes:
    """An event as nodes; where some event of the model has factors, every assignment has one."""
    factors = dict(event.factors)
    return EventNodes(
        lowering.formula(truth(event.trigger)),
        lowering.formula(event.delay),
        None if event.priority is None else lowering.formula(event.priority),
        tuple(lowering.formula(formula) for _, formula in event.assignments),
        tuple(lowering.formula(factors.get(name, "1")) for name, _ in event.assignments if scaled),
    )


def _watched(
    lowering: FormulaLowering, triggers: Sequence[int], right_hand_side: Sequence[int]
) -> tuple[dict[int, int], frozenset[int]]:
    """Return the comparisons to watch, each with its gap, and those of them that rates use; first those of two sides
    that are compared the other way round as well (x > y and x >= y).

    A rate's condition on time alone is a stop and needs no watching.
    """
    tape, written = lowering.tape, lowering.written
    of_rates = [node for node in tape.needed(right_hand_side) if node in written]
    of_triggers = [node for node in tape.needed(triggers) if node in written]
    held = frozenset(node for node in of_rates if _leaves(tape, node) & {"state", "delayed"})
    moving = [node for node in of_triggers if _leaves(tape, node) & {"state", "time", "delayed"}]
    sides = {node: _sides(tape, node) for node in sorted({*held, *moving})}
    opposite = {(right, left) for left, right in sides.values()}
    order = sorted(sides, key=lambda node: sides[node] not in opposite)
    return {node: tape.apply("sub", *sides[node]) for node in order}, held


def _sides(tape: Tape, node: int) -> tuple[int, int]:
    """What a comparison is the difference of, the first minus the second: on one side where that is not negative."""
    left, right = tape.nodes[node].arguments
    return (right, left) if tape.nodes[node].operation in ("le", "gt") else (left, right)


def _leaves(tape: Tape, node: int) -> set[str]:
    return {tape.nodes[part].operation for part in tape.needed([node])}


def _balance(
    model: Model, lowering: FormulaLowering, rates: tuple[int, ...], zeros: dict[str, int]
) -> tuple[tuple[int, ...], dict[tuple[int, int], int]]:
    """Return d(species)/dt and its derivatives by (row, column), summed over the reactions that change each.

    Of a species that a constraint determines it is what has to be zero.
    """
    derivatives = Derivatives(lowering.tape)
    changes: dict[str, list[tuple[float, int]]] = {part.id: [] for part in model.species}
    for rate, reaction in zip(rates, model.reactions, strict=True):
        for name, amount in reaction.change:
            changes[name].append((amount, rate))
    for name, node in zeros.items():
        changes[name].append((1.0, node))
    moving = {row for row, part in enumerate(model.species) if changes[part.id]} | {TIME_ROW}
    right_hand_side, jacobian = [], {}
    for row, species in enumerate(model.species):
        terms = changes[species.id]
        right_hand_side.append(lowering.sum(terms))
        columns = sorted({column for _, rate in terms for column in derivatives.of(rate)} & moving)
        for column in columns:
            slopes = [
                (a, derivatives.of(rate)[column]) for a, rate in terms if column in derivatives.of(rate)
            ]
            entry = lowering.sum(slopes)
            if not lowering.tape.is_constant(entry, 0.0):
                jacobian[row, column] = entry
    return tuple(right_hand_side), jacobian
