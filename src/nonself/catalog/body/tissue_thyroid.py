"""Thyroid: follicles and their cells, free T4, and the pituitary that answers it with TSH."""

from __future__ import annotations

from nonself.catalog.body.tissue import basal_antigen, cells, dying, exposure, provided, stem, stem_killed
from nonself.catalog.body.tissue_sources import (
    BENHADI,
    CHRISTOV,
    DUMONT,
    IYER,
    JAIN,
    KIM,
    LANG,
    NICOLOFF,
    OZAKI,
    PUSTELNIK,
    ROTHACKER,
    SAKANE,
    SPINA,
)
from nonself.model.parts import Expression, Mechanism, Observable, Parameter, Reaction, Species
from nonself.provenance import assumed

_PMOL_PER_NG = 12.87  # pmol/L of T4 in 1 ng/dL
_T4 = KIM.at("reference population, median 1.24 ng/dL (2.5-97.5 %: 0.96-1.60)")


def thyroid() -> Mechanism:
    """Return the thyroid with its feedback.

    Equations, T cells and F follicles over healthy, x = free T4 over its set-point, u = TSH over its set-point,
    k killing, j injury, L life, q elimination, m stimulation and b blocking by antibody:
    u = w/(1 + (w - 1) exp(gain (x - 1))), log-linear with a top w, as within individuals, and quasi-steady, since
    TSH lives an hour and T4 a week; receptor signal s = (u + m)/(1 + b);
    d free T4 = q x0 T s (1 + a)/(1 + a s) + q x0 store (k + j) T - q free T4, a = TSH set-point/DT;
    dT/dt = F s**n (1 + c)/(1 + c s**n)/L - T/L - (k + j) T, c = 1/(ceiling - 1); dF/dt = -e k F: no follicle
    comes back.

    **Returns:** a `Mechanism` that reads `thyroid_killing`, `thyroid_injury`, `thyroid_stimulation`,
    `thyroid_blocking`, `size`.

    **Reference:** Rothacker 2016 for TSH, SPINA for secretion, Dumont 1992 for turnover.
    """
    return Mechanism(
        id="thyroid",
        title="Thyroid follicles and cells, free T4 and TSH",
        references=(DUMONT, OZAKI, PUSTELNIK, CHRISTOV, SAKANE, BENHADI, ROTHACKER, LANG,
                    JAIN, KIM, SPINA, NICOLOFF, IYER),
        species=(
            cells("thyroid", "follicular cells"),
            stem("thyroid", "follicles that can carry cells"),
            Species("thyroxine", "thyroxine_set_point", "pmol/L", _T4, "free T4 of serum", scale=1e-2),
        ),
        parameters=(*_CELLS, *_HORMONE, *_PITUITARY),
        expressions=(*_expressions(), *provided("thyroid", basal=True)),
        reactions=(
            Reaction("thyroid_renewal", "thyroid_stem*thyroid_growth/thyroid_lifespan", {"thyroid_cells": +1},
                     "cells divide within the follicles that are left", OZAKI),
            *dying("thyroid", DUMONT),
            stem_killed("thyroid"),
            Reaction("thyroxine_secretion",
                     "thyroxine_elimination*thyroxine_set_point*thyroid_cells*thyroid_activity",
                     {"thyroxine": +1}, "cells secrete T4", SPINA),
            Reaction("thyroxine_spill",
                     "thyroxine_elimination*thyroxine_set_point*thyroid_store*thyroid_loss*thyroid_cells",
                     {"thyroxine": +1}, "dying cells let the stored T4 go", IYER),
            Reaction("thyroxine_loss", "thyroxine_elimination*thyroxine", {"thyroxine": -1},
                     "T4 is broken down", NICOLOFF),
        ),
        observables=(
            Observable("tsh", "tsh_set_point*thyrotropin", "mU/L", "TSH", log_axis=True),
            Observable("free_t4", "thyroxine", "pmol/L", "free T4"),
            Observable("thyroid_volume", "thyroid_volume_healthy*thyroid_cells", "mL", "volume of the thyroid"),
        ),
    )  # fmt: skip


def _expressions() -> tuple[Expression, ...]:
    return (
        Expression("thyroxine_ratio", "thyroxine/thyroxine_set_point", "1", "free T4 over its set-point"),
        Expression("thyrotropin",
                   "thyrotropin_most/(1 + (thyrotropin_most - 1)*exp(thyrotropin_gain*(thyroxine_ratio - 1)))",
                   "1", "TSH over its set-point"),
        Expression("thyroid_signal", "(thyrotropin + thyroid_stimulation)/(1 + thyroid_blocking)", "1",
                   "signal of the TSH receptor, over that in health"),
        Expression("thyroid_activity",
                   "thyroid_signal*(1 + thyroid_saturation)/(1 + thyroid_saturation*thyroid_signal)", "1",
                   "secretion of one cell, over that in health"),
        Expression("thyroid_push", "positive_power(thyroid_signal, thyroid_steepness)", "1",
                   "push to divide by the receptor"),
        Expression("thyroid_growth", "thyroid_ceiling*thyroid_push/(thyroid_ceiling - 1 + thyroid_push)", "1",
                   "cells a follicle gives rise to, over that in health"),
    )  # fmt: skip


_CELLS = (
    Parameter("thyroid_lifespan", 8 * 365.25, "day", DUMONT.at("cells turn over about once every 8 years"),
              "life of a cell"),
    Parameter("thyroid_pool", 10.0, "Gcell",
              assumed("about half of 12 mL is cells of some 600 um3, an order of 1e10"), "cells at size 1"),
    Parameter("thyroid_steepness", 2.1, "1",
              assumed("chosen so that half a gland grows by about 17 % in 6 months (12-22 %, Pustelnik 2017)"),
              "exponent of division on the receptor signal"),
    Parameter("thyroid_ceiling", 10.0, "1",
              assumed("labeled cells rise 20-fold in adult rats under the strongest TSH (Christov 1973); half of "
                      "that in man, where glands under lasting stimulation are 3 to 16 times healthy (Sakane 1990)"),
              "fastest division over that in health"),
    basal_antigen("thyroid", 2.0, "living cells let thyroglobulin into the blood all the time, and few die", 0.6, 6.0),
    exposure("thyroid", 0.25, "follicles empty before they are lost, so that a gland can recover from a passing "
             "attack"),
    Parameter("thyroid_volume_healthy", 12.0, "mL", SAKANE.at("62 healthy subjects: 12.0 +- 4.0 mL"),
              "volume of a healthy gland", (5.6, 20.2)),
)  # fmt: skip
_HORMONE = (
    Parameter("thyroxine_set_point", 1.24 * _PMOL_PER_NG, "pmol/L", _T4, "free T4 in health",
              (0.96 * _PMOL_PER_NG, 1.60 * _PMOL_PER_NG)),
    Parameter("thyroxine_elimination", 7.78e-5 * 1440, "1/day", NICOLOFF.at("7.78e-5 a minute"),
              "elimination of T4"),
    Parameter("thyroid_store", 60.0, "day",
              assumed("weeks to months of secretion lie in the colloid; with 60 days an attack of some weeks gives "
                      "the passing excess of T4 of about 6 weeks that is seen (Iyer 2018)"),
              "stored T4, in days of healthy secretion"),
    Parameter("thyroid_half_tsh", 2.75, "mU/L", SPINA.at("DT, EC50 for TSH"), "TSH of half the secretion"),
    Parameter("thyroid_saturation", "tsh_set_point/thyroid_half_tsh", "1", SPINA, "TSH set-point over DT"),
)  # fmt: skip
_PITUITARY = (
    Parameter("tsh_set_point", 1.5, "mU/L", JAIN.at("median of 2007-2012"), "TSH in health", (0.45, 4.5)),
    Parameter("tsh_most", 100.0, "mU/L", assumed("the order seen without thyroid hormone"), "highest TSH"),
    Parameter("thyrotropin_most", "tsh_most/tsh_set_point", "1", ROTHACKER, "highest TSH over the set-point"),
    Parameter("thyrotropin_gain", 5.6, "1",
              assumed("chosen so that about 29 % of people (TSH 0.5 to 4.4 before) pass 4.78 mU/L with half a gland, "
                      "as 29.3 % did (RemnantVolume2017); TSH some hours after one dose of T4 falls less, by 0.059 "
                      "decades per pmol/L (Benhadi 2010)"),
              "decline of ln TSH per relative rise of free T4"),
)  # fmt: skip
