"""Text written to a file as a whole or not at all."""

from __future__ import annotations

from pathlib import Path

from nonself.errors import InputError


def write_text(path: Path, text: str) -> None:
    """Write a text file; what stood there before stays until the new one is whole.

    **Raises:** `InputError` where it cannot be written.
    """
    beside = path.with_name(f".{path.name}.part")
    try:
        beside.write_text(text, encoding="utf-8", newline="\n")
        beside.replace(path)
    except OSError as error:
        beside.unlink(missing_ok=True)
        raise InputError(
            f"cannot be written: {error.strerror or error}",
            file=str(path),
            mend="check the folder and who may write in it",
        ) from None
