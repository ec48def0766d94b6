"""A first look at YAML text, before anything builds what it says: depth, size with its aliases written out, tags."""

from __future__ import annotations

from typing import Any

from nonself.errors import InputError

MOST_DEPTH = 50
MOST_NODES = 100_000  # an alias counts as what it stands for


def require_flat(text: str, file: str) -> None:
    """Refuse YAML that would become large: ten aliases of ten aliases, and so on, are a small file.

    **Raises:** `InputError` with file and line, for tags too, which ask for types of a language; `YAMLError` where it
    is no YAML; `ValueError` for what is no text.
    """
    from ruamel.yaml import YAML

    sizes: dict[str, float] = {}
    open_: list[tuple[str | None, float]] = [(None, 0.0)]  # anchor and size of each part that is not ended
    for event in YAML(typ="safe", pure=True).parse(text):
        kind = type(event).__name__
        line = event.start_mark.line + 1
        if kind == "AliasEvent":
            if event.anchor not in sizes:
                raise InputError(
                    f"alias {event.anchor!r} stands for nothing before it, or for itself",
                    file=file,
                    line=line,
                    mend="write it out",
                )
            _add(open_, sizes[event.anchor])
        elif kind in ("SequenceStartEvent", "MappingStartEvent"):
            open_.append((event.anchor, 1.0))
        elif kind in ("SequenceEndEvent", "MappingEndEvent"):
            anchor, size = open_.pop()
            _end(open_, sizes, anchor, size)
        elif kind == "ScalarEvent":
            _end(open_, sizes, event.anchor, 1.0)
        _require_small(open_, _tag(event), file, line)


def _end(
    open_: list[tuple[str | None, float]], sizes: dict[str, float], anchor: str | None, size: float
) -> None:
    if anchor is not None:
        sizes[anchor] = size
    _add(open_, size)


def _add(open_: list[tuple[str | None, float]], size: float) -> None:
    anchor, before = open_[-1]
    open_[-1] = anchor, before + size


def _tag(event: Any) -> str | None:
    found = getattr(event, "tag", None)
    return None if found is None else str(found)


def _require_small(open_: list[tuple[str | None, float]], tag: str | None, file: str, line: int) -> None:
    what = None
    if len(open_) > MOST_DEPTH:
        what, mend = f"is nested too deeply: more than {MOST_DEPTH} levels", "write it flatter"
    elif open_[-1][1] > MOST_NODES:
        what, mend = f"holds more than {MOST_NODES:,} values once aliases are written out", "give tables"
    elif tag is not None:
        what, mend = f"cannot be read as YAML: it has a tag, {tag[:100]!r}", "leave it out"
    if what is not None:
        raise InputError(what, file=file, line=line, mend=mend)
