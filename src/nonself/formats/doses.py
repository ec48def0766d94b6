"""NONMEM-style dose tables: records of doses by patient and time, read exactly or refused with file and line."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from nonself.cohort.dosing import DoseTable, Given
from nonself.errors import InputError, UnknownName, near_misses
from nonself.formats.sheet import Sheet, number, read_sheet

COMMENT = "C"  # a record is one where this column holds the letter, as NONMEM ignores it
COLUMNS = (
    COMMENT,
    "ID",
    "TIME",
    "AMT",
    "RATE",
    "II",
    "ADDL",
    "EVID",
    "CMT",
    "SS",
    "DV",
    "MDV",
    "DVID",
    "NTIME",
)
OBSERVED, DOSE, OTHER = 0, 1, 2  # what EVID says
REFUSED = {
    3: "a reset (EVID 3)",
    4: "a reset with a dose (EVID 4)",
}
MOST_DOSES = 2_000_000
NEAR = 0.7  # how much alike a column and a known one are, of 1, to be refused
NOTHING = ("", ".")  # how a cell says nothing


def read_doses(path: Path) -> DoseTable:
    """Read a dose table: a CSV file with columns ID, TIME, AMT, RATE, II, ADDL, EVID and CMT, of which TIME and AMT are
    needed.

    A record with EVID 1, or without EVID and with an amount, is a dose of AMT into CMT, all at once or, with RATE, over
    AMT/RATE; ADDL more follow, II apart. Records with EVID 0 or 2 give nothing, and those with a C in column C are not
    read. A header may carry a unit, as in `AMT [mg]`. Columns of other names, such as covariates, are not read, and
    named in a warning, unless they look like a known one.

    **Returns:** every dose. **Raises:** `InputError` with file and line for what is wrong, or, by name, not done:
    resets (EVID 3 and 4), steady state (SS), rates and durations that are modeled (RATE below 0).

    **Example:** `read_doses(Path("doses.csv")).patients`
    """
    sheet = read_sheet(path)
    columns, unread = _columns(sheet)
    units = {name: sheet.units[place] for name, place in columns.items()}
    for name, unit in units.items():
        if unit is not None and name not in ("TIME", "AMT", "II", "RATE"):
            raise InputError(
                f"column {name} has a unit", file=sheet.file, line=sheet.header_line, mend="take it out"
            )
    if units.get("II") not in (None, units["TIME"]):
        raise InputError(
            "II and TIME have different units",
            file=sheet.file,
            line=sheet.header_line,
            mend="give both in one",
        )
    patients: dict[str, None] = {}
    doses: list[Given] = []
    last: dict[str, float] = {}
    for row, line in zip(sheet.rows, sheet.lines, strict=True):
        record = _Record(sheet.file, line, {name: row[place] for name, place in columns.items()})
        if record.text(COMMENT).upper().startswith(COMMENT):
            continue
        patients[record.text("ID")] = None
        _require_order(record, last)
        doses += record.doses()
        if len(doses) > MOST_DOSES:
            raise record.wrong(f"more than {MOST_DOSES:,} doses", "give fewer with ADDL")
    return DoseTable(
        sheet.file,
        tuple(patients) if "ID" in columns else (),
        tuple(doses),
        units["TIME"],
        units["AMT"],
        units.get("RATE"),
        sheet.header_line,
        unread=unread,
    )


def _columns(sheet: Sheet) -> tuple[dict[str, int], tuple[str, ...]]:
    """Where each known column is, capital letters or not, and those that are not read."""
    found: dict[str, int] = {}
    unread = []
    for place, name in enumerate(sheet.names):
        word = name.upper()
        if word not in COLUMNS:
            _require_distant(sheet, name)
            unread.append(name)
            continue
        if word in found:
            raise InputError(
                f"column {word} is there twice", file=sheet.file, line=sheet.header_line, mend="keep one"
            )
        found[word] = place
    for word in ("TIME", "AMT"):
        if word not in found:
            raise InputError(
                f"a dose table needs a column {word}",
                file=sheet.file,
                line=sheet.header_line,
                mend="add it" if len(sheet.names) > 1 else "add it; separate columns by commas",
            )
    return found, tuple(unread)


def _require_distant(sheet: Sheet, name: str) -> None:
    """Refuse a column that is nearly one of those that are read: it may be meant."""
    if near_misses(name, (part for part in COLUMNS if len(part) > 1), cutoff=NEAR):
        raise UnknownName("column of a dose table", name, COLUMNS, file=sheet.file, line=sheet.header_line)


@dataclass(frozen=True, slots=True)
class _Record:
    """One line of a table."""

    file: str
    line: int
    cells: dict[str, str]

    def text(self, column: str) -> str:
        cell = self.cells.get(column, "")
        return "" if cell in NOTHING else cell

    def number(self, column: str) -> float:
        """A cell as a number, 0 where it says nothing."""
        cell = self.text(column)
        return number(cell, file=self.file, line=self.line, column=column) if cell else 0.0

    def whole(self, column: str) -> int:
        value = self.number(column)
        if value != int(value):
            raise self.wrong(f"{column} is {value:g}", "give a whole number")
        return int(value)

    def wrong(self, what: str, mend: str) -> InputError:
        return InputError(what, file=self.file, line=self.line, mend=mend)

    def doses(self) -> Iterator[Given]:
        """The doses a record gives: none, one, or one and ADDL more."""
        amount, kind = self.number("AMT"), self._kind()
        if kind != DOSE:
            if amount != 0:
                raise self.wrong(f"EVID is {kind}, but AMT is {amount:g}", "say EVID 1 for a dose, or AMT 0")
            if self.text("CMT").startswith("-"):
                raise self.wrong(
                    "CMT below 0 switches a compartment off, which is not done", "let the model say so"
                )
            return
        rate, apart, more = self.number("RATE"), self.number("II"), self.whole("ADDL")
        self._check_dose(amount, rate, apart, more)
        for count in range(more + 1):
            yield Given(
                self.text("ID"),
                self.number("TIME") + count * apart,
                amount,
                rate,
                self.text("CMT"),
                self.line,
            )

    def _kind(self) -> int:
        """What the record is; without EVID one with an amount is a dose."""
        if not self.text("EVID"):
            return DOSE if self.number("AMT") != 0 else OBSERVED
        kind = self.whole("EVID")
        if kind in REFUSED:
            raise self.wrong(f"{REFUSED[kind]} is not done", "start the patient anew as another one")
        if kind not in (OBSERVED, DOSE, OTHER):
            raise self.wrong(f"EVID is {kind}", "say 1 for a dose, 0 for an observation")
        return kind

    def _check_dose(self, amount: float, rate: float, apart: float, more: int) -> None:
        if self.number("SS") != 0:
            raise self.wrong(
                "doses at steady state (SS) are not done", "give the doses before, with ADDL and II"
            )
        if rate < 0:
            raise self.wrong(
                f"RATE is {rate:g}: modeled rates and durations are not done",
                "give a rate, or 0 for all at once",
            )
        if amount < 0 or (amount == 0 and rate > 0):
            raise self.wrong(f"AMT of a dose is {amount:g}", "give an amount above 0")
        if more < 0 or more > MOST_DOSES:
            raise self.wrong(f"ADDL is {more}", f"give a number from 0 to {MOST_DOSES:,}")
        if more > 0 and not apart > 0:
            raise self.wrong(f"ADDL is {more}, but II is {apart:g}", "give II, the time between doses")


def _require_order(record: _Record, last: dict[str, float]) -> None:
    time, patient = record.number("TIME"), record.text("ID")
    if not record.text("TIME"):
        raise record.wrong("TIME is missing", "give a time in every record")
    if time < 0:
        raise record.wrong(f"TIME is {time:g}, before the model's start", "give a time at or after 0")
    if time < last.get(patient, 0.0):
        who = f" of patient {patient!r}" if patient else ""
        raise record.wrong(
            f"the times{who} decrease from {last[patient]:g} to {time:g}", "sort the records by time"
        )
    last[patient] = time
