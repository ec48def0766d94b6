"""The courses of all conditions of a problem, one patient of the engine each; some begin where another came to rest."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nonself.codegen.build import build
from nonself.codegen.program import Program
from nonself.engine.loop import solve
from nonself.engine.problem import Begin, Problem
from nonself.engine.result import Outcomes
from nonself.errors import InputError
from nonself.formats.petab.tables import Tables, Value
from nonself.formats.sbml.read import SbmlModel
from nonself.model.ir import Model

Array = NDArray[np.float64]
Pair = tuple[str, str]
FIRST_REST, LAST_REST = 1e3, 1e12  # how long a course is followed until it rests
AT_REST = 1e-7  # relative change over the second half of that time, of what matters


@dataclass(frozen=True, slots=True)
class Courses:
    """What was simulated: (condition before, during) -> time -> observable -> value."""

    found: Mapping[Pair, Mapping[float, Mapping[str, float]]]

    def value(self, condition: Pair, time: float, observable: str) -> float:
        """Return what an observable is in a condition at a time."""
        return self.found[condition][time][observable]


def simulate_conditions(
    model: Model,
    read: SbmlModel,
    tables: Tables,
    values: Mapping[str, float],
    keep: tuple[str, ...],
    rtol: float,
) -> Courses:
    """Simulate all conditions that are measured.

    **Arguments:** `values` of the problem's parameters; `keep` the observables to return.

    **Raises:** `InputError` for a condition whose course does not finish or does not come to rest.
    """
    run = _Run(build(model), read, tables, values, keep or (model.species[0].id,), rtol)
    times: dict[Pair, set[float]] = {}
    for part in tables.measurements:
        times.setdefault(part.condition, set()).add(part.time)
    plain = [pair for pair in times if not pair[0]]
    rested = [pair for pair in times if pair[0]]
    found: dict[Pair, dict[float, dict[str, float]]] = {}
    for pairs in (plain, rested):
        if pairs:
            begin = run.begin(pairs) if pairs is rested else None
            found |= run.courses(pairs, [sorted(times[pair]) for pair in pairs], begin)
    return Courses(found)


@dataclass(frozen=True, slots=True)
class _Run:
    program: Program
    read: SbmlModel
    tables: Tables
    values: Mapping[str, float]
    keep: tuple[str, ...]
    rtol: float

    def parameters(self, conditions: Sequence[str]) -> Array:
        """(n_parameters, n_conditions) the parameters of conditions: of the model, the problem, the condition."""
        row = {name: k for k, name in enumerate(self.program.parameters)}
        table = np.repeat(self.program.defaults[:, None], len(conditions), axis=1)
        for symbol, value in self.values.items():
            if symbol in self.read.kinds:
                self._give(table, row, symbol, slice(None), value)
        for column, condition in enumerate(conditions):
            for symbol, given in self.tables.conditions[condition].items():
                value = self.value(given)
                if not math.isnan(value):
                    self._give(table, row, symbol, column, value)
        return table

    def _give(
        self, table: Array, row: Mapping[str, int], symbol: str, column: int | slice, value: float
    ) -> None:
        own = self.read.starts[symbol]
        if own not in row:  # a formula gives it where no condition does
            table[row[f"{own}_is_given"], column] = 1.0
            own = f"{own}_given"
        table[row[own], column] = value

    def value(self, given: Value) -> float:
        """What a cell of the condition table is."""
        return self.values[given] if isinstance(given, str) else given

    def begin(self, pairs: Sequence[Pair]) -> Begin:
        """Where courses begin that follow a rest: its state, but for what the condition gives."""
        if self.program.model.events:
            raise InputError(
                "has events and conditions of a rest before, which is not supported", mend="drop either"
            )
        before = list(dict.fromkeys(first for first, _ in pairs))
        _, final = self.rest(before, self.parameters(before), None)
        species = {part.id: k for k, part in enumerate(self.program.model.species)}
        state = final[[before.index(first) for first, _ in pairs]].T.copy()
        for column, (_, condition) in enumerate(pairs):
            for symbol, given in self.tables.conditions[condition].items():
                value, own = self.value(given), self.read.formulas[symbol, "as named"]
                if self.read.kinds[symbol] == "compartment":
                    raise InputError(
                        f"changes the compartment {symbol!r} after a rest, which is not supported"
                    )
                if not math.isnan(value) and own in species:
                    state[species[own], column] = value
        fired = np.zeros((self.program.space.counts, len(pairs)), dtype=np.int64)
        return Begin(np.zeros(len(pairs)), state, fired)

    def courses(
        self, pairs: Sequence[Pair], times: Sequence[list[float]], begin: Begin | None
    ) -> dict[Pair, dict[float, dict[str, float]]]:
        """Simulate conditions, and follow those measured at infinity to their rest."""
        parameters = self.parameters([condition for _, condition in pairs])
        names = [" after ".join(filter(None, (condition, first))) for first, condition in pairs]
        finite = [[time for time in own if math.isfinite(time)] or [0.0] for own in times]
        count = max(map(len, finite))
        outputs = np.array([own + [own[-1]] * (count - len(own)) for own in finite]).T
        horizon = np.where(outputs[-1] > 0, outputs[-1], 1.0)
        problem = Problem(
            self.program, tuple(names), parameters, horizon, outputs, rtol=self.rtol, begin=begin
        )
        outcomes = solve(problem, keep=self.keep)
        _require_finished(outcomes)
        found = {
            pair: {
                time: {one: float(outcomes.of(one)[k, row]) for one in self.keep}
                for row, time in enumerate(finite[k])
            }
            for k, pair in enumerate(pairs)
        }
        endless = [k for k, own in enumerate(times) if math.isinf(own[-1])]
        if endless:
            rows = np.array(endless, dtype=np.intp)
            values, _ = self.rest(
                [names[k] for k in endless], parameters[:, rows], None if begin is None else begin.part(rows)
            )
            for place, k in enumerate(endless):
                found[pairs[k]][math.inf] = {one: float(values[one][place]) for one in self.keep}
        return found

    def rest(
        self, names: Sequence[str], parameters: Array, begin: Begin | None
    ) -> tuple[dict[str, Array], Array]:
        """Follow courses until nothing changes any more: what is observed then, and (n, n_species) the states."""
        species = tuple(part.id for part in self.program.model.species)
        matters = np.array([part.scale for part in self.program.model.species])
        horizon, rested = FIRST_REST, 0
        while horizon <= LAST_REST:
            outputs = np.array([horizon / 2, horizon])
            problem = Problem(
                self.program, tuple(names), parameters, horizon, outputs, rtol=self.rtol, begin=begin
            )
            outcomes = solve(problem, keep=tuple(dict.fromkeys((*self.keep, *species))))
            _require_finished(outcomes)
            half, end = (np.array([outcomes.of(one)[:, k] for one in species]).T for k in (0, 1))
            still = np.abs(end - half) <= AT_REST * np.maximum(np.abs(end), matters)
            rested = rested + 1 if still.all() else 0
            if rested == 2:
                return {one: outcomes.of(one)[:, 1] for one in self.keep}, outcomes.final
            horizon *= 10.0
        which = names[int(np.argmin(still.all(axis=1)))]
        moving = species[int(np.argmin(still[names.index(which)]))]
        raise InputError(
            f"condition {which!r} does not come to rest: {moving!r} still changes after {LAST_REST:g}",
            mend="give it times, or a model that comes to rest",
        )


def _require_finished(outcomes: Outcomes) -> None:
    for failure in outcomes.failures:
        raise InputError(
            f"condition {failure.patient!r} did not finish: {failure.sentence}", mend="check the parameters"
        )
