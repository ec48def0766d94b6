"""The orchestrator: read, prepare, build, simulate, measure, report, write – in this order, nothing else."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nonself.analysis.findings import Findings
from nonself.cohort.trial import TrialResult
from nonself.errors import InputError
from nonself.study import tracing, verification
from nonself.study.arriving import arrive_all
from nonself.study.courses import labeled_courses
from nonself.study.estimate import estimate
from nonself.study.gather import Options, findings_of, summary_of
from nonself.study.library import find_study
from nonself.study.measure import Measurement, measure
from nonself.study.overrides import override
from nonself.study.patients import patient_batches, patient_table
from nonself.study.prepare import Group, Prepared, prepare
from nonself.study.record import provenance, results_hash
from nonself.study.simulating import Progress, simulate_all, simulate_panels
from nonself.study.source import Study
from nonself.study.write import json_bytes, parquet_bytes, require_writable, write_files

if TYPE_CHECKING:
    import pandas
    import xarray

    from nonself.engine.finished import Keeper


@dataclass(frozen=True, slots=True)
class StudyResult:
    """What a study found: `findings` for people, `summary` for machines, courses and patients as tables.

    **Arguments:** `digest` of all results, bit by bit; `failed` courses that did not finish or are
    inaccurate; `out` where it was written, or None; `traces` the course of one patient in every arm, if
    asked for.
    """

    findings: Findings
    summary: dict[str, Any]
    digest: str
    failed: int
    out: Path | None
    prepared: Prepared = field(repr=False)
    trials: tuple[TrialResult, ...] = field(repr=False)
    measurements: tuple[Measurement, ...] = field(repr=False)
    traces: tuple[tracing.CourseTrace, ...] = field(default=(), repr=False)

    def to_pandas(self) -> pandas.DataFrame:
        """Return one row a cohort, arm and patient: parameters, status and endpoints."""
        table: pandas.DataFrame = patient_table(self.prepared, self.trials, self.measurements).to_pandas()
        return table

    def to_xarray(self) -> xarray.Dataset:
        """Return the courses: one variable an observable, over course (cohort, arm, patient) and time.

        **Raises:** `InputError` when they were not kept: `run` keeps them if asked by `courses=True`.
        """
        return labeled_courses(self.prepared, self.trials)


def run(
    study: Study | str | Path,
    out: str | Path | None = None,
    *,
    patients: int | None = None,
    seed: int | None = None,
    only: str | None = None,
    verify: bool = False,
    trace: bool = False,
    resume: bool = False,
    courses: bool = False,
    workers: int = 1,
    progress: Progress | None = None,
    announce: Callable[[str], None] | None = None,
    command: str = "nonself.run",
) -> StudyResult:
    """Run a study and return what it found; with `out`, also write report, summary, patients and the study.

    **Arguments:** `study` a `Study`, a path, or the id of a shipped study; `out` a folder; `patients` in each
    drawn cohort; `seed`; `only` one patient, who gives the same numbers as in the whole study; `verify`
    integrates a sample again at a tenth of the tolerance and marks who is inaccurate; `trace` follows the
    one patient step by step; `resume` takes up the chunks that a killed run into the same folder had finished;
    `courses` keeps every course for `to_xarray`, in memory that grows with patients, readouts and observables;
    `workers` threads, which change no bit of the result; `progress` called with
    (courses done, all courses); `announce` with a sentence on what the run will take, before it does.
    **Returns:** the result; patients that did not finish are counted in it, by reason. **Raises:** `InputError`
    when the study, a file of it, or the folder is wrong; then nothing is written.

    **Example:** `run("cml-stop", patients=100).findings.answers`
    """
    if not isinstance(study, Study):
        study = find_study(str(study))
    options = Options(patients, seed, only, verify)
    if trace and only is None:
        raise InputError("a trace follows one patient, and none is named", mend="name one with --only ID")
    folder = None if out is None else Path(out)
    if folder is not None:
        require_writable(folder)
    prepared = arrive_all(prepare(override(study, patients, seed), only), workers, progress)
    keeper = _keeper(folder, resume)
    if announce is not None:
        announce(estimate(prepared, workers, courses=courses, is_kept=keeper is not None).sentence)
    trials = simulate_all(prepared, workers, progress, verify, keeper, courses)
    single = simulate_panels(prepared, trials, workers)
    result = _result(prepared, trials, single, options, command, folder)
    if trace:
        followed = tracing.traces(prepared, trials)
        summary = {**result.summary, "traces": [tracing.trace_values(one) for one in followed]}
        result = replace(result, traces=followed, summary=summary)
    if folder is not None:
        write_files(folder, _files(result))
    if keeper is not None:
        keeper.clear()
    return result


def _keeper(folder: Path | None, resume: bool) -> Keeper | None:
    """What keeps finished chunks beside the results until these are whole; without a folder nothing does."""
    from nonself.engine.finished import Keeper

    if folder is None:
        if resume:
            raise InputError(
                "there is no folder to resume from", mend="name the killed run's folder with --out"
            )
        return None
    keeper = Keeper(folder / ".finished")
    if not resume:
        keeper.clear()
    return keeper


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
    record = provenance(prepared, digest, verification.sentence(trials), command, out)
    findings = findings_of(prepared, trials, single, measurements, options, record)
    summary = summary_of(prepared, trials, findings, options, digest)
    return StudyResult(findings, summary, digest, summary["failed"], out, prepared, trials, measurements)


def _files(result: StudyResult) -> dict[str, bytes]:
    from nonself.report.document import render

    table = patient_batches(result.prepared, result.trials, result.measurements)
    return {
        "report.html": render(result.findings).encode(),
        "patients.parquet": parquet_bytes(table),
        "study.yaml": result.prepared.study.text.encode(),
        **({"trace.txt": tracing.trace_text(result.traces).encode()} if result.traces else {}),
        "summary.json": json_bytes(result.summary),
    }
