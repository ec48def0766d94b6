"""Damaged Antimony files, PEtab problems, dose tables and tables of patients for `tests.formats.fuzzing`."""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from pathlib import Path

from nonself.formats.antimony import read_antimony
from nonself.formats.doses import read_doses
from nonself.formats.petab.read import read_petab
from nonself.formats.tables import PatientColumns, read_patients
from tests.formats.fuzzing import Door
from tests.formats.sbml_fuzz import NASTY, damaged
from tests.formats.test_antimony import SMALL
from tests.formats.test_petab import MODEL, TABLES, YAML

DOSES = (
    "ID,TIME [day],AMT,RATE,II,ADDL,EVID,CMT\n"
    "1,0,100,0,1,5,1,depot\n1,2,0,0,0,0,0,.\n2,0.5,50,10,0,0,1,blood\n2,9,1e2,.,7,3,1,depot\n"
)
PATIENTS = 'patient,TKI [1/day],py,age [year],group\na,0.1,2,33,x\nb,0.2,3,41,y\n"c,d",1e-3,4,60,x\n'
PARAMETERS = {"TKI": "1/month", "py": "1/day", "K": "cell"}
ANTIMONY = (
    SMALL,
    "function f(a, b)\n a*exp(-b)\nend\nmodel *two()\n species A = 1, B;\n R1: A -> B; f(A, k1);\n k1 = 0.1; B = 2;\n"
    " E: at (A < 0.5), t0=false: A = 1, k1 = k1*2;\n unit s = second;\nend\n",
    "model inner\n x = 1; x' = -x;\nend\nmodel outer\n M1: inner(); M2: inner();\n end\n",
)
BOMBS = (
    "9**9**9**9",
    "9^9^9^9^9",
    "(" * 90 + "1" + ")" * 90,
    "factorial(1e9)",
    "-" * 90 + "1",
    "1/0",
    "0^-1",
    "&a *a *a",
    "\t" * 5_000,
)


def doors() -> dict[str, Door]:
    """Return the doors by name."""
    return {
        "antimony": Door(read_antimony, _antimony),
        "petab": Door(read_petab, _petab),
        "doses": Door(read_doses, _one("doses.csv", (DOSES,))),
        "patients": Door(_read_patients, _one("patients.csv", (PATIENTS,))),
    }


def _read_patients(path: Path) -> object:
    return read_patients(path, "mine", PARAMETERS, "day", PatientColumns(group="group", needed=("age",)))


def _one(name: str, seeds: tuple[str, ...]) -> Callable[[Path, random.Random], Path]:
    def write(folder: Path, chance: random.Random) -> Path:
        path = folder / name
        path.write_bytes(_spoiled(chance.choice(seeds), chance))
        return path

    return write


def _antimony(folder: Path, chance: random.Random) -> Path:
    return _one("model.ant", ANTIMONY)(folder, chance)


def _petab(folder: Path, chance: random.Random) -> Path:
    files = {"problem.yaml": YAML} | {
        name: "\n".join(line.replace(" ", "\t").replace("\t-", "\t") for line in text.split("\n")) + "\n"
        for name, text in TABLES.items()
    }
    spoiled = chance.choice([*files, "model.xml"])
    for name, text in files.items():
        (folder / name).write_bytes(_spoiled(text, chance) if name == spoiled else text.encode())
    model = MODEL.encode()
    (folder / "model.xml").write_bytes(damaged(model, chance) if spoiled == "model.xml" else model)
    return folder / "problem.yaml"


def _spoiled(text: str, chance: random.Random) -> bytes:
    """Text with one to three things wrong with it: a word, a line, a separator or a byte."""
    content = text.encode()
    for _ in range(chance.choice((1, 1, 1, 2, 3))):
        content = chance.choice((_word, _word, _word, _line, _separator, _byte))(content, chance)
    return content


def _word(content: bytes, chance: random.Random) -> bytes:
    """Put a nasty word, or another of the same text, where one stood."""
    found = list(re.finditer(rb"[^\s,;:()\[\]]+", content))
    if not found:
        return content
    words = [*NASTY, *BOMBS]
    new = chance.choice(words).encode() if chance.random() < 0.7 else chance.choice(found).group()
    place = chance.choice(found)
    return content[: place.start()] + new + content[place.end() :]


def _line(content: bytes, chance: random.Random) -> bytes:
    lines = content.split(b"\n")
    first, second = chance.randrange(len(lines)), chance.randrange(len(lines))
    way = chance.randrange(4)
    if way == 0:
        del lines[first]
    elif way == 1:
        lines[first:first] = [lines[second]] * chance.choice((1, 2, 500))
    elif way == 2:
        lines[first], lines[second] = lines[second], lines[first]
    else:
        lines[first] *= chance.choice((2, 3, 1_000))
    return b"\n".join(lines)


def _separator(content: bytes, chance: random.Random) -> bytes:
    found = list(re.finditer(rb"[,;:\t\n()\[\]=\"' ]", content))
    if not found:
        return content
    place = chance.choice(found)
    new = chance.choice(
        (
            b"",
            b",",
            b";",
            b":",
            b"\t",
            b"\n",
            b"\r",
            b'"',
            b"'",
            b"(",
            b"[",
            b"&a ",
            b"*a",
            b"{",
            b"- ",
            b"\0",
        )
    )
    return content[: place.start()] + new * chance.choice((1, 1, 2, 150)) + content[place.end() :]


def _byte(content: bytes, chance: random.Random) -> bytes:
    changed = bytearray(content)
    for _ in range(chance.choice((1, 3, 30)) if changed else 0):
        changed[chance.randrange(len(changed))] = chance.randrange(256)
    cut = len(changed) if chance.random() < 0.8 else chance.randrange(len(changed) + 1)
    mark = chance.choice((b"", b"", b"", b"\xef\xbb\xbf", b"\xff\xfe"))
    return mark + bytes(changed[:cut])
