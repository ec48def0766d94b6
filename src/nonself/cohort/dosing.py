"""Doses from a table, by patient: what is added at once, and infusions as a rate that each patient has for a while."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from nonself.cohort.regimen import Item, OwnTimes
from nonself.errors import CompositionError, InputError, UnknownName
from nonself.model.compose import with_parameters
from nonself.model.ir import FlatReaction, Model
from nonself.model.parts import Parameter
from nonself.provenance import assumed
from nonself.units import factor

Array = NDArray[np.float64]
SUFFIX = "_infusion"
SOURCE = assumed("given by the dose table")


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
    """Doses by patient: `patients` the ids in order, () where there are none; units where the table says them."""

    file: str
    patients: tuple[str, ...]
    doses: tuple[Given, ...]
    time_unit: str | None
    amount_unit: str | None
    rate_unit: str | None

    @property
    def is_for_all(self) -> bool:
        """Whether everybody gets these doses: it names no patient, or only one."""
        return len(self.patients) < 2


def in_model(table: DoseTable, model: Model) -> DoseTable:
    """Return a table with species by name, and times, amounts and rates in the model's units.

    **Raises:** `UnknownName`, `UnitError` or `InputError` with the line of a dose that does not fit.
    """
    units = {part.id: part.unit for part in model.species}
    order = tuple(units)
    in_time = _factor(table, table.time_unit, model.time_unit)
    found, factors = [], dict[str, tuple[float, float]]()
    for dose in table.doses:
        species = _species(dose, order, table.file)
        if species not in factors:
            amounts = _factor(table, table.amount_unit, units[species])
            rates = amounts / in_time
            if table.rate_unit is not None:
                rates = _factor(table, table.rate_unit, f"({units[species]})/({model.time_unit})")
            factors[species] = amounts, rates
        amounts, rates = factors[species]
        found.append(
            replace(
                dose,
                species=species,
                time=dose.time * in_time,
                amount=dose.amount * amounts,
                rate=dose.rate * rates,
            )
        )
    return replace(table, doses=tuple(found), time_unit=None, amount_unit=None, rate_unit=None)


def _factor(table: DoseTable, given: str | None, wanted: str) -> float:
    if given is None:
        return 1.0
    try:
        return factor(given, wanted)
    except InputError as error:
        raise error.at(table.file, 1) from None


def _species(dose: Given, order: Sequence[str], file: str) -> str:
    if not dose.species and len(order) == 1:
        return order[0]
    if not dose.species:
        raise InputError(
            "CMT does not say into which species the dose goes",
            file=file,
            line=dose.line,
            mend="give its name",
        )
    if dose.species in order:
        return dose.species
    if dose.species.isdecimal() and 1 <= int(dose.species) <= len(order):
        return order[int(dose.species) - 1]
    raise UnknownName("species (CMT)", dose.species, order, file=file, line=dose.line)


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


def dose_items(table: DoseTable, patients: Sequence[str]) -> list[Item]:
    """Return the regimen of patients by a table in the model's units.

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
        for kind, target, parts in (("add", species, boluses), ("set", species + SUFFIX, levels)):
            if any(parts):
                times, values = _columns([sorted(part, key=lambda one: one[0]) for part in parts])
                items.append(OwnTimes(kind, target, times, values))  # type: ignore[arg-type]
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
