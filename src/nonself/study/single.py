"""One model simulated by itself: for a look at it, without a study."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from nonself.analysis.bands import quantiles
from nonself.cohort.dosing import DoseTable, dose_items, in_model, size_values, with_infusions
from nonself.cohort.population import Cohort
from nonself.cohort.regimen import actions
from nonself.engine.result import Failure, Outcomes
from nonself.errors import InputError, UnknownName
from nonself.formats.doses import read_doses
from nonself.model.ir import Model
from nonself.model.naming import called
from nonself.study.laws import columns_from, ids_of
from nonself.study.model_file import is_model_file, of_course
from nonself.study.models import published
from nonself.study.shown import Shown, observables

if TYPE_CHECKING:
    import pandas
    import xarray

    from nonself.engine.problem import Problem
    from nonself.engine.trace import Trace
    from nonself.formats.sbml.read import SbmlModel

Array = NDArray[np.float64]
DEFAULT_UNTIL = 100.0
BYTES_A_VALUE = 16  # of a course, while it is put together


@dataclass(frozen=True, slots=True)
class Simulation:
    """What one model did: `times` (n_times,) in `time_unit`; `values` (n_patients, n_times, n_observables);
    `trace` of the one patient, if asked for; `warnings` what a person should know, one sentence each.
    """

    model: str
    time_unit: str
    patients: tuple[str, ...]
    times: Array
    observables: tuple[Shown, ...]
    values: Array
    finished: NDArray[np.bool_]
    failures: tuple[Failure, ...]
    trace: Trace | None = None
    warnings: tuple[str, ...] = ()

    def to_pandas(self) -> pandas.DataFrame:
        """Return one row a patient and time, one column an observable."""
        import pandas

        count = len(self.patients)
        columns: dict[str, Any] = {
            "patient": np.repeat(np.array(self.patients, dtype=object), self.times.size),
            "time": np.tile(self.times, count),
        }
        columns |= {part.id: self.values[:, :, row].ravel() for row, part in enumerate(self.observables)}
        return pandas.DataFrame(columns)

    def to_xarray(self) -> xarray.Dataset:
        """Return the courses over patient and time, one variable an observable."""
        import xarray

        variables = {
            part.id: (
                ("patient", "time"),
                self.values[:, :, row],
                {"unit": part.unit, "long_name": part.label},
            )
            for row, part in enumerate(self.observables)
        }
        coordinates = {"patient": list(self.patients), "time": ("time", self.times, {"unit": self.time_unit})}
        return xarray.Dataset(variables, coords=coordinates, attrs={"model": self.model})

    def medians(self, rows: int) -> list[tuple[float, list[tuple[float, float, float]]]]:
        """Return (time, [(5 %, median, 95 %) of each observable]) at about `rows` times, over who finished."""
        if not self.finished.any():
            return []
        chosen = np.linspace(0, self.times.size - 1, min(rows, self.times.size)).astype(np.intp)  # each once
        whole = self.values[np.ix_(np.flatnonzero(self.finished), chosen)]
        spread = quantiles(whole.reshape(len(whole), -1), (0.05, 0.5, 0.95))
        places = spread.reshape(3, len(chosen), -1).transpose(1, 2, 0).tolist()
        return [
            (float(self.times[time]), [(low, middle, high) for low, middle, high in places[k]])
            for k, time in enumerate(chosen)
        ]


def simulate(
    model: str | Path | Model | SbmlModel,
    *,
    until: float | None = None,
    points: int = 101,
    set: Mapping[str, float | str] | None = None,
    vary: Mapping[str, str] | None = None,
    variant: str | None = None,
    patients: int | None = None,
    show: str | tuple[str, ...] = (),
    seed: int = 1,
    rtol: float = 1e-6,
    workers: int = 1,
    patient: str | None = None,
    trace: bool = False,
    doses: str | Path | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Simulation:
    """Simulate one model from its start, for one patient or many that differ.

    **Arguments:** `model` the id of a catalog model, an SBML or Antimony file, what was read from one, or a composed
    `Model`; `until` in its unit of time, by default the entry's own horizon, or 100; `points` times of readout; `set`
    parameter -> value, or text with a unit; `vary` parameter -> law as text: "lognormal(median, sd of log)",
    "normal(mean, sd)", "uniform(low, high)", "loguniform(low, high)"; `variant` a published parameter set; `patients`
    by default 1, or 100 if any varies; `show` observables or species, by default all; `patient` one of them alone, who
    gives the same numbers; `trace` follows that one step by step; `doses` a NONMEM-style table, whose patients are
    simulated if it names more than one; `progress` called with (patients done, all). Names may be ids, or labels that
    nothing else has. **Returns:** the courses. **Raises:** `InputError` for a name, number or law that does not fit.

    **Example:** `simulate("friberg2002", until=42, set={"C1_initial": "180 mg"}).to_pandas()`
    """
    from nonself.engine.loop import replay, solve

    found, natural, base, notes = _model(model, variant)
    table = None if doses is None else in_model(read_doses(Path(doses)), found)
    found = found if table is None else with_infusions(found, table)
    end = natural if until is None else until
    _require_sensible(end, points, rtol)
    chosen, ids = _shown(found, (show,) if isinstance(show, str) else show), _ids(patients, bool(vary), table)
    _require_memory(len(ids), points, len(chosen))
    if trace:
        _require_one(ids, patient)
    columns = {**base, **columns_from(found, set or {}, vary or {}, ids, seed)}
    problem = _problem(found, ids, columns, np.linspace(0.0, float(end), points), rtol, seed, table)
    if patient is not None:
        problem = replay(problem, patient)
    kept = tuple(part.id for part in chosen)
    outcomes: Outcomes = solve(problem, workers=workers, keep=kept, progress=progress)
    return Simulation(
        model=found.id,
        time_unit=found.time_unit,
        patients=problem.patients,
        times=problem.outputs,
        observables=chosen,
        values=outcomes.values,
        finished=outcomes.finished,
        failures=outcomes.failures,
        trace=_followed(problem) if trace else None,
        warnings=(*notes, *(() if table is None else table.warnings(float(end)))),
    )


def _followed(problem: Problem) -> Trace:
    from nonself.engine.trace import trace

    return trace(problem, problem.patients[0])


def _problem(
    model: Model,
    ids: tuple[str, ...],
    columns: Mapping[str, float | Array],
    times: Array,
    rtol: float,
    seed: int,
    doses: DoseTable | None,
) -> Problem:
    from nonself.codegen.build import build
    from nonself.engine.problem import Problem, parameter_table

    program = build(model)
    table = parameter_table(program, len(ids), columns)
    items = []
    if doses is not None:
        items = dose_items(doses, ids, size_values(model, columns, tuple(doses.sizes.values())))
    given = actions(items, Cohort(model.id, ids, ("",) * len(ids), {}), {})
    return Problem(
        program, ids, table, horizon=float(times[-1]), outputs=times, actions=given, rtol=rtol, seed=seed
    )


def _ids(patients: int | None, varies: bool, table: DoseTable | None) -> tuple[str, ...]:
    """The patients: those of a dose table that names several, else virtual ones."""
    if table is None or table.is_for_all:
        return ids_of(patients, varies)
    if patients not in (None, len(table.patients)):
        raise InputError(
            f"{patients} patients are asked for, but the dose table names {len(table.patients)}",
            file=table.file,
            mend="leave out --patients, or give doses of one patient, which all then have",
        )
    return table.patients


def _require_one(ids: tuple[str, ...], patient: str | None) -> None:
    if patient is None and len(ids) > 1:
        raise InputError(
            f"a trace follows one patient, not {len(ids):,}", mend=f"name one, as in --patient {ids[0]}"
        )


def _require_memory(patients: int, points: int, observables: int) -> None:
    """Refuse courses that this machine cannot hold, where it says how much it holds."""
    try:
        there_is = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, OSError, ValueError):  # not on every system
        return
    needed = BYTES_A_VALUE * patients * points * observables
    if needed > there_is:
        raise InputError(
            f"the courses of {patients:,} patients at {points:,} times in {observables} quantities take about "
            f"{needed / 1e9:,.0f} GB, and this machine has {there_is / 1e9:,.0f}",
            mend="say what to --show, give fewer --points or --patients, or write a study: it keeps endpoints alone",
        )


def _require_sensible(end: float, points: int, rtol: float) -> None:
    if not (np.isfinite(end) and end > 0):
        raise InputError(f"the horizon is {end:g}", mend="give --until a time above 0")
    if points < 2:
        raise InputError(f"{points} points are too few", mend="give 2 or more")
    if not 1e-12 <= rtol <= 1e-2:
        raise InputError(f"the relative tolerance is {rtol:g}", mend="give one between 1e-12 and 1e-2")


def _model(
    model: str | Path | Model | SbmlModel, variant: str | None
) -> tuple[Model, float, dict[str, float], tuple[str, ...]]:
    """The model, its horizon, the values of the variant, and what a person should know of it."""
    if not isinstance(model, (str, Path)):
        if variant is not None:
            raise InputError("a model that is given has no published variants", mend="leave variant out")
        if isinstance(model, Model):
            return model, DEFAULT_UNTIL, {}, ()
        return model.model, DEFAULT_UNTIL, {}, of_course(model.warnings)
    entry, found = published(str(model))
    notes = of_course(entry.notes) if is_model_file(str(model)) else ()
    if variant is None:
        return found, entry.until, {}, notes
    known = {part.id: part for part in entry.variants}
    if variant not in known:
        raise UnknownName(f"variant of {str(model)!r}", variant, known)
    return found, entry.until, dict(known[variant].values), notes


def _shown(model: Model, names: tuple[str, ...]) -> tuple[Shown, ...]:
    known = observables(model)
    wanted = [called(known.values(), name, "observable") for name in names]
    return tuple(known[name] for name in wanted or known)
