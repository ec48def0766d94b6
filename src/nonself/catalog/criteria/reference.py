"""Laboratory reference intervals of healthy people, and how much one person's value varies by itself."""

from __future__ import annotations

from nonself.catalog.tables import read_table
from nonself.errors import UnknownName
from nonself.model.criterion import Fluctuation, ReferenceInterval


def reference_intervals() -> tuple[ReferenceInterval, ...]:
    """Return all reference intervals, by sex where the sources part the sexes.

    **Example:** `[one.low for one in reference_intervals() if one.quantity == "tsh"]` gives `[0.45]`.
    """
    return tuple(
        ReferenceInterval(
            row["id"],
            _number(row["low"]),
            _number(row["high"]),
            row["unit"],
            row["sex"],
            row["kind"],
            row["source"],
        )
        for row in read_table("reference_intervals")
    )


def reference_interval(quantity: str, sex: str) -> ReferenceInterval:
    """Return the interval of an observable for "men" or "women".

    **Raises:** `UnknownName` with the near misses when there is none.

    **Example:** `reference_interval("blood_hemoglobin", "women").low` gives `117.0`.
    """
    known = reference_intervals()
    for one in known:
        if one.quantity == quantity and one.sex in (sex, "both"):
            return one
    raise UnknownName(
        "reference interval", f"{quantity}, {sex}", (f"{one.quantity}, {one.sex}" for one in known)
    )


def fluctuations() -> tuple[Fluctuation, ...]:
    """Return the variation within a healthy subject, where it was found."""
    return tuple(
        Fluctuation(row["id"], float(row["percent"]), row["sex"], row["kind"], row["source"])
        for row in read_table("biological_variation")
    )


def _number(text: str) -> float | None:
    return float(text) if text else None
