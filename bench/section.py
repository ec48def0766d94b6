"""A part of a document that one program writes and every other leaves as it is."""

from __future__ import annotations

BEGIN, END = "<!-- written by python -m bench.biomodels -->", "<!-- end of what bench.biomodels wrote -->"
BEFORE = "## What is not measured\n"


def found(document: str) -> str | None:
    """Return the section that stands in a document, without its marks, or None.

    **Raises:** `ValueError` where a mark stands alone or twice: what to replace cannot be told.
    """
    counts = (document.count(BEGIN), document.count(END))
    if counts == (0, 0):
        return None
    if counts != (1, 1) or document.index(BEGIN) > document.index(END):
        raise ValueError(
            f"the document does not hold {BEGIN!r} and {END!r} once each, in order; put them back"
        )
    return document.partition(BEGIN)[2].partition(END)[0].strip("\n")


def put(document: str, body: str) -> str:
    """Return a document with the section in place of the one there, or else before what is not measured."""
    whole = f"{BEGIN}\n\n{body.strip()}\n\n{END}"
    if found(document) is not None:
        return document.partition(BEGIN)[0] + whole + document.partition(END)[2]
    if document.count(BEFORE) != 1:
        raise ValueError(f"the document has not one heading {BEFORE.strip()!r} to put the section before")
    return document.replace(BEFORE, f"{whole}\n\n{BEFORE}")


def carried(old: str, new: str) -> str:
    """Return a new document with the section of the old one, where it had one."""
    body = found(old)
    return new if body is None else put(new, body)
