"""Where numbers come from: citations, and assumptions that say why they were made."""

from __future__ import annotations

from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class Citation:
    """A published source that was read, and the place in it.

    **Arguments:** `key` short name, e.g. `Hahnel2020`; `title`, `authors`, `year`, `venue` as printed;
    `doi` or `pmid` where there is one; `place` the table, figure or file the number stands in;
    `read_in` what was actually read when it was not the paper itself.

    **Example:** `HAHNEL.at("Table S1")`
    """

    key: str
    title: str
    authors: str
    year: int
    venue: str
    doi: str | None = None
    pmid: str | None = None
    read_in: str | None = None
    place: str | None = None

    def at(self, place: str) -> Citation:
        """Return this source with the place in it."""
        return replace(self, place=place)

    @property
    def text(self) -> str:
        """The source in one line, as shown beside a number."""
        return f"{self.key}, {self.place}" if self.place else self.key

    @property
    def reference(self) -> str:
        """The source as an entry in a list of references."""
        tail = f" doi:{self.doi}" if self.doi else f" PMID {self.pmid}" if self.pmid else ""
        read = f" Read in: {self.read_in}." if self.read_in else ""
        return f"{self.authors} ({self.year}). {self.title}. {self.venue}.{tail}{read}"


@dataclass(frozen=True, slots=True)
class Assumption:
    """A number without a source, and the reason it was chosen."""

    why: str

    @property
    def text(self) -> str:
        """The assumption in one line, as shown beside a number."""
        return f"assumed: {self.why}"


Source = Citation | Assumption


def assumed(why: str) -> Assumption:
    """Declare that a number has no source, and why it was chosen.

    **Raises:** `ValueError` when no reason is given.

    **Example:** `Parameter("k", 0.1, "1/day", assumed("of the order of cell division"))`
    """
    if not why.strip():
        raise ValueError("assumed() needs a reason: say why this number was chosen")
    return Assumption(why.strip())
