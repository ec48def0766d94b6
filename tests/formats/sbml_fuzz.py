"""Damaged SBML files by the hundred, read in a child process: `python -m tests.formats.sbml_fuzz [inputs] [seed]`.

Each must be read or refused with one `InputError` within bounded time. Any other exception, a death by signal or a
timeout is a failure; the file that did it is kept.
"""

from __future__ import annotations

import random
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import IO

SHARED = Path(__file__).parents[3] / "shared"
LONGEST = 30.0  # seconds for one input
_CHILD = """
import sys, warnings
from pathlib import Path
from nonself.errors import InputError
from nonself.formats.sbml.read import read_sbml
for line in sys.stdin:
    path = Path(line.strip())
    print("begin", path, flush=True)
    try:
        read_sbml(path)
        print('read', flush=True)
    except InputError as error:
        assert error.what and len(error.what) < 5000
        print('refused', flush=True)
"""
SMALL = b"""<?xml version="1.0" encoding="UTF-8"?>
<sbml xmlns="http://www.sbml.org/sbml/level3/version2/core" level="3" version="2"><model id="m" timeUnits="second">
<listOfFunctionDefinitions><functionDefinition id="f"><math xmlns="http://www.w3.org/1998/Math/MathML"><lambda><bvar>
<ci>x</ci></bvar><apply><times/><ci>x</ci><cn>2</cn></apply></lambda></math></functionDefinition></listOfFunctionDefinitions>
<listOfCompartments><compartment id="c" size="1" constant="false" spatialDimensions="3"/></listOfCompartments>
<listOfSpecies><species id="S" compartment="c" initialConcentration="1" hasOnlySubstanceUnits="false"
boundaryCondition="false" constant="false"/></listOfSpecies>
<listOfParameters><parameter id="k" value="0.5" constant="true"/><parameter id="y" value="1" constant="false"/>
</listOfParameters><listOfRules><assignmentRule variable="y"><math xmlns="http://www.w3.org/1998/Math/MathML"><apply><floor/>
<csymbol encoding="text" definitionURL="http://www.sbml.org/sbml/symbols/time">t</csymbol></apply></math></assignmentRule>
</listOfRules><listOfReactions><reaction id="R" reversible="false"><listOfReactants><speciesReference species="S"
stoichiometry="1" constant="true"/></listOfReactants><kineticLaw><math xmlns="http://www.w3.org/1998/Math/MathML"><apply>
<times/><ci>k</ci><apply><ci>f</ci><ci>S</ci></apply></apply></math></kineticLaw></reaction></listOfReactions>
<listOfEvents><event id="E" useValuesFromTriggerTime="true"><trigger initialValue="true" persistent="true"><math
xmlns="http://www.w3.org/1998/Math/MathML"><apply><gt/><csymbol encoding="text"
definitionURL="http://www.sbml.org/sbml/symbols/time">t</csymbol><cn>1</cn></apply></math></trigger>
<listOfEventAssignments><eventAssignment variable="S"><math xmlns="http://www.w3.org/1998/Math/MathML"><cn>3</cn></math>
</eventAssignment></listOfEventAssignments></event></listOfEvents></model></sbml>"""


def seeds() -> list[bytes]:
    """Return the files that are damaged: one of our own, and those at hand that are not too long."""
    found = [SMALL]
    for path in sorted((SHARED / "biomodels").glob("*.xml")):
        content = path.read_bytes()
        if len(content) < 150_000:
            found.append(content)
    try:
        from tests.formats.sbml_suite import file_of, manifest

        found += [file_of(case).read_bytes() for case in sorted(manifest())[::12]]
    except (FileNotFoundError, StopIteration):
        pass
    return found


def damaged(content: bytes, chance: random.Random) -> bytes:
    """Return a file with one to three things wrong with it."""
    for _ in range(chance.randint(1, 3)):
        content = chance.choice(WAYS)(content, chance)
    return content


def _cut(content: bytes, chance: random.Random) -> bytes:
    return content[: chance.randrange(len(content) + 1)] if chance.random() < 0.2 else content


def _flip(content: bytes, chance: random.Random) -> bytes:
    changed = bytearray(content)
    for _ in range(chance.choice((1, 3, 30)) if changed else 0):
        changed[chance.randrange(len(changed))] = chance.randrange(256)
    return bytes(changed)


def _pieces(content: bytes) -> list[bytes]:
    return re.split(rb"(<[^>]*>)", content)


def _drop(content: bytes, chance: random.Random) -> bytes:
    pieces = _pieces(content)
    place = chance.randrange(len(pieces))
    return b"".join(pieces[:place] + pieces[place + chance.choice((1, 2, 4)) :])


def _double(content: bytes, chance: random.Random) -> bytes:
    pieces = _pieces(content)
    first = chance.randrange(len(pieces))
    last = min(len(pieces), first + chance.choice((1, 5, 21)))
    return b"".join(pieces[:last] + pieces[first:last] * chance.choice((1, 1, 50)) + pieces[last:])


def _swap(content: bytes, chance: random.Random) -> bytes:
    """Put one name or number where another stood."""
    words = re.findall(rb'"[^"<>]*"|>[^<>\s]+<', content)
    if len(words) < 2:
        return content
    old, new = (
        chance.choice(words),
        chance.choice([*words, b'""', b'"-1"', b'"NaN"', b'"1e999"', b'"lambda"', b'"time"']),
    )
    if old[:1] != new[:1]:
        return content
    places = [found.start() for found in re.finditer(re.escape(old), content)]
    place = chance.choice(places)
    return content[:place] + new + content[place + len(old) :]


def _rename(content: bytes, chance: random.Random) -> bytes:
    """Give an element the name of another."""
    tags = re.findall(rb"</?([A-Za-z:]+)", content)
    if len(tags) < 2:
        return content
    old, new = chance.choice(tags), chance.choice(tags)
    return re.sub(
        rb"(</?)" + re.escape(old) + rb"(?=[\s/>])", rb"\g<1>" + new, content, count=chance.choice((0, 2))
    )


WAYS = (_cut, _flip, _drop, *(_double,) * 3, *(_swap,) * 12, *(_rename,) * 6)


def fuzz(inputs: int, seed: int) -> tuple[int, int, list[str]]:
    """Return how many of `inputs` were read and refused, and what went wrong with which file."""
    chance, given = random.Random(seed), seeds()
    folder = Path(tempfile.mkdtemp(prefix="nonself-fuzz-"))
    paths = []
    for number in range(inputs):
        path = folder / f"{number:06d}.xml"
        path.write_bytes(damaged(chance.choice(given), chance))
        paths.append(path)
    read = refused = 0
    faults: list[str] = []
    while paths:
        said, last, why = _child(paths)
        read, refused = read + said.count("read"), refused + said.count("refused")
        if why:
            faults.append(f"{last}: {why}")
        paths = paths[paths.index(Path(last)) + 1 :] if why and last else []
    return read, refused, faults


def _child(paths: list[Path]) -> tuple[list[str], str, str]:
    """Read files in a child: what it said, and the file at which it died and why."""
    with (
        tempfile.TemporaryFile("w+") as names,
        tempfile.TemporaryFile("w+") as said,
        tempfile.TemporaryFile("w+") as moaned,
    ):
        names.write("\n".join(map(str, paths)))
        names.seek(0)
        child = subprocess.Popen([sys.executable, "-c", _CHILD], stdin=names, stdout=said, stderr=moaned)
        last, since = "", time.monotonic()
        while child.poll() is None and time.monotonic() - since < LONGEST:
            time.sleep(0.2)
            now = _last(_lines(said))
            last, since = (last, since) if now == last else (now, time.monotonic())
        if child.poll() is None:
            child.kill()
            child.wait()
            return _lines(said), last, f"not done after {LONGEST:g} s"
        why = "" if child.returncode == 0 else f"exit {child.returncode}: {' '.join(_lines(moaned)[-3:])}"
        return _lines(said), _last(_lines(said)), why[:400]


def _lines(file: IO[str]) -> list[str]:
    file.seek(0)
    return file.read().splitlines()


def _last(lines: list[str]) -> str:
    return next((line.removeprefix("begin ") for line in reversed(lines) if line.startswith("begin")), "")


def main(given: list[str]) -> int:
    """Fuzz and print what happened."""
    inputs, seed = (int(given[0]) if given else 1000), (int(given[1]) if len(given) > 1 else 1)
    began = time.monotonic()
    read, refused, faults = fuzz(inputs, seed)
    for fault in faults:
        print(fault)
    print(
        f"{inputs} inputs: {read} read, {refused} refused, {len(faults)} faults; {time.monotonic() - began:.0f} s"
    )
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
