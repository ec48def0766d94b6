"""Anzules et al.: expansion of CD4 T cells in newborn mice, and autoimmunity without interleukin 2."""

from __future__ import annotations

from nonself.catalog.entry import Must, PublishedModel, Variant
from nonself.catalog.rounding import printed
from nonself.model.parts import Expression, Mechanism, Observable, Parameter, Reaction, Species
from nonself.provenance import Citation

ANZULES = Citation(
    key="Anzules2025",
    title="Modeling the homeostatic expansion of the immune system in healthy and autoimmune conditions",
    authors="Anzules JM, Valentine KM, Mullins GN, Diep AL, Zhao L, Sindi SS, Hoyer KK",
    year=2025,
    venue="github.com/J-Anzules/IL-2KO_AutoimmuneModel",
    read_in="code/Parameter Estimation/*.m and Data/ParameterSearch_final.csv",
)
_EQUATIONS = ANZULES.at("model equations")
_SET = ANZULES.at("Data/ParameterSearch_final.csv, entry 323")
_FIXED = ANZULES.at("model code, fixed parameter")
_START = ANZULES.at("initial state at day 0, neonate")
_RERUN = ANZULES.at("equations and entry 323, recomputed independently")
_SUMMARY = ANZULES.at("repository README")

_HOMEOSTATIC_EXPANSION = Mechanism(
    id="cd4_il2_homeostasis",
    title="Naive, activated and regulatory CD4 T cells fill an empty body and share interleukin 2",
    references=(ANZULES,),
    species=(
        Species("N", 390.5112, "cell", _START, "naive CD4 T cells"),
        Species("T", 1240.5, "cell", _START, "activated CD4 T cells"),
        Species("R", 163.1011, "cell", _START, "regulatory T cells"),
        Species("I", 1e-4, "1", _START, "interleukin 2 (arbitrary units)", scale=1e-4),
    ),
    parameters=(
        Parameter("mu", 0.40613124, "1/hour", _SET, "production of naive T cells"),
        Parameter("z", 0.029623298, "1/hour", _SET, "self-replication of naive T cells"),
        Parameter("g", 0.095808633, "1/hour", _SET, "death of naive T cells"),
        Parameter("alpha", 0.000652238, "1/hour", _SET, "regulatory T cells from the thymus"),
        Parameter("c", 0.001452115, "1/hour", _SET, "naive T cells that become regulatory"),
        Parameter("epsilon", 0.004262452, "1/hour", _SET, "self-replication of regulatory T cells"),
        Parameter("bR", 0.00504329, "1/hour", _SET, "death of regulatory T cells without interleukin 2"),
        Parameter("beta", 0.30588141, "1/hour", _SET, "activation of naive T cells"),
        Parameter("a", 0.006592027, "1/hour", _SET, "self-replication of activated T cells"),
        Parameter("bT", 0.044312926, "1/hour", _SET, "death of activated T cells"),
        Parameter("eT", 100.0, "1/(cell*hour)", _SET, "interleukin 2 taken up by activated T cells"),
        Parameter("eR", 200.0, "1/(cell*hour)", _SET, "interleukin 2 taken up by regulatory T cells"),
        Parameter("kA", 189990.52, "cell", _SET, "regulatory T cells at half suppression"),
        Parameter("j", 8.124388e-7, "1/(cell*hour)", _SET, "deactivation by regulatory T cells"),
        Parameter("kB", 1.9526438, "1", _SET, "interleukin 2 that halves the death of regulatory T cells"),
        Parameter("n", 1.0, "1", _SET, "Hill exponent of suppression"),
        Parameter("d", 1000.0, "1/(cell*hour)", _SET, "interleukin 2 made by activated T cells"),
        Parameter("f", 1.38629, "1/hour", _FIXED, "decay of interleukin 2"),
        Parameter("nK", 1980612.68, "cell", _SET, "carrying capacity of naive T cells"),
        Parameter("rK", 1045900.0, "cell", _SET, "carrying capacity of regulatory T cells"),
        Parameter("Ki", 0.3799805, "1", _SET, "interleukin 2 at half boost of suppression"),
        Parameter("Kj", 6.3798517, "1", _SET, "interleukin 2 at half boost of deactivation"),
    ),
    expressions=(
        Expression("sup", "1/(1 + (R*I/(Ki + I)/kA)**n)", "1", "share of activation that suppression leaves"),
    ),
    reactions=(
        Reaction(
            "naive_production",
            "mu*N*(1 - N/nK)",
            {"N": +1},
            "naive cells from the thymus",
            _EQUATIONS,
            signed=True,
        ),
        Reaction("naive_replication", "z*N", {"N": +1}, "naive cells divide", _EQUATIONS),
        Reaction("naive_death", "g*N", {"N": -1}, "naive cells die", _EQUATIONS),
        Reaction("activation", "beta*N*sup", {"N": -1, "T": +1}, "naive cells are activated", _EQUATIONS),
        Reaction("conversion", "c*N", {"N": -1, "R": +1}, "naive cells become regulatory", _EQUATIONS),
        Reaction("activated_replication", "a*T", {"T": +1}, "activated cells divide", _EQUATIONS),
        Reaction("deactivation", "j*R*T*I/(Kj + I)", {"T": -1}, "regulators deactivate", _EQUATIONS),
        Reaction("activated_death", "bT*T", {"T": -1}, "activated cells die", _EQUATIONS),
        Reaction(
            "treg_production",
            "alpha*R*(1 - R/rK)",
            {"R": +1},
            "regulators from the thymus",
            _EQUATIONS,
            signed=True,
        ),
        Reaction("treg_replication", "epsilon*R", {"R": +1}, "regulators divide", _EQUATIONS),
        Reaction("treg_death", "bR*R/(1 + I/kB)", {"R": -1}, "regulators die, less with IL-2", _EQUATIONS),
        Reaction("il2_production", "d*T", {"I": +1}, "activated cells make IL-2", _EQUATIONS),
        Reaction("il2_uptake_activated", "eT*I*T", {"I": -1}, "activated cells take up IL-2", _EQUATIONS),
        Reaction("il2_uptake_treg", "eR*I*R", {"I": -1}, "regulators take up IL-2", _EQUATIONS),
        Reaction("il2_decay", "f*I", {"I": -1}, "IL-2 decays", _EQUATIONS),
    ),
    observables=(Observable("cd4_cells", "N + T + R", "cell", "CD4 T cells", log_axis=True),),
)

_END = 432.0  # hours, day 18
# (variant, quantity, hour, value)
_PRINTED = (
    ("wild_type", "N", _END, "1.0371e6"),
    ("wild_type", "T", _END, "8.568e5"),
    ("wild_type", "R", _END, "3.0118e5"),
    ("wild_type", "I", _END, "5.872"),
    ("knock_out", "N", _END, "7.044e5"),
    ("knock_out", "T", _END, "2.5015e6"),
    ("knock_out", "R", _END, "1.6506e5"),
    ("knock_out", "I", _END, "0.883"),
    ("wild_type", "T", 100.0, "4.39e4"),
    ("wild_type", "T", 200.0, "6.78e5"),
    ("wild_type", "T", 300.0, "1.60e6"),
    ("wild_type", "T", 400.0, "1.05e6"),
)

MODEL = PublishedModel(
    id="anzules_il2ko",
    title="Newborn CD4 T cells, and autoimmunity without interleukin 2 (Anzules et al.)",
    time_unit="hour",
    mechanisms=(_HOMEOSTATIC_EXPANSION,),
    until=_END,
    must=(
        *(
            Must(f"{variant}: {name} at {hour:g} h is {text}", name, hour, *printed(text), _RERUN, variant)
            for variant, name, hour, text in _PRINTED
        ),
        Must(
            "wild type: activated T cells peak and contract",
            "T",
            _END,
            200.0,
            400.0,
            _SUMMARY,
            "wild_type",
            reduce="argmax",
        ),
        Must(
            "knock-out: activated T cells accumulate, no peak before 400 h",
            "T",
            _END,
            400.0,
            _END,
            _SUMMARY,
            "knock_out",
            reduce="argmax",
        ),
        Must(
            "without deactivation by regulators the wild type, too, accumulates activated T cells",
            "T",
            _END,
            2.5015e6,
            1e7,
            _EQUATIONS,
            "wild_type",
            set={"j": 0.0},
        ),
    ),
    variants=(
        Variant("wild_type", "wild type", {}, _SET),
        Variant("knock_out", "IL-2 knock-out: d is dKO", {"d": 100.0}, _SET),
    ),
    notes=(
        "Parameter set 323 of the repository; its column eR carries the header eT a second time.",
        "The repository's own output differs from these equations by up to 0.2 %.",
        "Interleukin 2 is in arbitrary units; n = 1 is an exponent.",
    ),
    review="second writing from the source alone: tests/qc/anzules_il2ko.py",
)
