"""Models within models whose time is converted: what libSBML leaves as it is when it puts them together is put right.

In a submodel `rateOf` and `delay` are in its own time. libSBML converts delays and the time itself, but neither rates
nor what stands in functions. A rate becomes a quotient of rates, with that of a parameter which grows by 1 in the
submodel's unit of time below: the factor cancels out.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from nonself.formats.sbml.mathematics import unsupported
from nonself.formats.sbml.walk import children, elements, nodes

MEND = "write the model flat, or leave its time as it is"


def with_rates_in_own_time(document: Any, others: Sequence[Any]) -> None:
    """Write each `rateOf(x)` in a model definition as a rate in the model's own time, where some time is converted.

    **Arguments:** `document` that is changed; `others` the documents whose models it uses.

    **Raises:** `InputError` for what cannot be put right: in functions, or in other documents.
    """
    import libsbml

    if not any(_converts_time(model) for one in (document, *others) for model in _models(one)):
        return
    rate, delay = libsbml.AST_FUNCTION_RATE_OF, libsbml.AST_FUNCTION_DELAY
    for model in _models(document)[:-1]:
        functions = [part for part in _with_math(model) if part.getElementName() == "functionDefinition"]
        _refuse(functions, (rate, delay), "in a function of a submodel")
    for one in others:
        for model in _models(one):
            _refuse(_with_math(model), (rate,), "in a submodel from another file")
            functions = [part for part in _with_math(model) if part.getElementName() == "functionDefinition"]
            _refuse(functions, (delay,), "in a function of a submodel")
    for model in _models(document)[:-1]:
        _divide_rates(model, rate)


def _refuse(parts: list[Any], kinds: tuple[int, ...], where: str) -> None:
    for part in parts:
        if any(node.getType() in kinds for node in nodes(part.getMath())):
            raise unsupported(
                f"'rateOf' or 'delay' {where} whose time is converted",
                "libSBML does not convert it there",
                MEND,
            ).at(None, part.getLine() or None)


def _divide_rates(model: Any, rate: int) -> None:
    import libsbml

    parts = [part for part in _with_math(model) if any(n.getType() == rate for n in nodes(part.getMath()))]
    if not parts:
        return
    clock = "own_time"
    while model.getElementBySId(clock) is not None:
        clock += "_"
    parameter = model.createParameter()
    parameter.setId(clock)
    parameter.setValue(0.0)
    parameter.setConstant(False)
    rule = model.createRateRule()
    rule.setVariable(clock)
    rule.setMath(libsbml.parseL3Formula("1"))
    for part in parts:
        part.setMath(_divided(part.getMath(), rate, clock))


def _divided(node: Any, rate: int, clock: str) -> Any:
    """A copy of a formula with every rate over that of the clock."""
    import libsbml

    if node.getType() != rate:
        copy = node.deepCopy()
        for k, child in enumerate(children(node)):
            copy.replaceChild(k, _divided(child, rate, clock))
        return copy
    below = node.deepCopy()
    below.getChild(0).setName(clock)
    quotient = libsbml.ASTNode(libsbml.AST_DIVIDE)
    quotient.addChild(node.deepCopy())
    quotient.addChild(below)
    return quotient


def _models(document: Any) -> list[Any]:
    plugin, top = document.getPlugin("comp"), document.getModel()
    count = 0 if plugin is None else plugin.getNumModelDefinitions()
    return [plugin.getModelDefinition(k) for k in range(count)] + ([] if top is None else [top])


def _converts_time(model: Any) -> bool:
    part = model.getPlugin("comp")
    count = 0 if part is None else part.getNumSubmodels()
    return any(part.getSubmodel(k).isSetTimeConversionFactor() for k in range(count))


def _with_math(model: Any) -> list[Any]:
    return [part for part in elements(model) if hasattr(part, "getMath") and part.getMath() is not None]
