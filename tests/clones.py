"""Models with clones, their exact laws, and exact simulations written without the engine, for tests."""

from __future__ import annotations

import functools
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from nonself.codegen.build import build
from nonself.codegen.program import Program
from nonself.model.compose import compose
from nonself.model.ir import Model
from nonself.model.parts import (
    Clone,
    CloneGroup,
    Expression,
    Hazard,
    Mechanism,
    Observable,
    Parameter,
    Reaction,
    Species,
    Trait,
)
from nonself.provenance import assumed

Array = NDArray[np.float64]
WHY = assumed("a test")
DOSES = (1.0, 2.0, 4.0)


def _rates(unit: str = "1/day", **values: float) -> tuple[Parameter, ...]:
    return tuple(Parameter(name, value, unit, WHY) for name, value in values.items())


def alone(threshold: float | str = 10_000.0, cells: float = 1.0) -> Model:
    """One clone of constant rates."""
    mechanism = Mechanism(
        "alone", "one clone", (),
        species=(Species("R", "start", "cell", WHY, scale=1 / cells),),
        parameters=(
            *_rates(b=1.0, d=0.8), *_rates("cell", start=8.0 / cells),
            *(_rates("cell", few=1000.0) if threshold == "few" else ()),
        ),
        clones=(Clone("R", "b", "d", threshold, cells),),
    )  # fmt: skip
    return compose([mechanism], id="alone", time_unit="day")


def treated() -> Model:
    """A clone that a drug kills: rates of both kinds vary, and dip at each dose."""
    mechanism = Mechanism(
        "treated", "a clone under treatment", (),
        species=(Species("drug", 0.0, "1", WHY, scale=1e-3), Species("R", "start", "cell", WHY)),
        parameters=(*_rates(b=1.0, d=0.6, kill=4.0, out=1.5, rise=0.1), *_rates("cell", start=12.0)),
        expressions=(Expression("effect", "drug/(0.5 + drug)", "1"),),
        reactions=(Reaction("elimination", "out*drug", {"drug": -1}),),
        clones=(Clone("R", "b*(1 - 0.5*effect) + rise*(1 - exp(-d*time))", "d + kill*effect", 10_000.0),),
    )  # fmt: skip
    return compose([mechanism], id="treated", time_unit="day")


def crowded() -> Model:
    """A clone that a product of its own slows down: what it does comes back to it."""
    mechanism = Mechanism(
        "crowded", "a clone and its product", (),
        species=(Species("R", "start", "cell", WHY), Species("M", 0.0, "cell", WHY)),
        parameters=(
            *_rates(b=1.2, d=0.6, out=0.8, give=0.8), *_rates("1/(cell*day)", c=0.02),
            *_rates("cell", start=10.0),
        ),
        reactions=(Reaction("product", "give*R", {"M": 1}), Reaction("loss", "out*M", {"M": -1})),
        clones=(Clone("R", "b", "d + c*M", 10_000.0),),
    )  # fmt: skip
    return compose([mechanism], id="crowded", time_unit="day")


def mutating() -> Model:
    """A small clone whose cells mutate: a hazard that hangs on chance, and cuts steps short."""
    mechanism = Mechanism(
        "mutating", "a clone whose cells mutate", (),
        species=(Species("R", "start", "cell", WHY), Species("Q", 0.0, "cell", WHY)),
        parameters=(*_rates(b=1.1, d=1.0, mu=0.05), *_rates("cell", start=5.0)),
        clones=(Clone("R", "b", "d", 10_000.0),),
        hazards=(Hazard("mutation", "mu*R", {"Q": 1}),),
    )  # fmt: skip
    return compose([mechanism], id="mutating", time_unit="day")


T = CloneGroup(
    "T", 6, "cell", WHY, birth="b*A", death="d + kill*drug",
    traits=(Trait("A", "exp(spread*z)", "1"), Trait("B", "rho*z + sqrt(1 - rho**2)*w + 0*u", "1")),
    draws={"z": "normal", "w": "normal", "u": "uniform"}, threshold=200.0,
)  # fmt: skip


def founded(slots: int = 6) -> Model:
    """Clones with traits founded one by one, a drug that kills them, something they make, one single clone."""
    group = T if slots == 6 else CloneGroup(
        "T", slots, "cell", WHY, T.birth, T.death, T.traits, T.draws, T.threshold
    )  # fmt: skip
    total = " + ".join(f"T_{k}" for k in range(1, slots + 1))
    mechanism = Mechanism(
        "founded", "clones founded by chance", (),
        species=(
            Species("drug", 0.0, "1", WHY, scale=1e-3), Species("M", 0.0, "cell", WHY),
            Species("R", "start", "cell", WHY),
        ),
        parameters=(
            *_rates(b=0.9, d=1.0, kill=2.0, out=0.5, often=0.7, give=0.1),
            *_rates("1", spread=0.3, rho=0.5), *_rates("cell", start=20.0),
        ),
        expressions=(Expression("all", total, "cell"),),
        reactions=(
            Reaction("elimination", "out*drug", {"drug": -1}), Reaction("product", "give*all", {"M": 1}),
            Reaction("loss", "out*M", {"M": -1}),
        ),
        observables=(Observable("load", "all + R", "cell"),),
        hazards=(Hazard("export", "often", founds="T"),),
        clones=(Clone("R", "b", "d", 100.0),),
        clone_groups=(group,),
    )  # fmt: skip
    return compose([mechanism], id=f"founded{slots}", time_unit="day")


@functools.cache
def clone_program(kind: str, width: int | None = None) -> Program:
    """Return a compiled model, once a session and width."""
    level = None if width is None or width == 8 else "x86-64-v3"
    makers: dict[str, Callable[[], Model]] = {
        "alone": alone, "treated": treated, "crowded": crowded, "mutating": mutating, "founded": founded,
        "founded2": lambda: founded(2), "alone few": lambda: alone("few"),
        "alone in thousands": lambda: alone(cells=1000.0),
    }  # fmt: skip
    return build(makers[kind](), width=width, level=level, use_cache=False)


# exact laws and simulations ------------------------------------------------------------------------------------


def kendall(start: int, birth: float, death: float, time: float, most: int) -> Array:
    """P(n cells at a time), n = 0 .. most: the power of one cell's generating function, by Fourier transform."""
    size = 1 << int(np.ceil(np.log2(most + 1)) + 3)
    z = np.exp(2j * np.pi * np.arange(size) / size)
    if birth == death:
        one = 1 - (1 - z) / (1 + birth * time * (1 - z))
    else:
        growth = np.exp((birth - death) * time)
        one = (death * (1 - z) - (death - birth * z) / growth) / (
            birth * (1 - z) - (death - birth * z) / growth
        )
    return np.fft.fft(one**start).real[: most + 1] / size


def simulated(
    start: int, birth: Callable[[Array], Array], death: Callable[[Array], Array], highest: float, until: float,
    count: int, seed: int,
) -> Array:  # fmt: skip
    """Exact simulation by thinning: `highest` is above birth + death at any time."""
    rng = np.random.default_rng(seed)
    cells, clock = np.full(count, float(start)), np.zeros(count)
    going = np.arange(count)
    while going.size:
        clock[going] += rng.exponential(1.0, going.size) / (highest * cells[going])
        going = going[clock[going] < until]
        lot, now = rng.random(going.size) * highest, clock[going]
        up = birth(now)
        down = up + death(now)
        assert (down <= highest).all()
        cells[going] += np.where(lot < up, 1.0, np.where(lot < down, -1.0, 0.0))
        going = going[cells[going] > 0]
    return cells


def fits(counts: Array, law: Array) -> float:
    """P value of counts under a law, P(n) for n = 0 .. and more: chi-square over classes of at least 8 expected."""
    seen = np.bincount(counts.astype(int), minlength=law.size)
    law = np.append(law, max(0.0, 1.0 - law.sum()))
    seen = np.append(seen[: law.size - 1], seen[law.size - 1 :].sum())
    groups, total = np.zeros(law.size, dtype=int), 0.0
    for k in range(1, law.size):
        total += law[k - 1] * counts.size
        groups[k] = groups[k - 1] + (total >= 8)
        total = 0.0 if total >= 8 else total
    if total + law[-1] * counts.size < 8:
        groups[groups == groups[-1]] = max(0, groups[-1] - 1)
    expected = np.bincount(groups, law) * counts.size
    observed = np.bincount(groups, seen)
    return float(stats.chisquare(observed, expected * observed.sum() / expected.sum()).pvalue)


def alike(left: Array, right: Array) -> float:
    """P value of two samples of counts having one law: chi-square over classes of at least 16 in both together."""
    both = np.sort(np.concatenate([left, right]))
    edges = np.unique(both[:: max(16, both.size // 60)])
    table = np.array([np.histogram(one, [*edges, np.inf])[0] for one in (left, right)])
    return float(stats.chi2_contingency(table[:, table.sum(axis=0) > 0]).pvalue)
