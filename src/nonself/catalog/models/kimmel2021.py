"""Kimmel et al. 2021: CAR-T cells compete with recovering normal T cells and kill tumor cells."""

from __future__ import annotations

from nonself.catalog.entry import Act, Must, PublishedModel, Variant
from nonself.catalog.rounding import printed
from nonself.model.parts import Expression, Mechanism, Observable, Parameter, Reaction, Species
from nonself.model.rate_laws import gompertz, saturating
from nonself.provenance import Citation, assumed

KIMMEL = Citation(
    key="Kimmel2021",
    title="The roles of T cell competition and stochastic extinction events in chimeric antigen receptor "
    "T cell therapy",
    authors="Kimmel GJ, Locke FL, Altrock PM",
    year=2021,
    venue="Proceedings of the Royal Society B 288(1947):20210229",
    doi="10.1098/rspb.2021.0229",
    pmid="33757357",
    read_in="BIOMD0000001041.xml",
)
_EQUATIONS = KIMMEL.at("BIOMD0000001041, reactions and rules")
_TABLE_1 = KIMMEL.at("Table 1 (per the notes of BIOMD0000001041)")
_FITTED = KIMMEL.at("Supplementary Material, Table 1 (per the notes of BIOMD0000001041)")
_START = KIMMEL.at("BIOMD0000001041, list of species")
_ABSTRACT = KIMMEL.at("abstract")
_RERUN = KIMMEL.at("equations of BIOMD0000001041, recomputed independently")

_COMPETITION = Mechanism(
    id="car_t_competition",
    title="CAR-T cells expand while normal T cells recover from lymphodepletion, and kill tumor cells",
    references=(KIMMEL,),
    species=(
        Species("N", 6.0, "cell/uL", _START, "normal T cells", scale=1e-3),
        Species("C", 0.36, "cell/uL", _START, "CAR-T cells, given at time 0", scale=1e-6),
        Species("B", 94.86, "cell/uL", _START, "antigen-presenting tumor cells", scale=1e-14),
    ),
    parameters=(
        Parameter("r_N", 0.17, "1/day", _TABLE_1, "growth of normal T cells"),
        Parameter("K_N", 500.0, "cell/uL", _FITTED, "carrying capacity of normal T cells"),
        Parameter("rho_C", 0.0251, "1/day", _TABLE_1, "growth of CAR-T cells when lymphocytes are complete"),
        Parameter("K_C", 139.0, "cell/uL", _FITTED, "carrying capacity of CAR-T cells"),
        Parameter("a", 0.423, "1", _FITTED, "fades the boost by lymphodepletion as lymphocytes recover"),
        Parameter("b", 0.525, "1/day", _FITTED, "boost of CAR-T growth in empty space"),
        Parameter("r_B", 0.01, "1/day", _FITTED, "growth of tumor cells"),
        Parameter("gamma_B", 1.15, "1/day", _FITTED, "killing of tumor cells at many CAR-T cells"),
        Parameter("k_B", 4.05, "cell/uL", _FITTED, "CAR-T cells at half killing"),
    ),
    expressions=(
        Expression(
            "r_C",
            "rho_C + b*(N + C - K_N)**2/(a*(N + C)**2 + (N + C - K_N)**2)",
            "1/day",
            "growth of CAR-T cells, higher while lymphocytes are few",
        ),
    ),
    reactions=(
        Reaction(
            "normal_growth",
            gompertz("r_N", "N", "K_N", "(N + C)"),
            {"N": +1},
            "normal T cells recover",
            _EQUATIONS,
            signed=True,
        ),
        Reaction(
            "car_growth",
            gompertz("r_C", "C", "K_C", "(N + C)"),
            {"C": +1},
            "CAR-T cells expand, then fall",
            _EQUATIONS,
            signed=True,
        ),
        Reaction("tumor_growth", "r_B*B", {"B": +1}, "tumor cells divide", _EQUATIONS),
        Reaction(
            "killing",
            saturating("gamma_B", "B", "C", "k_B"),
            {"B": -1},
            "CAR-T cells kill tumor cells",
            _EQUATIONS,
        ),
    ),
    observables=(Observable("lymphocytes", "N + C", "cell/uL", "T cells, normal and CAR-T", log_axis=True),),
)

_INFUSED = (Act(0.0, add={"C": 0.36}),)

MODEL = PublishedModel(
    id="kimmel2021",
    title="CAR-T cells, recovering T cells and a tumor (Kimmel 2021)",
    time_unit="day",
    mechanisms=(_COMPETITION,),
    until=400.0,
    must=(
        Must("CAR-T cells peak at 30.1", "C", 100.0, *printed("30.1"), _RERUN, reduce="max"),
        Must("CAR-T cells peak on day 7.0", "C", 100.0, *printed("7.0"), _RERUN, reduce="argmax"),
        Must("normal T cells on day 14 are 295", "N", 14.0, *printed("295"), _RERUN),
        Must("normal T cells on day 28 are 473", "N", 28.0, *printed("473"), _RERUN),
        Must("normal T cells return to 500", "N", 300.0, *printed("500"), _RERUN),
        Must("the tumor falls to 7.5e-14", "B", 400.0, *printed("7.5e-14"), _RERUN, reduce="min"),
        Must("the tumor is smallest on day 160", "B", 400.0, *printed("160"), _RERUN, reduce="argmin"),
        Must("and grows again: eradication is unstable", "B", 1000.0, 1e-11, 1e-8, _ABSTRACT),
        Must(
            "without CAR-T cells the tumor grows by exp(0.01 t)",
            "B",
            100.0,
            *printed("257.86"),
            _EQUATIONS,
            "no_car_t",
        ),
        Must(
            "the same cells given at time 0 do the same",
            "C",
            100.0,
            *printed("30.1"),
            _EQUATIONS,
            "no_car_t",
            reduce="max",
            acts=_INFUSED,
        ),
        Must(
            "without lymphodepletion they do not expand: given on day 100, never more than given",
            "C",
            160.0,
            0.0,
            0.3601,
            _ABSTRACT,
            "no_car_t",
            reduce="max",
            acts=(Act(100.0, add={"C": 0.36}),),
        ),
    ),
    variants=(
        Variant("car_t", "CAR-T cells given at time 0", {}, _START),
        Variant(
            "no_car_t", "no CAR-T cells", {"C_initial": 0.0}, assumed("the same patient without the infusion")
        ),
    ),
    notes=(
        "Below one cell in the body the tumor would be gone: cure is a stochastic event in the paper.",
        "BIOMD0000001041 gives the unit of b as d; the rate law needs 1/d.",
        "CAR-T cells are in the initial state; use the variant no_car_t to give them as a therapy.",
    ),
    review="second writing from the source alone: tests/qc/kimmel2021.py",
)
