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


def shade(value: float) -> str:
    """Return the color of a value from 0, nearly white, to 1, the first color of the arms."""
    light, dark = (0xF3, 0xF5, 0xF7), tuple(int(_COLORS[0][start : start + 2], 16) for start in (1, 3, 5))
    part = min(1.0, max(0.0, value))
    mixed = (round(low + part * (high - low)) for low, high in zip(light, dark, strict=True))
    return "#" + "".join(f"{channel:02x}" for channel in mixed)
