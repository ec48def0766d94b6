"""Too little antibody."""

from __future__ import annotations

from nonself.model.criterion import Criterion, Limit
from nonself.provenance import Citation

NZHS = Citation(
    key="NZHS2019",
    title="New Zealand hypogammaglobulinemia study: natural history of untreated low IgG in adults",
    authors="authors of PMC6652801",
    year=2019,
    venue="Frontiers in Immunology",
    read_in="abstract, PMC6652801: normal from 7.0 g/L, moderate 3.0-6.9, profound below 3 (title in our words)",
)

CRITERIA = (
    Criterion(
        "hypogammaglobulinemia_1", "IgG below normal", "igg < igg_low", NZHS,
        (Limit("igg_low", 7.0, "g/L", NZHS, "low IgG"),), family="hypogammaglobulinemia", grade=1,
    ),
    Criterion(
        "hypogammaglobulinemia_2", "IgG profoundly low", "igg < igg_least", NZHS,
        (Limit("igg_least", 3.0, "g/L", NZHS, "profoundly low IgG"),), family="hypogammaglobulinemia", grade=2,
    ),
)  # fmt: skip
