"""The orchestrator: read, prepare, build, simulate, measure, report, write – in this order, nothing else."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from nonself.analysis.findings import Findings
from nonself.cohort.trial import TrialResult, run_trial
from nonself.study import appendix, drawings, sentences, tabulate
from nonself.study.courses import courses
from nonself.study.library import find_study
from nonself.study.measure import Measurement, measure
from nonself.study.overrides import override
from nonself.study.patients import patient_table
from nonself.study.prepare import Group, Prepared, prepare
from nonself.study.record import provenance, results_hash
from nonself.study.source import Study
from nonself.study.write import json_bytes, parquet_bytes, plain_findings, require_writable, write_files

if TYPE_CHECKING:
    import pandas
    import xarray

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Options:
    """What a run was asked for besides the study itself, so that it can be asked for again.

    **Arguments:** `patients` in drawn cohorts, `seed`, `only` one patient; None keeps what the study says.
    """

    patients: int | None = None
    seed: int | None = None
    only: str | None = None


@dataclass(frozen=True, slots=True)
class StudyResult:
    """What a study found: `findings` for people, `summary` for machines, courses and patients as tables.

    **Arguments:** `digest` of all results, bit by bit; `failed` courses that did not finish; `out` where it
    was written, or None.
    """

    findings: Findings
    summary: dict[str, Any]
    digest: str
    failed: int
    out: Path | None
    prepared: Prepared = field(repr=False)
    trials: tuple[TrialResult, ...] = field(repr=False)
    measurements: tuple[Measurement, ...] = field(repr=False)

    def to_pandas(self) -> pandas.DataFrame:
        """Return one row a cohort, arm and patient: parameters, status and endpoints."""
        table: pandas.DataFrame = patient_table(self.prepared, self.trials, self.measurements).to_pandas()
        return table

    def to_xarray(self) -> xarray.Dataset:
        """Return the courses: one variable an observable, over course (cohort, arm, patient) and time."""
        return courses(self.prepared, self.trials)


def run(
    study: Study | str | Path,
    out: str | Path | None = None,
    *,
    patients: int | None = None,
    seed: int | None = None,
    only: str | None = None,
    workers: int = 1,
    progress: Progress | None = None,
    command: str = "nonself.run",
) -> StudyResult:
    """Run a study and return what it found; with `out`, also write report, summary, patients and the study.

    **Arguments:** `study` a `Study`, a path, or the id of a shipped study; `out` a folder; `patients` in each
    drawn cohort; `seed`; `only` one patient, who gives the same numbers as in the whole study; `workers`
    threads, which change no bit of the result; `progress` called with (courses done, all courses).
    **Returns:** the result; patients that did not finish are counted in it, by reason. **Raises:**
    `InputError` when the study, a file of it, or the folder is wrong; then nothing is written.

    **Example:** `run("cml-stop", patients=100).findings.answers`
    """
    if not isinstance(study, Study):
        study = find_study(str(study))
    options = Options(patients, seed, only)
    folder = None if out is None else Path(out)
    if folder is not None:
        require_writable(folder)
    prepared = prepare(override(study, patients, seed), only)
    trials = simulate_all(prepared, workers, progress)
    single = simulate_panels(prepared, workers)
    result = _result(prepared, trials, single, options, command, folder)
    if folder is not None:
        write_files(folder, _files(result))
    return result


def simulate_all(
    prepared: Prepared, workers: int, progress: Progress | None = None
) -> tuple[TrialResult, ...]:
    """Simulate every cohort under every arm."""
    from nonself.codegen.build import build
    from nonself.engine.loop import solve

    program = build(prepared.model)
    sizes = [len(group.cohort.patients) * len(group.arms) for group in prepared.groups]
    trials = []
    for number, group in enumerate(prepared.groups):
        before = sum(sizes[:number])
        report = None if progress is None else _counting(progress, before, sum(sizes))
        trials.append(
            run_trial(
                program,
                group.cohort,
                group.arms,
                group.schedule,
                observables=prepared.kept,
                rtol=prepared.study.spec.rtol,
                solve=solve,
                workers=workers,
                progress=report,
            )
        )
    return tuple(trials)


def simulate_panels(prepared: Prepared, workers: int) -> tuple[Group, TrialResult] | None:
    """Simulate the patients shown singly over their whole course, from the model's start."""
    from nonself.codegen.build import build
    from nonself.engine.loop import solve

    shown = [group for group in prepared.groups if group.cohort.name == prepared.study.spec.panels]
    if not shown:
        return None
    group = shown[0]
    whole = np.linspace(-group.schedule.zero, group.schedule.until, drawings.PANEL_POINTS)
    trial = run_trial(
        build(prepared.model),
        group.cohort,
        group.arms,
        replace(group.schedule, grid=whole),
        observables=tuple(shown.id for shown in prepared.shown),
        rtol=prepared.study.spec.rtol,
        solve=solve,
        workers=workers,
    )
    return group, trial


def _counting(progress: Progress, before: int, total: int) -> Callable[[int], None]:
    return lambda done: progress(before + done, total)


def _result(
    prepared: Prepared,
    trials: tuple[TrialResult, ...],
    single: tuple[Group, TrialResult] | None,
    options: Options,
    command: str,
    out: Path | None,
) -> StudyResult:
    measurements = measure(prepared, trials)
    digest = results_hash(trials, measurements)
    failed = sum(len(arm.failures) for trial in trials for arm in trial.arms)
    record = provenance(prepared, digest, command, out)
    findings = _findings(prepared, trials, single, measurements, record, failed)
    summary = _summary(prepared, findings, options, digest, failed)
    return StudyResult(findings, summary, digest, failed, out, prepared, trials, measurements)


def _findings(
    prepared: Prepared,
    trials: tuple[TrialResult, ...],
    single: tuple[Group, TrialResult] | None,
    measurements: tuple[Measurement, ...],
    record: dict[str, str],
    failed: int,
) -> Findings:
    study = prepared.study
    return Findings(
        title=study.spec.title,
        question=study.spec.question,
        model=prepared.model.id,
        model_title=prepared.model.title,
        time_unit=study.spec.time.unit,
        time_zero=study.spec.time.zero_label,
        answers=sentences.answers(prepared, measurements),
        warnings=sentences.warnings(prepared, failed),
        bands=drawings.bands(prepared, trials),
        panels=() if single is None else drawings.panels(prepared, *single, measurements),
        survival=tabulate.survival_curves(prepared, measurements),
        outcomes=tabulate.outcome_rows(prepared, measurements),
        failures=appendix.failures(
            prepared, trials, f"nonself run {study.file} --only {{patient}} --out replay"
        ),
        parameters=appendix.parameter_rows(prepared),
        equations=tuple(appendix.equations(prepared)),
        notes=prepared.entry.notes,
        references=appendix.references(prepared),
        provenance=record,
    )


def _summary(
    prepared: Prepared, findings: Findings, options: Options, digest: str, failed: int
) -> dict[str, Any]:
    study = prepared.study
    return {
        "study": study.spec.study,
        "results_hash": digest,
        "patients": {group.cohort.name: len(group.cohort.patients) for group in prepared.groups},
        "failed": failed,
        **plain_findings(findings),
        "again": {
            "file": study.file,
            "folder": str(study.folder),
            "patients": options.patients,
            "seed": options.seed,
            "only": options.only,
        },
    }


def _files(result: StudyResult) -> dict[str, bytes]:
    from nonself.report.document import render

    table = patient_table(result.prepared, result.trials, result.measurements)
    return {
        "report.html": render(result.findings).encode(),
        "patients.parquet": parquet_bytes(table),
        "study.yaml": result.prepared.study.text.encode(),
        "summary.json": json_bytes(result.summary),
    }
