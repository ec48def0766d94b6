"""Self-specific T cells of one tissue: precursors born all life, their avidity, effectors, and residents."""

from __future__ import annotations

from nonself.catalog.body.recognition_sources import GANUSOV, HALLE, STEIN, SURH, YU
from nonself.catalog.body.targets import Target
from nonself.model.parts import Expression, Hazard, Mechanism, Parameter, Reaction, Species
from nonself.provenance import assumed

_CORE = assumed("taken from the core's maps (docs/core.md)")
_REST = assumed("at rest in the reference adult; the run-in shows the rest")
_ROOM = assumed("room for effectors goes with the lymphocytes that a tissue holds in health")
_CLONOTYPE_STEP = 0.25
_STEP = assumed(
    "0.25: one clone of high avidity among the cells of a tissue raises their mean log avidity by a quarter"
)
_MEDIAN = assumed("1 at the median by definition; how it varies between people is in the population")


def self_specific_cells() -> Mechanism:
    """Return the numbers that self-specific T cells of all tissues share."""
    return Mechanism(
        id="self_specific_cells",
        title="Turnover, activation and expansion of self-specific T cells, the same for all tissues",
        references=(STEIN, YU, HALLE, GANUSOV, SURH),
        parameters=_PARAMETERS,
        expressions=(
            Expression("export_now", "(thymic_export_cd4 + thymic_export_cd8)/(thymic_export_at_30*size)", "1",
                       "thymic export over that of the reference adult"),
        ),
    )  # fmt: skip


def self_specific(target: Target) -> Mechanism:
    """Return the self-specific T cells that see one tissue.

    Equations, P precursors, u mean log avidity over the usual, E effectors, T residents of the tissue, f answering
    share, y signal over threshold, n steepness, L turnover of naive cells, e export, o its share of production:
    damage D = release - mass, what dies beyond healthy turnover, of which D/(1 + D/c) is presented;
    antigen = mass + g D/(1 + D/c) + leukemic presentation + p B/(B + half), B the B cells in reaction;
    y = presentation antigen alertness exp(u)/(margin threshold); f = y^n/(1 + y^n);
    P' = o L P0 e + (1 - o) L il7 P - L P - a f P; E' = burst a f P + b f E/(1 + E/capacity) - (d + homing) E;
    T' = homing E/(1 + T/room) + bt ft T/(1 + T/room) - dt T, and what homes leaves E; ft with the threshold that PD-1
    raises: signal over 1 + p (PD-1 trait) z, z' = v_z (ft - z) the PD-1 of residents, which follows stimulation;
    u' = v spread^2 (1 - o) L il7 x - (clonotype loss + o L P0 e/P)(u - u0), and a jump with each clonotype born, x how
    far IL-7 is in excess;
    u0 = -ln(deletion)/n: deletion that removes a share of the cells above threshold shifts a log-logistic tail by that,
    and hardly changes their number, for nearly all are far below.
    Killing of one tissue cell: kills T killer_share/pool, mass action. The innate signal rises by alarm D/(1 + D/c) a
    day. Where effectors do not enter (no T) nothing homes. Room for effectors in a tissue goes with the lymphocytes
    that live there in health: room = c_room lymphocytes. Pools, capacities and halves are those of 5 L times size.

    **Arguments:** `target` the tissue, which gives what is presented.
    **Returns:** a `Mechanism` that reads `x_mass`, `x_release` where the target does not state them.

    **Example:** `self_specific(target("thyroid")).id` gives `"self_specific_thyroid"`.

    **Reference:** the core (docs/core.md); Ganusov 2011 and Halle 2016 for killing.
    """
    x = target.id
    return Mechanism(
        id=f"self_specific_{x}",
        title=f"Self-specific T cells that see {target.label}",
        references=(STEIN, YU, HALLE, GANUSOV),
        species=_species(target),
        parameters=_own(target),
        expressions=_expressions(target),
        reactions=(*_precursors(x), *_effectors(target)),
        hazards=(
            Hazard(f"{x}_clonotype", f"clonotype_rate*{x}_births", {f"{x}_avidity": _CLONOTYPE_STEP},
                   "a clonotype of high avidity is born and raises the mean", _STEP),
        ),
    )  # fmt: skip


def _species(target: Target) -> tuple[Species, ...]:
    x = target.id
    found = (
        Species(
            f"{x}_precursors",
            f"{x}_precursors_normal",
            "Gcell",
            _REST,
            "self-specific precursors",
            scale=1e-7,
        ),
        Species(f"{x}_avidity", "usual_avidity", "1", _REST, "mean log avidity over the usual", scale=1e-3),
        Species(
            f"{x}_effectors", f"{x}_effectors_start", "Gcell", _REST, "self-specific effectors", scale=1e-7
        ),
    )
    if not target.cellular:
        return found
    inside = f"{x}_residents"
    return (
        *found,
        Species(inside, f"{inside}_start", "Gcell", _REST, "effectors that live in it", scale=1e-7),
        Species(
            f"{x}_inhibition",
            0.0,
            "1",
            _REST,
            "PD-1 of its residents, 1 where all are stimulated",
            scale=1e-4,
        ),
    )


def _own(target: Target) -> tuple[Parameter, ...]:
    x = target.id
    loss = "effector_death + homing" if target.cellular else "effector_death"
    power = f"positive_power(presentation_trait*{x}_trait*exp(usual_avidity)/margin, steepness)"
    found = (
        Parameter(f"{x}_trait", 1.0, "1", _MEDIAN, "presentation of this tissue's antigen, relative"),
        Parameter(f"{x}_births", 1.0, "1", assumed("1; 0 for a twin without new clonotypes"),
                  "births of clonotypes, relative"),
        Parameter(f"{x}_precursors_normal", "self_pool*size", "Gcell", YU,
                  "self-specific precursors at rest"),
        Parameter(f"{x}_rest_answering", f"{power}/(1 + {power})", "1", _REST, "answering share at rest"),
        Parameter(
            f"{x}_effectors_start",
            f"self_burst*activation*{x}_rest_answering*{x}_precursors_normal"
            f"/max(0.1*effector_death, {loss} - effector_division*{x}_rest_answering)",
            "Gcell", _REST, "effectors at the start",
        ),
    )  # fmt: skip
    if not target.cellular:
        return found
    start = Parameter(f"{x}_residents_start", f"homing*{x}_effectors_start/resident_death", "Gcell", _REST,
                      "residents at the start")  # fmt: skip
    living = Parameter(f"{x}_lymphocytes", target.lymphocytes, "Gcell", target.source,
                       "lymphocytes that live in it in health, in 5 L")  # fmt: skip
    room = Parameter(f"{x}_room", f"room_share*{x}_lymphocytes", "Gcell", _ROOM,
                     "effectors in it at which entry and division halve, in 5 L")  # fmt: skip
    return (*found, start, living, room)


def _expressions(target: Target) -> tuple[Expression, ...]:
    x = target.id
    stated = tuple(
        Expression(f"{x}_{name}", formula, "1", label)
        for name, formula, label in (
            ("mass", target.mass, f"{target.label} over health"),
            ("release", target.release, "antigen of dying cells over health"),
        )
        if formula
    )
    threshold = "threshold_everywhere" if target.everywhere else "threshold"
    helped = f" + b_presentation*{x}_b/({x}_b + b_presenting_half*size)" if target.humoral else ""
    excess = f"({x}_release - {x}_mass)"
    found = (
        *stated,
        Expression(f"{x}_antigen",
                   f"{x}_mass + antigen_of_damage*{excess}/(1 + {excess}/damage_capacity){helped}"
                   " + leukemic_presentation",
                   "1", "presented antigen over that in health"),
        Expression(f"{x}_recognized",
                   f"presentation_trait*{x}_trait*{x}_antigen*alertness*exp({x}_avidity)/(margin*{threshold})", "1",
                   "signal of a median cell over its threshold"),
        Expression(
            f"{x}_exported", f"export_share*naive_loss_normal*{x}_precursors_normal*export_now", "Gcell/day",
            "self-specific cells that leave the thymus",
        ),
        _response(f"{x}_answering", f"{x}_recognized", "share of precursors and effectors that answers"),
    )  # fmt: skip
    if not target.cellular:
        return found
    return (
        *found,
        _response(f"{x}_resident_answering", f"{x}_recognized/(1 + pd1_brake*pd1_trait*{x}_inhibition)",
                  "share of residents that answers"),
        Expression(f"{x}_killing", f"kills*killer_share*{x}_residents/({target.pool}*size)", "1/day",
                   "killing of one tissue cell"),
    )  # fmt: skip


def _response(id: str, signal: str, label: str) -> Expression:
    power = f"positive_power({signal}, steepness)"
    return Expression(id, f"{power}/(1 + {power})", "1", label)


def _precursors(x: str) -> tuple[Reaction, ...]:
    cells = f"{x}_precursors"
    return (
        Reaction(f"{x}_export", f"{x}_exported", {cells: 1},
                 "export from the thymus, all life"),
        Reaction(f"{x}_dividing", f"(1 - export_share)*naive_loss_normal*il7*{cells}", {cells: 1},
                 "division with IL-7"),
        Reaction(f"{x}_dying", f"naive_loss_normal*{cells}", {cells: -1}, "death"),
        Reaction(f"{x}_activation", f"activation*{x}_answering*{cells}", {cells: -1},
                 "answering precursors are activated"),
        Reaction(f"{x}_burst", f"self_burst*activation*{x}_answering*{cells}", {f"{x}_effectors": 1}, "and divide"),
        Reaction(f"{x}_selection",
                 "selection_strength*avidity_spread**2*(1 - export_share)*naive_loss_normal*il7*il7_excess",
                 {f"{x}_avidity": 1}, "in lymphopenia cells divide by avidity, so that the mean rises", SURH),
        Reaction(f"{x}_fading", f"(clonotype_loss + {x}_exported/({cells} + one_cell))*({x}_avidity - usual_avidity)",
                 {f"{x}_avidity": -1}, "cells of usual avidity replace them", signed=True),
    )  # fmt: skip


def _effectors(target: Target) -> tuple[Reaction, ...]:
    x = target.id
    cells = f"{x}_effectors"
    found = (
        Reaction(f"{x}_expansion", f"effector_division*{x}_answering*{cells}/(1 + {cells}/(effector_capacity*size))",
                 {cells: 1},
                 "effectors divide on antigen"),
        Reaction(f"{x}_contraction", f"effector_death*{cells}", {cells: -1}, "effectors die", STEIN),
        Reaction(f"{x}_alarm", f"alarm_of_damage*({x}_release - {x}_mass)"
                 f"/(1 + ({x}_release - {x}_mass)/damage_capacity)",
                 {"innate": 1}, "dying tissue raises the innate signal"),
    )  # fmt: skip
    if not target.cellular:
        return found
    inside = f"{x}_residents"
    return (
        *found,
        Reaction(f"{x}_homing", f"homing*{cells}/(1 + {inside}/({x}_room*size))", {cells: -1, inside: 1},
                 "effectors enter the tissue"),
        Reaction(f"{x}_resident_division",
                 f"resident_division*{x}_resident_answering*{inside}/(1 + {inside}/({x}_room*size))", {inside: 1},
                 "residents divide on antigen, held by PD-1"),
        Reaction(f"{x}_inhibiting", f"pd1_turnover*({x}_resident_answering - {x}_inhibition)",
                 {f"{x}_inhibition": 1}, "PD-1 of residents follows their stimulation", signed=True),
        Reaction(f"{x}_resident_death", f"resident_death*{inside}", {inside: -1}, "residents die"),
    )  # fmt: skip


_PARAMETERS = (
    Parameter("margin", 5.8, "1",
              assumed("fitted to the row aiha_background of targets.csv, for all tissues: experiments.body.calibrate"),
              "threshold over the signal of a median cell in health", (2.0, 20.0)),
    Parameter("presentation_trait", 1.0, "1", _MEDIAN, "presentation of self antigen, relative"),
    Parameter("steepness", 4.0, "1", _CORE, "exponent of the log-logistic avidities", (3.0, 5.0)),
    Parameter("effector_capacity", 0.02, "Gcell",
              assumed("with it effectors of one tissue are at most some 1e-4 of T cells; islet-specific CD8 of "
                      "patients are as rare as in health (Sarikonda 2013, abstract: beta-cell-specific CD8 T cells)"),
              "effectors at which division halves, in 5 L", (0.002, 0.2)),
    Parameter("room_share", 0.1, "1", assumed("an infiltrate is mostly of other cells than those that see the tissue"),
              "effectors at which entry and division halve, over the lymphocytes of the tissue in health", (0.01, 1.0)),
    Parameter("avidity_spread", "1.8137993642342178/steepness", "1",
              assumed("a log-logistic law of exponent n has log spread pi/(sqrt(3) n)"), "log spread of avidities"),
    Parameter("usual_avidity", "-log(deletion_trait)/steepness", "1",
              assumed("deletion of a share of the cells above threshold shifts a log-logistic tail by its log over n"),
              "mean log avidity of what the thymus exports"),
    Parameter("self_pool", 5e-4, "Gcell", YU.at("a third as frequent as others: tens of epitopes"),
              "self-specific precursors for one tissue, in 5 L", (1e-4, 0.1)),
    Parameter("export_share", "thymic_export_at_30*size/(naive_loss_normal*naive_normal)", "1", _REST,
              "share of naive production that is export"),
    Parameter("activation", 0.03, "1/day", assumed("an answering precursor meets its antigen within a month"),
              "activation of answering precursors", (0.01, 0.3)),
    Parameter("self_burst", 30.0, "1", assumed("five programmed divisions"), "effectors from one precursor",
              (10.0, 80.0)),
    Parameter("effector_division", 0.55, "1/day", STEIN.at("doubling time 0.78 d is an upper end"),
              "division of answering effectors", (0.4, 0.9)),
    Parameter("effector_death", 0.1, "1/day", STEIN.at("initial half-life 4.3 d is an upper end"), "death of effectors",
              (0.05, 0.16)),
    Parameter("homing", 0.05, "1/day", assumed("an effector enters its tissue within weeks"), "entry of effectors",
              (0.01, 0.2)),
    Parameter("resident_division", 0.1, "1/day", assumed("slower than in lymphoid tissue"),
              "division of answering residents",
              (0.03, 0.3)),
    Parameter("resident_death", 0.03, "1/day", assumed("residents live weeks to months"), "death of residents",
              (0.005, 0.1)),
    Parameter("kills", 8.0, "1/day", HALLE.at("2 to 16 a day"), "cells one killer kills a day", (2.0, 16.0)),
    Parameter("pd1_turnover", 0.1, "1/day", assumed("PD-1 rises and falls with stimulation within days to weeks"),
              "how fast PD-1 of residents follows stimulation"),
    Parameter("killer_share", 0.4, "1", assumed("as CD8 among T cells"), "killers among self-specific effectors"),
    Parameter("antigen_of_damage", 2.5, "1", _CORE, "presentation of antigen from dying over living cells", (1.5, 3.5)),
    Parameter("damage_capacity", 5.0, "1", assumed("presentation of debris saturates at a few times healthy turnover"),
              "damage at which presentation of debris is halved", (2.0, 20.0)),
    Parameter("alarm_of_damage", 0.05, "1/day", _CORE,
              "innate signal raised by a tissue dying at twice its healthy rate",
              (0.01, 0.3)),
    Parameter("clonotype_rate", 0.1 / 365.25, "1/day", assumed("one such clonotype a decade for each tissue"),
              "births of clonotypes of high avidity", (0.03 / 365.25, 0.5 / 365.25)),
    Parameter("one_cell", 1e-9, "Gcell", assumed("by definition; so that nobody is divided by no cell at all"),
              "one cell"),
    Parameter("clonotype_loss", 0.02 / 365.25, "1/day", assumed("clonotypes that have divided persist for decades"),
              "fading of such a clonotype"),
)  # fmt: skip
