"""The core's equations and numbers as text, from the catalog itself."""

from __future__ import annotations

from experiments.core.engine import program
from nonself.model.ir import Model


def _term(amount: float, rate: str, first: bool) -> str:
    sign = "-" if amount < 0 else "" if first else "+"
    factor = "" if abs(amount) == 1 else f"{abs(amount):g}*"
    wrapped = f"({rate})" if amount < 0 and any(mark in rate for mark in (" + ", " - ")) else rate
    return f"{sign} {factor}{wrapped}" if not first else f"{sign}{factor}{wrapped}"


def equations(model: Model | None = None) -> list[str]:
    """Return what is derived, then one line a state, as plain formulas."""
    model = model or program().model
    lines = [f"{part.id} = {part.formula}" for part in model.expressions]
    lines.append("")
    for species in model.species:
        terms = [
            (dict(part.change)[species.id], part.rate)
            for part in model.reactions
            if species.id in dict(part.change)
        ]
        parts = [_term(amount, rate, row == 0) for row, (amount, rate) in enumerate(terms)]
        lines.append(f"d {species.id}/dt = " + "\n    ".join(parts))
    return lines


def numbers() -> list[str]:
    """Return the table of parameters: value, unit, range, source."""
    lines = ["| parameter | value | unit | range | what | source |", "|---|---|---|---|---|---|"]
    for part in program().model.parameters:
        span = "" if part.range is None else f"{part.range[0]:.3g} to {part.range[1]:.3g}"
        source = part.source.text.replace("|", "/")
        lines.append(f"| `{part.id}` | {part.value:.4g} | {part.unit} | {span} | {part.label} | {source} |")
    return lines
