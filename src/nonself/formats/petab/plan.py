"""What is planned for each condition, as events of the model: PEtab's version 1 knows no doses.

At a scheduled time a species, or a parameter, x becomes kept * x + added. What differs between conditions is a
parameter that the condition table gives; where a condition lacks what others have it is given nothing, or at a time
long after the last measurement.
"""

from __future__ import annotations

import ast
import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace

from nonself.errors import InputError
from nonself.expr import names, parse, parse_condition
from nonself.formats.sbml.contents import replaced
from nonself.model.compose import REGIMEN, with_parameters
from nonself.model.delays import fixed_by_delays
from nonself.model.ir import FlatConstraint, FlatEvent, FlatReaction, Model
from nonself.model.parts import Expression, Parameter, Species
from nonself.provenance import assumed

PLANNED = assumed("given by the study's plan")
NOW = "_now"
MOST_SHARED = (
    2  # times of all conditions together, relative to those of one, up to which they count as shared
)


@dataclass(frozen=True, slots=True)
class Move:
    """At `time` x becomes `kept` * x + `own` * what it is at the start + `added`."""

    time: float
    kept: float = 1.0
    added: float = 0.0
    own: float = 0.0


Plan = Mapping[str, Sequence[Move]]  # species or parameter -> what is done to it, in order of time


def together(moves: Iterable[Move]) -> tuple[Move, ...]:
    """Return what is done to one target in order of time, what is done at one time as one.

    **Example:** `together([Move(1, added=2), Move(1, kept=0.5)])` gives `(Move(1, kept=0.5, added=1.0),)`.
    """
    found: dict[float, Move] = {}
    for move in sorted(moves, key=lambda one: one.time):
        before = found.get(move.time, Move(move.time))
        found[move.time] = Move(
            move.time,
            before.kept * move.kept,
            before.added * move.kept + move.added,
            before.own * move.kept + move.own,
        )
    return tuple(found.values())


@dataclass(frozen=True, slots=True)
class _Slot:
    """One thing done to one target, in each of the conditions."""

    target: str
    moves: tuple[Move, ...]

    @property
    def times(self) -> tuple[float, ...]:
        return tuple(move.time for move in self.moves)


def never_after(last: float) -> float:
    """Return a time that stands for never where the last measurement is at `last`: a power of ten, far beyond.

    **Example:** `never_after(126.0)` gives `1000000.0`.
    """
    return float(10.0 ** math.ceil(math.log10(1000 * max(last, 1.0))))


def with_plans(
    model: Model, plans: Sequence[Plan], never: float
) -> tuple[Model, tuple[dict[str, float], ...]]:
    """Return the model with what is planned as events, and the parameters of these that each condition gives.

    A parameter p that is set on the way becomes a species `p_now` that starts as p and stands for it in every formula
    that holds at all times; p itself stays what it is at the start.

    **Arguments:** `plans` of each condition; `never` a time that no measurement reaches.
    **Raises:** `InputError` for a parameter that a delay needs, `CompositionError` for a name that is taken.

    **Example:** `with_plans(model, [{"drug": [Move(1.0, added=100.0)]}, {}], 1e5)[1][0]["plan_drug"]`
    """
    parameters = {part.id: part for part in model.parameters}
    targets = list(dict.fromkeys(target for plan in plans for target, moves in plan.items() if moves))
    fixed = fixed_by_delays(model)
    for target in targets:
        if target in fixed:
            raise InputError(
                f"{target!r} is set on the way, but the length of a delay or a history depends on it",
                mend="leave it out of the plan",
            )
    slots = [slot for target in targets for slot in _slots(target, plans, target in parameters, never)]
    events: dict[tuple[float, ...], list[_Slot]] = {}
    for slot in slots:
        events.setdefault(slot.times, []).append(slot)
    model = _with_states(model, [target for target in targets if target in parameters])
    ordered = sorted(events, key=lambda times: (min(times), times))
    given = _Given()
    made = [
        _event(model, number, events[times], set(parameters), given)
        for number, times in enumerate(ordered, 1)
    ]
    model = replace(with_parameters(model, given.parts), events=(*model.events, *made))
    return model, tuple({key: of[k] for key, of in given.values.items()} for k in range(len(plans)))


def _slots(target: str, plans: Sequence[Plan], is_parameter: bool, never: float) -> list[_Slot]:
    """What is done to a target, in each condition: at times that conditions share, or first, second, … in each.

    A condition that has less of it gets nothing, or never.
    """
    own = [tuple(plan.get(target, ())) for plan in plans]
    most = max(map(len, own))
    shared = sorted({move.time for moves in own for move in moves})
    if not is_parameter and len(shared) <= MOST_SHARED * most:
        at = [{move.time: move for move in moves} for moves in own]
        return [_Slot(target, tuple(moves.get(time, Move(time)) for moves in at)) for time in shared]
    found = []
    for k in range(most):
        real = next(moves[k] for moves in own if k < len(moves))
        nothing = replace(real, time=never) if is_parameter else Move(never)
        found.append(_Slot(target, tuple(moves[k] if k < len(moves) else nothing for moves in own)))
    return found


class _Given:
    """The parameters that conditions give, one for the same numbers of the same kind."""

    def __init__(self) -> None:
        self.parts: list[Parameter] = []
        self.values: dict[str, tuple[float, ...]] = {}
        self.known: dict[tuple[str, tuple[float, ...]], str] = {}

    def say(self, values: tuple[float, ...], wanted: str, unit: str, label: str) -> str:
        """Return the formula of what is `values` in the conditions: a number, or the name of a parameter."""
        if len(set(values)) == 1:
            return repr(values[0])
        if (wanted, values) not in self.known:
            same = sum(kind == wanted for kind, _ in self.known)
            name = f"{wanted}_{same + 1}" if same else wanted
            self.known[wanted, values] = name
            self.values[name] = values
            self.parts.append(Parameter(name, values[0], unit, PLANNED, label))
        return self.known[wanted, values]


def _event(
    model: Model, number: int, slots: Sequence[_Slot], own: AbstractSet[str], given: _Given
) -> FlatEvent:
    units = {part.id: part.unit for part in model.species}
    units |= {part.id: part.unit for part in model.parameters}
    time = given.say(slots[0].times, f"plan_time_{number}", model.time_unit, "when the plan does this")
    assignments = []
    for slot in slots:
        target, unit = slot.target, units[slot.target]
        kept, first, added = (
            tuple(part) for part in zip(*((one.kept, one.own, one.added) for one in slot.moves), strict=True)
        )
        state = f"{target}{NOW}" if target in own else target
        terms = (
            (given.say(kept, f"plan_kept_{target}", "1", f"share of {target} that is kept"), state),
            (
                given.say(first, f"plan_own_{target}", "1", f"1 where {target} is as at the start again"),
                target,
            ),
            (given.say(added, f"plan_{target}", unit, f"{target} that is given"), ""),
        )
        assignments.append((state, _sum(*terms)))
    return FlatEvent(
        id=f"plan_{number}",
        mechanism=REGIMEN,
        trigger=f"time >= {time}",
        assignments=tuple(assignments),
        delay="0",
        priority=None,
        persistent=True,
        initial_value=False,
        use_values_from_trigger_time=True,
        label="the plan: " + ", ".join(slot.target for slot in slots),
    )


def _sum(*terms: tuple[str, str]) -> str:
    """The sum of shares of names, or of shares alone, without what is 0 or 1."""
    said = []
    for share, name in terms:
        if share == "1.0" and name:
            said.append(name)
        elif share != "0.0":
            said.append(f"{share}*{name}" if name else share)
    return " + ".join(said) or "0.0"


def _with_states(model: Model, targets: Sequence[str]) -> Model:
    """The model in which parameters that are set on the way are species, under another name."""
    if not targets:
        return model
    parts = {part.id: part for part in model.parameters}
    states = [
        Species(
            f"{name}{NOW}",
            name,
            parts[name].unit,
            PLANNED,
            f"{parts[name].label or name}, as the plan has it",
        )
        for name in targets
    ]
    moved = set(targets)
    now: list[Expression] = []
    table = {name: f"{name}{NOW}" for name in targets}
    for part in model.derived:
        if names(str(part.value)) & moved:
            now.append(Expression(f"{part.id}{NOW}", _renamed(str(part.value), table), part.unit, part.label))
            moved.add(part.id)
            table[part.id] = f"{part.id}{NOW}"
    taken = {name for _, name, _ in model.record} | {part.id for part in model.parameters}
    for name in table.values():
        if name in taken:
            raise InputError(f"{name!r} is a name of model {model.id!r} already", mend="rename it there")
    model = _with_names(model, table)
    return replace(model, species=(*model.species, *states), expressions=(*now, *model.expressions))


def _with_names(model: Model, table: Mapping[str, str]) -> Model:
    """The model with other names in every formula that holds at all times."""

    def rate(part: FlatReaction) -> FlatReaction:
        return replace(part, rate=_renamed(part.rate, table))

    def zero(part: FlatConstraint) -> FlatConstraint:
        return replace(part, formula=_renamed(part.formula, table))

    def event(part: FlatEvent) -> FlatEvent:
        return replace(
            part,
            trigger=_renamed(part.trigger, table, parse_condition),
            assignments=tuple((name, _renamed(value, table)) for name, value in part.assignments),
            factors=tuple((name, _renamed(value, table)) for name, value in part.factors),
            delay=_renamed(part.delay, table),
            priority=None if part.priority is None else _renamed(part.priority, table),
        )

    return replace(
        model,
        expressions=tuple(replace(part, formula=_renamed(part.formula, table)) for part in model.expressions),
        observables=tuple(replace(part, formula=_renamed(part.formula, table)) for part in model.observables),
        reactions=tuple(map(rate, model.reactions)),
        constraints=tuple(map(zero, model.constraints)),
        events=tuple(map(event, model.events)),
    )


def _renamed(formula: str, table: Mapping[str, str], read: Callable[[str], ast.expr] = parse) -> str:
    used: dict[str, ast.expr] = {name: ast.Name(other, ast.Load()) for name, other in table.items()}
    return ast.unparse(replaced(read(formula), used))
