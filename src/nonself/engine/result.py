"""What happened: courses, and for every patient a status that is a sentence."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum, unique

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


@unique
class Status(IntEnum):
    """How a patient's integration ended."""

    FINISHED = 0
    FINISHED_ON_RETRY = 1
    STEP_TOO_SMALL = 2
    TOO_MANY_STEPS = 3
    NOT_FINITE_AT_START = 4
    NOT_FINITE_AFTER_ACTION = 5
    TOO_MANY_EVENTS = 6
    INACCURATE = 7
    DIED = 8
    NO_FREE_SLOT = 9
    CLONE_WITHOUT_LAW = 10

    @property
    def finished(self) -> bool:
        """True when the course is complete."""
        return self in (Status.FINISHED, Status.FINISHED_ON_RETRY)

    @property
    def sentence(self) -> str:
        """The status in words."""
        return _SENTENCES[self]

    @property
    def remedy(self) -> str:
        """What a person can do about it."""
        return _REMEDIES[self]


_SENTENCES = {
    Status.FINISHED: "The course is complete.",
    Status.FINISHED_ON_RETRY: "The course is complete, at a tighter tolerance after a first failure.",
    Status.STEP_TOO_SMALL: "The step size fell below what floating point can resolve.",
    Status.TOO_MANY_STEPS: "The number of steps reached its limit before the horizon.",
    Status.NOT_FINITE_AT_START: "The initial state or its rates are not finite numbers.",
    Status.TOO_MANY_EVENTS: "A hazard happened more often than a microscopic event should.",
    Status.NOT_FINITE_AFTER_ACTION: "A scheduled action made the state or its rates not finite.",
    Status.INACCURATE: "The course changes when the tolerance is lowered to a tenth.",
    Status.DIED: "The patient died; the course is complete until then.",
    Status.NO_FREE_SLOT: "A clone was founded when every slot of its group was taken.",
    Status.CLONE_WITHOUT_LAW: "A small clone's rate of birth or death is below zero, not a number or without bound.",
}
_REMEDIES = {
    Status.FINISHED: "Nothing to do.",
    Status.FINISHED_ON_RETRY: "Nothing to do; look at the patient's parameters if it happens often.",
    Status.STEP_TOO_SMALL: "Look at the named species: something grows without bound or divides by zero; "
    "check the patient's parameters against their ranges.",
    Status.TOO_MANY_STEPS: "Shorten the horizon, loosen the tolerance, or raise max_steps.",
    Status.NOT_FINITE_AT_START: "Check the patient's initial values and parameters for missing or extreme numbers.",
    Status.TOO_MANY_EVENTS: "Make what happens so often a reaction, or check the rate of the named hazard.",
    Status.NOT_FINITE_AFTER_ACTION: "Check the dose and what it is added to.",
    Status.INACCURATE: "Lower rtol, until no patient verified is inaccurate.",
    Status.DIED: "Nothing to do.",
    Status.NO_FREE_SLOT: "Raise `slots` of the clone group.",
    Status.CLONE_WITHOUT_LAW: "Check birth and death of the model's clones: each is a rate per cell, never negative.",
}


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
class Outcomes:
    """What a batch gave.

    **Arguments:** `times` (n_times,) or (n_times, n_patients); `values` (n_patients, n_times, n_observables), NaN from
    a failure or death onward; `status` (n_patients,) of `Status`; `reached` (n_patients,) the time each course got to;
    `steps`, `rejected` (n_patients,) step counts; `failures` one record for each patient that did not finish, the dead
    left out; `final` (n_patients, n_species) the state where each ended; `fired` (n_patients, n_counts) how often each
    hazard had happened then, and what each clone goes on by; `cause` (n_patients,) which of `causes`, the hazards,
    ended the course by death, else -1.
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
