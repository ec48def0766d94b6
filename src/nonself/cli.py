"""The command line: reads arguments, asks `study`, prints. Exit 0 done, 1 some patients failed, 2 wrong
input, 3 fault.

Nothing is computed here. Results go to standard output, messages to standard error; with --json both are
JSON.
"""

from __future__ import annotations

import atexit
import gc
import json
import shlex
import shutil
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer

from nonself.errors import InputError

DONE, SOME_FAILED, WRONG_INPUT, FAULT = 0, 1, 2, 3
MOST_FAILURES_LISTED = 20

app = typer.Typer(
    name="nonself",
    help="Simulate leukemia and autoimmunity in virtual patients.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)

StudyName = Annotated[str, typer.Argument(help="a study file, or the id of a shipped study", metavar="STUDY")]
AsJson = Annotated[bool, typer.Option("--json", help="print JSON")]
Seed = Annotated[int | None, typer.Option(help="seed of all draws, instead of the study's", metavar="S")]
Workers = Annotated[int | None, typer.Option(help="threads; they change no result", min=1, metavar="W")]
Patients = Annotated[int | None, typer.Option(help="patients in each drawn cohort", min=1, metavar="N")]
Until = Annotated[float | None, typer.Option(help="horizon in the model's unit of time", metavar="T")]
SetTo = Annotated[list[str] | None, typer.Option("--set", help="a parameter's value", metavar="NAME=VALUE")]
DoseFile = Annotated[
    Path | None, typer.Option(help="a NONMEM-style dose table (ID TIME AMT RATE …)", metavar="FILE")
]
Vary = Annotated[
    list[str] | None,
    typer.Option(
        help="how a parameter varies: lognormal(median,sd of the log), normal(mean,sd), uniform(low,high), "
        "loguniform(low,high)",
        metavar="NAME=LAW",
    ),
]


@app.command("run")
def run_command(
    context: typer.Context,
    study: StudyName,
    out: Annotated[
        Path | None, typer.Option(help="output folder, by default nonself-<study>", metavar="DIR")
    ] = None,
    patients: Patients = None,
    seed: Seed = None,
    workers: Workers = None,
    only: Annotated[str | None, typer.Option(help="run one patient alone, by id", metavar="ID")] = None,
    verify: Annotated[
        bool,
        typer.Option(
            "--verify", help="integrate a sample again at a tenth of the tolerance; mark whose course changes"
        ),
    ] = False,
    trace: Annotated[
        bool, typer.Option("--trace", help="with --only: follow the patient step by step, in trace.txt")
    ] = False,
    resume: Annotated[
        bool, typer.Option("--resume", help="go on where a killed run into the same folder was")
    ] = False,
    as_json: AsJson = False,
) -> int:
    """Run a study; write report.html, summary.json, patients.parquet and study.yaml."""
    from nonself.study.arguments import available_cores
    from nonself.study.library import find_study
    from nonself.study.run import run

    found = find_study(study)
    folder = out if out is not None else Path(f"nonself-{found.spec.study}")
    with _progress(f"{found.spec.study}", as_json) as progress:
        result = run(
            found,
            folder,
            patients=patients,
            seed=seed,
            only=only,
            verify=verify,
            trace=trace,
            resume=resume,
            workers=workers or available_cores(),
            progress=progress,
            announce=None if as_json else _announce,
            command=shlex.join(["nonself", *context.obj]),
        )
    if as_json:
        _print_json(result.summary)
    else:
        from nonself.study.pages import run_page

        _print_text(run_page(result, MOST_FAILURES_LISTED))
    return SOME_FAILED if result.failed else DONE


@app.command()
def validate(study: StudyName, workers: Workers = None, as_json: AsJson = False) -> int:
    """Check a study, its tables and every name in it, and say what running it will take."""
    from nonself.study.arguments import available_cores
    from nonself.study.estimate import estimate
    from nonself.study.library import find_study
    from nonself.study.pages import plan_page, plan_summary
    from nonself.study.prepare import prepare

    prepared = prepare(find_study(study))
    needed = estimate(prepared, workers or available_cores(), is_kept=True)
    if as_json:
        _print_json(plan_summary(prepared, needed))
    else:
        _print_text(plan_page(prepared, needed))
    return DONE


@app.command("list")
def list_command(
    kind: Annotated[
        str, typer.Argument(help="models, mechanisms, therapies, endpoints, criteria, evidence or studies")
    ],
    as_json: AsJson = False,
) -> int:
    """List what the catalog holds."""
    from nonself.study.pages import table_page
    from nonself.study.view import listing

    rows = listing(kind)
    if as_json:
        _print_json(rows)
    else:
        _print_text(table_page(rows))
    return DONE


@app.command()
def show(
    id: Annotated[
        str, typer.Argument(help="a model, mechanism, therapy, criterion or shipped study", metavar="ID")
    ],
    as_json: AsJson = False,
) -> int:
    """Show everything about one entry: equations, numbers with their sources, facts it must show."""
    from nonself.study.view import describe

    return _print_entry(describe(id), as_json)


@app.command("simulate")
def simulate_command(
    model: Annotated[
        str, typer.Argument(help="the id of a model, or an SBML or Antimony file", metavar="MODEL")
    ],
    until: Until = None,
    points: Annotated[int, typer.Option(help="times of readout", min=2, metavar="N")] = 101,
    set_: SetTo = None,
    vary: Vary = None,
    variant: Annotated[str | None, typer.Option(help="a published parameter set", metavar="ID")] = None,
    patients: Annotated[
        int | None, typer.Option(help="how many; 100 if any varies", min=1, metavar="N")
    ] = None,
    display: Annotated[
        list[str] | None,
        typer.Option("--show", help="an observable or species, again for more", metavar="NAME"),
    ] = None,
    seed: Annotated[int, typer.Option(help="seed of all draws", min=0, metavar="S")] = 1,
    patient: Annotated[str | None, typer.Option(help="one of them alone, by id", metavar="ID")] = None,
    trace: Annotated[bool, typer.Option("--trace", help="follow the one patient step by step")] = False,
    doses: DoseFile = None,
    workers: Workers = None,
    out: Annotated[
        Path | None, typer.Option(help="a .csv or .parquet file, or a folder for both", metavar="PATH")
    ] = None,
    as_json: AsJson = False,
) -> int:
    """Simulate one model from its start; print a table, or write the courses."""
    from nonself.study.arguments import available_cores, pairs
    from nonself.study.single import simulate

    if out is not None:
        from nonself.study.writing_courses import require_course_place

        require_course_place(out)

    with _progress(model, as_json) as progress:
        result = simulate(
            model,
            until=until,
            points=points,
            set=pairs(set_, "--set"),
            vary=pairs(vary, "--vary"),
            variant=variant,
            patients=patients,
            show=tuple(display or ()),
            seed=seed,
            workers=workers or available_cores(),
            patient=patient,
            trace=trace,
            doses=doses,
            progress=progress,
        )
    from nonself.study.single_page import simulation_page, simulation_summary

    written = [] if out is None else _written(result, out)
    if as_json:
        _print_json(simulation_summary(result, written))
    else:
        _print_text(simulation_page(result, written, shutil.get_terminal_size((120, 40)).columns))
    return SOME_FAILED if result.failures else DONE


@app.command("import")
def import_command(
    file: Annotated[Path, typer.Argument(help="an SBML or Antimony file", metavar="FILE")],
    as_json: AsJson = False,
) -> int:
    """Read an SBML or Antimony file and show what it holds; refuse by name what is not supported."""
    from nonself.study.model_file import imported

    return _print_entry(imported(file), as_json)


@app.command("export")
def export_command(
    model: Annotated[
        str, typer.Argument(help="the id of a model, or a model file; for petab a study", metavar="MODEL")
    ],
    format: Annotated[
        str, typer.Option("--format", help="sbml, antimony or petab", metavar="FORMAT")
    ] = "sbml",
    variant: Annotated[str | None, typer.Option(help="a published parameter set", metavar="ID")] = None,
    estimate: Annotated[
        list[str] | None,
        typer.Option(
            help="for petab: a parameter to be estimated, by default those that the study draws; bounds and prior "
            "from a law as with --vary, or else from the study or the model",
            metavar="NAME[=LAW]",
        ),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(
            help="the file, by default named after the model; for petab a new folder", metavar="PATH"
        ),
    ] = None,
    as_json: AsJson = False,
) -> int:
    """Write a model for other programs, or a study with data as a problem to fit (PEtab); say what is left out, refuse
    by name what cannot be."""
    from nonself.study.exporting import export

    return _print_entry(export(model, format, out, variant, tuple(estimate or ())), as_json)


@app.command()
def rerun(
    folder: Annotated[Path, typer.Argument(help="a folder written by nonself run", metavar="DIR")],
    workers: Workers = None,
    as_json: AsJson = False,
) -> int:
    """Run a result again and compare every number bit by bit; exit 3 if they differ."""
    from nonself.study.arguments import available_cores
    from nonself.study.rerun import rerun as run_again

    with _progress("rerun", as_json) as progress:
        found = run_again(folder, workers=workers or available_cores(), progress=progress)
    if as_json:
        _print_json(
            {
                "same": found.same,
                "before": found.before,
                "after": found.after,
                "differences": found.differences,
            }
        )
    else:
        _print_text([found.sentence])
    return DONE if found.same else FAULT


@app.command()
def doctor(as_json: AsJson = False) -> int:
    """Show versions, processor and cache folder, and test that this installation computes correctly."""
    from nonself.study.doctor import doctor as examine

    found = examine()
    if as_json:
        _print_json(found)
    else:
        from nonself.study.pages import entry_page

        _print_text(entry_page(found))
    return DONE if found["healthy"] else FAULT


def _written(result: Any, out: Path) -> list[str]:
    from nonself.study.writing_courses import write_courses

    return write_courses(result, out)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit code.

    **Example:** `main(["list", "models"])`
    """
    given = list(sys.argv[1:] if arguments is None else arguments)
    # The interpreter's end then looks through nothing once more, which takes a tenth of a second.
    atexit.register(gc.freeze)
    as_json = "--json" in given
    try:
        code = app(given, obj=given, standalone_mode=False)
    except InputError as error:
        return _complain(as_json, WRONG_INPUT, error.what, error.file, error.line, error.mend)
    except KeyboardInterrupt:
        return _complain(as_json, FAULT, "stopped by the user; nothing was written")
    except Exception as error:
        if hasattr(error, "format_message"):
            return _complain(as_json, WRONG_INPUT, error.format_message(), mend="see 'nonself --help'")
        import traceback

        traceback.print_exc()
        return _complain(
            as_json, FAULT, f"a fault of the program: {error!r}", mend="report it with the lines above"
        )
    return code if isinstance(code, int) else DONE


def _complain(
    as_json: bool,
    code: int,
    what: str,
    file: str | None = None,
    line: int | None = None,
    mend: str | None = None,
) -> int:
    if as_json:
        kind = "input" if code == WRONG_INPUT else "fault"
        error = {"kind": kind, "what": what, "file": file, "line": line, "mend": mend}
        print(json.dumps({"error": error}, ensure_ascii=False), file=sys.stderr)
    else:
        print(InputError(what, file=file, line=line, mend=mend), file=sys.stderr)
    return code


def _announce(text: str) -> None:
    print(text, file=sys.stderr)


@contextmanager
def _progress(title: str, as_json: bool) -> Iterator[Callable[[int, int], None] | None]:
    """Show a progress bar on a terminal, and nothing anywhere else."""
    if as_json or not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(title, total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)


def _print_entry(found: Mapping[str, Any], as_json: bool) -> int:
    if as_json:
        _print_json(found)
    else:
        from nonself.study.pages import entry_page

        _print_text(entry_page(found))
    return DONE


def _print_json(value: Any) -> None:
    print(json.dumps(value, indent=1, ensure_ascii=False))


def _print_text(lines: Sequence[str]) -> None:
    print("\n".join(lines))


if __name__ == "__main__":
    sys.exit(main())
