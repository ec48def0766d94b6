"""A case: one model, its doses, its readout times and its patients, as every solver is given it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from bench.schedule import Array, Doses
from nonself.model.parts import Mechanism


@dataclass(frozen=True, slots=True)
class Case:
    """What is solved.

    **Arguments:** `id` the case's name; `mechanism`; `doses`; `outputs` times at which every species is read;
    `spread` standard deviation of the logarithm of every parameter; `time_unit`; `about` one or two sentences on
    where the model comes from and what was changed; `most` patients to compare with a reference, where that is slow.
    """

    id: str
    mechanism: Mechanism
    doses: Doses
    outputs: Array
    spread: float
    time_unit: str
    about: str
    most: int = 1000

    @property
    def species(self) -> tuple[str, ...]:
        """Names of the species, in order."""
        return tuple(entry.id for entry in self.mechanism.species)

    @property
    def scales(self) -> Array:
        """The smallest amounts that matter, shape (n_species,)."""
        return np.array([entry.scale for entry in self.mechanism.species])

    @property
    def given(self) -> Doses:
        """The doses that lie inside the course."""
        inside = self.doses.times <= self.outputs[-1]
        return Doses(self.doses.species, self.doses.times[inside], self.doses.amount)

    def patients(self, n: int, seed: int) -> Array:
        """Draw patients: every parameter lognormal around its value, independent.

        The first patients of a larger draw are those of a smaller one.

        **Arguments:** `n` how many; `seed` of NumPy's PCG64.

        **Returns:** parameters, shape (n_parameters, n).
        """
        values = np.array([float(parameter.value) for parameter in self.mechanism.parameters])
        draws = np.random.Generator(np.random.PCG64(seed)).standard_normal((n, values.size))
        return np.ascontiguousarray((values * np.exp(self.spread * draws)).T)
