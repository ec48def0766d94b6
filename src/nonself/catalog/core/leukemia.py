"""A leukemic burden: presents antigen near self, takes contacts, recruits regulators, displaces blood formation."""

from __future__ import annotations

from nonself.catalog.core.sources import CLL_CLONE, HALL, LUTSIAK
from nonself.model.parts import Expression, Mechanism, Observable, Parameter, Reaction, Species
from nonself.model.rate_laws import logistic
from nonself.provenance import assumed

_LAW = assumed("logistic growth; effectors kill what they see")

LEUKEMIA = Mechanism(
    id="leukemic_burden",
    title="Leukemic cells as aberrant presenting cells",
    references=(HALL, CLL_CLONE, LUTSIAK),
    species=(Species("leukemia", 0.0, "cell", assumed("none"), "leukemic cells", scale=1e3),),
    parameters=(
        Parameter("heavy_burden", 1e12, "cell", CLL_CLONE.at("order of a typical burden"), "a heavy burden"),
        Parameter(
            "antigenic_distance",
            0.0,
            "1",
            assumed("explored; 0 means leukemia is seen as self"),
            "distance from self",
        ),
        Parameter(
            "leukemic_antigen",
            0.3,
            "1",
            HALL.at("leukemic cells present self antigen; how much is assumed"),
            "self antigen that a heavy burden presents, relative to tissue",
            (0.02, 1.0),
        ),
        Parameter(
            "leukemic_contacts",
            0.15,
            "1",
            assumed("leukemic cells take contacts of regulators"),
            "contacts that a heavy burden takes, relative to those of all T cells",
            (0.02, 1.0),
        ),
        Parameter(
            "leukemic_recruitment",
            0.54,
            "1",
            LUTSIAK.at("not here: 8.2 to 12.6 % of CD4 over CLL stages A to C"),
            "more regulators at a heavy burden",
            (0.05, 1.0),
        ),
        Parameter(
            "displacement",
            1.0,
            "1",
            assumed("a heavy burden halves blood formation"),
            "displacement by a heavy burden",
        ),
        Parameter(
            "leukemic_growth",
            0.001,
            "1/day",
            CLL_CLONE.at("below the birth rates of 0.1 to 1 % a day"),
            "net growth",
        ),
        Parameter(
            "leukemic_killing",
            8e-12,
            "1/(cell*day)",
            assumed("8 kills a day at a heavy burden"),
            "killing by one effector",
        ),
    ),
    expressions=(
        Expression("burden", "leukemia/heavy_burden", "1", "burden, relative to a heavy one"),
        Expression("near", "exp(-antigenic_distance)", "1", "how near to self leukemia is"),
    ),
    reactions=(
        Reaction(
            "leukemic_division",
            logistic("leukemic_growth", "leukemia", "(2*heavy_burden)"),
            {"leukemia": 1},
            "growth",
            _LAW,
            signed=True,
        ),
        Reaction(
            "leukemic_death",
            "leukemic_killing*near*attack*leukemia",
            {"leukemia": -1},
            "killing by effectors",
            _LAW,
        ),
    ),
    observables=(Observable("burden_seen", "burden", "1", "leukemic burden"),),
)
