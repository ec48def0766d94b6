"""Rules at visits: doses held, reduced, given again and stopped by what is seen, in the stated order."""

from __future__ import annotations

import functools

import numpy as np
import pytest

from nonself.codegen.build import build
from nonself.codegen.program import Program
from nonself.engine.loop import solve
from nonself.engine.problem import Action, Problem, parameter_table
from nonself.errors import CompositionError, InputError, UnknownName
from nonself.model.compose import compose, with_rules
from nonself.model.ir import Model
from nonself.model.parts import Mechanism, Parameter, Reaction, Rule, Species
from nonself.provenance import assumed
from tests.engine.identities import same
from tests.models import dosed, program, pulsed

WHY = assumed("a test")
VISITS = np.arange(0.0, 127.0, 7.0)
DOSES = VISITS
ALL = 3.0 * len(DOSES)
HOLD = Rule("hold", "give", "0 if cells < 2.5 else 1 if cells > 4 else give")
REDUCE = Rule("reduce", "give", "0.75*give if cells < 3 else give")
STOP = Rule("stop", "give", "0 if cells < 2 or give == 0 else 1")


def _with_give(rules: tuple[Rule, ...]) -> Model:
    base = dosed()
    mechanism = Mechanism(
        "regimen", "regimen", (),
        parameters=(Parameter("give", 1.0, "1", WHY),),
        species=(Species("given", 0.0, "1", WHY),),
        reactions=(Reaction("none", "0*given*give", {"given": -1}),),
    )  # fmt: skip
    parts = {
        "species": base.species, "parameters": base.parameters, "expressions": base.expressions,
        "reactions": tuple(Reaction(r.id, r.rate, dict(r.change)) for r in base.reactions),
        "observables": base.observables,
    }  # fmt: skip
    model = compose([Mechanism("dosed", "dosed", (), **parts), mechanism], id="ruled", time_unit="day")  # type: ignore[arg-type]
    return with_rules(model, rules)


@functools.cache
def ruled(width: int | None = None) -> Program:
    level = None if width is None or width == 8 else "x86-64-v3"
    return build(_with_give((HOLD, REDUCE, STOP)), width=width, level=level, use_cache=False)


def _problem(rule: str | None, width: int | None = None, patients: int = 13, every: int = 1) -> Problem:
    built = ruled(width)
    rng = np.random.default_rng(4)
    spread = {"slope": 4.0 * np.exp(rng.normal(0, 0.8, patients))}
    doses = tuple(
        Action(float(day), "add", target, 3.0, scale="give") for day in DOSES for target in ("drug", "given")
    )
    visits = () if rule is None else tuple(Action(float(day), "decide", rule) for day in VISITS[::every])
    grid = np.arange(0.0, 127.0, 7.0)
    names = tuple(f"p{k}" for k in range(patients))
    return Problem(built, names, parameter_table(built, patients, spread), 126.0, grid, (*doses, *visits))


def _replayed(formula: str, values: np.ndarray) -> float:
    """What was given in all, deciding from the courses themselves, visit by visit, in plain Python."""
    give, total = 1.0, 0.0
    for day, cells in zip(VISITS, values, strict=True):
        give = float(eval(formula, {"give": give, "cells": cells}))
        if day in DOSES:
            total += 3.0 * give
    return total


@pytest.mark.parametrize("rule", [HOLD, REDUCE, STOP], ids=lambda rule: rule.id)
def test_what_is_given_is_what_the_rule_says_of_the_course(rule: Rule) -> None:
    outcomes = solve(_problem(rule.id))
    given = outcomes.of("given")[:, -1]
    expected = [_replayed(rule.formula, cells) for cells in outcomes.of("cells")]
    assert given.tolist() == pytest.approx(expected)
    assert len(set(given.round(6))) > 1  # the rule told patients apart
    assert solve(_problem(None)).of("given")[:, -1].tolist() == pytest.approx([ALL] * 13)


def test_a_rule_decides_before_the_dose_of_the_same_time() -> None:
    """Given in either order, and a hair apart, which counts as the same time."""
    built = ruled()
    for hair in (0.0, 1e-13, -1e-13):
        actions = (
            Action(0.0, "set", "slope", 50.0),
            Action(0.0, "add", "drug", 3.0),
            Action(5.0, "add", "given", 1.0, scale="give"),
            Action(5.0 + hair, "decide", "hold"),
        )
        problem = Problem(built, ("a",), parameter_table(built, 1), 6.0, np.array([6.0]), actions)
        assert solve(problem).of("given")[0, 0] == 0.0


def test_rules_keep_every_identity() -> None:
    whole = solve(_problem("hold", 8))
    for width in (4, 2, 1):
        assert same(whole, solve(_problem("hold", width)))
    assert same(whole, solve(_problem("hold"), chunk=3, workers=2))


def test_a_decision_that_changes_nothing_costs_no_restart() -> None:
    """Counted: visits at which nothing is decided are stops, and no more."""
    without, kept = solve(_problem(None)), solve(_problem("hold", patients=13))
    untouched = np.flatnonzero(np.isclose(kept.of("given")[:, -1], ALL))
    assert untouched.size
    assert (kept.steps[untouched] <= 1.2 * without.steps[untouched] + len(VISITS)).all()


def test_rules_cost_no_structure_to_those_without() -> None:
    assert program("dosed").model.structure_hash == dosed().structure_hash
    assert _with_give(()).structure_hash != _with_give((HOLD,)).structure_hash


def test_wrong_rules_are_refused() -> None:
    with pytest.raises(UnknownName, match="did you mean 'cells'"):
        _with_give((Rule("odd", "give", "0 if cels < 1 else 1"),))
    with pytest.raises(UnknownName, match="'give'"):
        _with_give((Rule("odd", "giv", "1"),))
    with pytest.raises(CompositionError, match="one id"):
        _with_give((HOLD, HOLD))
    built = ruled()
    for action in (Action(0.0, "decide", "helt"), Action(0.0, "add", "drug", 1.0, scale="gives")):
        with pytest.raises(UnknownName, match="did you mean"):
            Problem(built, ("a",), parameter_table(built, 1), 1.0, np.array([1.0]), (action,))


def test_a_rule_must_not_move_a_turn() -> None:
    built = build(with_rules(pulsed(), [Rule("later", "on", "on + 1")]), use_cache=False)
    problem = Problem(
        built, ("a",), parameter_table(built, 1), 9.0, np.array([9.0]), (Action(1.0, "decide", "later"),)
    )
    with pytest.raises(InputError, match="moves a turn"):
        solve(problem)
