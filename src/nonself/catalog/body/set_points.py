"""How the set-points that a laboratory sees differ between healthy people: as wide as its reference intervals."""

from __future__ import annotations

import math

from nonself.catalog.body.blood_sources import NORDIN
from nonself.catalog.body.lymphocyte_sources import COUNTS
from nonself.catalog.body.tissue_sources import JAIN, KIM, SAKANE
from nonself.model.people import Trait
from nonself.provenance import Source, assumed

_WIDE = 2 * 1.959964  # standard deviations between the 2.5 and 97.5 percentiles
_NEUTROPHILS = assumed(
    "interval of 1.7 to 6.2e9/L of Wakeman 2007 as quoted in PMC7082321, Table 6, beside leukocytes of 3.6 to 9.2; "
    "counts are skewed"
)
_RETICULOCYTES = assumed(
    "between the widths of two intervals: 0.485 to 1.504 % (Zhen 2020, abstract) and 20 to 100e9/L (a textbook); what "
    "makes people differ was not read: here how long the reticulum is seen"
)
_IGG = assumed("interval of 7.67 to 15.9 g/L of a laboratory's catalog; the spread within a person is small")
_INPUT = "as wide as the reference interval, which is an input"


def set_points() -> tuple[Trait, ...]:
    """Return the set-points that vary, each by the reference interval of healthy adults.

    **Example:** `set_points()[0].id` gives `"hemoglobin_male"`.
    """
    return (
        _even("hemoglobin_male", 134.0, 170.0, NORDIN.at(_INPUT), "hemoglobin of men at rest"),
        _even("hemoglobin_female", 117.0, 153.0, NORDIN.at(_INPUT), "hemoglobin of women at rest"),
        _skewed(
            "platelets_healthy", ((145.0, 348.0), (165.0, 387.0)), NORDIN.at(_INPUT), "platelets at rest"
        ),
        _skewed("neutrophils_healthy", ((1.7, 6.2), (1.7, 6.2)), _NEUTROPHILS, "neutrophils at rest"),
        Trait(
            "reticulocyte_time",
            "lognormal",
            "1",
            "0.35",
            _RETICULOCYTES,
            "time of a reticulocyte in blood",
            low=0.3,
            high=3.0,
        ),
        _even("cd4_count", 0.313, 1.361, COUNTS.at(_INPUT), "CD4 T cells in blood at rest"),
        _skewed(
            "cd8_count", ((0.228, 1.243), (0.254, 1.193)), COUNTS.at(_INPUT), "CD8 T cells in blood at rest"
        ),
        _skewed("b_count", ((0.109, 0.802), (0.138, 0.645)), COUNTS.at(_INPUT), "B cells in blood at rest"),
        _skewed(
            "nk_count", ((0.140, 1.103), (0.096, 0.998)), COUNTS.at(_INPUT), "natural killer cells at rest"
        ),
        _even("igg_normal", 7.67, 15.9, _IGG, "IgG at rest"),
        _skewed("tsh_set_point", ((0.45, 4.5), (0.45, 4.5)), JAIN.at(_INPUT), "TSH at rest"),
        _skewed(
            "thyroid_volume_healthy",
            ((5.6, 20.2), (5.6, 20.2)),
            SAKANE.at(_INPUT),
            "volume of the thyroid at rest",
        ),
        _even("thyroxine_set_point", 12.3, 20.3, KIM.at(_INPUT), "free T4 at rest"),
    )


def _even(id: str, low: float, high: float, source: Source, label: str) -> Trait:
    """A normal law of which 95 of 100 lie in the interval, and none below a third of its lower end."""
    return Trait(
        id, "normal", f"{(low + high) / 2:.6g}", f"{(high - low) / _WIDE:.6g}", source, label,
        low=low / 3, high=2 * high,
    )  # fmt: skip


def _skewed(id: str, intervals: tuple[tuple[float, float], ...], source: Source, label: str) -> Trait:
    """A lognormal law of which 95 of 100 lie in the interval, of men and of women."""
    centers = [math.sqrt(low * high) for low, high in intervals]
    spreads = [math.log(high / low) / _WIDE for low, high in intervals]
    least, most = min(low for low, _ in intervals), max(high for _, high in intervals)
    return Trait(
        id, "lognormal", f"{centers[0]:.6g} if male == 1 else {centers[1]:.6g}",
        f"{spreads[0]:.6g} if male == 1 else {spreads[1]:.6g}", source, label, low=least / 3, high=3 * most,
    )  # fmt: skip
