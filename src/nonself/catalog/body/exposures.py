"""What exposures do in cells: smoke, benzene, earlier cytotoxic treatment, a mutant clone among stem cells.

Each multiplies a rate that a named cell has without it; nobody exposed, nothing changes. Equations, S smoking (0 or 1),
B benzene in the air, T earlier treatments, C share of stem cells in a mutant clone:

    precursors of neutrophils   made (1 + a S) times as fast; the reserve is released (1 + b S) times as fast
    phagocytes                  take up (1 - c S) of the pathogen;  plasmablasts end (1 + d S) times as fast
    dividing cells of marrow    die at k B/(B + half), one rate for all (`DIVIDING`)
    stem cells                  a share f T of their divisions ends in death
    phagocytes of the clone     give (1 + g) times the signal, so that all together give (1 + g C) times
"""

from __future__ import annotations

from nonself.catalog.body.blood import DIVIDING
from nonself.model.parts import Expression, Mechanism, Parameter, Reaction
from nonself.provenance import Citation, assumed

TERASHIMA = Citation(
    key="Terashima1997",
    title="The effect of cigarette smoking on the bone marrow",
    authors="Terashima T, Wiggs B, English D, Hogg JC, van Eeden SF",
    year=1997,
    venue="American Journal of Respiratory and Critical Care Medicine 155(3):1021-1026",
    read_in="abstract, discovery.researcher.life, without authors, year and venue (recalled): rabbits, two weeks",
)
EPIC = Citation(
    key="EpicNorfolk2003",
    title="Smoking status and differential white cell count in men and women in the EPIC-Norfolk population",
    authors="authors not in what was read",
    year=2003,
    venue="Atherosclerosis 169(2):331-337",
    pmid="12921986",
    read_in="abstract: leukocytes 7.8 and 6.2e9/L in men who smoke and who never did, 7.4 and 6.2e9/L in women",
)
BASKARAN = Citation(
    key="Baskaran2019",
    title="Effect of tobacco smoking on the risk of developing community acquired pneumonia: a systematic review and "
    "meta-analysis",
    authors="authors not in what was read",
    year=2019,
    venue="PMC6638981",
    read_in="abstract, whose page gives no title: hazard 1.52 (1.13 to 2.04), odds 2.17 (1.70 to 2.76) in smokers",
)
QVARFORDT = Citation(
    key="Qvarfordt2001",
    title="IgG subclasses in smokers with chronic bronchitis and recurrent exacerbations",
    authors="Qvarfordt I, Riise G, Andersson B, Larsson S",
    year=2001,
    venue="Thorax 56(6):445-449",
    doi="10.1136/thorax.56.6.445",
    pmid="11359959",
    read_in="abstract: IgG of smokers without symptoms 0.79 (0.69 to 0.91) of that of people who never smoked",
)
LAN = Citation(
    key="Lan2004",
    title="Hematotoxicity in workers exposed to low levels of benzene",
    authors="Lan Q, Zhang L, Li G, et al.",
    year=2004,
    venue="Science 306(5702):1774-1776",
    pmid="15576619",
    read_in="abstract: leukocytes and platelets fewer even below 1 ppm, progenitors more sensitive than mature cells",
)
GRANULOPOIESIS = Citation(
    key="AdjuvantGranulopoiesis",
    title="Changes of granulopoiesis during and after adjuvant chemotherapy of breast cancer",
    authors="authors not in what was read",
    year=1978,
    venue="scilit.com/publications/2352293b7c94a2e3c8badd31a32a91cd",
    read_in="abstract, whose year is a guess: granulocytic progenitors in blood and neutrophils fewer for more than "
    "200 days after six courses",
)
RECOVERY = Citation(
    key="AdjuvantRecovery",
    title="Delayed recovery of peripheral blood cell numbers after adjuvant cytotoxic chemotherapy for stage II breast "
    "cancer",
    authors="authors not in what was read",
    year=1980,
    venue="scilit.com/publications/bfbc7fa60160d1c53e4ba404047fefca",
    read_in="abstract, whose year is a guess: leukocytes, neutrophils, platelets still fewer two years after melphalan",
)
BUSQUE = Citation(
    key="Busque2020",
    title="High-sensitivity C-reactive protein is associated with clonal hematopoiesis of indeterminate potential",
    authors="authors not in what was read",
    year=2020,
    venue="Blood Advances 4(11):2430",
    read_in="abstract, PMC7284088: C-reactive protein 1.21-fold (1.08 to 1.36) in carriers",
)
_NEUTROPHILS = assumed(
    "so that neutrophils at rest are 1.3 times those of people who never smoked: leukocytes 1.26 and 1.19 times (EPIC-"
    "Norfolk 2003), mostly granulocytes"
)
_LUNG = assumed(
    "phagocytes of smokers' lungs take up less of some bacteria, by how much was not read; so much that 1.9 times "
    "as many infections take hold although neutrophils are more (pneumonia: hazard 1.52, odds 2.17, Baskaran 2019)"
)
_TABLE = assumed(
    "leukocytes and platelets fewer even below 1 ppm (Lan 2004, abstract); sizes, for platelets a twelfth below 1 ppm "
    "and a fourth at 30, are recalled from its table; that of leukocytes, a seventh and a fourth, is not met, since "
    "G-CSF makes up for most of it"
)


def exposures() -> tuple[Mechanism, ...]:
    """Return what each exposure does, for a body with all that it acts on.

    They read `smoking`, `benzene`, `earlier_cytotoxic` and `clonal_hematopoiesis` (person).

    **Example:** `[part.id for part in exposures()][0]` gives `"smoke"`.
    """
    return (_smoke(), _benzene(), _earlier_treatment(), _mutant_phagocytes())


def _smoke() -> Mechanism:
    made = (
        "(granulocyte_amplification*granulocyte_progenitor/granulocyte_time"
        " + neutrophil_self_share*neutrophil_mitotic/mitotic_time)"
    )
    return Mechanism(
        id="smoke",
        title="Smoke: more neutrophils, released sooner; phagocytes that take up less; short-lived plasmablasts",
        references=(TERASHIMA, EPIC, BASKARAN, QVARFORDT),
        parameters=(
            Parameter("smoke_on_division", 0.3, "1", _NEUTROPHILS, "more division of precursors", (0.0, 1.0)),
            Parameter(
                "smoke_on_release", 0.64, "1", TERASHIMA.at(
                    "time after the last division 66.7 to 53.7 h: a fifth of 5.4 days, taken from the reserve's 2.7"
                ), "more release of the marrow reserve", (0.0, 1.5),
            ),
            Parameter("smoke_on_uptake", 0.4, "1", _LUNG, "share of the uptake of pathogen that is lost", (0.0, 0.6)),
            Parameter(
                "smoke_on_plasmablasts", 0.43, "1",
                QVARFORDT.at("IgG 0.79 times; as less is catabolized more slowly, 0.70 times as many cells secrete it"),
                "more death of plasmablasts", (0.15, 0.8),
            ),
        ),
        reactions=(
            Reaction("smoke_division", f"smoking*smoke_on_division*neutrophil_division*{made}",
                     {"neutrophil_mitotic": +1}, "neutrophil precursors divide more"),
            Reaction("smoke_mobilization", "smoking*smoke_on_release*neutrophil_release*neutrophil_reserve",
                     {"neutrophil_reserve": -1, "neutrophil_blood": +1}, "the reserve is released sooner"),
            Reaction("smoke_sparing", "smoking*smoke_on_uptake*phagocytosis*pathogen/(1 + pathogen/phagocytosis_half)",
                     {"pathogen": +1}, "pathogen that phagocytes would have taken up"),
            Reaction("smoke_on_plasmablast", "smoking*smoke_on_plasmablasts*plasmablast_exit*plasmablast",
                     {"plasmablast": -1}, "more plasmablasts die"),
        ),
    )  # fmt: skip


def _benzene() -> Mechanism:
    return Mechanism(
        id="benzene_in_marrow",
        title="Benzene kills dividing cells of the marrow",
        references=(LAN,),
        parameters=(
            Parameter("benzene_years", 30.0, "1", assumed("a working life: what turns ppm-years into ppm"),
                      "years over which the exposure was summed"),
            Parameter("benzene_kill", 0.05, "1/day", _TABLE, "death of dividing cells in much benzene", (0.0, 0.2)),
            Parameter("benzene_half", 1.5, "1", _TABLE, "benzene in the air, in ppm, at which it is half", (0.3, 5.0)),
        ),
        expressions=(
            Expression("benzene_air", "benzene/benzene_years", "1", "benzene in the air, in ppm"),
            Expression("benzene_killing", "benzene_kill*benzene_air/(benzene_air + benzene_half)", "1/day",
                       "death of dividing cells of the marrow by benzene"),
        ),
        reactions=tuple(
            Reaction(f"{name}_in_benzene", f"benzene_killing*{name}", {name: -1}, "dividing cells die of benzene")
            for name in DIVIDING
        ),
    )  # fmt: skip


def _earlier_treatment() -> Mechanism:
    return Mechanism(
        id="damaged_stem_cells",
        title="After earlier cytotoxic treatment a share of the divisions of stem cells fails",
        references=(GRANULOPOIESIS, RECOVERY),
        parameters=(
            Parameter(
                "damaged_share", 0.2, "1",
                assumed("leaves two thirds of the stem cells at rest, (1 - f)/(1 + f) of what the niche holds; counts "
                        "stay lower for years after such treatment (two abstracts), by how much stem cells do was not "
                        "read"),
                "share of the divisions of stem cells that end in death, for each treatment", (0.0, 0.6),
            ),
        ),
        reactions=(
            Reaction("damaged_division", "earlier_cytotoxic*damaged_share*hsc_division_now*hsc", {"hsc": -1},
                     "dividing stem cells die of their damage"),
        ),
    )  # fmt: skip


def _mutant_phagocytes() -> Mechanism:
    return Mechanism(
        id="mutant_phagocytes",
        title="Phagocytes of a mutant clone answer infection and injury with more signal",
        references=(BUSQUE,),
        parameters=(
            Parameter(
                "mutant_gain", 1.0, "1",
                assumed("C-reactive protein is 1.21-fold in carriers (Busque 2020); their clone is a fifth, the median "
                        "of the population"),
                "more signal from a mutant phagocyte, over that from another", (0.0, 3.0),
            ),
        ),
        reactions=(
            Reaction("mutant_signal", "clonal_hematopoiesis*mutant_gain*signal_rise*2*infection_signal", {"innate": +1},
                     "mutant phagocytes give more signal"),
        ),
    )  # fmt: skip
