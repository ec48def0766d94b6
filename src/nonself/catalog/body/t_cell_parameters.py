"""Numbers of the T cells: pools, blood shares, thymus, turnover and growth factors, each with its source."""

from __future__ import annotations

from nonself.catalog.body import lymphocyte_sources as read
from nonself.model.parts import Parameter
from nonself.provenance import Source, assumed

_HALF_LIVES = read.VRISEKOOP.at("half-lives")
_CELLS = read.SENDER.at("Lymphocytes.ipynb")
_BALANCE = assumed("the reference adult is at rest: production equals loss")
_FITTED = "fitted: {} cells back at {}e9/L {} months after alemtuzumab; one of two fitted constants"
DAYS = 365.25


def number(id: str, value: float | str, unit: str, source: Source, label: str) -> Parameter:
    """Return a parameter, its label last."""
    return Parameter(id, value, unit, source, label)


def pools() -> tuple[Parameter, ...]:
    """How many there are in the reference adult of a given size."""
    return (
        number("t_total", 710.0, "Gcell", _CELLS, "T cells in the body of the reference adult"),
        number("cd4_fraction", 0.6, "1", _CELLS, "CD4 share of T cells"),
        number("naive_cd4_fraction", 0.463, "1", _CELLS, "naive share of CD4"),
        number("naive_cd8_fraction", 0.406, "1", _CELLS, "naive share of CD8"),
        number("regulator_fraction", 0.075, "1", read.LUTSIAK, "regulatory share of CD4"),
        number("effector_fraction", 0.002, "1", assumed("few of the T cells were activated within days"),
                "effector share of CD4 and of CD8 in health"),
        number("cd4_normal", "t_total*cd4_fraction*size", "Gcell", _CELLS, "CD4 T cells at rest"),
        number("cd8_normal", "t_total*(1 - cd4_fraction)*size", "Gcell", _CELLS, "CD8 T cells at rest"),
        number("naive_cd4_normal", "naive_cd4_fraction*cd4_normal", "Gcell", _CELLS, "naive CD4 at rest"),
        number("naive_cd8_normal", "naive_cd8_fraction*cd8_normal", "Gcell", _CELLS, "naive CD8 at rest"),
        number("effector_cd4_normal", "effector_fraction*cd4_normal", "Gcell", _BALANCE, "effector CD4 at rest"),
        number("effector_cd8_normal", "effector_fraction*cd8_normal", "Gcell", _BALANCE, "effector CD8 at rest"),
        number("regulator_normal", "regulator_fraction*cd4_normal", "Gcell", read.LUTSIAK,
                "regulatory T cells at rest"),
        number("memory_cd4_normal",
                "(1 - naive_cd4_fraction - effector_fraction - regulator_fraction)*cd4_normal", "Gcell", _CELLS,
                "memory CD4 at rest"),
        number("memory_cd8_normal", "(1 - naive_cd8_fraction - effector_fraction)*cd8_normal", "Gcell", _CELLS,
                "memory CD8 at rest"),
    )  # fmt: skip


def blood() -> tuple[Parameter, ...]:
    """Which share of them is in blood."""
    return (
        number("cd4_count", 0.837, "Gcell/L", read.COUNTS, "CD4 T cells in blood at rest"),
        number("cd8_count", 0.660, "Gcell/L", read.COUNTS, "CD8 T cells in blood at rest"),
        number("cd4_blood_share", "cd4_count*blood_volume/cd4_normal", "1", read.COUNTS,
                "share of CD4 T cells that is in blood"),
        number("cd8_blood_share", "cd8_count*blood_volume/cd8_normal", "1",
                read.COUNTS, "share of CD8 T cells that is in blood"),
    )  # fmt: skip


def thymus() -> tuple[Parameter, ...]:
    """Thymus and age."""
    return (
        number("lymphoid_reference_age", 30.0, "year", _CELLS, "age at which output and pools were measured"),
        number("thymic_export_at_30", 0.033, "Gcell/day", _CELLS, "T cells that leave the thymus at 30 years"),
        number("thymic_export_cd4_at_30", 0.0165, "Gcell/day", read.BRABER, "of these CD4"),
        number("thymic_decline", 0.044, "1/year", read.THYMUS_MODEL, "fall of thymic export with age"),
        number("naive_cd4_start", 0.008, "1/year", assumed("as the run-in from 18 years shows"),
                "fewer naive CD4 at the start for each year of age"),
        number("naive_cd8_start", 0.018, "1/year", assumed("as the run-in from 18 years shows"),
                "fewer naive CD8 at the start for each year of age"),
    )  # fmt: skip


def turnover() -> tuple[Parameter, ...]:
    """Loss is measured; division and death follow from it and from the reference adult being at rest."""
    derived = (
        ("naive_cd4_loss", "log(2)/naive_cd4_halflife", "loss of naive CD4"),
        ("naive_cd8_loss", "log(2)/naive_cd8_halflife", "loss of naive CD8"),
        ("memory_cd4_loss", "log(2)/memory_cd4_halflife", "loss of memory CD4"),
        ("memory_cd8_loss", "log(2)/memory_cd8_halflife", "loss of memory CD8"),
        ("regulator_loss", "regulator_turnover_ratio*memory_cd4_loss", "loss of regulatory T cells"),
        ("naive_cd4_priming", "naive_priming_share*naive_cd4_loss", "naive CD4 that turn memory at rest"),
        ("naive_cd8_priming", "naive_priming_share*naive_cd8_loss", "naive CD8 that turn memory at rest"),
        ("naive_cd4_division", "naive_cd4_loss - thymic_export_cd4_at_30*size/naive_cd4_normal",
         "division of naive CD4 at rest"),
        ("naive_cd8_division",
         "naive_cd8_loss - (thymic_export_at_30 - thymic_export_cd4_at_30)*size/naive_cd8_normal",
         "division of naive CD8 at rest"),
        ("regulator_supply", "regulator_refill*regulator_loss*regulator_normal/memory_cd4_normal",
         "memory CD4 that turn regulatory"),
        ("regulator_division", "(1 - regulator_refill)*regulator_loss", "division of regulatory T cells at rest"),
        ("memory_cd4_activation", "contraction*effector_cd4_normal/memory_cd4_normal", "memory CD4 activated at rest"),
        ("memory_cd8_activation", "contraction*effector_cd8_normal/memory_cd8_normal", "memory CD8 activated at rest"),
        ("memory_cd4_death", "memory_cd4_loss - memory_cd4_activation - regulator_supply", "death of memory CD4"),
        ("memory_cd8_death", "memory_cd8_loss - memory_cd8_activation", "death of memory CD8"),
        ("memory_cd4_division", "memory_cd4_loss - (naive_cd4_priming*naive_cd4_normal"
         " + memory_yield*contraction*effector_cd4_normal)/memory_cd4_normal", "division of memory CD4 at rest"),
        ("memory_cd8_division", "memory_cd8_loss - (naive_cd8_priming*naive_cd8_normal"
         " + memory_yield*contraction*effector_cd8_normal)/memory_cd8_normal", "division of memory CD8 at rest"),
    )  # fmt: skip
    return (
        number("naive_cd4_halflife", 4.2 * DAYS, "day", _HALF_LIVES, "half-life of naive CD4"),
        number("naive_cd8_halflife", 6.5 * DAYS, "day", _HALF_LIVES, "half-life of naive CD8"),
        number("memory_cd4_halflife", 0.4 * DAYS, "day", _HALF_LIVES, "half-life of memory CD4"),
        number("memory_cd8_halflife", 0.7 * DAYS, "day", _HALF_LIVES, "half-life of memory CD8"),
        number("regulator_turnover_ratio", 3.0, "1", read.VUKMANOVIC.at("doubling times 8 and 24 days"),
                "turnover of regulatory over memory CD4, one assay"),
        number("naive_priming_share", 0.15, "1", assumed("most naive cells die naive"),
                "share of naive loss that turns memory"),
        number("regulator_refill", 0.3, "1", assumed("a proportion comes from memory CD4; its size was not given"),
                "share of new regulatory T cells that were memory CD4"),
        *(number(name, formula, "1/day", _BALANCE, label) for name, formula, label in derived),
    )  # fmt: skip


def budgets() -> tuple[Parameter, ...]:
    """Growth factors and how cells respond to them."""
    return (
        number("il7_decay", 0.25, "1", assumed("levels rise a few fold in the deepest depletion"),
                "share of IL-7 lost without T cells"),
        number("il7_memory_cd8", 0.5, "1", assumed("about half of memory CD8 lack the receptor"),
                "IL-7 a memory CD8 takes, relative to other T cells"),
        number("niche_decay", 0.25, "1", assumed("as for IL-7 of the whole body"),
                "share of IL-7 in the niches of memory cells that is lost without them"),
        number("il2_decay", 0.05, "1", assumed("IL-2 acts within cell contacts: regulatory T cells take most"),
                "share of IL-2 lost without regulatory T cells"),
        number("il2_effector", 0.2, "1", assumed("at rest memory CD4 make more IL-2 than the few effectors"),
                "share of IL-2 that effectors make at rest"),
        number("memory_cd4_gain", 0.64, "1", assumed(_FITTED.format("CD4", 0.4, 35)),
                "response of memory CD4 to their IL-7"),
        number("memory_cd8_gain", 0.74, "1", assumed(_FITTED.format("CD8", 0.2, 20)),
                "response of memory CD8 to their IL-7 and IL-15"),
    )  # fmt: skip
