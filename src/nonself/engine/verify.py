"""Accuracy checked from outside: a sample of patients integrated again, more carefully, and compared.

The second run has a tenth of the tolerance and stops `STOPS` times, evenly over each course, so that a short event
which the first run stepped over is seen. It cannot see what both step over: of pulses as wide as a three-thousandth of
the course none escaped in a test, of those a ten-thousandth wide half did. Nor does it see an error in the equations.

Two courses may differ by `FACTOR` times the relative tolerance, since errors grow in a patient close to a turning
point, and always by one in a thousand, which no figure or estimate shows: so a lower tolerance mends whoever is
inaccurate. What a difference is relative to: `engine.sizes`. A rule that decides the other way in the second run, or a
hazard that happens on the other side of a readout, makes another course, and its patient is inaccurate too.

Small clones take other draws with other steps, so that their courses cannot be compared: where a model has clones, both
runs of the sample let them follow their equations, and what is verified is the equations alone. Who does not finish
that way, because a clone that died out by chance lives on in a fraction, is not verified.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from nonself.engine.loop import solve
from nonself.engine.problem import Action, Array, Problem
from nonself.engine.result import Failure, Outcomes, Status
from nonself.engine.sizes import sizes
from nonself.engine.streams import uniforms

Rows = NDArray[np.intp]

SHARE, FEWEST = 0.02, 20  # how many patients are verified: this share, and at least so many
TIGHTER = 0.1  # the tolerance of the second run, relative to the first
STOPS = 200  # times at which the second run stops, evenly over the course
BUDGET = 4  # how many times as many steps it may take
FACTOR = 100.0  # how many times the relative tolerance two courses may differ ...
LEAST, MOST = 1e-3, 0.1  # ... but never less than one in a thousand, nor more than a tenth
CHUNK = 32  # patients integrated by one thread at once
NUMBERS = 4_000_000  # held at once, about, when courses are compared


@dataclass(frozen=True, slots=True)
class Verified:
    """What verifying found.

    **Arguments:** `rows` (n_verified,) positions of the patients verified, who had all finished; `differences`
    (n_verified,) the largest of each, relative, infinite where the second run did not finish; `allowed` the largest
    that is not an error; `rtol` of the second run.
    """

    rows: Rows
    differences: Array
    allowed: float
    rtol: float

    @property
    def inaccurate(self) -> int:
        """How many differ by more than is allowed."""
        return int(np.count_nonzero(self.differences > self.allowed))

    @property
    def largest(self) -> float:
        """The largest difference of all; 0 where nobody was verified."""
        return float(self.differences.max(initial=0.0))


def allowed(rtol: float) -> float:
    """Return the largest relative difference of two courses that is not an error.

    **Example:** `allowed(1e-4)` gives `0.01`.
    """
    return min(max(FACTOR * rtol, LEAST), MOST)


def sample(patients: Sequence[str], seed: int) -> Rows:
    """Return the positions of the patients to verify, in order: which ones does not depend on their order.

    **Arguments:** `patients` (n,) ids; `seed` of the study.

    **Example:** `sample(["a", "b", "c"], seed=1)` gives `[0, 1, 2]`.
    """
    count = min(len(patients), max(FEWEST, math.ceil(SHARE * len(patients))))
    drawn = uniforms(seed, "verify", patients)
    return np.sort(np.argsort(drawn, kind="stable")[:count])


def verify(
    problem: Problem, outcomes: Outcomes, rows: Rows, *, workers: int = 1
) -> tuple[Outcomes, Verified]:
    """Integrate some patients again and mark those whose course changes.

    **Arguments:** `outcomes` of the problem; `rows` the patients, see `sample`; who of them did not finish is left
    out; `workers` threads, which change nothing.
    **Returns:** the outcomes, in which who changes has the status INACCURATE, a failure with its sentence, and no
    values from there on; and what was found.

    **Example:** `verify(problem, solve(problem), sample(problem.patients, seed=1))[1].largest`
    """
    problem, rows, seen = _compared(problem, outcomes, rows, workers)
    limit = allowed(problem.rtol)
    values, status = outcomes.values.copy(), outcomes.status.copy()
    found, failures = np.zeros(rows.size), list(outcomes.failures)
    a_patient = problem.outputs.shape[0] * len(problem.program.observables + problem.program.parameters)
    together = max(1, NUMBERS // max(1, a_patient))
    for first in range(0, rows.size, together):
        part = rows[first : first + together]
        again = solve(_harder(problem.part(part)), workers=workers, chunk=CHUNK)
        apart = differences(problem.part(part), seen[first : first + together], again, outcomes.observables)
        worst = apart.max(axis=(1, 2), initial=0.0)
        worst[~again.finished] = np.inf
        found[first : first + part.size] = worst
        for place in np.flatnonzero(worst > limit):
            row, late = int(part[place]), apart[place].max(axis=1, initial=0.0) > limit
            shown = replace(outcomes, values=seen[first + place])
            failures.append(_failure(problem, shown, again, row, int(place), apart[place], limit))
            status[row] = int(Status.INACCURATE)
            values[row, np.logical_or.accumulate(late)] = np.nan
    failures.sort(key=lambda one: one.index)
    marked = replace(outcomes, values=values, status=status, failures=tuple(failures))
    return marked, Verified(rows, found, limit, TIGHTER * problem.rtol)


def _compared(problem: Problem, outcomes: Outcomes, rows: Rows, workers: int) -> tuple[Problem, Rows, Array]:
    """The problem that is integrated again, which patients, and what they are compared with."""
    rows = rows[outcomes.finished[rows]]
    if not (problem.program.model.clones and problem.by_chance and rows.size):
        return problem, rows, outcomes.values[rows]
    problem = replace(problem, by_chance=False)
    plain = solve(problem.part(rows), workers=workers, chunk=CHUNK, keep=outcomes.observables)
    return problem, rows[plain.finished], plain.values[plain.finished]


def _harder(problem: Problem) -> Problem:
    program = problem.program
    asked = problem.rtol * program.scales if problem.atol is None else problem.atol
    horizon = np.asarray(problem.horizon, dtype=float)
    first = problem.first if problem.begin is not None else 0.0
    times = (np.asarray(first + (horizon - first) * (stop / STOPS)) for stop in range(1, STOPS))
    stops = (Action(time if time.ndim else float(time), "add", program.species[0], 0.0) for time in times)
    return replace(
        problem,
        actions=(*problem.actions, *stops),
        rtol=TIGHTER * problem.rtol,
        atol=TIGHTER * asked,
        max_steps=BUDGET * problem.max_steps,
    )


def differences(problem: Problem, values: Array, again: Outcomes, names: Sequence[str]) -> Array:
    """Return how far courses lie apart, relative to the size of each observable.

    **Arguments:** `values` (n, n_times, n_names) of the observables `names`; `again` all observables of the same
    patients. **Returns:** (n, n_times, n_names), infinite where one is a number and the other is not.
    """
    columns = [again.observables.index(name) for name in names]
    other = again.values[:, :, columns]
    with np.errstate(all="ignore"):
        apart = np.abs(values - other) / sizes(problem, again.values)[:, :, columns]
    same = (values == other) | (np.isnan(values) & np.isnan(other))
    return np.asarray(np.where(same, 0.0, np.where(np.isfinite(apart), apart, np.inf)))


def _failure(
    problem: Problem, outcomes: Outcomes, again: Outcomes, row: int, place: int, apart: Array, limit: float
) -> Failure:
    patient, unit = problem.patients[row], problem.program.model.time_unit
    late = np.flatnonzero(apart.max(axis=1, initial=0.0) > limit)
    if late.size and again.finished[place]:
        when, name = int(late[0]), int(apart[late[0]].argmax())
        times = problem.outputs if problem.outputs.ndim == 1 else problem.outputs[:, row]
        observable, time = outcomes.observables[name], float(times[when])
        value, other = float(outcomes.values[when, name]), again.of(observable)[place, when]
        what = (
            f"{observable} = {value:.6g}, and then {other:.6g}: they differ by {apart[when, name]:.2g} of its size, "
            f"where {limit:g} is allowed."
        )
    else:
        other_failure = next(one for one in again.failures if one.index == place)
        observable, time, value = other_failure.species, other_failure.time, other_failure.value
        what = f"Then it does not finish: {other_failure.status.sentence} {observable} = {value:.6g}."
    status = Status.INACCURATE
    sentence = f"Patient {patient} at t = {time:.6g} {unit}: {status.sentence} {what} {status.remedy}"
    return Failure(patient, row, status, time, observable, value, sentence)
