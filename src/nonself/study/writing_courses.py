"""Courses of a simulation as CSV or Parquet."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from nonself.errors import InputError
from nonself.study.single import Simulation
from nonself.study.tracing import alone, trace_text
from nonself.study.write import parquet_pieces, require_writable, write_files

WRITERS = (".csv", ".parquet")
ROWS_AT_ONCE = 100_000  # of a file, held while it is written


def write_courses(result: Simulation, out: Path) -> list[str]:
    """Write courses, one row a patient and time: one file if `out` ends in .csv or .parquet, else both in a
    folder, with trace.txt if one patient was followed.

    **Returns:** the files written. **Raises:** `InputError` for another ending or a place that cannot be
    written.

    **Example:** `write_courses(simulate("clapp2015"), Path("courses.csv"))`
    """
    suffix = require_course_place(out)
    if suffix:
        write_files(out.parent, {out.name: _content(result, suffix)})
        return [str(out)]
    files: dict[str, bytes | Iterator[bytes]] = {
        f"courses{ending}": _content(result, ending) for ending in WRITERS
    }
    if result.trace is not None:
        files["trace.txt"] = trace_text([alone(result.trace)]).encode()
    write_files(out, files)
    return [str(out / name) for name in files]


def require_course_place(out: Path) -> str:
    """Return how a place for courses ends, "" for a folder, and refuse one that cannot be written.

    **Raises:** `InputError` for another ending than .csv and .parquet, or a place that cannot be written.
    """
    suffix = out.suffix.lower()
    if suffix and suffix not in WRITERS:
        raise InputError(f"--out {out} ends in {suffix}", mend="end it in .csv or .parquet, or give a folder")
    require_writable(out.parent if suffix else out)
    return suffix


def _content(result: Simulation, suffix: str) -> Iterator[bytes]:
    if suffix == ".parquet":
        yield from parquet_pieces(batch for table in _tables(result) for batch in table.to_batches())
        return
    plain = not any(set(name) & set('",\r\n') for name in result.patients)
    for number, table in enumerate(_tables(result)):
        yield _csv(table, plain, number == 0)


def _tables(result: Simulation) -> Iterator[Any]:
    """The courses of some patients after the other, as Arrow's tables."""
    import pyarrow

    count = max(1, ROWS_AT_ONCE // result.times.size)
    for first in range(0, len(result.patients), count):
        some = slice(first, first + count)
        part = replace(
            result,
            patients=result.patients[some],
            values=result.values[some],
            finished=result.finished[some],
        )
        yield pyarrow.Table.from_pandas(part.to_pandas(), preserve_index=False)  # NaN becomes nothing


def _csv(table: Any, plain: bool, first: bool) -> bytes:
    """A table as CSV, by Arrow, since many courses are many lines; names have quotes only where one needs them."""
    import pyarrow
    from pyarrow import csv

    sink = pyarrow.BufferOutputStream()
    how = csv.WriteOptions(
        include_header=first, quoting_style="none" if plain else "needed", quoting_header="none"
    )
    csv.write_csv(table, sink, how)
    return bytes(sink.getvalue())
