"""A simulation of one model as lines of text for a terminal, and as plain values for machines."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from nonself.study.shown import Shown, short_name
from nonself.study.single import Simulation

Moment = tuple[float, list[tuple[float, float, float]]]  # a time, and 5 %, median, 95 % of each observable
TABLE_ROWS = 12
TIME_COLUMN = 10
COLUMN = 14


def simulation_summary(result: Simulation, written: Sequence[str]) -> dict[str, Any]:
    """Return a simulation as plain values: medians over time, who failed and why, what was written."""
    medians = result.medians(result.times.size)
    return {
        "model": result.model,
        "time_unit": result.time_unit,
        "patients": len(result.patients),
        "finished": int(result.finished.sum()),
        "observables": [
            {"id": part.id, "label": part.label, "unit": part.unit} for part in result.observables
        ],
        "times": [time for time, _ in medians],
        "quantiles": [0.05, 0.5, 0.95],
        "values": [values for _, values in medians],
        "failures": [{"patient": part.patient, "sentence": part.sentence} for part in result.failures],
        **_traced(result),
        "warnings": list(result.warnings),
        "written": list(written),
    }


def simulation_page(result: Simulation, written: Sequence[str], width: int = 120) -> list[str]:
    """Return a simulation as tables of at most `width` characters: the patient's values, or medians over those who
    finished.
    """
    count = len(result.patients)
    what = "" if count == 1 else f", medians over {int(result.finished.sum()):,} of {count:,} patients"
    lines = [f"{result.model}{what}"]
    medians = result.medians(TABLE_ROWS)
    for block in _blocks(result.observables, width) if medians else ():
        lines += ["", *_table(result.time_unit, medians, block)]
    lines += [f"  {part.sentence}" for part in result.failures[:TABLE_ROWS]]
    if len(result.failures) > TABLE_ROWS:
        lines.append(f"  … and {len(result.failures) - TABLE_ROWS:,} more did not finish")
    if result.trace is not None:
        from nonself.study.tracing import alone, course_lines

        lines += ["", *course_lines(alone(result.trace))]
    lines += [f"Warning: {text}" for text in result.warnings]
    return lines + [f"Written: {name}" for name in written]


def _blocks(observables: Sequence[Shown], width: int) -> list[list[tuple[int, Shown, int]]]:
    """The columns in blocks that fit beside the times: (row, what, width) each."""
    blocks: list[list[tuple[int, Shown, int]]] = []
    room = 0
    for row, part in enumerate(observables):
        own = max(COLUMN, len(short_name(part.id, part.label)) + 2, len(part.unit) + 2)
        if own > room:
            blocks.append([])
            room = width - TIME_COLUMN
        room -= own
        blocks[-1].append((row, part, own))
    return blocks


def _table(unit: str, medians: Sequence[Moment], block: Sequence[tuple[int, Shown, int]]) -> list[str]:
    time = max(TIME_COLUMN, len(unit))
    lines = [
        f"{'time':>{time}}" + "".join(f"{short_name(part.id, part.label):>{own}}" for _, part, own in block),
        f"{unit:>{time}}" + "".join(f"{part.unit:>{own}}" for _, part, own in block),
    ]
    for moment, values in medians:
        lines.append(f"{moment:>{time}.5g}" + "".join(f"{values[row][1]:>{own}.5g}" for row, _, own in block))
    return lines


def _traced(result: Simulation) -> dict[str, Any]:
    if result.trace is None:
        return {}
    from nonself.study.tracing import alone, trace_values

    return {"trace": trace_values(alone(result.trace))}
