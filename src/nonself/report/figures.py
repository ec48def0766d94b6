"""Every figure, as SVG text. The only module that draws; it imports matplotlib when a figure is asked for."""

from __future__ import annotations

import io
import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import numpy as np

from nonself.analysis.findings import Array, Band, Panel, Points, Reference, Survival
from nonself.report import svg
from nonself.report.frame import Frame, line_label_place
from nonself.report.palette import GRID, INK, MUTED, Line, shade
from nonself.report.scales import mark_rows, thin

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_WIDE, _SMALL = 390.0, 320.0  # in points; pages scale figures to the room there is
_TEXT, _NOTE = 11.5, 10.5
_DARK = 0.6  # shades from here on carry white letters
_STYLE: dict[str, Any] = {
    "svg.fonttype": "none",
    "svg.hashsalt": "nonself",
    "text.parse_math": False,
    "font.family": ["DejaVu Sans"],
    "lines.scale_dashes": False,
}
_LEFT_ALONE = ("backend", "backend_fallback", "interactive", "toolbar")


def survival_figure(name: str, curves: Sequence[Survival], lines: Mapping[str, Line], frame: Frame) -> str:
    """Draw Kaplan-Meier curves of one endpoint in one cohort, with numbers at risk below the axis.

    **Arguments:** `name` unique in the page; `curves` one per arm; `lines` arm -> line; `frame` both axes.

    **Returns:** SVG text for use inside HTML.
    """
    below = 66 + 30 * len(curves)
    with _canvas((_WIDE, 226 + below), (24, 26, below), frame) as axes:
        for curve in curves:
            _draw_survival(axes, curve, lines[curve.arm], frame.times[1])
        _draw_risk(axes, curves, frame)
        arms = ", ".join(curve.arm for curve in curves)
        return _finish(axes, name, f"Kaplan-Meier curves: {curves[0].label}, {arms}")


def band_figure(name: str, bands: Sequence[Band], lines: Mapping[str, Line], frame: Frame) -> str:
    """Draw the spread of one observable over one cohort, arms over each other.

    **Arguments:** `name` unique in the page; `bands` one per arm; `lines` arm -> line; `frame` both axes.

    **Returns:** SVG text for use inside HTML.
    """
    with _canvas((_WIDE, 270), (24, 26, 44), frame) as axes:
        if frame.times[0] < 0 < frame.times[1]:
            axes.axvline(0, color=MUTED, linewidth=0.7, zorder=1)
        _draw_references(axes, bands[0].references, frame)
        for band in bands:
            color, order = lines[band.arm].color, np.argsort(band.quantiles)
            values = _visible(band.values, frame)[order]
            for low in range(len(order) // 2):
                edges = values[low], values[len(order) - 1 - low]
                axes.fill_between(band.times, *edges, color=color, alpha=0.14, linewidth=0, zorder=2)
            if len(order) % 2:
                _draw_line(axes, band.times, values[len(order) // 2], lines[band.arm])
        arms = ", ".join(band.arm for band in bands)
        return _finish(axes, name, f"{bands[0].observable} over time, {bands[0].cohort}: {arms}")


def panel_figure(name: str, panel: Panel, lines: Mapping[str, Line], frame: Frame, mark_levels: int) -> str:
    """Draw one patient: courses, measured points, marks and lines.

    **Arguments:** `name` unique in the page; `lines` arm -> line; `frame` both axes; `mark_levels` rows kept
    free for the names of marks, the same in panels that stand together.

    **Returns:** SVG text for use inside HTML.
    """
    top = 24 + 13 * mark_levels
    with _canvas((_SMALL, 218 + 13 * mark_levels), (top, 14, 42), frame) as axes:
        _draw_references(axes, panel.references, frame)
        _draw_marks(axes, panel, frame)
        for arm, course in panel.curves.items():
            _draw_line(axes, panel.times, _visible(course, frame), lines[arm])
        if panel.points is not None:
            _draw_points(axes, panel.points, frame)
        return _finish(axes, name, f"{panel.observable} of patient {panel.patient} over time")


def map_figure(name: str, label: str, cells: Array, words: Sequence[Sequence[str]], frame: Frame) -> str:
    """Draw a map: a shade in every cell, and a few letters.

    **Arguments:** `name` unique in the page; `label` what is shown; `cells` (n_down, n_across) from 0, light, to 1,
    dark; `words` the letters, in the same order, the lowest row first; `frame` axes that count cells.

    **Returns:** SVG text for use inside HTML, or as a file of its own.
    """
    with _canvas((_SMALL, 290), (24, 14, 44), frame) as axes:
        axes.grid(visible=False)
        axes.spines["bottom"].set_visible(False)
        for (row, column), value in np.ndenumerate(cells):
            corners = [column, column + 1, column + 1, column], [row, row, row + 1, row + 1]
            axes.fill(*corners, color=shade(float(value)), linewidth=0.4, zorder=2)
            ink = INK if value < _DARK else "white"
            place: dict[str, Any] = {"ha": "center", "va": "center", "zorder": 3, "color": ink, "size": 7.5}
            axes.text(column + 0.5, row + 0.5, words[row][column], **place)
        return _finish(axes, name, label)


def branch_figure(
    name: str, label: str, curves: Mapping[str, tuple[Array, Array]], lines: Mapping[str, Line], frame: Frame
) -> str:
    """Draw where a system ends over a parameter, one line for each way to begin.

    **Arguments:** `name` unique in the page; `label` what is shown; `curves` way -> parameter, end; `lines` way ->
    line; `frame` both axes.

    **Returns:** SVG text for use inside HTML, or as a file of its own.
    """
    with _canvas((_WIDE, 250), (24, 26, 44), frame) as axes:
        for way, (across, end) in curves.items():
            _draw_line(axes, across, _visible(end, frame), lines[way])
        return _finish(axes, name, label)


def panel_mark_levels(panel: Panel, frame: Frame) -> int:
    """Return how many rows the names of a patient's marks need above the axes."""
    rows = mark_rows(panel.marks, frame.times, _SMALL - frame.left - 14)
    return max((mark.row for mark in rows), default=-1) + 1


def _finish(axes: Axes, name: str, label: str) -> str:
    buffer, figure = io.StringIO(), axes.get_figure(root=True)
    assert figure is not None
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Glyph")  # the reader's browser has its own fonts
        figure.savefig(buffer, format="svg", metadata={"Date": None}, transparent=True)
    return svg.tidy(buffer.getvalue(), name, label)


@contextmanager
def _canvas(size: tuple[float, float], margins: tuple[float, float, float], frame: Frame) -> Iterator[Axes]:
    """Give axes set up after `frame`; `size` and `margins` (top, right, bottom) in points."""
    import matplotlib as mpl
    from matplotlib.figure import Figure

    plain: dict[Any, Any] = {
        key: value for key, value in mpl.rcParamsDefault.items() if key not in _LEFT_ALONE
    }
    with mpl.rc_context(plain | _STYLE):
        (width, height), (top, right, bottom) = size, margins
        figure = Figure(figsize=(width / 72, height / 72), dpi=72)  # pixels are points
        inner = (width - frame.left - right) / width, (height - top - bottom) / height
        axes = figure.add_axes((frame.left / width, bottom / height, *inner))
        axes.spines[["top", "right", "left"]].set_visible(False)
        axes.spines["bottom"].set_color(MUTED)
        axes.set_yscale("log" if frame.log_axis else "linear")
        axes.set(xlim=frame.times, ylim=frame.values, facecolor="none")
        axes.set_xticks([at for at, _ in frame.time_ticks], [text for _, text in frame.time_ticks])
        axes.set_yticks([at for at, _ in frame.value_ticks], [text for _, text in frame.value_ticks])
        axes.minorticks_off()
        axes.tick_params(length=0, labelsize=_NOTE, labelcolor=INK, pad=4)
        axes.tick_params(axis="x", length=3, color=MUTED)
        axes.grid(axis="y", color=GRID, linewidth=0.8)
        axes.set_axisbelow(True)
        axes.set_xlabel(svg.plain(frame.time_label), size=_TEXT, color=INK, labelpad=5)
        figure.text(0, 1, svg.plain(frame.value_label), size=_TEXT, color=INK, va="top")
        yield axes


def _draw_line(axes: Axes, times: Array, values: Array, line: Line, **how: Any) -> None:
    dashes: Any = (0, line.dashes) if line.dashes else "-"
    axes.plot(times, values, color=line.color, linewidth=1.7, linestyle=dashes, zorder=3, **how)


def _draw_references(axes: Axes, references: Sequence[Reference], frame: Frame) -> None:
    """Shade where healthy people lie, darker where the intervals of both sexes do."""
    for one in references:
        low = frame.values[0] if one.low is None else max(one.low, frame.values[0])
        high = frame.values[1] if one.high is None else min(one.high, frame.values[1])
        if low < high:
            axes.axhspan(low, high, color=MUTED, alpha=0.11, linewidth=0, zorder=0.5)


def _draw_points(axes: Axes, points: Points, frame: Frame) -> None:
    limit, values = np.asarray(points.limit, dtype=bool), _visible(points.values, frame)
    style: dict[str, Any] = {"linestyle": "none", "color": INK, "zorder": 4}
    axes.plot(points.times[~limit], values[~limit], marker="o", ms=4.2, mew=0, **style)
    axes.plot(points.times[limit], values[limit], marker="v", ms=5.2, mew=0.9, mfc="white", **style)


def _draw_survival(axes: Axes, curve: Survival, line: Line, last: float) -> None:
    columns = [np.asarray(column, dtype=float) for column in (curve.share, curve.low, curve.high)]
    times, columns = thin(np.asarray(curve.times, dtype=float), columns)
    seen = float(max(curve.risk_times[curve.at_risk > 0], default=0.0))
    end = min(last, max(seen, *times.tolist(), 0.0))
    times = np.concatenate(([0.0], times, [end]))
    ends = [np.concatenate(([1.0], column, column[-1:] if len(column) else [1.0])) for column in columns]
    share, low, high = ends
    axes.fill_between(times, low, high, step="post", color=line.color, alpha=0.14, linewidth=0, zorder=2)
    _draw_line(axes, times, share, line, drawstyle="steps-post")


def _draw_risk(axes: Axes, curves: Sequence[Survival], frame: Frame) -> None:
    height = axes.bbox.height
    place: dict[str, Any] = {"transform": axes.get_xaxis_transform(), "va": "top", "size": _NOTE}
    edge = frame.times[0] - (frame.times[1] - frame.times[0]) * frame.left / (_WIDE - frame.left - 26)
    axes.text(edge, -48 / height, "Number at risk", color=MUTED, **place)
    for row, curve in enumerate(curves):
        arm, below = svg.plain(curve.arm), 64 + 30 * row
        shown = arm if len(arm) < 60 else f"{arm[:58]}…"
        axes.text(edge, -below / height, shown, color=INK, weight="bold", **place)
        known = dict(zip(curve.risk_times.tolist(), curve.at_risk.tolist(), strict=True))
        for tick, _ in frame.time_ticks:
            if tick in known:
                axes.text(tick, -(below + 13) / height, f"{known[tick]:,}", color=INK, ha="center", **place)


def _draw_marks(axes: Axes, panel: Panel, frame: Frame) -> None:
    height, width, above = axes.bbox.height, _SMALL - frame.left - 14, axes.get_xaxis_transform()
    text: dict[str, Any] = {"size": _NOTE - 0.5, "color": MUTED}
    for mark in mark_rows(panel.marks, frame.times, width):
        level = 1 + (5 + 13 * mark.row) / height
        ends = [0, level + 8 / height]
        axes.plot([mark.time] * 2, ends, color=MUTED, linewidth=0.9, transform=above, clip_on=False, zorder=1)
        name = f"\u00a0{svg.plain(mark.name)}\u00a0"
        side = "right" if mark.is_left else "left"
        axes.text(mark.time, level, name, ha=side, va="bottom", transform=above, **text)
    for name, value in panel.lines.items():
        axes.axhline(value, color=MUTED, linewidth=0.9, linestyle=(0, (4, 2)), zorder=1)
        is_left, is_below = line_label_place(panel, frame, value, 5.4 * len(name) / width, 14 / height)
        place = {"ha": "left" if is_left else "right", "va": "top" if is_below else "bottom", "zorder": 5}
        how: dict[str, Any] = place | {"transform": axes.get_yaxis_transform(), "gid": f"{svg.CLASS}halo"}
        axes.text(0.01 if is_left else 0.99, value, svg.plain(name), **how, **text)


def _visible(values: Array, frame: Frame) -> Array:
    """Lift what a logarithmic axis cannot show, zero above all, to just below its lower end."""
    lifted: Array = np.maximum(np.asarray(values, dtype=float), frame.values[0] / 10)
    return lifted if frame.log_axis else np.asarray(values, dtype=float)
