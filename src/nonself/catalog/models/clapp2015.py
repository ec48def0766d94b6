"""Clapp et al. 2015: imatinib and an immune response that is strongest at intermediate leukemic load."""

from __future__ import annotations

from nonself.catalog.entry import Act, Must, PublishedModel, Variant
from nonself.catalog.rounding import printed
from nonself.catalog.tables import read_table
from nonself.model.parts import Expression, Mechanism, Observable, Parameter, Reaction, Species
from nonself.model.rate_laws import logistic
from nonself.provenance import Citation

CLAPP = Citation(
    key="Clapp2015",
    title="Implication of the Autologous Immune System in BCR-ABL Transcript Variations in Chronic "
    "Myelogenous Leukemia Patients Treated with Imatinib",
    authors="Clapp GD, Lepoutre T, El Cheikh R, Bernard S, Ruby J, Labussière-Wallet H, Nicolini FE, Levy D",
    year=2015,
    venue="Cancer Research 75:4053-4062",
    read_in="github.com/radivot/myelo, R/clapp15.R and demo/clapp15Demo.R",
)
_EQUATIONS = CLAPP.at("model equations")
_TABLE_S1 = CLAPP.at("Table S1")
_PATIENT_1 = CLAPP.at("Table S2, patient 1")
_START = CLAPP.at("initial state")
_RERUN = CLAPP.at("equations and Tables S1, S2, recomputed independently")

# Ranges: over the 12 patients of Table S2.
_IMMUNE_WINDOW = Mechanism(
    id="cml_stages_immune_window",
    title="Four stages of leukemic cells under imatinib, and immune cells with a window",
    references=(CLAPP,),
    species=(
        Species("Y0", 37.5, "cell/mL", _START, "quiescent leukemic stem cells", scale=1e-3),
        Species("Y1", 4.1667, "cell/mL", _START, "cycling leukemic stem cells", scale=1e-4),
        Species("Y2", 1.6667e4, "cell/mL", _START, "leukemic progenitor cells", scale=1e-2),
        Species("Y3", 1.5e8, "cell/mL", _START, "mature leukemic cells", scale=1.0),
        Species("Z", "Z_rest", "cell/mL", _START, "immune cells", scale=1e-2),
    ),
    parameters=(
        Parameter("a0", 0.0027, "1/day", _TABLE_S1, "stem cells that start to cycle"),
        Parameter("b1", 0.0247, "1/day", _TABLE_S1, "stem cells that fall quiescent"),
        Parameter("r", 0.08, "1/day", _TABLE_S1, "growth of cycling stem cells"),
        Parameter("K", 4.2872, "cell/mL", _TABLE_S1, "carrying capacity of cycling stem cells"),
        Parameter("a1", 24.0005, "1/day", _TABLE_S1, "stem cells to progenitors, untreated"),
        Parameter("a2", 899.982, "1/day", _TABLE_S1, "progenitors to mature cells, untreated"),
        Parameter("d1", 0.00225, "1/day", _TABLE_S1, "death of cycling stem cells"),
        Parameter("d2", 0.006, "1/day", _TABLE_S1, "death of progenitors"),
        Parameter("d3", 0.0375, "1/day", _TABLE_S1, "death of mature cells"),
        Parameter("beta", 3.0, "1", _TABLE_S1, "scale of the BCR-ABL readout"),
        Parameter("x", 1.5e8, "cell/mL", _TABLE_S1, "healthy mature cells in the BCR-ABL readout"),
        Parameter("Z_rest", 120.0, "cell/mL", _START, "immune cells without leukemia; the 120 of s = 120 d"),
        Parameter("inh1", 9.944, "1", _PATIENT_1, "imatinib divides a1 by this", (1.456, 591.591)),
        Parameter("inh2", 131.016, "1", _PATIENT_1, "imatinib divides a2 by this", (14.568, 1700.274)),
        Parameter("d", 0.187, "1/day", _PATIENT_1, "death of immune cells", (0.005, 0.371)),
        Parameter(
            "mu", 4.021e-8, "mL/(cell*day)", _PATIENT_1, "killing by immune cells", (1.504e-8, 1.271e-6)
        ),
        Parameter(
            "ymin", 6.001e4, "cell/mL", _PATIENT_1, "lower end of the immune window", (3.536e2, 1.05e5)
        ),
        Parameter(
            "ymax", 1.754e5, "cell/mL", _PATIENT_1, "upper end of the immune window", (1.684e3, 9.352e5)
        ),
        Parameter("s", "Z_rest*d", "cell/(mL*day)", _EQUATIONS, "supply of immune cells"),
        Parameter("epsilon", "1/(ymin*ymax)", "(mL/cell)**2", _EQUATIONS, "shielding by leukemic load"),
        Parameter(
            "alpha", "(ymin + ymax)*epsilon*d", "mL/(cell*day)", _EQUATIONS, "stimulation of immune cells"
        ),
    ),
    expressions=(
        Expression("reach", "Z/(1 + epsilon*Y3**2)", "cell/mL", "immune cells not held off by leukemic load"),
    ),
    reactions=(
        Reaction(
            "activation", "a0*Y0", {"Y0": -1, "Y1": +1}, "quiescent stem cells start to cycle", _EQUATIONS
        ),
        Reaction(
            "deactivation", "b1*Y1", {"Y1": -1, "Y0": +1}, "cycling stem cells fall quiescent", _EQUATIONS
        ),
        Reaction(
            "growth",
            logistic("r", "Y1", "K"),
            {"Y1": +1},
            "logistic growth of stem cells",
            _EQUATIONS,
            signed=True,
        ),
        Reaction("to_progenitors", "a1/inh1*Y1", {"Y2": +1}, "stem cells make progenitors", _EQUATIONS),
        Reaction("to_mature", "a2/inh2*Y2", {"Y3": +1}, "progenitors make mature cells", _EQUATIONS),
        Reaction("death_1", "d1*Y1", {"Y1": -1}, "cycling stem cells die", _EQUATIONS),
        Reaction("death_2", "d2*Y2", {"Y2": -1}, "progenitors die", _EQUATIONS),
        Reaction("death_3", "d3*Y3", {"Y3": -1}, "mature cells die", _EQUATIONS),
        Reaction(
            "killing_0", "mu*Y0*reach", {"Y0": -1}, "immune cells kill quiescent stem cells", _EQUATIONS
        ),
        Reaction("killing_1", "mu*Y1*reach", {"Y1": -1}, "immune cells kill cycling stem cells", _EQUATIONS),
        Reaction("killing_2", "mu*Y2*reach", {"Y2": -1}, "immune cells kill progenitors", _EQUATIONS),
        Reaction("killing_3", "mu*Y3*reach", {"Y3": -1}, "immune cells kill mature cells", _EQUATIONS),
        Reaction("immune_supply", "s", {"Z": +1}, "new immune cells", _EQUATIONS),
        Reaction("immune_death", "d*Z", {"Z": -1}, "immune cells die", _EQUATIONS),
        Reaction(
            "immune_stimulation", "alpha*Y3*reach", {"Z": +1}, "leukemia stimulates immune cells", _EQUATIONS
        ),
    ),
    observables=(
        Observable("bcr_abl_percent", "100*beta*Y3/(Y3 + 2*x)", "percent", "BCR-ABL1/ABL1", log_axis=True),
        Observable(
            "log10_bcr_abl", "log(100*beta*Y3/(Y3 + 2*x))/log(10)", "1", "log10 of BCR-ABL1/ABL1 in percent"
        ),
    ),
)


def _variant(row: dict[str, str]) -> Variant:
    return Variant(
        id=row["patient"],
        label=f"patient {row['patient']}",
        values={name: float(text) for name, text in row.items() if name != "patient"},
        source=CLAPP.at(f"Table S2, patient {row['patient']}"),
    )


_MONTH = 30.4375  # days
_END = 60 * _MONTH
_OFF = {"inh1": 1.0, "inh2": 1.0}
# log10 of BCR-ABL1 % after 3, 12, 24 and 60 months of imatinib from time 0
_PRINTED = {
    "1": ("0.83", "-0.17", "-0.46", "-0.51"),
    "2": ("0.81", "-0.37", "-0.92", "-1.09"),
    "5": ("0.70", "-0.85", "-0.90", "-0.90"),
    "9": ("0.77", "-0.62", "-1.52", "-2.43"),
    "12": ("0.78", "0.02", "-0.00", "-0.01"),
}
_COURSES = tuple(
    Must(
        f"patient {patient}: log10 BCR-ABL1 % after {months} months of imatinib is {text}",
        "log10_bcr_abl",
        months * _MONTH,
        *printed(text),
        _RERUN,
        patient,
    )
    for patient, texts in _PRINTED.items()
    for months, text in zip((3, 12, 24, 60), texts, strict=True)
)

MODEL = PublishedModel(
    id="clapp2015",
    title="Imatinib and an immune window in chronic myelogenous leukemia (Clapp 2015)",
    time_unit="day",
    mechanisms=(_IMMUNE_WINDOW,),
    until=_END,
    must=(
        *_COURSES,
        Must(
            "untreated, mature leukemic cells rise from 1.5e8 to 4.0e8 per mL, a2 Y2/d3",
            "Y3",
            365.0,
            *printed("4.0e8"),
            _RERUN,
            "1",
            set=_OFF,
        ),
        Must(
            "a load near the window stimulates immune cells: patient 9, from 120 to over 200",
            "Z",
            _END,
            200.0,
            300.0,
            _EQUATIONS,
            "9",
        ),
        Must(
            "a thousand times the killing lowers the load of patient 1 at 60 months",
            "log10_bcr_abl",
            _END,
            -2.0,
            -1.0,
            _EQUATIONS,
            "1",
            set={"mu": 1000 * 4.021e-8},
        ),
        Must(
            "after the stop at 60 months leukemia of patient 1 is back two years later",
            "bcr_abl_percent",
            _END + 24 * _MONTH,
            100.0,
            300.0,
            _EQUATIONS,
            "1",
            acts=(Act(_END, set=_OFF),),
        ),
    ),
    variants=tuple(_variant(row) for row in read_table("clapp2015")),
    notes=(
        "Imatinib is on from time 0; inh1 = inh2 = 1 is untreated.",
        "The initial state is not an equilibrium: untreated, mature cells rise to 4.0e8 per mL.",
        "With these parameters immune killing hardly moves the load in five years (log10 by < 0.01).",
        "Z_rest names the bare 120 of the source (s = 120 d, Z(0) = 120).",
    ),
    review="second writing from the source alone: tests/qc/clapp2015.py",
)
