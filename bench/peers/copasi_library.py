"""COPASI's bindings, imported and called so that the program's locale stays what it was."""

from __future__ import annotations

import locale
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def own_locale() -> Iterator[None]:
    """Put the locale back at the end: importing COPASI sets the C locale, and so does reading or running a model."""
    before = locale.setlocale(locale.LC_ALL)
    try:
        yield
    finally:
        locale.setlocale(locale.LC_ALL, before)


with own_locale():
    import COPASI

__all__ = ["COPASI", "own_locale"]
