"""SBML files with damage: of bytes, of words, and of the tree of elements, other files' parts among it.

`python -m tests.formats.fuzzing sbml 10000` reads many of them.
"""

from __future__ import annotations

import copy
import random
import re
from functools import cache
from pathlib import Path
from xml.etree import ElementTree
from xml.etree.ElementTree import Element
from xml.sax.saxutils import escape, quoteattr

from nonself.formats.sbml.read import read_sbml
from tests.formats.fuzzing import Door

SHARED = Path(__file__).parents[3] / "shared"
MATHML = "{http://www.w3.org/1998/Math/MathML}"
NASTY = (
    "",
    " ",
    "0",
    "-1",
    "1e400",
    "-1e400",
    "1e-400",
    "NaN",
    "INF",
    "-INF",
    "0x10",
    "1_000",
    "\u0661\u0662",
    "1,5",
    "1e5e5",
    "9" * 400,
    "true",
    "maybe",
    "lambda",
    "time",
    "None",
    "__import__",
    "S",
    "k",
    "nothing",
    "a" * 5_000,
    "\u202e",
    "\U0001f9ec",
    "../../etc/passwd",
    "file:///dev/zero",
    "second",
    "mole",
    "2147483648",
    "-2147483649",
    "1e308",
    "99999999999999999999",
)
WORDS = (
    "plus",
    "minus",
    "times",
    "divide",
    "power",
    "root",
    "exp",
    "ln",
    "log",
    "floor",
    "ceiling",
    "factorial",
    "and",
    "or",
    "xor",
    "not",
    "implies",
    "eq",
    "neq",
    "lt",
    "geq",
    "min",
    "max",
    "rem",
    "quotient",
    "arccot",
    "sin",
    "lambda",
    "bvar",
    "piecewise",
    "semantics",
    "notanumber",
    "infinity",
    "true",
    "pi",
    "delay",
    "abs",
)
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


@cache
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
    for _ in range(chance.choice((1, 1, 1, 2, 3))):
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


# the tree of elements ----------------------------------------------------------------------------------------------
@cache
def _tree(content: bytes) -> Element | None:
    try:
        return ElementTree.fromstring(content)
    except (ElementTree.ParseError, ValueError, LookupError):
        return None


def _restructured(content: bytes, chance: random.Random) -> bytes:
    """Move, double, drop or exchange elements, or put a nasty value somewhere."""
    root = _tree(content)
    if root is None:
        return content
    root = copy.deepcopy(root)
    chance.choice(STRUCTURAL)(root, chance)
    text: list[str] = []
    _write(root, "", text)
    return "".join(text).encode()


def _write(one: Element, space: str, text: list[str]) -> None:
    """An element with its namespace as the default one, as people write SBML; of attributes with the prefix `a`."""
    own, _, word = one.tag.rpartition("}")
    text.append(f"<{word}" + (f" xmlns={quoteattr(own[1:])}" if own != space else ""))
    for number, (key, value) in enumerate(one.attrib.items()):
        of, _, name = key.rpartition("}")
        prefix = f"a{number}:" if of else ""
        text.append(
            (f" xmlns:a{number}={quoteattr(of[1:])}" if of else "") + f" {prefix}{name}={quoteattr(value)}"
        )
    text.append(f">{escape(one.text or '')}")
    for part in one:
        _write(part, own, text)
    text.append(f"</{word}>{escape(one.tail or '')}")


def _some(root: Element, chance: random.Random) -> tuple[Element, int]:
    """An element that holds others, and the place of one of them."""
    holders = [one for one in root.iter() if len(one)]
    holder = chance.choice(holders)
    return holder, chance.randrange(len(holder))


def _twice(root: Element, chance: random.Random) -> None:
    holder, place = _some(root, chance)
    for _ in range(chance.choice((1, 1, 2, 30))):
        holder.insert(place, copy.deepcopy(holder[place]))


def _gone(root: Element, chance: random.Random) -> None:
    holder, place = _some(root, chance)
    if holder is not root:
        del holder[place]


def _moved(root: Element, chance: random.Random) -> None:
    holder, place = _some(root, chance)
    part = copy.deepcopy(holder[place])
    other, there = _some(root, chance)
    other.insert(there, part)


def _exchanged(root: Element, chance: random.Random) -> None:
    (one, first), (other, second) = _some(root, chance), _some(root, chance)
    one_part, other_part = copy.deepcopy(one[first]), copy.deepcopy(other[second])
    one[first], other[second] = other_part, one_part


def _nasty(root: Element, chance: random.Random) -> None:
    one = chance.choice(list(root.iter()))
    if one.attrib and chance.random() < 0.8:
        one.set(chance.choice(list(one.attrib)), chance.choice(NASTY))
    else:
        one.text = chance.choice(NASTY)


def _other_name(root: Element, chance: random.Random) -> None:
    """Let an attribute name what another names."""
    parts = [one for one in root.iter() if one.attrib]
    one, other = chance.choice(parts), chance.choice(parts)
    one.set(chance.choice(list(one.attrib)), chance.choice(list(other.attrib.values())))


def _other_word(root: Element, chance: random.Random) -> None:
    """Make an element of MathML another."""
    found = [one for one in root.iter() if str(one.tag).startswith(MATHML)]
    if found:
        chance.choice(found).tag = MATHML + chance.choice(WORDS)


def _nested(root: Element, chance: random.Random) -> None:
    """Put a formula into itself some times."""
    found = [one for one in root.iter(f"{MATHML}apply") if len(one) > 1]
    if found:
        one = chance.choice(found)
        for _ in range(chance.choice((1, 4, 12, 100))):
            inner = copy.deepcopy(one) if sum(1 for _ in one.iter()) < 2_000 else Element(f"{MATHML}cn")
            one[chance.randrange(1, len(one))] = inner


def _crossed(root: Element, chance: random.Random) -> None:
    """Put part of another file in."""
    other = _tree(chance.choice(seeds()))
    if other is not None:
        (holder, place), (there, which) = _some(root, chance), _some(other, chance)
        holder[place] = copy.deepcopy(there[which])


def _level(root: Element, chance: random.Random) -> None:
    """Say another level and version."""
    root.set("level", chance.choice("123"))
    root.set("version", chance.choice("12345"))


STRUCTURAL = (
    _twice,
    _gone,
    _moved,
    _exchanged,
    *(_nasty,) * 4,
    *(_other_name,) * 3,
    *(_other_word,) * 3,
    _nested,
    *(_crossed,) * 2,
    _level,
)
WAYS = (_cut, _flip, _drop, *(_double,) * 3, *(_swap,) * 8, *(_rename,) * 4, *(_restructured,) * 24)


def door() -> Door:
    """Return the door of SBML files."""

    def write(folder: Path, chance: random.Random) -> Path:
        path = folder / "model.xml"
        path.write_bytes(damaged(chance.choice(seeds()), chance))
        return path

    return Door(read_sbml, write, runs=True)
