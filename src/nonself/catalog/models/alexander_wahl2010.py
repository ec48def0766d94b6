"""Alexander and Wahl 2010: self-tolerance or chronic autoimmunity, decided at antigen presentation."""

from __future__ import annotations

from nonself.catalog.entry import Must, PublishedModel, Variant
from nonself.catalog.rounding import printed
from nonself.model.parts import Mechanism, Observable, Parameter, Reaction, Species
from nonself.provenance import Citation

ALEXANDER_WAHL = Citation(
    key="AlexanderWahl2010",
    title="Self-tolerance and Autoimmunity in a Regulatory T Cell Model",
    authors="Alexander HK, Wahl LM",
    year=2010,
    venue="Bulletin of Mathematical Biology",
    doi="10.1007/s11538-010-9519-2",
    pmid="20195912",
    read_in="BIOMD0000000289.xml (system 1)",
)
_FILE = ALEXANDER_WAHL.at("BIOMD0000000289, list of parameters")
_START = ALEXANDER_WAHL.at("BIOMD0000000289, list of species")
_ABSTRACT = ALEXANDER_WAHL.at("abstract")
_RERUN = ALEXANDER_WAHL.at("equations of BIOMD0000000289, recomputed independently")


def _reaction(number: str) -> Citation:
    return ALEXANDER_WAHL.at(f"BIOMD0000000289, reaction {number}")


_REGULATION_OF_PRESENTATION = Mechanism(
    id="treg_on_presenting_cells",
    title="Autoreactive T cells free self-antigen; regulatory T cells take mature presenting cells away",
    references=(ALEXANDER_WAHL,),
    species=(
        Species("A", 1.0, "cell", _START, "mature antigen-presenting cells with self-antigen", scale=1e-4),
        Species("R", 0.0, "cell", _START, "regulatory T cells specific for it", scale=1e-1),
        Species("E", 0.0, "cell", _START, "autoreactive effector T cells", scale=1e-1),
        Species("G", 1e8, "1", _START, "self-antigen (items)", scale=1.0),
    ),
    parameters=(
        Parameter("v", 0.0025, "1/day", _FILE, "uptake of self-antigen by presenting cells"),
        Parameter("f", 0.0001, "cell", _FILE, "presenting cells that mature per antigen taken up"),
        Parameter("gamma", 2000.0, "1/(cell*day)", _FILE, "self-antigen freed per effector T cell"),
        Parameter("beta", 200.0, "1/day", _FILE, "regulatory T cells activated per presenting cell"),
        Parameter("pi1", 0.016, "1/(cell*day)", _FILE, "the same, helped by effector T cells"),
        Parameter("lambdaE", 1000.0, "1/day", _FILE, "effector T cells activated per presenting cell"),
        Parameter("muA", 0.25, "1/day", _FILE, "death of presenting cells"),
        Parameter("muR", 0.25, "1/day", _FILE, "death of regulatory T cells"),
        Parameter("muE", 0.25, "1/day", _FILE, "death of effector T cells"),
        Parameter("muG", 5.0, "1/day", _FILE, "clearance of self-antigen"),
        Parameter("b1", 0.25, "1/day", _FILE, "suppression by regulatory T cells of other specificity"),
        Parameter("sigma1", 3e-6, "1/(cell*day)", _FILE, "suppression by specific regulatory T cells"),
    ),
    reactions=(
        Reaction("uptake", "v*G", {"G": -1}, "self-antigen is taken up", _reaction("r1a")),
        Reaction("maturation", "f*v*G", {"A": +1}, "presenting cells mature", _reaction("r1b")),
        Reaction("antigen_release", "gamma*E", {"G": +1}, "effectors free self-antigen", _reaction("r2")),
        Reaction("treg_activation", "beta*A", {"R": +1}, "regulators are activated", _reaction("r3")),
        Reaction("treg_activation_helped", "pi1*E*A", {"R": +1}, "the same with help", _reaction("r4")),
        Reaction("effector_activation", "lambdaE*A", {"E": +1}, "effectors are activated", _reaction("r5")),
        Reaction("presenting_death", "muA*A", {"A": -1}, "presenting cells die", _reaction("r6")),
        Reaction("treg_death", "muR*R", {"R": -1}, "regulators die", _reaction("r7")),
        Reaction("effector_death", "muE*E", {"E": -1}, "effectors die", _reaction("r8")),
        Reaction("antigen_clearance", "muG*G", {"G": -1}, "self-antigen is cleared", _reaction("r9")),
        Reaction("suppression_by_others", "b1*A", {"A": -1}, "other regulators suppress", _reaction("r10")),
        Reaction("suppression", "sigma1*A*R", {"A": -1}, "specific regulators suppress", _reaction("r11")),
    ),
    observables=(
        Observable(
            "R0_index",
            "f*v*lambdaE*gamma/((v + muG)*(b1 + muA)*muE)",
            "1",
            "basic reproductive ratio: tolerance below 1, chronic autoimmunity above",
        ),
    ),
)

_CHRONIC = tuple(
    Must(f"chronic autoimmunity: {name} settles at {text}", name, 500.0, *printed(text), _RERUN, "chronic")
    for name, text in (("A", "18.24"), ("R", "9.973e4"), ("E", "7.295e4"), ("G", "2.915e7"))
)
_TOLERANT = tuple(
    Must(f"tolerance: {name} is gone after 500 days", name, 500.0, -1e-3, 1.0, _ABSTRACT, "tolerance")
    for name in ("A", "R", "E", "G")
)

MODEL = PublishedModel(
    id="alexander_wahl2010",
    title="Self-tolerance or chronic autoimmunity by regulatory T cells (Alexander and Wahl 2010, system 1)",
    time_unit="day",
    mechanisms=(_REGULATION_OF_PRESENTATION,),
    until=200.0,
    must=(
        Must("the ratio is 0.7996 as shipped", "R0_index", 1.0, *printed("0.7996"), _RERUN, "tolerance"),
        Must("the ratio is 1.598 at v = 0.005", "R0_index", 1.0, *printed("1.598"), _RERUN, "chronic"),
        Must(
            "the ratio is 1 at v = 0.003127", "R0_index", 1.0, *printed("1.000"), _RERUN, set={"v": 0.003127}
        ),
        *_TOLERANT,
        *_CHRONIC,
        Must(
            "just below the threshold effectors fade", "E", 3000.0, 0.0, 200.0, _ABSTRACT, set={"v": 0.0031}
        ),
        Must("just above it they stay", "E", 3000.0, 4000.0, 5000.0, _ABSTRACT, set={"v": 0.00315}),
        Must(
            "specific regulators do not move the threshold: without them, effectors fade just below it",
            "E",
            3000.0,
            0.0,
            200.0,
            _ABSTRACT,
            set={"v": 0.0031, "sigma1": 0.0},
        ),
        Must(
            "but they hold the response down: without them, far more effectors just above it",
            "E",
            3000.0,
            5e4,
            1e7,
            _ABSTRACT,
            set={"v": 0.00315, "sigma1": 0.0},
        ),
    ),
    variants=(
        Variant("tolerance", "ratio 0.80, as shipped", {}, _FILE),
        Variant("chronic", "ratio 1.60", {"v": 0.005}, _RERUN),
    ),
    notes=(
        "System 1 of the paper: linear uptake of antigen.",
        "The file counts everything in items; here cells and antigen items (a pure number) are kept apart.",
    ),
    review="second writing from the source alone: tests/qc/alexander_wahl2010.py",
)
