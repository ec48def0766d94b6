"""Findings set in groups and figures, in the order and the words of the page."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from nonself.analysis.findings import Band, Findings, OutcomeRow, Panel, Reference, Survival
from nonself.report.figures import band_figure, panel_figure, panel_mark_levels, survival_figure
from nonself.report.frame import Clock, band_frame, panel_frame, survival_frame
from nonself.report.numerals import has_unit, number, plural, quantity
from nonself.report.palette import Line, arm_lines

Item = TypeVar("Item")
Name = tuple[str, ...]
_OVERLAID = 2  # more arms than this stand side by side: shaded areas over each other cannot be told apart


@dataclass(frozen=True, slots=True)
class Key:
    """One entry of a legend: how the arm is drawn, its name, and what is said about it."""

    line: Line
    name: str
    text: str


@dataclass(frozen=True, slots=True)
class Plate:
    """One figure of the page: `title` and `tag` over it, the drawing, its legend, a note under it."""

    title: str
    tag: str
    drawing: str
    keys: tuple[Key, ...]
    note: str = ""


@dataclass(frozen=True, slots=True)
class Chapter:
    """Figures that belong together: a heading, a note, the figures, and a legend common to all of them."""

    title: str
    note: str
    plates: tuple[Plate, ...]
    keys: tuple[Key, ...] = ()
    is_small: bool = False


def grouped(items: Iterable[Item], key: Callable[[Item], Name]) -> dict[Name, list[Item]]:
    """Return the items by key, keys and items in order of appearance."""
    groups: dict[Name, list[Item]] = {}
    for item in items:
        groups.setdefault(key(item), []).append(item)
    return groups


def all_arm_lines(findings: Findings) -> dict[str, Line]:
    """Return one line per arm that is drawn, the same in all figures."""
    arms = [curve.arm for curve in findings.survival]
    arms += [band.arm for band in findings.bands]
    return arm_lines(arms + [arm for panel in findings.panels for arm in (*panel.curves, *panel.verdict)])


def outcome_groups(rows: Sequence[OutcomeRow]) -> list[tuple[str, str, list[OutcomeRow]]]:
    """Return the rows of the table of outcomes under the label of their endpoint and their cohort."""
    groups = grouped(rows, lambda row: (row.endpoint, row.label, row.cohort))
    return [(label, cohort, members) for (_, label, cohort), members in groups.items()]


def survival_chapters(findings: Findings, lines: Mapping[str, Line]) -> list[Chapter]:
    """Return Kaplan-Meier figures, one per endpoint and cohort, arms in one panel."""
    clock = Clock(findings.time_unit, findings.time_zero)
    groups = grouped(findings.survival, lambda curve: (curve.endpoint, curve.label, curve.cohort))
    plates = tuple(
        Plate(
            title=label,
            tag=cohort,
            drawing=survival_figure(f"survival{index}", curves, lines, survival_frame(curves, clock)),
            keys=tuple(Key(lines[curve.arm], curve.arm, _survival_text(curve, clock)) for curve in curves),
        )
        for index, ((_, label, cohort), curves) in enumerate(groups.items())
    )
    return [Chapter("", "", plates)] if plates else []


def _survival_text(curve: Survival, clock: Clock) -> str:
    events = f"{number(curve.events)} of {_patients(curve.patients)} had the event"
    median = "median not reached" if curve.median is None else f"median {quantity(curve.median, clock.unit)}"
    return f"{events}; {median}"


def band_chapters(findings: Findings, lines: Mapping[str, Line]) -> list[Chapter]:
    """Return courses with bands, per cohort and observable: two arms in one figure, more side by side."""
    clock = Clock(findings.time_unit, findings.time_zero)
    chapters: list[Chapter] = []
    drawn = 0
    for cohort, members in grouped(findings.bands, lambda band: (band.cohort,)).items():
        plates: list[Plate] = []
        for bands in grouped(members, lambda band: (band.observable, band.unit)).values():
            frame = band_frame(bands, clock)
            for shown in [bands] if len(bands) <= _OVERLAID else [[band] for band in bands]:
                drawing = band_figure(f"course{drawn}", shown, lines, frame)
                keys = tuple(Key(lines[band.arm], band.arm, _patients(band.patients)) for band in shown)
                tag = shown[0].arm if len(bands) > _OVERLAID else ""
                plates.append(Plate(shown[0].observable, tag, drawing, keys, _reference_note(shown[0])))
                drawn += 1
        chapters.append(Chapter(cohort[0], _band_note(members), tuple(plates)))
    return chapters


def _patients(count: int) -> str:
    return f"{number(count)} {'patient' if count == 1 else 'patients'}"


def _band_note(bands: Sequence[Band]) -> str:
    levels = sorted({level for band in bands for level in band.quantiles})
    pairs = [(low, high) for low, high in zip(levels, reversed(levels), strict=True) if low < high]
    middle = "Line: median. " if 0.5 in levels else ""
    spread = ", darker ".join(f"{number(100 * low)} to {number(100 * high)}\u00a0%" for low, high in pairs)
    return f"{middle}Shaded: {spread} of patients." if pairs else middle.strip()


def _reference_note(shown: Band) -> str:
    """What the gray area behind courses is."""
    if not shown.references:
        return ""
    said = ", ".join(f"{one.who} {_reach(one)}".strip() for one in shown.references)
    unit = f" {plural(shown.unit)}" if has_unit(shown.unit) else ""
    return f"Gray: reference interval, {said}{unit}."


def _reach(one: Reference) -> str:
    if one.low is None:
        return "" if one.high is None else f"up to {number(one.high)}"
    return f"from {number(one.low)}" if one.high is None else f"{number(one.low)} to {number(one.high)}"


def panel_chapters(findings: Findings, lines: Mapping[str, Line]) -> list[Chapter]:
    """Return single patients, grouped by cohort and observable; within a group all share their axes."""
    clock = Clock(findings.time_unit, findings.time_zero)
    chapters: list[Chapter] = []
    drawn = 0
    groups = grouped(findings.panels, lambda panel: (panel.cohort, panel.observable, panel.unit))
    for (cohort, observable, _), panels in groups.items():
        frame = panel_frame(panels, clock)
        levels = max(panel_mark_levels(panel, frame) for panel in panels)
        plates: list[Plate] = []
        for panel in panels:
            drawing = panel_figure(f"patient{drawn}", panel, lines, frame, levels)
            keys = tuple(Key(lines[arm], arm, text) for arm, text in panel.verdict.items())
            plates.append(Plate(_patient(panel.patient), panel.group, drawing, keys))
            drawn += 1
        arms = tuple(
            Key(lines[arm], arm, "") for arm in dict.fromkeys(a for p in panels for a in p.curves) if arm
        )
        title = " · ".join(part for part in (cohort, observable) if part)
        chapters.append(Chapter(title, _panel_note(panels), tuple(plates), arms, is_small=True))
    return chapters


def _patient(name: str) -> str:
    return name if name.lower().startswith("patient") else f"Patient {name}"


def _panel_note(panels: Sequence[Panel]) -> str:
    points = [panel.points for panel in panels if panel.points is not None]
    if not points:
        return ""
    sources = "; ".join(dict.fromkeys(point.source for point in points if point.source))
    has_limits = any(bool(point.limit.any()) for point in points)
    limits = " Hollow triangle: upper limit, not detected." if has_limits else ""
    return f"Filled dot: measured.{limits}" + (f" Measurements: {sources}" if sources else "")
