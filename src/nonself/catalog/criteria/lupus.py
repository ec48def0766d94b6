"""Systemic lupus by the points of EULAR/ACR 2019, those items that a model can show."""

from __future__ import annotations

from nonself.catalog.criteria.hemolysis import ANTIGLOBULIN_LIMIT, RAISED
from nonself.model.criterion import Criterion, Item, Limit, Score
from nonself.provenance import Citation, assumed

POINTS = Citation(
    key="EULARACR2019",
    title="2019 European League Against Rheumatism/American College of Rheumatology classification criteria for "
    "systemic lupus erythematosus",
    authors="European League Against Rheumatism and American College of Rheumatology",
    year=2019,
    venue="Annals of the Rheumatic Diseases",
    read_in="Table 1 (definitions) at ard.bmj.com, and the table of points in the MSD Manual",
)


def _item(
    id: str, title: str, condition: str, domain: str, points: float, *limits: Limit, note: str = ""
) -> Item:
    return Item(Criterion(id, title, condition, POINTS, limits, note=note), domain, points)


ENTRY = Criterion(
    "antinuclear_antibody",
    "Antinuclear antibody at 1:80 or more",
    "antinuclear_titer >= antinuclear_limit",
    POINTS,
    (Limit("antinuclear_limit", 80.0, "1", POINTS.at("entry criterion"), "reciprocal titer"),),
    note="13.3 % of healthy people are positive at 1:80 (Tan 1997, abstract)",
)
_ITEMS = (
    _item(
        "lupus_leukopenia", "Leukocytes below 4", "blood_leukocytes < leukocytes_low", "hematologic", 3,
        Limit("leukocytes_low", 4.0, "Gcell/L", POINTS.at("leukopenia"), "low leukocytes"),
    ),
    _item(
        "lupus_thrombocytopenia", "Platelets below 100", "blood_platelets < platelets_low", "hematologic", 4,
        Limit("platelets_low", 100.0, "Gcell/L", POINTS.at("thrombocytopenia"), "low platelets"),
    ),
    _item(
        "lupus_hemolysis", "Raised reticulocytes and a positive direct antiglobulin test",
        "blood_reticulocytes > reticulocytes_raised and antiglobulin >= antiglobulin_limit", "hematologic", 4,
        RAISED, ANTIGLOBULIN_LIMIT,
    ),
    _item(
        "lupus_proteinuria", "Protein in urine above 0.5 g a day", "proteinuria > protein_limit", "renal", 4,
        Limit("protein_limit", 0.5, "g/day", POINTS.at("renal"), "protein in urine"),
    ),
    _item(
        "lupus_anti_dna", "Antibody to double-stranded DNA", "anti_dna >= anti_dna_limit", "specific antibodies", 6,
        Limit("anti_dna_limit", 1.0, "1",
              assumed("the readout is antibody over the limit of an assay that 90 % of others fail"), "assay limit"),
    ),
)  # fmt: skip

LUPUS = Score(
    "lupus_2019",
    "Systemic lupus: antinuclear antibody and 10 points",
    ENTRY,
    _ITEMS,
    10.0,
    POINTS,
    note="fever, nervous system, mucosa, acute skin lesions, serositis, joints, biopsy, phospholipid antibodies and "
    "complement are not in the model: fewer people reach 10 points than would",
)
CRITERIA = (ENTRY, *(item.criterion for item in _ITEMS), LUPUS)
