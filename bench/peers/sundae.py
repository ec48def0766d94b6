"""scikit-sundae as a peer: SUNDIALS' CVODE, rates and the exact Jacobian compiled by numba."""

from __future__ import annotations

import time
from typing import Any, Literal

import numpy as np

from bench.case import Case
from bench.compiled import jacobian, pattern, rates_in_place
from bench.flatten import starts
from bench.peers import Peer
from bench.schedule import Array, legs

Linear = Literal["dense", "differenced", "sparse"]


class CVODE:
    """One model.

    **Arguments:** `case`; `linear` dense factors of the exact Jacobian, of a differenced one, or sparse factors
    of the exact one.
    """

    def __init__(self, case: Case, linear: Linear = "dense") -> None:
        self._case = case
        self._legs = legs(case.given, case.outputs)
        self._place = case.species.index(case.doses.species)
        self._own = np.empty(len(case.mechanism.parameters))
        fill, own = rates_in_place(case.mechanism), self._own

        def rates(t, y, dy):  # type: ignore[no-untyped-def]
            fill(t, y, dy, own)

        self._rates = rates
        self._options: dict[str, Any] = self._linear(linear)
        self.tolerate(1e-3, 1e-3)
        self.run(case.patients(1, 0))

    def _linear(self, linear: Linear) -> dict[str, Any]:
        import numba

        if linear == "differenced":
            return {"linsolver": "dense"}
        entries, size = jacobian(self._case.mechanism), len(self._case.species)
        fill, own = entries.fill, self._own
        if linear == "sparse":

            def sparse(t, y, dy, values):  # type: ignore[no-untyped-def]
                fill(t, y, dy, values, own)

            return {"linsolver": "sparse", "sparsity": pattern(entries, size), "jacfn": sparse}
        rows, columns = np.array(entries.rows), np.array(entries.columns)
        kept = np.empty(rows.size)

        @numba.njit
        def scatter(values, rows, columns, matrix):  # type: ignore[no-untyped-def]
            for place in range(rows.size):
                matrix[rows[place], columns[place]] = values[place]

        def dense(t, y, dy, matrix):  # type: ignore[no-untyped-def]
            fill(t, y, dy, kept, own)
            scatter(kept, rows, columns, matrix)

        return {"linsolver": "dense", "jacfn": dense}

    def tolerate(self, rtol: float, factor: float) -> None:
        import sksundae

        self._solver = sksundae.cvode.CVODE(
            self._rates, rtol=rtol, atol=factor * self._case.scales,
            max_num_steps=200_000, **self._options,
        )  # fmt: skip

    def run(self, parameters: Array) -> tuple[Array, float]:
        case = self._case
        values = np.full((parameters.shape[1], case.outputs.size, len(case.species)), np.nan)
        began = time.process_time()
        for row, state in enumerate(starts(case.mechanism, parameters)):
            self._own[:] = parameters[:, row]
            self._patient(state, values[row])
        return values, time.process_time() - began

    def _patient(self, state: Array, values: Array) -> None:
        for leg in self._legs:
            courses = state[None]
            if leg.times.size > 1:
                found = self._solver.solve(leg.times, state)
                if not found.success:
                    return
                courses = found.y
            values[leg.first : leg.first + leg.wanted.size] = courses[leg.wanted]
            state = courses[-1].copy()
            if leg.dosed:
                state[self._place] += self._case.doses.amount


PEER = Peer(
    id="sundae",
    name="CVODE (scikit-sundae)",
    way="CVODE's BDF with one absolute tolerance for each species. Rates and the exact Jacobian are compiled "
    "by numba from the formulas; factors are dense, which was faster here than SuperLU_MT, also at 150 species. "
    "Each stretch between doses is one call of `solve`; the calls back into Python are part of the package.",
    build=CVODE,
)
