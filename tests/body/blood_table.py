"""Prints what blood formation gives at rest beside the targets: python -m tests.body.blood_table."""

from __future__ import annotations

import csv
from pathlib import Path

from nonself.catalog.body.blood import PLATELETS, RED_CELLS
from tests.body.blood import at_rest, program

SHARED = Path(__file__).parents[3] / "shared"
TARGETS = SHARED / "evidence" / "targets.csv"


def at_rest_in_targets_words(values: dict[str, float] | None = None) -> dict[str, float]:
    """Return, for each target that blood formation answers, what the reference man has, in its unit."""
    used = program()
    p = {name: float(value) for name, value in zip(used.parameters, used.defaults, strict=True)} | (
        values or {}
    )
    y = at_rest(used, values)
    liters = p["liter"] * p["size"]
    red = sum(y[name] for name in RED_CELLS)
    platelets = sum(y[name] for name in PLATELETS)
    made = 4000.0 * y["megakaryocyte"] / p["megakaryocyte_time"]
    return {
        "rbc_lifespan": red / (y["reticulocyte"] / p["reticulocyte_time"]) + p["marrow_reticulocyte_time"],
        "rbc_production": 1e9 * y["erythroblast"] / p["erythroblast_time"],
        "neut_production": 1e9 * y["neutrophil_mitotic"] / p["mitotic_time"],
        "plt_production": made / liters * 1e3,
        "plt_lifespan": platelets / made,
        "plt_count": (1 - p["spleen_share"]) * platelets / liters,
    }


def rows() -> list[tuple[str, float, float, float, str]]:
    """Return (target, found, low, high, unit) for each."""
    with TARGETS.open() as file:
        targets = {row["id"]: row for row in csv.DictReader(file)}
    return [
        (name, found, float(targets[name]["low"]), float(targets[name]["high"]), targets[name]["unit"])
        for name, found in at_rest_in_targets_words().items()
    ]


if __name__ == "__main__":
    for name, found, low, high, unit in rows():
        print(
            f"{name:16s} {found:12.5g}  [{low:g}, {high:g}] {unit} {'' if low <= found <= high else 'OUTSIDE'}"
        )
