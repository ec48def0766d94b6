"""Files read as a whole, if they are not too large, and the numbers in them."""

from __future__ import annotations

import stat
from pathlib import Path

from nonself.errors import InputError


def as_float(text: str) -> float:
    """Return the number that text is, in plain digits: none of Python's `1_000`, none of another script's.

    **Raises:** `ValueError` where it is none.

    **Example:** `as_float("1e-3")` gives `0.001`.
    """
    if "_" in text or not text.isascii():
        raise ValueError(f"{text!r} is no number")
    return float(text)


def read_bytes(path: Path, most: int, mend: str) -> bytes:
    """Return what a file holds, never more than `most` bytes of it.

    **Arguments:** `most` bytes; `mend` what to do where there are more.
    **Raises:** `InputError` where it is too large, no plain file (a pipe never ends) or cannot be read.
    """
    try:
        found = path.stat()
        if not (stat.S_ISREG(found.st_mode) or stat.S_ISDIR(found.st_mode)):
            raise InputError("is a pipe or a device, which may never end", file=str(path), mend="give a file")
        with path.open("rb") as file:
            content = file.read(most + 1)
    except (OSError, ValueError) as error:
        what = f"cannot be read: {getattr(error, 'strerror', None) or error}"
        raise InputError(what, file=str(path), mend="check the path and who may read it") from None
    if len(content) > most:
        what = f"has {max(len(content), found.st_size) / 2**20:,.1f} MiB; at most {most / 2**20:.0f} are read"
        raise InputError(what, file=str(path), mend=mend)
    return content


def read_text(path: Path, most: int, mend: str, encoding: str = "utf-8") -> str:
    """Return the text of a file in UTF-8.

    **Arguments:** as of `read_bytes`; `encoding` `utf-8-sig` where a mark may stand before the text.
    **Raises:** `InputError` where it is too large, cannot be read or is not UTF-8.
    """
    try:
        return read_bytes(path, most, mend).decode(encoding)
    except UnicodeDecodeError:
        raise InputError("is not text in UTF-8", file=str(path), mend="save it as UTF-8") from None
