"""Chimeric antigen receptor T cells."""

from __future__ import annotations

from nonself.catalog.entry import Bolus, Therapy
from nonself.catalog.models.kimmel2021 import KIMMEL

THERAPY = Therapy(
    id="car_t",
    title="CAR-T cell infusion",
    acts={"kimmel2021": Bolus(species="C", unit="cell/uL")},
    source=KIMMEL.at("abstract: infusion after lymphodepletion"),
)
