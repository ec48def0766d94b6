"""Concentrations that events set where sizes change: the value of one time, the size of another, in closed forms."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import nonself
from nonself.errors import InputError
from nonself.formats.sbml.write import sbml_text, write_sbml
from nonself.model.ir import Model
from tests.formats.test_sbml_read import MATH, TIME, apply, ci, cn, rule, rules, sbml

GRID = np.linspace(0.0, 10.0, 21)
AT_TWO = apply("geq", TIME, cn(2))
DOUBLED = apply("times", cn(2), ci("S"))  # the concentration is 1/V: at time 2 it is set to 2/V(2)
GROWN = 1.0 + 0.5 * GRID
GROWTH = apply("plus", cn(1), apply("times", cn(0.5), TIME))


def happening(
    name: str, trigger: str, given: dict[str, str], late: float | None = None, **more: object
) -> str:
    """Return an event; `late` its delay, `priority`, and `early` and `persistent` as SBML has them."""
    early, persistent = (str(more.get(word, True)).lower() for word in ("early", "persistent"))
    priority = (
        f"<priority>{MATH}{cn(float(str(more['priority'])))}</math></priority>" if "priority" in more else ""
    )
    wait = "" if late is None else f"<delay>{MATH}{cn(late)}</math></delay>"
    values = "".join(
        f'<eventAssignment variable="{symbol}">{MATH}{formula}</math></eventAssignment>'
        for symbol, formula in given.items()
    )
    return (
        f'<event id="{name}" useValuesFromTriggerTime="{early}"><trigger initialValue="true" '
        f'persistent="{persistent}">{MATH}{trigger}</math></trigger>{priority}{wait}'
        f"<listOfEventAssignments>{values}</listOfEventAssignments></event>"
    )


def vessel(*events: str, growth: str = "", amounts: bool = False, size: float = 1.0) -> str:
    """Return a file of a species S of concentration 1 in a compartment V."""
    only = str(amounts).lower()
    return sbml(
        f'<listOfCompartments><compartment id="V" spatialDimensions="3" size="{size}" constant="false"/>'
        '</listOfCompartments><listOfSpecies><species id="S" compartment="V" initialConcentration="1" '
        f'hasOnlySubstanceUnits="{only}" boundaryCondition="true" constant="false"/></listOfSpecies>'
        + (rules(growth) if growth else "")
        + f"<listOfEvents>{''.join(events)}</listOfEvents>"
    )


@pytest.fixture
def read(tmp_path: Path):
    def of(text: str) -> Model:
        (tmp_path / "model.xml").write_text(text)
        return nonself.read_sbml(tmp_path / "model.xml").model

    return of


def course(model: Model, name: str = "S") -> np.ndarray:
    found = nonself.simulate(model, until=10.0, points=len(GRID), rtol=1e-10, show=(name,))
    assert found.finished.all(), found.failures
    return found.values[0, :, 0]


def at_the_trigger(model: Model) -> Model:
    """The same model, whose sizes are those of the time when new values are computed."""
    events = []
    for event in model.events:
        factors = dict(event.factors)
        products = tuple(
            (name, f"({formula})*({factors.get(name, '1')})") for name, formula in event.assignments
        )
        events.append(replace(event, assignments=products, factors=()))
    return replace(model, events=tuple(events))


LATE = happening("late", AT_TWO, {"S": DOUBLED}, late=3.0)
FOURFOLD = happening("grow", apply("geq", TIME, cn(4)), {"V": cn(4)})
GROWING = [
    (vessel(LATE, growth=rule("rateRule", "V", cn(0.5))), GROWN),
    (vessel(LATE, growth=rule("assignmentRule", "V", GROWTH)), GROWN),
]


@pytest.mark.parametrize(("text", "size"), GROWING, ids=["rate rule", "assignment rule"])
def test_a_late_concentration_becomes_an_amount_in_the_size_then(read, text: str, size: np.ndarray) -> None:
    """At 2 the concentration is 1/2, at 5 it is set to twice that: 1, in a size of 3.5."""
    amount = np.where(GRID < 5.0, 1.0, 3.5)
    assert course(read(text)) == pytest.approx(amount / size, rel=1e-8)


@pytest.mark.parametrize(("text", "size"), GROWING, ids=["rate rule", "assignment rule"])
def test_planted_breach_the_size_of_the_trigger_s_time_is_seen(read, text: str, size: np.ndarray) -> None:
    wrong = course(at_the_trigger(read(text)))
    assert wrong[-1] == pytest.approx(2.0 / size[-1], rel=1e-8)
    assert wrong[-1] != pytest.approx(3.5 / size[-1], rel=0.1)


def test_a_size_that_another_event_changes_in_between(read) -> None:
    model = read(vessel(LATE, FOURFOLD))
    expected = np.select([GRID < 4.0, GRID < 5.0], [1.0, 0.25], 2.0)
    assert course(model) == pytest.approx(expected, rel=1e-12)
    assert course(at_the_trigger(model))[-1] == pytest.approx(0.5, rel=1e-12)


def test_several_wait_each_with_its_own_value(read) -> None:
    """Values 3 and 7 from times 1 and 2, executed at 4 and 5, in the sizes 3 and 3.5."""
    values = ((1.0, 3.0), (2.0, 7.0))
    events = [
        happening(f"e{at:g}", apply("geq", TIME, cn(at)), {"S": cn(value)}, late=3.0) for at, value in values
    ]
    model = read(vessel(*events, growth=rule("rateRule", "V", cn(0.5))))
    amount = np.select([GRID < 4.0, GRID < 5.0], [1.0, 9.0], 24.5)
    assert course(model, "S_amount") == pytest.approx(amount, rel=1e-9)


@pytest.mark.parametrize("late", [None, 0.0, 3.0])
def test_of_events_at_one_time_the_later_one_sees_the_size_the_earlier_one_left(
    read, late: float | None
) -> None:
    grow = happening("grow", AT_TWO, {"V": cn(4)}, late, priority=2)
    give = happening("give", AT_TWO, {"S": cn(5)}, late, priority=1)
    for events in ((grow, give), (give, grow)):
        model = read(vessel(*events))
        assert course(model)[-1] == pytest.approx(5.0, rel=1e-14)
        assert course(at_the_trigger(model))[-1] == pytest.approx(1.25, rel=1e-14)


@pytest.mark.parametrize("late", [None, 3.0])
def test_an_event_that_sets_both_gives_the_amount_in_the_size_before(read, late: float | None) -> None:
    """As case 01779 of the SBML Test Suite has it: 0.2 in 1, then the size becomes 4."""
    model = read(vessel(happening("both", AT_TWO, {"S": cn(0.2), "V": cn(4)}, late)))
    assert course(model)[-1] == pytest.approx(0.05, rel=1e-14)
    double = happening("grow", apply("geq", TIME, cn(4)), {"V": cn(2)})
    between = read(vessel(happening("both", AT_TWO, {"S": cn(0.2), "V": cn(4)}, 3.0), double))
    assert course(between, "S_amount")[-1] == pytest.approx(0.4, rel=1e-14)


def test_values_of_the_execution_s_time(read) -> None:
    """At 5 the concentration is 1/3.5, and is doubled."""
    late = happening("late", AT_TWO, {"S": DOUBLED}, 3.0, early=False)
    model = read(vessel(late, growth=rule("rateRule", "V", cn(0.5))))
    assert course(model) == pytest.approx(np.where(GRID < 5.0, 1.0, 2.0) / GROWN, rel=1e-8)


@pytest.mark.parametrize(("persistent", "amount"), [(True, 3.5), (False, 1.0)])
def test_one_that_is_called_off_gives_nothing(read, persistent: bool, amount: float) -> None:
    trigger = apply("and", AT_TWO, apply("leq", TIME, cn(3)))
    late = happening("late", trigger, {"S": DOUBLED}, 3.0, persistent=persistent)
    model = read(vessel(late, growth=rule("rateRule", "V", cn(0.5))))
    assert course(model, "S_amount")[-1] == pytest.approx(amount, rel=1e-8)


def test_an_amount_needs_no_size(read) -> None:
    model = read(vessel(LATE, growth=rule("rateRule", "V", cn(0.5)), amounts=True))
    assert model.events[0].factors == ()
    assert course(model)[-1] == pytest.approx(2.0, rel=1e-14)


def test_nothing_is_nothing_in_a_compartment_without_a_size(read) -> None:
    text = vessel(happening("none", AT_TWO, {"S": cn(0)})).replace('size="1.0" ', "")
    model = read(text.replace("initialConcentration", "initialAmount"))
    assert list(course(model, "S_amount")[[0, -1]]) == [1.0, 0.0]


# SBML out ----------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "text",
    [
        vessel(happening("e", AT_TWO, {"S": cn(5)}, 3.0), FOURFOLD),
        vessel(happening("e", AT_TWO, {"S": DOUBLED}), growth=rule("rateRule", "V", cn(0.5))),
        vessel(happening("e", AT_TWO, {"S": DOUBLED}, 3.0, early=False), FOURFOLD),
        vessel(happening("e", AT_TWO, {"S": cn(5)}, priority=1), happening("g", AT_TWO, {"V": cn(4)}, priority=2)),
    ],
    ids=["late number", "at once", "late formula of the execution", "at once, after another"],
)  # fmt: skip
def test_written_and_read_again_courses_are_the_same(read, tmp_path: Path, text: str) -> None:
    model = read(text)
    write_sbml(model, tmp_path / "again.xml")
    again = nonself.read_sbml(tmp_path / "again.xml").model
    assert course(again, "S_amount") == pytest.approx(course(model, "S_amount"), rel=1e-9)


def test_what_sbml_cannot_say_of_an_amount_is_refused_by_name(read) -> None:
    with pytest.raises(
        InputError, match="event 'late' computes new values when it fires and multiplies them"
    ):
        sbml_text(read(vessel(LATE, growth=rule("rateRule", "V", cn(0.5)))))
