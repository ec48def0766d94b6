"""The Program: a compiled model, as the simulation sees it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nonself.codegen.workspace import Workspace
from nonself.model.ir import Model


@dataclass(frozen=True, slots=True)
class Program:
    """Machine code of one model, and the names and sizes needed to call it.

    **Arguments:** `parameters`, `species`, `observables` names in the order of rows (observables: every species,
    then the model's own); `defaults` (n_parameters,) the model's values; `scales` (n_species,) the smallest amounts
    that matter; `width` lanes per vector; `advance`, `probe` addresses of the entry points; `space` the
    workspace a call needs; `counts` numbers of operations by kernel; `seconds` what the build took; `cached` whether
    it came from disk; `engine` keeps the code alive.
    """

    model: Model
    parameters: tuple[str, ...]
    species: tuple[str, ...]
    observables: tuple[str, ...]
    defaults: NDArray[np.float64]
    scales: NDArray[np.float64]
    width: int
    advance: int
    probe: int
    space: Workspace
    counts: tuple[tuple[str, int], ...]
    seconds: float
    cached: bool
    engine: Any
