"""Courses of an SBML file by other programs: libRoadRunner and COPASI, where they are installed (extra `bench`)."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

Array = np.ndarray


def by_roadrunner(path: Path, symbols: Sequence[str], until: float, points: int) -> Array:
    """Return amounts of species, (n_times, n_symbols), by libRoadRunner."""
    import roadrunner

    roadrunner.Logger.disableLogging()
    runner = roadrunner.RoadRunner(str(path))
    runner.integrator.absolute_tolerance = 1e-13
    runner.integrator.relative_tolerance = 1e-10
    runner.integrator.maximum_num_steps = 1_000_000
    runner.timeCourseSelections = list(symbols)
    return np.array(runner.simulate(0, until, points))


def by_copasi(path: Path, symbols: Sequence[str], until: float, points: int) -> Array:
    """Return amounts of species, (n_times, n_symbols), by COPASI; its ids are those of the file."""
    from bench.peers.copasi_library import own_locale

    with own_locale():
        return _by_copasi(path, symbols, until, points)


def _by_copasi(path: Path, symbols: Sequence[str], until: float, points: int) -> Array:
    from bench.peers.copasi_library import COPASI

    data = COPASI.CRootContainer.addDatamodel()
    if not data.importSBMLFromString(path.read_text(encoding="utf-8")):
        raise ValueError("COPASI refuses the model")
    task = data.getTask("Time-Course")
    task.setMethodType(COPASI.CTaskEnum.Method_deterministic)
    problem = task.getProblem()
    problem.setDuration(float(until))
    problem.setStepNumber(points - 1)
    problem.setTimeSeriesRequested(True)
    method = task.getMethod()
    method.getParameter("Max Internal Steps").setUIntValue(1_000_000)
    method.getParameter("Relative Tolerance").setDblValue(1e-10)
    method.getParameter("Absolute Tolerance").setDblValue(1e-14)
    if not (task.initializeRaw(COPASI.CCopasiTask.ONLY_TIME_SERIES) and task.processRaw(True)):
        raise ValueError(COPASI.CCopasiMessage.getAllMessageText())
    task.restore()
    series = task.getTimeSeries()
    columns = {series.getSBMLId(k, data): k for k in range(series.getNumVariables())}
    found = [
        [series.getConcentrationData(row, columns[one]) for one in symbols]
        for row in range(series.getRecordedSteps())
    ]
    COPASI.CRootContainer.removeDatamodel(data)
    return np.array(found)


PEERS = {"roadrunner": by_roadrunner, "COPASI": by_copasi}
