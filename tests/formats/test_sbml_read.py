"""SBML in: names, what becomes what, and what is refused, on small files."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import nonself
from nonself.errors import InputError, UnknownName
from nonself.formats.sbml.naming import RESERVED

MATH = '<math xmlns="http://www.w3.org/1998/Math/MathML">'
TIME = '<csymbol encoding="text" definitionURL="http://www.sbml.org/sbml/symbols/time">t</csymbol>'


def sbml(body: str, level: str = "3", version: str = "2", more: str = "", model: str = "") -> str:
    space = f"level{level}/version{version}" + ("/core" if level == "3" else "")
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<sbml xmlns="http://www.sbml.org/sbml/{space}" level="{level}" '
        f'version="{version}" {more}>\n<model id="m" {model}>\n{body}\n</model></sbml>'
    )


def parameters(**values: float) -> str:
    rows = "".join(
        f'<parameter id="{key}" value="{value}" constant="false"/>' for key, value in values.items()
    )
    return f"<listOfParameters>{rows}</listOfParameters>\n"


def rule(kind: str, variable: str, formula: str) -> str:
    target = "" if kind == "algebraicRule" else f' variable="{variable}"'
    return f"<{kind}{target}>{MATH}{formula}</math></{kind}>"


def rules(*given: str) -> str:
    return "<listOfRules>\n" + "\n".join(given) + "</listOfRules>"


def event(trigger: str, variable: str, formula: str) -> str:
    return (
        f'<event useValuesFromTriggerTime="true"><trigger initialValue="true" persistent="true">{MATH}{trigger}</math>'
        f'</trigger><listOfEventAssignments><eventAssignment variable="{variable}">{MATH}{formula}</math>'
        "</eventAssignment></listOfEventAssignments></event>"
    )


def apply(word: str, *parts: str) -> str:
    return f"<apply><{word}/>{''.join(parts)}</apply>"


def ci(name: str) -> str:
    return f"<ci>{name}</ci>"


def cn(value: float) -> str:
    return f"<cn>{value}</cn>"


def delay(what: str, ago: str) -> str:
    symbol = '<csymbol encoding="text" definitionURL="http://www.sbml.org/sbml/symbols/delay">d</csymbol>'
    return f"<apply>{symbol}{what}{ago}</apply>"


@pytest.fixture
def read(tmp_path: Path):
    def of(text: str):
        path = tmp_path / "model.xml"
        path.write_text(text)
        return nonself.read_sbml(path)

    return of


def course(read, name: str, until: float = 10.0, points: int = 101) -> np.ndarray:
    model, called = read.showing([(name, "as named")])
    found = nonself.simulate(model, until=until, points=points, rtol=1e-9, show=(called[name, "as named"],))
    assert found.finished.all()
    return found.values[0, :, 0]


def test_names_that_clash_are_renamed_one_to_one_and_mean_the_same(read) -> None:
    clashing = [
        *sorted(RESERVED),
        "I",
        "E",
        "S",
        "pi",
        "gamma",
        "lambda_",
        "x_initial",
        "x_amount",
        "double",
        "entry",
    ]
    text = sbml(
        parameters(x=1.0, **dict.fromkeys(clashing, 0.5))
        + rules(rule("rateRule", "x", apply("times", *map(ci, clashing[:4]), ci("x"))))
    )
    found = read(text)
    assert len(set(found.names.values())) == len(found.names)
    assert found.names["lambda"] not in ("lambda", "lambda_")
    assert found.names["gamma"] == "gamma"
    assert course(found, "x")[-1] == pytest.approx(np.exp(10 * 0.5**4), rel=1e-7)


def test_amounts_and_concentrations_are_told_apart(read) -> None:
    text = sbml(
        '<listOfCompartments><compartment id="V" size="2" constant="true" spatialDimensions="3"/></listOfCompartments>'
        '<listOfSpecies><species id="A" compartment="V" initialAmount="6" hasOnlySubstanceUnits="true" '
        'boundaryCondition="false" constant="false"/><species id="C" compartment="V" initialAmount="0" '
        'hasOnlySubstanceUnits="false" boundaryCondition="false" constant="false"/></listOfSpecies>'
        '<listOfReactions><reaction id="R" reversible="false"><listOfReactants><speciesReference species="A" '
        'stoichiometry="1" constant="true"/></listOfReactants><listOfProducts><speciesReference species="C" '
        f'stoichiometry="1" constant="true"/></listOfProducts><kineticLaw>{MATH}{ci("A")}</math></kineticLaw>'
        "</reaction></listOfReactions>"
    )
    found = read(text)
    assert dict(found.means) == {"A": "amount", "C": "concentration"}
    wanted = [("A", "concentration"), ("C", "as named"), ("C", "amount")]
    model, called = found.showing(wanted)
    end = nonself.simulate(model, until=40, show=tuple(called[one] for one in wanted)).values[0, -1]
    assert end == pytest.approx([0.0, 3.0, 6.0], abs=1e-5)
    with pytest.raises(UnknownName):
        found.showing([("B", "amount")])
    with pytest.raises(InputError, match="has no amount"):
        found.showing([("V", "amount")])


def test_no_turn_of_a_floor_is_stepped_over(read) -> None:
    """dx/dt = 1 in the first tenth of each unit of time: 100 pulses between two readouts."""
    phase = apply("minus", TIME, apply("floor", TIME))
    on = f"<piecewise><piece>{cn(1)}{apply('lt', phase, cn(0.1))}</piece><otherwise>{cn(0)}</otherwise></piecewise>"
    found = read(sbml(parameters(x=0.0) + rules(rule("rateRule", "x", on))))
    assert course(found, "x", until=100.0, points=2)[-1] == pytest.approx(10.0, rel=1e-9)


def test_equality_in_a_trigger_is_met_at_its_moment(read) -> None:
    """x rises as exp(t) - 1 and passes 5 at log 6; that sets it back, so that it passes again and again."""
    text = sbml(
        parameters(x=0.0, n=0.0)
        + rules(rule("rateRule", "x", apply("plus", ci("x"), cn(1))))
        + "<listOfEvents>"
        + event(apply("eq", ci("x"), cn(5)), "n", apply("plus", ci("n"), cn(1)))
        + event(apply("eq", ci("x"), cn(5)), "x", cn(0))
        + "</listOfEvents>"
    )
    values = course(read(text), "n", until=10.0)
    assert values[-1] == np.floor(10 / np.log(6))
    times = np.linspace(0, 10, 101)
    assert (values == np.floor(times / np.log(6) + 1e-12)).all()


@pytest.mark.parametrize(
    ("body", "name"),
    [
        (parameters(x=1.0) + rules(rule("algebraicRule", "", apply("minus", cn(2), cn(1)))), "algebraic rule"),
        (parameters(x=1.0) + rules(rule("rateRule", "x", delay(ci("x"), ci("x")))), "delay whose length"),
        (parameters(x=1.0) + rules(rule("rateRule", "x", delay(ci("x"), TIME))), "delay whose length"),
        (
            parameters(x=1.0, y=1.0)
            + rules(rule("rateRule", "x", ci("y")), rule("assignmentRule", "y", delay(ci("x"), ci("x")))),
            "delay whose length",
        ),
        (parameters(x=1.0) + rules(rule("rateRule", "x", ci("y"))), "y"),
        (parameters(x=1.0) + rules(rule("rateRule", "y", ci("x"))), "y"),
        (parameters(x=1.0, y=1.0) + rules(rule("assignmentRule", "x", ci("y")), rule("assignmentRule", "y", ci("x"))),
         "circular"),
    ],
)  # fmt: skip
def test_what_is_not_supported_is_refused_with_its_line(read, body: str, name: str) -> None:
    with pytest.raises(InputError, match=f"(?i){name}") as refused:
        read(sbml(body))
    assert refused.value.file
    assert refused.value.file.endswith("model.xml")
    assert refused.value.line
    assert refused.value.mend


def test_delays_see_what_held_before_the_start(read) -> None:
    """Initial assignments and rules with time hold at that time; first values, and rates of 0, elsewhere."""
    first = {"x": TIME, "z": delay(apply("plus", ci("a"), ci("y")), cn(2))}
    start = "".join(
        f'<initialAssignment symbol="{key}">{MATH}{formula}</math></initialAssignment>'
        for key, formula in first.items()
    )
    given = rules(
        rule("rateRule", "y", cn(3)),
        rule("assignmentRule", "a", delay(ci("x"), cn(1))),
        rule("assignmentRule", "b", delay(apply("times", TIME, ci("y")), cn(1))),
        rule("assignmentRule", "c", delay(ci("a"), cn(1))),
        rule("assignmentRule", "d", delay(ci("y"), ci("lag"))),
        rule("assignmentRule", "lag", apply("divide", TIME, cn(2))),
    )
    values = parameters(x=5.0, y=2.0, a=0, b=0, c=0, d=0, lag=0, z=0)
    text = sbml(f"{values}<listOfInitialAssignments>{start}</listOfInitialAssignments>{given}")
    grid, model = np.linspace(0, 10, 101), read(text)
    before = np.maximum(grid - 1, 0)
    exact = {
        "a": np.minimum(grid - 1, 0), "b": (grid - 1) * (2 + 3 * before), "c": np.minimum(grid - 2, 0),
        "d": 2 + 1.5 * grid, "x": 0 * grid, "z": -3 + 2 + 0 * grid,
    }  # fmt: skip
    for name, values_ in exact.items():
        assert np.abs(course(model, name) - values_).max() < 1e-8, name


def test_all_refusals_of_a_file_are_said_at_once(read) -> None:
    fast = "".join(
        f'<reaction id="{name}" fast="true"><listOfReactants><speciesReference species="S"/></listOfReactants>\n'
        f"<kineticLaw>{MATH}{ci('S')}</math></kineticLaw></reaction>"
        for name in ("first", "second")
    )
    text = sbml(
        '<listOfCompartments><compartment id="C" size="1"/></listOfCompartments><listOfSpecies><species id="S" '
        f'compartment="C" initialAmount="1"/></listOfSpecies><listOfReactions>{fast}</listOfReactions>',
        level="2",
        version="4",
    )
    with pytest.raises(InputError, match=r"(?s)'first'.*fast.*and line \d+: reaction 'second'.*fast"):
        read(text)


def test_functions_are_exact_with_a_root_of_a_negative_number_and_the_rest(read) -> None:
    cube = f"<apply><root/><degree>{cn(3)}</degree>{cn(-8)}</apply>"
    given = {
        "a": (cube, -2.0),
        "b": (apply("rem", cn(-7), cn(3)), -1.0),
        "c": (apply("quotient", cn(-7), cn(3)), -2.0),
        "d": (apply("arccot", cn(0)), np.pi / 2),
        "e": (apply("max", cn(1), cn(5), cn(3)), 5.0),
        "f": (apply("factorial", cn(5)), 120.0),
        "g": (f"<apply><log/><logbase>{cn(2)}</logbase>{cn(8)}</apply>", 3.0),
        "h": (apply("arcsech", cn(0.5)), float(np.arccosh(2.0))),
        "i": (apply("implies", "<true/>", "<false/>"), 0.0),
        "j": (apply("xor", "<true/>", "<true/>", "<true/>"), 1.0),
        "k": (apply("plus"), 0.0),
        "l": (apply("times"), 1.0),
    }
    found = read(
        sbml(
            parameters(**dict.fromkeys(given, 0.0))
            + rules(*(rule("assignmentRule", k, f) for k, (f, _) in given.items()))
        )
    )
    for name, (_, value) in given.items():
        assert course(found, name)[-1] == pytest.approx(value, rel=1e-14), name


def test_units_are_words_and_their_findings_warnings(read) -> None:
    text = sbml(
        '<listOfUnitDefinitions><unitDefinition id="per_day"><listOfUnits><unit kind="second" multiplier="86400" '
        'scale="0" exponent="-1"/></listOfUnits></unitDefinition></listOfUnitDefinitions><listOfParameters>'
        '<parameter id="k" '
        'value="2" units="per_day" constant="true"/><parameter id="x" value="1" units="mole" constant="false"/>'
        "</listOfParameters>" + rules(rule("rateRule", "x", ci("k"))),
        model='timeUnits="second"',
    )
    found = read(text)
    assert {part.id: part.unit for part in found.model.parameters} == {"k": "1/day", "x_initial": "mole"}
    assert found.model.time_unit == "second"
    assert any(text.startswith("units: ") for text in found.warnings)


def test_minus_nothing_keeps_its_parentheses_in_a_power(tmp_path: Path) -> None:
    """(-0)**0 is 1, -(0**0) is -1: a number below zero is one operand."""
    for written in ("-0", "-3"):
        path = tmp_path / "m.xml"
        path.write_text(
            '<sbml xmlns="http://www.sbml.org/sbml/level3/version2/core" level="3" version="2"><model id="m">'
            '<listOfParameters><parameter id="p" value="0" constant="true"/><parameter id="y" constant="false"/>'
            '</listOfParameters><listOfRules><assignmentRule variable="y"><math '
            'xmlns="http://www.w3.org/1998/Math/MathML"><apply><power/>'
            f"<cn>{written}</cn><ci>p</ci></apply></math></assignmentRule></listOfRules></model></sbml>"
        )
        formula = next(part.formula for part in nonself.read_sbml(path).model.expressions if part.id == "y")
        assert eval(formula, {"p": 0.0}) == 1.0
