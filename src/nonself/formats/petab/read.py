"""`read_petab`: the files of a PEtab problem -> a problem whose log-likelihood can be worked out."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from nonself.errors import InputError, UnknownName
from nonself.formats.petab.courses import Courses, simulate_conditions
from nonself.formats.petab.files import read_files
from nonself.formats.petab.noise import log_density
from nonself.formats.petab.tables import Measurement, Tables, Value, read_tables
from nonself.formats.sbml.read import As, SbmlModel, read_sbml
from nonself.model.compose import compose
from nonself.model.ir import Model
from nonself.model.parts import Named, Parameter
from nonself.provenance import assumed

Array = NDArray[np.float64]
TIGHT = 1e-8  # relative tolerance of the courses


@dataclass(frozen=True, slots=True)
class PetabProblem:
    """A parameter estimation problem.

    **Arguments:** `file` its YAML file; `model` with what the observables need shown; `tables` parameters, conditions,
    observables and measurements; `warnings` sentences; `rtol` relative tolerance of the courses.

    **Example:** `nonself.read_petab("problem.yaml").log_likelihood({"k": 0.2})`
    """

    file: str
    model: Model
    tables: Tables
    warnings: tuple[str, ...]
    rtol: float = TIGHT
    _read: SbmlModel = field(repr=False, kw_only=True)
    _shown: Mapping[str, str] = field(repr=False, kw_only=True)

    @property
    def nominal(self) -> dict[str, float]:
        """The nominal value of each parameter, not on its scale."""
        return {part.id: part.nominal for part in self.tables.parameters.values()}

    @property
    def estimated(self) -> tuple[str, ...]:
        """The parameters a fit may change."""
        return tuple(part.id for part in self.tables.parameters.values() if part.estimated)

    def log_likelihood(self, parameters: Mapping[str, float] | None = None, *, scaled: bool = False) -> float:
        """Return the logarithm of the likelihood of all measurements; priors are not part of it.

        **Arguments:** `parameters` id -> value instead of the nominal one; `scaled` true where these are on the scales
        of the parameters (log10 of the value, say).

        **Raises:** `UnknownName` for a parameter that is not there; `InputError` for a condition whose course does not
        finish, or a measurement without a likelihood.

        **Example:** `problem.log_likelihood()`
        """
        values = self._values(parameters, scaled)
        total = 0.0
        for part, (simulated, sigma) in zip(self.tables.measurements, self._expected(values), strict=True):
            seen = self.tables.observables[part.observable]
            one = log_density(part.value, simulated, sigma, seen.transformation, seen.distribution)
            if math.isnan(one):
                raise part.row.wrong(
                    f"a measurement of {part.value:g} has no likelihood: simulated {simulated:g}, noise {sigma:g}",
                    "check the parameters, the scale of the observable and its noise",
                )
            total += one
        return total

    def simulated(self, parameters: Mapping[str, float] | None = None, *, scaled: bool = False) -> Array:
        """Return (n_measurements,) what each measurement would be without noise."""
        found = self._expected(self._values(parameters, scaled))
        return np.array([simulated for simulated, _ in found])

    def _values(self, given: Mapping[str, float] | None, scaled: bool) -> dict[str, float]:
        values, known = self.nominal, self.tables.parameters
        for name, value in (given or {}).items():
            if name not in known:
                raise UnknownName("parameter", name, known, file=self.file)
            values[name] = _unscaled(float(value), known[name].scale) if scaled else float(value)
        for name, value in values.items():
            if not math.isfinite(value):
                raise InputError(
                    f"parameter {name!r} is {value:g}", file=self.file, mend="give it a finite value"
                )
        return values

    def _expected(self, values: Mapping[str, float]) -> list[tuple[float, float]]:
        """What each measurement would be, and its noise."""
        courses = simulate_conditions(
            self.model, self._read, self.tables, values, tuple(self._shown.values()), self.rtol
        )
        return [self._one(part, values, courses) for part in self.tables.measurements]

    def _one(self, part: Measurement, values: Mapping[str, float], courses: Courses) -> tuple[float, float]:
        seen = self.tables.observables[part.observable]
        known = dict(values) | {name: _value(given, values) for name, given in part.given.items()}
        for symbol in {*seen.formula.symbols, *seen.noise.symbols} & self._shown.keys():
            known[symbol] = courses.value(part.condition, part.time, self._shown[symbol])
        simulated = seen.formula.value(known, part.time)
        return simulated, seen.noise.value(known | {part.observable: simulated}, part.time)


def read_petab(path: str | Path) -> PetabProblem:
    """Read a PEtab problem, version 1, with its SBML model: exactly, or not at all.

    **Returns:** the problem. **Raises:** `InputError` with file, line and what is wrong or not supported.

    **Example:** `nonself.read_petab("Boehm_JProteomeRes2014.yaml").log_likelihood()`

    **Reference:** Schmiester et al. (2021), PEtab - Interoperable specification of parameter estimation problems in
    systems biology, PLoS Comput Biol 17:e1008646.
    """
    files = read_files(Path(path))
    read = read_sbml(files.model)
    tables = read_tables(files, read.kinds)
    read = _freed(read, tables, files.file)
    used = {
        one for seen in tables.observables.values() for one in (*seen.formula.symbols, *seen.noise.symbols)
    }
    wanted: list[tuple[str, As]] = [(symbol, "as named") for symbol in read.kinds if symbol in used]
    model, called = read.showing(wanted)
    shown = {symbol: called[symbol, "as named"] for symbol, _ in wanted}
    return PetabProblem(files.file, model, tables, read.warnings, _read=read, _shown=shown)


def _freed(read: SbmlModel, tables: Tables, file: str) -> SbmlModel:
    """The model with every symbol that conditions or the parameter table give a value as a number of its own."""
    given = {
        symbol: [cells.get(symbol, math.nan) for cells in tables.conditions.values()]
        for symbol in dict.fromkeys(one for cells in tables.conditions.values() for one in cells)
    }
    given |= {name: [0.0] for name in tables.parameters if name in read.kinds}
    for symbol in given:
        if symbol not in read.starts or read.kinds[symbol] == "reaction":
            raise InputError(
                f"gives {symbol!r} a value, but a rule of the model does",
                file=file,
                mend="take out the one or the other",
            )
        if read.formulas[symbol, "as named"] not in _plain(read.model):
            raise InputError(
                f"gives the concentration {symbol!r} a value, but the size of its compartment changes: not supported",
                file=file,
                mend="hold it as an amount",
            )
    parameters = {part.id: part for part in read.mechanism.parameters}
    extra: dict[str, Parameter] = {}
    for symbol, cells in given.items():
        part = parameters[read.starts[symbol]]
        if not isinstance(part.value, str):
            continue
        if not _any_missing(cells):
            parameters[part.id] = replace(part, value=0.0)
            continue
        own, flag = (f"{part.id}_{word}" for word in ("given", "is_given"))
        if {own, flag} & {name for _, name, _ in read.model.record}:
            raise InputError(f"the model has {own!r} or {flag!r} already", file=file, mend="rename it there")
        why = assumed("a condition of the problem gives it a value, or none does")
        extra |= {one: Parameter(one, 0.0, unit, why) for one, unit in ((own, part.unit), (flag, "1"))}
        parameters[part.id] = replace(part, value=f"{own} if {flag} > 0 else ({part.value})")
    mechanism = replace(read.mechanism, parameters=(*parameters.values(), *extra.values()))
    model = compose([mechanism], id=read.model.id, time_unit=read.model.time_unit, title=read.model.title)
    return replace(read, mechanism=mechanism, model=model)


def _any_missing(cells: Iterable[Value]) -> bool:
    return any(isinstance(cell, float) and math.isnan(cell) for cell in cells)


def _plain(model: Model) -> set[str]:
    named: tuple[Named, ...] = (*model.species, *model.parameters, *model.derived)
    return {part.id for part in named}


def _value(given: Value, values: Mapping[str, float]) -> float:
    return values[given] if isinstance(given, str) else given


def _unscaled(value: float, scale: str) -> float:
    try:
        return 10.0**value if scale == "log10" else math.exp(value) if scale == "log" else value
    except OverflowError:
        return math.inf
