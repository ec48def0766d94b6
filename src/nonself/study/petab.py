"""`write_petab`: a study with measured points -> a parameter estimation problem that other programs fit."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from nonself.errors import InputError
from nonself.expr import evaluate, names
from nonself.formats.petab.plan import never_after, with_plans
from nonself.formats.petab.write import Condition, Point, Problem, free_ids, petab_files
from nonself.model.ir import Model
from nonself.model.turning import trigger_times
from nonself.study.library import find_study
from nonself.study.prepare import Prepared, prepare
from nonself.study.source import Study
from nonself.study.subjects import Subject, subjects_of
from nonself.study.unknowns import patient_id, unknowns, watched
from nonself.study.write import require_writable, write_files

NEAR = 1e-9  # relative, below which two times are one


def write_petab(
    study: Study | str | Path, out: str | Path | None = None, *, estimate: Sequence[str] = ()
) -> dict[str, Any]:
    """Write a study with measured points as a PEtab problem, version 1: a folder that fitting programs read.

    Each patient is a condition; doses and scheduled changes become events of the SBML model. What the draw of the
    measured cohort lets vary is to be estimated, with its law as prior, by patient where patients differ; of other
    cohorts nothing but the noise, unless `estimate` names it.

    **Arguments:** `study` a `Study`, a path, or the id of a shipped study; `out` a new or empty folder, by default
    "<study>-petab"; `estimate` parameters instead of those drawn, each with a law where wanted
    ("k=lognormal(1,0.5)").

    **Returns:** what was written, left out and assumed. **Raises:** `InputError` naming what PEtab cannot say; then
    nothing is written.

    **Example:** `write_petab("cml-stop", "cml-stop-petab", estimate=["TKI", "pz"])["measurements"]`

    **Reference:** Schmiester et al. (2021), PEtab - Interoperable specification of parameter estimation problems in
    systems biology, PLoS Comput Biol 17:e1008646.
    """
    study = study if isinstance(study, Study) else find_study(str(study))
    folder = Path(out if out is not None else f"{study.spec.study}-petab")
    _require_new(folder)
    prepared = prepare(study)
    subjects, left_out = subjects_of(prepared)
    problem, assumed = _problem(prepared, subjects, left_out, estimate)
    with study.at("model"):
        files, unsaid = petab_files(problem)
    write_files(folder, files)
    return {
        "study": study.spec.study,
        "title": problem.title,
        "format": "PEtab version 1",
        "written": str(folder),
        "files": list(files),
        "conditions": len(problem.conditions),
        "measurements": len(problem.points),
        "to be estimated": [part.id for part in problem.unknowns if part.estimated],
        "assumed": assumed,
        "left out": [*left_out, *unsaid],
    }


def _require_new(folder: Path) -> None:
    """Refuse a folder that cannot be written, or in which something is already."""
    require_writable(folder)
    if folder.exists() and any(folder.iterdir()):
        raise InputError(
            f"the folder {folder} is not empty", file=str(folder), mend="give a new folder with --out"
        )


def _problem(
    prepared: Prepared, subjects: Sequence[Subject], left_out: Sequence[str], estimate: Sequence[str]
) -> tuple[Problem, list[str]]:
    """The problem to be written, and what is assumed in it."""
    study = prepared.study
    never = never_after(max(one.time for subject in subjects for one in subject.readings))
    plain = replace(prepared.model, rules=())
    with study.at("arms"):
        _require_apart(plain, subjects)
        model, planned = with_plans(plain, [subject.plan for subject in subjects], never)
    ids = free_ids(model)
    fit = unknowns(prepared, subjects, estimate, ids)
    observed, noise, said = watched(prepared, subjects, ids)
    conditions, points = [], []
    seen = {part.of: part.id for part in observed}
    for subject, given, plan in zip(subjects, fit.given, planned, strict=True):
        own = ids.new(_condition_id(subject, subjects))
        conditions.append(Condition(own, f"{subject.patient}, {subject.arm}", {**given, **plan}))
        points += [Point(seen[one.of], own, one.value, one.time) for one in subject.readings]
    assumed = [*fit.assumed, *said]
    if any(value == never for plan in planned for value in plan.values()):
        assumed.append(f"A time of {never:g} in the condition table means never.")
    remarks = (*assumed, *(f"{sentence}." for sentence in left_out))
    problem = Problem(
        study.spec.study, study.spec.title, model, (*fit.parts, *noise), tuple(conditions), observed, tuple(points),
        remarks,
    )  # fmt: skip
    return problem, assumed


def _require_apart(model: Model, subjects: Sequence[Subject]) -> None:
    """Refuse a plan that does something at the very time of an event of the model: SBML does not say which goes first.

    **Raises:** `InputError` naming the patient and the time.
    """
    turns = [(event, trigger_times(replace(model, events=(event,)))) for event in model.events]
    for subject in subjects:
        known = {part.id: float(part.value) for part in model.parameters} | dict(subject.values)
        for part in model.derived:
            known[part.id] = evaluate(str(part.value), known)
        planned = [move.time for moves in subject.plan.values() for move in moves]
        for event, formulas in turns:
            delay = evaluate(event.delay, known) if names(event.delay) <= known.keys() else 0.0
            for time in (evaluate(formula, known) for formula in formulas):
                if any(
                    math.isclose(one, late, rel_tol=NEAR) for one in planned for late in (time, time + delay)
                ):
                    raise InputError(
                        f"the plan does something to patient {subject.patient!r} at {time:g}, when event {event.id!r} "
                        "of the model happens: SBML does not say which goes first",
                        mend="do it a moment earlier",
                    )


def _condition_id(subject: Subject, subjects: Sequence[Subject]) -> str:
    """The patient, and the arm where somebody was measured under several."""
    people = {(one.cohort, one.patient) for one in subjects}
    own = patient_id(subject, subjects)
    return own if len(people) == len(subjects) else f"{own}_{subject.arm}"
