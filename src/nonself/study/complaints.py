"""What the checks of the study format complain about, in one sentence with its line and how to mend it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from nonself.errors import InputError, near_misses
from nonself.study.strict import Strict

if TYPE_CHECKING:
    from pydantic import ValidationError

Steps = tuple[str | int, ...]

_NUMBER, _TEXT = "give a plain number, as in 0.1 or 1e-6", "give text, in quotes where it looks like a number"
_MAPPING = "give fields, one 'name: value' a line"
_WORDS = {
    "float_type": ("is not a number", _NUMBER),
    "int_type": ("is not a whole number", "give a whole number"),
    "int_from_float": ("is not a whole number", "give a whole number"),
    "string_type": ("is not text", _TEXT),
    "tuple_type": ("is not a list", "give a list, as in [1, 2]"),
    "dict_type": ("is not a mapping of names to values", _MAPPING),
    "mapping_type": ("is not a mapping of names to values", _MAPPING),
    "finite_number": ("is not a finite number", _NUMBER),
    "greater_than": ("is not above {gt:g}", "give a greater number"),
    "greater_than_equal": ("is below {ge:g}", "give {ge:g} or more"),
    "less_than": ("is not below {lt:g}", "give a smaller number"),
    "less_than_equal": ("is above {le:g}", "give {le:g} or less"),
    "too_short": ("has {actual_length} entries", "give at least {min_length}"),
    "too_long": ("has {actual_length} entries", "give at most {max_length}"),
    "string_too_short": ("is empty", "give some text"),
    "string_too_long": ("is longer than {max_length} characters", "shorten it"),
    "string_pattern_mismatch": ("is not a name", "use letters, digits, - and _, a letter first"),
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
    what, mend = _sentence(first, steps, [str(part["type"]) for part in real if _steps(part, data) == steps])
    others = len({_steps(part, data) for part in real}) - 1
    more = f" (and {others} more {'fault' if others == 1 else 'faults'} in this file)" if others else ""
    return InputError(what + more, file=file, line=_line(steps, lines), mend=mend)


def _steps(part: Mapping[str, Any], data: Any) -> Steps:
    """Return the path of an error through the data; the names of alternatives in it are left out."""
    context = part.get("ctx") or {}
    here, steps = data, []
    for step in part["loc"]:
        if (isinstance(here, dict) and step in here) or (
            isinstance(here, tuple) and isinstance(step, int) and step < len(here)
        ):
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


def _sentence(part: Mapping[str, Any], steps: Steps, kinds: Sequence[str]) -> tuple[str, str]:
    kind, context = part["type"], part.get("ctx") or {}
    if kind == "unknown_field":
        return f"unknown field {context['key']!r}{_inside(steps)}", _nearest(context["key"], context["known"])
    if kind == "wrong_part":
        place = _dotted(steps[:-1] if context["field"] else steps)
        return (f"{place}: {context['message']}" if place else context["message"]), context["mend"]
    if kind == "missing" and isinstance(steps[-1], int):
        return f"{_dotted(steps[:-1])} has too few numbers", f"give at least {steps[-1] + 1}"
    if kind == "missing":
        return f"field {steps[-1]!r} is missing{_inside(steps)}", f"add '{steps[-1]}: …'"
    if kind in ("union_tag_invalid", "literal_error"):
        said = str(context.get("tag", part["input"]))
        known = [word.strip("' ") for word in _alternatives(context)]
        return f"unknown {steps[-1]} {said!r}", _nearest(said, known)
    if kind == "union_tag_not_found":
        return f"field 'kind' is missing in {_dotted(steps)}", "say which kind it is, as in 'kind: crossing'"
    if {"float_type", "string_type"} <= set(kinds):
        return f"{_dotted(steps)}: {_shown(part['input'])} is neither a number nor text", _NUMBER
    if kind in ("model_type", "model_attributes_type"):
        fields = _fields(str(context.get("class_name")))
        example = f"'{steps[-1]}: {{{fields[0]}: …}}'" if fields and steps else "'name: value', one a line"
        allowed = f"; known: {', '.join(fields)}" if fields else ""
        return (
            f"{_dotted(steps)}: {_shown(part['input'])} is not a mapping of fields",
            f"write {example}{allowed}",
        )
    words, mend = _WORDS.get(kind, (str(part["msg"]), "compare with a shipped study: 'nonself list studies'"))
    return f"{_dotted(steps)}: {_shown(part['input'])} {words.format(**context)}", mend.format(**context)


def _fields(record: str) -> list[str]:
    """The fields of a part of a study, as they are written."""
    from nonself.study import spec

    model = getattr(spec, record, None)
    if not (isinstance(model, type) and issubclass(model, Strict)):
        return []
    return [field.alias or name for name, field in model.model_fields.items()]


def _shown(value: Any) -> str:
    if isinstance(value, (str, int, float)) or value is None:
        return repr(value)
    return "a list" if isinstance(value, (tuple, list)) else "a mapping"


def _alternatives(context: Mapping[str, Any]) -> list[str]:
    text = str(context.get("expected_tags") or context.get("expected"))
    return text.replace(" or ", ",").split(",")


def _nearest(name: str, known: list[str]) -> str:
    close = near_misses(name, known)
    return f"did you mean {' or '.join(map(repr, close))}?" if close else f"known: {', '.join(known)}"


def _inside(steps: Steps) -> str:
    return f" in {_dotted(steps[:-1])}" if len(steps) > 1 else ""


def _dotted(steps: Steps) -> str:
    text = ""
    for step in steps:
        text += f"[{step + 1}]" if isinstance(step, int) else f".{step}" if text else str(step)
    return text
