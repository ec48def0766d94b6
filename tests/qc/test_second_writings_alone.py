"""Each second writing, integrated alone, gives the numbers published for its model.

A second writing is compared with its catalogue entry elsewhere. That the two agree says nothing if
both are wrong, so here each one stands against numbers from outside. No import of nonself.

A record of RESULTS reads so. `variant` picks VARIANTS[variant] and INITIALS[variant], or the module's
PARAMETERS and INITIAL where there is none ("default"). `setup` may change `parameters` and `initial`
before the run, and apply `switch_parameters` from `switch_time` on. `quantity` is a species, a name in
OBSERVABLES, or, with `time` None, a name in ANALYTIC (parameters alone). `read` says how the quantity is
taken over the window `time` = (from, to): its "min" or "max"; the time since `from` of either
("time_of_min", "time_of_max"), of the first rise through `level` ("first_above") or the first such rise
after the minimum ("last_rise"); "ever_above" is 1 if it is at or above `level` at any moment, else 0.
Without `read`, it is the value at `time`. Tolerances are half the last printed digit.
"""

import importlib.util
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest
from scipy.integrate import solve_ivp
from scipy.optimize import brentq, minimize_scalar

from tests.dde import solve_dde

GRID = 4001


def _load(path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(f"second_writing_{path.stem}", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


WRITINGS = {
    name: _load(Path(__file__).parent / f"{name}.py")
    for name in (
        "alexander_wahl2010",
        "anzules_il2ko",
        "clapp2015",
        "friberg2002",
        "hahnel2020",
        "kim_lee_levy2008",
        "kimmel2021",
        "mackey_glass1977",
        "moore_li2004",
        "wheldon1974",
        "zhuge_lei_mackey2012",
    )
}
CASES = [(name, record) for name, module in WRITINGS.items() for record in module.RESULTS]
_runs: dict[str, list[Any]] = {}


def _parameters(module: ModuleType, record: dict[str, Any]) -> dict[str, float]:
    chosen = module.VARIANTS.get(record["variant"], module.PARAMETERS)
    return {**chosen, **record.get("setup", {}).get("parameters", {})}


def _run(module: ModuleType, record: dict[str, Any], end: float) -> list[Any]:
    """Solve to `end` in one or two pieces; pieces are (to, parameters, dense solution)."""
    setup = record.get("setup", {})
    key = repr((module.__name__, record["variant"], setup, end))
    if key in _runs:
        return _runs[key]
    p = _parameters(module, record)
    start = {**module.INITIALS.get(record["variant"], module.INITIAL), **setup.get("initial", {})}
    legs = [(0.0, end, p)]
    if hasattr(module, "lags"):
        return _run_with_delays(module, record, p, [start[name] for name in module.SPECIES])
    if "switch_time" in setup:
        switch = setup["switch_time"]
        legs = [(0.0, switch, p), (switch, end, {**p, **setup["switch_parameters"]})]
    state, pieces = [start[name] for name in module.SPECIES], []
    for begin, stop, now in legs:
        run = solve_ivp(
            module.rhs, (begin, stop), state, "LSODA", dense_output=True, args=(now,), rtol=1e-9, atol=1e-24
        )
        assert run.success, run.message
        state = run.y[:, -1]
        pieces.append((stop, now, run.sol))
    _runs[key] = pieces
    return pieces


def _run_with_delays(
    module: ModuleType, record: dict[str, Any], p: dict[str, float], start: list[float]
) -> list[Any]:
    """As `_run`, of a writing that looks back, always to its `UNTIL`."""
    key = repr((module.__name__, record["variant"], record.get("setup", {})))
    if key not in _runs:
        solution = solve_dde(
            lambda t, y, past: module.rhs(t, y, p, past), module.lags(p), start, module.UNTIL, 1e-9, 1e-24
        )
        _runs[key] = [(module.UNTIL, p, solution)]
    return _runs[key]


def _course(module: ModuleType, record: dict[str, Any], end: float) -> Callable[[float], float]:
    """The quantity as a function of time."""
    pieces = _run(module, record, end) if end > 0.0 else []
    initial = module.INITIALS.get(record["variant"], module.INITIAL)

    def at(t: float) -> float:
        y, p = initial, _parameters(module, record)
        for stop, now, solution in pieces:
            y, p = dict(zip(module.SPECIES, map(float, solution(t)), strict=True)), now
            if t <= stop:
                break
        name = record["quantity"]
        return float(y[name] if name in module.SPECIES else module.OBSERVABLES[name](y, p))

    return at


def _extremum(at: Callable[[float], float], times: Any, sign: float) -> tuple[float, float]:
    """Time and value of the smallest sign * at(t), refined between grid points."""
    values = np.array([sign * at(t) for t in times])
    i = int(values.argmin())
    low, high = times[max(i - 1, 0)], times[min(i + 1, len(times) - 1)]
    best = minimize_scalar(
        lambda t: sign * at(t) / abs(values[i]), bounds=(low, high), method="bounded", options={"xatol": 1e-7}
    )
    return float(best.x), at(float(best.x))


def _read(at: Callable[[float], float], record: dict[str, Any]) -> float:
    """Take the record's quantity from its course."""
    how = record.get("read", "value")
    if how == "value":
        return at(record["time"])
    begin, end = map(float, record["time"])
    times = np.linspace(begin, end, GRID)
    if how in ("min", "max", "time_of_min", "time_of_max"):
        when, value = _extremum(at, times, 1.0 if how.endswith("min") else -1.0)
        return when - begin if how.startswith("time") else value
    level = record["level"]
    if how == "ever_above":
        return float(_extremum(at, times, -1.0)[1] >= level)
    if how == "last_rise":
        times = np.linspace(_extremum(at, times, 1.0)[0], end, GRID)
    below = np.array([at(t) for t in times]) < level
    i = int(np.flatnonzero(below[:-1] & ~below[1:])[0])
    return float(brentq(lambda t: at(t) - level, times[i], times[i + 1])) - begin


def _measure(module: ModuleType, record: dict[str, Any]) -> float:
    time = record["time"]
    if time is None:
        return float(module.ANALYTIC[record["quantity"]](_parameters(module, record)))
    end = time[1] if isinstance(time, tuple) else time
    return _read(_course(module, record, end), record)


@pytest.mark.parametrize(("name", "record"), CASES, ids=[f"{n}-{r['variant']}-{r['what']}" for n, r in CASES])
def test_published_number(name: str, record: dict[str, Any]) -> None:
    """Every number a source states is found, to the digits it prints."""
    measured = _measure(WRITINGS[name], record)
    wanted = pytest.approx(
        record["value"], rel=record["tolerance_relative"], abs=record.get("tolerance_absolute", 0.0)
    )
    assert measured == wanted, record["what"]


@pytest.mark.parametrize("name", WRITINGS)
def test_shape(name: str) -> None:
    """Every variant names the same parameters, every start the species; the right side is finite."""
    module = WRITINGS[name]
    assert module.RESULTS
    assert all(v.keys() == module.PARAMETERS.keys() for v in module.VARIANTS.values())
    for start in (module.INITIAL, *module.INITIALS.values()):
        assert tuple(start) == module.SPECIES
    for p in (module.PARAMETERS, *module.VARIANTS.values()):
        here = [module.INITIAL[s] for s in module.SPECIES]
        slope = module.rhs(0.0, here, p, *([lambda ago, here=here: here] if hasattr(module, "lags") else []))
        assert len(slope) == len(module.SPECIES)
        assert np.isfinite(slope).all()


def test_hahnel_loss_times() -> None:
    """The loss times recorded for the seven who lose MMR are what this writing gives."""
    module = WRITINGS["hahnel2020"]
    assert module.MEASURED_LOSS.keys() == set(module.LOST)
    for record in module.RESULTS:
        if record.get("read") == "ever_above" and record["variant"] in module.LOST:
            months = _measure(module, {**record, "read": "first_above"})
            assert months == pytest.approx(module.MEASURED_LOSS[record["variant"]], abs=1e-5)
    first_of_class_a = min(v for k, v in module.MEASURED_LOSS.items() if module.CLASS[k] == "A")
    assert first_of_class_a == pytest.approx(1.67, abs=0.005)  # models.md: 1.15
