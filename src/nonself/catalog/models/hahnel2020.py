"""Hahnel et al. 2020: chronic myeloid leukemia, immune control, and stopping the inhibitor."""

from __future__ import annotations

import math

from nonself.catalog.entry import Act, Must, PublishedModel, Variant
from nonself.catalog.tables import read_table
from nonself.model.parts import Mechanism, Observable, Parameter, Reaction, Species
from nonself.model.rate_laws import logistic, mass_action, windowed
from nonself.provenance import Citation

HAHNEL = Citation(
    key="Hahnel2020",
    title="Model-based inference and classification of immunologic control mechanisms from TKI cessation "
    "and dose reduction in patients with CML",
    authors="Hähnel T, Baldow C, Guilhot J, et al., Roeder I, Glauche I",
    year=2020,
    venue="Cancer Research 80:2394-2406",
    doi="10.1158/0008-5472.CAN-19-2175",
    read_in="github.com/radivot/myelo, data/glauchePars20.rda and CML/hahnel20/README.md",
)
_EQUATIONS = HAHNEL.at("model equations")
_SHARED = HAHNEL.at("supplement of bioRxiv 722546, constant shared by all patients")
_PATIENT_1 = HAHNEL.at("supplement of bioRxiv 722546, Table S1, patient 1")
_START = HAHNEL.at("initial state, fitted per patient")
_RERUN = HAHNEL.at("equations and Table S1, recomputed independently")


def immune_window(pz: float, a: float, Kz: float) -> tuple[float, float] | None:
    """Return the loads between which immune cells grow, or None if they never do.

    Equation: Y = (pz -+ sqrt(pz^2 - 4 a^2 Kz^2)) / (2 a), the roots of pz Y / (Kz^2 + Y^2) = a.

    **Example:** `immune_window(2210.0, 2.0, 362.0)` gives about `(135.1, 969.9)`.
    """
    if pz <= 2 * a * Kz:
        return None
    upper = (pz + math.sqrt(pz**2 - 4 * a**2 * Kz**2)) / (2 * a)
    return Kz**2 / upper, upper


# Ranges: over the patients, as stated for all 21, widened where rounding had cut off one of the 14.
_IMMUNE_CONTROL = Mechanism(
    id="cml_immune_control",
    title="Quiescent and proliferating leukemic cells, an inhibitor, and immune cells with a window",
    references=(HAHNEL,),
    species=(
        Species("X", "X0", "cell", _START, "quiescent leukemic stem cells", scale=1e-2),
        Species("Y", "Y0", "cell", _START, "proliferating leukemic stem cells", scale=1e-3),
        Species("Z", "Z0", "cell", _START, "immune effector cells"),
    ),
    parameters=(
        Parameter("pxy", 0.0483, "1/month", _PATIENT_1, "activation of quiescent cells", (1e-6, 0.205)),
        Parameter("pyx", 0.0126, "1/month", _PATIENT_1, "deactivation of Y", (4.5e-5, 0.88)),
        Parameter("py", 1.658, "1/month", _SHARED, "proliferation"),
        Parameter("Ky", 1e6, "cell", _SHARED, "carrying capacity of proliferating cells"),
        Parameter("m", 1e-4, "1/(cell*month)", _SHARED, "killing by immune cells"),
        Parameter("TKI", 13.9, "1/month", _PATIENT_1, "killing by the inhibitor", (1.86, 17.7)),
        Parameter("rz", 200.0, "cell/month", _SHARED, "supply of immune cells"),
        Parameter("a", 2.0, "1/month", _SHARED, "death of immune cells"),
        Parameter("pz", 2210.0, "cell/month", _PATIENT_1, "stimulation of immune cells by leukemic cells"),
        Parameter("Kz", 362.0, "cell", _PATIENT_1, "leukemic cells at which stimulation is strongest"),
        Parameter("X0", 194000.0, "cell", _PATIENT_1, "quiescent cells at diagnosis"),
        Parameter("Y0", 742834.0, "cell", _PATIENT_1, "proliferating cells at diagnosis"),
        Parameter("Z0", 100.0, "cell", _PATIENT_1, "immune cells at diagnosis"),
    ),
    reactions=(
        Reaction("activation", "pxy*X", {"X": -1, "Y": +1}, "quiescent cells divide again", _EQUATIONS),
        Reaction("deactivation", "pyx*Y", {"Y": -1, "X": +1}, "dividing cells fall quiescent", _EQUATIONS),
        Reaction("growth", logistic("py", "Y", "Ky"), {"Y": +1}, "logistic growth", _EQUATIONS, signed=True),
        Reaction("immune_killing", mass_action("m", "Y", "Z"), {"Y": -1}, "immune cells kill leukemia", _EQUATIONS),
        Reaction("inhibitor_killing", "TKI*Y", {"Y": -1}, "the inhibitor kills leukemia", _EQUATIONS),
        Reaction("immune_supply", "rz", {"Z": +1}, "new immune cells", _EQUATIONS),
        Reaction("immune_death", "a*Z", {"Z": -1}, "immune cells die", _EQUATIONS),
        Reaction(
            "immune_stimulation", windowed("pz", "Z", "Y", "Kz"), {"Z": +1},
            "leukemic cells stimulate immune cells, many of them less", _EQUATIONS,
        ),
    ),
    observables=(
        Observable("bcr_abl_percent", "100*Y/Ky", "percent", "BCR-ABL1/ABL1", log_axis=True),
    ),
)  # fmt: skip


_PARAMETERS = [part.id for part in _IMMUNE_CONTROL.parameters]


def _variant(row: dict[str, str]) -> Variant:
    columns = {"a": "az"} | {name: name for name in _PARAMETERS if name != "a"}
    return Variant(
        id=row["patient"],
        label=f"patient {row['patient']}",
        values={name: float(row[column]) for name, column in columns.items()},
        source=HAHNEL.at(f"supplement of bioRxiv 722546, Table S1, patient {row['patient']}"),
        group=row["grp"][0],
        facts={name: float(row[name]) for name in ("CessT", "Ymin", "Ymax") if row[name]},
    )


_VARIANTS = tuple(_variant(row) for row in read_table("hahnel2020"))
_STOP = {variant.id: variant.facts["CessT"] for variant in _VARIANTS if variant.facts}
_MMR = 0.1  # percent; above it, major molecular response is lost


def _after_stop(
    statement: str,
    patient: str,
    after: float,
    low: float,
    high: float,
    *,
    m: float = 1e-4,
    place: Citation = _RERUN,
) -> Must:
    return Must(
        statement,
        quantity="bcr_abl_percent",
        at=_STOP[patient] + after,
        low=low,
        high=high,
        source=place,
        variant=patient,
        set={"m": m},
        acts=(Act(_STOP[patient], set={"TKI": 0.0}),),
    )


_LOST = tuple(
    _after_stop(f"patient {patient} has lost MMR 120 months after the stop", patient, 120.0, _MMR, 110.0)
    for patient in ("1", "2", "3", "4", "7", "17", "18")
)
_KEPT = tuple(
    _after_stop(f"patient {patient} keeps MMR 120 months after the stop", patient, 120.0, 0.0, _MMR)
    for patient in ("6", "8", "11", "13", "16", "20", "21")
)
_WINDOW = "controlled leukemia rests at the lower end of the immune window, printed for this patient as"

MODEL = PublishedModel(
    id="hahnel2020",
    title="Chronic myeloid leukemia under immune control, and stopping the inhibitor (Hähnel 2020)",
    time_unit="month",
    mechanisms=(_IMMUNE_CONTROL,),
    until=240.0,
    must=(
        *_LOST,
        *_KEPT,
        _after_stop(
            "patient 3, the slowest of class A, has MMR 8.55 months after the stop", "3", 8.55, 0.0, _MMR
        ),
        _after_stop("patient 3 has lost it at 8.65 months (printed: 8.6)", "3", 8.65, _MMR, 110.0),
        _after_stop(f"{_WINDOW} 68 cells", "13", 120.0, 67.5e-4, 68.5e-4),
        _after_stop(f"{_WINDOW} 84 cells", "16", 120.0, 83.5e-4, 84.5e-4),
        _after_stop("without immune killing patient 6 loses the remission", "6", 120.0, 90.0, 110.0, m=0.0),
        Must(
            "without treatment leukemia grows: patient 7 fills the niche in a year",
            "bcr_abl_percent",
            12.0,
            95.0,
            100.0,
            _EQUATIONS,
            "7",
            set={"TKI": 0.0},
        ),
        Must(
            "under the inhibitor patient 1 reaches MMR within a year",
            "bcr_abl_percent",
            12.0,
            0.0,
            _MMR,
            _EQUATIONS,
            "1",
        ),
    ),
    variants=_VARIANTS,
    notes=(
        "TKI is on unless set to 0; the month of the stop, CessT, is in each variant's facts.",
        "Groups: A no immune control, B sufficient, C weak. 14 of the 21 published patients.",
    ),
    review="second writing from the source alone: tests/qc/hahnel2020.py",
)
