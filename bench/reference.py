"""The tight solution every solver is measured against, and the measure of error.

    error of a patient = sqrt(mean over outputs and species of ((y - ref) / (|ref| + scale))**2)

Integrated by LSODA (SciPy) between doses at `RTOL`, kept in `bench/.cache` under a digest of all that decides it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
from scipy.integrate import odeint

from bench.case import Case
from bench.flatten import derivative, derivative_source, starts
from bench.schedule import Array, Piece, pieces

RTOL = 1e-11
CACHE = Path(__file__).parent / ".cache"
Rates = Callable[[float, Array], Any]

_odeint: Any = odeint  # its stubs know no absolute tolerance per species


@dataclass(frozen=True, slots=True)
class Errors:
    """Errors of a batch, one a patient; a patient that failed has infinite error."""

    patients: Array

    @property
    def median(self) -> float:
        """The median patient's error."""
        return float(np.median(self.patients))

    @property
    def p95(self) -> float:
        """The error 95 percent of the patients stay below."""
        return float(np.quantile(self.patients, 0.95, method="higher"))

    @property
    def failures(self) -> int:
        """How many patients failed."""
        return int(np.isinf(self.patients).sum())


def errors(values: Array, reference: Array, scales: Array) -> Errors:
    """Measure a batch against the reference.

    **Arguments:** `values`, `reference` shape (n_patients, n_times, n_species), NaN where a solver failed;
    `scales` (n_species,), the smallest amounts that matter.
    """
    relative = (values - reference) / (np.abs(reference) + scales)
    found = np.sqrt(np.mean(relative**2, axis=(1, 2)))
    return Errors(np.where(np.isfinite(found), found, np.inf))


def _rates(case: Case, parameters: Array) -> Rates:
    """Return f(t, y) of one patient, compiled where numba is installed."""
    if find_spec("numba") is not None:
        from bench.compiled import rates_in_place

        fill, out = rates_in_place(case.mechanism), np.empty(len(case.species))
        own = np.ascontiguousarray(parameters)

        def compiled(t: float, y: Array) -> Array:
            fill(t, y, out, own)
            return out

        return compiled
    function, numbers = derivative(case.mechanism), parameters.tolist()
    return lambda t, y: function(t, y.tolist(), numbers)


def _piece(rates: Rates, start: Array, piece: Piece, atol: Array, rtol: float) -> Array:
    """Integrate one piece; return the state at its outputs and, last, at its end."""
    wanted = [*piece.outputs, piece.end]
    if piece.end <= piece.start:
        return np.repeat(start[None], len(wanted), axis=0)
    times = np.unique([piece.start, *wanted])
    states, info = _odeint(
        rates, start, times, tfirst=True, rtol=rtol, atol=atol, tcrit=[piece.end], mxstep=1_000_000,
        full_output=True,
    )  # fmt: skip
    if info["message"] != "Integration successful.":
        raise RuntimeError(f"the reference failed between {piece.start} and {piece.end}: {info['message']}")
    return np.asarray(states[np.searchsorted(times, wanted)])


def solve_one(case: Case, parameters: Array, rtol: float = RTOL) -> Array:
    """Integrate one patient tightly; return shape (n_times, n_species)."""
    rates = _rates(case, parameters)
    doses, dosed = case.given, case.species.index(case.doses.species)
    state, rows = starts(case.mechanism, parameters[:, None])[0], []
    for piece in pieces(doses, case.outputs):
        found = _piece(rates, state, piece, rtol * case.scales, rtol)
        rows.append(found[:-1])
        state = found[-1].copy()
        state[dosed] += doses.amount * piece.dosed
    return np.concatenate(rows)


def _digest(case: Case, parameters: Array, rtol: float) -> str:
    digest = hashlib.sha256(derivative_source(case.mechanism).encode())
    digest.update(f"{case.doses.species} {case.doses.amount!r} {rtol!r}".encode())
    numbers = (starts(case.mechanism, parameters[:, None]), case.scales, parameters)
    for array in (*numbers, case.doses.times, case.outputs):
        digest.update(np.ascontiguousarray(array).tobytes())
    return digest.hexdigest()[:16]


def reference(case: Case, parameters: Array, rtol: float = RTOL) -> Array:
    """Return the tight solution, each patient from the cache where it is there.

    **Arguments:** `parameters` shape (n_parameters, n_patients).

    **Returns:** shape (n_patients, n_times, n_species).
    """
    rows = []
    for own in parameters.T:
        path = CACHE / case.id / f"{_digest(case, own, rtol)}.npy"
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            np.save(path, solve_one(case, own, rtol))
        rows.append(np.load(path))
    return np.array(rows)


def trust(case: Case, parameters: Array) -> float:
    """Return the largest difference of the reference from itself at ten times the tolerance."""
    truth = reference(case, parameters)
    return float(errors(reference(case, parameters, 10 * RTOL), truth, case.scales).patients.max())
