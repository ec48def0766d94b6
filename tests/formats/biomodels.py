"""The 86 BioModels at hand against libRoadRunner, by `python -m tests.formats.biomodels [id ...]`.

Both integrate from 0 to 100 in the file's unit of time at tight tolerances; every species' concentration (or amount,
where
its name means that) at 51 times is compared, relative to its own largest value so far.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np

FOLDER = Path(__file__).parents[3] / "shared" / "biomodels"
UNTIL, POINTS, RTOL, LIMIT = 100.0, 51, 1e-9, 1e-4
ROUNDING = 1e-14  # of the largest number of a file: what differences of large totals lose
# what libRoadRunner needs to see what the file says: its longest step, its tolerances (relative, absolute)
STEPS = {"BIOMD0000000879": 0.02, "BIOMD0000000814": 0.5}
TOLERANCES = {"BIOMD0000000451": (1e-8, 1e-12)}
# what it cannot see at all
UNSEEN = {
    "BIOMD0000000814": "events at time mod 28 == 27: met by no step of libRoadRunner, at exact moments here"
}


def files() -> list[Path]:
    """Return the files at hand."""
    return sorted(FOLDER.glob("BIOMD*.xml"))


def ours(path: Path, rtol: float, until: float = UNTIL) -> tuple[list[str], np.ndarray, str]:
    """Return the species of a file, their courses, (n_species, n_times), and what failed."""
    from nonself.codegen.build import build
    from nonself.engine.loop import solve
    from nonself.engine.problem import Problem, parameter_table
    from nonself.formats.sbml.read import read_sbml

    read = read_sbml(path)
    symbols = [symbol for symbol, kind in read.kinds.items() if kind == "species"]
    model, called = read.showing([(symbol, "as named") for symbol in symbols])
    program = build(model)
    times = np.linspace(0, until, POINTS)
    problem = Problem(program, ("p",), parameter_table(program, 1), horizon=until, outputs=times, rtol=rtol)
    outcomes = solve(problem)
    values = np.array([outcomes.of(called[symbol, "as named"])[0] for symbol in symbols])
    return symbols, values, str(outcomes.failures[0]) if outcomes.failures else ""


def theirs(path: Path, symbols: list[str], until: float = UNTIL) -> np.ndarray:
    """Return the same courses by libRoadRunner."""
    import roadrunner

    from nonself.formats.sbml.read import read_sbml

    means = read_sbml(path).means
    roadrunner.Logger.disableLogging()
    runner = roadrunner.RoadRunner(str(path))
    relative, absolute = TOLERANCES.get(path.stem, (1e-10, 1e-14))
    runner.integrator.absolute_tolerance = absolute
    runner.integrator.relative_tolerance = relative
    if path.stem in STEPS:
        runner.integrator.maximum_time_step = STEPS[path.stem]
    runner.integrator.maximum_num_steps = 1_000_000
    runner.timeCourseSelections = [s if means[s] == "amount" else f"[{s}]" for s in symbols]
    return np.array(runner.simulate(0, until, POINTS)).T


def apart(left: np.ndarray, right: np.ndarray) -> float:
    """Return how far courses lie apart, relative to each one's largest value so far, what rounding takes left out."""
    with np.errstate(invalid="ignore", divide="ignore"):
        both = np.maximum(np.abs(left), np.abs(right))
        size = np.maximum.accumulate(both, axis=1)
        lost = ROUNDING * np.nanmax(size, axis=0, keepdims=True, initial=0.0)
        far = np.maximum(np.abs(left - right) - lost, 0.0) / size
    return float(np.where(left == right, 0.0, far).max(initial=0.0))


def compared(path: Path) -> tuple[float, str]:
    """Return how far a file's courses lie apart, and what failed."""
    symbols, values, failed = ours(path, RTOL)
    return (
        0.0 if path.stem in UNSEEN or failed or not symbols else apart(values, theirs(path, symbols))
    ), failed


def main(given: list[str]) -> int:
    """Print how far the courses of each file lie apart."""
    wrong = 0
    for path in files():
        if given and path.stem not in given:
            continue
        far, failed = compared(path)
        bad = bool(failed) or not far <= LIMIT
        wrong += bad
        print(
            path.stem, "APART" if bad else "same", f"{far:.1e}", failed, UNSEEN.get(path.stem, ""), flush=True
        )
    print(wrong, "apart")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
