"""Low counts in blood: anemia by the WHO's limits, and grades of CTCAE of every count."""

from __future__ import annotations

from nonself.catalog.criteria.hemolysis import ANEMIA_LIMIT, WHO
from nonself.model.criterion import Criterion, Limit
from nonself.provenance import Citation

CTCAE = Citation(
    key="CTCAE5",
    title="Common Terminology Criteria for Adverse Events (CTCAE), version 5.0",
    authors="U.S. Department of Health and Human Services, National Cancer Institute",
    year=2017,
    venue="Published November 27, 2017",
    read_in="the grades as transcribed in public programs that grade laboratory values",
)
_LYMPHOCYTES = "count_cd4 + count_cd8 + count_b + count_nk"
_GRADED = (
    ("neutropenia", "Neutrophils", "blood_neutrophils", "Gcell/L", {2: 1.5, 3: 1.0, 4: 0.5}),
    ("thrombocytopenia", "Platelets", "blood_platelets", "Gcell/L", {2: 75.0, 3: 50.0, 4: 25.0}),
    ("lymphopenia", "Lymphocytes", _LYMPHOCYTES, "Gcell/L", {2: 0.8, 3: 0.5, 4: 0.2}),
    ("anemia", "Hemoglobin", "blood_hemoglobin", "g/L", {2: 100.0, 3: 80.0}),
)


def _grades() -> tuple[Criterion, ...]:
    """Each grade with those above it: counts below the upper limit of the grade."""
    return tuple(
        Criterion(
            f"{family}_{grade}",
            f"{title} below {value:g} {unit.replace('Gcell', '×10⁹')}: grade {grade} or higher",
            f"{counted} < {family}_{grade}_limit",
            CTCAE,
            (
                Limit(
                    f"{family}_{grade}_limit", value, unit, CTCAE.at(f"grade {grade}"), f"limit of {family}"
                ),
            ),
            family=family,
            grade=grade,
        )
        for family, title, counted, unit, grades in _GRADED
        for grade, value in grades.items()
    )


CRITERIA = (
    Criterion("anemia", "Anemia (WHO)", "blood_hemoglobin < anemia_limit", WHO, (ANEMIA_LIMIT,)),
    *_grades(),
    Criterion(
        "neutropenia_chronic", "Neutrophils below 1.5 for three months", "blood_neutrophils < neutrophils_limit",
        CTCAE,
        (Limit("neutrophils_limit", 1.5, "Gcell/L", CTCAE.at("grade 2"), "low neutrophils"),), 90.0,
        note="three months is what is usually called chronic; no source of it was read",
    ),
)  # fmt: skip
