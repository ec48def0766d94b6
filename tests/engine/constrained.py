"""Small models with constraints, each with an explicit twin where there is one, for tests."""

from __future__ import annotations

import dataclasses
import functools

import numpy as np

from nonself.codegen.build import build
from nonself.codegen.program import Program
from nonself.engine.problem import Action, Problem, parameter_table
from nonself.model.compose import compose
from nonself.model.ir import Model
from nonself.model.parts import Constraint, Event, Expression, Hazard, Mechanism, Parameter, Reaction, Species
from nonself.provenance import assumed

WHY = assumed("a test")
COUNT = 21
GRID = np.array([0.0, 0.3, 1.0, 2.0, 2.5, 4.0, 6.0, 6.0, 7.7, 10.0])
CONSTRAINTS = (
    Constraint("all_drug", "free + bound - drug", ("free", "open", "bound")),
    Constraint("all_targets", "open + bound - target", ()),
    Constraint("binding", "free*open - affinity*bound", ()),
)
# bound as the smaller root of the quadratic equation that the constraints come down to
EXPLICIT = (
    Expression("sum", "drug + target + affinity", "1"),
    Expression("bound", "2*drug*target/(sum + sqrt(sum*sum - 4*drug*target))", "1"),
    Expression("free", "drug - bound", "1"),
    Expression("open", "target - bound", "1"),
)


def binding(
    explicit: bool = False, events: tuple[Event, ...] = (), hazards: tuple[Hazard, ...] = ()
) -> Model:
    """A drug that binds its target in no time; the affinity swings with time."""
    differential = (Species("drug", 2.0, "1", WHY, scale=1e-3), Species("target", 1.0, "1", WHY, scale=1e-3))
    algebraic = tuple(Species(name, 1.0, "1", WHY, scale=1e-3) for name in ("free", "open", "bound"))
    values = {"K": 0.3, "out": 0.8, "made": 0.5, "lost": 0.5, "inside": 0.2, "swing": 2.0, "rare": 0.3}
    mechanism = Mechanism(
        "binding", "binding", (),
        species=differential if explicit else (*differential, *algebraic),
        parameters=tuple(Parameter(name, value, "1", WHY) for name, value in values.items()),
        expressions=(Expression("affinity", "K*(1 + 0.5*sin(swing*time))", "1"), *(EXPLICIT if explicit else ())),
        reactions=(
            Reaction("elimination", "out*free", {"drug": -1}),
            Reaction("internalization", "inside*bound", {"drug": -1, "target": -1}),
            Reaction("turnover", "made - lost*open", {"target": 1}, signed=True),
        ),
        constraints=() if explicit else CONSTRAINTS,
        events=events,
        hazards=hazards,
    )  # fmt: skip
    return compose([mechanism], id="binding", time_unit="day")


def eventful(explicit: bool = False) -> Model:
    """The same with an event on what constraints determine, and a hazard of it."""
    refill = Event("refill", "free < 0.1", {"drug": "drug + 1"})
    return binding(explicit, (refill,), (Hazard("loss", "rare*bound", {"target": -0.05}),))


def turned() -> Model:
    """Two constraints neither of whose rows can be divided by its own entry in every patient."""
    mechanism = Mechanism(
        "turned", "turned", (),
        species=tuple(Species(name, 1.0, "1", WHY, scale=1e-3) for name in ("x", "z", "w")),
        parameters=(Parameter("a", 0.0, "1", WHY), Parameter("b", 0.0, "1", WHY)),
        reactions=(Reaction("decay", "z", {"x": -1}, signed=True),),
        constraints=(
            Constraint("first", "a*z + w - x", ("z", "w")), Constraint("second", "z + b*w - 2*x", ()),
        ),
    )  # fmt: skip
    return compose([mechanism], id="turned", time_unit="day")


def compiled(model: Model, width: int | None = None) -> Program:
    """Return the compiled model."""
    level = None if width is None or width == 8 else "x86-64-v3"
    return build(model, width=width, level=level, use_cache=False)


@functools.cache
def program(explicit: bool = False, width: int | None = None) -> Program:
    """Return the eventful model, compiled once."""
    return compiled(eventful(explicit), width)


ACTIONS = (
    Action(0.0, "add", "drug", 1.0),
    Action(2.0, "add", "drug", np.linspace(0.5, 3.0, COUNT)),
    Action(np.linspace(3.0, 5.0, COUNT), "set", "K", 0.1),
    Action(6.0, "multiply", "target", 0.5),
    Action(10.0, "add", "drug", 1.0),
)


def patients(explicit: bool = False, width: int | None = None, **changes: object) -> Problem:
    """Return a problem of some patients with doses, a change of a parameter, an event and a hazard."""
    built = program(explicit, width)
    rng = np.random.default_rng(5)
    drawn = {name: np.exp(rng.normal(0, 0.3, COUNT)) for name in ("K", "out", "made", "inside")}
    defaults = dict(zip(built.parameters, built.defaults, strict=True))
    table = parameter_table(built, COUNT, {name: defaults[name] * part for name, part in drawn.items()})
    names = tuple(f"p{k}" for k in range(COUNT))
    problem = Problem(built, names, table, 10.0, GRID, ACTIONS, rtol=1e-8, seed=2)
    return dataclasses.replace(problem, **changes)  # type: ignore[arg-type]


def residuals(values: np.ndarray, times: np.ndarray, affinity: np.ndarray, swing: float = 2.0) -> np.ndarray:
    """Return how far the constraints of `binding` are from zero at what was read out, the largest."""
    drug, target, free, left, bound = (values[..., k] for k in range(5))
    swung = affinity * (1 + 0.5 * np.sin(swing * times))
    parts = free + bound - drug, left + bound - target, free * left - swung * bound
    return np.max(np.abs(parts), axis=0)
