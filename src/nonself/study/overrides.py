"""A study with another seed, or with more or fewer virtual patients."""

from __future__ import annotations

from dataclasses import replace

from nonself.errors import InputError
from nonself.study import spec
from nonself.study.source import Study


def override(study: Study, patients: int | None = None, seed: int | None = None) -> Study:
    """Return the study with another seed, and another number of patients in every drawn cohort.

    **Raises:** `InputError` when there is no drawn cohort to resize.

    **Example:** `override(study, patients=100)`
    """
    parts = study.spec
    if seed is not None:
        if not 0 <= seed < 2**63:
            raise InputError(f"the seed is {seed}", mend="give a whole number from 0 on")
        parts = parts.model_copy(update={"seed": seed})
    if patients is not None:
        if patients < 1:
            raise InputError(f"{patients} patients cannot be drawn", mend="draw at least one")
        cohorts = tuple(_resized(cohort, patients) for cohort in parts.cohorts)
        if cohorts == parts.cohorts and not any(_is_drawn(cohort) for cohort in cohorts):
            raise InputError(
                "the study draws no patients, so their number cannot change", mend="leave --patients out"
            )
        parts = parts.model_copy(update={"cohorts": cohorts})
    return replace(study, spec=parts)


def _is_drawn(cohort: spec.CohortSpec) -> bool:
    return isinstance(cohort.patients, spec.Patients) and (
        cohort.patients.draw is not None or cohort.patients.population is not None
    )


def _resized(cohort: spec.CohortSpec, count: int) -> spec.CohortSpec:
    who = cohort.patients
    if isinstance(who, spec.Patients) and who.draw is not None:
        who = who.model_copy(update={"draw": who.draw.model_copy(update={"patients": count})})
    elif isinstance(who, spec.Patients) and who.population is not None:
        people = who.population.model_copy(update={"people": count})
        who = who.model_copy(update={"population": people})
    return cohort.model_copy(update={"patients": who})
