"""Results on disk: every file is complete or not there."""

from __future__ import annotations

import dataclasses
import io
import json
import math
import os
import shutil
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from nonself.analysis.findings import Findings
from nonself.errors import InputError

DRAWN = ("bands", "panels")
STEPS = ("times", "share", "low", "high")


def require_writable(out: Path) -> None:
    """Refuse an output folder that cannot be made or written to, before anything is computed; leaves nothing.

    **Raises:** `InputError` naming the folder.
    """
    existing = next(place for place in (out, *out.absolute().parents) if place.exists())
    what = f"the output folder {out} cannot be written"
    if not existing.is_dir():
        raise InputError(
            f"{what}: {existing} is a file", file=str(out), mend="give another folder with --out"
        )
    try:
        Path(tempfile.mkdtemp(prefix=".nonself-", dir=existing)).rmdir()
    except OSError as error:
        raise InputError(
            f"{what}: {error.strerror or error}", file=str(out), mend="give another folder with --out"
        ) from None


def write_files(out: Path, files: Mapping[str, bytes | Iterable[bytes]]) -> None:
    """Write files into a folder: first all of them aside, then each moved into place at once.

    The last of several is the seal: it is taken away first and comes last, so a folder with it is whole.

    **Arguments:** `files` name -> content, or pieces of it that are written as they come.
    **Raises:** `InputError` when the folder cannot be written; then no file of it has changed by halves.

    **Example:** `write_files(Path("out"), {"summary.json": b"{}"})`
    """
    require_writable(out)
    out.parent.mkdir(parents=True, exist_ok=True)
    staged = Path(tempfile.mkdtemp(prefix=".nonself-", dir=out if out.exists() else out.parent))
    try:
        staged.chmod(0o755)
        for name, content in files.items():
            with (staged / name).open("wb") as file:
                file.writelines((content,) if isinstance(content, bytes) else content)
                file.flush()
                os.fsync(file.fileno())
        if out.exists():
            if len(files) > 1:
                (out / list(files)[-1]).unlink(missing_ok=True)
            for name in files:
                (staged / name).replace(out / name)
        else:
            staged.rename(out)
    except OSError as error:
        raise InputError(f"the output folder {out} cannot be written: {error.strerror or error}") from None
    finally:
        shutil.rmtree(staged, ignore_errors=True)


def parquet_bytes(parts: Iterable[Any]) -> bytes:
    """Return the parts of a table as the bytes of a Parquet file; the same parts give the same bytes."""
    return b"".join(parquet_pieces(parts))


def parquet_pieces(parts: Iterable[Any]) -> Iterator[bytes]:
    """Give the same bytes piece by piece, so that no more than a part of the table is held."""
    import pyarrow
    import pyarrow.parquet

    sink, writer = _Sink(), None
    for part in parts:
        writer = writer or pyarrow.parquet.ParquetWriter(sink, part.schema, compression="zstd")
        writer.write_table(pyarrow.Table.from_batches([part]))  # a row group each, at once
        yield sink.taken()
    if writer is not None:
        writer.close()
    yield sink.taken()


class _Sink(io.RawIOBase):
    """What is written, until it is taken."""

    def __init__(self) -> None:
        self.pieces: list[bytes] = []
        self.size = 0

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        self.pieces.append(bytes(data))
        self.size += len(self.pieces[-1])
        return len(self.pieces[-1])

    def tell(self) -> int:
        return self.size

    def taken(self) -> bytes:
        """Return what was written since this was last asked."""
        found = b"".join(self.pieces)
        self.pieces.clear()
        return found


def json_bytes(value: Any) -> bytes:
    """Return plain values as the bytes of a JSON file."""
    return (json.dumps(value, indent=1, ensure_ascii=False, allow_nan=False) + "\n").encode()


def plain_findings(findings: Findings) -> dict[str, Any]:
    """Return findings as plain values for JSON, NaN as null; what is only drawn (courses, steps) is left
    out.
    """
    fields = [field.name for field in dataclasses.fields(findings) if field.name not in DRAWN]
    found = {name: plain(getattr(findings, name)) for name in fields}
    for curve in found["survival"]:
        for name in STEPS:
            del curve[name]
    return found


def plain(value: Any) -> Any:
    """Return records, arrays and numbers as plain values for JSON.

    **Example:** `plain(np.array([1.0, np.nan]))` gives `[1.0, None]`.
    """
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {field.name: plain(getattr(value, field.name)) for field in dataclasses.fields(value)}
    if isinstance(value, Mapping):
        return {str(key): plain(part) for key, part in value.items()}
    if isinstance(value, np.ndarray):
        return [plain(part) for part in value.tolist()]
    if isinstance(value, (list, tuple)):
        return [plain(part) for part in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value
