"""How laboratories measure: analytical variation and detection limits."""

from __future__ import annotations

from nonself.catalog.tables import read_table
from nonself.model.criterion import Assay


def assays() -> tuple[Assay, ...]:
    """Return how a clinic's laboratory measures what it reports.

    **Example:** `[one.limit for one in assays() if one.quantity == "tsh"]` gives `[0.02]`.
    """
    return tuple(
        Assay(
            row["id"],
            float(row["percent"]),
            float(row["limit"]) if row["limit"] else None,
            row["unit"],
            row["kind"],
            row["source"],
        )
        for row in read_table("measurement")
    )
