"""Kidney: podocytes that hardly come back, glomeruli that scar, deposits, filtration and protein in urine."""

from __future__ import annotations

import math

from nonself.catalog.body.tissue import cells, dying, provided
from nonself.catalog.body.tissue_sources import BERGER, DENIC, DING, DONORS, NEPHRITIS, URINE, WHARRAM
from nonself.model.parts import Expression, Mechanism, Observable, Parameter, Reaction, Species
from nonself.provenance import assumed

_LEAK = assumed("fitted by eye to the three stages of podocyte loss in Wharram 2005: passing below 20 %, mild and "
                "lasting to 40 %, high-grade above; 0.2, 0.7, 1.7 and 3.3 g/day at 20, 30, 40 and 50 %")  # fmt: skip
_SCAR = WHARRAM.at("above 40 % depletion segmental to global sclerosis and reduced renal function")


def kidney() -> Mechanism:
    """Return glomeruli, their podocytes, and immune complexes deposited on them.

    Equations, P podocytes and G open glomeruli over healthy, D deposits, I immune complexes of blood, k killing,
    j injury, w harm by deposits, L life: dP/dt = G/L - P/L - (k + j + w D) P - r H P; dG/dt = -r H G;
    dD/dt = (I - D)/d; H = v**6/(1 + v**6), v = (1 - P/G)/0.4, at least 0. There is no kidney_stem: podocytes of
    adults are replaced within centuries, and a scarred glomerulus is lost for good.
    Readout: filtration G**0.515; protein in urine p0 + p G z**4/(1 + z**4), z = (1 - P/G/(1 + D))/0.6, at least 0, so
    that only open glomeruli leak, and deposits of 1 are those that halve the barrier.

    **Returns:** a `Mechanism` that reads `kidney_killing`, `kidney_injury`, `immune_complexes`, `size`,
    `kidney_function`.

    **Reference:** Wharram 2005 for podocyte loss, scars and protein; Ding 2017 for podocyte turnover.
    """
    return Mechanism(
        id="kidney",
        title="Podocytes, glomeruli, deposits, filtration and protein in urine",
        references=(DING, BERGER, WHARRAM, DENIC, DONORS, URINE, NEPHRITIS),
        species=(
            cells("kidney", "podocytes"),
            Species("kidney_glomeruli", 1.0, "1", _REST, "open glomeruli", scale=1e-3),
            Species("kidney_deposits", 0.0, "1", _REST, "immune complexes on glomeruli", scale=1e-3),
        ),
        parameters=_PARAMETERS,
        expressions=(*_expressions(), *provided("kidney", "kidney_deposit_harm*kidney_deposits")),
        reactions=(
            Reaction("kidney_renewal", "kidney_glomeruli/kidney_lifespan", {"kidney_cells": +1},
                     "podocytes are replaced", BERGER),
            *dying("kidney", DING),
            Reaction("kidney_scarring", "kidney_scar_rate*kidney_glomeruli", {"kidney_glomeruli": -1},
                     "glomeruli scar where podocytes are missing", _SCAR),
            Reaction("kidney_scarred_cells", "kidney_scar_rate*kidney_cells", {"kidney_cells": -1},
                     "podocytes of scarred glomeruli are lost", _SCAR),
            Reaction("kidney_deposition", "immune_complexes/kidney_deposit_time", {"kidney_deposits": +1},
                     "immune complexes settle", NEPHRITIS),
            Reaction("kidney_clearing", "kidney_deposits/kidney_deposit_time", {"kidney_deposits": -1},
                     "deposits are cleared", NEPHRITIS),
        ),
        observables=(
            Observable("gfr", "kidney_function*kidney_filtration", "mL/min", "glomerular filtration"),
            Observable("proteinuria", "kidney_protein", "g/day", "protein in urine", log_axis=True),
        ),
    )  # fmt: skip


def _expressions() -> tuple[Expression, ...]:
    scar = "positive_power((1 - kidney_density)/kidney_scar_half, kidney_scar_steepness)"
    leak = (
        "positive_power((1 - kidney_density/(1 + kidney_deposits))/kidney_leak_half, kidney_leak_steepness)"
    )
    return (
        Expression("kidney_density", "kidney_cells/kidney_glomeruli", "1", "podocytes of an open glomerulus"),
        Expression("kidney_bare", scar, "1", "missing podocytes as they scar"),
        Expression("kidney_scar_rate", "kidney_scar_most*kidney_bare/(1 + kidney_bare)", "1/day",
                   "scarring of a glomerulus"),
        Expression("kidney_filtration", "positive_power(kidney_glomeruli, kidney_compensation)", "1",
                   "filtration over the person's own in health"),
        Expression("kidney_leak", leak, "1", "open barrier as it lets protein through"),
        Expression("kidney_protein",
                   "kidney_protein_healthy"
                   " + kidney_protein_most*kidney_glomeruli*kidney_leak/(1 + kidney_leak)",
                   "g/day", "protein in urine"),
    )  # fmt: skip


_REST = assumed("healthy by definition: amounts are relative to health, and a healthy kidney has no deposits")
_PARAMETERS = (
    Parameter("kidney_lifespan", 558 / 2.3 * 365.25, "day",
              DING.at("2.3 of 558 podocytes per glomerulus lost a year; here replaced, the loss of age is left out"),
              "life of a podocyte"),
    Parameter("kidney_pool", 1.1, "Gcell",
              DENIC.at("about 990,000 open glomeruli per kidney at 18-29 years; times 2 times 558 podocytes (Ding)"),
              "podocytes at size 1"),
    Parameter("kidney_scar_most", 1 / 365.25, "1/day",
              assumed("a glomerulus bare of podocytes scars in about a year"), "fastest scarring"),
    Parameter("kidney_scar_half", 0.4, "1", _SCAR, "podocyte loss of half the fastest scarring"),
    Parameter("kidney_scar_steepness", 6.0, "1",
              assumed("renal function is normal below 40 % loss and falls above it"), "steepness of scarring"),
    Parameter("kidney_compensation", math.log(0.7) / math.log(0.5), "1",
              DONORS.at("half of the nephrons keep 70 % of the filtration"), "exponent of filtration on glomeruli"),
    Parameter("kidney_protein_healthy", 0.077, "g/day", URINE.at("mean 77 mg/day"), "protein in urine in health",
              (0.025, 0.15)),
    Parameter("kidney_protein_most", 10.0, "g/day", _LEAK, "most protein in urine, beyond that in health"),
    Parameter("kidney_leak_half", 0.6, "1", _LEAK, "open barrier of half the most protein"),
    Parameter("kidney_leak_steepness", 4.0, "1", _LEAK, "steepness of protein on the open barrier"),
    Parameter("kidney_deposit_time", 180.0, "day",
              assumed("protein halves within 6 months in 78 % of those who remit (LupusNephritis2012); deposits that "
                      "halve in about 4 months, with complexes still falling, give that"),
              "time deposits stay"),
    Parameter("kidney_deposit_harm", 5e-4, "1/day",
              assumed("deposits that halve the barrier cost about a sixth of the podocytes a year: untreated "
                      "disease destroys the kidney in years"),
              "loss of podocytes by deposits of 1"),
)  # fmt: skip
