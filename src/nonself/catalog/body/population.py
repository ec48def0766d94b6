"""The people of a study: ages and sexes, sizes, traits and exposures with their spread, infections and injuries."""

from __future__ import annotations

from nonself.catalog.body.set_points import set_points
from nonself.catalog.body.targets import TARGETS
from nonself.catalog.tables import read_table
from nonself.model.people import Happenings, Population, Trait
from nonself.provenance import Citation, assumed

LIFE_TABLE = Citation(
    key="SSA",
    title="Actuarial life table (period life table, Social Security area population)",
    authors="U.S. Social Security Administration, Office of the Chief Actuary",
    year=2020,
    venue="ssa.gov/oact/STATS/table4c6.html",
    read_in="a public copy that names no year (life expectancy at birth 75.97 and 80.96 years); the year is a guess",
)
KUCZMARSKI = Citation(
    key="Kuczmarski1997",
    title="Varying body mass index cutoff points to describe overweight prevalence among U.S. adults: NHANES III "
    "(1988 to 1994)",
    authors="Kuczmarski RJ, Carroll MD, Flegal KM, Troiano RP",
    year=1997,
    venue="Obesity Research 5(6):542-548",
    read_in="abstract",
)
CDC_SMOKING = Citation(
    key="CDC2019smoking",
    title="Current cigarette smoking among adults in the United States",
    authors="Centers for Disease Control and Prevention",
    year=2019,
    venue="cdc.gov/tobacco/data_statistics/fact_sheets/adult_data/cig_smoking",
    place="current smoking in 2019: 15.3 % of men, 12.7 % of women",
)
JAISWAL = Citation(
    key="Jaiswal2014",
    title="Age-related clonal hematopoiesis associated with adverse outcomes",
    authors="Jaiswal S, Fontanillas P, Flannick J, et al.",
    year=2014,
    venue="New England Journal of Medicine, published online November 26, 2014",
    read_in="abstract: rare before 40; 9.5 % at 70 to 79, 11.7 % at 80 to 89, 18.4 % at 90 to 108",
)
SZILAGYI = Citation(
    key="Szilagyi2016",
    title="Incidence and viral aetiologies of acute respiratory illnesses (ARIs) in the United States: a "
    "population-based study",
    authors="Szilagyi PG, Blumkin A, Treanor JJ, et al.",
    year=2016,
    venue="Epidemiology and Infection 144(10):2077-2086",
    doi="10.1017/S0950268816000315",
    pmid="26931351",
    read_in="abstract: illness with feverishness or cough, 35 and 52 % in three winter months",
)
_SPREAD = "; no measured spread of it between people was read"

_TRAITS = (
    Trait(
        "height", "normal", "175.5 if male == 1 else 161.6", "6.6",
        assumed("medians of Kuczmarski 1997; the deviation is of the order of the 2.25 to 2.5 inches told of NHANES"),
        "height", 140.0, 210.0,
    ),
    Trait(
        "weight", "lognormal", "80.0*(height/175.5)**2 if male == 1 else 65.6*(height/161.6)**2",
        "0.15 if male == 1 else 0.177", KUCZMARSKI.at(
            "median weights; spread of body mass index from its 1.6 % of men and 5.7 % of women below 19 kg/m^2, "
            "taken as independent of height"
        ), "weight", 35.0, 200.0,
    ),
    Trait(
        "kidney_trait", "normal", "1", "0.17",
        assumed("so that about 10.5 % over 60 filter less than 60 mL/min per 1.73 m^2, as in Fenton 2018"),
        "glomerular filtration, relative to age and sex", 0.3, 1.7,
    ),
    Trait(
        "thymic_trait", "lognormal", "0.9 if male == 1 else 1.1", "0.4",
        assumed("women keep more of it (Pido-Lopez 2001, Mitchell 2010: abstracts); sizes are guesses" + _SPREAD),
        "thymic output", 0.2, 4.0,
    ),
    Trait(
        "deletion_trait", "lognormal", "1", "0.25",
        assumed("central deletion lowers a self-specific frequency 2 to 4 fold in sources" + _SPREAD),
        "central deletion", 0.3, 3.0,
    ),
    Trait(
        "ctla4_trait", "normal", "0.5", "0", assumed(
            "carriers have one working copy; their share is a guess: 133 subjects of 54 families were known in 2018 "
            "(Schwab 2018, abstract)"
        ), "CTLA-4", share="0.0001", without=1.0,
    ),
    Trait("pd1_trait", "lognormal", "1", "0.15", assumed("a guess" + _SPREAD), "PD-1", 0.4, 2.5),
    Trait(
        "regulator_trait", "lognormal", "1", "0.18",
        assumed("as wide as regulators' share of CD4, 5 to 10 % (Lutsiak 2005), if that is 95 % of people"),
        "suppression by regulators", 0.4, 2.5,
    ),
    Trait(
        "infection_trait", "lognormal", "0.95 if male == 1 else 1.05", "0.5",
        assumed("women are ill more often (Monto and Sullivan 1993, abstract); sizes are guesses" + _SPREAD),
        "rate of infections", 0.1, 4.0,
    ),
    Trait(
        "presentation_trait", "lognormal", "1", "0.15",
        assumed("how strongly HLA and presenting cells show self; with the tissue's own 0.15 it makes the "
                "spread of 0.2 at which the core's four phenomena hold at once"),
        "presentation of self antigen", 0.4, 2.5,
    ),
    *(
        Trait(f"{tissue}_trait", "lognormal", "1", "0.15", assumed("as for presentation, for one tissue" + _SPREAD),
              f"presentation of antigen of {tissue.replace('_', ' ')}", 0.4, 2.5)
        for tissue in TARGETS
    ),
    Trait(
        "antibody_trait", "lognormal", "1", "0.8",
        assumed("class and affinity decide how far antibody marks; a spread of 0.8 makes levels of the ill differ "
                "some twentyfold, a guess of the order told of titers" + _SPREAD),
        "effect of antibody against self", 0.05, 20.0,
    ),
    Trait(
        "stimulating_share", "normal", "0.5", "0.35", assumed("a guess: from all blocking to all stimulating"),
        "receptor antibody that stimulates", 0.0, 1.0,
    ),
    Trait("smoking", "normal", "1", "0", CDC_SMOKING, "smoking", share="0.153 if male == 1 else 0.127"),
    Trait(
        "benzene", "lognormal", "20", "1", assumed(
            "a few in a hundred are exposed at work; doses as in the groups of Khalade 2010, below 40 to above 100"
        ), "exposure to benzene", 0.1, 400.0, share="0.03 if male == 1 else 0.01",
        begins=((18.0, 0.0), (25.0, 0.2), (45.0, 0.8), (65.0, 1.0)),
    ),
    Trait(
        "earlier_cytotoxic", "normal", "1", "0",
        assumed("about one in twenty was treated for another cancer by 80; a guess"), "earlier cytotoxic treatment",
        begins=((18.0, 0.0), (40.0, 0.005), (60.0, 0.02), (80.0, 0.05)),
    ),
    Trait(
        "clonal_hematopoiesis", "lognormal", "0.2", "0.6", assumed(
            "share of people by age as in Jaiswal 2014; a clone of a fifth of stem cells stands for variant allele "
            "fractions near a tenth; smokers have it more often (Zink 2017, abstract), the correlation is a guess"
        ), "mutant clone among stem cells", 0.04, 0.9,
        begins=((18.0, 0.0), (40.0, 0.005), (75.0, 0.095), (85.0, 0.117), (99.0, 0.184)),
        correlation={"smoking": 0.15},
    ),
)  # fmt: skip

_HAPPENINGS = (
    Happenings(
        "infection", "pathogen", "3.0*infection_trait", 18.0, 0.08, 0.8, 1.0, assumed(
            "three inocula a year of which a healthy adult's phagocytes stop two: one febrile infection a year, as "
            "a third to a half of people have one in three winter months (Szilagyi 2016, abstract), few outside winter"
        ), "infections",
    ),
    Happenings(
        "injury", "injury", "0.1", 0.1, 0.5, 0.5, 3.0,
        assumed("one injury in ten years large enough to matter; a guess"), "injuries",
    ),
)  # fmt: skip


def population() -> Population:
    """Return the reference population: a standing population of the life table, from the age of 18.

    **Example:** `population().traits[0].id` gives `"height"`.
    """
    return Population(
        id="reference",
        title="A standing adult population of one life table",
        ages=_ages(),
        age_source=LIFE_TABLE,
        traits=(*_TRAITS, *set_points()),
        happenings=_HAPPENINGS,
        from_age=18.0,
    )


def _ages() -> tuple[tuple[float, float, float], ...]:
    """Those alive at each age of 1,050 men and 1,000 women at 18 (as many as are born, in the source)."""
    alive = [1050.0, 1000.0]
    ages = []
    for row in read_table("life_table"):
        dying = [float(row["man"]), float(row["woman"])]
        ages.append((float(row["age"]), *(n * (1 - q / 2) for n, q in zip(alive, dying, strict=True))))
        alive = [n * (1 - q) for n, q in zip(alive, dying, strict=True)]
    return tuple((age, men, women) for age, men, women in ages)
