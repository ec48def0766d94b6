"""Who somebody is: age, sex, size, kidney function, and traits that multiply named rates in cells."""

from __future__ import annotations

from nonself.model.parts import Expression, Mechanism, Parameter
from nonself.provenance import Citation, assumed

NADLER = Citation(
    key="Nadler1962",
    title="Prediction of blood volume in normal human adults",
    authors="Nadler SB, Hidalgo JU, Bloch T",
    year=1962,
    venue="Surgery 51:224-232",
    read_in="the formulas as quoted by a blood volume calculator, mdapp.co/blood-calculator-10",
)
MOSTELLER = Citation(
    key="Mosteller1987",
    title="Simplified calculation of body-surface area",
    authors="Mosteller RD",
    year=1987,
    venue="New England Journal of Medicine 317:1098",
    read_in="the formula and reference in the documentation of the R packages admiral and httk",
)
FENTON = Citation(
    key="Fenton2018",
    title="Glomerular filtration rate: new age- and gender- specific reference ranges and thresholds for living "
    "kidney donation",
    authors="Fenton A, Montgomery E, Nightingale P, Peters AM, Sheerin N, Wroe AC, Lipkin GW",
    year=2018,
    venue="BMC Nephrology",
    doi="10.1186/s12882-018-1126-8",
    pmid="30466393",
    read_in="abstract",
)
_REFERENCE = assumed("a reference man near the 73 kg of Sender 2023")
_MEDIAN = assumed("1 at the median by definition; how it varies between people is in the population")
_NOBODY = assumed("nothing, unless the population or a study says otherwise")

PERSON = Mechanism(
    id="person",
    title="Age, sex, body size, kidney function and traits",
    references=(NADLER, MOSTELLER, FENTON),
    parameters=(
        Parameter("age_at_start", 30.0, "year", assumed("a young adult"), "age at the model's start"),
        Parameter("male", 1.0, "1", _REFERENCE, "1 for a man, 0 for a woman", (0, 1)),
        Parameter("height", 176.0, "cm", _REFERENCE, "height", (140, 210)),
        Parameter("weight", 73.0, "kg", _REFERENCE, "weight", (35, 200)),
        Parameter("blood_man_height", 3.669e-7, "L/cm^3", NADLER, "blood volume by cubed height, men"),
        Parameter("blood_man_weight", 0.03219, "L/kg", NADLER, "blood volume by weight, men"),
        Parameter("blood_man_rest", 0.6041, "L", NADLER, "blood volume, rest, men"),
        Parameter("blood_woman_height", 3.561e-7, "L/cm^3", NADLER, "blood volume by cubed height, women"),
        Parameter("blood_woman_weight", 0.03308, "L/kg", NADLER, "blood volume by weight, women"),
        Parameter("blood_woman_rest", 0.1833, "L", NADLER, "blood volume, rest, women"),
        Parameter(
            "blood_volume",
            "male*(blood_man_height*height**3 + blood_man_weight*weight + blood_man_rest)"
            " + (1 - male)*(blood_woman_height*height**3 + blood_woman_weight*weight + blood_woman_rest)",
            "L",
            NADLER,
            "blood volume",
        ),
        Parameter("blood_reference", 5.0, "L", assumed("what size is measured by"), "blood volume of size 1"),
        Parameter("size", "blood_volume/blood_reference", "1", NADLER, "size: blood volume over 5 L"),
        Parameter("surface_factor", 3600.0, "cm*kg/m^4", MOSTELLER, "height times weight over squared surface"),
        Parameter("body_surface", "sqrt(height*weight/surface_factor)", "m^2", MOSTELLER, "body surface"),
        Parameter("filtration_young", 100.0, "mL/min", FENTON, "filtration per 1.73 m^2 until 35 years"),
        Parameter("filtration_loss_man", 0.66, "mL/(min*year)", FENTON, "filtration lost a year after 35, men"),
        Parameter("filtration_loss_woman", 0.77, "mL/(min*year)", FENTON, "filtration lost a year after 35, women"),
        Parameter("filtration_age", 35.0, "year", FENTON, "age from which filtration is lost"),
        Parameter("filtration_surface", 1.73, "m^2", FENTON, "body surface that filtration is stated for"),
        Parameter("kidney_trait", 1.0, "1", _MEDIAN, "glomerular filtration, relative"),
        Parameter("thymic_trait", 1.0, "1", _MEDIAN, "thymic output, relative"),
        Parameter("deletion_trait", 1.0, "1", _MEDIAN, "central deletion of self-specific cells, relative"),
        Parameter("ctla4_trait", 1.0, "1", _MEDIAN, "CTLA-4 on a cell, relative; 0.5 with one gene copy"),
        Parameter("pd1_trait", 1.0, "1", _MEDIAN, "PD-1 on a cell, relative"),
        Parameter("regulator_trait", 1.0, "1", _MEDIAN, "suppression by one regulator, relative"),
        Parameter("infection_trait", 1.0, "1", _MEDIAN, "rate of infections, relative"),
        Parameter("smoking", 0.0, "1", _NOBODY, "1 for a smoker", (0, 1)),
        Parameter("benzene", 0.0, "1", _NOBODY, "exposure to benzene, in ppm-years"),
        Parameter("earlier_cytotoxic", 0.0, "1", _NOBODY, "earlier cytotoxic treatments, each of some courses"),
        Parameter("clonal_hematopoiesis", 0.0, "1", _NOBODY, "share of stem cells in a mutant clone", (0, 1)),
    ),
    expressions=(
        Expression("age", "age_at_start + time/365.25", "year", "age"),
        Expression(
            "kidney_function",
            "kidney_trait*(filtration_young - (male*filtration_loss_man + (1 - male)*filtration_loss_woman)"
            "*max(age - filtration_age, 0*age))*body_surface/filtration_surface",
            "mL/min",
            "glomerular filtration",
        ),
    ),
)  # fmt: skip
