"""What clones draw by: keys of each clone and of each founding, and what the traits of founded clones are made of."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nonself.engine.problem import Array, Problem
from nonself.engine.streams import normals, stream_number, uniforms


def purpose(species_or_hazard: str, founding: int | None = None) -> str:
    """Return the name that keys a clone's draws: its species, or the hazard that founded it and which founding it was.

    A founded clone draws by its founding and not by its slot: it is the same in a twin where another slot is free.

    **Example:** `purpose("R")`, `purpose("export", 3)`
    """
    return f"clone {species_or_hazard}" + ("" if founding is None else f" {founding}")


def clone_tables(problem: Problem, patients: Sequence[str], events: int) -> dict[str, NDArray[Any]]:
    """Return the tables that clones draw by, for some patients.

    **Arguments:** `events` foundings of each hazard that are drawn for.
    **Returns:** clone_keys (n_clones,), founding_keys (n_hazards, events) and founding_draws
    (n_draws, events, n_patients).
    """
    model = problem.program.model
    nothing = np.zeros(1, dtype=np.int64)
    if not model.clones:
        return {
            "clone_keys": nothing, "founding_keys": nothing, "founding_draws": np.zeros(1),
        }  # fmt: skip
    single = [_key(problem.seed, purpose(clone.species)) for clone in model.clones]
    foundings = np.zeros((len(model.hazards) + 1, events), dtype=np.uint64)
    draws: list[Array] = [np.zeros((events, len(patients)))]
    for row, hazard in enumerate(model.hazards):
        if hazard.founds is None:
            continue
        foundings[row] = [_key(problem.seed, purpose(hazard.id, founding)) for founding in range(events)]
        for name, law in hazard.founds.draws:
            draw = {"normal": normals, "uniform": uniforms}[law]
            words = f"{purpose(hazard.id)}: {name}"
            draws.insert(
                -1,
                np.array(
                    [
                        draw(problem.seed, words, patients, draw=k, replicate=problem.replicate)
                        for k in range(events)
                    ]
                ),
            )
    return {
        "clone_keys": np.array(single, dtype=np.uint64),
        "founding_keys": foundings,
        "founding_draws": np.ascontiguousarray(draws),
    }


@lru_cache(maxsize=100_000)
def _key(seed: int, words: str) -> int:
    return stream_number(seed, words)
