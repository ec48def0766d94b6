"""Findings and summary of a study, put together from their parts."""

from __future__ import annotations

import shlex
from dataclasses import dataclass
from typing import Any

from nonself.analysis.findings import Findings
from nonself.cohort.trial import TrialResult
from nonself.study import appendix, drawings, sentences, tabulate, verification
from nonself.study.measure import Measurement
from nonself.study.prepare import Group, Prepared
from nonself.study.source import Study
from nonself.study.write import plain_findings


@dataclass(frozen=True, slots=True)
class Options:
    """What a run was asked for besides the study itself, so that it can be asked for again.

    **Arguments:** `patients` in drawn cohorts, `seed`, `only` one patient; None keeps what the study says; `verify`
    whether a sample was integrated again.
    """

    patients: int | None = None
    seed: int | None = None
    only: str | None = None
    verify: bool = False


def findings_of(
    prepared: Prepared,
    trials: tuple[TrialResult, ...],
    single: tuple[Group, TrialResult] | None,
    measurements: tuple[Measurement, ...],
    options: Options,
    record: dict[str, str],
) -> Findings:
    """Return everything that a report shows.

    **Arguments:** `single` the trial of patients shown singly; `record` what identifies the result.
    """
    study = prepared.study
    return Findings(
        title=study.spec.title,
        question=study.spec.question,
        model=prepared.model.id,
        model_title=prepared.model.title,
        time_unit=study.spec.time.unit,
        time_zero=study.spec.time.zero_label,
        answers=sentences.answers(prepared, measurements),
        warnings=(*sentences.warnings(prepared, trials), *verification.warnings(trials)),
        bands=drawings.bands(prepared, trials, measurements),
        panels=() if single is None else drawings.panels(prepared, *single, measurements),
        survival=tabulate.survival_curves(prepared, measurements),
        outcomes=(*tabulate.status_rows(prepared, trials), *tabulate.outcome_rows(prepared, measurements)),
        failures=appendix.failures(prepared, trials, lambda *who: replay_command(study, options, *who)),
        parameters=appendix.parameter_rows(prepared),
        equations=tuple(appendix.equations(prepared)),
        notes=prepared.entry.notes,
        references=appendix.references(prepared),
        provenance=record,
    )


def summary_of(
    prepared: Prepared, trials: tuple[TrialResult, ...], findings: Findings, options: Options, digest: str
) -> dict[str, Any]:
    """Return the findings as plain values, with what is needed to run the study again."""
    study = prepared.study
    return {
        "study": study.spec.study,
        "results_hash": digest,
        "patients": {group.cohort.name: len(group.cohort.patients) for group in prepared.groups},
        "failed": sum(len(arm.failures) for trial in trials for arm in trial.arms),
        "verified": verification.summary(trials),
        **plain_findings(findings),
        "again": {
            "file": study.file,
            "folder": str(study.folder),
            "patients": options.patients,
            "seed": options.seed,
            "only": options.only,
            "verify": options.verify,
        },
    }


def replay_command(study: Study, options: Options, patient: str, is_verified: bool = False) -> str:
    """Return the command that runs one patient alone and follows the course; `is_verified` for one that is
    inaccurate, which only verifying shows.

    **Example:** `replay_command(study, Options(seed=3), "v00017")`
    """
    words = ["nonself", "run", study.file, "--only", patient]
    for name, value in (("--patients", options.patients), ("--seed", options.seed)):
        words += [] if value is None else [name, str(value)]
    return shlex.join([*words, *(["--verify"] if is_verified else []), "--trace", "--out", "replay"])
