"""What a study's laboratory measures, and how exactly: every observable it needs looked up in the catalog."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from nonself.analysis.measurement import Precision
from nonself.catalog.criteria.measurement import assays
from nonself.errors import InputError
from nonself.study.shown import Shown
from nonself.study.source import Study
from nonself.units import factor


def precisions(study: Study, kept: Iterable[str], known: Mapping[str, Shown]) -> dict[str, Precision]:
    """Return how exactly each observable is measured, of those that a laboratory measures; none where nobody asked.

    **Arguments:** `kept` the observables that the study needs. **Raises:** `InputError` where it measures none of them.
    """
    if study.spec.measurement is None:
        return {}
    found = {}
    by_name = {one.quantity: one for one in assays()}
    for name in kept:
        if name in by_name:
            one = by_name[name]
            unit = "percent" if known[name].unit == "%" else known[name].unit
            limit = 0.0 if one.limit is None else one.limit * factor(one.unit, unit)
            found[name] = Precision(one.percent / 100, limit)
    if not found:
        with study.at("measurement"):
            raise InputError(
                "a clinic's laboratory measures nothing of what this study reads out",
                mend=f"leave measurement out, or read out one of {', '.join(by_name)}",
            )
    return found


def measured_as(
    study: Study, found: Mapping[str, Precision], kept: Iterable[str], known: Mapping[str, Shown]
) -> tuple[str, ...]:
    """Return what a reader must know of how a study measures, as sentences."""
    if not found:
        return ()
    how = ", ".join(
        f"{known[name].label} ± {100 * one.variation:g} %"
        + (f" (not seen below {one.limit:g}{_unit(known[name].unit)})" if one.limit else "")
        for name, one in found.items()
    )
    said = [f"Values are as a clinic's laboratory reports them, not exact: {how}."]
    exact = [known[name].label for name in kept if name not in found]
    if exact:
        said.append(f"Exact, since no laboratory's variation was found: {', '.join(exact)}.")
    if any(step.hold or step.reduce or step.end_when for arm in study.spec.arms for step in arm.regimen):
        said.append("Doses are decided at visits by the exact values.")
    return tuple(said)


def _unit(unit: str) -> str:
    return "" if unit == "1" else f" {unit}"
