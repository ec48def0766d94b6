"""What the cohorts of the BioModels found, as a section of the document."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from tests.formats.biomodels import UNTIL

from bench.biomodels_cohort import POINTS, SPREADS, TIGHT
from bench.biomodels_race import COHORT, KNOWN, ROUNDS, SHARE, TARGET, Entry
from bench.words import power, short, table

WORST = 5

_HOW = f"""\
Each file becomes a cohort of {COHORT} virtual patients. Every constant parameter varies that is not 0, is no exponent
and is read by no initial assignment: lognormal, standard deviation {SPREADS[0]:g} of the logarithm, the same values for
both solvers. The course runs from 0 to {UNTIL:g} in the file's unit of time; what moves is read {POINTS} times.

The error is that of the races above, over {KNOWN} patients; the smallest amount that matters is a millionth of the
largest. The reference is Nonself at a relative tolerance of {power(TIGHT[0])}, or where a
patient does not come to the end so, up to {power(TIGHT[-1])}. libRoadRunner's error is measured against
it, so that where it is small the two agree. Each solver is tried on its grid of tolerances (relative ones from 1e-2 to
1e-8, absolute ones in proportion; fewer where a run takes long) and is raced at the fastest setting with a median error
of at most {power(TARGET)} and no patient lost. Nothing is interpolated: either solver may be more exact than asked.

Time is CPU time of the process, on one core, without reading and compiling. Ours holds the making of the problem;
libRoadRunner's holds its reset and the setting of parameters. It is compiled at its highest level and simulates a
patient by one call. The two run in turns, {ROUNDS} rounds, each on as many patients of the cohort as it does in about
{SHARE:g} s, at least {KNOWN}; what is quick is repeated. The ratio is our trajectories per CPU second over
libRoadRunner's, its median over rounds; above 1, Nonself is ahead."""


WHY = {
    "BIOMD0000000234": "doses switched by a remainder of time that events count: each turn is located within a step",
    "BIOMD0000000616": "a rate follows sin(time) squared, which steps must resolve",
    "BIOMD0000000808": "few, cheap steps: stops and the making of the problem are most of the time",
}
"""What makes a ratio small, where it was looked into."""


def _middle(entry: Entry) -> float:
    return float(np.median(entry.ratios))


def _distribution(raced: Sequence[Entry]) -> list[str]:
    ratios = np.array([_middle(entry) for entry in raced])
    least, low, middle, high, most = np.quantile(ratios, [0, 0.25, 0.5, 0.75, 1])
    edges = [0, 1, 2, 5, 10, 20, 50, 100, 200, np.inf]
    counts = np.histogram(ratios, edges)[0]
    names = [f"{a:g} to {b:g}" for a, b in pairwise(edges)]
    names[0], names[-1] = "below 1", f"{edges[-2]:g} and more"
    kept = [k for k in range(len(counts)) if k == 0 or counts[k]]
    return [
        f"The ratio's median is **{short(middle)}**, its quartiles {short(low)} and {short(high)}, "
        f"least {short(least)}, most {short(most)}.",
        "",
        *table([f"ratio, of {len(raced)}", "models"], [[names[k], str(counts[k])] for k in kept]),
    ]


def _by_events(raced: Sequence[Entry]) -> list[str]:
    """Say what events cost: the ratio and what a step of ours takes, with events and without."""
    lines = []
    for name, some in (("with events", True), ("without events", False)):
        own = [entry for entry in raced if bool(entry.events) is some]
        if own:
            cost = [1e9 / np.median(entry.rates, axis=0)[0] / entry.steps for entry in own]
            ratio = short(float(np.median([_middle(entry) for entry in own])))
            lines.append(
                f"- {len(own)} {name}: median ratio {ratio}, {short(float(np.median(cost)))} ns a step of ours"
            )
    return [*lines, ""]


def _behind(raced: Sequence[Entry]) -> list[str]:
    """Say where we are not ahead: at the median, or in any round."""
    slow = [entry for entry in raced if _middle(entry) <= 1]
    shaky = [entry for entry in raced if _middle(entry) > 1 >= min(entry.ratios)]
    lines = [f"- {entry.id}: {short(_middle(entry))} at the median over rounds" for entry in slow] + [
        f"- {entry.id}: behind in one round at least ({short(min(entry.ratios))})" for entry in shaky
    ]
    if not lines:
        return ["Nonself is ahead on every model raced, in every round.", ""]
    return ["Nonself is not ahead here:", "", *lines, ""]


def _why(entry: Entry) -> str:
    """Say what the ratio comes from, by what was measured of the model."""
    mine, other = entry.ours, entry.theirs
    assert mine is not None and other is not None
    rates = np.median(entry.rates, axis=0)
    ours = f"{short(1e3 / rates[0], 3)} ms a patient at rtol {power(mine.rtol)} (error {power(mine.median)})"
    its = f"{short(1e3 / rates[1], 3)} ms at {power(other.rtol)} (error {power(other.median)})"
    work = f"{entry.steps:.0f} steps of {short(1e9 / rates[0] / entry.steps)} ns"
    said = f"{entry.species} species, {entry.events} events; ours takes {ours}, {work}, libRoadRunner {its}"
    return "; ".join(part for part in (said, WHY.get(entry.id, ""), entry.reason) if part)


def _row(entry: Entry) -> list[str]:
    mine, other = entry.ours, entry.theirs
    assert mine is not None and other is not None
    rates = np.median(entry.rates, axis=0)
    return [
        entry.id, str(entry.species), str(entry.events), str(entry.varied), short(rates[0], 3), short(rates[1], 3),
        short(_middle(entry)), f"{short(min(entry.ratios))} to {short(max(entry.ratios))}",
        power(mine.median), power(other.median), power(mine.rtol), power(other.rtol),
    ]  # fmt: skip


HEAD = [
    "model", "species", "events", "varied", "Nonself, trajectories/s", "libRoadRunner, trajectories/s", "ratio",
    "rounds", "our error", "its error", "our rtol", "its rtol",
]  # fmt: skip


def text(entries: Sequence[Entry], command: str, date: str, seconds: float, load: float) -> str:
    """Return the section; every file given is in it."""
    raced = sorted((entry for entry in entries if entry.rates), key=_middle)
    missing = [entry for entry in entries if not entry.rates]
    noted = [entry for entry in raced if entry.reason]
    lines = [
        f"## The {len(entries)} BioModels", "", f"Written on {date} by `{command}` in {seconds / 60:.1f} minutes, at a "
        f"load of {load:.1f}.", "", _HOW, "",
        f"Raced: {len(raced)} of {len(entries)}.", "",
    ]  # fmt: skip
    if raced:
        worst = [f"- {entry.id}, {short(_middle(entry))}: {_why(entry)}" for entry in raced[:WORST]]
        lines += [
            *_distribution(raced),
            *_by_events(raced),
            *_behind(raced),
            "The least ratios:",
            "",
            *worst,
            "",
        ]
    if noted:
        lines += ["Raced, but with this to know:", ""]
        lines += [f"- {entry.id}: {entry.reason}" for entry in noted] + [""]
    if missing:
        lines += ["Not raced:", "", *(f"- {entry.id}: {entry.reason}" for entry in missing), ""]
    if raced:
        lines += ["<details><summary>All models, least ratio first</summary>", ""]
        lines += [*table(HEAD, map(_row, raced)), "</details>"]
    return "\n".join(lines)
