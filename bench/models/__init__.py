"""The models that are timed, each loaded when it is asked for."""

from __future__ import annotations

import importlib
from functools import cache

from bench.case import Case

_PLACES = {
    "hahnel2020": "published",
    "kimmel2021": "published",
    "dosed30": "dosed30",
    "dwivedi2014": "biomodels",
    "palsson2013": "biomodels",
    "tissues150": "tissues",
}
IDS = tuple(_PLACES)
"""Names of the models, in the order of the tables."""


@cache
def load(name: str) -> Case:
    """Return a model with its doses, readouts and patients."""
    module = importlib.import_module(f"bench.models.{_PLACES[name]}")
    found = module.case(name)
    assert isinstance(found, Case)
    return found
