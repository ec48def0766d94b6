"""Looking into compiled code: rates, observables and Jacobian of a Program at given states."""

from __future__ import annotations

import ctypes

import numpy as np
from numpy.typing import NDArray

from nonself.codegen.lower import lower
from nonself.codegen.program import Program
from nonself.codegen.sparse import LuPlan, plan
from nonself.errors import InputError

Array = NDArray[np.float64]
_PROBE = ctypes.CFUNCTYPE(None, ctypes.c_void_p, ctypes.c_double)


def workspace(program: Program, segments: int = 0) -> Array:
    """Return an empty workspace for one call, (rows, width), aligned to a vector; `segments` of the past are kept."""
    rows = program.space.rows + program.space.past(segments)
    size = rows * program.width
    raw = np.zeros(size + 8)
    start = (-raw.ctypes.data // 8) % 8
    return raw[start : start + size].reshape(rows, program.width)


def evaluate(
    program: Program, parameters: Array, states: Array, time: float = 0.0, past: Array | None = None
) -> tuple[Array, Array]:
    """Return what the machine code computes at given states.

    **Arguments:** `parameters` (n_parameters, n), `states` (n_species, n), `past` (n_species, n) the states that delays
    look back at, by default `states`.

    **Returns:** rates (n_species, n) and the model's own observables (n_observables, n).
    """
    rates, observed = [], []
    space = program.space
    for first in range(0, states.shape[1], program.width):
        work = _filled(program, parameters, states, first, 1.0, time, past)
        begin = space.stage + space.species
        rates.append(work[begin : begin + space.species])
        observed.append(work[space.observed : space.observed + space.observables])
    count = states.shape[1]
    return np.hstack(rates)[:, :count], np.hstack(observed)[:, :count]


def events(program: Program, parameters: Array, states: Array, time: float = 0.0) -> dict[str, Array]:
    """Return what the machine code says of events at given states, as `codegen.twin.events` does.

    **Arguments:** `parameters` (n_parameters, n), `states` (n_species, n).
    """
    found, space = [], program.space
    for first in range(0, states.shape[1], program.width):
        work = _filled(program, parameters, states, first, 1.0, time)
        found.append(work[space.triggered : space.was])
    table = np.hstack(found)[:, : states.shape[1]]
    given = program.model.events
    names = [f"{event.id} {what}" for what in ("trigger", "delay", "priority") for event in given]
    names += [f"{event.id} {species}" for event in given for species, _ in event.assignments]
    if space.scaled:
        names += [f"{event.id} {species} factor" for event in given for species, _ in event.assignments]
    return dict(zip(names, table, strict=True))


def jacobian(program: Program, parameters: Array, states: Array) -> Array:
    """Return d(rate)/d(state) as the machine code has it, (n, n_species, n_species), put together from its LU.

    Equation: L D U = d I - J with d above the entries of J, so that J = d I - L D U; D is stored inverted.
    """
    size = len(program.species)
    if program.model.constraints:
        raise InputError(
            "the LU of a model with constraints keeps no Jacobian", mend="differentiate the twin"
        )
    lu = plan(size, lower(program.model).jacobian)
    found = np.empty((states.shape[1], size, size))
    for column in range(states.shape[1]):
        diagonal = 1.0
        for _ in range(2):  # once to learn how large the entries are, once with a diagonal of that size
            work = _filled(program, parameters[:, [column]], states[:, [column]], 0, diagonal)
            found[column] = diagonal * np.eye(size) - _product(work[program.space.factor :, 0], lu, size)
            diagonal = 2.0 * max(1.0, float(np.abs(found[column]).max()))
    return found


def _filled(
    program: Program,
    parameters: Array,
    states: Array,
    first: int,
    diagonal: float,
    time: float = 0.0,
    past: Array | None = None,
) -> Array:
    work, space = workspace(program), program.space
    columns = [min(first + lane, states.shape[1] - 1) for lane in range(program.width)]
    work[space.state : space.state + space.species] = states[:, columns]
    work[space.new_state : space.new_state + space.species] = (states if past is None else past)[:, columns]
    work[space.parameter : space.parameter + space.parameters] = parameters[:, columns]
    work[space.scalar("time")] = time
    _PROBE(program.probe)(work.ctypes.data, diagonal)
    return work


def _product(factors: Array, lu: LuPlan, size: int) -> Array:
    """L times D times U in the original order of rows and columns."""
    lower_part, upper_part, pivots = np.eye(size), np.eye(size), np.empty(size)
    for row in range(size):
        pivots[row] = 1.0 / factors[lu.slots[row, row]]
        for column in lu.lower[row]:
            lower_part[row, column] = factors[lu.slots[row, column]]
        for column in lu.upper[row]:
            upper_part[row, column] = factors[lu.slots[row, column]]
    return np.asarray(lower_part * pivots @ upper_part)
