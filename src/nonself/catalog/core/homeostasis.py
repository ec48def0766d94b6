"""Lymphocytes that share one growth factor: conventional, regulatory, and self-specific precursors of two avidities."""

from __future__ import annotations

from nonself.catalog.core.sources import FRY, JONES, LUTSIAK, SENDER, SURH, VRISEKOOP, VUKMANOVIC
from nonself.model.parts import Expression, Mechanism, Parameter, Reaction, Species
from nonself.provenance import assumed

_LAW = assumed("first-order turnover; import and division refill what dies")
_PRECURSORS = assumed(
    "self-specific T cells are about a third as frequent as others (Yu 2015); ten to a hundred epitopes at 1e-6 to "
    "1e-5 of the pool each"
)
_START = assumed("the healthy steady state, tonic activation included")


def _precursor(name: str) -> tuple[Reaction, ...]:
    """Import, division and death of one avidity class; activation belongs to tolerance."""
    return (
        Reaction(
            f"{name}_import",
            f"self_export*import_share*turnover*{name}_healthy*room",
            {name: 1},
            "new self-specific cells, all life",
            _LAW,
        ),
        Reaction(
            f"{name}_division",
            f"(1 - import_share)*turnover*growth_factor*{name}_weight*{name}",
            {name: 1},
            "division on the shared growth factor",
            _LAW,
        ),
        Reaction(f"{name}_death", f"turnover*{name}", {name: -1}, "death", _LAW),
    )


HOMEOSTASIS = Mechanism(
    id="homeostasis",
    title="One growth-factor budget, shared; survivors of depletion divide faster",
    references=(SENDER, LUTSIAK, VUKMANOVIC, VRISEKOOP, FRY, JONES, SURH),
    species=(
        Species("conventional", "conventional_healthy", "cell", _START, "conventional T cells", scale=1e6),
        Species("regulators", "regulators_healthy", "cell", _START, "regulatory T cells", scale=1e5),
        Species("low", "low_start", "cell", _START, "self-specific precursors of low avidity", scale=1e2),
        Species("high", "high_start", "cell", _START, "self-specific precursors of high avidity", scale=1e2),
        Species("growth_factor", "1", "1", _START, "growth factor, relative to health", scale=1e-3),
    ),
    parameters=(
        Parameter(
            "conventional_healthy",
            6.8e11,
            "cell",
            SENDER.at("T cells in the body, less regulators"),
            "conventional T cells in health",
            (3e11, 1.6e12),
        ),
        Parameter(
            "regulators_healthy",
            3.2e10,
            "cell",
            LUTSIAK.at("7.5 % of CD4 cells, which are 0.6 of 7.1e11 T cells"),
            "regulatory T cells in health",
            (2.1e10, 4.3e10),
        ),
        Parameter(
            "low_healthy",
            8e6,
            "cell",
            _PRECURSORS,
            "precursors of low avidity without activation",
            (1e6, 1e9),
        ),
        Parameter(
            "high_healthy",
            4e5,
            "cell",
            _PRECURSORS,
            "precursors of high avidity without activation",
            (1e5, 1e8),
        ),
        Parameter(
            "turnover",
            1 / 320,
            "1/day",
            SENDER.at("T cell lifespan 320 d"),
            "death of T cells",
            (1 / 440, 1 / 240),
        ),
        Parameter(
            "import_share",
            0.015,
            "1",
            SENDER.at("thymic export 3.3e7 of a turnover of 2.2e9 a day"),
            "share of production that is export from the thymus",
            (0.01, 0.27),
        ),
        Parameter(
            "regulator_turnover",
            3 * 0.693147 / (0.4 * 365.25),
            "1/day",
            VUKMANOVIC.at("three times memory CD4; memory CD4 half-life 0.4 y (Vrisekoop 2008)"),
            "death of regulatory T cells",
            (0.009, 0.019),
        ),
        Parameter(
            "refill_share",
            0.5,
            "1",
            assumed("partly refilled from memory CD4; how far is not known"),
            "share of regulator production that comes from conventional cells",
            (0.2, 0.9),
        ),
        Parameter(
            "self_export",
            1.0,
            "1",
            assumed("a patient's trait: weaker deletion in the thymus exports more"),
            "export of self-specific cells, relative",
            (0.3, 3.0),
        ),
        Parameter(
            "factor_turnover",
            1.0,
            "1/day",
            assumed("a cytokine turns over within a day"),
            "turnover of the growth factor",
        ),
        Parameter(
            "consumed_share",
            0.5,
            "1",
            FRY.at("the factor rises two- to threefold as T cells vanish (direction only)"),
            "share of the growth factor that T cells consume in health",
            (0.4, 0.8),
        ),
        Parameter(
            "avidity_ratio",
            3.0,
            "1",
            assumed("thymic deletion is weak: a class of a few times the mean avidity is left"),
            "avidity for self of the high class over that of the pool",
            (1.5, 6.0),
        ),
        Parameter(
            "avidity_division",
            1.0,
            "1",
            assumed("0 neutral, 1 by avidity for self; the core compares both"),
            "how far division follows avidity for self",
        ),
        Parameter(
            "excess_half",
            1.9,
            "1",
            assumed("division by avidity is a feature of lymphopenia, not of health"),
            "growth factor at which division follows avidity half",
            (1.3, 2.5),
        ),
        Parameter(
            "excess_power",
            8.0,
            "1",
            assumed("steep enough that the high class does not outgrow the pool in health"),
            "steepness of that",
        ),
        Parameter(
            "low_start",
            "low_healthy*import_share*turnover/(import_share*turnover + low_tonic)",
            "cell",
            _START,
            "low class in health",
        ),
        Parameter(
            "high_start",
            "high_healthy*import_share*turnover/(import_share*turnover + high_tonic)",
            "cell",
            _START,
            "high class in health",
        ),
    ),
    expressions=(
        Expression("lymphocytes", "conventional + regulators + low + high + attack", "cell", "all T cells"),
        Expression(
            "fullness",
            "lymphocytes/(conventional_healthy + regulators_healthy)",
            "1",
            "T cells, relative to health",
        ),
        Expression(
            "excess",
            "positive_power(growth_factor, excess_power)"
            "/(positive_power(excess_half, excess_power) + positive_power(growth_factor, excess_power))",
            "1",
            "how lymphopenic the growth factor says it is",
        ),
        Expression("low_weight", "1", "1", "division of the low class, relative to the pool"),
        Expression(
            "high_weight",
            "1 + avidity_division*(avidity_ratio - 1)*excess",
            "1",
            "the same of the high class",
        ),
        Expression("room", "1/(1 + displacement*burden)", "1", "blood formation that leukemia leaves"),
    ),
    reactions=(
        Reaction(
            "conventional_import",
            "import_share*turnover*conventional_healthy*room",
            {"conventional": 1},
            "export from the thymus",
            _LAW,
        ),
        Reaction(
            "conventional_division",
            "(1 - import_share)*turnover*growth_factor*conventional",
            {"conventional": 1},
            "division on the shared growth factor",
            _LAW,
        ),
        Reaction("conventional_death", "turnover*conventional", {"conventional": -1}, "death", _LAW),
        *_precursor("low"),
        *_precursor("high"),
        Reaction(
            "regulator_refill",
            "refill_share*regulator_turnover*regulators_healthy*conventional/conventional_healthy"
            "*(1 + leukemic_recruitment*near*burden)",
            {"regulators": 1},
            "new regulators from conventional cells, more where leukemia presents",
            _LAW,
        ),
        Reaction(
            "regulator_division",
            "(1 - refill_share)*regulator_turnover*growth_factor*regulators",
            {"regulators": 1},
            "division on the shared growth factor",
            _LAW,
        ),
        Reaction("regulator_death", "regulator_turnover*regulators", {"regulators": -1}, "death", _LAW),
        Reaction("factor_supply", "factor_turnover", {"growth_factor": 1}, "constant supply", _LAW),
        Reaction(
            "factor_use",
            "factor_turnover*growth_factor*(1 - consumed_share + consumed_share*fullness)",
            {"growth_factor": -1},
            "consumption by T cells, and other loss",
            _LAW,
        ),
    ),
)
