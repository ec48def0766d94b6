"""How a patient's integration ends: one list for the machine code, the results and the reports."""

from __future__ import annotations

from enum import IntEnum, unique


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
    QUEUE_FULL = 11
    BAD_DELAY = 12
    PAST_FULL = 13
    NOT_SOLVED = 14

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
    Status.TOO_MANY_EVENTS: "A hazard happened more often than a microscopic event should, or events and conditions "
    "set each other off at one time without end.",
    Status.NOT_FINITE_AFTER_ACTION: "A scheduled action or an event made the state or its rates not finite.",
    Status.INACCURATE: "The course changes when the tolerance is lowered to a tenth.",
    Status.DIED: "The patient died; the course is complete until then.",
    Status.NO_FREE_SLOT: "A clone was founded when every slot of its group was taken.",
    Status.CLONE_WITHOUT_LAW: "A small clone's rate of birth or death is below zero, not a number or without bound.",
    Status.QUEUE_FULL: "More delayed executions of events wait than there is room for.",
    Status.BAD_DELAY: "A delay is below zero, without bound or not a number.",
    Status.PAST_FULL: "More steps of the past are looked back at than there is room for.",
    Status.NOT_SOLVED: "The constraints have no solution near the values that what they determine had.",
}
_REMEDIES = {
    Status.FINISHED: "Nothing to do.",
    Status.FINISHED_ON_RETRY: "Nothing to do; look at the patient's parameters if it happens often.",
    Status.STEP_TOO_SMALL: "Look at the named species: something grows without bound or divides by zero; "
    "check the patient's parameters against their ranges.",
    Status.TOO_MANY_STEPS: "Shorten the horizon, loosen the tolerance, or raise max_steps; "
    "look for a condition in a rate that turns back and forth.",
    Status.NOT_FINITE_AT_START: "Check the patient's initial values and parameters for missing or extreme numbers.",
    Status.TOO_MANY_EVENTS: "Make what happens so often a reaction; check the rates of hazards, and whether an event "
    "makes its own trigger false.",
    Status.NOT_FINITE_AFTER_ACTION: "Check the dose and what it is added to, and what events assign.",
    Status.INACCURATE: "Lower rtol, until no patient verified is inaccurate.",
    Status.DIED: "Nothing to do.",
    Status.NO_FREE_SLOT: "Raise `slots` of the clone group.",
    Status.CLONE_WITHOUT_LAW: "Check birth and death of the model's clones: each is a rate per cell, never negative.",
    Status.QUEUE_FULL: "Let the event fire less often, or shorten its delay.",
    Status.BAD_DELAY: "Check the formula of the delay, of an event where its trigger becomes true.",
    Status.PAST_FULL: "Shorten the longest delay, loosen the tolerance, or look for what makes steps so small.",
    Status.NOT_SOLVED: "Give what constraints determine a first value near a solution, and check that their slopes "
    "with respect to it do not vanish there.",
}
