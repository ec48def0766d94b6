"""The document `docs/core.md`, whole: written by the run it reports."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from experiments.core import draw, tables
from experiments.core.ablate import ABLATIONS
from experiments.core.equations import equations, numbers
from experiments.core.laws import CHOSEN, LAWS, SIGMA, box
from experiments.core.phenomena import BURDENS, NAMES
from experiments.core.population import RATE, SPREAD, share_above
from experiments.core.results import GAINS, Results
from experiments.core.words import (
    ANSWER,
    BRANCHES,
    BREAKING,
    LASTING,
    MAPS,
    MISSING,
    NOISE,
    RECOMMENDATION,
    SCREENED,
    STATEMENTS,
    WHAT,
)


def _figures(results: Results, folder: Path | None) -> list[str]:
    """The maps, drawn where there is a folder."""
    lines = []
    for entry in results.maps:
        holding = float((entry.cells == 4).mean())
        words = f"{MAPS[entry.id]} All four hold in {tables.percent(holding)} % of the cells."
        if folder is None:
            lines += [f"- {entry.title}: {words}", ""]
        else:
            name = draw.save_map(folder, entry)
            lines += [f"![{entry.title}]({folder.name}/{name})", "", f"*{entry.title}.* {words}", ""]
    return lines


def _lasting(results: Results, folder: Path | None) -> list[str]:
    entry = next(entry for entry in results.maps if entry.id == "feedback")
    lost, last = entry.found.after_depletion, share_above(entry.found.lasting)
    shares = np.divide(np.minimum(last, lost), lost, out=np.full_like(lost, np.nan), where=lost > 1e-6)
    if folder is None:
        return [LASTING, ""]
    name = draw.save_shares(folder, "lasting", "share of the lost that stay lost", entry, shares)
    return [f"![share of the lost that stay lost]({folder.name}/{name})", "", LASTING, ""]


def _branches(results: Results, folder: Path | None) -> list[str]:
    if folder is None:
        return []
    name = draw.save_branches(folder, "branches", GAINS, results.branches)
    return [
        f"![two attractors]({folder.name}/{name})",
        "",
        BRANCHES,
        "",
    ]


def _ranks(results: Results) -> list[str]:
    lines = []
    for law in (LAWS[0], CHOSEN, LAWS[4]):
        for row, name in enumerate(NAMES):
            found = results.screening.ranks(row, law)
            shown = (
                ", ".join(f"`{parameter}` {value:+.2f}" for parameter, value in found)
                or "holds nowhere, or everywhere"
            )
            lines.append(f"- {law.title}; {row + 1} {name}: {shown}")
    return [*lines, ""]


def _chosen_numbers(results: Results) -> dict[str, str]:
    """The numbers that the text cites."""
    found, names = results.ablated, list(ABLATIONS)

    def dep(name: str) -> str:
        return tables.percent(float(found.after_depletion[names.index(name)]))

    shares = {entry.law: entry.shares for entry in results.screening.laws}
    fold = results.folds[0]
    count = len(results.screening.sets["sigma"])
    slope = {part.name: part for part in results.slopes}
    return {
        "sets": f"{count:,}",
        "base_dep": dep("nothing"),
        "ratio_dep": dep("suppression a pure ratio"),
        "density_dep": dep("suppression a pure density"),
        "spared": dep("regulators half exposed to depletion"),
        "only": dep("only regulators exposed to depletion"),
        "neutral_dep": dep("neutral division"),
        "base_year": tables.rate(float(found.yearly[0])),
        "base_burden": tables.rate(float(found.burden[-1, 0])),
        "rise": f"{float(found.burden[-1, 0] / found.burden[0, 0]):.1f}",
        "all_ratio": tables.percent(shares[LAWS[0]][4]),
        "all_ratio_avidity": tables.percent(shares[LAWS[1]][4]),
        "all_mixture": tables.percent(shares[LAWS[2]][4]),
        "all_chosen": tables.percent(shares[CHOSEN][4]),
        "all_density": tables.percent(shares[LAWS[4]][4]),
        "all_density_avidity": tables.percent(shares[LAWS[5]][4]),
        "all_release": tables.percent(shares[LAWS[6]][4]),
        "all_release_avidity": tables.percent(shares[LAWS[7]][4]),
        "low_gain": f"{np.exp(fold.disease):.2f}",
        "high_gain": f"{np.exp(fold.health):.2f}",
        "width": f"{fold.width:.2f}",
        "low_z": f"{fold.disease / SIGMA:+.1f}",
        "high_z": f"{fold.health / SIGMA:+.1f}",
        "slope_margin": f"{slope['margin'].yearly:.0f}",
        "slope_sigma": f"{slope['sigma'].yearly:+.0f}",
        "slope_dep": f"{slope['margin'].depleted:.0f}",
        "factor": f"{abs(1.1 ** slope['margin'].yearly) ** -1:.1f}",
        "breaking": "; ".join(f"{change} ({lost})" for change, lost in results.breaking.items()) or "none",
        "changes": str(2 * len(box())),
        "broken": str(len(results.breaking)),
        **_against(results),
        "antigen_one": tables.rate(results.antigen_one),
        "months": f"{results.courses[0].loss[1]:.0f}",
    }


def _against(results: Results) -> dict[str, str]:
    """How many sets hold under one law and not under another."""
    whole = {entry.law: entry.found.holds.all(axis=0) for entry in results.screening.laws}
    mixture, density, release, ratio = (whole[law] for law in (LAWS[2], LAWS[4], LAWS[6], LAWS[0]))
    pairs = {"density": density, "release": release, "ratio": ratio}
    counts = {f"over_{name}": int((mixture & ~other).sum()) for name, other in pairs.items()}
    counts |= {f"under_{name}": int((other & ~mixture).sum()) for name, other in pairs.items()}
    return {name: str(count) for name, count in counts.items()} | {
        "others": str(int(results.screening.others_hold.sum()))
    }


def _integrated(results: Results) -> list[float]:
    found = results.ablated
    return [20.0 * float(found.yearly[0]), float(found.after_depletion[0]), 5.0 * results.burdened]


def text(results: Results, folder: Path | None) -> str:
    """Return the document; with a folder, its figures are written there."""
    numbers_in_text = _chosen_numbers(results)
    spans = ", ".join(f"`{name}` {low:.3g} to {high:.3g}" for name, (low, high) in box().items())
    lines = [
        "# The core: how tolerance is kept and lost",
        "",
        "<!-- written by `python -m experiments.core.run --write docs/core.md`; do not edit -->",
        "",
        WHAT,
        "",
        "## The answer",
        "",
        ANSWER.format(**numbers_in_text),
        "",
        "## What was asked of each law",
        "",
        STATEMENTS.format(
            rate=f"{RATE:g}", spread=f"{SPREAD:g}", burdens=", ".join(f"{b:g}" for b in BURDENS)
        ),
        "",
        f"## Where each statement holds: a box of {len(box())} parameters",
        "",
        SCREENED.format(**numbers_in_text),
        "",
        *tables.laws_table(results.screening),
        "The parameters whose rank goes most with whether a statement holds (Spearman):",
        "",
        *_ranks(results),
        f"The box: {spans}.",
        "",
        "## Maps",
        "",
        f"Around the catalog's point, σ = {SIGMA:g}. Darker: more of the four hold; digits name those that do not.",
        "",
        *_figures(results, folder),
        *_lasting(results, folder),
        "## What breaks it: one thing taken away",
        "",
        *tables.table(tables.ABLATION_HEAD, tables.ablation_rows(results.ablated)),
        "## How sharply",
        "",
        "d ln(loss)/d ln(parameter) at the catalog's point, from ±5 %:",
        "",
        *tables.slopes_table(results.slopes),
        BREAKING.format(**numbers_in_text),
        "",
        "Where health and disease both last, from two initial states (gain 1 is the median patient):",
        "",
        *tables.folds_table(results.folds),
        *_branches(results, folder),
        "## How deep, and when",
        "",
        "Percent lost within five years, by what a depletion leaves and by law of suppression (division by avidity):",
        "",
        *tables.depth_table(results.depths),
        "After a depletion that leaves 5 %, the median patient's recovery, and when those who lose tissue do:",
        "",
        *tables.course_table(results.courses),
        "## The noise",
        "",
        NOISE,
        "",
        *tables.drawn_table(results.drawn, _integrated(results)),
        "## What is missing, and what does not fit",
        "",
        MISSING.format(**numbers_in_text),
        "",
        "## Recommendation for the body",
        "",
        RECOMMENDATION.format(**numbers_in_text),
        "",
        "## Equations",
        "",
        "```",
        *equations(),
        "```",
        "",
        "## Numbers",
        "",
        *numbers(),
        "",
    ]
    return "\n".join(lines)
