"""Made-up findings that fill every section of a report. No number here is about anything real."""

from __future__ import annotations

import numpy as np

from nonself.analysis.findings import (
    Array,
    Band,
    Failure,
    Findings,
    OutcomeRow,
    Panel,
    ParameterRow,
    Points,
    Survival,
)

STOP, TAPER, KEEP = "stop TKI", "half dose for 12 months, then stop", "go on with TKI $5 -- <always>"
NASTY = '<b onclick="x">7</b> & "co"'
LONG = "x" * 90
COHORT, FEW = "10,000 virtual patients", "14 patients"
LOSS = "Loss of major molecular response"
FREE = "Treatment-free remission at 24 months"


def survival(arm: str, rate: float, kept: float) -> Survival:
    """Return a smooth curve of many patients that falls at `rate` per month towards the share `kept`."""
    times = np.linspace(0.0, 60.0, 1201)[1:]
    return _estimate(COHORT, arm, times, kept + (1 - kept) * np.exp(-rate * times), 10_000)


def small_survival(arm: str, times: tuple[float, ...], patients: int) -> Survival:
    """Return the steps of a few patients with events at `times`."""
    return _estimate(FEW, arm, np.array(times), 1 - np.arange(1, len(times) + 1) / patients, patients)


def _estimate(cohort: str, arm: str, times: Array, share: Array, patients: int) -> Survival:
    spread = 1.96 * np.sqrt(share * (1 - share) / patients)
    risk = np.arange(0.0, 61.0, 6.0)
    before = np.concatenate(([1.0], share))[np.searchsorted(times, risk)]
    return Survival(
        endpoint="mmr_loss",
        label=LOSS,
        cohort=cohort,
        arm=arm,
        times=times,
        share=share,
        low=np.maximum(share - spread, 0),
        high=np.minimum(share + spread, 1),
        risk_times=risk,
        at_risk=np.round(patients * before).astype(np.int64),
        patients=patients,
        events=round(patients * (1 - float(share.min(initial=1.0)))),
        median=float(times[share <= 0.5][0]) if (share <= 0.5).any() else None,
    )


def band(arm: str, observable: str, unit: str, log_axis: bool, slope: float) -> Band:
    """Return bands around a course that rises with `slope` after time zero."""
    times = np.linspace(-12.0, 60.0, 145)
    rise = np.clip(times, 0, 40)
    shifts = (-1.1, -0.4, 0.0, 0.4, 1.1)
    logs = np.array([-2.5 + slope * rise + shift * (1 + rise / 40) for shift in shifts])
    values = 10.0**logs if log_axis else 1500 + 300 * logs
    return Band(COHORT, arm, observable, unit, log_axis, times, (0.05, 0.25, 0.5, 0.75, 0.95), values, 10_000)


def panel(patient: str, group: str, slope: float, relapse: float | None) -> Panel:
    """Return a patient on treatment until time zero, measured now and then, with two courses after."""
    times = np.linspace(-60.0, 60.0, 241)
    before = 10.0 ** (-3.2 - 0.04 * np.minimum(times, 0))
    stopped: Array = np.where(times < 0, before, 10.0 ** (-3.2 + slope * np.clip(times, 0, 30)))
    tapered: Array = np.where(times < 0, before, 10.0 ** (-3.2 + 0.6 * slope * np.clip(times - 6, 0, 30)))
    at = np.array([-58.0, -49, -41, -33, -24, -15, -7, 0, 2, 4, 7])
    values = np.interp(at, times, stopped) * 10.0 ** (0.3 * np.sin(7 * at))
    said = "no relapse within 60 months" if relapse is None else f"relapse at {relapse:.1f} months"
    return Panel(
        cohort=FEW,
        patient=patient,
        group=group,
        observable="BCR-ABL1/ABL1",
        unit="%",
        log_axis=True,
        times=times,
        curves={STOP: stopped, TAPER: tapered},
        points=Points(at, np.maximum(values, 10**-3.0), values < 10**-3.0, "made up for this test"),
        marks={"TKI stopped": 0.0, "dose halved": -12.0},
        lines={"loss of MMR at 0.1 %": 0.1},
        verdict={STOP: said, TAPER: "no relapse within 60 months"},
    )


def outcome(label: str, arm: str, measure: str, value: float | None, width: float, unit: str) -> OutcomeRow:
    """Return one line of the table of outcomes, its interval `width` to either side."""
    low, high = (None, None) if value is None else (value - width, value + width)
    excluded = 12 if arm == STOP else 0
    counts = (10_000 - excluded, excluded)
    return OutcomeRow(label, label, COHORT, arm, measure, value, low, high, unit, *counts)


def parameter(*fields: str) -> ParameterRow:
    """Return one line of the table of parameters; a source that begins with "assumed" is none."""
    name, label, value, unit, between, origin, source = fields
    return ParameterRow(name, label, value, unit, between, origin, source, source.startswith("assumed"))


OUTCOMES = (
    outcome(FREE, STOP, "share", 46.213, 0.98, "%"),
    outcome(FREE, TAPER, "share", 61.87, 0.95, "%"),
    outcome(FREE, f"{TAPER}, against {STOP}", "difference", 15.657, 1.37, "%"),
    outcome(LOSS, STOP, "median time", 9.05, 0.6, "month"),
    outcome(LOSS, TAPER, "median time", None, 0.0, "month"),
    outcome("Leukemic cells at relapse", STOP, "mean", 1.2345e9, 2.1e8, "cell"),
)
TABLE = "Someone2020, supplementary table of single patients, column p_z"
PARAMETERS = (
    parameter(
        "pY", "Proliferation of cycling leukemic cells", "1.658", "1/month", "", "model", "Someone2020"
    ),
    parameter(
        "KY", "Carrying capacity of cycling cells", "1e6", "cell", "", "model", "Someone2020, Table S1"
    ),
    parameter("pZ", "Immune recruitment", "per patient", "cell/month", "1.5e-07 to 53800", "table", TABLE),
    parameter(
        "KZ", "Half-maximal recruitment", "742834.0", "cell", "", "distribution", "around published fits"
    ),
    parameter("adherence", "Share of doses taken", "0.95", "1", "0.8 to 1", "study", "assumed: not recorded"),
)
EQUATIONS = (
    ("X", "p_YX * Y - p_XY * X"),
    ("Y", "p_Y * Y * (1 - Y / K_Y) - (p_YX + e_TKI) * Y + p_XY * X - m * Z * Y"),
    ("immune_cells", "r_Z - a * Z + p_Z * Z * Y / (K_Z^2 + Y^2)"),
)
PROVENANCE = {
    "Model hash": "sha256:3f8e2b1c9d7a4e6f8b0c1d2e3f4a5b6c7d8e9f0a1b2c3d4e5f60718293a4b5c6",
    "Seed": "20260101",
    "Method": "Rodas5P, relative tolerance 1e-6, absolute 1e-9",
    "Versions": "nonself 0.1.0, numpy 2.4.6, llvmlite 0.50.0",
    "Command to rerun": "nonself rerun out/tki-stop",
}
FAILURES = (
    Failure(
        cohort=COHORT,
        arm=STOP,
        reason="The step became too small: the equations are stiffer than the method can follow.",
        remedy="Loosen the relative tolerance to 1e-5, or look at the patient's parameters.",
        patients=(NASTY, *(f"v{index:05d}" for index in range(40))),
        count=41,
        replay="nonself explain out/tki-stop --patient v00000",
    ),
)


def sample_findings() -> Findings:
    """Return findings that fill every section, with text that HTML or SVG could trip over."""
    slopes = ((STOP, 0.03), (TAPER, 0.05), (KEEP, 0.0))
    counts = [band(arm, "CD8 T cells", "cells/µL", False, slope) for arm, slope in slopes]
    relapses = ((NASTY, "class A", 0.12, 14.3), ("2", "class A", 0.09, 19.1), ("3", "class C", 0.07, 25.0))
    kept = [(str(number), "class B", 0.0, None) for number in (*range(4, 8), LONG)]
    marker = [band(arm, "BCR-ABL1/ABL1", "%", True, 2 * slope) for arm, slope in slopes[:2]]
    return Findings(
        title="Stopping a tyrosine kinase inhibitor in chronic myeloid leukemia",
        question="Does halving the dose for a year before stopping keep more patients in remission "
        "than stopping at once?",
        model="someone2020",
        model_title="Three-compartment model of leukemia under immune control",
        time_unit="month",
        time_zero="stop of TKI",
        answers=(
            "Yes, in this model: two years after stopping, 62 % of patients are in remission after a taper "
            "and 46 % after stopping at once.",
            "The difference of 16 percentage points (14 to 17) comes from patients whose immune response is "
            "weak but present; those without one relapse in either arm.",
        ),
        warnings=("The model someone2020 is provisional: no second person has written it from the paper.",),
        bands=(*marker, *counts),
        panels=tuple(panel(*each) for each in (*relapses, *kept)),
        survival=(
            survival(STOP, 0.09, 0.38),
            survival(TAPER, 0.05, 0.55),
            small_survival(STOP, (1.2, 2.0, 3.1, 4.4, 8.6, 9.0, 14.0), 14),
            small_survival(TAPER, (5.5, 14.0, 15.1, 31.0), 14),
        ),
        outcomes=OUTCOMES,
        failures=FAILURES,
        parameters=PARAMETERS,
        equations=EQUATIONS,
        notes=("Fitted to digitized figures.",),
        references=(
            "Someone A, Other B (2020). A model of remission. J Examples 1:2-3. doi:10.1000/example.1.",
            'Person <C> (2019). On "quotes" & ampersands. Journal of Examples 0:1.',
        ),
        provenance=PROVENANCE,
    )


def empty_findings() -> Findings:
    """Return findings with nothing in them but a title."""
    return Findings("Nothing yet", "", "", "", "day", "", (), (), (), (), (), (), (), (), (), (), (), {})
