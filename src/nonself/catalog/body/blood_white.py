"""Blood formation: neutrophils, from dividing precursors through the marrow reserve to blood, and G-CSF."""

from __future__ import annotations

from itertools import pairwise

from nonself.catalog.body.blood_sources import CRAIG, LABELING, PAUKSEN, SENDER
from nonself.model.parts import Expression, Mechanism, Observable, Parameter, Reaction, Species
from nonself.provenance import assumed

STEPS = 4
MATURING = tuple(f"neutrophil_maturing_{number}" for number in range(1, STEPS + 1))
_STEADY = assumed("the reference person is at rest, so that each pool holds what its turnover fills")
_POOLS = SENDER.at("Neutrophils.ipynb: mitotic 1.8e11, post-mitotic 4.2e11, blood 2.1e10, marginal 2.1e10")
_FLOWS = SENDER.at("Neutrophils.ipynb: 6.0e10 a day, 4.8e10 of them from the circulation")
_TRANSIT = LABELING.at("marrow transit 5.80 +- 0.42 days: its lower end, less the reserve")
_SELF = assumed("most precursors come from precursors, as in Friberg 2002; they need room in marrow, half of "
                "which is enough to rest")  # fmt: skip
_FITTED = assumed("fitted to target neut_nadir: 0.9e9/L on day 7.6, back on day 15.6 after docetaxel")


def neutrophil_line() -> Mechanism:
    """Return the neutrophil line with G-CSF.

    Equations: g = (1 + w innate)/(l + (1 - l) U/U0) with U = a (M + maturing) + R + N, what takes up G-CSF;
    f = c g**p/(c - 1 + g**p) times 2 room**2/(room + M/M0) times (1 + n) P/(P + n P0);
    h = b g**q/(b - 1 + g**q); dG = e P - G/t_G;
    dM = f ((1 - s) M0/t_M G/G0 + s M/t_M) - M/t_M; four steps of maturation; dR = in - r h R - d R;
    dN = r h R - N/t_N. A share of N circulates and is counted.

    **Returns:** the mechanism; it reads `progenitor`, `marrow_room`, `blood_volume` and `innate`.
    """
    return Mechanism(
        id="neutrophil_line",
        title="Neutrophils: dividing precursors, maturation, reserve, blood; G-CSF",
        references=(SENDER, LABELING, CRAIG, PAUKSEN),
        species=(
            Species("granulocyte_progenitor", "granulocyte_progenitor_healthy", "Gcell", _STEADY,
                    "dividing progenitors of the line", scale=1e-3),
            Species("neutrophil_mitotic", "neutrophil_mitotic_healthy", "Gcell", _STEADY,
                    "dividing neutrophil precursors", scale=1e-2),
            *(Species(name, f"neutrophil_made*maturation_time/{STEPS}", "Gcell", _STEADY,
                      f"maturing neutrophils, step {number} of {STEPS}", scale=1e-2)
              for number, name in enumerate(MATURING, 1)),
            Species("neutrophil_reserve", "neutrophil_made*reserve_time", "Gcell", _STEADY,
                    "mature neutrophils in marrow", scale=1e-2),
            Species("neutrophil_blood", "neutrophil_released*neutrophil_time", "Gcell", _STEADY,
                    "neutrophils in blood, circulating and at the vessel wall", scale=1e-3),
        ),
        parameters=(*_SET_POINT, *_TIMES, *_GCSF),
        expressions=_EXPRESSIONS,
        reactions=_REACTIONS,
        observables=(
            Observable("blood_neutrophils", "neutrophils", "Gcell/L", "neutrophil count"),
            Observable("granulocyte_factor", "g_csf", "1", "G-CSF over that at rest", log_axis=True),
        ),
    )  # fmt: skip


_EXPRESSIONS = (
    Expression("neutrophils", "circulating_share*neutrophil_blood/blood_volume", "Gcell/L", "neutrophil count"),
    Expression("g_csf_uptake",
               f"precursor_uptake*(neutrophil_mitotic + {' + '.join(MATURING)})"
               " + neutrophil_reserve + neutrophil_blood",
               "Gcell", "neutrophils that take up G-CSF, as mature cells"),
    Expression("g_csf",
               "(1 + g_csf_by_innate*innate)"
               "/(g_csf_other_share + (1 - g_csf_other_share)*g_csf_uptake/g_csf_uptake_healthy)",
               "1", "G-CSF, 1 at rest"),
    Expression("neutrophil_division",
               "division_ceiling*g_csf**g_csf_on_division/(division_ceiling - 1 + g_csf**g_csf_on_division)"
               "*2*marrow_room**2/(marrow_room + neutrophil_mitotic/neutrophil_mitotic_healthy)"
               "*(1 + progenitor_need)*progenitor/(progenitor + progenitor_need*progenitor_healthy)",
               "1", "precursors made by division, over those at rest"),
    Expression("neutrophil_release",
               "reserve_release*release_ceiling*g_csf**g_csf_on_release"
               "/(release_ceiling - 1 + g_csf**g_csf_on_release)",
               "1/day", "release of the reserve"),
)  # fmt: skip
_REACTIONS = (
    Reaction("granulocyte_entry", "granulocyte_entry_rate*progenitor", {"granulocyte_progenitor": +1},
             "progenitors enter the line", _STEADY),
    Reaction("granulocyte_maturation", "granulocyte_progenitor/granulocyte_time",
             {"granulocyte_progenitor": -1}, "granulocyte progenitors mature", _STEADY),
    Reaction("neutrophil_formation",
             "granulocyte_amplification*neutrophil_division*granulocyte_progenitor/granulocyte_time",
             {"neutrophil_mitotic": +1}, "granulocyte progenitors multiply", _SELF),
    Reaction("neutrophil_self_division",
             "neutrophil_self_share*neutrophil_division*neutrophil_mitotic/mitotic_time",
             {"neutrophil_mitotic": +1}, "precursors divide and stay precursors", _SELF),
    Reaction("neutrophil_last_division", "neutrophil_mitotic/mitotic_time",
             {"neutrophil_mitotic": -1, MATURING[0]: +1}, "precursors stop dividing", _POOLS),
    *(Reaction(f"{name}_step", f"{STEPS}/maturation_time*{name}", {name: -1, later: +1}, "cells mature", _TRANSIT)
      for name, later in pairwise((*MATURING, "neutrophil_reserve"))),
    Reaction("neutrophil_mobilization", "neutrophil_release*neutrophil_reserve",
             {"neutrophil_reserve": -1, "neutrophil_blood": +1}, "the reserve enters the blood", CRAIG),
    Reaction("reserve_death", "reserve_death_rate*neutrophil_reserve", {"neutrophil_reserve": -1},
             "cells die in marrow", _FLOWS),
    Reaction("neutrophil_loss", "neutrophil_blood/neutrophil_time", {"neutrophil_blood": -1},
             "neutrophils leave the blood", _FLOWS),
)  # fmt: skip
_SET_POINT = (
    Parameter("neutrophils_healthy", 4.2, "Gcell/L", _POOLS, "neutrophil count at rest: 2.1e10 in 5 L"),
    Parameter("circulating_share", 0.5, "1", _POOLS, "share of the neutrophils in blood that is counted"),
    Parameter("neutrophil_released", "neutrophils_healthy*blood_volume/circulating_share/neutrophil_time",
              "Gcell/day", _STEADY, "neutrophils that enter the blood at rest"),
    Parameter("neutrophil_yield", 48 / 60, "1", _FLOWS, "share of the neutrophils made that reach the blood"),
    Parameter("neutrophil_made", "neutrophil_released/neutrophil_yield", "Gcell/day", _STEADY,
              "neutrophils made at rest"),
    Parameter("neutrophil_mitotic_healthy", "neutrophil_made*mitotic_time", "Gcell", _STEADY,
              "dividing precursors at rest"),
    Parameter("neutrophil_self_share", 0.95, "1", _SELF, "share of the precursors made by precursors"),
    Parameter("progenitor_need", 0.05, "1",
              assumed("without progenitors behind them precursors run out of divisions and the line ends"),
              "progenitors at which division halves, over those at rest"),
    Parameter("granulocyte_amplification", 16.0, "1", assumed("four divisions, as in the red line"),
              "neutrophil precursors from one progenitor of the line"),
    Parameter("granulocyte_progenitor_healthy",
              "(1 - neutrophil_self_share)*neutrophil_made*granulocyte_time/granulocyte_amplification",
              "Gcell", _STEADY, "progenitors of the line at rest"),
    Parameter("granulocyte_entry_rate",
              "granulocyte_progenitor_healthy/granulocyte_time/progenitor_healthy", "1/day", _STEADY,
              "progenitors of the line a progenitor gives"),
)  # fmt: skip
_TIMES = (
    Parameter("granulocyte_time", 3.0, "day", assumed("as for the progenitors of the red line"),
              "time as a progenitor of the line"),
    Parameter("mitotic_time", 180 / 60, "day", _POOLS, "dividing precursors over their output"),
    Parameter("maturation_time", 5.4 - 2.7, "day", _TRANSIT, "time from the last division to the reserve"),
    Parameter("reserve_time", 2.7, "day", CRAIG.at("tauNr"), "time in the reserve"),
    Parameter("neutrophil_time", 0.9, "day", SENDER.at("circulating life 0.9 +- 0.2 day"), "time in blood",
              (0.7, 1.1)),
    Parameter("reserve_release", "neutrophil_yield/reserve_time", "1/day", _STEADY, "release at rest"),
    Parameter("reserve_death_rate", "(1 - neutrophil_yield)/reserve_time", "1/day", _FLOWS,
              "death in the reserve"),
)  # fmt: skip
_GCSF = (
    Parameter("precursor_uptake", 0.8, "1",
              assumed("precursors carry fewer receptors than mature cells; so G-CSF rises before the count falls"),
              "uptake of G-CSF by a precursor, over that by a mature cell"),
    Parameter("g_csf_uptake_healthy",
              "neutrophil_made*(precursor_uptake*(mitotic_time + maturation_time) + reserve_time)"
              " + neutrophil_released*neutrophil_time",
              "Gcell", _STEADY, "uptake of G-CSF at rest"),
    Parameter("g_csf_other_share", 0.05, "1",
              assumed("a marrow without neutrophils raises G-CSF twentyfold; Craig 2016 has 0.285, but with "
                      "uptake by blood and reserve alone"),
              "share of G-CSF that neutrophils do not clear"),
    Parameter("g_csf_by_innate", 6.0, "1",
              assumed("between viral infection, 58 ng/L, and bacterial, 799 ng/L (Pauksen 1994), which are 14-fold "
                      "apart"),
              "G-CSF by the innate signal"),
    Parameter("g_csf_on_division", 1.76, "1", _FITTED, "G-CSF on division"),
    Parameter("division_ceiling", 3.0, "1", assumed("between one and two more divisions at most"),
              "largest effect of G-CSF on division"),
    Parameter("g_csf_on_release", 1.22, "1", _FITTED, "G-CSF on release"),
    Parameter("release_ceiling", 11.356, "1", CRAIG.at("phiRatio"), "largest effect of G-CSF on release"),
)  # fmt: skip
