"""Blood formation: stem cells in their niche, and the progenitors that feed every line."""

from __future__ import annotations

from nonself.catalog.body.blood_sources import CATLIN, LEE_SIX, SENDER
from nonself.model.parts import Expression, Mechanism, Observable, Parameter, Reaction, Species
from nonself.provenance import assumed

_STEADY = assumed("the reference person is at rest, so that each pool holds what its turnover fills")
_NICHE = assumed("the niche admits a share of daughters that falls with crowding; half of them at rest")
_TURNOVER = SENDER.at("Summary.xlsx, monocytes: 5.2e9 cells, 1.52e9 a day (fact mono_turnover)")


def stem_cells() -> Mechanism:
    """Return stem cells limited by their niche, progenitors, and monocytes.

    Equations: room = 1 - leukemic_marrow; a stem cell divides at rate d(H) = d0 A H0/(H0 + (A - 1) H) and
    each daughter stays one with probability s = H0 room/(H0 room + H); dH = d H (2 s - 1);
    dP = g 2 d H (1 - s) c(P) - k P with c = room m P0/(P0 + (m - 1) P/room), so that all rest at room = 1;
    dM = e P (1 + w innate) - k_M M.

    **Returns:** the mechanism; it reads `size`, `blood_volume`, `innate` and `leukemic_marrow`.
    """
    return Mechanism(
        id="stem_cells",
        title="Stem cells in their niche, progenitors of all lines, monocytes",
        references=(LEE_SIX, CATLIN, SENDER),
        species=(
            Species("hsc", "hsc_healthy", "Gcell", _STEADY, "hematopoietic stem cells", scale=1e-9),
            Species("progenitor", "progenitor_healthy", "Gcell", _STEADY, "progenitors", scale=1e-4),
            Species("monocyte", "monocyte_healthy", "Gcell", _STEADY, "monocytes", scale=1e-4),
        ),
        parameters=_STEM + _PROGENITOR + _MONOCYTE,
        expressions=_EXPRESSIONS,
        reactions=_REACTIONS,
        observables=(
            Observable("blood_monocytes", "monocytes", "Gcell/L", "monocyte count"),
        ),
    )  # fmt: skip


_EXPRESSIONS = (
    Expression("marrow_room", "1 - leukemic_marrow", "1", "share of the niche left to healthy cells"),
    Expression("monocytes", "monocyte_blood_share*monocyte/blood_volume", "Gcell/L", "monocyte count"),
    Expression(
        "hsc_division_now",
        "hsc_division*hsc_acceleration*hsc_healthy/(hsc_healthy + (hsc_acceleration - 1)*hsc)",
        "1/day",
        "division rate of stem cells",
    ),
    Expression(
        "hsc_renewal",
        "hsc_healthy*marrow_room/(hsc_healthy*marrow_room + hsc)",
        "1",
        "probability that a daughter of a stem cell is one",
    ),
    Expression(
        "progenitor_vigor",
        "progenitor_acceleration*progenitor_healthy*marrow_room**2"
        "/(progenitor_healthy*marrow_room + (progenitor_acceleration - 1)*progenitor)",
        "1",
        "divisions on the way to a progenitor, over those at rest",
    ),
)
_REACTIONS = (
    Reaction(
        "hsc_self_renewal", "hsc_division_now*hsc*hsc_renewal", {"hsc": +1},
        "both daughters stay", _NICHE,
    ),
    Reaction(
        "hsc_commitment", "hsc_division_now*hsc*(1 - hsc_renewal)", {"hsc": -1},
        "both daughters leave the niche", _NICHE,
    ),
    Reaction(
        "progenitor_formation",
        "2*progenitor_amplification*progenitor_vigor*hsc_division_now*hsc*(1 - hsc_renewal)",
        {"progenitor": +1},
        "committed daughters multiply",
        _NICHE,
    ),
    Reaction(
        "progenitor_maturation", "progenitor*progenitor_turnover", {"progenitor": -1},
        "progenitors enter a line", _STEADY,
    ),
    Reaction(
        "monocyte_formation", "monocyte_entry*progenitor*(1 + monocyte_by_innate*innate)",
        {"monocyte": +1}, "monocytes enter the blood", _TURNOVER,
    ),
    Reaction(
        "monocyte_loss", "monocyte/monocyte_lifespan", {"monocyte": -1}, "monocytes leave", _TURNOVER
    ),
)  # fmt: skip
_STEM = (
    Parameter("hsc_reference", 1e-4, "Gcell", LEE_SIX.at("fact hsc_number"), "stem cells in 5 L", (5e-5, 2e-4)),
    Parameter("hsc_healthy", "hsc_reference*size", "Gcell", _STEADY, "stem cells the niche holds"),
    Parameter(
        "hsc_division", 1 / (40 * 7), "1/day", CATLIN.at("once in 40 weeks (25-50)"), "division of a stem cell",
        (1 / 350, 1 / 175),
    ),
    Parameter(
        "hsc_acceleration", 10.0, "1",
        assumed("few stem cells divide about monthly, so that a graft fills the niche within a year or two"),
        "fastest division of stem cells, over that at rest",
    ),
)  # fmt: skip
_PROGENITOR = (
    Parameter(
        "progenitor_reference", 5.0, "Gcell",
        assumed("about half a percent of 1e12 marrow cells; only ratios to it matter"), "progenitors in 5 L",
    ),
    Parameter("progenitor_healthy", "progenitor_reference*size", "Gcell", _STEADY, "progenitors at rest"),
    Parameter(
        "progenitor_turnover", 0.15, "1/day",
        assumed("a progenitor gives rise to progenitors of a line within about a week"),
        "progenitors that enter a line",
    ),
    Parameter(
        "progenitor_acceleration", 2.0, "1",
        assumed("one more division at most on the way to a progenitor when progenitors are few"),
        "fastest formation of progenitors, over that at rest",
    ),
    Parameter(
        "progenitor_amplification",
        "progenitor_turnover*progenitor_healthy/(hsc_division*hsc_healthy)",
        "1",
        _STEADY,
        "progenitors from one committed daughter",
    ),
)  # fmt: skip
_MONOCYTE = (
    Parameter("monocyte_reference", 5.2, "Gcell", _TURNOVER, "monocytes in 5 L"),
    Parameter("monocyte_blood_share", 2.7 / 5.2, "1",
              SENDER.at("Monocytes.ipynb: 2.7e9 circulate, the rest is in marrow"),
              "share of the monocytes that is in blood"),
    Parameter("monocyte_lifespan", 3.5, "day", _TURNOVER, "time of a monocyte in the body"),
    Parameter("monocyte_healthy", "monocyte_reference*size", "Gcell", _STEADY, "monocytes at rest"),
    Parameter(
        "monocyte_entry", "monocyte_healthy/monocyte_lifespan/progenitor_healthy", "1/day", _STEADY,
        "monocytes a progenitor gives",
    ),
    Parameter(
        "monocyte_by_innate", 1.0, "1", assumed("monocytes about double in a febrile infection"),
        "more monocytes by the innate signal",
    ),
)  # fmt: skip
