"""Self-specific cells against a threshold that suppression, innate signal and growth factor move."""

from __future__ import annotations

from nonself.catalog.core.sources import FEINERMAN, HENINGER, MAYER, ONISHI, STEIN, WATTS, WONG
from nonself.model.parts import Expression, Mechanism, Parameter, Reaction, Species
from nonself.provenance import assumed

_LAW = assumed("activation is a steep function of signal over threshold; effectors expand on antigen and die")
_START = assumed("what tonic activation sustains in health")


def _class(name: str) -> tuple[Reaction, ...]:
    """Activation, expansion and death of the cells of one avidity."""
    return (
        Reaction(
            f"{name}_activation",
            f"activation*{name}_response*{name}",
            {name: -1},
            "precursors are activated",
            _LAW,
        ),
        Reaction(
            f"{name}_burst",
            f"burst*activation*{name}_response*{name}",
            {f"{name}_effectors": 1},
            "programmed division of the activated",
            _LAW,
        ),
        Reaction(
            f"{name}_expansion",
            f"effector_division*{name}_response*{name}_effectors/(1 + attack/effector_capacity)",
            {f"{name}_effectors": 1},
            "effectors divide on antigen",
            _LAW,
        ),
        Reaction(
            f"{name}_contraction",
            f"effector_death*{name}_effectors",
            {f"{name}_effectors": -1},
            "effectors die",
            _LAW,
        ),
    )


def _healthy(name: str, signal: str) -> tuple[Parameter, ...]:
    """What one class does in health: its response, tonic activation, and the effectors that this sustains."""
    power = f"positive_power({signal}, steepness)"
    return (
        Parameter(f"{name}_calm", f"{power}/(1 + {power})", "1", _START, "response in health"),
        Parameter(f"{name}_tonic", f"activation*{name}_calm", "1/day", _START, "activation in health"),
        Parameter(
            f"{name}_effectors_start",
            f"burst*{name}_tonic*{name}_start/max(0.1*effector_death, effector_death - effector_division*{name}_calm)",
            "cell",
            _START,
            "effectors in health",
        ),
    )


TOLERANCE = Mechanism(
    id="tolerance",
    title="Activation of self-specific cells, and how regulators hold it down",
    references=(ONISHI, WONG, MAYER, WATTS, FEINERMAN, HENINGER, STEIN),
    species=(
        Species(
            "low_effectors", "low_effectors_start", "cell", _START, "effectors of low avidity", scale=10.0
        ),
        Species(
            "high_effectors", "high_effectors_start", "cell", _START, "effectors of high avidity", scale=10.0
        ),
    ),
    parameters=(
        Parameter(
            "gain",
            1.0,
            "1",
            assumed("a patient's trait: how strongly self is seen"),
            "gain of self recognition",
        ),
        Parameter(
            "margin",
            3.3,
            "1",
            assumed("explored"),
            "threshold over the high class's signal in health",
            (1.1, 4.0),
        ),
        Parameter("steepness", 4.0, "1", assumed("explored"), "steepness of activation", (2.0, 6.0)),
        Parameter(
            "suppression_strength",
            2.5,
            "1",
            assumed("explored"),
            "how far regulators raise the threshold",
            (1.0, 20.0),
        ),
        Parameter(
            "density_share",
            0.25,
            "1",
            assumed("0 a ratio per contact, 1 a density; the core compares both"),
            "share of contacts that crowding does not take",
        ),
        Parameter(
            "release",
            0.0,
            "1",
            HENINGER.at("abrogates suppression in culture; the power is explored"),
            "power of the growth factor that weakens suppression",
            (0.0, 2.0),
        ),
        Parameter(
            "activation",
            0.02,
            "1/day",
            assumed("a precursor meets its antigen within weeks"),
            "activation at full response",
            (0.01, 0.3),
        ),
        Parameter(
            "burst",
            20.0,
            "1",
            assumed("four to five programmed divisions"),
            "effectors from one precursor",
            (3.0, 300.0),
        ),
        Parameter(
            "effector_division",
            0.42,
            "1/day",
            STEIN.at("doubling time 0.78 d as the upper end"),
            "division of effectors at full response",
            (0.2, 0.9),
        ),
        Parameter(
            "effector_death",
            0.1,
            "1/day",
            STEIN.at("initial half-life 4.3 d as the upper end"),
            "death of effectors",
            (0.05, 0.16),
        ),
        Parameter(
            "effector_capacity",
            3e9,
            "cell",
            assumed("growth factors at the site run out"),
            "effectors at which division halves",
            (1e8, 1e10),
        ),
        Parameter(
            "innate_gain",
            0.25,
            "1",
            assumed("explored"),
            "how far an infection lowers the threshold",
            (0.05, 1.5),
        ),
        Parameter(
            "il2_half",
            2e9,
            "cell",
            assumed("explored"),
            "effectors whose IL-2 meets half the healthy demand",
            (1e8, 1e10),
        ),
        Parameter(
            "il2_growth",
            0.01,
            "1/day",
            assumed("explored"),
            "growth of regulators at full IL-2",
            (0.003, 0.2),
        ),
        *_healthy("low", "gain/(margin*avidity_ratio)"),
        *_healthy("high", "gain/margin"),
    ),
    expressions=(
        Expression("attack", "low_effectors + high_effectors", "cell", "all effectors"),
        Expression(
            "crowding",
            "density_share + (1 - density_share)*fullness + leukemic_contacts*near*burden",
            "1",
            "what contends for a contact",
        ),
        Expression(
            "suppression",
            "regulators/(regulators_healthy*crowding*positive_power(growth_factor, release))",
            "1",
            "suppression, relative to health",
        ),
        Expression(
            "signal",
            "gain*antigen*(1 + innate_gain*innate)"
            "*(1 + suppression_strength)/((1 + suppression_strength*suppression)*margin)",
            "1",
            "signal of the high class over threshold",
        ),
        Expression(
            "high_response",
            "positive_power(signal, steepness)/(1 + positive_power(signal, steepness))",
            "1",
            "response of the high class",
        ),
        Expression(
            "low_response",
            "positive_power(signal/avidity_ratio, steepness)/(1 + positive_power(signal/avidity_ratio, steepness))",
            "1",
            "response of the low class",
        ),
        Expression(
            "il2",
            "attack/(il2_half*(1 + regulators/regulators_healthy) + attack)",
            "1",
            "IL-2 left to a regulator",
        ),
    ),
    reactions=(
        *_class("low"),
        *_class("high"),
        Reaction(
            "regulator_growth",
            "il2_growth*il2*regulators",
            {"regulators": 1},
            "growth on IL-2 of activated cells",
            _LAW,
        ),
    ),
)
