"""COPASI as a peer: its deterministic method (LSODA) through its own Python bindings, doses as events."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import Any

import numpy as np

from bench.case import Case
from bench.flatten import starts
from bench.peers import Peer
from bench.peers.antimony_text import antimony_text, sbml, state_name
from bench.peers.copasi_library import COPASI, own_locale
from bench.schedule import Array

FAR = 1e12
"""Initial amount over scale from which COPASI's own absolute tolerances, set by initial amounts, cannot serve."""
UNIT = 1e-6
"""COPASI's absolute tolerance is relative to initial amounts; ours are about this part of typical amounts."""


class _Solver:
    """One model, imported once; each patient is one time course with all doses as events."""

    @own_locale()
    def __init__(self, case: Case) -> None:
        self._case = case
        first = starts(case.mechanism, case.patients(1, 0))[0]
        self._scaled = bool(np.any(np.abs(first) > FAR * case.scales))
        self._units = case.scales if self._scaled else np.ones(len(case.species))
        later = replace(case.given, times=case.given.times[case.given.times > 0])
        self._at_once = case.doses.amount * float(np.sum(case.given.times <= 0))
        self._place = case.species.index(case.doses.species)
        data: Any = COPASI.CRootContainer.addDatamodel()
        if not data.importSBMLFromString(sbml(antimony_text(case.mechanism, "rules", later, self._scaled))):
            raise ValueError("COPASI refuses the model")
        self._model: Any = data.getModel()
        self._names = [state_name(name, self._scaled) for name in case.species]
        places = {part.getObjectName(): part for part in self._model.getMetabolites()}
        constants = {part.getObjectName(): part for part in self._model.getModelValues()}
        self._species = [places[name] for name in self._names]
        self._constants = [constants[entry.id] for entry in case.mechanism.parameters]
        self._changed = COPASI.ObjectStdVector()
        for part in self._constants:
            self._changed.push_back(part.getInitialValueReference())
        for part in self._species:
            self._changed.push_back(part.getInitialConcentrationReference())
        self._task = self._time_course(data)
        self._columns: list[int] = []

    def _time_course(self, data: Any) -> Any:
        task = data.getTask("Time-Course")
        task.setMethodType(COPASI.CTaskEnum.Method_deterministic)
        problem = task.getProblem()
        problem.setDuration(float(self._case.outputs[-1]))
        problem.setUseValues(True)
        problem.setValues(" ".join(map(repr, self._case.outputs.tolist())))
        problem.setTimeSeriesRequested(True)
        task.getMethod().getParameter("Max Internal Steps").setUIntValue(1_000_000)
        return task

    def tolerate(self, rtol: float, factor: float) -> None:
        method = self._task.getMethod()
        method.getParameter("Relative Tolerance").setDblValue(rtol)
        method.getParameter("Absolute Tolerance").setDblValue(factor if self._scaled else factor * UNIT)

    @own_locale()
    def run(self, parameters: Array) -> tuple[Array, float]:
        case = self._case
        values = np.full((parameters.shape[1], case.outputs.size, len(case.species)), np.nan)
        began = time.process_time()
        begin = starts(case.mechanism, parameters)
        begin[:, self._place] += self._at_once
        begin /= self._units
        for row, (own, start) in enumerate(zip(parameters.T.tolist(), begin.tolist(), strict=True)):
            self._patient(own, start, values[row])
        values *= self._units
        return values, time.process_time() - began

    def _patient(self, own: list[float], start: list[float], values: Array) -> None:
        for part, number in zip(self._constants, own, strict=True):
            part.setInitialValue(number)
        for part, number in zip(self._species, start, strict=True):
            part.setInitialConcentration(number)
        self._model.updateInitialValues(self._changed)
        task = self._task
        done = task.initializeRaw(COPASI.CCopasiTask.ONLY_TIME_SERIES) and task.processRaw(True)
        task.restore()
        series = task.getTimeSeries()
        if not done or series.getRecordedSteps() != values.shape[0]:
            return
        if not self._columns:
            titles = [series.getTitle(column) for column in range(series.getNumVariables())]
            self._columns = [titles.index(name) for name in self._names]
        read = series.getConcentrationData
        values[:] = [[read(row, column) for column in self._columns] for row in range(values.shape[0])]


PEER = Peer(
    id="copasi",
    name="COPASI",
    way="SBML with one rate rule for each species, driven through python-copasi (basico, which stands on it, adds "
    "time); LSODA; doses are events, for restarting at doses was three times slower: COPASI then takes absolute "
    "tolerances from amounts that have decayed. Where an initial amount is more than 1e12 times what matters "
    "(kimmel2021), the state is kept in units of what matters.",
    build=_Solver,
)
