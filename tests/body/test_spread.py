"""Healthy people of the population beside laboratories' reference intervals, readout by readout."""

from __future__ import annotations

from collections.abc import Mapping

from experiments.body.healthy import WITHIN, Array, intervals, seen

PEOPLE = 600


def off(readouts: Mapping[str, Array]) -> dict[str, float]:
    """Return how far percentiles lie from each interval, over its limits, where it is too far."""
    return {f"{one.quantity} {one.sex}": one.off for one in intervals(readouts) if one.off > WITHIN}


def test_percentiles_match_reference_intervals() -> None:
    readouts = seen(PEOPLE, {})
    assert len(readouts) > 12
    assert off(readouts) == {}


def test_planted_breach_people_alike_in_two_numbers() -> None:
    narrow = off(seen(PEOPLE, {"reticulocyte_time": 1.0, "tsh_set_point": 1.4}))
    assert set(narrow) == {"blood_reticulocytes both", "reticulocyte_percent both", "tsh both"}
