"""Courses of an SBML file by other programs: libRoadRunner and COPASI, where they are installed (extra `bench`)."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

Array = np.ndarray


Tolerances = tuple[float, float]  # relative, absolute


def roadrunner_of(path: Path, tolerances: Tolerances, most_steps: int) -> Any:
    """Return libRoadRunner with a file, ready to simulate."""
    import roadrunner

    roadrunner.Logger.disableLogging()
    runner = roadrunner.RoadRunner(str(path))
    runner.integrator.relative_tolerance, runner.integrator.absolute_tolerance = tolerances
    runner.integrator.maximum_num_steps = most_steps
    return runner


def by_roadrunner(path: Path, symbols: Sequence[str], until: float, points: int) -> Array:
    """Return amounts of species, (n_times, n_symbols), by libRoadRunner."""
    runner = roadrunner_of(path, (1e-10, 1e-13), 1_000_000)
    runner.timeCourseSelections = list(symbols)
    return np.array(runner.simulate(0, until, points))


def by_copasi(path: Path, symbols: Sequence[str], until: float, points: int) -> Array:
    """Return amounts of species, (n_times, n_symbols), by COPASI; its ids are those of the file."""
    from bench.peers.copasi_library import own_locale

    with own_locale():
        return _by_copasi(path, symbols, until, points)


def copasi_series(
    path: Path, start: float, until: float, points: int, tolerances: Tolerances, most_steps: int
) -> tuple[Any, Any]:
    """Return COPASI's data of a file and the series of its course, deterministic.

    **Raises:** `ValueError` where it refuses the model or does not come to the end.
    """
    from bench.peers.copasi_library import COPASI

    data = COPASI.CRootContainer.addDatamodel()
    if not data.importSBML(str(path)):
        raise ValueError("COPASI refuses the model")
    task = data.getTask("Time-Course")
    task.setMethodType(COPASI.CTaskEnum.Method_deterministic)
    problem, method = task.getProblem(), task.getMethod()
    problem.setOutputStartTime(float(start))
    problem.setDuration(float(until - start))
    problem.setStepNumber(points - 1)
    problem.setTimeSeriesRequested(True)
    problem.setAutomaticStepSize(False)
    method.getParameter("Max Internal Steps").setUIntValue(most_steps)
    for name, tolerance in zip(("Relative Tolerance", "Absolute Tolerance"), tolerances, strict=True):
        method.getParameter(name).setDblValue(tolerance)
    if not (task.initializeRaw(COPASI.CCopasiTask.ONLY_TIME_SERIES) and task.processRaw(True)):
        raise ValueError(COPASI.CCopasiMessage.getAllMessageText())
    task.restore()
    return data, task.getTimeSeries()


def _by_copasi(path: Path, symbols: Sequence[str], until: float, points: int) -> Array:
    from bench.peers.copasi_library import COPASI

    data, series = copasi_series(path, 0.0, until, points, (1e-10, 1e-14), 1_000_000)
    columns = {series.getSBMLId(k, data): k for k in range(series.getNumVariables())}
    found = [
        [series.getConcentrationData(row, columns[one]) for one in symbols]
        for row in range(series.getRecordedSteps())
    ]
    COPASI.CRootContainer.removeDatamodel(data)
    return np.array(found)


PEERS = {"roadrunner": by_roadrunner, "COPASI": by_copasi}
