"""The Model: mechanisms composed, flat, ordered, frozen, hashable; every reaction keeps its mechanism's tag."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from typing import Any

from nonself.model.parts import Expression, Named, Observable, Parameter, Rule, Species
from nonself.provenance import Citation


@dataclass(frozen=True, slots=True)
class FlatReaction:
    """A reaction of a Model: `change` as (species, amount) pairs, `mechanism` where it came from."""

    id: str
    mechanism: str
    rate: str
    change: tuple[tuple[str, float], ...]
    label: str
    signed: bool


@dataclass(frozen=True, slots=True)
class FlatGroup:
    """A clone group of a Model: `slots` its species; `traits` (trait, formula, its species by slot); `draws` (name,
    law).
    """

    id: str
    slots: tuple[str, ...]
    traits: tuple[tuple[str, str, tuple[str, ...]], ...]
    draws: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class FlatHazard:
    """A hazard of a Model: `accumulator` is the species that sums its rate; `ends` true where it ends the course;
    `founds` where it founds clones.
    """

    id: str
    accumulator: str
    change: tuple[tuple[str, float], ...]
    label: str = ""
    ends: bool = False
    founds: FlatGroup | None = None


@dataclass(frozen=True, slots=True)
class FlatClone:
    """A clone of a Model: rates a cell and time, `threshold` a formula of parameters, `cells` in a unit of the
    species.
    """

    species: str
    birth: str
    death: str
    threshold: str
    cells: float


@dataclass(frozen=True, slots=True)
class FlatEvent:
    """An event of a Model: every number a formula, `assignments` as (species, formula), `priority` None for none,
    `factors` as (species, formula).
    """

    id: str
    mechanism: str
    trigger: str
    assignments: tuple[tuple[str, str], ...]
    delay: str
    priority: str | None
    persistent: bool
    initial_value: bool
    use_values_from_trigger_time: bool
    label: str
    factors: tuple[tuple[str, str], ...] = ()

    @property
    def products(self) -> tuple[tuple[str, str], ...]:
        """New values, times their factors where they have any, as (species, formula)."""
        factors = dict(self.factors)
        return tuple(
            (name, f"({formula})*({factors[name]})" if name in factors else formula)
            for name, formula in self.assignments
        )


@dataclass(frozen=True, slots=True)
class FlatConstraint:
    """A constraint of a Model: `species` its own among those that constraints determine, `among` which it was given."""

    id: str
    mechanism: str
    formula: str
    species: str
    among: tuple[str, ...]
    label: str


@dataclass(frozen=True, slots=True)
class Model:
    """What the equations are.

    **Arguments:** `species` in order, `initial` always a formula of parameters; `parameters` plain numbers, in
    order; `derived` parameters computed from others; `expressions` in solvable order; `record` who set what, as
    (kind, name, mechanism); `rules` decisions at visits, which a regimen brings; `hazards` what
    happens by chance; `clones` species that move by chance while they are small; `events` what happens when a
    condition becomes true; `constraints` what is zero at all times.
    """

    id: str
    title: str
    time_unit: str
    species: tuple[Species, ...]
    parameters: tuple[Parameter, ...]
    derived: tuple[Parameter, ...]
    expressions: tuple[Expression, ...]
    reactions: tuple[FlatReaction, ...]
    observables: tuple[Observable, ...]
    conserved: tuple[tuple[str, tuple[tuple[str, float], ...]], ...]
    references: tuple[Citation, ...]
    record: tuple[tuple[str, str, str], ...]
    rules: tuple[Rule, ...] = ()
    hazards: tuple[FlatHazard, ...] = ()
    clones: tuple[FlatClone, ...] = ()
    events: tuple[FlatEvent, ...] = ()
    constraints: tuple[FlatConstraint, ...] = ()

    @property
    def structure_hash(self) -> str:
        """Digest of names and formulas alone: what compiled code depends on."""
        return _digest(_structure(self))

    @property
    def model_hash(self) -> str:
        """Digest of structure, values, units and sources: what results depend on."""
        values = [
            [part.id, part.value, part.unit, part.source.text] for part in (*self.parameters, *self.derived)
        ]
        measured: tuple[Named, ...] = (*self.species, *self.observables)
        units = [[part.id, part.unit] for part in measured]
        return _digest([_structure(self), self.id, self.time_unit, values, units])


def _structure(model: Model) -> list[Any]:
    clones: list[Any] = [asdict(part) for part in model.clones]
    constraints: list[Any] = [[part.id, part.formula, part.species] for part in model.constraints]
    groups: list[Any] = [asdict(part.founds) for part in model.hazards if part.founds]
    return [
        [
            [part.id, part.initial, part.scale, *([part.history] if part.history is not None else [])]
            for part in model.species
        ],
        [part.id for part in model.parameters],
        [[part.id, part.value] for part in model.derived],
        [[part.id, part.formula] for part in model.expressions],
        [[part.id, part.rate, part.change] for part in model.reactions],
        [[part.id, part.formula] for part in model.observables],
        [[part.id, part.parameter, part.formula] for part in model.rules],
        [[part.accumulator, part.change, *(["ends"] if part.ends else [])] for part in model.hazards],
        *([[clones, groups, [part.id for part in model.hazards]]] if clones else []),
        [_event_structure(part) for part in model.events],
        *([constraints] if constraints else []),
    ]


def _event_structure(event: FlatEvent) -> list[Any]:
    kind = [event.persistent, event.initial_value, event.use_values_from_trigger_time]
    given = [event.id, event.trigger, event.assignments, event.delay, event.priority, kind]
    return [*given, event.factors] if event.factors else given


def _digest(value: Any) -> str:
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), allow_nan=False)
    return hashlib.sha256(text.encode()).hexdigest()


def right_hand_sides(model: Model) -> dict[str, str]:
    """Return d(species)/dt as text, one formula a species, rates written out.

    **Example:** `right_hand_sides(model)["Y"]`
    """
    terms: dict[str, list[str]] = {species.id: [] for species in model.species}
    for reaction in model.reactions:
        for species, amount in reaction.change:
            sign = "-" if amount < 0 else "+"
            size = "" if abs(amount) == 1 else f"{abs(amount)!r}*"
            terms[species].append(f"{sign} {size}({reaction.rate})")
    found = {name: " ".join(parts) if parts else "0" for name, parts in terms.items()}
    return found | {part.species: f"such that 0 = {part.formula}" for part in model.constraints}
