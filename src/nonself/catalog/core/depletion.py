"""A treatment that kills lymphocytes: one rate for each cell state, while it is given."""

from __future__ import annotations

from nonself.catalog.core.sources import JONES
from nonself.model.parts import Mechanism, Parameter, Reaction
from nonself.provenance import assumed

_STATES = {
    "conventional": "conventional",
    "regulators": "regulators",
    "low": "precursors",
    "high": "precursors",
    "low_effectors": "effectors",
    "high_effectors": "effectors",
}
_KILL = assumed("the target is on all lymphocytes alike")

DEPLETION = Mechanism(
    id="depletion",
    title="Depletion of lymphocytes",
    references=(JONES,),
    parameters=(
        Parameter("depletion", 0.0, "1/day", assumed("off; a regimen sets it"), "killing of lymphocytes"),
        *(
            Parameter(f"{kind}_exposed", 1.0, "1", _KILL, f"killing of {kind}, relative", (0.5, 1.0))
            for kind in dict.fromkeys(_STATES.values())
        ),
    ),
    reactions=tuple(
        Reaction(
            f"{state}_depletion",
            f"depletion*{kind}_exposed*{state}",
            {state: -1},
            "killed by treatment",
            _KILL,
        )
        for state, kind in _STATES.items()
    ),
)
