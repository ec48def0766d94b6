"""What happened: courses, and for every patient a status that is a sentence."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nonself.codegen.status import Status

__all__ = ["Array", "Assignment", "Failure", "Outcomes", "Status"]

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Failure:
    """One patient that did not finish: when, which species, its value, and all of it as a sentence."""

    patient: str
    index: int
    status: Status
    time: float
    species: str
    value: float
    sentence: str


@dataclass(frozen=True, slots=True)
class Assignment:
    """A value that an event gave a species, and when."""

    time: float
    event: str
    species: str
    value: float


@dataclass(frozen=True, slots=True)
class Outcomes:
    """What a batch gave.

    **Arguments:** `times` (n_times,) or (n_times, n_patients); `values` (n_patients, n_times, n_observables), NaN from
    a failure or death onward; `status` (n_patients,) of `Status`; `reached` (n_patients,) the time each course got to;
    `steps`, `rejected` (n_patients,) step counts; `failures` one record for each patient that did not finish, the dead
    left out; `final` (n_patients, n_species) the state where each ended; `fired` (n_patients, n_counts) how often each
    hazard had happened then, and what each clone goes on by; `cause` (n_patients,) which of `causes`, the hazards,
    ended the course by death, else -1; `pending` (n_patients, n_words) what events left open, for courses
    that go on from these (engine.pending).
    """

    patients: tuple[str, ...]
    observables: tuple[str, ...]
    times: Array
    values: Array
    status: NDArray[np.int64]
    reached: Array
    steps: NDArray[np.int64]
    rejected: NDArray[np.int64]
    failures: tuple[Failure, ...]
    final: Array
    fired: NDArray[np.int64]
    cause: NDArray[np.int64]
    causes: tuple[str, ...]
    pending: NDArray[np.int64]

    @property
    def died(self) -> NDArray[np.bool_]:
        """(n_patients,) true where the course ended by death."""
        return np.asarray(self.status == int(Status.DIED))

    @property
    def finished(self) -> NDArray[np.bool_]:
        """(n_patients,) true where the course reached its horizon."""
        return self.status <= int(Status.FINISHED_ON_RETRY)

    def of(self, observable: str) -> Array:
        """Return (n_patients, n_times) of one observable.

        **Raises:** `UnknownName` when there is no such observable.
        """
        from nonself.errors import UnknownName

        if observable not in self.observables:
            raise UnknownName("observable", observable, self.observables)
        return np.asarray(self.values[:, :, self.observables.index(observable)])
