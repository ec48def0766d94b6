"""Small random models for hypothesis: formulas of every kind, events, derived parameters, units."""

from __future__ import annotations

from hypothesis import strategies as st

from nonself.model.compose import compose
from nonself.model.ir import Model
from nonself.model.parts import Event, Expression, Mechanism, Observable, Parameter, Reaction, Species
from nonself.provenance import Citation, assumed

BOOK = Citation("Some2020", "A title with <signs> & more", "One A, Two B", 2020, "Journal 1:2", doi="10.1/x")
NUMBERS = st.one_of(
    st.integers(-9, 9).map(float),
    st.floats(
        allow_nan=False, allow_infinity=False, allow_subnormal=False, width=64, min_value=-1e9, max_value=1e9
    ),
).map(lambda value: f"({value!r})" if value < 0 else repr(value))
SOURCES = st.one_of(
    st.builds(assumed, st.text(st.characters(codec="utf-8", categories=["L", "P", "S", "N"]), min_size=1)),
    st.just(BOOK),
    st.just(BOOK.at("Table 1")),
)
UNITS = st.sampled_from(
    ("1", "cell", "cell/uL", "1/day", "percent", "mg/(kg*hour)**2", "mmHg", "liter", "uM")
)


def formulas(names: list[str], depth: int = 3) -> st.SearchStrategy[str]:
    """Formulas of numbers."""
    leaf = st.one_of(st.sampled_from(names), NUMBERS)
    if depth == 0:
        return leaf
    inner = formulas(names, depth - 1)
    return st.one_of(
        leaf,
        st.tuples(inner, st.sampled_from("+-*/"), inner).map(lambda t: f"({t[0]} {t[1]} {t[2]})"),
        inner.map(lambda one: f"(-{one})"),
        st.tuples(st.sampled_from(("exp", "abs", "tanh", "sqrt", "log10", "atan")), inner).map(
            lambda t: f"{t[0]}({t[1]})"
        ),
        st.tuples(st.sampled_from(("min", "max", "positive_power")), inner, inner).map(
            lambda t: f"{t[0]}({t[1]}, {t[2]})"
        ),
        st.lists(inner, min_size=2, max_size=20).map(" + ".join).map("({})".format),
        st.tuples(inner, conditions(names, depth - 1), inner).map(
            lambda t: f"({t[0]} if {t[1]} else {t[2]})"
        ),
    )


def conditions(names: list[str], depth: int) -> st.SearchStrategy[str]:
    """Conditions on species and parameters."""
    side = formulas([name for name in names if name != "time"], max(0, depth - 1))
    plain = st.tuples(side, st.sampled_from(("<", "<=", ">", ">=")), side).map(
        lambda t: f"{t[0]} {t[1]} {t[2]}"
    )
    if depth == 0:
        return plain
    inner = conditions(names, depth - 1)
    return st.one_of(
        plain,
        st.tuples(inner, st.sampled_from(("and", "or")), inner).map(lambda t: f"({t[0]} {t[1]} {t[2]})"),
        inner.map(lambda one: f"(not {one})"),
    )


@st.composite
def models(draw: st.DrawFn) -> Model:
    """A model of one to four species."""
    species = [f"s{k}" for k in range(draw(st.integers(1, 4)))]
    constants = [f"p{k}" for k in range(draw(st.integers(1, 3)))]
    unit = draw(UNITS)
    derived = [f"d{k}" for k in range(draw(st.integers(0, 3)))]
    known = [*constants]
    parameters = [
        Parameter(
            name,
            draw(st.floats(-10, 10, allow_subnormal=False)),
            draw(UNITS),
            draw(SOURCES),
            draw(st.sampled_from(("", "a < b"))),
        )
        for name in constants
    ]
    for name in draw(st.permutations(derived)):
        parameters.append(Parameter(name, draw(formulas(known, 2)), unit, draw(SOURCES)))
        known.append(name)
    starts = st.one_of(st.floats(-5, 5, allow_subnormal=False), formulas(known, 1))
    everything = [*known, *species]
    expressions = [
        Expression(f"e{k}", draw(formulas([*everything, "time"], 2)), unit)
        for k in range(draw(st.integers(0, 2)))
    ]
    everything += [part.id for part in expressions]
    rates = formulas(everything)
    reactions = [
        Reaction(
            draw(st.sampled_from((f"r{k}", f"flow {k}"))),
            draw(rates),
            draw(st.dictionaries(st.sampled_from(species), st.sampled_from((-2.0, -1.0, 0.5, 1.0)), min_size=1)),
            signed=draw(st.booleans()),
        )
        for k in range(draw(st.integers(0, 4)))
    ]  # fmt: skip
    events = [
        Event(f"v{k}", draw(conditions(everything, 1)), {draw(st.sampled_from(species)): draw(rates)},
              delay=draw(st.sampled_from((None, 0.5, "abs(p0)"))), persistent=draw(st.booleans()))
        for k in range(draw(st.integers(0, 1)))
    ]  # fmt: skip
    one = Mechanism(
        "m",
        "a random one",
        draw(st.sampled_from(((), (BOOK,)))),
        species=tuple(Species(name, draw(starts), unit, draw(SOURCES), scale=0.5) for name in species),
        parameters=tuple(parameters),
        expressions=tuple(expressions),
        reactions=tuple(reactions),
        observables=(Observable("seen", draw(rates), unit),),
        events=tuple(events),
    )
    return compose([one], id="m", time_unit=draw(st.sampled_from(("day", "hour", "month"))))
