"""One patient of a study, or of a model alone, followed step by step: as text to read, and as plain values."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from nonself.cohort.trial import TrialResult, problems
from nonself.engine.result import Failure
from nonself.engine.trace import Trace
from nonself.study.prepare import Prepared
from nonself.study.trace_page import trace_lines
from nonself.study.write import plain


@dataclass(frozen=True, slots=True)
class CourseTrace:
    """The trace of a patient in one arm of a cohort; `notes` what to know first; `failure` why the course is not
    used, None where it is.
    """

    cohort: str
    arm: str
    notes: tuple[str, ...]
    trace: Trace
    failure: Failure | None


def traces(prepared: Prepared, trials: Sequence[TrialResult]) -> tuple[CourseTrace, ...]:
    """Follow the one patient of a study in every arm: the same courses as those of the trials.

    **Arguments:** `prepared` with one patient a cohort; `trials` one a group of it, in order.
    """
    from nonself.codegen.build import build
    from nonself.engine.trace import trace

    program, study = build(prepared.model), prepared.study.spec
    found = []
    for group, trial in zip(prepared.groups, trials, strict=True):
        (patient,) = group.cohort.patients
        zero = float(group.schedule.zero[0])
        notes = (
            f"Times count from the model's start; {study.time.zero_label} is at {zero:g} {prepared.model.time_unit}.",
        )
        parts = problems(program, group.cohort, group.arms, group.schedule, study.rtol, study.seed)
        for arm, problem in zip(trial.arms, parts, strict=True):
            failure = arm.failures[0] if arm.failures else None
            found.append(
                CourseTrace(
                    group.cohort.name, arm.arm.name, notes if zero else (), trace(problem, patient), failure
                )
            )
    return tuple(found)


def alone(trace: Trace) -> CourseTrace:
    """Return the trace of a patient who is in no study."""
    return CourseTrace("", "", (), trace, trace.failure)


def course_lines(course: CourseTrace) -> list[str]:
    """Return the trace of one course as lines to read."""
    where = [f"Patient {course.trace.patient}"]
    where += [f"cohort {course.cohort}"] if course.cohort else []
    where += [f"arm {course.arm}"] if course.arm else []
    return trace_lines(course.trace, ", ".join(where), course.notes, course.failure)


def trace_text(courses: Sequence[CourseTrace]) -> str:
    """Return traces as one text, a blank line between courses."""
    return "\n\n".join("\n".join(course_lines(one)) for one in courses) + "\n"


def trace_values(course: CourseTrace) -> dict[str, Any]:
    """Return a trace as plain values: what its text says, and every species."""
    trace = course.trace
    species = [part.id for part in trace.model.species]
    return {
        "cohort": course.cohort,
        "arm": course.arm,
        "patient": trace.patient,
        "status": (course.failure.status if course.failure else trace.status).name.lower(),
        "sentence": course.failure.sentence if course.failure else trace.status.sentence,
        "time_unit": trace.model.time_unit,
        "rtol": trace.rtol,
        "reached": trace.reached,
        "steps": trace.steps,
        "rejected": trace.rejected,
        "species": species,
        "moments": plain(trace.moments),
        "happenings": plain(trace.happenings),
        "last": plain(trace.last),
    }
