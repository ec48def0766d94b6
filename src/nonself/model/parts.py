"""What a person writes: species, parameters, reactions, observables, gathered in mechanisms."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from nonself.provenance import Citation, Source


@dataclass(frozen=True, slots=True)
class Species:
    """A state variable.

    **Arguments:** `id` its name in formulas; `initial` a number or a formula of parameters; `unit`;
    `source` of the initial value; `label` in words; `scale` the smallest amount that matters, in `unit`
    (it sets the absolute tolerance); `history` what it was before the start, a formula of parameters and `time` that
    `delay` looks back to, by default the initial value; `size` the parameter by which an amount given to it is divided,
    the size of its compartment, where it is a concentration.
    """

    id: str
    initial: float | str
    unit: str
    source: Source
    label: str = ""
    scale: float = 1.0
    history: str | None = None
    size: str | None = None


@dataclass(frozen=True, slots=True)
class Parameter:
    """A constant of one patient: value, unit, where it comes from, and its plausible range.

    **Arguments:** `value` a number, or a formula of other parameters; `range` in `unit`, where known.
    """

    id: str
    value: float | str
    unit: str
    source: Source
    label: str = ""
    range: tuple[float, float] | None = None


@dataclass(frozen=True, slots=True)
class Reaction:
    """Something that happens at a rate and changes species by fixed amounts.

    Equation: d(species)/dt = sum over reactions of change[species] * rate.

    **Arguments:** `rate` a formula; `change` what one occurrence adds to (or takes from) each species;
    `signed` true when the rate may be negative by design (a growth law that turns into decline).

    **Example:** `Reaction("activation", "pxy*X", {"X": -1, "Y": +1})`
    """

    id: str
    rate: str
    change: Mapping[str, float]
    label: str = ""
    source: Source | None = None
    signed: bool = False


@dataclass(frozen=True, slots=True)
class Expression:
    """A named formula used in rates, so that it is written once."""

    id: str
    formula: str
    unit: str
    label: str = ""


@dataclass(frozen=True, slots=True)
class Observable:
    """What would be measured or reported: a formula of species and parameters."""

    id: str
    formula: str
    unit: str
    label: str = ""
    log_axis: bool = False


@dataclass(frozen=True, slots=True)
class Conserved:
    """A total that no reaction changes: coefficients of species that sum to a constant."""

    id: str
    coefficients: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Hazard:
    """A microscopic happening by chance: a mutation in a dividing cell, the birth of one clone.

    Its rate accumulates, and it happens each time the sum reaches an exponential draw of the patient's own.
    Nothing a clinic would report is a hazard: onset, relapse and remission are read from the course. One hazard is not
    microscopic: death, which `ends` the course.

    **Arguments:** `rate` a formula, happenings per time; `change` what one happening adds to species; `ends` true for
    a cause of death; `founds` the clone group in whose first free slot it puts one cell.

    **Example:** `Hazard("mutation", "mu*p*L", {"resistant": 1})`, `Hazard("export", "thymus", founds="T")`
    """

    id: str
    rate: str
    change: Mapping[str, float] = field(default_factory=dict)
    label: str = ""
    source: Source | None = None
    ends: bool = False
    founds: str | None = None


@dataclass(frozen=True, slots=True)
class Clone:
    """What makes a species a clone: its cells divide and die each by itself, by chance while they are few.

    Equation: dx/dt = (birth - death) x from `threshold` cells up; below, x is a whole number of cells and takes, step
    by step, a draw from the law of the linear birth-death process with these rates. None left is the end of it.
    Composing adds the two reactions `<species>_birth` and `<species>_death`; no other may change the species.

    **Arguments:** `birth`, `death` formulas, per cell and time, never negative; `threshold` cells, at most 10,000: a
    number or a formula of parameters, 0 for never by chance; `cells` in one unit of the species.

    **Example:** `Clone("R", birth="p", death="d + kill*drug")`

    **Reference:** Kendall DG (1948), On the generalized "birth-and-death" process. Ann Math Stat 19:1-15.
    """

    species: str
    birth: str
    death: str
    threshold: float | str = 1000.0
    cells: float = 1.0
    label: str = ""
    source: Source | None = None


@dataclass(frozen=True, slots=True)
class Trait:
    """What tells the clones of a group apart: drawn when a clone is founded, kept as long as it lives.

    **Arguments:** `formula` of the group's draws, parameters, species and `time`, evaluated at the founding.
    """

    id: str
    formula: str
    unit: str
    label: str = ""


@dataclass(frozen=True, slots=True)
class CloneGroup:
    """Slots for clones that a hazard founds one by one, each with traits of its own; a slot without cells is free.

    Composing makes for `id` T and trait A the species T_1, T_2, ... and A_1, A_2, ...; in `birth` and `death` the names
    T and A mean those of the slot at hand. `nonself.model.clones.over_slots` sums a formula over the slots.

    **Arguments:** `slots` how many clones can live at once; `unit` and `source` of the counts; `birth`, `death`,
    `threshold`, `cells` as of a `Clone`; `traits`; `draws` name -> "normal" (standard) or "uniform" (0 to 1), drawn
    for each clone anew.

    **Example:** `CloneGroup("T", 8, "cell", WHY, "p*A", "d", traits=(Trait("A", "exp(s*z)", "1"),),
    draws={"z": "normal"})`
    """

    id: str
    slots: int
    unit: str
    source: Source
    birth: str
    death: str
    traits: tuple[Trait, ...] = ()
    draws: Mapping[str, Literal["normal", "uniform"]] = field(default_factory=dict)
    threshold: float | str = 1000.0
    cells: float = 1.0
    label: str = ""


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happens when a condition becomes true, as in SBML: species take new values.

    When its trigger goes from false to true the event fires; it is executed after its delay, at once where it has
    none. Of several that are executed at one time the one with the highest priority goes first, drawn by lot among
    equals; those without a priority come last, in the order written. After each execution triggers and priorities
    are looked at again, so that events can set each other off.

    **Arguments:** `trigger` a condition; `assignments` species -> formula of its new value, all computed before any
    is given; `delay` a number or formula, at the time it fires; `priority` likewise, at the time of execution;
    `persistent` false when it is called off if the trigger becomes false before its execution; `initial_value` what
    the trigger was before the start, so that with false an event can happen at time 0; `use_values_from_trigger_time`
    false when the new values are computed at the execution, not when it fires; `factors` species -> formula that its
    new value is multiplied by at the execution, before anything is given: the size in which a concentration that was
    computed when it fired becomes an amount.

    **Example:** `Event("bounce", "height < 0", {"height": "0", "speed": "-0.9*speed"})`

    **Reference:** SBML Level 3 Version 2 Core, section 4.11.
    """

    id: str
    trigger: str
    assignments: Mapping[str, str | float]
    delay: str | float | None = None
    priority: str | float | None = None
    persistent: bool = True
    initial_value: bool = True
    use_values_from_trigger_time: bool = True
    label: str = ""
    factors: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Constraint:
    """What is zero at all times: alone or with others it determines species that no reaction changes.

    Equation: 0 = formula. Composing matches each constraint with one of the species that constraints determine. At the
    start, after every dose and event these are solved for, from the values they have; so a first value chooses between
    solutions. The slope of the constraints with respect to what they determine must not vanish (index 1).

    **Arguments:** `formula` of species, parameters, expressions and `time`; `determines` species, each of a scale of
    its own.

    **Example:** `Constraint("binding", "free*target - K*bound", ("bound",))`

    **Reference:** Hairer E, Wanner G (1996), Solving Ordinary Differential Equations II, chapter VI.
    """

    id: str
    formula: str
    determines: tuple[str, ...]
    label: str = ""


@dataclass(frozen=True, slots=True)
class Rule:
    """A decision at a visit: a parameter takes the value of a formula of what is seen then.

    Only at scheduled visits, never in between: a dose is held, reduced, given again or stopped by a rule.

    **Arguments:** `parameter` what is decided; `formula` of observables, species, parameters and `time`.

    **Example:** `Rule("hold", "give", "0 if neutrophils < 1 else 1")`
    """

    id: str
    parameter: str
    formula: str
    label: str = ""


Named = Species | Parameter | Expression | Observable


@dataclass(frozen=True, slots=True)
class Mechanism:
    """A named, sourced set of parts: the unit in which biology enters a model.

    **Arguments:** `id`; `title` in words; `references` all sources read for it; `shares` names this mechanism
    uses or repeats that another mechanism owns.
    """

    id: str
    title: str
    references: tuple[Citation, ...]
    species: tuple[Species, ...] = ()
    parameters: tuple[Parameter, ...] = ()
    expressions: tuple[Expression, ...] = ()
    reactions: tuple[Reaction, ...] = ()
    observables: tuple[Observable, ...] = ()
    conserved: tuple[Conserved, ...] = ()
    hazards: tuple[Hazard, ...] = ()
    clones: tuple[Clone, ...] = ()
    clone_groups: tuple[CloneGroup, ...] = ()
    events: tuple[Event, ...] = ()
    constraints: tuple[Constraint, ...] = ()
    shares: frozenset[str] = field(default_factory=frozenset)
