"""Formulas of PEtab tables: the infix of libSBML, in which `log` is the natural logarithm, as our formulas."""

from __future__ import annotations

import ast
from collections.abc import Collection
from dataclasses import dataclass

from nonself.errors import InputError
from nonself.expr import evaluate
from nonself.formats.petab.files import Row
from nonself.formats.sbml.contents import RATE, TIME, Formula, name, names_in, replaced
from nonself.formats.sbml.mathematics import Mathematics

LONGEST = 10_000  # characters
MOST_DEPTH = 100  # of brackets in brackets


@dataclass(frozen=True, slots=True)
class Written:
    """A formula of a table: `symbols` it uses, in the order of the names in `text`."""

    text: str
    symbols: tuple[str, ...]

    def value(self, values: dict[str, float], time: float) -> float:
        """Return its number; NaN for what cannot be computed."""
        given = {f"v{k}": values[symbol] for k, symbol in enumerate(self.symbols)}
        return evaluate(self.text, {**given, "time": time})


def read_formula(text: str, known: Collection[str], row: Row) -> Written:
    """Read a formula whose names must be known.

    **Raises:** `InputError` with the place of the row.
    """
    _require_flat(text, row)
    import libsbml

    settings = libsbml.L3ParserSettings()
    settings.setParseLog(libsbml.L3P_PARSE_LOG_AS_LN)
    node = libsbml.parseL3FormulaWithSettings(text, settings)
    if node is None:
        said = " ".join(str(libsbml.getLastParseL3Error()).split())[:300]
        raise row.wrong(
            f"the formula {text[:200]!r} cannot be read: {said}", "write it as in 'scale*A + offset'"
        )
    try:
        formula = Mathematics({}, set(known)).formula(node)
    except InputError as error:
        raise error.at(row.file, row.line) from None
    _refuse_past_and_rates(formula, row)
    return _named(formula)


def _named(formula: Formula) -> Written:
    symbols = tuple(sorted(names_in(formula) - {TIME}))
    table: dict[str, Formula] = {symbol: name(f"v{k}") for k, symbol in enumerate(symbols)}
    return Written(ast.unparse(replaced(formula, {**table, TIME: name("time")})), symbols)


def _refuse_past_and_rates(formula: Formula, row: Row) -> None:
    """Refuse what the value of a moment does not tell."""
    for node in ast.walk(formula):
        if isinstance(node, ast.Name) and (node.id == "delay" or node.id.startswith(RATE)):
            word = "delay" if node.id == "delay" else "rateOf"
            raise row.wrong(
                f"a formula uses {word!r}, which tables do not have", "give it a rule of the model"
            )


def _require_flat(text: str, row: Row) -> None:
    """Refuse what is long or nested enough to end libSBML's reader, which is recursive."""
    if len(text) > LONGEST:
        raise row.wrong(
            f"a formula has {len(text):,} characters; at most {LONGEST:,} are read", "put it into the model"
        )
    depth = run = 0
    for one in text:
        depth += (one in "([{") - (one in ")]}")
        run = run + 1 if one in "-!+~ " else 0
        if depth > MOST_DEPTH or run > MOST_DEPTH:
            raise row.wrong(
                f"a formula is nested more than {MOST_DEPTH} deep", "put parts of it into the model"
            )
    if text.count("^") > MOST_DEPTH:
        raise row.wrong(f"a formula has more than {MOST_DEPTH} powers", "put parts of it into the model")
