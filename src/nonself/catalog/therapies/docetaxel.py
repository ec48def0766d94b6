"""Docetaxel, a cytotoxic drug."""

from __future__ import annotations

from nonself.catalog.entry import Bolus, Therapy
from nonself.catalog.models.friberg2002 import FRIBERG

THERAPY = Therapy(
    id="docetaxel",
    title="Docetaxel into plasma",
    acts={
        "friberg2002": Bolus(species="C1", unit="mg"),
        "body": Bolus(species="docetaxel_plasma", unit="mg", surface="body_surface"),
    },
    source=FRIBERG.at("docetaxel; the dose enters the plasma compartment at once"),
)
