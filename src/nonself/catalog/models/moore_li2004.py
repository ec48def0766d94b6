"""Moore and Li 2004: naive and effector T cells against chronic myelogenous leukemia."""

from __future__ import annotations

from nonself.catalog.entry import Must, PublishedModel, Variant
from nonself.model.parts import Expression, Mechanism, Observable, Parameter, Reaction, Species
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
_RERUN = MOORE_LI.at("equations, recomputed independently")

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
        Parameter("gamma_e", 0.005, "uL/(cell*day)", _TABLE_1, "loss of effector T cells to leukemia", (0.005, 0.079)),
        Parameter("gamma_c", 0.005, "uL/(cell*day)", _TABLE_1, "killing by effector T cells", (0.0034, 0.058)),
    ),
    expressions=(
        Expression("activated", "kn*Tn*C/(C + eta)", "cell/(uL*day)", "naive T cells activated per time"),
    ),
    reactions=(
        Reaction("naive_supply", "sn", {"Tn": +1}, "new naive T cells", _EQUATIONS),
        Reaction("naive_death", "dn*Tn", {"Tn": -1}, "naive T cells die", _EQUATIONS),
        Reaction("naive_activation", "activated", {"Tn": -1}, "leukemia activates naive T cells", _EQUATIONS),
        Reaction("effector_birth", "alpha_n*activated", {"Te": +1}, "activated cells become effectors", _EQUATIONS),
        Reaction("effector_recruitment", "alpha_e*Te*C/(C + eta)", {"Te": +1}, "effectors recruit effectors", _EQUATIONS),
        Reaction("effector_death", "de*Te", {"Te": -1}, "effector T cells die", _EQUATIONS),
        Reaction("effector_loss", "gamma_e*C*Te", {"Te": -1}, "leukemia inactivates effectors", _EQUATIONS),
        Reaction("growth", "rc*C*log(Cmax/C)", {"C": +1}, "Gompertz growth of leukemia", _EQUATIONS, signed=True),
        Reaction("leukemia_death", "dc*C", {"C": -1}, "leukemic cells die", _EQUATIONS),
        Reaction("killing", "gamma_c*C*Te", {"C": -1}, "effector T cells kill leukemic cells", _EQUATIONS),
    ),
    observables=(Observable("t_cells", "Tn + Te", "cell/uL", "T cells, naive and effector", log_axis=True),),
)

_FIGURES = {
    "fig6": dict(sn=0.37, dn=0.23, de=0.30, dc=0.024, kn=0.062, eta=720.0, alpha_n=0.14, alpha_e=0.98,
                 Cmax=2.3e5, rc=0.0057, gamma_e=0.057, gamma_c=0.0034),
    "fig7": dict(sn=0.29, dn=0.35, de=0.40, dc=0.012, kn=0.066, eta=140.0, alpha_n=0.39, alpha_e=0.65,
                 Cmax=1.6e5, rc=0.011, gamma_e=0.079, gamma_c=0.058),
    "fig8": dict(sn=0.071, dn=0.05, de=0.12, dc=0.68, kn=0.063, eta=43.0, alpha_n=0.56, alpha_e=0.53,
                 Cmax=1.9e5, rc=0.23, gamma_e=0.0077, gamma_c=0.047),
}  # fmt: skip

