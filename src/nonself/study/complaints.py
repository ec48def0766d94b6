"""What the checks of the study format complain about, in one sentence with its line and how to mend it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from nonself.errors import InputError, near_misses

if TYPE_CHECKING:
    from pydantic import ValidationError

Steps = tuple[str | int, ...]

_WORDS = {
    "float_type": "is not a number",
    "int_type": "is not a whole number",
    "int_from_float": "is not a whole number",
    "string_type": "is not text",
    "tuple_type": "is not a list",
    "mapping_type": "is not a mapping of names to values",
    "dict_type": "is not a mapping of names to values",
    "model_type": "is not a mapping of fields",
    "model_attributes_type": "is not a mapping of fields",
    "finite_number": "is not a finite number",
    "greater_than": "must be above {gt}",
    "greater_than_equal": "must be {ge} or more",
    "less_than": "must be below {lt}",
    "less_than_equal": "must be {le} or less",
    "too_short": "has too few entries: at least {min_length}",
    "string_too_short": "is empty",
    "string_too_long": "is longer than {max_length} characters",
    "string_pattern_mismatch": "is not a name: letters, digits, - and _, a letter first",
    "missing": "is missing",
}


def complaint(error: ValidationError, data: Any, lines: Mapping[Steps, int], file: str) -> InputError:
    """Return one input error for what a validation found: the first in order of lines.

    **Arguments:** `data` the values that were checked; `lines` path of a part -> its line.
    """
    found = [dict(part) for part in error.errors(include_url=False)]
    real = [part for part in found if part["type"] != "too_short"] or found
    located = [(_line(_steps(part, data), lines), index, part) for index, part in enumerate(real)]
    _, _, first = min(located, key=lambda entry: entry[:2])
    steps = _steps(first, data)
    what, mend = _sentence(first, steps, data)
    others = len({_steps(part, data) for part in real}) - 1
    more = f" (and {others} more {'fault' if others == 1 else 'faults'} in this file)" if others else ""
    return InputError(what + more, file=file, line=_line(steps, lines), mend=mend)


def _steps(part: Mapping[str, Any], data: Any) -> Steps:
    """Return the path of an error through the data; the names of alternatives in it are left out."""
    context = part.get("ctx") or {}
    here, steps = data, []
    for step in part["loc"]:
        if isinstance(here, dict) and step in here:
            here = here[step]
        elif isinstance(here, tuple) and isinstance(step, int) and step < len(here):
            here = here[step]
        elif part["type"] != "missing" or step != part["loc"][-1]:
            continue
        steps.append(step)
    field = context.get("key") or context.get("field")
    if part["type"] == "union_tag_invalid":
        field = str(context["discriminator"]).strip("'")
    return (*steps, field) if field else tuple(steps)


def _line(steps: Steps, lines: Mapping[Steps, int]) -> int:
    for length in range(len(steps), -1, -1):
        if steps[:length] in lines:
            return lines[steps[:length]]
    return 1


def _sentence(part: Mapping[str, Any], steps: Steps, data: Any) -> tuple[str, str]:
    kind, context = part["type"], part.get("ctx") or {}
    where = _dotted(steps)
    if kind == "unknown_field":
        return f"unknown field {context['key']!r}{_inside(steps)}", _nearest(context["key"], context["known"])
    if kind == "wrong_part":
        return f"{_dotted(tuple(part['loc'][: len(steps)]), data)}{context['message']}", context["mend"]
    if kind == "missing":
        return f"field {steps[-1]!r} is missing{_inside(steps)}", f"add '{steps[-1]}: …'"
    if kind in ("union_tag_invalid", "literal_error"):
        said = str(context.get("tag", part["input"]))
        known = [word.strip("' ") for word in _alternatives(context)]
        return f"unknown {steps[-1]} {said!r}", _nearest(said, known)
    if kind == "union_tag_not_found":
        return f"field 'kind' is missing in {where}", "say which kind of endpoint it is, as in 'kind: crossing'"
    words = _WORDS.get(kind, str(part["msg"])).format(**context)
    shown = part["input"] if isinstance(part["input"], (str, int, float)) else type(part["input"]).__name__
    return f"{where}: {shown!r} {words}", "see 'nonself show study-format' for what belongs there"


def _alternatives(context: Mapping[str, Any]) -> list[str]:
    text = str(context.get("expected_tags") or context.get("expected"))
    return text.replace(" or ", ",").split(",")


def _nearest(name: str, known: list[str]) -> str:
    close = near_misses(name, known)
    return f"did you mean {' or '.join(map(repr, close))}?" if close else f"known: {', '.join(known)}"


def _inside(steps: Steps) -> str:
    return f" in {_dotted(steps[:-1])}" if len(steps) > 1 else ""


def _dotted(steps: Steps, data: Any = None) -> str:
    text = ""
    for step in steps:
        text += f"[{step + 1}]" if isinstance(step, int) else f".{step}" if text else str(step)
    return text if data is None or not text else f"{text}: "
