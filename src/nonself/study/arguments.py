"""Arguments of a command line, read."""

from __future__ import annotations

import os
from collections.abc import Sequence

from nonself.errors import InputError


def pairs(given: Sequence[str] | None, option: str) -> dict[str, str]:
    """Return NAME=VALUE arguments as name -> value.

    **Raises:** `InputError` for one that is not of that form, or a name given twice.

    **Example:** `pairs(["TKI=2"], "--set")` gives `{"TKI": "2"}`.
    """
    found: dict[str, str] = {}
    for text in given or ():
        name, sign, value = (part.strip() for part in text.partition("="))
        if not (name and sign and value):
            raise InputError(f"{option} {text!r} is not NAME=VALUE", mend=f"write it as in {option} TKI=2")
        if name in found:
            raise InputError(f"{option} gives {name!r} twice", mend="give it once")
        found[name] = value
    return found


def available_cores() -> int:
    """Return how many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
