"""COPASI's bindings, imported so that the program's locale stays what it was."""

from __future__ import annotations

import locale

_BEFORE = locale.setlocale(locale.LC_ALL)

import COPASI  # noqa: E402 - it sets the C locale

locale.setlocale(locale.LC_ALL, _BEFORE)

__all__ = ["COPASI"]
