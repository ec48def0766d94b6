"""Everything Nonself raises, in one tree.

NonselfError
+-- InputError           the caller gave something wrong; the command line exits with 2
|   +-- UnknownName      a name that is not there; carries the near misses
|   +-- UnitError        units or dimensions that do not fit
|   +-- CompositionError mechanisms that contradict each other
+-- BuildError           a model that cannot be turned into machine code; a fault of the program
+-- IntegrityError       a promise the program makes about its own results does not hold
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable

LONGEST_SHOWN = 200  # characters of one name
LONGEST_MESSAGE = 4_000
MOST_COMPARED = 5_000  # names, to find near misses among


class NonselfError(Exception):
    """Base of all errors raised on purpose."""


class InputError(NonselfError):
    """The input is wrong: says where, what, and how to mend it.

    **Arguments:** `what` the fault in one sentence; `file`, `line` where it is; `mend` what to do.
    """

    def __init__(
        self, what: str, *, file: str | None = None, line: int | None = None, mend: str | None = None
    ) -> None:
        super().__init__(what)
        self.what = what if len(what) <= LONGEST_MESSAGE else f"{what[:LONGEST_MESSAGE]}…"
        self.file = file
        self.line = line
        self.mend = mend

    def at(self, file: str | None, line: int | None = None) -> InputError:
        """Return the same error with its place filled in where it was not known.

        **Example:** `raise error.at("study.yaml", 12)`
        """
        self.file = self.file or file
        self.line = self.line if self.line is not None else line
        return self

    def __str__(self) -> str:
        place = f"{self.file or ''}{f':{self.line}' if self.line is not None else ''}"
        head = f"{place}: {self.what}" if place else self.what
        return f"{head}\n  Mend: {self.mend}" if self.mend else head


def shortened(text: str) -> str:
    """Return text short enough to be shown.

    **Example:** `shortened("a" * 1000)` ends in an ellipsis.
    """
    return text if len(text) <= LONGEST_SHOWN else f"{text[:LONGEST_SHOWN]}…"


def near_misses(name: str, known: Iterable[str], count: int = 3, cutoff: float = 0.5) -> list[str]:
    """Return the known names most like `name`, best first; `cutoff` how much alike they are at least, of 1;
    none where to compare them all would take long.

    **Example:** `near_misses("hahnel", ["hahnel2020", "moore_li2004"])` gives `["hahnel2020"]`.
    """
    names = sorted({one for one in known if len(one) <= LONGEST_SHOWN})
    if len(name) > LONGEST_SHOWN or len(names) > MOST_COMPARED:
        return []
    lowered = {candidate.lower(): candidate for candidate in names}
    close = difflib.get_close_matches(name.lower(), lowered, n=count, cutoff=cutoff)
    return [lowered[match] for match in close]


class UnknownName(InputError):  # noqa: N818 - it reads as what happened
    """A name that does not exist among the known ones; the message lists the nearest."""

    def __init__(self, kind: str, name: str, known: Iterable[str], **place: object) -> None:
        names = sorted(set(known))
        close = near_misses(name, names)
        if close:
            mend = f"did you mean {' or '.join(repr(match) for match in close)}?"
        else:
            shown = ", ".join(shortened(one) for one in names[:12]) + (", …" if len(names) > 12 else "")
            mend = f"known: {shown}" if names else f"there is no {kind} to choose from"
        file, line = place.get("file"), place.get("line")
        super().__init__(
            f"unknown {kind} {shortened(name)!r}",
            file=file if isinstance(file, str) else None,
            line=line if isinstance(line, int) else None,
            mend=mend,
        )
        self.name = name


class UnitError(InputError):
    """Units or dimensions that do not fit together."""


class CompositionError(InputError):
    """Mechanisms that say different things about the same name."""


class BuildError(NonselfError):
    """A model that cannot be turned into machine code."""


class IntegrityError(NonselfError):
    """A promise the program makes about its own results does not hold."""
