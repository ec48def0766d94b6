"""Compiled code on disk: one file a program, verified on load, safe to delete."""

from __future__ import annotations

import hashlib
import os
import struct
import tempfile
from pathlib import Path

_MAGIC = b"nonself1"


def folder() -> Path | None:
    """Return the cache folder: `NONSELF_CACHE`, none when that is "off", else the user's cache folder.

    **Example:** `NONSELF_CACHE=off nonself run study.yaml`
    """
    chosen = os.environ.get("NONSELF_CACHE")
    if chosen is not None:
        return None if chosen.strip().lower() in ("", "off", "0", "none") else Path(chosen)
    base = os.environ.get("XDG_CACHE_HOME")
    return (Path(base) if base else Path.home() / ".cache") / "nonself"


def load(key: str) -> tuple[bytes, bytes] | None:
    """Return (code, description) kept under a key; nothing when it is absent or damaged."""
    place = folder()
    if place is None:
        return None
    try:
        data = (place / f"{key}.bin").read_bytes()
    except OSError:
        return None
    head = len(_MAGIC) + 32 + 16
    if len(data) < head or data[: len(_MAGIC)] != _MAGIC:
        return None
    digest, body = data[len(_MAGIC) : len(_MAGIC) + 32], data[len(_MAGIC) + 32 :]
    if hashlib.sha256(body + key.encode()).digest() != digest:
        return None
    code_size, description_size = struct.unpack("<QQ", body[:16])
    return body[16 : 16 + code_size], body[16 + code_size : 16 + code_size + description_size]


def store(key: str, code: bytes, description: bytes) -> None:
    """Keep code and description under a key; a folder that cannot be written keeps nothing."""
    place = folder()
    if place is None:
        return
    body = struct.pack("<QQ", len(code), len(description)) + code + description
    data = _MAGIC + hashlib.sha256(body + key.encode()).digest() + body
    try:
        place.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(dir=place, prefix=".part-")
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        Path(temporary).replace(place / f"{key}.bin")
    except OSError:
        return
