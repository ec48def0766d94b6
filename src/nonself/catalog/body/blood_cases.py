"""What blood formation must show: two courses of the reference man with the numbers that were measured."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from nonself.catalog.body.blood import RED_CELLS
from nonself.catalog.entry import Must
from nonself.provenance import Citation, assumed

POTTGIESSER = Citation(
    key="Pottgiesser2008",
    title="Recovery of hemoglobin mass after blood donation",
    authors="Pottgiesser T, et al.",
    year=2008,
    venue="Transfusion 48:1390-1397",
    doi="10.1111/j.1537-2995.2008.01719.x",
    pmid="18466177",
    read_in="abstract, bionumbers.hms.harvard.edu, id 112601",
)
KISS = Citation(
    key="Kiss2015",
    title="Oral iron supplementation after blood donation: a randomized clinical trial",
    authors="Kiss JE, Brambilla D, Glynn SA, Mast AE, Spencer BR, Stone M, Kleinman SH, Cable RG",
    year=2015,
    venue="JAMA 313:575-583",
    doi="10.1001/jama.2015.119",
    read_in="abstract, pmc.ncbi.nlm.nih.gov/articles/PMC5094173; the weeks to recovery in mlo-online.com, 11 Feb 2015",
)
PHLEBOTOMY = Citation(
    key="Phlebotomy1992",
    title="The effect of phlebotomy on serum erythropoietin levels in normal healthy subjects",
    authors="authors not in what was read",
    year=1992,
    venue="International Journal of Hematology 55:111-115",
    pmid="1511160",
    read_in="abstract",
)
TWO_UNITS = Citation(
    key="TwoUnits2001",
    title="Prolonged iron depletion after allogeneic 2-unit RBC apheresis",
    authors="authors not in what was read",
    year=2001,
    venue="journal not in what was read",
    read_in="abstract, www.acemap.info/paper/468269208",
)
_TARGET = assumed("target neut_nadir of the calibration table: 0.9e9/L on day 7.6, back on day 15.6; fitted")
_BEFORE = 152.0  # g/L, hemoglobin of the reference man
_LOSS = 0.088


@dataclass(frozen=True, slots=True)
class Case:
    """A course to reproduce: at time 0 a share of species is kept and amounts are added, then nothing is done.

    **Arguments:** `keep` species -> share kept; `add` species -> amount; `set` parameter -> value from the start;
    `drug` whether docetaxel is in the model; `must` what is seen then.
    """

    id: str
    title: str
    must: tuple[Must, ...]
    keep: Mapping[str, float] = field(default_factory=dict)
    add: Mapping[str, float] = field(default_factory=dict)
    set: Mapping[str, float] = field(default_factory=dict)
    drug: bool = False


def _back(share: float, loss: float) -> float:
    """Hemoglobin at which this share of a loss is made up."""
    return _BEFORE * (1 - (1 - share) * loss)


DONATION = Case(
    id="donation",
    title="Loss of 8.8 % of the red cells",
    keep=dict.fromkeys(RED_CELLS, 1 - _LOSS),
    must=(
        Must("after three weeks 80 % of the loss is not yet made up", "blood_hemoglobin", 21.0,
             _back(0.0, _LOSS), _back(0.8, _LOSS), KISS.at("with iron: four to five weeks")),
        Must("after five weeks it is", "blood_hemoglobin", 35.0, _back(0.8, _LOSS), 170.0,
             KISS.at("with iron: four to five weeks")),
        Must("on day 20, when the first of 29 men is back, less than nine tenths is made up", "blood_hemoglobin", 20.0,
             _back(0.0, _LOSS), _back(0.9, _LOSS), POTTGIESSER.at("36 +- 11 days, 20 to 59")),
        Must("by day 59, when the last is back, all is made up", "blood_hemoglobin", 59.0, _back(0.98, _LOSS), 170.0,
             POTTGIESSER.at("36 +- 11 days, 20 to 59")),
        Must("erythropoietin rises 1.3- to 2.2-fold", "erythropoietin", 30.0, 1.3, 2.2,
             PHLEBOTOMY.at("14.6 +- 4.0 to 25.5 +- 6.3 mU/mL in men after 400 mL"), reduce="max"),
    ),
)  # fmt: skip
BLEEDING = Case(
    id="bleeding",
    title="Loss of a fifth of the red cells",
    keep=dict.fromkeys(RED_CELLS, 0.8),
    must=(
        Must("reticulocytes rise about threefold", "reticulocyte_percent", 60.0, 2 * 0.862, 4 * 0.862,
             assumed("3 to 5 % in acute blood loss against at most 1 %, as teaching pages state without a study"),
             reduce="max"),
        Must("their peak is in the second week at the latest", "reticulocyte_percent", 60.0, 5.0, 14.0,
             assumed("day 7 to 14, as teaching pages state without a study"), reduce="argmax"),
        Must("two weeks on, most of the loss is still there", "blood_hemoglobin", 14.0, _back(0.0, 0.2),
             _back(0.6, 0.2), TWO_UNITS.at("15.89 to 14.08 g/dL, made up within two months")),
        Must("within two months it is made up", "blood_hemoglobin", 60.0, _back(0.95, 0.2), 170.0,
             TWO_UNITS.at("15.89 to 14.08 g/dL, made up within two months")),
        Must("after two years the person is at rest", "blood_hemoglobin", 730.0, 151.5, 152.5,
             assumed("what was lost leaves no trace")),
    ),
)  # fmt: skip
NEUTROPENIA_RECOVERY = Case(
    id="neutropenia-recovery",
    title="Docetaxel, 180 mg once, with 5.05e9 neutrophils a liter before",
    add={"docetaxel_plasma": 180.0},
    set={"neutrophils_healthy": 5.05},
    drug=True,
    must=(
        Must("the nadir is 0.9 (fitted)", "blood_neutrophils", 14.0, 0.85, 0.95, _TARGET, reduce="min"),
        Must("on day 7.6 (fitted)", "blood_neutrophils", 14.0, 7.3, 7.9, _TARGET, reduce="argmin"),
        Must("not back on day 15.0 (fitted)", "blood_neutrophils", 15.0, 4.5, 5.05, _TARGET),
        Must("back on day 16.2 (fitted)", "blood_neutrophils", 16.2, 5.05, 6.0, _TARGET),
        Must("at rest after two months", "blood_neutrophils", 60.0, 4.95, 5.15, _TARGET),
    ),
)  # fmt: skip
CASES = (DONATION, BLEEDING, NEUTROPENIA_RECOVERY)
