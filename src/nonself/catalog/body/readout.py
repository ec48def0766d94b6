"""What a clinic would see of lymphocytes and antibody; blood counts and tissues state their own readout."""

from __future__ import annotations

from nonself.catalog.body.targets import target
from nonself.model.parts import Mechanism, Observable, Parameter
from nonself.provenance import assumed

_LYMPHOCYTES = "blood_cd4 + blood_cd8 + blood_b + blood_nk"


def _clinical(tissues: tuple[str, ...]) -> tuple[Observable, ...]:
    """What a clinic calls the antibodies that criteria of diagnosis name."""
    found: tuple[Observable, ...] = ()
    if "red_cell" in tissues:
        found += (
            Observable(
                "antiglobulin",
                "red_cell_antibody/red_cell_assay_limit",
                "1",
                "direct antiglobulin test over its limit",
                True,
            ),
        )
    if "nuclear" in tissues:
        found += (
            Observable("antinuclear_titer", "80*nuclear_antibody/nuclear_assay_limit", "1",
                       "antinuclear antibody, reciprocal titer", True),
            Observable("anti_dna", "nuclear_antibody/(dna_share_needed*nuclear_assay_limit)", "1",
                       "antibody to double-stranded DNA over its limit", True),
        )  # fmt: skip
    return found


def readout(tissues: tuple[str, ...]) -> Mechanism:
    """Return counts of lymphocytes in blood, IgG, and each antibody against the limit of its assay.

    **Arguments:** `tissues` the targets of the body. An antibody titer is the level over the assay's limit: positive
    from 1.

    **Example:** `readout(("red_cell",)).observables[-1].id` gives `"antiglobulin"`.
    """
    humoral = tuple(name for name in tissues if target(name).humoral)
    limits = tuple(
        Parameter(f"{name}_assay_limit", 0.02, "1",
                  assumed("an assay sees antibody on about two in a hundred cells, before their life is shorter"),
                  "antibody at which the assay turns positive", (0.005, 0.1))
        for name in humoral
    )  # fmt: skip
    if "nuclear" in tissues:
        limits += (
            Parameter("dna_share_needed", 8.0, "1",
                      assumed("antibody to double-stranded DNA counts from three dilution steps above the screening "
                              "titer, 1:640; the model has one nuclear antibody"),
                      "nuclear antibody over its limit at which that to DNA is positive", (2.0, 32.0)),
        )  # fmt: skip
    return Mechanism(
        id="readout",
        title="Lymphocyte counts, IgG and antibody as a clinic reports them",
        references=(),
        parameters=limits,
        observables=(
            Observable("age_now", "age", "year", "age"),
            Observable("count_cd4", "blood_cd4", "Gcell/L", "CD4 T cells"),
            Observable("count_cd8", "blood_cd8", "Gcell/L", "CD8 T cells"),
            Observable("count_b", "blood_b", "Gcell/L", "B cells"),
            Observable("count_nk", "blood_nk", "Gcell/L", "natural killer cells"),
            Observable("regulators_of_cd4", "100*regulator_share", "percent", "regulatory share of CD4"),
            Observable("transitional_of_b", "100*transitional_share", "percent", "transitional share of B cells"),
            Observable("blood_leukocytes", f"neutrophils + monocytes + {_LYMPHOCYTES}", "Gcell/L",
                       "leukocyte count"),
            Observable("igg_level", "igg", "g/L", "IgG"),
            Observable("fever", "innate", "1", "innate signal"),
            *(Observable(f"{name}_titer", f"{name}_antibody/{name}_assay_limit", "1",
                         f"antibody, {target(name).label}", True)
              for name in humoral),
            *_clinical(tissues),
        ),
    )  # fmt: skip
