"""The files of a PEtab problem, looked at before anything reads them: a YAML file, tables beside it, one SBML model."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nonself.errors import InputError, UnknownName
from nonself.formats.flat_yaml import require_flat
from nonself.formats.reading import as_float, read_text

MOST_YAML = 2**20
MOST_TABLE = 64 * 2**20
MOST_ROWS = 1_000_000
SPLIT = "split the problem"
LONGEST_CELL = 20_000
KINDS = ("condition_files", "measurement_files", "observable_files", "sbml_files")
KNOWN = {*KINDS, "visualization_files"}


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a table: `cells` by column, where it stands."""

    cells: Mapping[str, str]
    file: str
    line: int

    def text(self, column: str) -> str:
        """Return a cell that must not be empty.

        **Raises:** `InputError` with file and line.
        """
        if not self.cells.get(column):
            raise self.wrong(f"{column!r} is missing", f"give {column} in every row")
        return self.cells[column]

    def number(self, column: str) -> float:
        """Return a cell that must be a number; `inf` and `nan` are ones."""
        return self.as_number(self.text(column), column)

    def as_number(self, text: str, column: str) -> float:
        """Return text of a column as a number."""
        try:
            return as_float(text)
        except ValueError:
            raise self.wrong(f"{column!r} holds {text!r}, which is not a number", "give a number") from None

    def one_of(self, column: str, known: tuple[str, ...]) -> str:
        """Return a cell that is one of some words; the first where it is empty."""
        word = self.cells.get(column) or known[0]
        if word not in known:
            raise UnknownName(column, word, known, file=self.file, line=self.line)
        return word

    def wrong(self, what: str, mend: str) -> InputError:
        """Return an error that names the place of the row."""
        return InputError(what, file=self.file, line=self.line, mend=mend)


@dataclass(frozen=True, slots=True)
class Files:
    """What a problem's YAML file names, read: tables as rows, the model as a path."""

    file: str
    parameters: tuple[Row, ...]
    conditions: tuple[Row, ...]
    measurements: tuple[Row, ...]
    observables: tuple[Row, ...]
    model: Path


def read_files(path: Path) -> Files:
    """Read the YAML file of a problem and the tables it names, which must lie in its folder.

    **Raises:** `InputError` with file, line and what is wrong or not supported.
    """
    file = str(path)
    whole = _mapping(_yaml(path), file, "the file")
    if str(whole.get("format_version")) not in ("1", "1.0", "1.0.0"):
        raise InputError(
            f"is PEtab of version {str(whole.get('format_version'))[:100]!r}; version 1 is read",
            file=file,
            mend="convert it, or say 'format_version: 1'",
        )
    problems = whole.get("problems")
    if not isinstance(problems, list) or len(problems) != 1:
        raise InputError("does not hold exactly one problem", file=file, mend="give one file a problem")
    problem = _mapping(problems[0], file, "the problem")
    for word in problem:
        if word not in KNOWN:
            raise UnknownName("key of a problem", str(word), KNOWN, file=file)
    named = {kind: _places(problem.get(kind), path, kind) for kind in KINDS}
    if len(named["sbml_files"]) != 1:
        raise InputError("does not name exactly one SBML file", file=file, mend="put the model into one file")
    tables = {kind: tuple(row for place in named[kind] for row in _table(place)) for kind in KINDS[:3]}
    parameters = [
        row for place in _places(whole.get("parameter_file"), path, "parameter_file") for row in _table(place)
    ]
    return Files(
        file, tuple(parameters), tables["condition_files"], tables["measurement_files"], tables["observable_files"],
        named["sbml_files"][0],
    )  # fmt: skip


def _yaml(path: Path) -> Any:
    from ruamel.yaml import YAML
    from ruamel.yaml.error import YAMLError

    text = read_text(path, MOST_YAML, SPLIT, "utf-8-sig")
    try:
        require_flat(text, str(path))
        return YAML(typ="safe", pure=True).load(text)
    except RecursionError:
        raise InputError(
            "is nested too deeply", file=str(path), mend="give the YAML file of a PEtab problem"
        ) from None
    except (YAMLError, ValueError, TypeError) as error:
        mark = getattr(error, "problem_mark", None)
        raise InputError(
            f"cannot be read as YAML: {' '.join(str(getattr(error, 'problem', None) or error).split())[:300]}",
            file=str(path),
            line=None if mark is None else mark.line + 1,
            mend="give the YAML file of a PEtab problem",
        ) from None


def _mapping(value: Any, file: str, what: str) -> dict[Any, Any]:
    if not isinstance(value, dict):
        raise InputError(
            f"{what} is not keys with values", file=file, mend="give the YAML file of a PEtab problem"
        )
    return value


def _places(value: Any, path: Path, kind: str) -> list[Path]:
    """The files that a key names: in the folder of the YAML file or below, nowhere else."""
    names = value if isinstance(value, list) else [value]
    folder = path.resolve().parent
    found = []
    for name in names:
        if not isinstance(name, str) or not name:
            raise InputError(f"{kind} names no file", file=str(path), mend=f"say 'as in {kind}: [name]'")
        place = (folder / name).resolve()
        if "://" in name or "\0" in name or not place.is_relative_to(folder):
            raise InputError(
                f"{kind} names {name!r}, outside the folder of the file",
                file=str(path),
                mend="put it beside the file",
            )
        found.append(place)
    return found


def _table(path: Path) -> Iterator[Row]:
    """The rows of a table, cells separated by tabs."""
    file, text = str(path), read_text(path, MOST_TABLE, SPLIT, "utf-8-sig")
    csv.field_size_limit(max(csv.field_size_limit(), LONGEST_CELL + 1))
    reader = csv.reader(io.StringIO(text, newline=""), delimiter="\t")
    header: list[str] | None = None
    count = 0
    try:
        for cells in reader:
            cells = [cell.strip() for cell in cells]
            if not any(cells):
                continue
            if any(len(cell) > LONGEST_CELL for cell in cells):
                raise InputError(
                    f"a cell has more than {LONGEST_CELL:,} characters",
                    file=file,
                    line=reader.line_num,
                    mend="shorten it",
                )
            if header is None:
                header = cells
                if len(set(header)) < len(header):
                    raise InputError(
                        "a column is there twice", file=file, line=reader.line_num, mend="keep one"
                    )
                continue
            if len(cells) > len(header):
                raise InputError(
                    f"{len(cells)} cells where the header has {len(header)} columns",
                    file=file,
                    line=reader.line_num,
                    mend="separate cells by tabs, one for each column",
                )
            count += 1
            if count > MOST_ROWS:
                raise InputError(f"has more than {MOST_ROWS:,} rows", file=file, mend=SPLIT)
            yield Row(dict(zip(header, cells, strict=False)), file, reader.line_num)
    except csv.Error as error:
        raise InputError(
            f"is not a table: {error}", file=file, line=reader.line_num, mend="separate cells by tabs"
        ) from None
