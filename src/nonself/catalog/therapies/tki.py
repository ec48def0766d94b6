"""Tyrosine kinase inhibitors of BCR-ABL1."""

from __future__ import annotations

from nonself.catalog.entry import Switch, Therapy
from nonself.catalog.models.hahnel2020 import HAHNEL

THERAPY = Therapy(
    id="tki",
    title="BCR-ABL1 tyrosine kinase inhibitor",
    acts={
        "hahnel2020": Switch(off={"TKI": 0.0}),
        "clapp2015": Switch(off={"inh1": 1.0, "inh2": 1.0}),
    },
    source=HAHNEL.at("model equations; in clapp2015 imatinib divides a1 and a2"),
)
