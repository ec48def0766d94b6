"""Deep depletion of lymphocytes at once, as a probe of how they come back."""

from __future__ import annotations

from nonself.catalog.entry import Depletion, Therapy
from nonself.provenance import assumed

_LYMPHOCYTES = (
    "naive_t", "memory_t", "effector_t", "exhausted_t", "regulator", "transitional_b", "naive_b", "memory_b", "nk",
)  # fmt: skip

THERAPY = Therapy(
    id="lymphocyte_depletion",
    title="Deep depletion of lymphocytes at once, plasma cells and cells in tissue spared",
    acts={"body": Depletion(dict.fromkeys(_LYMPHOCYTES, 0.99))},
    source=assumed("a probe, not a drug: a dose of 1 leaves a hundredth of each"),
)
