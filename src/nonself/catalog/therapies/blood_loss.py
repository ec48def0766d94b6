"""Loss of blood at once."""

from __future__ import annotations

from nonself.catalog.entry import Depletion, Therapy
from nonself.provenance import assumed

THERAPY = Therapy(
    id="blood_loss",
    title="Loss of blood at once, its volume replaced",
    acts={"body": Depletion({"red_cell": 1.0, "neutrophil": 1.0, "platelet": 2 / 3})},
    source=assumed(
        "a dose of 0.2 takes a fifth of all that is in blood, and two thirds of the platelets are; the volume and "
        "plasma proteins are replaced; of lymphocytes one in a hundred is in blood: what is lost does not count"
    ),
)
