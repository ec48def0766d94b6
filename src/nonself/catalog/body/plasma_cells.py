"""Plasmablasts, long-lived plasma cells, and the IgG they make."""

from __future__ import annotations

from nonself.catalog.body import lymphocyte_sources as read
from nonself.catalog.body.t_cell_parameters import DAYS, number
from nonself.model.parts import Expression, Mechanism, Parameter, Reaction, Species
from nonself.provenance import assumed

_BALANCE = assumed("the reference adult is at rest: production equals loss")


def _parameters() -> tuple[Parameter, ...]:
    return (
        number("plasmablast_total", 1.0, "Gcell", assumed("a hundredth in blood, as of T cells"),
               "plasmablasts of the reference adult"),
        number("plasma_cell_total", 5.0, "Gcell", assumed("half a percent of the order of 1e12 marrow cells"),
               "long-lived plasma cells of the reference adult"),
        number("plasmablast_normal", "plasmablast_total*size", "Gcell", _BALANCE, "plasmablasts at rest"),
        number("plasma_cell_normal", "plasma_cell_total*size", "Gcell", _BALANCE, "plasma cells at rest"),
        number("plasmablast_exit", 0.2, "1/day", assumed("plasmablasts live days"), "end of a plasmablast's life"),
        number("plasmablast_from_memory", 0.7, "1", assumed("most everyday responses are recalls"),
               "share of plasmablasts from memory B cells at rest"),
        number("naive_b_to_plasmablast",
               "(1 - plasmablast_from_memory)*plasmablast_exit*plasmablast_normal/naive_b_normal", "1/day",
               _BALANCE, "naive B cells that turn plasmablast at rest"),
        number("memory_b_to_plasmablast",
               "plasmablast_from_memory*plasmablast_exit*plasmablast_normal/memory_b_normal", "1/day", _BALANCE,
               "plasmablasts a memory B cell gives at rest"),
        number("plasmablast_gain", 4.0, "1", assumed("plasmablasts rise a few fold in an infection"),
               "rise of plasmablast formation in a fully present pathogen"),
        number("plasma_cell_halflife", 11 * DAYS, "day", read.AMANNA.at("tetanus, the shortest measured"),
               "half-life of plasma cells"),
        number("plasma_cell_supply", "log(2)/plasma_cell_halflife*plasma_cell_normal/plasmablast_normal",
               "1/day", _BALANCE, "plasmablasts that turn plasma cells"),
        number("igg_normal", 11.0, "g/L", assumed("mid of the usual adult range 7 to 16 g/L"), "IgG at rest"),
        number("igg_halflife", 23.5, "day", read.IGG_HALFLIFE.at("mid of 21 to 26 days"),
               "half-life of IgG at rest"),
        number("igg_catabolism_normal", "log(2)/igg_halflife", "1/day", read.IGG_HALFLIFE, "catabolism at rest"),
        number("igg_recycling", 1.42, "1", read.KIM.at("recycling is 142 % of catabolism"),
               "recycling by FcRn relative to catabolism at rest"),
        number("igg_half_saturation", 21.0, "g/L",
               assumed("below 15.6 g/L recycling would exceed uptake; half-lives then span 10 to 90 days"),
               "IgG at which FcRn is half full"),
        number("igg_from_plasma_cells", 0.8, "1", assumed("IgG falls little in a year without B cells"),
               "share of IgG that plasma cells make at rest"),
    )  # fmt: skip


def plasma_cells() -> Mechanism:
    """Return plasmablasts, long-lived plasma cells and IgG.

    Equation: plasmablast' = (from naive naive_b + from memory memory_b) help (1 + gain P) - exit plasmablast;
    plasma_cell' = supply plasmablast - loss plasma_cell; igg' = production - catabolism(igg) igg, with
    catabolism = c (1 + r - r (K + igg_normal)/(K + igg)): uptake c (1 + r), less recycling that saturates.

    **Example:** `plasma_cells().id` gives `"plasma_cells"`.
    """
    return Mechanism(
        id="plasma_cells",
        title="Plasmablasts, long-lived plasma cells and IgG",
        references=(read.AMANNA, read.KIM, read.IGG_HALFLIFE, read.CARAUX),
        species=(
            Species("plasmablast", "plasmablast_normal", "Gcell", _BALANCE, "plasmablasts", 1e-4),
            Species("plasma_cell", "plasma_cell_normal", "Gcell", _BALANCE, "long-lived plasma cells", 1e-3),
            Species("igg", "igg_normal", "g/L", _BALANCE, "IgG in serum", 1e-2),
        ),
        parameters=_parameters(),
        expressions=(
            Expression("igg_catabolism", "igg_catabolism_normal*(1 + igg_recycling"
                       " - igg_recycling*(igg_half_saturation + igg_normal)/(igg_half_saturation + igg))", "1/day",
                       "catabolism of IgG, faster the more there is"),
            Expression("plasmablast_boost", "cd4_help*(1 + plasmablast_gain*pathogen_presence)", "1",
                       "formation of plasmablasts relative to rest"),
        ),
        reactions=(
            Reaction("naive_b_turning_plasmablast", "naive_b_to_plasmablast*plasmablast_boost*naive_b",
                     {"naive_b": -1, "plasmablast": 1}, "naive B cells turn plasmablast"),
            Reaction("memory_b_forming_plasmablast", "memory_b_to_plasmablast*plasmablast_boost*memory_b",
                     {"plasmablast": 1}, "memory B cells divide into plasmablasts and stay"),
            Reaction("plasmablast_ending", "(plasmablast_exit - plasma_cell_supply)*plasmablast", {"plasmablast": -1},
                     "most plasmablasts die"),
            Reaction("plasmablast_settling", "plasma_cell_supply*plasmablast", {"plasmablast": -1, "plasma_cell": 1},
                     "few find a niche in the marrow"),
            Reaction("plasma_cell_dying", "log(2)/plasma_cell_halflife*plasma_cell", {"plasma_cell": -1},
                     "plasma cells die"),
            Reaction("igg_production", "igg_catabolism_normal*igg_normal*(igg_from_plasma_cells*plasma_cell"
                     "/plasma_cell_normal + (1 - igg_from_plasma_cells)*plasmablast/plasmablast_normal)",
                     {"igg": 1}, "IgG is secreted"),
            Reaction("igg_catabolized", "igg_catabolism*igg", {"igg": -1}, "IgG is catabolized", read.KIM),
        ),
    )  # fmt: skip
