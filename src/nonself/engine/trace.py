"""One patient followed step by step: when steps shrink, what changes fastest and why, and what is done when.

Steps are not reconstructed from readouts: the patient is integrated again with a budget of k steps, for many k, and
each run ends where the k-th step ended. Budgets and readouts change no step, so these are the steps of the course.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from nonself.codegen.build import build
from nonself.engine.loop import RETRY_TIGHTER, assignments, replay, solve
from nonself.engine.problem import Array, Problem
from nonself.engine.result import Failure, Outcomes, Status
from nonself.engine.stops import schedule
from nonself.engine.unfold import Balance, Happening, Values, balances, happen, rates
from nonself.model.ir import Model
from nonself.model.parts import Observable

LINES = 30  # over the course
LAST, LAST_TRIED = 4, 20  # lines at the end of a course that failed, and steps looked through for them
READOUTS: tuple[Literal["before"], Literal["after"]] = ("before", "after")
Side = Literal["before", "after"]
RateAt = Callable[[Side, Values, Array, float], Values]  # side, parameters, state, time -> rates
Mark = tuple[float, int, int]  # a time, and the steps tried and rejected until then


@dataclass(frozen=True, slots=True)
class Moment:
    """A line of a trace: where the course is after some more steps, before anything is done at that time.

    **Arguments:** `steps` tried since the line above and `rejected` of them; `size` the mean of the others, NaN where
    there are none; `values` (n_species,); `fastest` the species that changes fastest for its size, and by what.
    """

    time: float
    steps: int
    rejected: int
    size: float
    values: Array
    fastest: Balance


@dataclass(frozen=True, slots=True)
class Trace:
    """The course of one patient.

    **Arguments:** `rtol` at which the course was integrated, tighter than asked for after a retry; `reached` the time
    it got to; `steps` and `rejected` of it; `last` what moves each species there, the fastest first; `failure` None if
    it finished.
    """

    patient: str
    model: Model
    status: Status
    rtol: float
    reached: float
    steps: int
    rejected: int
    moments: tuple[Moment, ...]
    happenings: tuple[Happening, ...]
    last: tuple[Balance, ...]
    failure: Failure | None


def trace(problem: Problem, patient: str, lines: int = LINES) -> Trace:
    """Follow one patient of a problem, in about `lines` lines.

    **Raises:** `UnknownName` when there is no such patient.

    **Example:** `trace(problem, "v00017").moments[-1].fastest`
    """
    alone, whole = _that_counted(replay(problem, patient))
    reached = float(whole.reached[0])
    marks = _marks(alone, whole, lines)
    stops = schedule(alone)
    due = [time for time in stops.time[:, 0].tolist() if time <= reached]
    assigned = assignments(alone)
    times = np.unique([*(time for time, _, _ in marks), *due, *(one.time for one in assigned)])
    before, after = (
        solve(replace(alone, outputs=times, readout=side), keep=alone.program.species).values[0]
        for side in READOUTS
    )
    states = dict(zip(times.tolist(), before, strict=True))
    rate_at = _rates(alone, times)
    happenings, switched = happen(alone, stops, len(due), states, assigned)
    model, ending = alone.program.model, _ending(alone.program.species, after[-1], whole.failures)
    return Trace(
        patient=patient,
        model=model,
        status=Status(int(whole.status[0])),
        rtol=alone.rtol,
        reached=reached,
        steps=int(whole.steps[0]),
        rejected=int(whole.rejected[0]),
        moments=tuple(_moments(model, marks, states, switched, rate_at)),
        happenings=happenings,
        last=balances(model, rate_at("after", switched[-1][1], ending, reached), ending),
        failure=whole.failures[0] if whole.failures else None,
    )


def _rates(alone: Problem, times: Array) -> RateAt:
    """What gives the rate of every reaction at a time: the engine where rates look back, it knows the past."""
    program, model = alone.program, alone.program.model
    if not program.space.delays:
        return lambda side, parameters, state, time: rates(model, parameters, state, time)
    shown = tuple(Observable(f"rate of {one.id}", one.rate, "1") for one in model.reactions)
    showing = build(replace(model, observables=(*model.observables, *shown)), width=program.width)
    alone = replace(alone, program=showing, outputs=times)
    found = {
        side: solve(replace(alone, readout=side), keep=tuple(one.id for one in shown)).values[0]
        for side in READOUTS
    }
    names, rows = [one.id for one in model.reactions], {time: row for row, time in enumerate(times.tolist())}
    return lambda side, parameters, state, time: dict(
        zip(names, found[side][rows[time]].tolist(), strict=True)
    )


def _ending(species: tuple[str, ...], state: Array, failures: tuple[Failure, ...]) -> Array:
    """The state at the end; a species that went on without the time moving has the value it ended with."""
    for one in failures:
        state[species.index(one.species)] = one.value
    return state


def _that_counted(alone: Problem) -> tuple[Problem, Outcomes]:
    """The run whose course is the result: after a retry, the one at the tighter tolerance."""
    asked = alone.rtol * alone.program.scales if alone.atol is None else alone.atol
    alone = replace(alone, outputs=alone.first[:1], atol=asked)
    whole = solve(alone)
    if whole.status[0] == Status.FINISHED_ON_RETRY:
        for rung in RETRY_TIGHTER:
            tighter = replace(alone, rtol=rung * alone.rtol, atol=rung * asked)
            again = solve(tighter)
            if again.status[0] == Status.FINISHED:
                return tighter, replace(again, status=whole.status)
    return alone, whole


def _marks(alone: Problem, whole: Outcomes, lines: int) -> list[Mark]:
    """Where the course was after how many steps: evenly over the steps, and at the end of one that failed."""
    end: Mark = (float(whole.reached[0]), int(whole.steps[0]), int(whole.rejected[0]))
    used = end[1] if not whole.failures else _arrival(alone, end)
    spread = {int(budget) for budget in np.linspace(0, used, min(lines, used) + 1)[1:-1]}
    tail = set() if not whole.failures else set(range(max(1, used - LAST_TRIED), used))
    found = {budget: _after(alone, budget) for budget in sorted(spread | tail)}
    shown = {found[budget][0] for budget in spread} | set(
        sorted({found[budget][0] for budget in tail})[-LAST:]
    )
    marks = {mark[0]: mark for mark in found.values() if mark[0] in shown}
    first = float(alone.first[0])
    marks |= {first: (first, 0, 0), end[0]: end}
    return [marks[time] for time in sorted(marks)]


def _after(alone: Problem, budget: int) -> Mark:
    part = solve(replace(alone, max_steps=budget), keep=alone.program.species[:1])
    return float(part.reached[0]), int(part.steps[0]), int(part.rejected[0])


def _arrival(alone: Problem, end: Mark) -> int:
    """After how many steps the course was where it ended: the later ones led nowhere."""
    low, high = 0, end[1]
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if _after(alone, middle)[0] >= end[0] else (middle, high)
    return high


def _moments(
    model: Model,
    marks: list[Mark],
    states: Mapping[float, Array],
    switched: list[tuple[float, Values]],
    rate_at: RateAt,
) -> Iterator[Moment]:
    previous = marks[0]
    for mark in marks:
        time, steps, rejected = (now - then for now, then in zip(mark, previous, strict=True))
        accepted = int(steps - rejected)
        parameters = [values for since, values in switched if since < mark[0]][-1]
        state = states[mark[0]]
        yield Moment(
            mark[0],
            int(steps),
            int(rejected),
            time / accepted if accepted else math.nan,
            state,
            balances(model, rate_at("before", parameters, state, mark[0]), state)[0],
        )
        previous = mark
