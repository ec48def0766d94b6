"""Doses from a table, by patient: what is added at once, and infusions as a rate that each patient has for a while.

An amount given to a concentration is divided by the size of its compartment, which patients may differ in.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from nonself.codegen.twin import formula_values
from nonself.cohort.regimen import Item, OwnTimes
from nonself.errors import CompositionError, InputError, UnitError, UnknownName
from nonself.model.compose import with_parameters
from nonself.model.ir import FlatReaction, Model
from nonself.model.naming import called
from nonself.model.parts import Parameter, Species
from nonself.provenance import assumed
from nonself.units import UNSAID_TIME, are_alike, factor

Array = NDArray[np.float64]
SUFFIX = "_infusion"
SOURCE = assumed("given by the dose table")
MOST_NUMBERED = 20


@dataclass(frozen=True, slots=True)
class Given:
    """One dose: `amount` into `species` (its name, its number from 1, or ""), at once or at `rate`, at a time."""

    patient: str
    time: float
    amount: float
    rate: float
    species: str
    line: int


@dataclass(frozen=True, slots=True)
class DoseTable:
    """Doses by patient.

    **Arguments:** `patients` the ids in order, () where there are none; units where the table says them; `sizes`
    species -> the parameter that what is given is divided by, where it is an amount and the species a concentration;
    `unread` columns that say nothing here.
    """

    file: str
    patients: tuple[str, ...]
    doses: tuple[Given, ...]
    time_unit: str | None
    amount_unit: str | None
    rate_unit: str | None
    header_line: int = 1
    sizes: Mapping[str, str] = field(default_factory=dict)
    unread: tuple[str, ...] = ()

    def warnings(self, horizon: float) -> tuple[str, ...]:
        """Return what a person should know of a table in the model's units, one sentence each.

        **Arguments:** `horizon` of the courses.
        """
        said = []
        if self.unread:
            said.append(f"{self.file}: columns that are not read: {', '.join(self.unread)}.")
        late = sum(dose.time > horizon for dose in self.doses)
        if late:
            said.append(
                f"{self.file}: {late:,} of {len(self.doses):,} doses lie after the end, at {horizon:g}: "
                "they are not given."
            )
        if not self.doses:
            said.append(f"{self.file}: no record is a dose.")
        return tuple(said)

    @property
    def is_for_all(self) -> bool:
        """Whether everybody gets these doses: it names no patient, or only one."""
        return len(self.patients) < 2


def in_model(table: DoseTable, model: Model) -> DoseTable:
    """Return a table with species by name, and times, amounts and rates in the model's units.

    **Raises:** `UnknownName`, `UnitError` or `InputError` with the line of a dose that does not fit.
    """
    _require_no_parameters(table, model)
    species = {part.id: part for part in model.species}
    in_time = _factor(table, "TIME", table.time_unit, model.time_unit, "the model's time")
    found, factors, sizes = [], dict[str, tuple[float, float]](), dict[str, str]()
    for dose in table.doses:
        name = _species(dose, model, table.file)
        if name not in factors:
            unit, size = _given_in(table, species[name], model)
            amounts = _factor(table, "AMT", table.amount_unit, unit, repr(name))
            rates = amounts / in_time
            if table.rate_unit is not None:
                rates = _factor(table, "RATE", table.rate_unit, f"({unit})/({model.time_unit})", repr(name))
            factors[name] = amounts, rates
            sizes |= {} if size is None else {name: size}
        amounts, rates = factors[name]
        found.append(
            replace(
                dose,
                species=name,
                time=dose.time * in_time,
                amount=dose.amount * amounts,
                rate=dose.rate * rates,
            )
        )
    return replace(table, doses=tuple(found), time_unit=None, amount_unit=None, rate_unit=None, sizes=sizes)


def _require_no_parameters(table: DoseTable, model: Model) -> None:
    """Refuse a column with the name of a parameter: it looks as if it set it."""
    for name in table.unread:
        if name in {part.id for part in model.parameters}:
            raise InputError(
                f"column {name!r} is a parameter of the model, and a dose table sets none",
                file=table.file,
                line=table.header_line,
                mend="rename it; give patients values of their own in a table of patients, in a study",
            )


def _given_in(table: DoseTable, species: Species, model: Model) -> tuple[str, str | None]:
    """The unit of what a table gives to a species, and what it is divided by: nothing where the table says, by its
    unit, that it gives a concentration.
    """
    if species.size is None:
        return species.unit, None
    amount = unit_of_amount(species, model)
    if table.amount_unit is not None and not are_alike(table.amount_unit, amount):
        return species.unit, None
    return amount, species.size


def unit_of_amount(species: Species, model: Model) -> str:
    """Return the unit of an amount of a species: its own, times that of its compartment's size if it lies in one."""
    sizes = {part.id: part.unit for part in (*model.parameters, *model.derived)}
    size = "1" if species.size is None else sizes[species.size]
    return species.unit if size == "1" or "/" not in species.unit else f"({species.unit})*({size})"


def size_values(
    model: Model, columns: Mapping[str, float | Array], names: Sequence[str]
) -> dict[str, float | Array]:
    """Return parameters, given or derived, of each patient: one number for all, or (n,).

    **Arguments:** `columns` what differs from the model's own values.
    """
    values: dict[str, float | Array] = {part.id: float(part.value) for part in model.parameters}
    values |= columns
    for part in model.derived if names else ():
        values[part.id] = formula_values(str(part.value), values)
    return {name: values[name] for name in names}


def _factor(table: DoseTable, column: str, given: str | None, wanted: str, of: str) -> float:
    if given is None:
        return 1.0
    if wanted == UNSAID_TIME:
        raise UnitError(
            f"column {column} is in {given}, but the model does not say the unit of its time",
            file=table.file,
            line=table.header_line,
            mend="leave the unit out, and give times as the model counts them",
        )
    try:
        return factor(given, wanted)
    except InputError as error:
        error.what = f"column {column}, of {of}: {error.what}"
        raise error.at(table.file, table.header_line) from None


def _species(dose: Given, model: Model, file: str) -> str:
    """The species that a dose goes into: by its id, its number, or what it is called."""
    order = [part.id for part in model.species]
    if not dose.species and len(order) == 1:
        return order[0]
    if not dose.species:
        raise InputError(
            "CMT does not say into which species the dose goes",
            file=file,
            line=dose.line,
            mend="give its name or number",
        )
    if dose.species in order:
        return dose.species
    place = dose.species.removesuffix(".0")
    if place.isdecimal() and 1 <= int(place) <= len(order):
        return order[int(place) - 1]
    try:
        return called(model.species, dose.species, "species (CMT)")
    except InputError as error:
        if place.isdecimal():
            numbered = [f"{number} {part}" for number, part in enumerate(order[:MOST_NUMBERED], 1)]
            more = ", …" if len(order) > MOST_NUMBERED else ""
            error.mend = f"the species by number: {', '.join(numbered)}{more}"
        raise error.at(file, dose.line) from None


def with_infusions(model: Model, table: DoseTable) -> Model:
    """Return the model with a parameter and a reaction for each species that the table gives infusions into.

    Equation: d(species)/dt = ... + <species>_infusion.

    **Raises:** `CompositionError` for a species that is a clone, or a name that is taken.
    """
    wanted = list(dict.fromkeys(dose.species for dose in table.doses if dose.rate > 0))
    units = {part.id: part.unit for part in model.species}
    known = {part.id for part in model.parameters}
    wanted = [species for species in wanted if species + SUFFIX not in known]
    for species in wanted:
        if species in {clone.species for clone in model.clones}:
            raise CompositionError(
                f"an infusion into {species!r}, which is a clone: its cells come one by one",
                mend="give the cells at once (RATE 0)",
            )
        if species in {part.species for part in model.constraints}:
            raise CompositionError(
                f"an infusion into {species!r}, which a constraint determines",
                mend="give it into a species that reactions change",
            )
    new = [
        Parameter(
            species + SUFFIX,
            0.0,
            f"({units[species]})/({model.time_unit})",
            SOURCE,
            f"infusion into {species}",
        )
        for species in wanted
    ]
    grown = [
        FlatReaction(
            f"infusion into {species}",
            "regimen",
            species + SUFFIX,
            ((species, 1.0),),
            "from the dose table",
            False,
        )
        for species in wanted
    ]
    return replace(with_parameters(model, new), reactions=(*model.reactions, *grown)) if wanted else model


def dose_items(
    table: DoseTable, patients: Sequence[str], sizes: Mapping[str, float | Array] | None = None
) -> list[Item]:
    """Return the regimen of patients by a table in the model's units.

    **Arguments:** `sizes` of `size_values`, where the table needs any: a number for all, or (n,).
    **Raises:** `InputError` for a patient who is not in a table that names several.
    """
    by_patient: dict[str, list[Given]] = {patient: [] for patient in table.patients}
    for dose in table.doses:
        by_patient.setdefault(dose.patient, []).append(dose)
    if not table.is_for_all:
        for patient in patients:
            if patient not in by_patient:
                raise UnknownName(
                    "patient, who is not in the dose table", patient, table.patients, file=table.file
                )
    everybody = list(table.doses)
    own = [everybody if table.is_for_all else by_patient[patient] for patient in patients]
    if table.is_for_all:
        own = own[:1]
    items: list[Item] = []
    for species in dict.fromkeys(dose.species for dose in table.doses):
        boluses = [
            [(d.time, d.amount) for d in doses if d.species == species and d.rate == 0] for doses in own
        ]
        levels = [_levels([d for d in doses if d.species == species and d.rate > 0]) for doses in own]
        size = (sizes or {})[table.sizes[species]] if species in table.sizes else 1.0
        for kind, target, parts in (("add", species, boluses), ("set", species + SUFFIX, levels)):
            if any(parts):
                times, values = _columns([sorted(part, key=lambda one: one[0]) for part in parts])
                values = values / size
                items.append(OwnTimes(kind, target, np.broadcast_to(times, values.shape), values))  # type: ignore[arg-type]
    return items


def _levels(doses: Sequence[Given]) -> list[tuple[float, float]]:
    """The rate of infusions together from each time at which it changes: the sum of those that run then."""
    spans = sorted((dose.time, dose.time + dose.amount / dose.rate, dose.rate) for dose in doses)
    levels, running, following = [], list[tuple[float, float]](), 0
    for time in sorted({time for begin, end, _ in spans for time in (begin, end)}):
        while following < len(spans) and spans[following][0] <= time:
            running.append(spans[following][1:])
            following += 1
        running = [(end, rate) for end, rate in running if end > time]
        levels.append((time, sum(rate for _, rate in running)))
    return levels


def _columns(parts: Sequence[Sequence[tuple[float, float]]]) -> tuple[Array, Array]:
    """(n_doses, n) times, NaN where a patient has no more, and what is given then."""
    count = max(map(len, parts))
    times, values = np.full((count, len(parts)), np.nan), np.zeros((count, len(parts)))
    for column, part in enumerate(parts):
        for row, (time, value) in enumerate(part):
            times[row, column], values[row, column] = time, value
    return times, values
