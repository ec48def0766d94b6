"""Red cells lost to antibody, and red cells not made."""

from __future__ import annotations

from nonself.model.criterion import Criterion, Limit
from nonself.provenance import Citation, assumed

WHO = Citation(
    key="WHO2024",
    title="Guideline on haemoglobin cutoffs to define anaemia in individuals and populations",
    authors="World Health Organization",
    year=2024,
    venue="WHO",
    read_in="its cut-offs as given in thebloodproject.com/definition-of-anemia-hb-thresholds: men 130, women 120 g/L",
)
HILL = Citation(
    key="Hill2019",
    title="Defining autoimmune hemolytic anemia: a systematic review of the terminology used for diagnosis and "
    "treatment",
    authors="authors of the review",
    year=2019,
    venue="Blood Advances 3:1897",
    read_in="abstract: most often hemolytic anemia with a positive direct antiglobulin test and exclusion of "
    "alternatives (32 of 61 definitions)",
)
EMPENDIUM = Citation(
    key="Empendium",
    title="Laboratory tests: reticulocyte count",
    authors="McMaster Textbook of Internal Medicine",
    year=2024,
    venue="empendium.com/mcmtextbook/chapter/B31.1269.3.7.27.9",
    read_in="the page: 20-100 per nL, 0.5-1.5 %; raised in hemolytic anemia",
)
APLASIA = Citation(
    key="EpoetinAplasia",
    title="Diagnosis of epoetin-induced PRCA (Table 2), proposed case definitions (Table 3)",
    authors="authors of the article in the Journal of the American Society of Nephrology",
    year=2004,
    venue="Journal of the American Society of Nephrology (the year is a guess)",
    read_in="Tables 2 and 3: reticulocytes below 10,000/mm3, no major drop of leukocytes and platelets",
)

ANEMIA_LIMIT = Limit(
    "anemia_limit", "130 if male == 1 else 120", "g/L", WHO, "hemoglobin below which it is anemia"
)
RAISED = Limit("reticulocytes_raised", 100.0, "Gcell/L", EMPENDIUM.at("upper limit"), "raised reticulocytes")
ANTIGLOBULIN_LIMIT = Limit(
    "antiglobulin_limit", 1.0, "1",
    assumed("the readout is antibody on red cells over the assay's limit; 0.09 % of 184,171 healthy donors are "
            "positive by gel cards (Serbia 2012-2021, abstract PMID 37129199)"),
    "positive direct antiglobulin test",
)  # fmt: skip

HEMOLYTIC = Criterion(
    id="hemolytic_anemia_with_antibody",
    title="Anemia with raised reticulocytes and a positive direct antiglobulin test",
    condition="blood_hemoglobin < anemia_limit and blood_reticulocytes > reticulocytes_raised"
    " and antiglobulin >= antiglobulin_limit",
    source=HILL,
    limits=(ANEMIA_LIMIT, RAISED, ANTIGLOBULIN_LIMIT),
    note="haptoglobin, bilirubin and lactate dehydrogenase are not in the model; disease with a negative test, or "
    "without reticulocytes because the marrow fails, is not counted",
)
PURE_RED_CELL = Criterion(
    id="pure_red_cell_aplasia",
    title="Anemia with almost no reticulocytes and other lines kept",
    condition="blood_hemoglobin < anemia_limit and blood_reticulocytes < reticulocytes_absent"
    " and blood_neutrophils >= neutrophils_kept and blood_platelets >= platelets_kept",
    source=APLASIA,
    limits=(
        ANEMIA_LIMIT,
        Limit("reticulocytes_absent", 10.0, "Gcell/L", APLASIA.at("Table 2"), "reticulocytes almost absent"),
        Limit("neutrophils_kept", 1.0, "Gcell/L", assumed("no major drop: not below 1"), "neutrophils kept"),
        Limit("platelets_kept", 100.0, "Gcell/L", assumed("no major drop: not below 100"), "platelets kept"),
    ),
    note="the definition was made for antibody to epoetin; marrow examination (below 5 % erythroblasts) is left out",
)
CRITERIA = (HEMOLYTIC, PURE_RED_CELL)
