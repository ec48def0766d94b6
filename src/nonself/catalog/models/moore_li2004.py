"""Moore and Li 2004: naive and effector T cells against chronic myelogenous leukemia."""

from __future__ import annotations

from nonself.catalog.entry import Must, PublishedModel, Variant
from nonself.catalog.rounding import printed
from nonself.catalog.tables import read_table
from nonself.model.parts import Expression, Mechanism, Observable, Parameter, Reaction, Species
from nonself.model.rate_laws import gompertz, mass_action, saturating
from nonself.provenance import Citation

MOORE_LI = Citation(
    key="MooreLi2004",
    title="A mathematical model for chronic myelogenous leukemia (CML) and T cell interaction",
    authors="Moore H, Li NK",
    year=2004,
    venue="Journal of Theoretical Biology 227:513-523",
    pmid="15038986",
    read_in="github.com/radivot/myelo, R/moore04.R and CML/moore04/README.md; BIOMD0000000662",
)
_EQUATIONS = MOORE_LI.at("model equations")
_TABLE_1 = MOORE_LI.at("Table 1")
_START = MOORE_LI.at("initial state of Figures 6-8")
_ABSTRACT = MOORE_LI.at("abstract")
_RERUN = MOORE_LI.at("equations, recomputed independently")
_DAYS = MOORE_LI.at("myelo CML/moore04/README.md, table of the first days")
_FILE_662 = MOORE_LI.at("BIOMD0000000662, recomputed independently")

# Ranges: the lowest and highest of the four published sets, for what decides between growth and control.
_T_CELLS_AGAINST_CML = Mechanism(
    id="cml_t_cells",
    title="Leukemia with Gompertz growth activates naive T cells; effector T cells kill it",
    references=(MOORE_LI,),
    species=(
        Species("Tn", 1510.0, "cell/uL", _START, "naive T cells", scale=1e-3),
        Species("Te", 20.0, "cell/uL", _START, "effector T cells", scale=1e-4),
        Species("C", 1e4, "cell/uL", _START, "leukemic cells", scale=1e-3),
    ),
    parameters=(
        Parameter("sn", 0.073, "cell/(uL*day)", _TABLE_1, "supply of naive T cells"),
        Parameter("dn", 0.04, "1/day", _TABLE_1, "death of naive T cells", (0.04, 0.35)),
        Parameter("de", 0.06, "1/day", _TABLE_1, "death of effector T cells"),
        Parameter("dc", 0.2, "1/day", _TABLE_1, "death of leukemic cells"),
        Parameter("kn", 0.001, "1/day", _TABLE_1, "activation of naive T cells"),
        Parameter("eta", 100.0, "cell/uL", _TABLE_1, "leukemic cells at half activation", (43.0, 720.0)),
        Parameter("alpha_n", 0.41, "1", _TABLE_1, "effector T cells per activated naive T cell"),
        Parameter("alpha_e", 0.2, "1/day", _TABLE_1, "recruitment of effector T cells"),
        Parameter("Cmax", 3e5, "cell/uL", _TABLE_1, "leukemic cells at which growth ends"),
        Parameter("rc", 0.03, "1/day", _TABLE_1, "growth of leukemic cells", (0.0057, 0.23)),
        Parameter(
            "gamma_e",
            0.005,
            "uL/(cell*day)",
            _TABLE_1,
            "loss of effector T cells to leukemia",
            (0.005, 0.079),
        ),
        Parameter(
            "gamma_c", 0.005, "uL/(cell*day)", _TABLE_1, "killing by effector T cells", (0.0034, 0.058)
        ),
    ),
    expressions=(
        Expression(
            "activated",
            saturating("kn", "Tn", "C", "eta"),
            "cell/(uL*day)",
            "naive T cells activated per time",
        ),
    ),
    reactions=(
        Reaction("naive_supply", "sn", {"Tn": +1}, "new naive T cells", _EQUATIONS),
        Reaction("naive_death", "dn*Tn", {"Tn": -1}, "naive T cells die", _EQUATIONS),
        Reaction("naive_activation", "activated", {"Tn": -1}, "leukemia activates naive T cells", _EQUATIONS),
        Reaction(
            "effector_birth", "alpha_n*activated", {"Te": +1}, "activated cells become effectors", _EQUATIONS
        ),
        Reaction(
            "effector_recruitment",
            saturating("alpha_e", "Te", "C", "eta"),
            {"Te": +1},
            "effectors recruit effectors",
            _EQUATIONS,
        ),
        Reaction("effector_death", "de*Te", {"Te": -1}, "effector T cells die", _EQUATIONS),
        Reaction(
            "effector_loss",
            mass_action("gamma_e", "C", "Te"),
            {"Te": -1},
            "leukemia inactivates effectors",
            _EQUATIONS,
        ),
        Reaction(
            "growth",
            gompertz("rc", "C", "Cmax"),
            {"C": +1},
            "Gompertz growth of leukemia",
            _EQUATIONS,
            signed=True,
        ),
        Reaction("leukemia_death", "dc*C", {"C": -1}, "leukemic cells die", _EQUATIONS),
        Reaction(
            "killing",
            mass_action("gamma_c", "C", "Te"),
            {"C": -1},
            "effector T cells kill leukemic cells",
            _EQUATIONS,
        ),
    ),
    observables=(Observable("t_cells", "Tn + Te", "cell/uL", "T cells, naive and effector", log_axis=True),),
)


def _variant(row: dict[str, str]) -> Variant:
    names = [part.id for part in _T_CELLS_AGAINST_CML.parameters]
    values = {name: float(row[name]) for name in names}
    return Variant(row["set"], row["place"], values, MOORE_LI.at(row["place"]))


# (variant, day, Tn, Te, C) as printed in myelo CML/moore04/README.md
_FIRST_DAYS = (
    ("table1", 1.0, "1449", "0.0130", "9062"),
    ("table1", 2.0, "1391", "0.0137", "8252"),
    ("fig6", 1.0, "1133", "0.0162", "9937"),
    ("fig6", 2.0, "850", "0.0122", "9877"),
    ("fig7", 1.0, "997", "0.0316", "10148"),
    ("fig7", 2.0, "659", "0.0205", "10319"),
    ("fig8", 1.0, "1349", "0.645", "9606"),
    ("fig8", 2.0, "1205", "0.588", "9415"),
)
_EARLY = tuple(
    Must(f"{variant}: {name} on day {day:g} is {text} cells/uL", name, day, *printed(text), _DAYS, variant)
    for variant, day, *texts in _FIRST_DAYS
    for name, text in zip(("Tn", "Te", "C"), texts, strict=True)
)
_LATE = tuple(
    Must(
        f"{variant}: leukemic cells on day 750 are {text} cells/uL",
        "C",
        750.0,
        *printed(text),
        _RERUN,
        variant,
    )
    for variant, text in (("table1", "381.77"), ("fig6", "3464.2"), ("fig7", "53720.8"), ("fig8", "9879.3"))
)
_ONLY_GROWTH_AND_DEATH = "only growth and death of leukemia decide the outcome:"

MODEL = PublishedModel(
    id="moore_li2004",
    title="T cells against chronic myelogenous leukemia (Moore and Li 2004)",
    time_unit="day",
    mechanisms=(_T_CELLS_AGAINST_CML,),
    until=750.0,
    must=(
        *_LATE,
        *_EARLY,
        Must(
            "fig8: effector T cells vanish by day 750", "Te", 750.0, *printed("2.924e-4"), _FILE_662, "fig8"
        ),
        Must("fig8: naive T cells on day 750", "Tn", 750.0, *printed("0.6298"), _FILE_662, "fig8"),
        Must(
            f"{_ONLY_GROWTH_AND_DEATH} twice the killing changes fig6 by less than 1 %",
            "C",
            750.0,
            3464.2 * 0.99,
            3464.2 * 1.01,
            _ABSTRACT,
            "fig6",
            set={"gamma_c": 2 * 0.0034},
        ),
        Must(
            f"{_ONLY_GROWTH_AND_DEATH} 1.5 times the growth raises fig6 more than threefold",
            "C",
            750.0,
            3 * 3464.2,
            2.3e5,
            _ABSTRACT,
            "fig6",
            set={"rc": 1.5 * 0.0057},
        ),
    ),
    variants=tuple(_variant(row) for row in read_table("moore_li2004")),
    notes=(
        "With effector T cells gone, leukemia rests at Cmax exp(-dc/rc).",
        "BIOMD0000000733 gives the same model with the sign of gamma_c C Te wrong.",
    ),
    review="second writing from the source alone: tests/qc/moore_li2004.py",
)
