"""Names of ours -> ids of SBML, one to one: letters, digits and underscores."""

from __future__ import annotations

import re
from collections.abc import Iterable

_ID = re.compile(r"[A-Za-z_][A-Za-z0-9_]*\Z", re.ASCII)
_ILLEGAL = re.compile(r"[^A-Za-z0-9_]+", re.ASCII)


class Ids:
    """The ids of one file; those that can stay as they are do."""

    def __init__(self, wanted: Iterable[str]) -> None:
        names = list(dict.fromkeys(wanted))
        self.given = {name: name for name in names if _ID.match(name)}
        self.taken = set(self.given)
        for name in names:
            if name not in self.given:
                self.given[name] = self.new(name)

    def __getitem__(self, name: str) -> str:
        return self.given.get(name, name)

    def new(self, wanted: str) -> str:
        """Return an id that is free, as near as possible to the one wanted, and take it."""
        plain = _ILLEGAL.sub("_", wanted).strip("_") or "x"
        plain = plain if plain[0].isalpha() or plain[0] == "_" else f"x{plain}"
        while plain in self.taken:
            plain += "_"
        self.taken.add(plain)
        return plain
