"""Reads the published tables that lie in `data/`, also from an installed package."""

from __future__ import annotations

import csv
from importlib.resources import files


def read_table(name: str) -> list[dict[str, str]]:
    """Return the rows of `data/<name>.csv` as column -> text; lines that start with # are comments.

    **Example:** `read_table("hahnel2020")[0]["TKI"]` gives `"13.9"`.
    """
    text = files("nonself.catalog").joinpath("data", f"{name}.csv").read_text(encoding="utf-8")
    return list(csv.DictReader(line for line in text.splitlines() if line and not line.startswith("#")))
