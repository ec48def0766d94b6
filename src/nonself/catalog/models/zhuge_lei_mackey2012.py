"""Zhuge, Lei and Mackey 2012: stem cells and neutrophils, each answering to how many there were."""

from __future__ import annotations

import math

from nonself.catalog.entry import Must, PublishedModel, Variant
from nonself.model.parts import Expression, Mechanism, Parameter, Reaction, Species
from nonself.provenance import Citation, assumed

ZHUGE = Citation(
    key="ZhugeLeiMackey2012",
    title="Neutrophil dynamics in response to chemotherapy and G-CSF",
    authors="Zhuge C, Lei J, Mackey MC",
    year=2012,
    venue="Journal of Theoretical Biology 293:111-120",
    read_in="github.com/radivot/myelo, R/zhuge12.R, data zhugePars and README.md",
)
_EQUATIONS = ZHUGE.at("model equations, R/zhuge12.R")
_TABLE_1 = ZHUGE.at("Table 1")
_BALANCE = ZHUGE.at("model equations, their balance")
_README = ZHUGE.at("README.md, neutrophils at balance with stem cells held at Qss")

_GRANULOPOIESIS = Mechanism(
    id="delayed_neutrophils",
    title="Stem cells divide or become neutrophils, the less the more there are",
    references=(ZHUGE,),
    species=(
        Species("Q", 1.1e6, "cell/kg", _TABLE_1, "stem cells at rest", scale=1.0),
        Species("N", 6.3e8, "cell/kg", _TABLE_1, "neutrophils in blood", scale=1e3),
    ),
    parameters=(
        Parameter("gamma_S", 0.07, "1/day", _TABLE_1, "death of dividing stem cells"),
        Parameter("tau_S", 2.8, "day", _TABLE_1, "time of a stem cell's division"),
        Parameter("k0", 8.0, "1/day", _TABLE_1, "division of stem cells where there are few"),
        Parameter("theta_2", 3e5, "cell/kg", _TABLE_1, "stem cells at which division has halved"),
        Parameter("s2", 4.0, "1", _TABLE_1, "how steeply division falls"),
        Parameter("kappa_delta", 0.01, "1/day", _TABLE_1, "stem cells that become other blood cells"),
        Parameter("gamma_N", 2.4, "1/day", _TABLE_1, "death of neutrophils"),
        Parameter("tau_NP", 5.0, "day", _TABLE_1, "time in which precursors multiply"),
        Parameter("tau_NM", 6.0, "day", _TABLE_1, "time in which they mature"),
        Parameter("tau_N", "tau_NP + tau_NM", "day", _TABLE_1, "time from stem cell to neutrophil"),
        Parameter("eta_NP", 2.542, "1/day", _TABLE_1, "multiplication of precursors"),
        Parameter("gamma_0", 0.27, "1/day", _TABLE_1, "death of maturing precursors"),
        Parameter("f0", 0.4, "1/day", _TABLE_1, "stem cells that become neutrophils where there are few"),
        Parameter("theta_1", 3.6e7, "cell/kg", _TABLE_1, "neutrophils at which that has halved"),
        Parameter("s1", 1.0, "1", _TABLE_1, "how steeply it falls"),
        Parameter(
            "A_N", "exp(eta_NP*tau_NP - gamma_0*tau_NM)", "1", _EQUATIONS, "neutrophils of one stem cell"
        ),
        Parameter("A_Q", "2*exp(-gamma_S*tau_S)", "1", _EQUATIONS, "stem cells of one that divided"),
    ),
    expressions=(
        Expression(
            "dividing", "k0/(1 + (Q/theta_2)**s2)*Q", "cell/(kg*day)", "stem cells that begin to divide"
        ),
        Expression(
            "leaving", "f0/(1 + (N/theta_1)**s1)*Q", "cell/(kg*day)", "stem cells that become neutrophils"
        ),
    ),
    reactions=(
        Reaction("division", "dividing", {"Q": -1}, "stem cells begin to divide", _EQUATIONS),
        Reaction("divided", "A_Q*delay(dividing, tau_S)", {"Q": +1}, "they come back divided", _EQUATIONS),
        Reaction(
            "differentiation", "leaving", {"Q": -1}, "stem cells become neutrophil precursors", _EQUATIONS
        ),
        Reaction(
            "other_lines", "kappa_delta*Q", {"Q": -1}, "stem cells become other blood cells", _EQUATIONS
        ),
        Reaction(
            "maturation", "A_N*delay(leaving, tau_N)", {"N": +1}, "precursors become neutrophils", _EQUATIONS
        ),
        Reaction("death", "gamma_N*N", {"N": -1}, "neutrophils die", _EQUATIONS),
    ),
)


def _balance(lost: float) -> tuple[float, float]:
    """Stem cells and neutrophils at balance, where stem cells also become other cells at a rate."""
    gain = 2 * math.exp(-0.07 * 2.8) - 1
    made = math.exp(2.542 * 5 - 0.27 * 6)
    stem, neutrophils = 1.1e6, 6.3e8
    for _ in range(200):
        leaving = 0.4 / (1 + neutrophils / 3.6e7)
        stem = 3e5 * (8 * gain / (leaving + lost) - 1) ** 0.25
        neutrophils = (-1 + math.sqrt(1 + 4 * made * 0.4 * stem / (2.4 * 3.6e7))) / 2 * 3.6e7
    return stem, neutrophils


def _at_balance(lost: float, variant: str | None) -> tuple[Must, ...]:
    words = f"with {lost:g} a day lost to other lines"
    return tuple(
        Must(
            f"{words}: {name} settles at {value:.4g} a kg",
            name,
            3000.0,
            0.999 * value,
            1.001 * value,
            _BALANCE,
            variant,
        )
        for name, value in zip(("Q", "N"), _balance(lost), strict=True)
    )


MODEL = PublishedModel(
    id="zhuge_lei_mackey2012",
    title="Stem cells and neutrophils with delays (Zhuge, Lei and Mackey 2012)",
    time_unit="day",
    mechanisms=(_GRANULOPOIESIS,),
    until=600.0,
    must=(*_at_balance(0.01, None), *_at_balance(0.0, "no_other_lines")),
    variants=(
        Variant(
            "no_other_lines", "as in R/zhuge12.R: no stem cells become other cells", {"kappa_delta": 0.0},
            assumed("the code that was read leaves the loss to other lines out"),
        ),
    ),
    notes=(
        "R/zhuge12.R leaves out the loss to other lines (kappa_delta) that its parameters have.",
        "Qss = 1.1e6 and Nss = 6.3e8 of Table 1 are the balance with that loss, rounded: it is 1.0704e6 and 6.309e8; "
        "without the loss it is 1.1936e6 and 6.672e8. With stem cells held at Qss, N rests at 639,805,537 a kg, as "
        "myelo's README has it.",
        "A_N is as in R/zhuge12.R; no printed equation was read. With the numbers of Brooks et al. 2012 in myelo "
        "(brooksPars), these equations, the loss among them, rest at the 1,120,693 and 559,290,277 a kg printed there.",
    ),
    review="second writing from the source alone: tests/qc/zhuge_lei_mackey2012.py",
)  # fmt: skip
