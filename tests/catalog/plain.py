"""A plain solver of catalog entries for their `must` lines: Python's `eval` and SciPy."""

from __future__ import annotations

import ast
import math
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from itertools import chain, pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.integrate import solve_ivp
from scipy.optimize import minimize_scalar

from nonself.catalog.entry import Must, PublishedModel
from nonself.catalog.registry import model as entry
from tests.dde import solve_dde

Array = NDArray[np.float64]
FUNCTIONS = {
    "exp": math.exp, "log": math.log, "sqrt": math.sqrt, "max": max, "min": min, "__builtins__": {},
    "positive_power": lambda base, power: base**power if base > 0 else 0.0,
}  # fmt: skip
RTOL = 1e-10


def parts(model: PublishedModel, kind: str) -> tuple[Any, ...]:
    """Return all parts of one kind ("species", "parameters", ...) over the mechanisms."""
    return tuple(chain.from_iterable(getattr(mechanism, kind) for mechanism in model.mechanisms))


def compiled(formulas: list[str], names: list[str]) -> Callable[..., list[float]]:
    """Return a function of `names` that gives the values of the formulas."""
    source = f"lambda {', '.join(names)}: [{', '.join(formulas)}]"
    return eval(compile(source, "<catalog>", "eval"), dict(FUNCTIONS))  # type: ignore[no-any-return]


def constants(model: PublishedModel, overrides: Mapping[str, float]) -> dict[str, float]:
    """Return all parameter values, formula-valued ones computed from the others."""
    defaults = {f"{part.id}_initial": part.initial for part in parts(model, "species")}
    defaults |= {part.id: part.value for part in parts(model, "parameters")}
    pending = {name: overrides.get(name, value) for name, value in defaults.items()}
    unknown = set(overrides) - set(pending)
    assert not unknown, f"{model.id} has no parameters {sorted(unknown)}"
    known: dict[str, float] = {}
    while pending:
        before = len(pending)
        for name, value in list(pending.items()):
            try:
                known[name] = eval(value, dict(FUNCTIONS), known) if isinstance(value, str) else float(value)
            except NameError:
                continue
            del pending[name]
        assert len(pending) < before, f"{model.id}: cannot compute {sorted(pending)}"
    return known


@dataclass(frozen=True)
class Course:
    """A solved stretch of time between two acts, with the parameter values that held in it."""

    begin: float
    end: float
    values: Mapping[str, float]
    state: Callable[[float], Array]


class _Delays(ast.NodeTransformer):
    """Puts a name in the place of each delay."""

    def __init__(self, found: dict[str, tuple[str, str]]) -> None:
        self.found = found

    def visit_Call(self, node: ast.Call) -> ast.AST:
        self.generic_visit(node)
        if not (isinstance(node.func, ast.Name) and node.func.id == "delay"):
            return node
        what, ago = (ast.unparse(part) for part in node.args)
        for name, known in self.found.items():
            if known == (what, ago):
                return ast.Name(name)
        self.found[f"_delayed_{len(self.found)}"] = (what, ago)
        return ast.Name(list(self.found)[-1])


class Plain:
    """One model as plain Python functions."""

    def __init__(self, model: PublishedModel) -> None:
        self.model = model
        self.species = [part.id for part in parts(model, "species")]
        self.names = [*self.species, *constants(model, {})]
        self.expressions = {part.id: f"({part.formula})" for part in parts(model, "expressions")}
        reactions = parts(model, "reactions")
        self.delays: dict[str, tuple[str, str]] = {}  # what stands for a delay -> of what, and how long
        rates = [self.without_delays(self.inlined(part.rate)) for part in reactions]
        self.rates_with = compiled(rates, [*self.names, *self.delays])
        self.looked_at = compiled([what for what, _ in self.delays.values()], self.names)
        self.lags = compiled([ago for _, ago in self.delays.values()], self.names)
        self.solutions: dict[str, Course] = {}
        self.change = np.array([[part.change.get(s, 0.0) for part in reactions] for s in self.species])
        formulas = {s: s for s in self.species}
        formulas |= {part.id: self.inlined(part.formula) for part in parts(model, "observables")}
        self.quantities = {name: compiled([formula], self.names) for name, formula in formulas.items()}
        self.tolerance = RTOL * np.array([part.scale for part in parts(model, "species")])

    def measured_constants(self) -> dict[str, float]:
        """Return the parameter values as written."""
        return constants(self.model, {})

    def inlined(self, formula: str) -> str:
        """Return the formula with the names of expressions replaced by what they stand for."""
        for _ in self.expressions:
            for name, inner in self.expressions.items():
                formula = "".join(inner if token == name else token for token in tokens(formula))
        return formula

    def without_delays(self, formula: str) -> str:
        """Return the formula with names in place of delays, which are kept."""
        return ast.unparse(_Delays(self.delays).visit(ast.parse(formula, mode="eval")))

    def rates(self, *values: float) -> list[float]:
        """Return the rates of all reactions, where all has always been as it is."""
        return self.rates_with(*values, *self.looked_at(*values))

    def slope(self, state: Array, values: Mapping[str, float]) -> Array:
        """Return d(state)/dt."""
        return np.asarray(self.change @ np.array(self.rates(*state, *values.values())))

    def start(self, values: Mapping[str, float]) -> Array:
        """Return the initial state."""
        return np.array([values[f"{name}_initial"] for name in self.species])

    def overrides(self, must: Must) -> dict[str, float]:
        """Return the parameters a `must` sets from the start."""
        variants = {variant.id: variant.values for variant in self.model.variants}
        return dict(variants[must.variant] if must.variant is not None else {}) | dict(must.set or {})

    def courses(self, must: Must) -> Iterator[Course]:
        """Yield the stretches of time of one `must`, in order."""
        overrides = self.overrides(must)
        values = constants(self.model, overrides)
        state = self.start(values)
        acts = sorted((act for act in must.acts if act.time <= must.at), key=lambda act: act.time)
        for begin, end in pairwise([0.0, *(act.time for act in acts), must.at]):
            if end > begin:
                course = self.solved(state, values, begin, end)
                yield course
                state = course.state(end)
            if acts:
                act = acts.pop(0)
                overrides |= dict(act.set or {})
                values = constants(self.model, overrides)
                state = state + np.array([(act.add or {}).get(s, 0.0) for s in self.species])

    def solved(self, state: Array, values: Mapping[str, float], begin: float, end: float) -> Course:
        """Integrate between two acts."""
        if self.delays:
            assert begin == 0.0
            return self.solved_with_delays(state, values)
        answer = solve_ivp(
            lambda time, y: self.slope(y, values), (begin, end), state, method="LSODA",
            rtol=RTOL, atol=self.tolerance, dense_output=True,
        )  # fmt: skip
        assert answer.success, f"{self.model.id}: {answer.message}"
        assert answer.sol is not None
        return Course(begin, end, values, answer.sol)

    def solved_with_delays(self, state: Array, values: Mapping[str, float]) -> Course:
        """Integrate to the last time that is asked for, once."""
        given = list(values.values())
        lags = self.lags(*state, *given)
        end = max(self.model.until, *(must.at for must in self.model.must))

        def slope(time: float, y: Array, past: Callable[[float], Array]) -> Array:
            seen = [self.looked_at(*past(lag), *given)[k] for k, lag in enumerate(lags)]
            return np.asarray(self.change @ np.array(self.rates_with(*y, *given, *seen)))

        key = repr((list(state), given))
        if key not in self.solutions:
            course = solve_dde(slope, lags, state, end, RTOL, self.tolerance)
            self.solutions[key] = Course(0.0, end, values, course)
        return self.solutions[key]

    def measured(self, must: Must) -> float:
        """Return the value that a `must` bounds."""
        courses = [replace(course, end=min(course.end, must.at)) for course in self.courses(must)]
        if not courses:  # at the very start
            values = constants(self.model, self.overrides(must))
            courses = [Course(0.0, 0.0, values, lambda time: self.start(values))]
        last = courses[-1]
        if must.reduce == "at":
            return self.value(must.quantity, last, must.at)
        sign = 1.0 if must.reduce.endswith("min") else -1.0
        found = min(self.lowest(must.quantity, course, sign) for course in courses)
        return found[1] if must.reduce.startswith("arg") else sign * found[0]

    def value(self, quantity: str, course: Course, time: float) -> float:
        """Return a quantity at one time of a course."""
        return self.quantities[quantity](*course.state(time), *course.values.values())[0]

    def lowest(self, quantity: str, course: Course, sign: float) -> tuple[float, float]:
        """Return the lowest value of sign * quantity in a course, and its time."""
        times = np.linspace(course.begin, course.end, 4001)
        seen = [sign * self.value(quantity, course, time) for time in times]
        best = int(np.argmin(seen))
        bounds = (times[max(best - 1, 0)], times[min(best + 1, len(times) - 1)])
        fine = minimize_scalar(
            lambda time: sign * self.value(quantity, course, time), bounds=bounds, method="bounded",
            options={"xatol": 1e-9 * course.end},
        )  # fmt: skip
        return min((seen[best], float(times[best])), (float(fine.fun), float(fine.x)))


def tokens(formula: str) -> list[str]:
    """Split a formula into names and what stands between them."""
    return re.findall(r"[A-Za-z_]\w*|[^A-Za-z_]+", formula)


@cache
def plain(name: str) -> Plain:
    """Return the plain solver of a model of the catalog."""
    return Plain(entry(name))
