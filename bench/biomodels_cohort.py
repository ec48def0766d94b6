"""A file of BioModels as a cohort: who is simulated, a tight solution, our engine and libRoadRunner on it."""

from __future__ import annotations

import ast
import os
import re
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from tests.formats.biomodels import STEPS, UNSEEN, UNTIL

from bench.models.biomodels import SCALE
from bench.reference import CACHE
from bench.schedule import Array
from nonself.codegen.build import build
from nonself.codegen.program import Program
from nonself.engine.loop import solve
from nonself.engine.problem import Problem, parameter_table
from nonself.formats.sbml.read import SbmlModel, read_sbml

for _log in ("WARNING", "ERROR"):  # what CVODE says there costs time, and libRoadRunner raises it too
    os.environ.setdefault(f"SUNLOGGER_{_log}_FILENAME", os.devnull)
SPREADS, SEED = (0.1, 0.03, 0.01), 1  # the first at which every patient's course reaches its end
TIGHT = (1e-10, 1e-9, 1e-8)  # the first at which every patient comes to the end
POINTS = 52  # no readout but the last falls on a whole number, where events jump and solvers differ in what they show
ENDS = {"BIOMD0000001020": 30.0}  # where UNTIL is too long: this one grows without bound after about a month


def end(path: Path) -> float:
    """Return how long a file's course is followed, in its unit of time."""
    return ENDS.get(path.stem, UNTIL)


def _alike(path: Path) -> Path:
    """Return the file, or one that says the same in words both solvers take as we need it.

    Parameters that belong to a reaction become the model's. An event on an exact moment (time mod 28 == 27), which
    libRoadRunner steps over, holds for half a unit of time from then on: it happens at the same times.
    """
    import libsbml

    document = libsbml.readSBMLFromFile(str(path))  # lives as long as its model is read
    model = document.getModel()
    laws = [law for part in model.getListOfReactions() if (law := part.getKineticLaw()) is not None]
    local = any(law.getNumParameters() + law.getNumLocalParameters() for law in laws)
    if not local and path.stem not in UNSEEN:
        return path
    options = libsbml.ConversionProperties()
    options.addOption("promoteLocalParameters", True)
    if local and document.convert(options) != libsbml.LIBSBML_OPERATION_SUCCESS:
        raise RuntimeError("libSBML does not make the parameters of its reactions the model's")
    if path.stem in UNSEEN:
        for event in model.getListOfEvents():
            _for_a_while(event.getTrigger().getMath())
    own = CACHE / "biomodels" / path.name
    own.parent.mkdir(parents=True, exist_ok=True)
    libsbml.writeSBMLToFile(document, str(own))
    return own


def _for_a_while(node: Any) -> None:
    """Make every == in a formula hold from that moment on for half a unit of time."""
    import libsbml

    for number in range(node.getNumChildren()):
        child = node.getChild(number)
        if child.getType() == libsbml.AST_RELATIONAL_EQ:
            left, right = (libsbml.formulaToL3String(child.getChild(side)) for side in (0, 1))
            longer = libsbml.parseL3Formula(f"({left} >= {right}) && ({left} < {right} + 0.5)")
            node.replaceChild(number, longer)
        else:
            _for_a_while(child)


def _exponents(read: SbmlModel) -> set[str]:
    """Return what stands in an exponent of a model's formulas."""
    texts = [part.rate for part in read.model.reactions] + [part.formula for part in read.model.expressions]
    nodes = (node for text in texts for node in ast.walk(ast.parse(text, mode="eval")))
    powers = (node.right for node in nodes if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Pow))
    return {ast.unparse(inner) for power in powers for inner in ast.walk(power)}


def _free(path: Path, read: SbmlModel, program: Program) -> dict[str, float]:
    """Return the constants of a file, not 0, that can differ between patients in the same way for every solver.

    What a rule or an event changes is no constant. What an initial assignment reads stays as it is: libRoadRunner
    does not evaluate it anew for each patient unless it is told to, at a cost. So do exponents: below 1 they make rates
    infinitely steep at 0, where many species begin.
    """
    import libsbml

    document = libsbml.readSBMLFromFile(str(path))  # lives as long as its model is read
    model = document.getModel()
    moved = {rule.getVariable() for rule in model.getListOfRules()}
    moved |= set(_given_by_events(path))
    seen: set[str] = set()
    for start in model.getListOfInitialAssignments():
        seen |= {start.getSymbol(), *re.findall(r"\w+", libsbml.formulaToL3String(start.getMath()) or "")}
    known = set(program.parameters) - _exponents(read)
    return {
        part.getId(): part.getValue()
        for part in model.getListOfParameters()
        if part.getId() not in moved | seen
        and part.isSetValue()
        and np.isfinite(part.getValue())
        and part.getValue() != 0
        and read.names.get(part.getId()) in known
    }


@dataclass(frozen=True, slots=True)
class Cohort:
    """Patients of one file.

    **Arguments:** `path`; `program` our compiled model; `spread` of the parameters; `varied` parameters of the file
    that differ between patients, and `columns` what they are called in ours; `parameters` (n_varied, n_patients);
    `shown` symbols of the file that are read, those that move, and `called` what shows them in ours; `means` whether a
    species' name is its amount; `typical` (n_species of ours,) the largest of each state; `truth`
    (n_known, n_times, n_shown); `scales` (n_shown,) the smallest amounts that matter.
    """

    path: Path
    program: Program
    spread: float
    varied: tuple[str, ...]
    columns: tuple[str, ...]
    parameters: Array
    shown: tuple[str, ...]
    called: tuple[str, ...]
    means: dict[str, str]
    typical: Array
    truth: Array
    scales: Array

    @staticmethod
    def read(path: Path, count: int, known: int) -> Cohort:
        """Read a file, draw patients and solve the first `known` tightly.

        **Raises:** `RuntimeError` where one of these fails.
        """
        path = _alike(path)
        read = read_sbml(path)
        states = {part.id for part in read.model.species}
        symbols = [
            key for key, kind in read.kinds.items()
            if kind == "species" or (kind == "parameter" and key.isidentifier() and read.names[key] in states)
        ]  # fmt: skip
        model, called = read.showing([(key, "as named") for key in symbols])
        program = build(model)
        free = _free(path, read, program)
        columns = tuple(read.names[key] for key in free)
        names = tuple(called[key, "as named"] for key in symbols)
        draws = np.random.Generator(np.random.PCG64(SEED)).standard_normal((count, len(free))).T
        for spread in SPREADS:
            parameters = np.array(list(free.values()))[:, None] * np.exp(spread * draws)
            try:
                first = _solved(program, end(path), columns, parameters, 1e-6, None, program.species)
                break
            except RuntimeError:
                if spread == SPREADS[-1]:
                    raise
        typical, few = np.abs(first).max(axis=(0, 1)), parameters[:, :known]
        truth = _reference(program, end(path), columns, few, _least(typical), names)
        moves = [k for k in range(len(symbols)) if np.ptp(truth[:, :, k], axis=1).max() > 0]
        if not moves:
            raise RuntimeError("no quantity of the file moves")
        truth = truth[:, :, moves]
        return Cohort(
            path, program, spread, tuple(free), columns, np.ascontiguousarray(parameters),
            tuple(symbols[k] for k in moves), tuple(names[k] for k in moves), dict(read.means), typical, truth,
            _least(np.abs(truth).max(axis=(0, 1))),
        )  # fmt: skip


def _least(typical: Array) -> Array:
    """Return the smallest amounts that matter of quantities by their typical amounts."""
    return SCALE * np.where(typical > 0, typical, 1.0)


def _problem(
    program: Program,
    until: float,
    columns: tuple[str, ...],
    parameters: Array,
    rtol: float,
    atol: Array | None,
) -> Problem:
    count = parameters.shape[1]
    table = parameter_table(program, count, dict(zip(columns, parameters, strict=True)))
    patients = tuple(f"p{row:06d}" for row in range(count))
    outputs = np.linspace(0.0, until, POINTS)
    return Problem(program, patients, table, horizon=until, outputs=outputs, rtol=rtol, atol=atol)


def _solved(
    program: Program, until: float, columns: tuple[str, ...], parameters: Array, rtol: float, atol: Array | None,
    keep: tuple[str, ...],
) -> Array:  # fmt: skip
    """Return (n_patients, n_times, n_kept) of a cohort none of whom may fail."""
    found = solve(_problem(program, until, columns, parameters, rtol, atol), keep=tuple(dict.fromkeys(keep)))
    if found.failures:
        raise RuntimeError(f"Nonself at a relative tolerance of {rtol:.0e}: {found.failures[0].sentence}")
    return np.stack([found.of(name) for name in keep], axis=-1)


def _reference(
    program: Program, until: float, columns: tuple[str, ...], parameters: Array, least: Array,
    keep: tuple[str, ...],
) -> Array:  # fmt: skip
    """Return the tightest solution, (n_patients, n_times, n_kept), that all patients come to the end with."""
    for rtol in TIGHT[:-1]:
        try:
            return _solved(program, until, columns, parameters, rtol, rtol * least, keep)
        except RuntimeError:
            continue
    return _solved(program, until, columns, parameters, TIGHT[-1], TIGHT[-1] * least, keep)


class Engine:
    """Our engine on a cohort: one worker, one call for all patients, one absolute tolerance for each species.

    `steps` a patient took on average in the last run.
    """

    def __init__(self, cohort: Cohort) -> None:
        self._cohort, self._least = cohort, _least(cohort.typical)
        self._keep = tuple(dict.fromkeys(cohort.called))
        self.steps = 0.0
        self.tolerate(1e-5, 1e-4)

    def tolerate(self, rtol: float, factor: float) -> None:
        """Set the relative tolerance, and absolute ones: `factor` times the smallest amounts that matter."""
        self._rtol, self._atol = rtol, factor * self._least

    def run(self, parameters: Array) -> tuple[Array, float]:
        """Solve patients as `bench.peers.Solver` says; making the problem counts."""
        own = self._cohort
        began = time.process_time()
        problem = _problem(own.program, end(own.path), own.columns, parameters, self._rtol, self._atol)
        found = solve(problem, workers=1, keep=self._keep)
        values = np.stack([found.of(name) for name in own.called], axis=-1)
        seconds = time.process_time() - began
        self.steps = float(found.steps.mean())
        return np.where(found.finished[:, None, None], values, np.nan), seconds


def _given_by_events(path: Path) -> list[str]:
    """Return what a file's events change, each once."""
    import libsbml

    document = libsbml.readSBMLFromFile(str(path))  # lives as long as its model is read
    events = document.getModel().getListOfEvents()
    changed = [change.getVariable() for event in events for change in event.getListOfEventAssignments()]
    return list(dict.fromkeys(changed))


def _states(path: Path, model: Any) -> list[str]:
    """Return what libRoadRunner integrates, in its order: what has a rate rule, then species without a rule."""
    import libsbml

    document = libsbml.readSBMLFromFile(str(path))  # lives as long as its model is read
    ruled = {rule.getVariable() for rule in document.getModel().getListOfRules()}
    free = [key for key in model.getFloatingSpeciesIds() if key not in ruled]
    return [model.getStateVectorId(k) for k in range(model.getNumRateRules() + len(free))]


class Rival:
    """libRoadRunner on a cohort: compiled at its highest level, CVODE's BDF, one call of `simulate` a patient."""

    def __init__(self, cohort: Cohort) -> None:
        import roadrunner

        from bench.peers.roadrunner import options

        roadrunner.Logger.disableLogging()
        self._runner: Any = roadrunner.RoadRunner(str(cohort.path), options("LLJIT"))
        self._model: Any = self._runner.model
        integrator = self._runner.integrator
        integrator.setValue("stiff", True)
        integrator.setValue("variable_step_size", False)
        integrator.setValue("maximum_num_steps", 200_000)
        if cohort.path.stem in STEPS:
            integrator.setValue("maximum_time_step", STEPS[cohort.path.stem])
        known = list(self._model.getGlobalParameterIds())
        again = [
            key for key in _given_by_events(cohort.path) if key in known
        ]  # its reset leaves these as they are
        self._again = np.array([self._runner[key] for key in again])
        self._places = np.array([known.index(key) for key in (*cohort.varied, *again)], dtype=np.int32)
        self._end = end(cohort.path)
        self._show = [f"[{key}]" if cohort.means.get(key) == "concentration" else key for key in cohort.shown]
        self._runner.timeCourseSelections = _states(cohort.path, self._model)
        self._least = _least(self._typical())
        self._runner.timeCourseSelections = self._show
        self.tolerate(1e-5, 1e-4)

    def _typical(self) -> Array:
        """Return the largest of each state in the file's own course, at the first tolerance that does not fail."""
        for rtol in (1e-8, 1e-7, 1e-6, 1e-5):
            self._runner.reset()
            self._runner.integrator.setValue("relative_tolerance", rtol)
            try:
                return np.abs(np.array(self._runner.simulate(0, self._end, POINTS))).max(axis=0)
            except RuntimeError:
                continue
        raise RuntimeError("libRoadRunner does not come to the end of the file's own course")

    def tolerate(self, rtol: float, factor: float) -> None:
        """Set the relative tolerance, and absolute ones: `factor` times the smallest amounts that matter."""
        integrator = self._runner.integrator
        integrator.setValue("relative_tolerance", rtol)
        integrator.setValue("absolute_tolerance", (factor * self._least).tolist())

    def run(self, parameters: Array) -> tuple[Array, float]:
        """Solve patients one after another as `bench.peers.Solver` says."""
        values = np.full((parameters.shape[1], POINTS, len(self._show)), np.nan)
        columns = [np.concatenate([column, self._again]) for column in parameters.T]
        runner, model, places = self._runner, self._model, self._places
        began = time.process_time()
        for row, column in enumerate(columns):
            try:
                runner.reset()
                if places.size:
                    model.setGlobalParameterValues(places, column)
                values[row] = runner.simulate(0, self._end, POINTS)
            except RuntimeError:
                continue
        return values, time.process_time() - began
