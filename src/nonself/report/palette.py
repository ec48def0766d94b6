"""How arms are told apart: color and line style, the same in every figure of a report."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

INK = "#1c2126"
MUTED = "#59626c"
GRID = "#e3e7eb"
# Okabe and Ito's colorblind-safe set; its yellow is left out: too faint on white.
_COLORS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#000000")
_DASHES: tuple[tuple[float, ...], ...] = ((), (5, 3.5), (1.5, 2), (8, 2, 1.5, 2), (3, 1.5))


@dataclass(frozen=True, slots=True)
class Line:
    """How one arm is drawn: `color`, and `dashes` in points on and off (empty: solid)."""

    color: str
    dashes: tuple[float, ...]

    @property
    def dasharray(self) -> str:
        """The dashes as SVG writes them."""
        return " ".join(f"{length:g}" for length in self.dashes) or "none"


def arm_lines(arms: Iterable[str]) -> dict[str, Line]:
    """Return one line per arm, by order of first appearance; the first 35 are all different.

    **Arguments:** `arms` names, repeated as they come.
    """
    lines: dict[str, Line] = {}
    for arm in arms:
        if arm not in lines:
            turn, color = divmod(len(lines), len(_COLORS))
            lines[arm] = Line(_COLORS[color], _DASHES[(color + turn) % len(_DASHES)])
    return lines
