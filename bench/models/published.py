"""Two models of the catalog as cases: small ones, where overheads show."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from bench.case import Case
from bench.schedule import Doses
from nonself.catalog.registry import model


def _hahnel() -> Case:
    found = model("hahnel2020")
    return Case(
        id=found.id,
        mechanism=found.mechanisms[0],
        doses=Doses("Y", np.empty(0), 0.0),
        outputs=np.linspace(0.0, 240.0, 121),
        spread=0.2,
        time_unit=found.time_unit,
        about="Chronic myeloid leukemia under an inhibitor for 20 years, from the catalog. No doses.",
    )


def _kimmel() -> Case:
    found = model("kimmel2021")
    return Case(
        id=found.id,
        mechanism=found.mechanisms[0],
        doses=Doses("C", np.array([100.0, 200.0, 300.0]), 0.36),
        outputs=np.linspace(0.0, 400.0, 101),
        spread=0.1,
        time_unit=found.time_unit,
        about="CAR-T cells against a tumor, from the catalog, with three more infusions. The tumor falls by 15 "
        "orders of magnitude and counts down to 1e-14 cells.",
    )


def case(name: str) -> Case:
    """Return one of the two as a case, under the catalog's name."""
    makers: dict[str, Callable[[], Case]] = {"hahnel2020": _hahnel, "kimmel2021": _kimmel}
    return makers[name]()
