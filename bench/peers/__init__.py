"""Other people's solvers, each in its own file, each driven in the fastest documented way that was found."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from dataclasses import dataclass
from importlib.util import find_spec
from typing import Protocol

from bench.case import Case
from bench.schedule import Array

IDS = ("roadrunner", "copasi", "numbalsoda", "sundae", "diffrax")
"""Peers, in the order of the tables; each is a file of this folder that holds a `PEER`."""
NEEDS: dict[str, dict[str, str]] = {  # id: {module: the distribution that brings it}
    "roadrunner": {"roadrunner": "libroadrunner", "antimony": "antimony"},
    "copasi": {"COPASI": "python-copasi", "antimony": "antimony"},
    "numbalsoda": {"numbalsoda": "numbalsoda", "numba": "numba"},
    "sundae": {"sksundae": "scikit-sundae", "numba": "numba"},
    "diffrax": {"diffrax": "diffrax", "jax": "jax"},
}


class Solver(Protocol):
    """One model, compiled, with its doses and outputs: ours or a peer's."""

    def tolerate(self, rtol: float, factor: float) -> None:
        """Set the relative tolerance, and absolute ones: `factor` times the smallest amounts that matter."""

    def run(self, parameters: Array) -> tuple[Array, float]:
        """Solve patients; one that fails is NaN.

        **Arguments:** `parameters` shape (n_parameters, n_patients).

        **Returns:** values, shape (n_patients, n_times, n_species), and CPU seconds for all patients.
        """


@dataclass(frozen=True, slots=True)
class Peer:
    """A solver to be measured.

    **Arguments:** `id`; `name` as printed; `way` how it is driven, in sentences; `build` for a case.
    """

    id: str
    name: str
    way: str
    build: Callable[[Case], Solver]


def missing(peer: str) -> str | None:
    """Return why a peer cannot run here, or None."""
    absent = [package for module, package in NEEDS[peer].items() if find_spec(module) is None]
    return f"not installed: {', '.join(absent)}" if absent else None


def load(peer: str) -> Peer:
    """Return a peer; its packages must be there."""
    found = importlib.import_module(f"bench.peers.{peer}").PEER
    assert isinstance(found, Peer)
    return found
