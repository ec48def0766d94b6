"""Who is simulated: patients with their own parameters, and where each number comes from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from nonself.engine.problem import Action, Begin
from nonself.errors import InputError, UnknownName

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a column of numbers comes from.

    **Arguments:** `kind` "table" or "distribution"; `text` the source, file or law in a line; `is_assumed`
    true where nothing published stands behind it.
    """

    kind: str
    text: str
    is_assumed: bool = False


@dataclass(frozen=True, slots=True)
class History:
    """What patients bring along who were followed before the study.

    **Arguments:** `begin` where each course goes on, in the model's time; `actions` what befalls them later, whatever
    is done, with times of the model (n,).
    """

    begin: Begin
    actions: tuple[Action, ...] = ()

    def part(self, rows: NDArray[np.intp]) -> History:
        """Return that of some patients."""
        own = (
            Action(np.asarray(one.time)[rows], one.kind, one.target, np.asarray(one.value)[rows])
            for one in self.actions
        )
        return History(self.begin.part(rows), tuple(own))


@dataclass(frozen=True, slots=True)
class Cohort:
    """Patients, each with an id, a group and their own numbers; frozen, columns in patient order.

    **Arguments:** `patients` (n,) ids; `groups` (n,) a class or ""; `columns` parameter id -> (n,) in the
    parameter's unit; `facts` other numbers by name -> (n,), NaN where not stated; `origins` name -> where the
    column comes from; `places` (n,) the file and line a patient was read at, or (); `history` of patients followed
    before, None where courses start with the model.
    """

    name: str
    patients: tuple[str, ...]
    groups: tuple[str, ...]
    columns: Mapping[str, Array]
    facts: Mapping[str, Array] = field(default_factory=dict)
    origins: Mapping[str, Origin] = field(default_factory=dict)
    places: tuple[tuple[str, int], ...] = ()
    history: History | None = None

    def number(self, name: str) -> Array:
        """Return (n,) of a column or fact, finite for every patient.

        **Raises:** `UnknownName` when there is none of this name; `InputError` naming the patient without
        one.

        **Example:** `cohort.number("CessT")`
        """
        known = {**self.facts, **self.columns}
        if name not in known:
            raise UnknownName(f"patient column of cohort {self.name!r}", name, known)
        values = known[name]
        for row in np.flatnonzero(~np.isfinite(values)):
            file, line = self.places[row] if self.places else (None, None)
            raise InputError(
                f"patient {self.patients[row]!r} has no number in column {name!r}",
                file=file,
                line=line,
                mend="give the number, or leave the patient out",
            )
        return values


def cohort_from_rows(
    name: str,
    rows: Sequence[tuple[str, str, Mapping[str, float], Mapping[str, float]]],
    origin: Origin,
    defaults: Mapping[str, float],
) -> Cohort:
    """Gather patients written one by one into a cohort with one column a name.

    **Arguments:** `rows` (id, group, parameters, facts) of each patient; `defaults` the model's value of each
    parameter, which a patient has where the row names none.
    **Returns:** the cohort; its columns are the parameters that any row names.
    **Raises:** `InputError` for no patients or an id given twice.

    **Example:** `cohort_from_rows("real", [("1", "C", {"TKI": 13.9}, {"CessT": 85.9})], origin, {"TKI":
    2.0})`
    """
    patients = tuple(row[0] for row in rows)
    _require_unique(name, patients)
    column_names = sorted({key for row in rows for key in row[2]})
    fact_names = sorted({key for row in rows for key in row[3]})
    for key in column_names:
        if key not in defaults:
            raise UnknownName("parameter", key, defaults)
    columns = {
        key: np.array([row[2].get(key, defaults[key]) for row in rows], dtype=float) for key in column_names
    }
    facts = {key: np.array([row[3].get(key, np.nan) for row in rows], dtype=float) for key in fact_names}
    origins = dict.fromkeys((*column_names, *fact_names), origin)
    return Cohort(name, patients, tuple(row[1] for row in rows), columns, facts, origins)


def select(cohort: Cohort, patients: Sequence[str]) -> Cohort:
    """Return the cohort of these patients only, in the given order.

    **Raises:** `UnknownName` for an id that is not in the cohort; `InputError` for one given twice.

    **Example:** `select(cohort, ["1", "7"])`
    """
    _require_unique(cohort.name, patients)
    position = {patient: row for row, patient in enumerate(cohort.patients)}
    for patient in patients:
        if patient not in position:
            raise UnknownName(f"patient of cohort {cohort.name!r}", patient, position)
    rows = np.array([position[patient] for patient in patients], dtype=np.intp)
    return replace(
        cohort,
        patients=tuple(patients),
        groups=tuple(cohort.groups[row] for row in rows),
        columns={key: values[rows] for key, values in cohort.columns.items()},
        facts={key: values[rows] for key, values in cohort.facts.items()},
        places=tuple(cohort.places[row] for row in rows) if cohort.places else (),
        history=None if cohort.history is None else cohort.history.part(rows),
    )


def _require_unique(name: str, patients: Sequence[str]) -> None:
    if not patients:
        raise InputError(f"cohort {name!r} has no patients", mend="give at least one patient")
    seen: set[str] = set()
    for patient in patients:
        if patient in seen:
            raise InputError(f"patient {patient!r} is given twice", mend="give each patient an id of its own")
        seen.add(patient)
