"""Numbers and tables as Markdown."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence


def short(value: float, digits: int = 2) -> str:
    """Return a number with as many digits as mean something.

    **Example:** `short(1234.5)` gives `"1,200"`, `short(0.01234)` gives `"0.012"`.
    """
    if not math.isfinite(value):
        return "–"
    if value == 0:
        return "0"
    places = digits - 1 - math.floor(math.log10(abs(value)))
    return f"{round(value, places):,.{max(places, 0)}f}"


def power(value: float) -> str:
    """Return a small number as written in tables, e.g. `2.1e-05` as `2.1e-5`."""
    return f"{value:.1e}".replace("e-0", "e-") if math.isfinite(value) else "–"


def with_spread(three: tuple[float, float, float], digits: int = 2) -> str:
    """Return a median with least and most, e.g. `51 (50 to 53)`."""
    middle, low, high = three
    if not math.isfinite(middle):
        return "–"
    return f"{short(middle, digits)} ({short(low, digits)} to {short(high, digits)})"


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    """Return a table, its first column left, the others right."""
    align = ["---", *["---:"] * (len(head) - 1)]
    return [f"| {' | '.join(cells)} |" for cells in (head, align, *rows)] + [""]
