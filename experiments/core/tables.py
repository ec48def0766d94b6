"""The document's tables."""

from __future__ import annotations

import math
from collections.abc import Sequence

from experiments.core.ablate import ABLATIONS
from experiments.core.depth import DENSITIES, LEFT, Course
from experiments.core.direct import Estimate
from experiments.core.engine import Array
from experiments.core.phenomena import Found
from experiments.core.population import share_above
from experiments.core.screen import Screening, interval
from experiments.core.sharp import Fold, Slope


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    """Return a table in Markdown."""
    return [
        "| " + " | ".join(head) + " |",
        "|" + "---|" * len(head),
        *("| " + " | ".join(row) + " |" for row in rows),
        "",
    ]


def percent(share: float) -> str:
    """Return a share in percent: three digits below ten, none lost to zero."""
    return "0" if share == 0 else f"{100 * share:.2g}" if share < 0.1 else f"{100 * share:.0f}"


def rate(value: float) -> str:
    """Return a rate a year with two digits."""
    return "0" if value == 0 else f"{value:.1e}"


def laws_table(screening: Screening) -> list[str]:
    """Shares of the box by pair of laws."""
    rows = []
    count, others = len(screening.sets["sigma"]), screening.others_hold
    for entry in screening.laws:
        shares = entry.shares
        low, high = interval(shares[4], count)
        depleted = entry.found.holds[2][others].mean() if others.any() else math.nan
        rows.append(
            [
                entry.law.title,
                *(percent(share) for share in shares[:4]),
                f"**{percent(shares[4])}** ({percent(low)} to {percent(high)})",
                percent(float(depleted)),
            ]
        )
    return table(
        ["laws", "1", "2", "3", "4", "all four (95 %)", "3, where 1, 2 and 4 hold under every law"], rows
    )


def _marks(found: Found, column: int) -> str:
    holds = found.holds[:, column]
    return " ".join(str(row + 1) if holds[row] else f"~~{row + 1}~~" for row in range(4))


def ablation_rows(found: Found) -> list[list[str]]:
    """One row an ablation, as the document shows it."""
    rows = []
    for column, name in enumerate(ABLATIONS):
        burden = " / ".join(
            rate(float(part)) for part in (found.unburdened[column], *found.burden[:, column])
        )
        last = percent(float(share_above(found.lasting)[column]))
        rows.append(
            [
                name,
                _marks(found, column),
                percent(float(found.median[column])),
                rate(float(found.yearly[column])),
                percent(float(found.after_depletion[column])),
                last,
                burden,
            ]
        )
    return rows


ABLATION_HEAD = (
    "taken away",
    "holds",
    "tissue of the median patient, %",
    "lost a year",
    "lost within 5 years of depletion, %",
    "still lost then, %",
    "lost a year at none / a tenth / a third / all of a heavy burden, of those whole before",
)


def slopes_table(slopes: Sequence[Slope], most: int = 12) -> list[str]:
    """The steepest elasticities."""
    rows = [
        [f"`{s.name}`", f"{s.yearly:+.1f}", f"{s.depleted:+.1f}", f"{s.burden:+.1f}"] for s in slopes[:most]
    ]
    return table(["parameter", "spontaneous loss", "after depletion", "at a heavy burden"], rows)


def _gain(value: float) -> str:
    return "none" if math.isinf(value) else f"{math.exp(value):.2f}"


def folds_table(folds: Sequence[Fold]) -> list[str]:
    """Where both attractors exist."""
    rows = [
        [
            fold.title,
            _gain(fold.disease),
            _gain(fold.health),
            "0" if fold.width == 0 or math.isinf(fold.health) else f"{fold.width:.2f}",
        ]
        for fold in folds
    ]
    return table(["case", "disease lasts above gain", "health ends above gain", "both, in log gain"], rows)


def depth_table(depths: Array) -> list[str]:
    """Loss by depth and law."""
    rows = [
        [percent(left), *(percent(float(value)) for value in row)]
        for left, row in zip(LEFT, depths, strict=True)
    ]
    return table(["left of every lymphocyte, %", *(f"m = {density:g}" for density in DENSITIES)], rows)


def course_table(courses: Sequence[Course]) -> list[str]:
    """Recovery and timing."""
    rows = []
    for course in courses:
        loss = "nobody" if math.isnan(course.loss[1]) else " / ".join(f"{month:.0f}" for month in course.loss)
        shown = [
            " / ".join(f"{value:.2f}" for value in part)
            for part in (
                course.conventional,
                course.regulators,
                course.factor,
                course.high / course.conventional,
            )
        ]
        rows.append([course.law.title, loss, *shown])
    years = " / ".join(f"{year:g}" for year in courses[0].years)
    head = [
        "laws",
        "months to loss, 5 / 50 / 95 % of the lost",
        f"conventional at {years} years",
        "regulators",
        "growth factor",
        "share of the high class, times health",
    ]
    return table(head, rows)


def drawn_table(drawn: dict[str, tuple[Estimate, Estimate]], integrated: Sequence[float]) -> list[str]:
    """Integration over the spread against patients drawn."""
    rows = []
    for (name, pair), value in zip(drawn.items(), integrated, strict=True):
        shown = [f"{100 * e.share:.3g} ± {100 * e.error:.2g} ({e.lost} of {e.drawn:,})" for e in pair]
        rows.append([name, f"{100 * value:.3g}", *shown])
    return table(["share, %", "integrated", "drawn", "drawn, four more traits"], rows)
