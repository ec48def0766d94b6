"""The SBML Test Suite's semantic cases, by `python -m tests.formats.sbml_suite [--all] [--tag TAG] [case ...]`.

A case passes within its own tolerances, is refused by name, or is wrong. Without cases the part that CI runs; `--all`
runs all at hand and writes the numbers in docs/sbml.md.
"""

from __future__ import annotations

import argparse
import csv
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np

SHARED = Path(__file__).parents[3] / "shared" / "sbml-test-suite"
RTOL, ATOL = 1e-9, 1e-13
LEVELS = ("l3v2", "l3v1", "l2v5")
PASSED, REFUSED, WRONG = "passed", "refused", "wrong"


@dataclass(frozen=True)
class Verdict:
    """What became of a case: passed, refused or wrong, and why."""

    case: str
    outcome: str
    why: str = ""


@dataclass(frozen=True)
class Settings:
    """What a case asks for."""

    duration: float
    steps: int
    variables: tuple[str, ...]
    absolute: float
    relative: float
    amount: frozenset[str]
    concentration: frozenset[str]


@cache
def unpacked() -> Path:
    """Return the folder of the cases, unpacked once."""
    folder = (
        Path(tempfile.gettempdir())
        / f"nonself-sbml-suite-{int((SHARED / 'semantic.tar.zst').stat().st_mtime)}"
    )
    if not (folder / "semantic").is_dir():
        folder.mkdir(exist_ok=True)
        subprocess.run(
            ["tar", "--zstd", "-xf", str(SHARED / "semantic.tar.zst"), "-C", str(folder)], check=True
        )
    return folder / "semantic"


def chosen() -> list[str]:
    """Return the part of the cases that CI runs: every twelfth."""
    return sorted(manifest())[::12]


@cache
def manifest() -> dict[str, dict[str, str]]:
    """Return the rows of the manifest by case."""
    with (SHARED / "manifest-semantic.csv").open(newline="") as file:
        return {row["id"]: row for row in csv.DictReader(file)}


def settings(case: str) -> Settings:
    """Read the settings of a case."""
    text = (unpacked() / case / f"{case}-settings.txt").read_text()
    given = {
        key.strip(): value.strip() for key, _, value in (line.partition(":") for line in text.splitlines())
    }

    def listed(key: str) -> tuple[str, ...]:
        return tuple(part.strip() for part in given.get(key, "").split(",") if part.strip())

    return Settings(
        float(given["duration"] or 0), int(given["steps"] or 0), listed("variables"), float(given["absolute"]),
        float(given["relative"]), frozenset(listed("amount")), frozenset(listed("concentration")),
    )  # fmt: skip


def expected(case: str) -> tuple[np.ndarray, dict[str, np.ndarray]]:
    """Read the results a case should give: times and columns."""
    with (unpacked() / case / f"{case}-results.csv").open(newline="") as file:
        header, *rows = list(csv.reader(file))
    table = np.array([[float(cell) for cell in row] for row in rows if row])
    return table[:, 0], {name.strip(): table[:, k] for k, name in enumerate(header)}


def file_of(case: str) -> Path:
    """Return the file of a case, of the highest level there is."""
    return next(path for level in LEVELS if (path := unpacked() / case / f"{case}-sbml-{level}.xml").exists())


def run(case: str) -> Verdict:
    """Run one case."""
    from nonself.codegen.build import build
    from nonself.engine.loop import solve
    from nonself.engine.problem import Problem, parameter_table
    from nonself.errors import InputError
    from nonself.formats.sbml.read import read_sbml

    asked = settings(case)
    if manifest()[case]["testType"] != "TimeCourse":
        try:
            read_sbml(file_of(case))
        except InputError as error:
            return Verdict(case, REFUSED, reason(error))
        return Verdict(case, WRONG, "a steady state of fluxes was not refused")
    times, columns = expected(case)
    try:
        read = read_sbml(file_of(case))
        wanted = [
            (name, what(name, asked) if read.kinds.get(name) == "species" else "as named")
            for name in asked.variables
        ]
        model, called = read.showing(wanted)
        program = build(model)
        problem = Problem(
            program, ("p",), parameter_table(program, 1), horizon=float(times[-1]), outputs=times, rtol=RTOL,
            atol=np.full(len(program.species), ATOL), max_steps=1_000_000, seed=1,
        )  # fmt: skip
    except InputError as error:
        return Verdict(case, REFUSED, reason(error))
    outcomes = solve(problem)
    if outcomes.failures:
        return Verdict(case, WRONG, f"failed: {outcomes.failures[0]}"[:300])
    for name, how in wanted:
        got = outcomes.of(called[name, how])[0]
        if (fault := difference(got, columns[name], asked)) is not None:
            return Verdict(
                case,
                WRONG,
                f"{name} ({how}) at {times[fault]:g}: {got[fault]!r}, not {columns[name][fault]!r}",
            )
    return Verdict(case, PASSED)


def what(name: str, asked: Settings) -> str:
    """Return as what a variable is to be shown."""
    return (
        "amount" if name in asked.amount else "concentration" if name in asked.concentration else "as named"
    )


def difference(got: np.ndarray, wanted: np.ndarray, asked: Settings) -> int | None:
    """Return the first point that is not within the case's tolerances."""
    with np.errstate(invalid="ignore"):
        close = np.abs(got - wanted) <= asked.absolute + asked.relative * np.abs(wanted)
    same = (got == wanted) | (np.isnan(got) & np.isnan(wanted))
    wrong = np.flatnonzero(~(close & np.isfinite(wanted) | same))
    return int(wrong[0]) if wrong.size else None


def reason(error: Exception) -> str:
    """Return the sentence of a refusal without its place."""
    return str(getattr(error, "what", error))


def guarded(case: str) -> Verdict:
    """Run one case; a fault of the program is a wrong answer."""
    try:
        return run(case)
    except Exception as error:
        return Verdict(case, WRONG, f"fault: {type(error).__name__}: {error}"[:300])


def run_all(cases: Iterable[str], workers: int) -> list[Verdict]:
    """Run cases in processes."""
    if workers == 1:
        return [guarded(case) for case in cases]
    with ProcessPoolExecutor(workers) as pool:
        return list(pool.map(guarded, cases, chunksize=4))


def main(arguments: list[str] | None = None) -> int:
    """Run what the command line asks for; exit 1 if a case is wrong."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("cases", nargs="*")
    parser.add_argument("--all", action="store_true")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--tag", default="")
    given = parser.parse_args(arguments)
    known = sorted(manifest())
    cases = given.cases or (known if given.all or given.tag else chosen())
    if given.tag:
        cases = [
            c for c in cases if given.tag in manifest()[c]["componentTags"] + ";" + manifest()[c]["testTags"]
        ]
    unpacked()
    verdicts = run_all(cases, given.workers)
    for verdict in verdicts:
        if verdict.outcome != PASSED:
            print(verdict.case, verdict.outcome, verdict.why)
    counts = {outcome: sum(v.outcome == outcome for v in verdicts) for outcome in (PASSED, REFUSED, WRONG)}
    print(", ".join(f"{number} {outcome}" for outcome, number in counts.items()))
    if given.all and not given.cases and not given.tag:
        from tests.formats.sbml_suite_page import write_page

        write_page(verdicts)
    return 1 if counts[WRONG] else 0


if __name__ == "__main__":
    sys.exit(main())
