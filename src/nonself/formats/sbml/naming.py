"""Names of an SBML file -> names our formulas can use, one to one: what is taken or reserved gets underscores behind
it.

A name is reserved where Python, our formulas or their functions use it (`lambda`, `time`, `exp`). The local parameter k
of reaction R becomes `R_k`.
"""

from __future__ import annotations

import keyword
import re
from collections.abc import Iterable

from nonself.expr import FUNCTIONS, TIME

RESERVED = frozenset({*keyword.kwlist, *FUNCTIONS, TIME})
_ILLEGAL = re.compile(r"[^A-Za-z0-9_]+")


class Naming:
    """Gives each symbol a name nothing else has."""

    def __init__(self) -> None:
        self.taken: set[str] = set(RESERVED)
        self.given: dict[str, str] = {}

    def name_all(self, symbols: Iterable[str]) -> None:
        """Name the symbols of a file: those that can keep their names first."""
        symbols = list(symbols)
        for symbol in symbols:
            if symbol not in self.taken and symbol.isidentifier() and not symbol.startswith("_"):
                self.given[symbol] = symbol
                self.taken.add(symbol)
        for symbol in symbols:
            if symbol not in self.given:
                self.given[symbol] = self.new(symbol)

    def new(self, wanted: str) -> str:
        """Return a name that is free, as near as possible to the one wanted, and take it."""
        plain = _ILLEGAL.sub("_", wanted).strip("_") or "x"
        plain = plain if plain[0].isalpha() else f"x{plain}"
        while plain in self.taken:
            plain += "_"
        self.taken.add(plain)
        return plain
