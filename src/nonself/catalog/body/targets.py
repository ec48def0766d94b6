"""The tissues that self-specific cells may see: what of each is presented, and which arms of immunity reach it."""

from __future__ import annotations

from dataclasses import dataclass

from nonself.errors import UnknownName
from nonself.provenance import Citation, Source, assumed

NOT_ENTERED = assumed("effectors do not enter")
TREPEL = Citation(
    key="Trepel1974",
    title="Number and distribution of lymphocytes in man. A critical analysis",
    authors="Trepel F",
    year=1974,
    venue="Klinische Wochenschrift 52:511-515",
    pmid="4853392",
    read_in="quoted in bionumbers.hms.harvard.edu, 111350: 30e9 in the mucosa of the bowel, 11e9 in 54.6 kg of tissue "
    "without lymphoid organs, bone, bowel and lung",
)
CLARK = Citation(
    key="Clark2006",
    title="The vast majority of CLA+ T cells are resident in normal skin",
    authors="Clark RA, Chong B, Mirchandani N, et al.",
    year=2006,
    venue="Journal of Immunology 176:4431-4439",
    doi="10.4049/jimmunol.176.7.4431",
    read_in="abstract: about 2e10 T cells in the skin",
)


@dataclass(frozen=True, slots=True)
class Target:
    """One target tissue as self-specific cells see it.

    **Arguments:** `id`, the `x` of its names; `mass`, `release` formulas [1] of living tissue and of antigen from dying
    cells over health ("" where the tissue's own mechanism gives `x_mass` and `x_release`); `cellular` whether effectors
    enter and kill; `pool` its cells [Gcell] in 5 L that effectors meet in health; `lymphocytes` that live in it in
    health [Gcell] in 5 L, with their `source`; `humoral` whether B cells make antibody; `everywhere`
    whether all presenting cells, those of the thymus too, show its antigen.
    """

    id: str
    label: str
    cellular: bool = False
    humoral: bool = False
    everywhere: bool = False
    pool: str = ""
    lymphocytes: float = 0.0
    source: Source = NOT_ENTERED
    mass: str = ""
    release: str = ""


_RED = "red_cells/(red_production*red_cell_lifespan)"
_PLATELETS = "platelet_total/platelet_healthy"
_NEUTROPHILS = "neutrophil_blood/neutrophil_blood_healthy"
# What enters the red line, of which early progenitors stay normal in number where the line is blocked (Abkowitz 1986).
_PROGENITORS = "progenitor/progenitor_healthy"
_ALL = (
    Target("red_cell", "red cells", humoral=True, everywhere=True, mass=_RED,
           release=f"{_RED}*(1 + red_cell_killing*red_cell_lifespan)"),
    Target("platelet", "platelets", humoral=True, everywhere=True, mass=_PLATELETS,
           release=f"{_PLATELETS}*(1 + platelet_killing*platelet_span)"),
    Target("granulocyte", "neutrophils", humoral=True, everywhere=True, mass=_NEUTROPHILS,
           release=f"{_NEUTROPHILS}*(1 + granulocyte_killing*neutrophil_time)"),
    Target("red_cell_precursor", "red cell precursors", cellular=True, everywhere=True, mass=_PROGENITORS,
           pool="progenitors_met*erythroid_progenitor_healthy/size", lymphocytes=50.0,
           source=assumed("of the order of a tenth of the nucleated cells of marrow that are not red or granulocytic"),
           release=f"{_PROGENITORS}*(2 - exp(-red_cell_precursor_killing*erythroid_time))"),
    Target("thyroid", "thyroid", cellular=True, humoral=True, pool="thyroid_pool", lymphocytes=0.004,
           source=TREPEL.at("as in other tissue, for 20 g of gland")),
    Target("skin", "skin", cellular=True, pool="skin_pool", lymphocytes=20.0, source=CLARK),
    Target("gut", "gut", cellular=True, pool="gut_pool", lymphocytes=30.0, source=TREPEL),
    Target("nuclear", "nuclear antigen", humoral=True, everywhere=True, mass="min(1, nuclear_release)"),
)  # fmt: skip
TARGETS = {target.id: target for target in _ALL}


def target(id: str) -> Target:
    """Return a target tissue by id.

    **Raises:** `UnknownName` with the near miss.

    **Example:** `target("thyroid").humoral` gives True.
    """
    if id not in TARGETS:
        raise UnknownName("target tissue", id, TARGETS)
    return TARGETS[id]
