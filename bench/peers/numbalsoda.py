"""numbalsoda as a peer: LSODA in C++, right-hand side and loop over patients compiled by numba."""

from __future__ import annotations

import time
from typing import Any

import numpy as np

from bench.case import Case
from bench.compiled import rates_source
from bench.flatten import starts
from bench.peers import Peer
from bench.schedule import Array, legs

MAX_STEPS = 20_000  # between two readouts


def _driver() -> Any:
    """Return the compiled loop over patients and legs."""
    import numba
    from numbalsoda import lsoda

    @numba.njit
    def drive(rates, parameters, begin, plan, rtol, atol, values):  # type: ignore[no-untyped-def]
        times, ends, wanted, row_ends, dosed, place, amount = plan
        for patient in range(begin.shape[0]):
            own, state = parameters[patient], begin[patient].copy()
            at, row = 0, 0
            for leg in range(ends.size):
                span = times[at : ends[leg]].copy()
                at = ends[leg]
                courses = state.reshape((1, state.size))
                if span.size > 1:
                    courses, fine = lsoda(rates, state, span, own, rtol, atol, MAX_STEPS)
                    if not fine:
                        break
                while row < row_ends[leg]:
                    values[patient, row] = courses[wanted[row]]
                    row += 1
                state = courses[-1].copy()
                if dosed[leg]:
                    state[place] += amount

    return drive


class _Solver:
    """One model: the state is kept in units of its scales, for lsoda takes one absolute tolerance for all."""

    def __init__(self, case: Case) -> None:
        import numba
        from numbalsoda import lsoda_sig

        self._case, self._scales = case, case.scales
        source = rates_source(case.mechanism, case.scales.tolist())
        self._rates = numba.cfunc(lsoda_sig, error_model="numpy")(source)
        cut = legs(case.given, case.outputs)
        place = case.species.index(case.doses.species)
        self._plan = (
            np.concatenate([leg.times for leg in cut]),
            np.cumsum([leg.times.size for leg in cut]),
            np.concatenate([leg.wanted for leg in cut]),
            np.cumsum([leg.wanted.size for leg in cut]),
            np.array([leg.dosed for leg in cut]),
            place,
            float(case.doses.amount / self._scales[place]),
        )
        self._drive = _driver()
        self.tolerate(1e-3, 1e-3)
        self.run(case.patients(1, 0))

    def tolerate(self, rtol: float, factor: float) -> None:
        self._rtol, self._atol = rtol, factor

    def run(self, parameters: Array) -> tuple[Array, float]:
        case = self._case
        values = np.full((parameters.shape[1], case.outputs.size, len(case.species)), np.nan)
        own = np.ascontiguousarray(parameters.T)
        began = time.process_time()
        begin = starts(case.mechanism, parameters) / self._scales
        self._drive(self._rates.address, own, begin, self._plan, self._rtol, self._atol, values)
        values *= self._scales
        return values, time.process_time() - began


PEER = Peer(
    id="numbalsoda",
    name="numbalsoda",
    way="The right-hand side is a numba cfunc generated from the formulas; patients, legs between doses and "
    "readouts are one compiled loop around `lsoda`, which restarts at each dose. `lsoda` takes one absolute "
    "tolerance for all species, so the state is kept in units of each species' smallest amount that matters. "
    "It differences its own dense Jacobian.",
    build=_Solver,
)
