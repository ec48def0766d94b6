"""libRoadRunner as a peer: LLVM-compiled SBML, CVODE's stiff method, one core, driven the fastest way found.

Measured by `python -m bench.peers.tune`; what was found is in `best`.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import roadrunner

from bench.case import Case
from bench.flatten import starts
from bench.peers import Peer
from bench.peers.antimony_text import Form, antimony_text, sbml
from bench.schedule import Array, Piece, pieces

Drive = Literal["direct", "simulate", "events"]
Backend = Literal["MCJIT", "LLJIT"]


@dataclass(frozen=True, slots=True)
class Way:
    """One way to have libRoadRunner do the work.

    **Arguments:** `form` of the SBML; `drive`: "direct" steps the integrator from output to output and edits
    the state at doses, "simulate" calls `simulate(times=...)` between doses, "events" puts the doses into the
    SBML; `backend` the compiler, at its highest level.
    """

    form: Form = "rules"
    drive: Drive = "direct"
    backend: Backend = "LLJIT"


SMALL = 10
"""Species below which a call of Python at every readout costs more than the steps between."""
os.environ.setdefault(
    "SUNLOGGER_WARNING_FILENAME", os.devnull
)  # its warnings cost time and flood the terminal


def best(case: Case) -> Way:
    """Return the way that `bench.peers.tune` found fastest for models of this size."""
    if len(case.species) >= SMALL:
        return Way()
    return Way(drive="simulate" if np.any(case.given.times <= 0) else "events")


def options(backend: Backend) -> Any:
    """Return load options: the compiler at its highest level, no model taken from libRoadRunner's cache."""
    given = roadrunner.LoadSBMLOptions()
    given.modelGeneratorOpt |= given.OPTIMIZE | given.RECOMPILE
    if backend == "LLJIT":
        given.setLLVMBackend(given.LLJIT)
        given.setLLJitOptimizationLevel(given.AGGRESSIVE)
    else:
        given.setLLVMBackend(given.MCJIT)
    return given


class RoadRunner:
    """One model loaded and compiled, ready to run patients.

    **Arguments:** `case`; `way` how to drive libRoadRunner, by default the best.
    """

    def __init__(self, case: Case, way: Way | None = None) -> None:
        mechanism, doses, way = case.mechanism, case.given, way or best(case)
        self._names, self._mechanism = list(case.species), mechanism
        self._scales = dict(zip(self._names, case.scales.tolist(), strict=True))
        self._outputs = case.outputs
        self._pieces = tuple(pieces(doses, case.outputs))
        self._dosed = np.array([self._names.index(doses.species)], dtype=np.int32)
        self._amount = doses.amount
        if way.drive == "events" and np.any(doses.times <= 0):
            raise ValueError("libRoadRunner reads an output at time 0 before a dose given as an event")
        text = antimony_text(mechanism, way.form, doses if way.drive == "events" else None)
        self._runner: Any = roadrunner.RoadRunner(sbml(text), options(way.backend))
        self._runner.timeCourseSelections = self._names
        self._model: Any = self._runner.model
        if list(self._model.getFloatingSpeciesIds()) != self._names:
            raise ValueError("libRoadRunner reordered the species")
        known = list(self._model.getGlobalParameterIds())
        self._places = np.array([known.index(entry.id) for entry in mechanism.parameters], dtype=np.int32)
        drives: dict[Drive, Callable[[], Array]] = {
            "direct": self._direct, "simulate": self._simulate, "events": self._events
        }  # fmt: skip
        self._drive = drives[way.drive]

    def tolerate(self, rtol: float, factor: float) -> None:
        """Set the relative tolerance, and absolute ones: `factor` times the smallest amounts that matter."""
        integrator = self._runner.integrator
        states = [self._model.getStateVectorId(place) for place in range(len(self._names))]
        integrator.setValue("stiff", True)
        integrator.setValue("variable_step_size", False)
        integrator.setValue("maximum_num_steps", 200_000)
        integrator.setValue("relative_tolerance", rtol)
        integrator.setValue("absolute_tolerance", [factor * self._scales[name] for name in states])

    def run(self, parameters: Array) -> tuple[Array, float]:
        """Solve patients one after another; a patient that fails is NaN.

        **Arguments:** `parameters` shape (n_parameters, n_patients).

        **Returns:** values, shape (n_patients, n_times, n_species), and CPU seconds for all patients.
        """
        values = np.full((parameters.shape[1], self._outputs.size, len(self._names)), np.nan)
        columns = [np.ascontiguousarray(column) for column in parameters.T]
        began = time.process_time()
        begin = starts(self._mechanism, parameters)
        for row, column in enumerate(columns):
            try:
                values[row] = self._patient(column, begin[row])
            except RuntimeError:
                continue
        return values, time.process_time() - began

    def _patient(self, parameters: Array, start: Array) -> Array:
        model = self._model
        model.reset()
        model.setTime(0.0)
        model.setGlobalParameterValues(self._places, parameters)
        model.setFloatingSpeciesAmounts(start)
        return self._drive()

    def _dose(self, piece: Piece) -> None:
        if piece.dosed:
            amount = self._model.getFloatingSpeciesAmounts(self._dosed)
            self._model.setFloatingSpeciesAmounts(self._dosed, amount + self._amount)

    def _direct(self) -> Array:
        """Step the integrator itself from output to output."""
        model, integrate = self._model, self._runner.integrator.integrate
        restart, read = self._runner.integrator.restart, self._model.getFloatingSpeciesAmounts
        rows = []
        for piece in self._pieces:
            now = piece.start
            model.setTime(now)
            restart(now)
            for time_out in piece.outputs:
                if time_out > now:
                    integrate(now, time_out - now)
                    now = time_out
                rows.append(read())
            if piece.end > now:
                integrate(now, piece.end - now)
            self._dose(piece)
        return np.array(rows)

    def _simulate(self) -> Array:
        """Call `simulate` between doses."""
        rows: list[Array] = []
        for piece in self._pieces:
            times = sorted({piece.start, *piece.outputs, piece.end})
            if len(times) > 1:
                found = np.asarray(self._runner.simulate(times=times))
                first = 0 if piece.outputs and piece.outputs[0] == piece.start else 1
                rows.append(found[first : first + len(piece.outputs)])
            elif piece.outputs:
                rows.append(np.asarray(self._model.getFloatingSpeciesAmounts())[None])
            self._dose(piece)
        return np.concatenate(rows)

    def _events(self) -> Array:
        """Call `simulate` once; the doses are events of the SBML."""
        return np.array(self._runner.simulate(times=self._outputs.tolist()))


PEER = Peer(
    id="roadrunner",
    name="libRoadRunner",
    way="SBML with one rate rule for each species, compiled by LLVM (LLJIT, highest level); CVODE's BDF with one "
    "absolute tolerance for each species. Its integrator is stepped from readout to readout and restarted at doses; "
    "below 10 species one call of `simulate` with doses as events is faster, and used.",
    build=RoadRunner,
)
