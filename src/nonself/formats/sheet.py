"""A CSV file as text cells that know their line; what cannot be read exactly is refused with its place."""

from __future__ import annotations

import csv
import io
import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from nonself.errors import InputError, UnknownName, shortened
from nonself.formats.reading import as_float, read_text

MOST_BYTES = 256 * 2**20
MOST_COLUMNS = 10_000
_HEADER = re.compile(r"^(?P<name>.*?)\s*(?:\[(?P<unit>[^\]]*)\])?$")


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table of text: `names` and `units` (None where the header gives none) of columns, `rows` of cells,
    `lines` the line each row ends on, `header_line` that of the header.
    """

    file: str
    names: tuple[str, ...]
    units: tuple[str | None, ...]
    rows: tuple[tuple[str, ...], ...]
    lines: tuple[int, ...]
    header_line: int

    def index(self, name: str) -> int:
        """Return the position of a column. **Raises:** `UnknownName` with near misses when it is not
        there.
        """
        if name not in self.names:
            raise UnknownName("column", name, self.names, file=self.file, line=self.header_line)
        return self.names.index(name)


def read_sheet(path: Path) -> Sheet:
    """Read a CSV file with a header; empty lines and lines that start with # are left out.

    A header may carry a unit, as in `TKI [1/month]`.

    **Returns:** the sheet, every row as long as the header.
    **Raises:** `InputError` with file, line, what and how to mend it.

    **Example:** `read_sheet(Path("patients.csv")).names`
    """
    file = str(path)
    content = _lines(read_text(path, MOST_BYTES, "split the table", "utf-8-sig"), file)
    if not content:
        raise InputError("the table is empty", file=file, line=1, mend="give a header and one line a patient")
    header_line, header = content[0]
    names, units = _header(header, file, header_line)
    rows = content[1:]
    if not rows:
        raise InputError(
            "the table has a header but no rows", file=file, line=header_line, mend="give one line a patient"
        )
    for line, cells in rows:
        if len(cells) != len(names):
            raise InputError(
                f"{len(cells)} cells where the header has {len(names)} columns",
                file=file,
                line=line,
                mend="give every line as many cells as the header; quote cells that hold a comma",
            )
    return Sheet(
        file, names, units, tuple(row for _, row in rows), tuple(line for line, _ in rows), header_line
    )


def _lines(text: str, file: str) -> list[tuple[int, tuple[str, ...]]]:
    reader = csv.reader(io.StringIO(text), strict=True)
    found = []
    try:
        for cells in reader:
            stripped = tuple(cell.strip() for cell in cells)
            if any(stripped) and not stripped[0].startswith("#"):
                found.append((reader.line_num, stripped))
    except csv.Error as error:
        raise InputError(
            f"is not CSV: {error}",
            file=file,
            line=reader.line_num,
            mend="separate cells by commas, close quotes",
        ) from None
    return found


def _header(cells: Sequence[str], file: str, line: int) -> tuple[tuple[str, ...], tuple[str | None, ...]]:
    names: dict[str, None] = {}
    units: list[str | None] = []
    if len(cells) > MOST_COLUMNS:
        raise InputError(
            f"has more than {MOST_COLUMNS:,} columns", file=file, line=line, mend="split the table"
        )
    for cell in cells:
        match = _HEADER.match(cell)
        name = match["name"].strip() if match else ""
        if not name:
            raise InputError(
                "a column has no name", file=file, line=line, mend="name every column in the header"
            )
        if name in names:
            raise InputError(
                f"column {name!r} is there twice", file=file, line=line, mend="keep one of the two"
            )
        names[name] = None
        units.append(match["unit"].strip() if match and match["unit"] is not None else None)
    return tuple(names), tuple(units)


def number(text: str, *, file: str, line: int, column: str) -> float:
    """Return a cell as a finite number.

    **Raises:** `InputError` for text, an empty cell, NaN or an infinity.

    **Example:** `number("13.9", file="patients.csv", line=2, column="TKI")` gives `13.9`.
    """
    try:
        value = as_float(text)
    except ValueError:
        shown = "is empty" if not text else f"holds {shortened(text)!r}, which is not a number"
        raise InputError(
            f"column {column!r} {shown}",
            file=file,
            line=line,
            mend="give a plain number, as in 13.9 or 1.2e-3",
        ) from None
    if not math.isfinite(value):
        raise InputError(
            f"column {column!r} holds {shortened(text)!r}, which is not a finite number",
            file=file,
            line=line,
            mend="give a finite number, or leave the patient out",
        )
    return value


def numbers(sheet: Sheet, column: str) -> NDArray[np.float64]:
    """Return (n_rows,) of a column, every cell a finite number.

    **Raises:** `InputError` naming the line of the first that is not.
    """
    position = sheet.index(column)
    cells = zip(sheet.rows, sheet.lines, strict=True)
    return np.array([number(row[position], file=sheet.file, line=line, column=column) for row, line in cells])
