"""What a clinic would see of lymphocytes and antibody; blood counts and tissues state their own readout."""

from __future__ import annotations

from nonself.catalog.body.targets import target
from nonself.model.parts import Mechanism, Observable, Parameter
from nonself.provenance import assumed


def readout(tissues: tuple[str, ...]) -> Mechanism:
    """Return counts of lymphocytes in blood, IgG, and each antibody against the limit of its assay.

    **Arguments:** `tissues` the targets of the body. An antibody titer is the level over the assay's limit: positive
    from 1.

    **Example:** `readout(("red_cell",)).observables[-1].id` gives `"red_cell_titer"`.
    """
    humoral = tuple(name for name in tissues if target(name).humoral)
    limits = tuple(
        Parameter(f"{name}_assay_limit", 0.02, "1",
                  assumed("an assay sees antibody on about two in a hundred cells, before their life is shorter"),
                  "antibody at which the assay turns positive", (0.005, 0.1))
        for name in humoral
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
            Observable("igg_level", "igg", "g/L", "IgG"),
            Observable("fever", "innate", "1", "innate signal"),
            *(Observable(f"{name}_titer", f"{name}_antibody/{name}_assay_limit", "1",
                         f"antibody, {target(name).label}", True)
              for name in humoral),
        ),
    )  # fmt: skip
