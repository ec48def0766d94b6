"""Algebraic rules of SBML: what each determines, what is refused, and values at the start that follow from them."""

from __future__ import annotations

import ast
from pathlib import Path

import numpy as np
import pytest

import nonself
from nonself.errors import InputError
from nonself.expr import parse
from nonself.formats.sbml.algebraic import line_in
from nonself.formats.sbml.contents import Contents, Quantity
from nonself.formats.sbml.rewrite import slopes
from tests.formats.sbml_suite import PASSED, SHARED, guarded, manifest
from tests.formats.test_sbml_read import MATH, apply, ci, cn, course, event, parameters, rule, rules, sbml

# one of each kind: species, parameters, compartments; with events, initial assignments, stoichiometries, `comp`, no ODE
CASES = (
    "00039", "00541", "00563", "00575", "00658", "00665", "00779", "00993", "01054", "01086", "01108", "01350",
    "01377", "01482", "01500", "01502", "01576", "01577", "01578", "01579", "01786", "01787",
)  # fmt: skip


@pytest.fixture
def read(tmp_path: Path):
    def of(text: str):
        path = tmp_path / "model.xml"
        path.write_text(text)
        return nonself.read_sbml(path)

    return of


def zero(left: str, right: str) -> str:
    """The algebraic rule that says two formulas are equal."""
    return rule("algebraicRule", "", apply("minus", left, right))


def varying(**given: float | None) -> str:
    parts = (
        f'<parameter id="{key}" {"" if value is None else f"value={chr(34)}{value}{chr(34)}"} constant="false"/>'
        for key, value in given.items()
    )
    return f"<listOfParameters>{''.join(parts)}</listOfParameters>"


def initially(symbol: str, formula: str) -> str:
    return (
        f'<listOfInitialAssignments><initialAssignment symbol="{symbol}">{MATH}{formula}</math></initialAssignment>'
        "</listOfInitialAssignments>"
    )


@pytest.mark.skipif(not SHARED.is_dir(), reason="the SBML Test Suite is not at hand")
@pytest.mark.parametrize("case", CASES)
def test_cases_of_the_suite_pass(case: str) -> None:
    assert "AlgebraicRule" in manifest()[case]["componentTags"]
    found = guarded(case)
    assert (found.outcome, found.why) == (PASSED, "")


def test_a_rule_that_is_not_linear_is_solved_from_the_value_given(read) -> None:
    """x falls as exp(-t) from 4; y is the root of it whose sign the file's value has."""
    falling = rule("rateRule", "x", apply("minus", ci("x")))
    for first in (1.0, -1.0, None):
        text = sbml(varying(x=4.0, y=first) + rules(falling, zero(apply("times", ci("y"), ci("y")), ci("x"))))
        values = course(read(text), "y")
        wanted = 2 * np.exp(-np.linspace(0, 10, 101) / 2)
        assert values == pytest.approx(wanted if first is None else np.sign(first) * wanted, rel=1e-6)


def test_what_events_assign_is_left_to_them(read) -> None:
    """x + y is 10; an event sets x, which nothing else gives: so y follows, whichever comes first in the file."""
    for order in (("x", "y"), ("y", "x")):
        given = varying(**dict.fromkeys(order, 5.0), n=0.0)
        made = rules(rule("rateRule", "n", cn(1)), zero(apply("plus", ci("x"), ci("y")), cn(10)))
        events = f"<listOfEvents>{event(apply('gt', ci('n'), cn(4)), 'x', cn(7))}</listOfEvents>"
        found = read(sbml(given + made + events))
        assert course(found, "x")[[0, -1]] == pytest.approx([5, 7])
        assert course(found, "y")[[0, -1]] == pytest.approx([5, 3])


def test_an_event_that_assigns_what_a_rule_determines_changes_nothing_for_long(read) -> None:
    made = rules(rule("rateRule", "n", cn(1)), zero(ci("x"), apply("times", cn(2), ci("n"))))
    events = f"<listOfEvents>{event(apply('gt', ci('n'), cn(4)), 'x', cn(100))}</listOfEvents>"
    values = course(read(sbml(varying(x=5.0, n=0.0) + made + events)), "x")
    assert values == pytest.approx(np.linspace(0, 20, 101), abs=1e-7)


def test_initial_assignments_see_what_a_rule_determines_at_the_start(read) -> None:
    """2 x = k + 4 gives x = 5 at the start, whatever value the file has; y begins at its square."""
    made = (
        varying(x=77.0, y=0.0, k=6.0)
        + initially("y", apply("times", ci("x"), ci("x")))
        + rules(
            rule("rateRule", "y", cn(0)),
            rule("rateRule", "k", cn(1)),
            zero(apply("times", cn(2), ci("x")), apply("plus", ci("k"), cn(4))),
        )
    )
    found = read(sbml(made))
    assert course(found, "y")[-1] == pytest.approx(25.0)
    assert course(found, "x")[[0, -1]] == pytest.approx([5.0, 10.0])


def test_rules_that_need_each_other_are_solved_together(read) -> None:
    made = varying(x=None, y=None, k=0.0) + rules(
        rule("rateRule", "k", cn(1)),
        zero(apply("plus", ci("x"), ci("y")), ci("k")),
        zero(apply("minus", ci("x"), ci("y")), cn(2)),
    )
    found = read(sbml(made))
    assert course(found, "x")[[0, -1]] == pytest.approx([1.0, 6.0])
    assert course(found, "y")[[0, -1]] == pytest.approx([-1.0, 4.0])


SQUARE = apply("times", ci("x"), ci("x"))


@pytest.mark.parametrize(
    ("body", "says"),
    [
        (varying(x=1.0) + rules(zero(ci("x"), cn(1)), zero(ci("x"), cn(2))), r"one too many: .*\(x\) other rules do"),
        (parameters(x=1.0) + rules(rule("rateRule", "x", cn(1)), zero(ci("x"), cn(1))), "'x' has a rule of its own"),
        (parameters(x=1.0) + rules(zero(cn(1), cn(1))), "there is nothing for it"),
        (varying(x=1.0, y=1.0) + rules(zero(ci("x"), ci("y"))), "could determine 'x' or 'y'"),
        (varying(x=1.0, y=1.0) + initially("y", ci("x")) + rules(rule("rateRule", "y", cn(1)), zero(SQUARE, cn(4))),
         "an initial value that follows 'x'"),
    ],
)  # fmt: skip
def test_what_is_not_determined_is_refused_by_name(read, body: str, says: str) -> None:
    with pytest.raises(InputError, match=says) as refused:
        read(sbml(body))
    assert refused.value.line
    assert refused.value.mend


def test_the_rate_of_what_a_rule_could_determine_is_refused() -> None:
    """libSBML refuses it too, but does not look at files of many rules."""
    rule_of_x = {"rule": parse("x - k")}
    given = {name: Quantity(name, "parameter", 1.0, name == "k") for name in "xyk"}
    contents = Contents("m", "m", "L3V2", "s", given, (), {}, {}, {}, (), algebraic=rule_of_x)
    assert ast.unparse(slopes(contents, ["y"])["y"]) == ast.unparse(slopes(contents, ["k"])["k"]) == "0.0"
    with pytest.raises(InputError, match="the rate of 'x', which an algebraic rule gives"):
        slopes(contents, ["x"])["x"]


@pytest.mark.parametrize(
    ("formula", "factor", "rest"),
    [
        ("2*x + y", 2.0, 5.0), ("y - x", -1.0, 5.0), ("-(x - y)*3/y", -0.6, 3.0), ("(y + 1)*x - z", 6.0, -7.0),
        ("x/y", 0.2, None), ("y", None, 5.0),
    ],
)  # fmt: skip
def test_lines_are_taken_apart(formula: str, factor: float | None, rest: float | None) -> None:
    values = {"y": 5.0, "z": 7.0}
    found = line_in(parse(formula), "x")
    assert found is not None
    for part, wanted in zip(found, (factor, rest), strict=True):
        given = None if part is None else eval(ast.unparse(part), {}, values)
        assert given is wanted if wanted is None else given == pytest.approx(wanted)


@pytest.mark.parametrize("formula", ["x*x", "y/x", "exp(x)", "x**2", "1 if x < y else 2"])
def test_what_is_no_line_is_none(formula: str) -> None:
    assert line_in(parse(formula), "x") is None
