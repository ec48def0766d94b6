"""Antimony in and out, by its authors' own library (the optional package `antimony`), by way of SBML.

The library reads a file in a process of its own, so that what ends it ends nothing else; a first look refuses what
would.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tempfile
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path

from nonself.errors import InputError
from nonself.formats.reading import read_text
from nonself.formats.sbml.read import SbmlModel, read_sbml
from nonself.formats.sbml.write import sbml_text
from nonself.formats.writing import write_text
from nonself.model.ir import Model

MOST_BYTES = 4 * 2**20
MOST_DEPTH = 100  # of brackets in brackets
LONGEST_LINE = 20_000
SECONDS = 60.0
_IMPORT = re.compile(r"^\s*import\b", re.MULTILINE)
_LINES = re.compile(r"^line \d+: | \(lines? [^()]*\)")  # those of the SBML in between, which nobody sees
_SIZES = "by which compartment an amount given to a concentration is divided: doses are then concentrations"
_CHILD = """
import json, sys
import antimony
way, text = json.loads(sys.stdin.buffer.read().decode("utf-8"))
load = antimony.loadAntimonyString if way == "in" else antimony.loadSBMLString
if load(text) < 0:
    answer = [None, antimony.getLastError()]
else:
    give = antimony.getSBMLString if way == "in" else antimony.getAntimonyString
    answer = [give(antimony.getMainModuleName()), ""]
sys.stdout.buffer.write(json.dumps(answer).encode("utf-8"))
"""


def read_antimony(path: str | Path) -> SbmlModel:
    """Read an Antimony file exactly or not at all, as the SBML that its authors' library makes of it.

    **Returns:** the model and how names map. **Raises:** `InputError` with file and what is wrong or not supported.

    **Example:** `nonself.read_antimony("model.ant").model`

    **Reference:** Smith et al. (2009), Antimony: a modular model definition language, Bioinformatics 25:2452-2454.
    """
    path = Path(path)
    text = _looked_at(path)
    try:
        made = _by_library("in", text)
        with tempfile.TemporaryDirectory(prefix="nonself-") as folder:
            beside = Path(folder) / path.name
            beside.write_text(made, encoding="utf-8")
            read = read_sbml(beside)
    except InputError as error:
        line = re.search(r"line (\d+)", error.what) if error.file is None else None
        place = int(line.group(1)) if line else None
        raise InputError(error.what, file=str(path), line=place, mend=error.mend) from None
    return replace(read, file=str(path), warnings=tuple(_LINES.sub("", text) for text in read.warnings))


def write_antimony(model: Model, path: str | Path, notes: tuple[str, ...] = ()) -> tuple[str, ...]:
    """Write a model as an Antimony file: what its authors' library makes of the SBML.

    **Arguments:** `notes` sentences for its notes.

    **Returns:** what is left out because it cannot be said, one sentence each. **Raises:** `InputError` naming what
    cannot be left out, or where the package `antimony` is not installed.

    **Example:** `nonself.write_antimony(model, "model.ant")`
    """
    text, left_out = sbml_text(model, notes, plain_numbers=True)
    write_text(Path(path), _by_library("out", text))
    sizes = {part.size for part in model.species if part.size is not None}
    return (*left_out, *([_SIZES] if sizes else []))


def _looked_at(path: Path) -> str:
    """The text of a file that is safe to hand on."""
    file = str(path)
    text = read_text(path, MOST_BYTES, "split the model")
    if "\0" in text:
        raise InputError("is not text: it holds a zero byte", file=file, mend="give an Antimony file")
    found = _IMPORT.search(text)
    if found:
        line = text.count("\n", 0, found.end()) + 1
        raise InputError("imports another file", file=file, line=line, mend="put its models into this one")
    for number, line_text in enumerate(text.split("\n"), 1):
        if len(line_text) > LONGEST_LINE:
            what = f"a line has {len(line_text):,} characters; at most {LONGEST_LINE:,} are read"
            raise InputError(what, file=file, line=number, mend="split the formula into parameters")
    _refuse_deep(text, file)
    return text


def _refuse_deep(text: str, file: str) -> None:
    depth = 0
    for found in re.finditer(r"[()\n;]", text):
        one = found.group()
        depth = depth + 1 if one == "(" else max(0, depth - 1) if one == ")" else 0
        if depth > MOST_DEPTH:
            line = text.count("\n", 0, found.end()) + 1
            raise InputError(
                f"brackets are nested more than {MOST_DEPTH} deep",
                file=file,
                line=line,
                mend="write the formulas flatter",
            )


def _by_library(way: str, text: str) -> str:
    """What the library makes of a text, in a process of its own: Antimony -> SBML ("in") or back ("out")."""
    if find_spec("antimony") is None:
        raise InputError(
            "Antimony is read and written by the package 'antimony', which is not installed",
            mend="install it: pip install 'nonself[antimony]'",
        )
    try:
        done = subprocess.run(
            [sys.executable, "-c", _CHILD],
            input=json.dumps([way, text]).encode(),
            capture_output=True,
            timeout=SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise InputError(
            f"the package antimony was not done with it after {SECONDS:.0f} s", mend="make the model smaller"
        ) from None
    if done.returncode != 0:
        raise InputError(
            f"the package antimony ended on it (exit {done.returncode})",
            mend="correct the file, or give it as SBML",
        )
    made, error = json.loads(done.stdout.decode("utf-8"))
    if made is None:
        message = " ".join(str(error).split())[:600]
        raise InputError(f"is not valid Antimony: {message}", mend="correct the file")
    return str(made)
