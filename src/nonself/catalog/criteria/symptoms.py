"""Symptom grades of gut and skin by the cut-offs of CTCAE version 5, as far as they are about what a model has."""

from __future__ import annotations

from nonself.model.criterion import Criterion, Limit
from nonself.provenance import Citation, assumed

NISHIDA = Citation(
    key="Nishida2019",
    title="Immune checkpoint inhibitor-induced diarrhea/colitis: endoscopic and pathologic findings",
    authors="Nishida T, Iijima H, Adachi S",
    year=2019,
    venue="World Journal of Gastrointestinal Pathophysiology 10:17-28",
    doi="10.4291/wjgp.v10.i2.17",
    read_in="Table 2: diarrhea and colitis by CTCAE version 5.0",
)
EVIQ = Citation(
    key="eviQ",
    title="Standard CTCAE: rash",
    authors="eviQ, Cancer Institute NSW",
    year=2017,
    venue="eviq.org.au/dose-mod-gradings/standard-ctcae/rash-acneiform, CTCAE version 5.0 of 27 November 2017",
    read_in="the page: below 10, 10-30 and above 30 % of the body surface",
)


def _grade(
    family: str, grade: int, title: str, condition: str, limit: Limit, source: Citation, note: str
) -> Criterion:
    return Criterion(
        f"{family}_{grade}", title, condition, source, (limit,), family=family, grade=grade, note=note
    )


_GUT = "hospital, incontinence, pain and blood, which make grades 3 and 4 too, are not in the model"
_SKIN = "itch, limits of daily living and infection, which raise or lower a grade, are not in the model"

CRITERIA = (
    _grade(
        "diarrhea", 1, "Fewer than 4 stools a day over baseline", "extra_stools >= stools_more",
        Limit("stools_more", 1.0, "1/day", assumed("less than one stool a day is not noticed"), "more stools"),
        NISHIDA, _GUT,
    ),
    _grade(
        "diarrhea", 2, "4 to 6 stools a day over baseline", "extra_stools >= stools_many",
        Limit("stools_many", 4.0, "1/day", NISHIDA.at("grade 2"), "many more stools"), NISHIDA, _GUT,
    ),
    _grade(
        "diarrhea", 3, "7 or more stools a day over baseline", "extra_stools >= stools_most",
        Limit("stools_most", 7.0, "1/day", NISHIDA.at("grade 3"), "very many more stools"), NISHIDA, _GUT,
    ),
    _grade(
        "rash", 1, "Rash on less than 10 % of the body surface", "rash_surface >= rash_seen",
        Limit("rash_seen", 1.0, "percent", assumed("a palm, 1 % of the surface, is noticed"), "rash seen"),
        EVIQ, _SKIN,
    ),
    _grade(
        "rash", 2, "Rash on 10 to 30 % of the body surface", "rash_surface >= rash_wide",
        Limit("rash_wide", 10.0, "percent", EVIQ.at("grade 2"), "wide rash"), EVIQ, _SKIN,
    ),
    _grade(
        "rash", 3, "Rash on more than 30 % of the body surface", "rash_surface > rash_widest",
        Limit("rash_widest", 30.0, "percent", EVIQ.at("grade 3"), "very wide rash"), EVIQ, _SKIN,
    ),
)  # fmt: skip
