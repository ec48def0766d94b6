"""Hahnel et al. 2020: chronic myeloid leukemia, immune control, and stopping the inhibitor."""

from __future__ import annotations

import math

from nonself.catalog.entry import Act, Must, PublishedModel, Variant
from nonself.catalog.tables import read_table
from nonself.model.parts import Mechanism, Observable, Parameter, Reaction, Species
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
    """Return the numbers of leukemic cells between which immune cells grow, or None if they never do.

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
        Species("X", "X0", "cell", _START, "quiescent leukemic stem cells"),
        Species("Y", "Y0", "cell", _START, "proliferating leukemic stem cells", scale=1e-3),
        Species("Z", "Z0", "cell", _START, "immune effector cells"),
    ),
    parameters=(
        Parameter("pxy", 0.0483, "1/month", _PATIENT_1, "activation of quiescent cells", (1e-6, 0.205)),
        Parameter("pyx", 0.0126, "1/month", _PATIENT_1, "deactivation of proliferating cells", (4.5e-5, 0.88)),
        Parameter("py", 1.658, "1/month", _SHARED, "proliferation"),
        Parameter("Ky", 1e6, "cell", _SHARED, "carrying capacity of proliferating cells"),
        Parameter("m", 1e-4, "1/(cell*month)", _SHARED, "killing by immune cells"),
        Parameter("TKI", 13.9, "1/month", _PATIENT_1, "killing by the tyrosine kinase inhibitor", (1.86, 17.7)),
        Parameter("rz", 200.0, "cell/month", _SHARED, "supply of immune cells"),
        Parameter("a", 2.0, "1/month", _SHARED, "death of immune cells"),
        Parameter("pz", 2210.0, "cell/month", _PATIENT_1, "stimulation of immune cells by leukemic cells"),
        Parameter("Kz", 362.0, "cell", _PATIENT_1, "leukemic cells at which stimulation is strongest"),
        Parameter("X0", 194000.0, "cell", _PATIENT_1, "quiescent cells at diagnosis"),
        Parameter("Y0", 742834.0, "cell", _PATIENT_1, "proliferating cells at diagnosis"),
        Parameter("Z0", 100.0, "cell", _PATIENT_1, "immune cells at diagnosis"),
    ),
    reactions=(
        Reaction("activation", "pxy*X", {"X": -1, "Y": +1}, "quiescent cells start to proliferate", _EQUATIONS),
        Reaction("deactivation", "pyx*Y", {"Y": -1, "X": +1}, "proliferating cells fall quiescent", _EQUATIONS),
        Reaction("growth", "py*Y*(1 - Y/Ky)", {"Y": +1}, "logistic growth of leukemia", _EQUATIONS, signed=True),
        Reaction("immune_killing", "m*Y*Z", {"Y": -1}, "immune cells kill leukemic cells", _EQUATIONS),
        Reaction("inhibitor_killing", "TKI*Y", {"Y": -1}, "the inhibitor kills leukemic cells", _EQUATIONS),
        Reaction("immune_supply", "rz", {"Z": +1}, "new immune cells", _EQUATIONS),
        Reaction("immune_death", "a*Z", {"Z": -1}, "immune cells die", _EQUATIONS),
        Reaction(
            "immune_stimulation", "pz*Y*Z/(Kz**2 + Y**2)", {"Z": +1},
            "leukemic cells stimulate immune cells, many of them less", _EQUATIONS,
        ),
    ),
    observables=(
        Observable("bcr_abl_percent", "100*Y/Ky", "percent", "BCR-ABL1/ABL1", log_axis=True),
    ),
)  # fmt: skip


def _variant(row: dict[str, str]) -> Variant:
    columns = {"a": "az"} | {id: id for id in "pxy pyx py Ky m TKI rz pz Kz X0 Y0 Z0".split()}
    return Variant(
        id=row["patient"],
        label=f"patient {row['patient']}",
        values={id: float(row[column]) for id, column in columns.items()},
        source=HAHNEL.at(f"supplement of bioRxiv 722546, Table S1, patient {row['patient']}"),
        group=row["grp"][0],
        facts={name: float(row[name]) for name in ("CessT", "Ymin", "Ymax") if row[name]},
    )


_VARIANTS = tuple(_variant(row) for row in read_table("hahnel2020"))
_STOP = {variant.id: variant.facts["CessT"] for variant in _VARIANTS if variant.facts}
_MMR = 0.1  # percent; above it, major molecular response is lost


