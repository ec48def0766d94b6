"""Virtual patients: parameters drawn from distributions, or around published patients."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from nonself.cohort.population import Cohort, Origin
from nonself.engine.streams import uniforms
from nonself.errors import InputError, UnknownName

Array = NDArray[np.float64]
Law = Literal["lognormal", "normal", "uniform", "loguniform", "fixed"]
ROOM_LEFT = 1e-9


@dataclass(frozen=True, slots=True)
class Distribution:
    """How a number varies between patients.

    **Arguments:** `law` and its `first`, `second`: lognormal (median, standard deviation of the log), normal
    (mean, standard deviation), uniform and loguniform (low, high), fixed (value, unused); `low`, `high`
    bounds the law is truncated to.
    """

    law: Law
    first: float
    second: float = 0.0
    low: float = -np.inf
    high: float = np.inf

    @property
    def text(self) -> str:
        """The law in a line, as a report shows it."""
        if self.law == "fixed":
            return f"fixed at {self.first:g}"
        within = (
            "" if self.low == -np.inf and self.high == np.inf else f" within [{self.low:g}, {self.high:g}]"
        )
        names = {"lognormal": "median {:g}, sd of log {:g}", "normal": "mean {:g}, sd {:g}"}
        return f"{self.law} ({names.get(self.law, '{:g} to {:g}').format(self.first, self.second)}){within}"


def check_distribution(law: Distribution) -> None:
    """Refuse a distribution that cannot be drawn from.

    **Raises:** `InputError` with what is wrong.

    **Example:** `check_distribution(Distribution("lognormal", 5.0, 0.3))`
    """
    numbers = (law.first, law.second)
    if not all(np.isfinite(numbers)) or np.isnan(law.low) or np.isnan(law.high):
        raise InputError(f"{law.text}: its numbers must be finite", mend="give plain numbers")
    if law.law in ("lognormal", "normal") and law.second < 0:
        raise InputError(f"{law.text}: the standard deviation is negative", mend="give 0 or more")
    if law.law in ("lognormal", "loguniform") and law.first <= 0:
        raise InputError(f"{law.text}: its first number must be positive", mend="give a number above 0")
    if law.law in ("uniform", "loguniform") and law.second < law.first:
        raise InputError(f"{law.text}: high lies below low", mend="give low first, then high")
    if law.low > law.high:
        raise InputError(f"{law.text}: the upper bound lies below the lower", mend="swap the bounds")


def sample(law: Distribution, seed: int, purpose: str, patients: Sequence[str]) -> Array:
    """Return (n,) numbers drawn from a distribution, one a patient, keyed by id; truncation is exact.

    **Raises:** `InputError` when the bounds leave the law no room.

    **Example:** `sample(Distribution("lognormal", 5.0, 0.3), 1, "cohort virtual: Circ0", ["v00001"])`
    """
    check_distribution(law)
    uniform = uniforms(seed, purpose, patients)
    if law.law == "lognormal":
        return _around(
            np.full(uniform.shape, law.first), law.second, law.low, law.high, uniform, purpose, patients
        )
    if law.law == "normal":
        low_edge, high_edge = (np.full(uniform.shape, edge - law.first) for edge in (law.low, law.high))
        shift = deviation(law.second, low_edge, high_edge, uniform, purpose, patients)
        return _inside(law.first + shift, law.low, law.high)
    low, high = max(law.first, law.low), min(law.first if law.law == "fixed" else law.second, law.high)
    if low > high:
        raise InputError(f"{purpose}: its bounds leave {law.text} no room", mend="widen the bounds")
    if law.law == "loguniform":
        return _inside(np.exp(np.log(low) + (np.log(high) - np.log(low)) * uniform), low, high)
    return _inside(low + (high - low) * uniform, low, high)


def _around(
    center: Array,
    spread: float,
    low: float,
    high: float,
    uniform: Array,
    purpose: str,
    patients: Sequence[str],
) -> Array:
    """Return center * exp(spread * z), truncated to [low, high]."""
    lowest, highest = (np.log(edge) if edge > 0 else -np.inf for edge in (low, high))
    middle = np.log(center)
    shift = deviation(spread, lowest - middle, highest - middle, uniform, purpose, patients)
    return _inside(center * np.exp(shift), low, high)


def deviation(
    spread: float, low: Array, high: Array, uniform: Array, purpose: str, patients: Sequence[str]
) -> Array:
    """Return (n,) spread * z, z standard normal, truncated to [low, high] (n,) by the quantiles of the
    bounds.
    """
    from scipy.special import ndtr, ndtri

    if spread > 0:
        first, last = ndtr(low / spread), ndtr(high / spread)
        values = spread * ndtri(first + uniform * (last - first))
        room = last - first > ROOM_LEFT
    else:
        values, room = np.zeros(uniform.shape), (low <= 0) & (high >= 0)
    for row in np.flatnonzero(~room):
        raise InputError(
            f"{purpose}: the bounds leave patient {patients[int(row)]!r} no room",
            mend="widen the bounds, or leave out the published patient that lies far outside them",
        )
    return np.asarray(values)


def _inside(values: Array, low: float, high: float) -> Array:
    """Move values that rounding put just outside their bounds back onto them."""
    return np.minimum(np.maximum(values, low), high)


def draw(
    name: str, count: int, laws: Mapping[str, Distribution], reasons: Mapping[str, Origin], seed: int
) -> Cohort:
    """Draw patients whose parameters vary independently of each other.

    **Arguments:** `count` patients; `laws` parameter id -> distribution; `reasons` parameter id -> why this
    law. **Returns:** a cohort of ids "v00001", "v00002" …; patient k is the same whatever the count.

    **Example:** `draw("virtual", 200, {"Circ0": Distribution("lognormal", 5.0, 0.3)}, reasons, seed=1)`
    """
    patients = virtual_ids(count)
    columns = {key: sample(law, seed, f"cohort {name}: {key}", patients) for key, law in laws.items()}
    return Cohort(name, patients, ("",) * count, columns, origins=dict(reasons))


def resample(
    name: str,
    count: int,
    table: Cohort,
    vary: Sequence[str],
    spread: float,
    bounds: Mapping[str, tuple[float, float]],
    why: Origin,
    seed: int,
) -> Cohort:
    """Draw patients around published ones: a smoothed bootstrap.

    Equation: value = value of a published patient picked at random * exp(spread * s * z), s the standard
    deviation of the log of the column over the table, z standard normal, truncated to the bounds.

    **Arguments:** `vary` the columns or facts that vary, the rest is the picked patient's own; `spread` the
    width (0 repeats the published patients); `bounds` column -> (low, high). **Raises:** `InputError` for a
    column to vary that holds a number at or below 0.

    **Example:** `resample("virtual", 1000, real, ["TKI"], 0.1, {}, why, seed=1)`
    """
    if not (np.isfinite(spread) and spread >= 0):
        raise InputError(f"the spread of cohort {name!r} is {spread:g}", mend="give 0 or more")
    patients = virtual_ids(count)
    published = len(table.patients)
    pick = np.minimum(
        (uniforms(seed, f"cohort {name}: pick", patients) * published).astype(np.intp), published - 1
    )
    columns = {key: values[pick] for key, values in table.columns.items()}
    facts = {key: values[pick] for key, values in table.facts.items()}
    for key in (*bounds, *vary):
        if key not in vary:
            raise UnknownName("name among those that vary", key, vary)
        width = spread * _log_deviation(table, key)
        low, high = bounds.get(key, (-np.inf, np.inf))
        purpose = f"cohort {name}: {key}"
        uniform = uniforms(seed, purpose, patients)
        drawn = _around(table.number(key)[pick], width, low, high, uniform, purpose, patients)
        (columns if key in columns else facts)[key] = drawn
    origins = {**table.origins, **dict.fromkeys(vary, why)}
    return Cohort(name, patients, tuple(table.groups[row] for row in pick), columns, facts, origins)


def _log_deviation(table: Cohort, key: str) -> float:
    values = table.number(key)
    if np.any(values <= 0):
        least = table.patients[int(np.argmin(values))]
        raise InputError(
            f"{key!r} cannot vary by a factor: patient {least!r} has {values.min():g}",
            mend=f"leave {key!r} out of what varies",
        )
    return float(np.std(np.log(values), ddof=1)) if values.size > 1 else 0.0


def virtual_ids(count: int) -> tuple[str, ...]:
    """Return the ids "v00001", "v00002" … of drawn patients.

    **Raises:** `InputError` when `count` is not positive.
    """
    if count < 1:
        raise InputError(f"{count} patients cannot be drawn", mend="draw at least one")
    return tuple(f"v{number:05d}" for number in range(1, count + 1))
