"""What is done to patients and when: a plan in words of the model, turned into actions for a given cohort."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from nonself.cohort.population import Cohort
from nonself.engine.problem import Action
from nonself.errors import InputError, UnknownName

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Hold:
    """A treatment given as parameters: each patient's own values from `start` to `stop`, `off` values else.

    **Arguments:** `off` parameter -> value without the treatment; `start`, `stop` times from the model's
    start, one for all or (n,); `stop` None means it is never stopped.
    """

    off: Mapping[str, float]
    start: float | Array = 0.0
    stop: float | Array | None = None


@dataclass(frozen=True, slots=True)
class Doses:
    """An amount added to a species at each of `times`, which must not decrease; in the species' unit.

    **Arguments:** `amount` one for all or (n,); `scale` a parameter each dose is multiplied by, `rules` what decides
    just before each dose.
    """

    species: str
    amount: float | Array
    times: tuple[float, ...]
    scale: str | None = None
    rules: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Removal:
    """A `share` (0 to 1) of each of some species removed at each of `times`, which must not decrease."""

    shares: Mapping[str, float]
    times: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Setting:
    """A parameter set to a value at a time, one for all or (n,)."""

    parameter: str
    value: float
    time: float | Array


@dataclass(frozen=True, slots=True)
class OwnTimes:
    """Amounts added to a species, or values given to a parameter, at times of each patient's own.

    **Arguments:** `times` (n_times, n), NaN where there is none, ascending; `values` (n_times, n); n is 1 where all are
    alike.
    """

    kind: Literal["add", "set"]
    target: str
    times: Array
    values: Array


Item = Hold | Doses | Removal | Setting | OwnTimes


def actions(items: Sequence[Item], cohort: Cohort, defaults: Mapping[str, float]) -> tuple[Action, ...]:
    """Turn a regimen into the actions of a problem, for the patients of a cohort.

    **Arguments:** `items` in the order in which they act at one time; `defaults` the model's parameters.
    **Returns:** actions, times from the model's start, NaN for never. **Raises:** `InputError` for a negative
    dose, times that decrease or lie before the start, a stop before the start; `UnknownName` for a parameter
    that the model lacks.

    **Example:** `actions([Hold({"TKI": 0.0}, stop=cohort.number("CessT"))], cohort, {"TKI": 2.0})`
    """
    done: list[Action] = []
    for item in items:
        if isinstance(item, Hold):
            done.extend(_hold(item, cohort, defaults))
        elif isinstance(item, Doses):
            done.extend(_doses(item))
        elif isinstance(item, Removal):
            done.extend(_removals(item))
        elif isinstance(item, OwnTimes):
            done.extend(_own_times(item))
        else:
            _require_known(item.parameter, defaults)
            done.append(
                Action(
                    _time(item.time, cohort, f"setting {item.parameter!r}"), "set", item.parameter, item.value
                )
            )
    return tuple(done)


def _hold(item: Hold, cohort: Cohort, defaults: Mapping[str, float]) -> list[Action]:
    start = _time(item.start, cohort, "the start of the treatment")
    later = np.any(np.asarray(start) > 0)
    done: list[Action] = []
    for parameter, off in item.off.items():
        _require_known(parameter, defaults)
        if later:
            own = cohort.columns.get(parameter, defaults[parameter])
            begin = np.where(np.asarray(start) > 0, start, np.nan)
            before = np.where(np.isnan(begin), np.nan, 0.0)
            done.append(Action(_plain(before), "set", parameter, off))
            done.append(Action(_plain(begin), "set", parameter, own))
    if item.stop is not None:
        stop = _time(item.stop, cohort, "the stop of the treatment")
        for row in np.flatnonzero(np.broadcast_to(np.asarray(stop) < start, len(cohort.patients))):
            raise InputError(
                f"the treatment of patient {cohort.patients[row]!r} stops before it starts",
                mend="give a stop at or after the start",
            )
        done.extend(Action(stop, "set", parameter, off) for parameter, off in item.off.items())
    return done


def _doses(item: Doses) -> list[Action]:
    wrong = [one for one in np.ravel(item.amount).tolist() if not (np.isfinite(one) and one >= 0)]
    if wrong:
        raise InputError(
            f"a dose of {wrong[0]:g} into {item.species!r} is not an amount",
            mend="give a finite amount at or above 0",
        )
    _require_times(item.times, f"into {item.species!r}")
    times = item.times
    done = [Action(float(time), "decide", rule) for time in times for rule in item.rules]
    return done + [Action(float(time), "add", item.species, item.amount, item.scale) for time in times]


def _own_times(item: OwnTimes) -> list[Action]:
    if item.times.shape[1] == 1:
        pairs = zip(item.times[:, 0].tolist(), item.values[:, 0].tolist(), strict=True)
        return [Action(time, item.kind, item.target, value) for time, value in pairs]
    return [
        Action(time, item.kind, item.target, value)
        for time, value in zip(item.times, item.values, strict=True)
    ]


def _removals(item: Removal) -> list[Action]:
    for species, share in item.shares.items():
        if not 0 <= share <= 1:
            raise InputError(f"{share:g} of {species!r} cannot be removed", mend="give a share from 0 to 1")
    _require_times(item.times, f"that remove {', '.join(item.shares)}")
    return [
        Action(float(time), "multiply", species, 1 - share)
        for time in item.times
        for species, share in item.shares.items()
    ]


def _require_times(given: tuple[float, ...], what: str) -> None:
    """Refuse the times of doses that are none, lie before the start or decrease."""
    if not given:
        raise InputError(f"the doses {what} have no times", mend="give at least one time")
    times = np.asarray(given, dtype=float)
    if not np.all(np.isfinite(times)) or times.min() < 0:
        raise InputError(f"a dose {what} lies before the model's start", mend="give times at or after 0")
    if np.any(np.diff(times) < 0):
        late = int(np.argmax(np.diff(times) < 0))
        raise InputError(
            f"the times of the doses decrease from {times[late]:g} to {times[late + 1]:g}",
            mend="give the times in order",
        )


def _time(time: float | Array, cohort: Cohort, what: str) -> float | Array:
    for row in np.flatnonzero(np.broadcast_to(~(np.asarray(time) >= 0), len(cohort.patients))):
        raise InputError(
            f"{what} of patient {cohort.patients[row]!r} lies before the model's start",
            mend="give a time at or after 0",
        )
    return time


def _plain(time: Array) -> float | Array:
    return float(time) if time.ndim == 0 else time


def _require_known(parameter: str, defaults: Mapping[str, float]) -> None:
    if parameter not in defaults:
        raise UnknownName("parameter", parameter, defaults)
