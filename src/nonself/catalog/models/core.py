"""The core: ten states in which tolerance is kept and lost; our own model, for which docs/core.md gives the reasons."""

from __future__ import annotations

from nonself.catalog.core import CORE
from nonself.catalog.core.sources import JONES
from nonself.catalog.entry import Act, Must, PublishedModel, Variant
from nonself.provenance import assumed

_LAWS = assumed("an end of the laws compared in docs/core.md")
_STATED = assumed("what docs/core.md reports at the catalog's point")
_ILL = (Act(1.0, add={"high_effectors": 3e8, "innate": 5.0}),)
_DEPLETED = (Act(365.0, set={"depletion": 0.6}), Act(370.0, set={"depletion": 0.0}))
_MONTH = 365.25 / 12.0
_LOWER_LIMIT = 313.0 / 837.0 * 6.8e11  # of normal CD4 counts, as a part of their mean


def _law(id: str, label: str, **values: float) -> Variant:
    return Variant(id=id, label=label, values=values, source=_LAWS)


MODEL = PublishedModel(
    id="core",
    title="The core: suppression and division of T cells, self, a tissue and a leukemic burden (this project)",
    time_unit="day",
    mechanisms=CORE,
    until=3650.0,
    must=(
        Must("health lasts ten years", "tissue", 3650.0, 0.99, 1.0, _STATED),
        Must(
            "an attack that has begun lasts, in the same patient",
            "tissue",
            3650.0,
            0.0,
            0.2,
            _STATED,
            acts=_ILL,
        ),
        Must(
            "without what damage releases it ends",
            "tissue",
            3650.0,
            0.95,
            1.0,
            _STATED,
            acts=_ILL,
            set={"antigen_release": 0.0, "innate_release": 0.0},
        ),
        Must(
            "deep depletion costs a patient of high gain the tissue",
            "tissue",
            1500.0,
            0.0,
            0.2,
            _STATED,
            set={"gain": 1.3},
            acts=_DEPLETED,
        ),
        Must(
            "under a ratio the same patient keeps it",
            "tissue",
            1500.0,
            0.95,
            1.0,
            _STATED,
            "ratio_avidity",
            set={"gain": 1.3},
            acts=_DEPLETED,
        ),
        Must(
            "conventional T cells are below the lower limit of normal 20 months after deep depletion",
            "conventional",
            365.0 + 20.0 * _MONTH,
            0.0,
            _LOWER_LIMIT,
            JONES.at("CD8 cells recover in 20 months"),
            acts=_DEPLETED,
        ),
        Must(
            "and above it after 35 months",
            "conventional",
            365.0 + 35.0 * _MONTH,
            _LOWER_LIMIT,
            6.8e11,
            JONES.at("CD4 cells recover in 35 months"),
            acts=_DEPLETED,
        ),
    ),
    variants=(
        _law(
            "ratio_neutral", "a ratio per contact, neutral division", density_share=0.0, avidity_division=0.0
        ),
        _law(
            "ratio_avidity",
            "a ratio per contact, division by avidity",
            density_share=0.0,
            avidity_division=1.0,
        ),
        _law("density_neutral", "a density, neutral division", density_share=1.0, avidity_division=0.0),
        _law("density_avidity", "a density, division by avidity", density_share=1.0, avidity_division=1.0),
        _law(
            "treated",
            "under depletion, with a distant leukemia and regulators that growth factor weakens",
            density_share=0.1,
            release=0.5,
            depletion=0.3,
            antigenic_distance=0.5,
        ),
    ),
    notes=(
        "Not published: the smallest model in which laws of suppression and of division can be compared.",
        "A patient is a gain; a deep depletion is depletion = 0.6 for five days; leukemia starts at leukemia_initial.",
    ),
    review="second writing from the equations of docs/core.md: tests/qc/core.py",
)
