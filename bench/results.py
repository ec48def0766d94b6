"""Everything one run found, as the document needs it."""

from __future__ import annotations

from dataclasses import dataclass, field

from bench.growth import Row
from bench.race import Race


@dataclass(slots=True)
class Results:
    """One run.

    **Arguments:** `command` as typed; `date`; `machine` in words; `races` one a model; `growth` of our time by
    what grows; `steps` what a step costs by model; `peak` multiply-adds a second, median, least and most;
    `workers` wall seconds with one and with two, and the `load` (one minute) before and after; `seconds` the whole
    run took.
    """

    command: str
    date: str
    machine: dict[str, str]
    races: list[Race]
    growth: dict[str, list[Row]] = field(default_factory=dict)
    steps: list[Row] = field(default_factory=list)
    peak: tuple[float, float, float] = (float("nan"),) * 3
    workers: tuple[list[float], list[float]] = field(default_factory=lambda: ([], []))
    load: float = float("nan")
    load_after: float = float("nan")
    seconds: float = 0.0
