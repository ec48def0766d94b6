"""A mechanism as Antimony text, the language libRoadRunner's own users write."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from typing import Literal

from bench.schedule import Doses
from nonself.model.parts import Mechanism, Reaction

Form = Literal["reactions", "rules"]

_BINARY: dict[type[ast.operator], str] = {
    ast.Add: "+",
    ast.Sub: "-",
    ast.Mult: "*",
    ast.Div: "/",
    ast.Pow: "^",
}
_FUNCTIONS = {"exp": "exp", "log": "ln", "log10": "log10", "sqrt": "sqrt"}


def _write(node: ast.expr) -> str:
    """Return a Python formula's tree in Antimony's notation, fully bracketed."""
    match node:
        case ast.Name(id=name):
            return name
        case ast.Constant(value=bool()):
            raise ValueError("a formula may not hold True or False")
        case ast.Constant(value=int() | float() as value):
            return repr(value)
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            return f"(-{_write(operand)})"
        case ast.BinOp(left=left, op=ast.Pow(), right=ast.Constant(value=2)):
            return f"({_write(left)}*{_write(left)})"
        case ast.BinOp(left=left, op=op, right=right) if type(op) in _BINARY:
            return f"({_write(left)}{_BINARY[type(op)]}{_write(right)})"
        case ast.Call(func=ast.Name(id=name), args=[argument], keywords=[]) if name in _FUNCTIONS:
            return f"{_FUNCTIONS[name]}({_write(argument)})"
    raise ValueError(f"no Antimony for {ast.unparse(node)!r}")


def formula(text: str) -> str:
    """Return a Python formula in Antimony's notation.

    **Raises:** `ValueError` for anything beyond + - * / ** exp log log10 sqrt.

    **Example:** `formula("a*x**n + log(b)")` gives `"((a*(x^n))+ln(b))"`.
    """
    return _write(ast.parse(text, mode="eval").body)


def _reaction(reaction: Reaction) -> str:
    """Return one reaction; it is irreversible, and what it uses up enters only through the rate."""

    def side(change: Mapping[str, float]) -> str:
        return " + ".join(f"{amount!r} {name}" for name, amount in change.items())

    used = {name: -float(value) for name, value in reaction.change.items() if value < 0}
    made = {name: float(value) for name, value in reaction.change.items() if value > 0}
    return f"  r_{reaction.id}: {side(used)} => {side(made)}; {formula(reaction.rate)};"


def _rules(mechanism: Mechanism, scaled: bool) -> list[str]:
    """Return the reactions' rates as assignments and one rate rule for each species."""
    lines = [f"  r_{reaction.id} := {formula(reaction.rate)};" for reaction in mechanism.reactions]
    for species in mechanism.species:
        unit = species.scale if scaled else 1.0
        terms = [
            f"({float(reaction.change[species.id]) / unit!r})*r_{reaction.id}"
            for reaction in mechanism.reactions
            if species.id in reaction.change
        ]
        lines.append(f"  {state_name(species.id, scaled)}' = {' + '.join(terms) or '0'};")
    return lines


def _events(doses: Doses, name: str, unit: float) -> list[str]:
    """Return one event for each dose."""
    return [f"  at time >= {float(day)!r}: {name} = {name} + {doses.amount / unit!r};" for day in doses.times]


def state_name(species: str, scaled: bool) -> str:
    """Return what a species is called in the text: itself, or what counts it in units of its scale."""
    return f"units_of_{species}" if scaled else species


def antimony_text(mechanism: Mechanism, form: Form, doses: Doses | None = None, scaled: bool = False) -> str:
    """Return the mechanism as an Antimony model in one compartment of volume 1, all species zero at first.

    **Arguments:** `form` as reactions, or as one rate rule for each species; `doses` to write as events; `scaled`
    keeps each species in units of the smallest amount that matters (as rules only).
    """
    scale = {entry.id: entry.scale for entry in mechanism.species}
    names = [state_name(entry, scaled) for entry in scale]
    lines = [f"model {mechanism.id}", "  compartment body = 1;"]
    lines.append(f"  species {', '.join(f'{name} in body' for name in names)};")
    lines += [f"  {name} = 0;" for name in names]
    lines += [f"  {entry.id} = {entry.value!r};" for entry in mechanism.parameters]
    if scaled:
        lines += [f"  {name} := {unit!r}*{state_name(name, True)};" for name, unit in scale.items()]
    lines += [f"  {entry.id} := {formula(entry.formula)};" for entry in mechanism.expressions]
    if form == "reactions":
        lines += [_reaction(reaction) for reaction in mechanism.reactions]
    else:
        lines += _rules(mechanism, scaled)
    if doses:
        lines += _events(doses, state_name(doses.species, scaled), scale[doses.species] if scaled else 1.0)
    return "\n".join([*lines, "end", ""])


def sbml(text: str) -> str:
    """Translate Antimony to SBML."""
    import antimony

    antimony.clearPreviousLoads()
    if antimony.loadAntimonyString(text) < 0:
        raise ValueError(antimony.getLastError())
    return str(antimony.getSBMLString(antimony.getMainModuleName()))
