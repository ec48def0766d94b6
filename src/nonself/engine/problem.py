"""The Problem: a program, who runs it, when, and what is done to them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from nonself.codegen.program import Program
from nonself.engine.pending import fewest, most
from nonself.errors import InputError, UnknownName
from nonself.model.delays import fixed_by_delays

Array = NDArray[np.float64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Action:
    """Something done at a scheduled time: `add` an amount to a species, `multiply` a species by a share that is left,
    `set` a parameter, `decide` by a rule, `pause`: a stop at which nothing happens, so that twins stop alike, or
    `renew`: the next step is chosen as if the course began there, so that it is the same as one that does.

    At one time rules decide first; then everything else happens in the order given.

    **Arguments:** `time` and `value` are one number for all, or (n_patients,); NaN as a time means never;
    `target` a species, a parameter or a rule of the program; `scale` a parameter that an added amount is
    multiplied with at that time, so that a rule can hold or reduce it; `who` (n_patients,) to whom it is done, by
    default to all: the others pause at its time.
    """

    time: float | Array
    kind: Literal["add", "multiply", "set", "decide", "pause", "renew"]
    target: str = ""
    value: float | Array = 0.0
    scale: str | None = None
    who: Flags | None = None

    def part(self, rows: slice | NDArray[np.intp]) -> Action:
        """Return the action as it is for some of the patients."""
        if self.who is None and np.ndim(self.time) == 0 and np.ndim(self.value) == 0:
            return self
        own = None if self.who is None else self.who[rows]
        return replace(self, time=_own(self.time, rows), value=_own(self.value, rows), who=own)


@dataclass(frozen=True, slots=True)
class Begin:
    """Where courses go on that were begun before: the end of another run of the same model.

    **Arguments:** `time` (n_patients,) of the model; `state` (n_species, n_patients); `fired` (n_counts, n_patients)
    how often each hazard has happened, and of each clone where it comes from and how many draws it made: whole numbers;
    `pending` (n_words, n_patients) what events left open, the `pending` of the other run's outcomes, where the model
    has events.
    """

    time: Array
    state: Array
    fired: NDArray[np.int64]
    pending: NDArray[np.int64] | None = None

    def part(self, rows: slice | NDArray[np.intp]) -> Begin:
        """Return that of some patients."""
        pending = None if self.pending is None else self.pending[:, rows]
        return Begin(self.time[rows], self.state[:, rows], self.fired[:, rows], pending)


@dataclass(frozen=True, slots=True)
class Problem:
    """Everything one batch integration needs.

    **Arguments:** `patients` their ids; `parameters` (n_parameters, n_patients) in `program.parameters` order;
    `horizon` when each ends, a number or (n_patients,); `outputs` times of readout, (n_times,) or
    (n_times, n_patients), non-decreasing, inside [begin, horizon]; `actions`; `readout` whether a readout that falls
    on an action shows the state after it or before; `begin` where courses go on, by default they start at 0; `rtol`
    relative tolerance, `atol` (n_species,) absolute tolerance, by default rtol * scale; `max_steps` a patient may take
    before it is given up; `seed` and `replicate` key what happens by chance, so that twins and arms share it;
    `by_chance` false lets small clones follow their equations, as they do above their threshold; `drawn_as`
    (n_patients) the ids that chance is keyed by, by default those of the patients: a twin draws as its patient;
    `silent` hazard -> (n_patients,) true for whom it never happens.
    """

    program: Program
    patients: tuple[str, ...]
    parameters: Array
    horizon: float | Array
    outputs: Array
    actions: tuple[Action, ...] = ()
    readout: Literal["after", "before"] = "after"
    rtol: float = 1e-6
    atol: Array | None = None
    max_steps: int = 100_000
    seed: int = 0
    replicate: int = 0
    begin: Begin | None = None
    by_chance: bool = True
    drawn_as: tuple[str, ...] = ()
    silent: Mapping[str, Flags] = field(default_factory=dict)

    @property
    def keys(self) -> tuple[str, ...]:
        """(n_patients) the ids that chance is keyed by."""
        return self.drawn_as or self.patients

    def part(self, rows: slice | NDArray[np.intp]) -> Problem:
        """Return the problem of some of its patients: each gives the same bytes as in the whole.

        **Example:** `problem.part(slice(0, 100))`
        """
        return replace(
            self,
            patients=_some(self.patients, rows),
            parameters=self.parameters[:, rows],
            horizon=_own(self.horizon, rows),
            outputs=self.outputs if self.outputs.ndim == 1 else self.outputs[:, rows],
            actions=tuple(action.part(rows) for action in self.actions),
            begin=None if self.begin is None else self.begin.part(rows),
            drawn_as=_some(self.drawn_as, rows) if self.drawn_as else (),
            silent={hazard: flags[rows] for hazard, flags in self.silent.items()},
        )

    @property
    def first(self) -> Array:
        """(n_patients,) the time at which each course begins."""
        return np.zeros(len(self.patients)) if self.begin is None else self.begin.time

    def __post_init__(self) -> None:
        _check_shapes(self)
        _check_chance(self)
        _check_actions(self)
        _check_fixed(self)


def _own(value: float | Array, rows: slice | NDArray[np.intp]) -> float | Array:
    return value if np.ndim(value) == 0 else np.asarray(value)[rows]


def _some(names: tuple[str, ...], rows: slice | NDArray[np.intp]) -> tuple[str, ...]:
    return names[rows] if isinstance(rows, slice) else tuple(names[row] for row in rows)


def _check_shapes(problem: Problem) -> None:
    n_patients, n_parameters = len(problem.patients), len(problem.program.parameters)
    if n_patients == 0:
        raise InputError("there are no patients", mend="give at least one patient")
    if len(set(problem.patients)) != n_patients:
        raise InputError("patient ids are not unique", mend="give each patient an id of its own")
    if problem.parameters.shape != (n_parameters, n_patients):
        raise InputError(
            f"parameters have shape {problem.parameters.shape}, not ({n_parameters}, {n_patients})",
            mend="give one row a parameter, one column a patient",
        )
    if problem.outputs.ndim == 2 and problem.outputs.shape[1] != n_patients:
        raise InputError("output times have a column per patient, but not as many as patients")
    if problem.outputs.size and (
        not np.all(np.isfinite(problem.outputs)) or np.any(np.diff(problem.outputs, axis=0) < 0)
    ):
        raise InputError("output times must be finite and must not decrease", mend="sort the times")
    horizon = np.asarray(problem.horizon, dtype=float)
    if horizon.ndim not in (0, 1) or (horizon.ndim == 1 and horizon.shape[0] != n_patients):
        raise InputError("the horizon is one number, or one a patient")
    _check_begin(problem)
    if not np.all(np.isfinite(horizon)) or np.any(horizon < problem.first):
        raise InputError(
            "the horizon must be finite and must not lie before the course begins",
            mend="give a time at or after its begin",
        )
    if problem.outputs.size and (
        np.any(problem.outputs[0] < problem.first)
        or np.any(problem.outputs[-1] > horizon * (1 + 1e-12) + 1e-12)
    ):
        raise InputError(
            "output times lie outside the course", mend="keep them between its begin and the horizon"
        )
    if not problem.rtol > 0:
        raise InputError("the relative tolerance must be positive")


def _check_chance(problem: Problem) -> None:
    hazards, count = tuple(hazard.id for hazard in problem.program.model.hazards), len(problem.patients)
    if len(problem.keys) != count:
        raise InputError("there is not one id a patient that chance is keyed by")
    for hazard, flags in problem.silent.items():
        if hazard not in hazards:
            raise UnknownName("hazard", hazard, hazards)
        if flags.shape != (count,):
            raise InputError(f"who hazard {hazard!r} never happens to is said by one flag a patient")


def _check_begin(problem: Problem) -> None:
    begin, count = problem.begin, len(problem.patients)
    if begin is None:
        return
    if problem.program.space.delays:
        raise InputError(
            "the model has delays, and a course cannot go on from an end without its past",
            mend="run the course from its start",
        )
    shapes = {
        "time": (begin.time, (count,)),
        "state": (begin.state, (len(problem.program.species), count)),
        "fired": (begin.fired, (problem.program.space.counts, count)),
    }
    for name, (table, shape) in shapes.items():
        if table.shape != shape:
            raise InputError(f"the {name} where courses go on has shape {table.shape}, not {shape}")
    space = problem.program.space
    if begin.pending is None and space.events:
        raise InputError(
            "the model has events, but what they left open where courses go on is not given",
            mend="give Begin the `pending` of the outcomes it goes on from",
        )
    if begin.pending is not None and not (
        begin.pending.shape[1] == count and fewest(space) <= begin.pending.shape[0] <= most(space)
    ):
        raise InputError(f"what events left open has shape {begin.pending.shape}, of another model or run")
    if not np.all(begin.time >= 0) or not np.all(begin.fired >= 0):
        raise InputError("a course cannot go on from before 0", mend="give a time at or after 0")


def _check_actions(problem: Problem) -> None:
    program = problem.program
    rules = tuple(rule.id for rule in program.model.rules)
    known = {
        "add": program.species, "multiply": program.species, "set": program.parameters, "decide": rules,
        "pause": ("",), "renew": ("",),
    }  # fmt: skip
    words = {
        "add": "species", "multiply": "species", "set": "parameter", "decide": "rule",
        "pause": "target of a pause", "renew": "target of a renewal",
    }  # fmt: skip
    _check_determined(problem)
    for action in problem.actions:
        if action.target not in known[action.kind]:
            raise UnknownName(words[action.kind], action.target, known[action.kind])
        if action.scale is not None and action.scale not in program.parameters:
            raise UnknownName("parameter", action.scale, program.parameters)
        for name, value in (("time", action.time), ("value", action.value)):
            if np.ndim(value) not in (0, 1) or (
                np.ndim(value) == 1 and np.shape(value) != (len(problem.patients),)
            ):
                raise InputError(f"the {name} of an action is one number, or one a patient")
        if action.who is not None and action.who.shape != (len(problem.patients),):
            raise InputError("to whom an action is done is said by one flag a patient")
        if action.kind == "multiply" and not np.all(np.asarray(action.value) >= 0):
            raise InputError(f"a share of {action.target!r} that is left is negative", mend="give 0 or more")
        if np.any(np.asarray(action.time) < problem.first):
            raise InputError(
                f"an action on {action.target!r} lies before time {problem.first.max():g}, where courses begin",
                mend="give a time at or after that",
            )


def _check_determined(problem: Problem) -> None:
    """Refuse actions on what constraints determine."""
    determined = {part.species: part.id for part in problem.program.model.constraints}
    for action in problem.actions:
        if action.kind in ("add", "multiply") and action.target in determined:
            raise InputError(
                f"an action changes {action.target!r}, which constraint {determined[action.target]!r} determines",
                mend="change a species with reactions, or a parameter of the constraint",
            )


def _check_fixed(problem: Problem) -> None:
    """Refuse to set on the way what delays hold fixed."""
    model = problem.program.model
    changed = {rule.parameter for rule in model.rules} | {
        a.target for a in problem.actions if a.kind == "set"
    }
    for name in sorted(fixed_by_delays(model) & changed):
        raise InputError(
            f"{name!r} is set on the way, but the length of a delay or a history depends on it",
            mend="let it differ between patients only",
        )


def parameter_table(
    program: Program, n_patients: int, columns: Mapping[str, float | Array] | None = None
) -> Array:
    """Return (n_parameters, n_patients) of the model's values with the given columns put in.

    **Raises:** `UnknownName` for a column that is not a parameter.

    **Example:** `parameter_table(program, 3, {"TKI": np.array([1.0, 2.0, 3.0])})`
    """
    table = np.repeat(program.defaults[:, None], n_patients, axis=1)
    for name, values in (columns or {}).items():
        if name not in program.parameters:
            raise UnknownName("parameter", name, program.parameters)
        table[program.parameters.index(name)] = values
    return table
