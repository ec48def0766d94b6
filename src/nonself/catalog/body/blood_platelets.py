"""Blood formation: megakaryocytes, platelets in blood and spleen that age in stages, and thrombopoietin."""

from __future__ import annotations

from nonself.catalog.body.blood_sources import GROWTH_FACTOR, HANS, HANSON_SLICHTER, HOU, MEGAKARYOCYTES
from nonself.model.parts import Expression, Mechanism, Observable, Parameter, Reaction, Species
from nonself.provenance import assumed

STAGES = 5
_STEADY = assumed("the reference person is at rest, so that each pool holds what its turnover fills")
_KINETICS = HANSON_SLICHTER.at("longest life 10.5 days, fixed requirement of 7,100/uL a day, recovery 66 %")
_SPLEEN = HANSON_SLICHTER.at(
    "recovery 66 +- 8 %: a third of the platelets is in the spleen, exchanged in minutes"
)
_DELAY = GROWTH_FACTOR.at(
    "platelets after a thrombopoietin-like dose peak on day 12; turnover rises 2.3-fold"
)


def platelet_stage_ids(stages: int = STAGES) -> tuple[str, ...]:
    """Return the species of aging platelets, youngest first, blood and spleen together."""
    return tuple(f"platelet_{number}" for number in range(1, stages + 1))


def platelet_line(stages: int = STAGES) -> Mechanism:
    """Return the platelet line with thrombopoietin.

    Equations: tpo = (1 + w innate)/(l + a T/T0 + (1 - l - a) K/K0) for all platelets T and megakaryocytes K;
    dB = e P tpo**p - B/t_B, dK = B/t_B - K/t_K, platelets enter at c K/t_K; each of n stages is left at n/L by
    age and at u = f (1 + h)/(T + h T0) by use, which takes f a day from many platelets and less from few.

    **Arguments:** `stages` n of aging platelets. The spleen's share is exchanged fast: a share of each stage.
    """
    chain = platelet_stage_ids(stages)
    return Mechanism(
        id="platelet_line",
        title="Platelets: megakaryoblasts, megakaryocytes, aging in stages, spleen, thrombopoietin",
        references=(HANSON_SLICHTER, GROWTH_FACTOR, HOU, HANS, MEGAKARYOCYTES),
        species=(
            Species("megakaryoblast", "megakaryocyte_entry*megakaryoblast_time", "Gcell", _STEADY,
                    "dividing megakaryocyte precursors", scale=1e-6),
            Species("megakaryocyte", "megakaryocyte_entry*megakaryocyte_time", "Gcell", _STEADY,
                    "megakaryocytes", scale=1e-6),
            *(Species(name, f"platelet_production/platelet_exit*platelet_stay**{number}", "Gcell", _STEADY,
                      f"platelets, stage {number + 1} of {stages}", scale=1e-2)
              for number, name in enumerate(chain)),
        ),
        parameters=(*_set_point(stages), *_MEGAKARYOCYTES, *_THROMBOPOIETIN),
        expressions=(
            Expression("platelet_total", " + ".join(chain), "Gcell", "platelets in blood and spleen"),
            Expression("platelets", "(1 - spleen_share)*platelet_total/blood_volume", "Gcell/L", "platelet count"),
            Expression("platelet_use",
                       "platelet_need*(1 + platelet_need_half)"
                       "/(platelet_total + platelet_need_half*platelet_healthy)",
                       "1/day", "rate at which vessels use platelets"),
            Expression("tpo",
                       "(1 + tpo_by_innate*innate)/(tpo_other_share + tpo_platelet_share*platelet_total"
                       "/platelet_healthy + (1 - tpo_other_share - tpo_platelet_share)*megakaryocyte"
                       "/(megakaryocyte_entry*megakaryocyte_time))",
                       "1", "thrombopoietin, 1 at rest"),
        ),
        reactions=(*_MARROW, *_aging(chain)),
        observables=(
            Observable("blood_platelets", "platelets", "Gcell/L", "platelet count"),
            Observable("thrombopoietin", "tpo", "1", "thrombopoietin over that at rest", log_axis=True),
        ),
    )  # fmt: skip


def _aging(chain: tuple[str, ...]) -> list[Reaction]:
    after: tuple[str | None, ...] = (*chain[1:], None)
    aging = [
        Reaction(f"{name}_aging", f"platelet_aging*{name}", {name: -1} | ({later: +1} if later else {}),
                 "platelets age" if later else "old platelets are cleared", _KINETICS)
        for name, later in zip(chain, after, strict=True)
    ]  # fmt: skip
    return aging + [
        Reaction(f"{name}_use", f"platelet_use*{name}", {name: -1}, "vessels use platelets", _KINETICS)
        for name in chain
    ]


_MARROW = (
    Reaction("megakaryoblast_formation", "megakaryoblast_entry_rate*progenitor*tpo**tpo_on_formation",
             {"megakaryoblast": +1}, "progenitors enter the line", _DELAY),
    Reaction("megakaryoblast_maturation", "megakaryoblast/megakaryoblast_time",
             {"megakaryoblast": -1, "megakaryocyte": +1}, "the nucleus stops doubling", _DELAY),
    Reaction("megakaryocyte_end", "megakaryocyte/megakaryocyte_time", {"megakaryocyte": -1},
             "megakaryocytes fall apart", MEGAKARYOCYTES),
    Reaction("platelet_formation", "platelets_per_megakaryocyte*megakaryocyte/megakaryocyte_time",
             {"platelet_1": +1}, "into platelets", MEGAKARYOCYTES),
)  # fmt: skip


def _set_point(stages: int) -> tuple[Parameter, ...]:
    return (
        Parameter("platelets_healthy", 237.0, "Gcell/L", GROWTH_FACTOR.at("237 +- 41 (fact platelet_count)"),
                  "platelet count at rest", (155.0, 319.0)),
        Parameter("spleen_share", 1 / 3, "1", _SPLEEN, "share of the platelets in the spleen"),
        Parameter("platelet_healthy", "platelets_healthy*blood_volume/(1 - spleen_share)", "Gcell", _STEADY,
                  "platelets at rest, with the spleen"),
        Parameter("platelet_span", 10.5, "day", _KINETICS, "life of a platelet that is not used"),
        Parameter("platelet_aging", f"{stages}/platelet_span", "1/day", _KINETICS, "rate of leaving a stage by age"),
        Parameter("platelet_need_reference", 7.1, "Gcell/L/day", _KINETICS, "platelets used a day and liter"),
        Parameter("platelet_need", "platelet_need_reference*blood_volume", "Gcell/day", _KINETICS,
                  "platelets used a day"),
        Parameter("platelet_need_half", 0.05, "1",
                  assumed("vessels find what they need down to a twentieth of the healthy count"),
                  "platelets at which use halves, over those at rest"),
        Parameter("platelet_exit", "platelet_aging + platelet_need/platelet_healthy", "1/day", _STEADY,
                  "rate of leaving a stage at rest"),
        Parameter("platelet_stay", "platelet_aging/platelet_exit", "1", _STEADY, "share that reaches the next stage"),
        Parameter("platelet_production", f"platelet_need/(1 - platelet_stay**{stages})", "Gcell/day", _STEADY,
                  "platelets made a day at rest"),
    )  # fmt: skip


_MEGAKARYOCYTES = (
    Parameter("platelets_per_megakaryocyte", 4000.0, "1", MEGAKARYOCYTES.at("approximately 4,000"),
              "platelets of one megakaryocyte"),
    Parameter("megakaryocyte_entry", "platelet_production/platelets_per_megakaryocyte", "Gcell/day", _STEADY,
              "megakaryocytes made a day at rest"),
    Parameter("megakaryoblast_time", 3.0, "day",
              assumed("with the megakaryocyte about a week from thrombopoietin to platelets, which peak on day 12"),
              "time as a dividing precursor"),
    Parameter("megakaryocyte_time", 4.0, "day", assumed("as for the precursor"), "time as a megakaryocyte"),
    Parameter("megakaryoblast_entry_rate", "megakaryocyte_entry/progenitor_healthy", "1/day", _STEADY,
              "megakaryocyte precursors a progenitor gives"),
)  # fmt: skip
_THROMBOPOIETIN = (
    Parameter("tpo_platelet_share", 0.5, "1",
              HANS.at("228 to 270 pg/mL, 1.18-fold, when 30 % of the platelets are taken; this gives 1.18"),
              "share of thrombopoietin that platelets clear"),
    Parameter("tpo_other_share", 0.02, "1",
              HOU.at("52 pg/mL in health, 1950 with a marrow emptied by chemotherapy: up to 37-fold"),
              "share of thrombopoietin that neither platelets nor megakaryocytes clear"),
    Parameter("tpo_on_formation", 0.5, "1",
              assumed("a 5-fold thrombopoietin doubles production, about as a like factor did in volunteers"),
              "thrombopoietin on the formation of megakaryocytes"),
    Parameter("tpo_by_innate", 0.5, "1", assumed("platelets rise by about a fifth in a long infection"),
              "thrombopoietin by the innate signal"),
)  # fmt: skip
