"""Blood formation: red cells, from erythroid progenitors to the end of a life in stages."""

from __future__ import annotations

import math

from nonself.catalog.body.blood_sources import (
    ERYTHROID_STAGES,
    HILLMAN,
    NORDIN,
    SENDER,
    SHRESTHA,
    SPHEROCYTOSIS,
    SYMEONIDIS,
)
from nonself.model.parts import Expression, Mechanism, Observable, Parameter, Reaction, Species
from nonself.provenance import assumed

STAGES = 12
_STEADY = assumed("the reference person is at rest, so that each pool holds what its turnover fills")
_LIFE = SENDER.at("circulating 116 +- 3 days, 119 with the marrow (fact rbc_lifespan)")
_AGING = SHRESTHA.at("gamma: mean 116.7 days, standard deviation 24.3; n equal stages give mean/sqrt(n)")
_SHIFT = HILLMAN.at("maturation in blood 1.0 day at hematocrit 45, 1.5, 2.0 and 2.5 days as it falls")


def red_stage_ids(stages: int = STAGES) -> tuple[str, ...]:
    """Return the species of aging red cells, youngest first; reticulocytes of blood are apart."""
    return tuple(f"red_cell_{number}" for number in range(1, stages + 1))


def red_line(stages: int = STAGES) -> Mechanism:
    """Return the red line with erythropoietin.

    Equations: epo = exp(slope (Hb0 - Hb)); effect E = c epo/(c - 1 + epo)/(1 + w innate);
    dB = a E Q/t_Q - B/t_B for erythroblasts B from progenitors Q; reticulocytes leave the marrow at
    epo**x/t_R and turn into red cells at 1/(t_r epo**y); n stages, each left at rate n/(L - t_r).

    **Arguments:** `stages` n of aging red cells; their life has coefficient of variation 1/sqrt(n).
    """
    chain = red_stage_ids(stages)
    return Mechanism(
        id="red_line",
        title="Red cells: progenitors, erythroblasts, reticulocytes, aging in stages, erythropoietin",
        references=(NORDIN, SENDER, SHRESTHA, SYMEONIDIS, HILLMAN, SPHEROCYTOSIS, ERYTHROID_STAGES),
        species=(
            Species("erythroid_progenitor", "erythroid_progenitor_healthy", "Gcell", _STEADY,
                    "dividing progenitors that need erythropoietin", scale=1e-3),
            Species("erythroblast", "red_production*erythroblast_time", "Gcell", _STEADY,
                    "dividing erythroblasts", scale=1e-2),
            Species("marrow_reticulocyte", "red_production*marrow_reticulocyte_time", "Gcell", _STEADY,
                    "reticulocytes in marrow", scale=1e-2),
            Species("reticulocyte", "red_production*reticulocyte_time", "Gcell", _STEADY,
                    "reticulocytes in blood", scale=1e-2),
            *(Species(name, "red_production*red_stage_time", "Gcell", _STEADY,
                      f"red cells, stage {number} of {stages}", scale=1e-1)
              for number, name in enumerate(chain, 1)),
        ),
        parameters=(*_SET_POINT, *_TIMES, *_ERYTHROPOIETIN,
                    Parameter("red_stage_time", f"(red_cell_lifespan - reticulocyte_time)/{stages}", "day",
                              _AGING, "time in one stage")),
        expressions=_expressions(chain),
        reactions=(*_marrow(chain[0]), *_aging(chain)),
        observables=_observables(chain),
    )  # fmt: skip


def _expressions(chain: tuple[str, ...]) -> tuple[Expression, ...]:
    return (
        Expression("red_cells", " + ".join(("reticulocyte", *chain)), "Gcell", "red cells in blood"),
        Expression("hemoglobin", "mean_cell_hemoglobin*red_cells/blood_volume", "g/L", "hemoglobin of blood"),
        Expression("epo", "exp(epo_slope*(hemoglobin_healthy - hemoglobin))", "1", "erythropoietin, 1 at rest"),
        Expression("epo_effect", "epo_ceiling*epo/(epo_ceiling - 1 + epo)/(1 + red_by_innate*innate)", "1",
                   "erythroblasts a progenitor gives, over those at rest"),
        Expression("reticulocyte_release", "epo**marrow_shift/marrow_reticulocyte_time", "1/day",
                   "release of reticulocytes from marrow"),
        Expression("reticulocyte_maturation", "1/(reticulocyte_time*epo**blood_shift)", "1/day",
                   "maturation of reticulocytes in blood"),
    )  # fmt: skip


def _marrow(first: str) -> tuple[Reaction, ...]:
    return (
        Reaction("erythroid_entry", "erythroid_entry_rate*progenitor", {"erythroid_progenitor": +1},
                 "progenitors enter the red line", _STEADY),
        Reaction("erythroid_maturation", "erythroid_progenitor/erythroid_time", {"erythroid_progenitor": -1},
                 "erythroid progenitors mature", _STEADY),
        Reaction("erythroblast_formation",
                 "erythroid_amplification*epo_effect*erythroid_progenitor/erythroid_time", {"erythroblast": +1},
                 "erythroid progenitors that survive multiply", ERYTHROID_STAGES),
        Reaction("erythroblast_maturation", "erythroblast/erythroblast_time",
                 {"erythroblast": -1, "marrow_reticulocyte": +1}, "erythroblasts lose the nucleus", SENDER),
        Reaction("marrow_release", "reticulocyte_release*marrow_reticulocyte",
                 {"marrow_reticulocyte": -1, "reticulocyte": +1}, "reticulocytes enter the blood", _SHIFT),
        Reaction("reticulocyte_loss", "reticulocyte_maturation*reticulocyte", {"reticulocyte": -1, first: +1},
                 "reticulocytes turn into red cells", _SHIFT),
    )  # fmt: skip


def _aging(chain: tuple[str, ...]) -> list[Reaction]:
    after: tuple[str | None, ...] = (*chain[1:], None)
    return [
        Reaction(f"{name}_aging", f"{name}/red_stage_time", {name: -1} | ({later: +1} if later else {}),
                 "red cells age" if later else "old red cells are cleared", _AGING)
        for name, later in zip(chain, after, strict=True)
    ]  # fmt: skip


def _observables(chain: tuple[str, ...]) -> tuple[Observable, ...]:
    stages_lived = " + ".join(f"{number}*{name}" for number, name in enumerate(chain, 1))
    return (
        Observable("blood_hemoglobin", "hemoglobin", "g/L", "hemoglobin"),
        Observable("blood_red_cells", "red_cells/blood_volume", "Gcell/L", "red cell count"),
        Observable("blood_reticulocytes", "reticulocyte/blood_volume", "Gcell/L", "reticulocyte count"),
        Observable("reticulocyte_percent", "100*reticulocyte/red_cells", "percent", "reticulocytes of red cells"),
        Observable("mean_red_cell_age",
                   f"reticulocyte_time + red_stage_time*({stages_lived})/red_cells", "day", "mean age of red cells"),
        Observable("erythropoietin", "epo", "1", "erythropoietin over that at rest", log_axis=True),
    )  # fmt: skip


_SET_POINT = (
    Parameter("hemoglobin_female", 135.0, "g/L", NORDIN.at("middle of 117-153 g/L"), "women", (117.0, 153.0)),
    Parameter("hemoglobin_male", 152.0, "g/L", NORDIN.at("middle of 134-170 g/L"), "men", (134.0, 170.0)),
    Parameter("hemoglobin_healthy", "hemoglobin_female + (hemoglobin_male - hemoglobin_female)*male", "g/L",
              NORDIN, "hemoglobin at rest"),
    Parameter("mean_cell_hemoglobin", 0.0302, "g/Gcell", NORDIN.at("middle of 27.1-33.3 pg"),
              "hemoglobin of one red cell", (0.0271, 0.0333)),
    Parameter("red_production", "hemoglobin_healthy*blood_volume/mean_cell_hemoglobin/red_cell_lifespan",
              "Gcell/day", _STEADY, "red cells made a day at rest"),
)  # fmt: skip
_TIMES = (
    Parameter("red_cell_lifespan", 116.0, "day", _LIFE, "life in blood", (113.0, 119.0)),
    Parameter("erythroid_time", 3.0, "day",
              assumed("with erythroblasts and marrow reticulocytes about a week from the first to the blood"),
              "time as an erythroid progenitor"),
    Parameter("erythroid_amplification", 16.0, "1", ERYTHROID_STAGES.at("four divisions"),
              "erythroblasts from one progenitor"),
    Parameter("erythroid_progenitor_healthy", "red_production*erythroid_time/erythroid_amplification", "Gcell",
              _STEADY, "erythroid progenitors at rest"),
    Parameter("erythroid_entry_rate", "red_production/erythroid_amplification/progenitor_healthy", "1/day",
              _STEADY, "erythroid progenitors a progenitor gives"),
    Parameter("erythroblast_time", 310 / 214, "day",
              SENDER.at("3.1e11 marrow erythroid cells over 2.14e11 a day (facts marrow_cells, rbc_turnover)"),
              "erythroblasts over their output"),
    Parameter("marrow_reticulocyte_time", 3.0, "day", _LIFE, "time of a reticulocyte in marrow"),
    Parameter("reticulocyte_time", 1.0, "day", _SHIFT, "time of a reticulocyte in blood"),
    Parameter("marrow_shift", 0.25, "1",
              assumed("the marrow loses the days of maturation that the blood gains"),
              "earlier release with erythropoietin"),
    Parameter("blood_shift", 0.4, "1", _SHIFT, "longer maturation in blood with erythropoietin"),
)  # fmt: skip
_ERYTHROPOIETIN = (
    Parameter("epo_slope", 0.131 * math.log(10) / 10, "L/g",
              SYMEONIDIS.at("log10 EPO = 3.05 - 0.131 Hb in g/dL, 1096 subjects"), "EPO against hemoglobin"),
    Parameter("epo_ceiling", 5.0, "1",
              SPHEROCYTOSIS.at("median reticulocytes 4.25 to 4.75 times normal, no more with deeper anemia"),
              "largest effect of erythropoietin"),
    Parameter("red_by_innate", 1.0, "1",
              assumed("a febrile infection halves the response to erythropoietin and the iron for it"),
              "weaker effect of erythropoietin by the innate signal"),
)  # fmt: skip
