"""One model simulated by itself: for a look at it, without a study."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from nonself.analysis.bands import quantiles
from nonself.cohort.draw import Distribution, check_distribution, sample, virtual_ids
from nonself.engine.result import Failure, Outcomes
from nonself.errors import InputError, UnknownName
from nonself.model.ir import Model
from nonself.study.plans import Shown, observables
from nonself.study.prepare import published
from nonself.study.quantities import quantity

if TYPE_CHECKING:
    import pandas
    import xarray

Array = NDArray[np.float64]
PATIENTS_IF_VARIED = 100
DEFAULT_UNTIL = 100.0
_LAW = re.compile(r"^\s*(lognormal|normal|uniform|loguniform)\s*\(\s*([^,()]+)\s*,\s*([^,()]+)\s*\)\s*$")


@dataclass(frozen=True, slots=True)
class Simulation:
    """What one model did: `times` (n_times,) in `time_unit`; `values` (n_patients, n_times,
    n_observables).
    """

    model: str
    time_unit: str
    patients: tuple[str, ...]
    times: Array
    observables: tuple[Shown, ...]
    values: Array
    finished: NDArray[np.bool_]
    failures: tuple[Failure, ...]

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
        """Return (time, [(5 %, median, 95 %) of each observable]) at about `rows` times, over who
        finished.
        """
        if not self.finished.any():
            return []
        chosen = np.unique(np.linspace(0, self.times.size - 1, min(rows, self.times.size)).astype(np.intp))
        spread = [
            quantiles(self.values[self.finished][:, chosen, row], (0.05, 0.5, 0.95))
            for row in range(len(self.observables))
        ]
        return [
            (
                float(self.times[time]),
                [(float(part[0, k]), float(part[1, k]), float(part[2, k])) for part in spread],
            )
            for k, time in enumerate(chosen)
        ]


def simulate(
    model: str | Model,
    *,
    until: float | None = None,
    points: int = 101,
    set: Mapping[str, float | str] | None = None,
    vary: Mapping[str, str] | None = None,
    variant: str | None = None,
    patients: int | None = None,
    show: tuple[str, ...] = (),
    seed: int = 1,
    rtol: float = 1e-6,
    workers: int = 1,
) -> Simulation:
    """Simulate one model from its start, for one patient or many that differ.

    **Arguments:** `model` the id of a catalog model, or a composed `Model`; `until` in its unit of time, by
    default the entry's own horizon; `points` times of readout; `set` parameter -> value, or text with a unit;
    `vary` parameter -> law as text: "lognormal(median, sd of log)", "normal(mean, sd)", "uniform(low, high)",
    "loguniform(low, high)"; `variant` a published parameter set; `patients` by default 1, or 100 if any
    varies; `show` observables or species, by default all. **Returns:** the courses. **Raises:** `InputError`
    for a name, number or law that does not fit.

    **Example:** `simulate("friberg2002", until=42, set={"C1_initial": "180 mg"}).to_pandas()`
    """
    from nonself.codegen.build import build
    from nonself.engine.loop import solve
    from nonself.engine.problem import Problem, parameter_table

    found, natural, base = _model(model, variant)
    end = natural if until is None else until
    _require_sensible(end, points, rtol)
    chosen = _shown(found, show)
    ids = _ids(patients, bool(vary))
    columns = {**base, **_columns(found, set or {}, vary or {}, ids, seed)}
    program = build(found)
    problem = Problem(
        program=program,
        patients=ids,
        parameters=parameter_table(program, len(ids), columns),
        horizon=float(end),
        outputs=np.linspace(0.0, float(end), points),
        rtol=rtol,
    )
    outcomes: Outcomes = solve(problem, workers=workers, keep=tuple(part.id for part in chosen))
    return Simulation(
        model=found.id,
        time_unit=found.time_unit,
        patients=ids,
        times=problem.outputs,
        observables=chosen,
        values=outcomes.values,
        finished=outcomes.finished,
        failures=outcomes.failures,
    )


def _require_sensible(end: float, points: int, rtol: float) -> None:
    if not (np.isfinite(end) and end > 0):
        raise InputError(f"the horizon is {end:g}", mend="give --until a time above 0")
    if points < 2:
        raise InputError(f"{points} points are too few", mend="give 2 or more")
    if not 1e-12 <= rtol <= 1e-2:
        raise InputError(f"the relative tolerance is {rtol:g}", mend="give one between 1e-12 and 1e-2")


def _model(model: str | Model, variant: str | None) -> tuple[Model, float, dict[str, float]]:
    if isinstance(model, Model):
        if variant is not None:
            raise InputError("a composed model has no published variants", mend="leave variant out")
        return model, DEFAULT_UNTIL, {}
    entry, found = published(model)
    if variant is None:
        return found, entry.until, {}
    known = {part.id: part for part in entry.variants}
    if variant not in known:
        raise UnknownName(f"variant of {model!r}", variant, known)
    return found, entry.until, dict(known[variant].values)


def _shown(model: Model, names: tuple[str, ...]) -> tuple[Shown, ...]:
    known = observables(model)
    for name in names:
        if name not in known:
            raise UnknownName("observable", name, known)
    return tuple(known[name] for name in names or known)


def _ids(patients: int | None, varied: bool) -> tuple[str, ...]:
    count = patients if patients is not None else PATIENTS_IF_VARIED if varied else 1
    if count > 1 and not varied:
        raise InputError(f"{count} patients would all be the same", mend="say what differs, with --vary")
    return virtual_ids(count)


def _columns(
    model: Model, fixed: Mapping[str, float | str], varied: Mapping[str, str], ids: tuple[str, ...], seed: int
) -> dict[str, float | Array]:
    units = {part.id: part.unit for part in model.parameters}
    for name in (*fixed, *varied):
        if name not in units:
            raise UnknownName("parameter", name, units)
        if name in fixed and name in varied:
            raise InputError(f"{name!r} is both set and varied", mend="do one of the two")
    columns: dict[str, float | Array] = {name: quantity(given, units[name]) for name, given in fixed.items()}
    for name, text in varied.items():
        columns[name] = sample(parse_law(name, text), seed, f"simulate: {name}", ids)
    return columns


def parse_law(name: str, text: str) -> Distribution:
    """Return a distribution written as text.

    **Raises:** `InputError` when it cannot be read or drawn from.

    **Example:** `parse_law("slope", "lognormal(8.58, 0.4)")`
    """
    match = _LAW.match(text)
    if match is None:
        raise InputError(
            f"how {name!r} varies cannot be read from {text!r}",
            mend="write lognormal(median,sd), normal(mean,sd), uniform(low,high) or loguniform(low,high)",
        )
    try:
        first, second = float(match[2]), float(match[3])
    except ValueError:
        raise InputError(
            f"{text!r} does not hold two numbers", mend="write it as in lognormal(8.58,0.4)"
        ) from None
    laws: dict[str, Distribution] = {
        "lognormal": Distribution("lognormal", first, second),
        "normal": Distribution("normal", first, second),
        "uniform": Distribution("uniform", first, second),
        "loguniform": Distribution("loguniform", first, second),
    }
    check_distribution(laws[match[1]])
    return laws[match[1]]
