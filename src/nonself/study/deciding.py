"""Doses decided at the visit: held, reduced or ended by what is seen, as rules and parameters of the model."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from nonself.expr import parse_condition
from nonself.model.compose import REGIMEN, with_parameters, with_rules
from nonself.model.ir import Model
from nonself.model.parts import Parameter, Rule
from nonself.provenance import assumed
from nonself.study.source import Study
from nonself.study.spec import Step

SOURCE = assumed("decided at each dose by the study's own rules")


@dataclass(frozen=True, slots=True)
class Decided:
    """How one line of a regimen is decided: the parameter its doses are multiplied by, and the rules, in order."""

    scale: str
    rules: tuple[str, ...]


Decisions = Mapping[tuple[int, int], Decided]


def with_decisions(study: Study, model: Model) -> tuple[Model, Decisions]:
    """Return the model with the rules of a study's regimens, and which line uses which.

    Equation: given = dose * allowed * share, or 0 while held; `end_when` sets allowed to 0 for good, `reduce`
    multiplies share.

    **Raises:** `InputError` with the line of a condition that cannot be read or names what is not there.
    """
    decided: dict[tuple[int, int], Decided] = {}
    parameters: list[Parameter] = []
    rules: list[Rule] = []
    for arm, part in enumerate(study.spec.arms):
        for position, step in enumerate(part.regimen):
            if step.hold is None and step.reduce is None and step.end_when is None:
                continue
            name = f"dose_{arm + 1}_{position + 1}"
            own = _rules(study, model, step, ("arms", arm, "regimen", position), name)
            for suffix, words in (
                ("allowed", "doses still allowed"),
                ("share", "share of the dose"),
                ("given", "given"),
            ):
                parameters.append(Parameter(f"{name}_{suffix}", 1.0, "1", SOURCE, f"{words}, {part.name}"))
            decided[arm, position] = Decided(f"{name}_given", tuple(rule.id for rule in own))
            rules.extend(own)
    if not rules:
        return model, {}
    return with_rules(with_parameters(model, parameters), rules), decided


def _rules(study: Study, model: Model, step: Step, steps: tuple[str | int, ...], name: str) -> list[Rule]:
    allowed, share, given = (f"{name}_{suffix}" for suffix in ("allowed", "share", "given"))
    found: list[Rule] = []
    if step.end_when is not None:
        condition = _condition(study, model, step.end_when, (*steps, "end_when"))
        found.append(Rule(f"{name}_end", allowed, f"0 if ({condition}) else {allowed}"))
    if step.reduce is not None:
        condition = _condition(study, model, step.reduce.when, (*steps, "reduce", "when"))
        found.append(
            Rule(f"{name}_reduce", share, f"{step.reduce.to!r}*{share} if ({condition}) else {share}")
        )
    dose = f"{allowed}*{share}"
    if step.hold is not None:
        condition = _condition(study, model, step.hold, (*steps, "hold"))
        dose = f"0 if ({condition}) else {dose}"
    return [*found, Rule(f"{name}_give", given, dose)]


def _condition(study: Study, model: Model, text: str, steps: tuple[str | int, ...]) -> str:
    with study.at(*steps):
        parse_condition(text)
        with_rules(model, [Rule("condition", model.parameters[0].id, f"1 if ({text}) else 0")])
    return text


def regimen_parameters(model: Model) -> frozenset[str]:
    """Return the parameters that a study's regimens brought, which are no numbers of the model."""
    return frozenset(name for kind, name, owner in model.record if kind == "parameter" and owner == REGIMEN)
