"""Words that would write an outcome into the body: no state, rate, expression or mechanism may carry one."""

from __future__ import annotations

import re

OUTCOMES = (
    "autoimmun", "autoreactiv", "disease", "patholog", "relaps", "remission", "remit", "onset", "flare", "outcome",
    "cure",
    "progress", "respond", "responder", "toxic", "adverse", "syndrome", "diagnos", "sick", "ill_", "hemolys",
    "haemolys", "aiha", "itp", "anemia", "anaemia", "cytopeni", "neutropeni", "thrombocytop", "lymphopeni",
    "thyroiditis", "hypothyroid", "hyperthyroid", "graves", "hashimoto", "lupus", "nephritis", "colitis",
    "dermatitis", "rash", "vitiligo", "psoria", "diabet", "arthrit", "sclerosis", "gvhd", "tolerance_lost",
    "tolerance_kept", "leukemi_", "since_", "flag", "switch", "latch", "has_been", "ever_", "max_so_far",
)  # fmt: skip
"""Fragments of names that say what happened to a patient, or remember it."""


def outcome_in(name: str) -> str | None:
    """Return the first outcome word that a name carries, or None.

    **Example:** `outcome_in("red_cell_hemolysis")` gives `"hemolys"`; `outcome_in("red_cell_clearance")` gives None.
    """
    plain = re.sub(r"[^a-z_]", "", name.lower()) + "_"
    return next((word for word in OUTCOMES if re.search(rf"(^|_){re.escape(word)}", plain)), None)
