"""Small models that several tests share."""

from __future__ import annotations

import functools

from nonself.codegen.build import build
from nonself.codegen.program import Program
from nonself.model.compose import compose
from nonself.model.ir import Model
from nonself.model.parts import Expression, Mechanism, Observable, Parameter, Reaction, Species
from nonself.provenance import assumed

WHY = assumed("a test model")


def _parameters(**values: float) -> tuple[Parameter, ...]:
    return tuple(Parameter(name, value, "1", WHY) for name, value in values.items())


def _compose(id: str, **parts: tuple[object, ...]) -> Model:
    mechanism = Mechanism(id, id, (), **parts)  # type: ignore[arg-type]
    return compose([mechanism], id=id, time_unit="day")


def robertson() -> Model:
    """The classic stiff chemistry of three species; A + B + C is constant."""
    return _compose(
        "robertson",
        species=tuple(Species(n, v, "1", WHY, scale=1e-6) for n, v in (("A", 1.0), ("B", 0.0), ("C", 0.0))),
        parameters=_parameters(k1=0.04, k2=3e7, k3=1e4),
        reactions=(
            Reaction("slow", "k1*A", {"A": -1, "B": 1}),
            Reaction("fast", "k2*B**2", {"B": -1, "C": 1}),
            Reaction("middle", "k3*B*C", {"B": -1, "A": 1}),
        ),
    )


def dosed() -> Model:
    """A drug that kills dividing cells with feedback: powers, saturation, an expression, an observable."""
    return _compose(
        "dosed",
        species=(
            Species("drug", 0.0, "1", WHY, scale=1e-3),
            Species("young", "base", "1", WHY, scale=1e-3),
            Species("cells", "base", "1", WHY, scale=1e-3),
        ),
        parameters=_parameters(base=5.0, k=1.0, slope=0.6, g=0.2, out=8.0, half=0.5, kill=1.0),
        expressions=(Expression("effect", "kill*drug/(half + drug)", "1"),),
        reactions=(
            Reaction("division", "k*young*(base/cells)**g", {"young": 1}),
            Reaction("death", "k*young*(slope*effect + 1)", {"young": -1}),
            Reaction("maturation", "k*young", {"cells": 1}),
            Reaction("loss", "k*cells", {"cells": -1}),
            Reaction("elimination", "out*drug", {"drug": -1}),
        ),
        observables=(Observable("ratio", "log10(cells/base)", "1"),),
    )


def growth() -> Model:
    """dY/dt = r Y**2: reaches infinity at time 1/(r Y0)."""
    return _compose(
        "growth",
        species=(Species("Y", "Y0", "1", WHY),),
        parameters=_parameters(r=0.01, Y0=1.0),
        reactions=(Reaction("birth", "r*Y**2", {"Y": 1}),),
    )


def decay() -> Model:
    """dY/dt = -k Y, and a tracer that is never touched."""
    return _compose(
        "decay",
        species=(Species("Y", "Y0", "1", WHY, scale=1e-6),),
        parameters=_parameters(k=1.0, Y0=1.0),
        reactions=(Reaction("death", "k*Y", {"Y": -1}),),
    )


def powers(count: int) -> Model:
    """dY/dt = -(Y**n0 + Y**n1 + ...), with `count` exponents."""
    exponents = {f"n{number}": 1.0 + number for number in range(count)}
    return _compose(
        "powers",
        species=(Species("Y", 1.0, "1", WHY, scale=1e-3),),
        parameters=_parameters(**exponents),
        reactions=tuple(Reaction(f"loss{name}", f"Y**{name}", {"Y": -1}) for name in exponents),
    )


def driven() -> Model:
    """dY/dt = -k (Y - exp(-time)) - exp(-time), whose solution from 1 is exp(-time)."""
    return _compose(
        "driven",
        species=(Species("Y", "Y0", "1", WHY, scale=1e-3),),
        parameters=_parameters(k=5.0, Y0=1.0),
        expressions=(Expression("aim", "exp(-time)", "1"),),
        reactions=(Reaction("approach", "-k*(Y - aim) - aim", {"Y": 1}),),
        observables=(Observable("lag", "Y - aim", "1"), Observable("clock", "time", "1")),
    )


def pulsed() -> Model:
    """Y grows at a rate that is on from `on` for `length`, and at one that depends on which is larger."""
    return _compose(
        "pulsed",
        species=(Species("Y", 0.0, "1", WHY), Species("Z", 1.0, "1", WHY)),
        parameters=_parameters(on=5.0, length=1e-4, high=1e4, n=0.5, k=0.1),
        reactions=(
            Reaction("pulse", "high if time >= on and time < on + length else 0", {"Y": 1}),
            Reaction("guarded", "k*positive_power(Z - 0.5, n)", {"Z": -1}),
            Reaction("limited", "k*min(Z, max(Y, 0.2)) + 0*abs(Y)", {"Z": 1}),
        ),
    )


@functools.cache
def program(name: str, width: int | None = None) -> Program:
    """Return a compiled test model, once a session and width."""
    level = None if width is None or width == 8 else "x86-64-v3"
    makers = {"robertson": robertson, "dosed": dosed, "growth": growth, "decay": decay}
    makers |= {"driven": driven, "pulsed": pulsed}
    return build(makers[name](), width=width, level=level, use_cache=False)
