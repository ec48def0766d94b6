"""The innate signal and pathogens: how infections and injuries are felt, and how they pass.

A pathogen grows, is taken up by phagocytes with a capacity that saturates (small inocula never take hold, larger ones
outgrow it), and is killed by the effector cells that it has called up. Pathogen and injured tissue raise one innate
signal that fades by itself. Triggers add to these two states and to nothing else.

Equations, P pathogen, E the effectors it has called up, W injury, I innate signal, N neutrophils in blood:
P' = r P (1 - P/capacity) - u P/(1 + P/half) - c E P/size, u = rate N/N_healthy (1 - o + o IgG/IgG_normal);
E' = burst recruitment specific_share P/(1 + P) (naive + memory CD8) - contraction E; W' = -clearance W;
I' = s (2 P/(1 + P) + 2 W/(1 + W) - I): the signal rests at 1 where either cause is at 1, and each alone brings it to 2
at most. What dies in a tissue raises I, too (self_cells).
"""

from __future__ import annotations

from nonself.model.parts import Expression, Mechanism, Parameter, Reaction, Species
from nonself.provenance import assumed

_SCALE = assumed("unit of the state: 1 at the height of a febrile infection in an adult")

INNATE = Mechanism(
    id="innate",
    title="Pathogen, its uptake and killing, and the innate signal of infection and injury",
    references=(),
    species=(
        Species("pathogen", 0.0, "1", _SCALE, "pathogen, relative to a febrile infection", scale=1e-4),
        Species("pathogen_effectors", 0.0, "Gcell", _SCALE, "effector CD8 T cells specific for the pathogen",
                scale=1e-4),
        Species("injury", 0.0, "1", _SCALE, "injured tissue that is not yet cleared", scale=1e-3),
        Species("innate", 0.0, "1", _SCALE, "innate signal", scale=1e-3),
    ),
    parameters=(
        Parameter(
            "pathogen_growth", 1.5, "1/day",
            assumed("a common respiratory infection grows tenfold in a day and a half"), "growth of a pathogen",
            (0.5, 4.0),
        ),
        Parameter(
            "pathogen_capacity", 10.0, "1",
            assumed("ten times a febrile infection is as much as a body can hold"), "most pathogen there can be",
        ),
        Parameter(
            "phagocytosis_rate", 2.0, "1/day",
            assumed("exceeds the growth at normal neutrophils, so that small inocula never take hold"),
            "uptake of little pathogen by phagocytes",
            (1.0, 5.0),
        ),
        Parameter(
            "phagocytosis_half", 0.06, "1", assumed("an inoculum of some percent of a febrile infection takes hold"),
            "pathogen at which uptake is half used up",
        ),
        Parameter(
            "opsonized_share", 0.5, "1", assumed("half of the uptake needs antibody"),
            "share of uptake that needs IgG",
        ),
        Parameter(
            "effector_clearance", 0.4, "1/(Gcell*day)", assumed("a common infection passes in one to two weeks"),
            "killing of pathogen by the effectors that it has called up, in 5 L", (0.2, 5.0),
        ),
        Parameter(
            "signal_rise", 1.0, "1/day", assumed("the signal follows its cause within a day"), "rise and fall"
        ),
        Parameter(
            "neutrophil_blood_healthy", "neutrophil_released*neutrophil_time", "Gcell",
            assumed("the reference adult is at rest"), "neutrophils in blood at rest",
        ),
        Parameter(
            "injury_clearance", 0.2, "1/day", assumed("debris of an injury is cleared in about five days"),
            "clearance of injured tissue",
        ),
    ),
    expressions=(
        Expression(
            "phagocytosis", "phagocytosis_rate*neutrophil_blood/neutrophil_blood_healthy"
            "*(1 - opsonized_share + opsonized_share*igg/igg_normal)",
            "1/day", "uptake of little pathogen by the phagocytes there are",
        ),
        Expression("infection_signal", "pathogen/(1 + pathogen) + injury/(1 + injury)", "1", "what raises the signal"),
    ),
    reactions=(
        Reaction(
            "pathogen_growing", "pathogen_growth*pathogen*(1 - pathogen/pathogen_capacity)", {"pathogen": +1},
            "pathogen grows", signed=True,
        ),
        Reaction(
            "pathogen_uptake", "phagocytosis*pathogen/(1 + pathogen/phagocytosis_half)", {"pathogen": -1},
            "phagocytes take it up",
        ),
        Reaction(
            "pathogen_killing", "effector_clearance/size*pathogen_effectors*pathogen", {"pathogen": -1},
            "effectors that it has called up kill infected cells",
        ),
        Reaction(
            "effectors_called", "burst*recruitment*specific_share*pathogen_presence*(naive_cd8 + memory_cd8)",
            {"pathogen_effectors": +1}, "specific CD8 T cells are activated and divide (a part of the effector CD8)",
        ),
        Reaction("effectors_contracting", "contraction*pathogen_effectors", {"pathogen_effectors": -1},
                 "they contract"),
        Reaction("injury_clearing", "injury_clearance*injury", {"injury": -1}, "debris is cleared"),
        Reaction("signal_rising", "signal_rise*2*infection_signal", {"innate": +1},
                 "infection and injury raise the signal"),
        Reaction("signal_fading", "signal_rise*innate", {"innate": -1}, "the signal fades"),
    ),
)  # fmt: skip
