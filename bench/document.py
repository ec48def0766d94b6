"""The document `docs/performance.md`, whole: written by the run it reports."""

from __future__ import annotations

from bench import peers
from bench.curve import TARGETS, spread
from bench.growth import FACTOR, PATIENTS, RTOL, TIMES, Row
from bench.limits import alone, builds, failures, nearest
from bench.ours import WAY
from bench.race_pages import SUMMARY, one, summary
from bench.results import Results
from bench.words import power, short, table, with_spread

_HOW = """\
Each solver gets the same patients, doses and readouts and returns every species at every readout. The error of a
patient is the root mean square, over readouts and species, of the difference from a tight reference, relative to
the amount plus the smallest amount that matters. The error of a setting is the median over patients; the tables
give the 95th percentile (of few patients: the worst) and the failures beside it. A failed patient has infinite error.

The reference is SciPy's LSODA at relative tolerance 1e-11, restarted at every dose, on formulas that share no code
with the engine. It is kept in `bench/.cache`.

Each solver is first tried on its own grid of relative and absolute tolerances. The absolute tolerance of a species
is a factor times the smallest amount that matters: a millionth of its typical amount, in the two models of the
catalog what the catalog says. The settings that no other beats on both error and time are then raced. All solvers
run in turns, round after round, in one process on one core; a slow one in fewer rounds of fewer patients. Between a
solver's settings, time at a given error is interpolated on logarithms; nothing is extrapolated to tighter errors.
Ratios are medians over rounds, with least and most in parentheses; above 1, Nonself takes less time.

Time is CPU time of the process, all threads, without building or compiling. Nonself runs many patients at once and
is timed on a batch whose first patients are those of the errors. The peers run one patient after another, diffrax
apart. Each gets the time it needs to set a patient's parameters and to hand its numbers to NumPy, as a user would."""

_NOT = """\
- Other machines, more than two workers, and graphics processors.
- The peers on more than one core. Most would gain from one process a core, as Nonself gains from a second worker.
- Sensitivities, events found by their value, delays, and stochastic simulation.
- Other solvers: AMICI and the Julia packages need toolchains that Python's package registry does not bring."""


def _ways(results: Results) -> list[str]:
    lines = [f"- **Nonself**: {WAY}"]
    for name in dict.fromkeys(entrant.id for race in results.races for entrant in race.entrants[1:]):
        peer = peers.load(name)
        lines.append(f"- **{peer.name}**: {peer.way}")
    return lines


def _growth(results: Results) -> list[str]:
    notes = {
        "species": "tissues of 15 species each, 24 doses in two years, 64 patients",
        "patients": "dosed30",
        "doses": f"dosed30 with this many doses, {PATIENTS} patients",
        "readouts": f"dosed30 with this many readouts, {PATIENTS} patients",
    }
    lines: list[str] = []
    for name, rows in results.growth.items():
        lines += [f"By {name} ({notes[name]}):", ""]
        cells = [
            [r.label, short(1e3 * r.seconds, 3), short(r.steps, 3), short(r.nanoseconds, 3)] for r in rows
        ]
        lines += table([name, "ms per trajectory", "steps per trajectory", "ns per step"], cells)
    return lines


def _steps(results: Results) -> list[str]:
    peak = results.peak

    def cells(row: Row) -> list[str]:
        share = f"{100 * row.rate / peak[0]:.0f}%"
        return [row.label, short(row.steps, 3), short(row.nanoseconds, 3), short(row.operations, 3), share]

    head = ["model", "steps per trajectory", "ns per step", "operations per step", "share of the peak"]
    return [
        "A step here is one step of one patient, accepted or not. "
        f"The core does {with_spread((peak[0] / 1e9, peak[1] / 1e9, peak[2] / 1e9))} billion multiply-adds a second in "
        "double precision, measured by a loop of independent ones on full vectors. The operations of a step are "
        "counted from the generated code's own plan: rates, Jacobian, factors, solves and the sums of stages, each as "
        "one multiply-add, also a division, an exponential or a power. Step control, masks and readouts are not "
        "counted. The share is therefore an estimate.",
        "",
        *table(head, [cells(row) for row in results.steps]),
    ]


def _workers(results: Results) -> list[str]:
    one_worker, two = results.workers
    gain = spread([a / b for a, b in zip(one_worker, two, strict=True)])
    return [
        f"2,048 patients of dosed30, {len(two)} rounds in turns, by the clock: one worker "
        f"{with_spread(spread(one_worker))} s, two workers {with_spread(spread(two))} s. Two are "
        f"{with_spread(gain, 3)} times as fast. The machine is shared with other work: the load "
        f"was {results.load:.1f} before and {results.load_after:.1f} after."
    ]


def _own(results: Results) -> list[str]:
    if not results.growth:
        return []
    fixed = f"Relative tolerance {power(RTOL)}, factor {power(FACTOR)}, medians of {TIMES} runs."
    return [
        "## How our time grows", "", fixed, "", *_growth(results),
        "## What a step costs", "", fixed, "", *_steps(results),
        "## A second worker", "", *_workers(results), "",
    ]  # fmt: skip


def text(results: Results, folder: str | None) -> str:
    """Return the document.

    **Arguments:** `folder` where the plots lie, seen from the document; None leaves them out.
    """
    errors = f"{power(float(TARGETS[0]))} to {power(float(TARGETS[-1]))}"
    sections: list[list[str]] = [
        ["# Performance", "", f"Written on {results.date} by", "", f"    {results.command}", "",
         f"from the root of the repository, in {results.seconds / 60:.1f} minutes. It is not edited by hand.", ""],
        ["## In short", "", f"At a median error of {power(SUMMARY)}, one core each (all errors from {errors} "
         "are below):", "", *summary(results.races), *nearest(results.races), "", *failures(results.races), ""],
        ["## What is measured", "", _HOW, ""],
        ["## The machine", "", *(f"- {key}: {value}" for key, value in results.machine.items()), ""],
        ["## How each solver is driven", "", *_ways(results), ""],
        ["## Models", "", *(line for race in results.races for line in one(race, folder))],
        ["## Building", "", "CPU seconds until a model can run; no ratio above holds them. Nonself: medians of "
         "three. The peers: once, in this process; the first model of a package that compiles also pays for the "
         "package's own start.", "", *builds(results.races)],
        ["## One patient alone", "", f"Milliseconds per trajectory at error {power(SUMMARY)} when each call of Nonself "
         "holds one patient, so that most lanes stand empty. The peers as before.", "", *alone(results.races)],
        _own(results),
        ["## What is not measured", "", _NOT, ""],
        ["## Run it", "", "    pip install -c constraints.txt -e \".[bench]\"", f"    {results.command}", "",
         "numbalsoda (its build needs a C++ and a Fortran compiler) and diffrax (it brings JAX) are installed by hand "
         "if wanted: `pip install -c constraints.txt numbalsoda diffrax`. A peer that is not installed is left out, "
         "and said so.", ""],
    ]  # fmt: skip
    return "\n".join(line for section in sections for line in section).rstrip() + "\n"
