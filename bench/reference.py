"""The tight solution every solver is measured against, and the measure of error.

    error of a patient = sqrt(mean over outputs and species of ((y - ref) / (|ref| + scale))**2)

Integrated by LSODA between doses at `RTOL`, kept in `bench/.cache` under a digest of all that decides it.
`python -m bench.reference` shows how far the reference itself can be trusted.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from scipy.integrate import odeint

from bench.flatten import Derivative, derivative, derivative_source
from bench.schedule import Array, Doses, Piece, pieces
from nonself.model.parts import Mechanism

RTOL = 1e-12
CACHE = Path(__file__).parent / ".cache"

_odeint: Any = odeint  # its stubs know no absolute tolerance per species


@dataclass(frozen=True, slots=True)
class Errors:
    """Errors of a batch: per-patient RMS relative error, and two numbers that sum it up."""

    patients: Array

    @property
    def median(self) -> float:
        """The median patient's error; NaN when a patient failed."""
        return float(np.median(self.patients))

    @property
    def p95(self) -> float:
        """The error 95 percent of the patients stay below."""
        return float(np.quantile(self.patients, 0.95))


def errors(values: Array, reference: Array, scales: Array) -> Errors:
    """Measure a batch against the reference.

    **Arguments:** `values`, `reference` shape (n_patients, n_times, n_species); `scales` (n_species,), the
    smallest amounts that matter.
    """
    relative = (values - reference) / (np.abs(reference) + scales)
    return Errors(np.sqrt(np.mean(relative**2, axis=(1, 2))))


def scales(mechanism: Mechanism) -> Array:
    """Return the smallest amounts that matter, shape (n_species,)."""
    return np.array([entry.scale for entry in mechanism.species])


def initial(mechanism: Mechanism) -> Array:
    """Return the initial amounts, shape (n_species,)."""
    return np.array([float(entry.initial) for entry in mechanism.species])


def _piece(
    function: Derivative, start: Array, p: list[float], piece: Piece, atol: Array, rtol: float
) -> Array:
    """Integrate one piece; return the state at its outputs and, last, at its end."""
    wanted = [*piece.outputs, piece.end]
    if piece.end <= piece.start:
        return np.repeat(start[None], len(wanted), axis=0)
    times = np.unique([piece.start, *wanted])
    states, info = _odeint(
        lambda t, y: function(t, y.tolist(), p),
        start, times, tfirst=True, rtol=rtol, atol=atol, tcrit=[piece.end], mxstep=1_000_000,
        full_output=True,
    )  # fmt: skip
    if info["message"] != "Integration successful.":
        raise RuntimeError(
            f"the reference failed between days {piece.start} and {piece.end}: {info['message']}"
        )
    return np.asarray(states[np.searchsorted(times, wanted)])


def solve_one(mechanism: Mechanism, p: Array, doses: Doses, outputs: Array, rtol: float = RTOL) -> Array:
    """Integrate one patient tightly; return shape (n_times, n_species)."""
    function = derivative(mechanism)
    dosed = [entry.id for entry in mechanism.species].index(doses.species)
    state, rows = initial(mechanism), []
    for piece in pieces(doses, outputs):
        found = _piece(function, state, p.tolist(), piece, rtol * scales(mechanism), rtol)
        rows.append(found[:-1])
        state = found[-1].copy()
        state[dosed] += doses.amount * piece.dosed
    return np.concatenate(rows)


def _digest(mechanism: Mechanism, parameters: Array, doses: Doses, outputs: Array, rtol: float) -> str:
    digest = hashlib.sha256(derivative_source(mechanism).encode())
    digest.update(f"{doses.species} {doses.amount!r} {rtol!r}".encode())
    for numbers in (initial(mechanism), scales(mechanism), parameters, doses.times, outputs):
        digest.update(np.ascontiguousarray(numbers).tobytes())
    return digest.hexdigest()[:16]


def reference(
    mechanism: Mechanism, parameters: Array, doses: Doses, outputs: Array, rtol: float = RTOL
) -> Array:
    """Return the tight solution, from the cache where it is there.

    **Arguments:** `parameters` shape (n_parameters, n_patients).

    **Returns:** shape (n_patients, n_times, n_species).
    """
    path = CACHE / f"{mechanism.id}-{_digest(mechanism, parameters, doses, outputs, rtol)}.npy"
    if path.exists():
        return np.asarray(np.load(path))
    values = np.array([solve_one(mechanism, p, doses, outputs, rtol) for p in parameters.T])
    CACHE.mkdir(exist_ok=True)
    np.save(path, values)
    return values


def main() -> None:
    """Show how much the reference changes with its tolerance."""
    from bench.models import dosed30

    parameters = dosed30.patients(4, 1)
    asked = (dosed30.DOSES, dosed30.OUTPUTS)
    truth = reference(dosed30.MECHANISM, parameters, *asked)
    for rtol in (1e-10, 1e-11, 1e-13):
        values = reference(dosed30.MECHANISM, parameters, *asked, rtol)
        found = errors(values, truth, scales(dosed30.MECHANISM))
        print(f"rtol {rtol:.0e} against {RTOL:.0e}: largest error of 4 patients {found.patients.max():.1e}")


if __name__ == "__main__":
    main()
