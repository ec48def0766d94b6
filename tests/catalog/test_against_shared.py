"""The data the project ships against the collection it was taken from, where that lies beside the repository."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from nonself.catalog import registry

SHARED = Path(__file__).parents[3] / "shared"
PUBLISHED = SHARED / "data" / "cml-hahnel2020" / "published_fit_parameters.csv"
CASES = 14


def test_hahnel_parameters_are_the_published_ones() -> None:
    if not SHARED.is_dir():
        pytest.skip("../shared is not here: nothing to compare with")
    with PUBLISHED.open() as file:
        rows = list(csv.DictReader(file))
    variants = {variant.id: variant for variant in registry.model("hahnel2020").variants}
    compared = 0
    for row in rows:
        variant = variants[row["patient"]]
        for name, value in variant.values.items():
            assert value == float(row["az" if name == "a" else name]), (row["patient"], name)
        facts = variant.facts or {}
        assert facts["CessT"] == float(row["CessT"])
        for name in ("Ymin", "Ymax"):
            assert facts.get(name) == (float(row[name]) if row[name] else None)
        compared += 1
    assert compared == len(variants) == CASES
