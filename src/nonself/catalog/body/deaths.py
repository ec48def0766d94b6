"""What people die of: age, and what becomes of blood counts – infection, bleeding, anemia, too many blasts.

Equations, rates a year or a day as the parameters say; at healthy counts all together are the life table:

    age         constant + level exp(growth (age - 60 years)), by sex
    infection   severe / (1 + (neutrophils / half)^4)  +  fatality pneumonia max(exp(slope (10 g/L - IgG)) - 1, 0)
    bleeding    young exp(growth (age - 30 years)) / (1 + (platelets / half)^3)
    anemia      at45 max(exp(-slope (hemoglobin - 45 g/L)) - exp(-slope (100 g/L - 45 g/L)), 0)
    blasts      most / (1 + (half / blasts)^2)
"""

from __future__ import annotations

from nonself.catalog.body.population import LIFE_TABLE
from nonself.model.parts import Expression, Hazard, Mechanism, Parameter
from nonself.provenance import Citation, assumed

BODEY = Citation(
    key="Bodey1966",
    title="Quantitative relationships between circulating leukocytes and infection in patients with acute leukemia",
    authors="Bodey GP, Buckley M, Sathe YS, Freireich EJ",
    year=1966,
    venue="Annals of Internal Medicine 64:328-340",
    read_in="abstract",
)
KUDERER = Citation(
    key="Kuderer2006",
    title="Mortality, morbidity, and cost associated with febrile neutropenia in adult cancer patients",
    authors="Kuderer NM, Dale DC, Crawford J, et al.",
    year=2006,
    venue="Cancer 106(10):2258-2266",
    pmid="16575919",
    read_in="a summary that quotes 9.5 % of inpatients",
)
ORANGE = Citation(
    key="Orange2010",
    title="Impact of trough IgG on pneumonia incidence in primary immunodeficiency: a meta-analysis of clinical "
    "studies",
    authors="Orange JS, Grossman WJ, Navickis RJ, Wilkes MM",
    year=2010,
    venue="Clinical Immunology",
    read_in="abstract: 0.113 cases a patient-year at 5 g/L, 0.023 at 10 g/L, 27 % fewer with each g/L",
)
COHEN = Citation(
    key="Cohen2000",
    title="The bleeding risk and natural history of idiopathic thrombocytopenic purpura in patients with persistent "
    "low platelet counts",
    authors="Cohen YC, Djulbegovic B, Shamai-Lubovitz O, Mozes B",
    year=2000,
    venue="Archives of Internal Medicine",
    read_in="abstract: fatal bleeding below 30e9/L: 0.004, 0.012, 0.130 a patient-year under 40, to 60, older",
)
CARSON = Citation(
    key="Carson2002",
    title="Mortality and morbidity in patients with very low postoperative Hb levels who decline blood transfusion",
    authors="Carson JL, et al.",
    year=2002,
    venue="Transfusion",
    read_in="abstract: 34.4 % died within 30 days at 41 to 50 g/L, none at 71 to 80; odds 2.5-fold a 10 g/L less",
)
_FIT = LIFE_TABLE.at(
    "Gompertz-Makeham law by weighted least squares on the log rates of 18 to 95 years, less the deaths of people with "
    "healthy counts that other causes here bring: they are in the table, too"
)
LOST_TO_INFECTION = 2.05e-4
"""Deaths a year of infection in a population without target tissues, the same at all ages."""
LOST_TO_BLEEDING = {"man": 4.1e-5, "woman": 3.0e-5}
"""Deaths a year of bleeding at 60, which grow with age about as all deaths do; nobody there dies of anemia."""
_PER_YEAR = "365.25"

OLD_AGE = Mechanism(
    id="old_age",
    title="Death by age and sex, as in a life table less what follows from counts",
    references=(LIFE_TABLE,),
    parameters=(
        Parameter("death_constant_man", 1.0386e-3 - LOST_TO_INFECTION, "1/year", _FIT, "death at any age, men"),
        Parameter("death_constant_woman", 3.230e-4 - LOST_TO_INFECTION, "1/year", _FIT, "death at any age, women"),
        Parameter("death_level_man", 9.3175e-3 - LOST_TO_BLEEDING["man"], "1/year", _FIT, "death of age at 60, men"),
        Parameter("death_level_woman", 6.5143e-3 - LOST_TO_BLEEDING["woman"], "1/year", _FIT,
                  "death of age at 60, women"),
        Parameter("death_growth_man", 0.0933, "1/year", _FIT, "growth of it with age, men"),
        Parameter("death_growth_woman", 0.0945, "1/year", _FIT, "growth of it with age, women"),
        Parameter("death_age", 60.0, "year", _FIT, "age at which the level is stated"),
        Parameter(
            "death_constant", "male*death_constant_man + (1 - male)*death_constant_woman", "1/year", _FIT,
            "death at any age",
        ),
        Parameter("death_level", "male*death_level_man + (1 - male)*death_level_woman", "1/year", _FIT, "at 60"),
        Parameter("death_growth", "male*death_growth_man + (1 - male)*death_growth_woman", "1/year", _FIT, "growth"),
    ),
    hazards=(
        Hazard(
            "death_of_age", f"(death_constant + death_level*exp(death_growth*(age - death_age)))/{_PER_YEAR}", {},
            "causes that come with age", LIFE_TABLE, ends=True,
        ),
    ),
)  # fmt: skip

_HALF = assumed("counts at which risk is half its highest; below 0.5e9/L is grade 4")
_STEEP = assumed("risk is rare above 0.5e9/L and near its highest below 0.1e9/L")
_SEVERE = assumed(
    "12 % of falling counts end in severe infection within a week (Bodey 1966) and 9.5 % of inpatients die of it "
    "(Kuderer 2006): 0.12/7 d times 0.095"
)
_YOUNG = assumed("twice what Cohen 2000 gives under 40, whose counts lay about where risk is half")
_OLD = assumed("from 0.004 at about 30 to 0.130 at about 70 years (Cohen 2000), straight on a log scale")
_THRESHOLD = assumed("organ bleeding rises steeply below 10 to 15e9/L (Hato 2020, abstract)")

LOW_COUNTS = Mechanism(
    id="low_counts",
    title="Death of infection, bleeding and anemia, by counts in blood",
    references=(BODEY, KUDERER, ORANGE, COHEN, CARSON),
    parameters=(
        Parameter("sepsis_rate", 1.6e-3, "1/day", _SEVERE, "death of infection without neutrophils"),
        Parameter("sepsis_half", 0.3, "Gcell/L", _HALF, "neutrophils at half of it"),
        Parameter("sepsis_steepness", 4.0, "1", _STEEP, "steepness of it in neutrophils"),
        Parameter("bleeding_steepness", 3.0, "1", _THRESHOLD, "steepness of bleeding in platelets"),
        Parameter("pneumonia_rate", 0.023, "1/year", ORANGE, "pneumonia at 10 g/L of IgG"),
        Parameter("pneumonia_slope", 0.32, "L/g", ORANGE, "log of its rise with each g/L less"),
        Parameter("pneumonia_igg", 10.0, "g/L", ORANGE, "IgG at which its rate is stated"),
        Parameter("pneumonia_fatality", 0.05, "1", assumed("of the order of adults in hospital"), "deaths of it"),
        Parameter("bleeding_rate", 8e-3, "1/year", _YOUNG, "fatal bleeding at 30 years without platelets"),
        Parameter("bleeding_growth", 0.087, "1/year", _OLD, "its growth with age"),
        Parameter("bleeding_age", 30.0, "year", _OLD, "age at which it is stated"),
        Parameter("bleeding_half", 15.0, "Gcell/L", _THRESHOLD, "platelets at half of it"),
        Parameter("anemia_rate", 0.01405, "1/day", CARSON, "death of anemia at 45 g/L: 34.4 % in 30 days"),
        Parameter("anemia_slope", 0.0916, "L/g", CARSON, "log of its rise with each g/L less: 2.5-fold a 10 g/L"),
        Parameter("anemia_level", 45.0, "g/L", CARSON, "hemoglobin at which it is stated"),
        Parameter("anemia_none", 100.0, "g/L", assumed("mild anemia kills nobody by itself"), "hemoglobin without it"),
    ),
    expressions=(
        Expression("neutrophil_lack", "1/(1 + positive_power(neutrophils/sepsis_half, sepsis_steepness))", "1",
                   "lack of neutrophils, 1 without"),
        Expression(
            "antibody_lack", "max(exp(pneumonia_slope*(pneumonia_igg - igg)) - 1, 0)", "1",
            "lack of antibody: pneumonia beyond that at 10 g/L, over that",
        ),
    ),
    hazards=(
        Hazard(
            "death_of_infection",
            "sepsis_rate*neutrophil_lack"
            f" + pneumonia_fatality*pneumonia_rate*antibody_lack/{_PER_YEAR}", {},
            "infection for lack of neutrophils or antibody", ends=True,
        ),
        Hazard(
            "death_of_bleeding",
            "bleeding_rate*exp(bleeding_growth*(age - bleeding_age))"
            f"/(1 + positive_power(platelets/bleeding_half, bleeding_steepness))/{_PER_YEAR}", {},
            "bleeding for lack of platelets", COHEN, ends=True,
        ),
        Hazard(
            "death_of_anemia",
            "anemia_rate*max(exp(-anemia_slope*(hemoglobin - anemia_level))"
            " - exp(-anemia_slope*(anemia_none - anemia_level)), 0)", {},
            "anemia", CARSON, ends=True,
        ),
    ),
)  # fmt: skip

HIGH_BLASTS = Mechanism(
    id="high_blasts",
    title="Death of too many blasts in blood",
    references=(),
    parameters=(
        Parameter("leukostasis_rate", 0.03, "1/day", assumed("about a fifth die in the first week far above 100e9/L"),
                  "death at very many blasts"),
        Parameter("leukostasis_half", 100.0, "Gcell/L", assumed("what is called hyperleukocytosis"),
                  "blasts at half of it"),
    ),
    hazards=(
        Hazard(
            "death_of_blasts", "leukostasis_rate*blasts**2/(blasts**2 + leukostasis_half**2)", {},
            "too many blasts in blood", ends=True,
        ),
    ),
)  # fmt: skip
