"""What decides whether a self-specific T cell answers: antigen, innate signal, regulators, growth factor, two brakes.

The laws are those of the core (`docs/core.md`): regulators compete for contacts, by a mixture of a ratio to all T cells
and a density; the growth factor weakens them. The avidities of a pool for its antigen are log-logistic and one cell
answers or not: so the answering share is a Hill function of signal times median avidity.
"""

from __future__ import annotations

from nonself.catalog.body.recognition_sources import FEINERMAN, FRY, HENINGER, MALHOTRA, ONISHI, STEIN, WONG
from nonself.model.parts import Expression, Mechanism, Parameter, Reaction
from nonself.provenance import assumed

_CORE = assumed("taken from the core's maps (docs/core.md): where stable health, rare loss, loss after depletion and "
                "loss with leukemic burden hold at once")  # fmt: skip


def no_leukemic_presentation() -> Mechanism:
    """Return zeros for what leukemic cells would present and crowd, for a person without leukemia."""
    none = assumed("no leukemic cell is in this model")
    return Mechanism(
        id="no_leukemic_presentation",
        title="No leukemic cell presents antigen or takes contacts",
        references=(),
        parameters=(
            Parameter(
                "leukemic_contacts",
                0.0,
                "1",
                none,
                "contacts that leukemic cells take, over those of T cells",
            ),
            Parameter(
                "leukemic_presentation",
                0.0,
                "1",
                none,
                "self antigen that leukemic cells present, over tissue",
            ),
        ),
    )


def recognition(tissues: tuple[str, ...]) -> Mechanism:
    """Return suppression by regulators, the two brakes, and the growth of regulators on IL-2 of self-specific cells.

    Equations: crowding = c0 + (1 - c0) T/T_healthy + leukemic contacts, T all T cells with regulators; suppression
    s = CTLA-4 trait regulator trait R/R_healthy/(crowding il7^h); threshold = (1 + r s)/(1 + r) (1 + b CTLA-4)/(1 + b),
    with w r for r where antigen is everywhere (blood cells and their precursors, nuclei): there deletion keeps
    tolerance and regulators count less; it is 1 in the reference adult; a self-specific cell answers when its avidity
    times antigen times (1 + g innate) exceeds margin times threshold. IL-7 is in excess by
    x = il7^k/(il7^k + half^k). E effectors of all tissues feed regulators: R' = y E/(E2 (1 + R/R_healthy) + E) R.

    **Arguments:** `tissues` whose self-specific cells (`<x>_effectors`) make IL-2.

    **Example:** `recognition(("thyroid", "red_cell"))`

    **Reference:** Onishi 2008 and Wong 2021 for contacts and density, Heninger 2012 for IL-7.
    """
    answering = " + ".join(f"{name}_effectors" for name in tissues) or "0*regulator"
    return Mechanism(
        id="recognition",
        title="Suppression, the threshold of self-specific cells, and two brakes",
        references=(ONISHI, WONG, HENINGER, FEINERMAN, FRY, STEIN, MALHOTRA),
        parameters=_PARAMETERS,
        expressions=(
            Expression("fullness", "(cd4_cells + cd8_cells)/(cd4_normal + cd8_normal)", "1",
                       "T cells over the reference"),
            Expression("crowding", "free_contacts + (1 - free_contacts)*fullness + leukemic_contacts", "1",
                       "what contends for a contact"),
            Expression("suppression",
                       "ctla4_trait*regulator_trait*regulator/(regulator_healthy"
                       "*crowding*positive_power(il7, il7_release))", "1",
                       "suppression over the reference adult"),
            _threshold("threshold", "suppression_strength", "signal a cell needs, over the reference adult"),
            _threshold("threshold_everywhere", "everywhere_suppression*suppression_strength",
                       "the same for antigen that is everywhere"),
            Expression("alertness", "1 + innate_gain*innate", "1", "presentation, over that without innate signal"),
            Expression("self_effectors", answering, "Gcell", "self-specific effectors of all tissues"),
            Expression("il7_excess",
                       "positive_power(il7, selection_steepness)"
                       "/(positive_power(il7, selection_steepness)"
                       " + positive_power(selection_half, selection_steepness))",
                       "1", "how far division follows avidity"),
        ),
        reactions=(
            Reaction("regulators_on_self",
                     "regulator_il2_growth*regulator*self_effectors"
                     "/(regulator_il2_half*size*(1 + regulator/regulator_healthy) + self_effectors)",
                     {"regulator": +1}, "regulators divide on IL-2 of self-specific effectors", FEINERMAN),
        ),
    )  # fmt: skip


def _threshold(id: str, strength: str, label: str) -> Expression:
    """The threshold that regulators raise by a strength, and CTLA-4 of the cell itself; 1 in the reference adult."""
    return Expression(
        id,
        f"(1 + {strength}*suppression)/(1 + {strength})*(1 + ctla4_brake*ctla4_trait)/(1 + ctla4_brake)",
        "1",
        label,
    )


_PARAMETERS = (
    Parameter("regulator_healthy", "regulator_fraction*cd4_normal", "Gcell", _CORE,
              "regulators of the reference adult"),
    Parameter("free_contacts", 0.25, "1",
              assumed("from the core's maps (docs/core.md); in the ensemble fitted to the row alem_thyroid"),
              "share of contacts that crowding does not take", (0.05, 1.0)),
    Parameter("il7_release", 0.0, "1", HENINGER.at("IL-7 abrogates suppression in culture; explored"),
              "power of IL-7 that weakens regulators", (0.0, 1.0)),
    Parameter("suppression_strength", 3.0, "1", _CORE, "how far regulators raise the threshold", (1.5, 8.0)),
    Parameter("everywhere_suppression", 0.2, "1",
              assumed("what every presenting cell shows is tolerated by deletion, what one tissue has also by "
                      "regulators (Malhotra 2016, abstract); a fifth is a guess"),
              "how far regulators count for antigen that is everywhere"),
    Parameter("ctla4_brake", 0.5, "1",
              assumed("CTLA-4 on the responding cell counts less than on regulators, where most of it acts"),
              "how far CTLA-4 of the cell itself raises its threshold", (0.1, 2.0)),
    Parameter("pd1_brake", 2.0, "1",
              assumed("PD-1 triples what an effector needs that is stimulated all the time; none is where none is"),
              "how far PD-1 raises the threshold of stimulated effectors in tissue", (0.7, 6.0)),
    Parameter("innate_gain", 0.3, "1", _CORE, "rise of presentation at the height of an infection", (0.1, 1.0)),
    Parameter("selection_steepness", 8.0, "1", _CORE, "steepness of selection on IL-7"),
    Parameter("selection_half", 1.9, "1", _CORE, "IL-7 at which division follows avidity half", (1.5, 2.4)),
    Parameter("selection_strength", 1.0, "1",
              assumed("0 neutral, 1 by avidity; survivors of depletion are oligoclonal (Jones 2013 in the core)"),
              "how far division in il7_excess follows avidity for self", (0.0, 1.0)),
    Parameter("regulator_il2_growth", 0.03, "1/day", _CORE, "growth of regulators at full IL-2", (0.01, 0.05)),
    Parameter("regulator_il2_half", 2.0, "Gcell", _CORE, "effectors that half feed the regulators, in 5 L", (1.0, 3.0)),
)  # fmt: skip
