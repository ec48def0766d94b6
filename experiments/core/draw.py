"""The document's figures, drawn by report.figures and written beside it as SVG."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from experiments.core.engine import Array
from experiments.core.maps import WORDS, Axis, Map
from nonself.report.figures import branch_figure, map_figure
from nonself.report.frame import Frame
from nonself.report.palette import arm_lines

_NAMESPACE = ' xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"'


def _save(folder: Path, name: str, svg: str) -> str:
    """Write an SVG as a file of its own; return its name."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{name}.svg").write_text(
        svg.replace("<svg", f"<svg{_NAMESPACE}", 1).replace(' href="#', ' xlink:href="#')
    )
    return f"{name}.svg"


def _ticks(axis: Axis, every: int) -> tuple[tuple[float, str], ...]:
    rows = range(0, len(axis.values), every)
    return tuple((row + 0.5, f"{axis.values[row]:.2g}") for row in rows)


def _frame(across: Axis, down: Axis) -> Frame:
    limits = (0.0, float(len(across.values))), (0.0, float(len(down.values)))
    return Frame(*limits, False, _ticks(across, 3), _ticks(down, 2), WORDS[across.name], WORDS[down.name])


def save_map(folder: Path, entry: Map) -> str:
    """Draw how many statements hold in each cell, with the numbers of those that do not."""
    label = f"{entry.title}: darker where more of the four statements hold; digits name those that do not"
    svg = map_figure(entry.id, label, entry.cells / 4.0, entry.failing, _frame(entry.across, entry.down))
    return _save(folder, entry.id, svg)


def save_shares(folder: Path, id: str, label: str, entry: Map, shares: Array) -> str:
    """Draw a share in each cell of a map, in percent."""
    table = shares.reshape(len(entry.down.values), len(entry.across.values))
    words = [[f"{100 * value:.0f}" if np.isfinite(value) else "" for value in row] for row in table]
    svg = map_figure(id, label, np.nan_to_num(table), words, _frame(entry.across, entry.down))
    return _save(folder, id, svg)


def save_branches(folder: Path, id: str, gains: Array, ends: Sequence[tuple[str, Array]]) -> str:
    """Draw tissue at the end over the gain, one line a way to begin."""
    lines = arm_lines(name for name, _ in ends)
    ticks = [0.5, 0.7, 1.0, 1.4, 2.0, 2.8]
    frame = Frame(
        (float(np.log(gains[0])), float(np.log(gains[-1]))),
        (0.0, 105.0),
        False,
        tuple((float(np.log(tick)), f"{tick:g}") for tick in ticks if gains[0] <= tick <= gains[-1]),
        tuple((float(tick), f"{tick:g}") for tick in range(0, 101, 20)),
        "gain of self recognition",
        "tissue after twelve years (%)",
    )
    curves = {name: (np.log(gains), 100.0 * tissue) for name, tissue in ends}
    label = "Tissue after twelve years over the gain: " + ", ".join(curves)
    return _save(folder, id, branch_figure(id, label, curves, lines, frame))
