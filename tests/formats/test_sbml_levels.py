"""SBML in, by closed forms: levels, values that are missing, turns, submodels of their own time."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

import nonself
from nonself.errors import InputError
from tests.formats.test_sbml_read import sbml

TIMES = np.array([0.0, 0.5, 1.5, 2.0, 3.0])
COMP = 'xmlns:comp="http://www.sbml.org/sbml/level3/version1/comp/version1" comp:required="true"'


def with_math(text: str) -> str:
    """Write `{{formula}}` as MathML."""
    import libsbml

    def tree(found: re.Match[str]) -> str:
        return str(libsbml.writeMathMLToString(libsbml.parseL3Formula(found.group(1)))).split("?>", 1)[1]

    return re.sub(r"\{\{(.*?)\}\}", tree, text, flags=re.DOTALL)


def shown(folder: Path, text: str, symbol: str, what: str = "as named") -> np.ndarray:
    from nonself.codegen.build import build
    from nonself.engine.loop import solve
    from nonself.engine.problem import Problem, parameter_table

    path = folder / "m.xml"
    path.write_text(with_math(text))
    model, called = nonself.read_sbml(path).showing([(symbol, what)])  # type: ignore[list-item]
    program = build(model)
    problem = Problem(
            program,
            ("p",),
            parameter_table(program, 1),
            horizon=3.0,
            outputs=TIMES,
            rtol=1e-9,
            atol=np.full(len(program.species), 1e-12),
            seed=1,
        )  # fmt: skip
    outcomes = solve(problem)
    assert not outcomes.failures
    return np.array(outcomes.of(called[symbol, what])[0])  # type: ignore[index]


def same(found: np.ndarray, expected: Callable[[float], float]) -> None:
    np.testing.assert_allclose(found, [expected(float(time)) for time in TIMES], rtol=1e-6, atol=1e-7)


def level_1(rules: str, **values: str) -> str:
    rows = "".join(f'<parameter name="{key}" {value}/>' for key, value in values.items())
    return (
        '<sbml xmlns="http://www.sbml.org/sbml/level1" level="1" version="2"><model name="m"><listOfCompartments>'
        f'<compartment name="c"/></listOfCompartments><listOfParameters>{rows}</listOfParameters>'
        f"<listOfRules>{rules}</listOfRules></model></sbml>"
    )


def level_3(parameters: str, *more: str) -> str:
    return sbml(f"<listOfParameters>{parameters}</listOfParameters>{''.join(more)}")


def parameter(id: str, value: str = "0") -> str:
    return f'<parameter id="{id}" constant="false"{f" value={value!r}" if value else ""}/>'.replace("'", '"')


def rate(variable: str, formula: str) -> str:
    return f'<rateRule variable="{variable}">{{{{{formula}}}}}</rateRule>'


def event(trigger: str, variable: str, formula: str) -> str:
    return (
        '<listOfEvents><event useValuesFromTriggerTime="true"><trigger initialValue="true" persistent="true">'
        f"{{{{{trigger}}}}}</trigger><listOfEventAssignments><eventAssignment variable={variable!r}>"
        f"{{{{{formula}}}}}</eventAssignment></listOfEventAssignments></event></listOfEvents>"
    ).replace("'", '"')


@pytest.mark.parametrize(
    "name", ["pi", "Pi", "exponentiale", "true", "inf", "NaN", "time", "avogadro", "delay"]
)
def test_level_1_has_no_constants_so_these_are_names(tmp_path: Path, name: str) -> None:
    text = level_1(f'<parameterRule name="x" formula="2*{name}"/>', **{name: 'value="3"'}, x='value="0"')
    same(shown(tmp_path, text, "x"), lambda t: 6.0)


def test_level_1_names_that_cannot_be_told_apart_are_refused(tmp_path: Path) -> None:
    values = {"inf": 'value="3"', "INF": 'value="4"', "x": 'value="0"'}
    with pytest.raises(InputError, match="cannot be told"):
        shown(tmp_path, level_1('<parameterRule name="x" formula="2*inf"/>', **values), "x")


def test_in_level_1_an_algebraic_rule_gives_a_parameter_without_a_value(tmp_path: Path) -> None:
    rules = '<algebraicRule formula="x - k*y"/><parameterRule name="y" type="rate" formula="1"/>'
    text = level_1(rules, x="", k='value="3"', y='value="0"')
    same(shown(tmp_path, text, "x"), lambda t: 3 * t)


@pytest.mark.parametrize("trigger", ["sin(20*time) > 0.9", "y > 0.9"])
def test_no_swing_of_a_trigger_is_stepped_over(tmp_path: Path, trigger: str) -> None:
    rule = '<assignmentRule variable="y">{{sin(20*time)}}</assignmentRule>'
    text = level_3(
        parameter("n") + parameter("y", ""),
        f"<listOfRules>{rule}</listOfRules>",
        event(trigger, "n", "n + 1"),
    )
    same(shown(tmp_path, text, "n"), lambda t: math.floor((20 * t - math.asin(0.9)) / math.tau) + 1)


def test_a_rate_may_turn_with_time_in_any_way(tmp_path: Path) -> None:
    rule = rate("x", "piecewise(1, exp(-time) > 0.5, 0)")
    text = level_3(parameter("x"), f"<listOfRules>{rule}</listOfRules>")
    same(shown(tmp_path, text, "x"), lambda t: min(t, math.log(2)))


@pytest.mark.parametrize("formula", ["sqrt(time)", "time^0.5"])
def test_a_root_of_time_begins_at_its_zero(tmp_path: Path, formula: str) -> None:
    text = level_3(parameter("x"), f"<listOfRules>{rate('x', formula)}</listOfRules>")
    same(shown(tmp_path, text, "x"), lambda t: t**1.5 / 1.5)


def test_quotients_jump_where_both_their_sides_meet(tmp_path: Path) -> None:
    rules = rate("x", "-2.847") + rate("y", "quotient(x, 1.472)")
    text = level_3(parameter("x", "-4.694") + parameter("y"), f"<listOfRules>{rules}</listOfRules>")
    jumps = [(1.472 * n - 4.694) / 2.847 for n in range(4, 20)]  # from -3 to -4 at the first, and so on
    same(shown(tmp_path, text, "y"), lambda t: -3 * t - sum(max(0.0, t - jump) for jump in jumps))


def test_an_event_may_give_the_first_value(tmp_path: Path) -> None:
    rules = f"<listOfRules>{rate('x', 'piecewise(k, time >= 1, 0)')}</listOfRules>"
    text = level_3(parameter("x") + parameter("k", ""), rules, event("time >= 1", "k", "2"))
    same(shown(tmp_path, text, "x"), lambda t: 2 * max(0.0, t - 1))
    np.testing.assert_array_equal(shown(tmp_path, text, "k"), [np.nan, np.nan, 2, 2, 2])


@pytest.mark.parametrize("size", ["", 'size="0"'])
def test_an_amount_needs_no_volume(tmp_path: Path, size: str) -> None:
    text = sbml(
        f'<listOfCompartments><compartment id="c" {size} constant="true"/></listOfCompartments><listOfSpecies>'
        '<species id="S" compartment="c" initialAmount="2" hasOnlySubstanceUnits="false" boundaryCondition="false" '
        'constant="false"/></listOfSpecies><listOfReactions><reaction id="R" reversible="false"><listOfReactants>'
        '<speciesReference species="S" stoichiometry="1" constant="true"/></listOfReactants>'
        "<kineticLaw>{{0.5}}</kineticLaw></reaction></listOfReactions>"
    )
    same(shown(tmp_path, text, "S", "amount"), lambda t: 2 - 0.5 * t)


def submodel(inside: str, version: str = "2") -> str:
    """A submodel whose unit of time is four of ours, with its y shown as Y."""
    space = f"http://www.sbml.org/sbml/level3/version{version}/core"
    replaced = (
        '<comp:listOfReplacedElements><comp:replacedElement comp:submodelRef="A" comp:idRef="y"/>'
        "</comp:listOfReplacedElements>"
    )
    return (
        f'<sbml xmlns="{space}" level="3" version="{version}" {COMP}><model id="m"><listOfParameters>'
        f'<parameter id="Y" value="0" constant="false">{replaced}</parameter>'
        '<parameter id="f" value="4" constant="true"/>'
        '</listOfParameters><comp:listOfSubmodels><comp:submodel comp:id="A" comp:modelRef="s" '
        'comp:timeConversionFactor="f"/></comp:listOfSubmodels></model><comp:listOfModelDefinitions>'
        f'<comp:modelDefinition id="s">{inside}</comp:modelDefinition></comp:listOfModelDefinitions></sbml>'
    )


def test_a_rate_in_a_submodel_is_per_its_own_time(tmp_path: Path) -> None:
    rules = rate("x", "time + 1") + '<assignmentRule variable="y">{{rateOf(x)}}</assignmentRule>'
    both = f"<listOfParameters>{parameter('x')}{parameter('y')}</listOfParameters><listOfRules>{rules}</listOfRules>"
    same(shown(tmp_path, submodel(both), "Y"), lambda t: t / 4 + 1)


def test_a_delay_in_a_function_of_such_a_submodel_is_refused(tmp_path: Path) -> None:
    function = (
        '<listOfFunctionDefinitions><functionDefinition id="g">{{lambda(a, delay(a, 0.25))}}</functionDefinition>'
        "</listOfFunctionDefinitions>"
    )
    rules = rate("x", "1") + '<assignmentRule variable="y">{{g(x)}}</assignmentRule>'
    both = f"<listOfParameters>{parameter('x')}{parameter('y')}</listOfParameters><listOfRules>{rules}</listOfRules>"
    with pytest.raises(InputError, match="whose time is converted"):
        shown(tmp_path, submodel(function + both, version="1"), "Y")


def test_formulas_of_stoichiometries_do_not_end_the_process(tmp_path: Path) -> None:
    text = (
        '<sbml xmlns="http://www.sbml.org/sbml/level2/version4" level="2" version="4"><model id="m">'
        '<listOfCompartments><compartment id="c" size="1"/></listOfCompartments><listOfSpecies>'
        '<species id="S" compartment="c" '
        'initialAmount="1"/></listOfSpecies><listOfParameters><parameter id="q" value="2"/></listOfParameters>'
        '<listOfReactions><reaction id="R"><listOfProducts><speciesReference species="S"><stoichiometryMath>{{q}}'
        "</stoichiometryMath></speciesReference></listOfProducts><kineticLaw>{{0.5}}</kineticLaw></reaction>"
        "</listOfReactions></model></sbml>"
    )
    same(shown(tmp_path, text, "S"), lambda t: 1 + t)
    assert any("units were not checked" in one for one in nonself.read_sbml(tmp_path / "m.xml").warnings)
