"""The innate signal and pathogens: how infections and injuries are felt, and how they pass.

A pathogen grows, is taken up with a capacity that saturates (small inocula never take hold, larger ones outgrow it),
and is killed by the effector cells that it has called up, which divide as long as they meet it: few survivors of a
depletion clear it, too, only later. A part of the uptake is that of barriers, complement and macrophages of tissue: it
needs no neutrophil, so that little pathogen dies out even without them. Pathogen and injured tissue raise one innate
signal that fades by itself. Triggers add to these two states and to nothing else.

Equations, P pathogen, E the effectors it has called up, W injury, I innate signal, N neutrophils in blood, G IgG:
P' = r P (1 - P/capacity) - u P/(1 + P/half) - c E P/size,
u = rate (m + (1 - m) N/N_healthy) (1 - o + o g(G)/g(G_normal)), g(G) = G/(G + half_igg);
E' = (burst recruitment specific_share (naive + memory CD8) + b E/(1 + E/most)) P/(1 + P) - contraction E, where
what divides is effector CD8, too, of which E is a part, and most is that of 5 L times size; W' = -clearance W;
I' = s (2 P/(1 + P) + 2 W/(1 + W) - I): the signal rests at 1 where either cause is at 1, and each alone brings it to 2
at most. What dies in a tissue raises I, too (self_cells).
"""

from __future__ import annotations

from nonself.catalog.body.recognition_sources import STEIN
from nonself.model.parts import Expression, Mechanism, Parameter, Reaction, Species
from nonself.provenance import assumed

_SCALE = assumed("unit of the state: 1 at the height of a febrile infection in an adult")

INNATE = Mechanism(
    id="innate",
    title="Pathogen, its uptake and killing, and the innate signal of infection and injury",
    references=(STEIN,),
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
            "phagocytosis_rate", 3.8, "1/day",
            assumed("exceeds the growth, so that small inocula never take hold, in health two of three"),
            "uptake of little pathogen",
            (3.0, 6.0),
        ),
        Parameter(
            "phagocytosis_half", 0.06, "1", assumed("an inoculum of a tenth of a febrile infection takes hold"),
            "pathogen at which uptake is half used up",
        ),
        Parameter(
            "resident_uptake", 0.5, "1",
            assumed("enough that little pathogen dies out without neutrophils, too little to stop most inocula then"),
            "share of uptake by barriers, complement and macrophages of tissue", (0.35, 0.8),
        ),
        Parameter(
            "opsonized_share", 0.5, "1", assumed("half of the uptake needs antibody"),
            "share of uptake that needs IgG",
        ),
        Parameter(
            "opsonin_half", 5.0, "g/L",
            assumed("pneumonia is seldom at 10 g/L and five times as frequent at 5 g/L (Orange 2010, abstract)"),
            "IgG at which opsonized uptake is half its most", (2.0, 10.0),
        ),
        Parameter(
            "effector_clearance", 0.15, "1/(Gcell*day)", assumed("a common infection passes in one to two weeks"),
            "killing of pathogen by the effectors that it has called up, in 5 L", (0.05, 1.0),
        ),
        Parameter(
            "called_division", 0.55, "1/day", STEIN.at("doubling time 0.78 d is an upper end"),
            "division of effectors in a fully present pathogen", (0.4, 0.9),
        ),
        Parameter(
            "called_most", 10.0, "Gcell", assumed("some percent of all CD8 T cells, as at the peak of large responses"),
            "effectors at which division is halved, in 5 L", (3.0, 30.0),
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
            "opsonization", "igg/(igg + opsonin_half)*(igg_normal + opsonin_half)/igg_normal", "1",
            "uptake that needs IgG, over that at rest",
        ),
        Expression(
            "phagocytosis",
            "phagocytosis_rate*(resident_uptake + (1 - resident_uptake)*neutrophil_blood/neutrophil_blood_healthy)"
            "*(1 - opsonized_share + opsonized_share*opsonization)",
            "1/day", "uptake of little pathogen by what there is",
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
            "it is taken up",
        ),
        Reaction(
            "pathogen_killing", "effector_clearance/size*pathogen_effectors*pathogen", {"pathogen": -1},
            "effectors that it has called up kill infected cells",
        ),
        Reaction(
            "effectors_called", "burst*recruitment*specific_share*pathogen_presence*(naive_cd8 + memory_cd8)",
            {"pathogen_effectors": +1}, "specific CD8 T cells are activated and divide (a part of the effector CD8)",
        ),
        Reaction(
            "effectors_dividing",
            "called_division*pathogen_presence*pathogen_effectors/(1 + pathogen_effectors/(called_most*size))",
            {"pathogen_effectors": +1, "effector_cd8": +1}, "they divide while they meet it", STEIN,
        ),
        Reaction("effectors_contracting", "contraction*pathogen_effectors", {"pathogen_effectors": -1},
                 "they contract"),
        Reaction("injury_clearing", "injury_clearance*injury", {"injury": -1}, "debris is cleared"),
        Reaction("signal_rising", "signal_rise*2*infection_signal", {"innate": +1},
                 "infection and injury raise the signal"),
        Reaction("signal_fading", "signal_rise*innate", {"innate": -1}, "the signal fades"),
    ),
)  # fmt: skip
