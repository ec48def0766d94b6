"""Depletion of lymphocytes as by a course of alemtuzumab, without the antibody's own kinetics."""

from __future__ import annotations

from nonself.catalog.entry import Depletion, Therapy
from nonself.provenance import assumed

# What one course leaves of each state of cells.
_LEFT = {
    "naive_t": 0.02, "memory_t": 0.06, "effector_t": 0.06, "exhausted_t": 0.06, "resident_t": 0.5, "regulator": 0.08,
    "nk": 0.10, "transitional_b": 0.02, "naive_b": 0.02, "memory_b": 0.06, "plasmablast": 0.06,
}  # fmt: skip

THERAPY = Therapy(
    id="alemtuzumab_like",
    title="Depletion of lymphocytes as by a course of alemtuzumab, plasma cells spared",
    acts={"body": Depletion({state: 1 - share for state, share in _LEFT.items()})},
    source=assumed(
        "shares of the order of those that alemtuzumab leaves in blood; naive and B cells fall deepest, regulators and "
        "natural killer cells less, cells in tissue least; the two clocks of T cell recovery were fitted with them"
    ),
)
