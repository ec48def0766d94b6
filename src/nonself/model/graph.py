"""What acts on what in a model: the graph from the states in a reaction's rate to the states that it changes."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from nonself.expr import names, truth
from nonself.model.ir import Model


@dataclass(frozen=True, slots=True)
class Influence:
    """A state in the rate of a reaction or hazard, and what that adds to another: `amount` below 0 takes away.

    An event's trigger, delay, priority and new value act on the species it assigns, the species in a constraint on the
    one matched with it; the amount is NaN.
    """

    cause: str
    effect: str
    reaction: str
    amount: float


def states_in(model: Model, formula: str, ignoring: Collection[str] = ()) -> frozenset[str]:
    """Return the species that a formula depends on, through expressions and observables too, but for those that
    `ignoring` names.

    **Example:** `states_in(model, "k*total")` with the expression `total = "A + B"` gives `{"A", "B"}`.
    """
    expressions = {part.id: part.formula for part in model.expressions}
    expressions |= {part.id: part.formula for part in model.observables}
    species = {part.id for part in model.species}
    found: set[str] = set()
    seen: set[str] = set(ignoring)
    waiting = [formula]
    while waiting:
        for name in names(waiting.pop()) - seen:
            seen.add(name)
            if name in species:
                found.add(name)
            elif name in expressions:
                waiting.append(expressions[name])
    return frozenset(found)


def influences(model: Model, ignoring: Collection[str] = ()) -> Iterator[Influence]:
    """Yield each influence of one state on another, or on itself, reaction by reaction, but through `ignoring`."""
    for reaction in model.reactions:
        causes = sorted(states_in(model, reaction.rate, ignoring))
        for effect, amount in reaction.change:
            yield from (Influence(cause, effect, reaction.id, amount) for cause in causes)
    rates = {reaction.id: reaction.rate for reaction in model.reactions}
    for hazard in model.hazards:
        for effect, amount in hazard.change:
            for cause in sorted(states_in(model, rates[hazard.id], ignoring)):
                yield Influence(cause, effect, hazard.id, amount)
    for constraint in model.constraints:
        for cause in sorted(states_in(model, constraint.formula) - {constraint.species}):
            yield Influence(cause, constraint.species, constraint.id, math.nan)
    for event in model.events:
        decides = [truth(event.trigger), event.delay, event.priority or "0"]
        factors = dict(event.factors)
        for effect, formula in event.assignments:
            found = frozenset[str]().union(
                *(states_in(model, part, ignoring) for part in (*decides, formula, factors.get(effect, "1")))
            )
            yield from (Influence(cause, effect, event.id, math.nan) for cause in sorted(found))


def path(
    model: Model,
    sources: Collection[str],
    ends: Mapping[str, str],
    around: Collection[str],
    ignoring: Collection[str] = (),
) -> tuple[str, ...] | None:
    """Return a shortest path of states from one of `sources` into one of the formulas `ends` that goes through none of
    `around`, the formula's name last; or None.

    **Arguments:** `ends` name -> formula, a rate or what kills; `ignoring` expressions that a formula or a rate may
    hold without counting, such as a brake that can only make it smaller.

    **Example:** `path(model, ["infection"], {"killing": "k*effector"}, around=["effector"])` gives None when infection
    reaches the killing through effectors alone.
    """
    reached = {name: states_in(model, formula, ignoring) for name, formula in ends.items()}
    onward: dict[str, set[str]] = {}
    for influence in influences(model, ignoring):
        onward.setdefault(influence.cause, set()).add(influence.effect)
    blocked = set(around)
    came_from: dict[str, str | None] = {name: None for name in sources if name not in blocked}
    waiting = list(came_from)
    while waiting:
        here = waiting.pop(0)
        for end, causes in reached.items():
            if here in causes:
                return (*_back(came_from, here), end)
        for after in sorted(onward.get(here, ())):
            if after not in came_from and after not in blocked:
                came_from[after] = here
                waiting.append(after)
    return None


def _back(came_from: dict[str, str | None], last: str) -> tuple[str, ...]:
    found = [last]
    while (before := came_from[found[-1]]) is not None:
        found.append(before)
    return tuple(reversed(found))
