"""A simulation of one model as lines of text for a terminal, and as plain values for machines."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from nonself.study.single import Simulation

TABLE_ROWS = 12
COLUMN = 14


def simulation_summary(result: Simulation, written: Sequence[str]) -> dict[str, Any]:
    """Return a simulation as plain values: medians over time, who failed and why, what was written."""
    return {
        "model": result.model,
        "time_unit": result.time_unit,
        "patients": len(result.patients),
        "finished": int(result.finished.sum()),
        "observables": [
            {"id": part.id, "label": part.label, "unit": part.unit} for part in result.observables
        ],
        "times": [time for time, _ in result.medians(result.times.size)],
        "quantiles": [0.05, 0.5, 0.95],
        "values": [values for _, values in result.medians(result.times.size)],
        "failures": [{"patient": part.patient, "sentence": part.sentence} for part in result.failures],
        **_traced(result),
        "written": list(written),
    }


def simulation_page(result: Simulation, written: Sequence[str]) -> list[str]:
    """Return a simulation as a table in lines: the patient's values, or medians over those who finished."""
    count = len(result.patients)
    what = "" if count == 1 else f", medians over {int(result.finished.sum()):,} of {count:,} patients"
    lines = [f"{result.model}{what}", ""]
    heads = [f"{part.id}" for part in result.observables]
    units = [part.unit for part in result.observables]
    widths = [max(COLUMN, len(head) + 2) for head in heads]
    lines.append(
        f"{'time':>10}" + "".join(f"{head:>{width}}" for head, width in zip(heads, widths, strict=True))
    )
    lines.append(
        f"{result.time_unit:>10}" + "".join(f"{unit:>{w}}" for unit, w in zip(units, widths, strict=True))
    )
    for time, values in result.medians(TABLE_ROWS):
        cells = "".join(f"{middle:>{width}.5g}" for (_, middle, _), width in zip(values, widths, strict=True))
        lines.append(f"{time:>10.5g}{cells}")
    lines += [f"  {part.sentence}" for part in result.failures[:TABLE_ROWS]]
    if len(result.failures) > TABLE_ROWS:
        lines.append(f"  … and {len(result.failures) - TABLE_ROWS:,} more did not finish")
    if result.trace is not None:
        from nonself.study.tracing import alone, course_lines

        lines += ["", *course_lines(alone(result.trace))]
    return lines + [f"Written: {name}" for name in written]


def _traced(result: Simulation) -> dict[str, Any]:
    if result.trace is None:
        return {}
    from nonself.study.tracing import alone, trace_values

    return {"trace": trace_values(alone(result.trace))}
