"""A first look at an SBML file as a stream, before libSBML sees it: size, depth, and nothing that expands.

libSBML reads recursively and ends the program on input that is nested deeply enough, so depth is limited here; entities
are refused, so that nothing small becomes large.
"""

from __future__ import annotations

import codecs
import re
from pathlib import Path
from xml.parsers import expat

from nonself.errors import InputError
from nonself.formats.reading import read_bytes
from nonself.model.constraints import MOST

MOST_BYTES = 64 * 2**20
MOST_ELEMENTS = 500_000
MOST_DEPTH = 200
MOST_ATTRIBUTES = 200  # of one element, declared namespaces counted: libSBML compares each with all others
LONGEST_VALUE = 100_000  # characters of an attribute
MOST_OF = {  # elements of one kind: what takes more than its number in time, here or in the engine
    "algebraicRule": MOST, "event": 5_000, "functionDefinition": 20_000, "unitDefinition": 5_000, "species": 30_000,
    "reaction": 20_000,
}  # fmt: skip
MOST_TERMS = 400  # arguments of one operation: libSBML nests sums, so that each is a level of depth
MENDS = {"algebraicRule": "make those that can be solved by hand assignment rules"}
KNOWN = {
    ("1", "1"): "level1", ("1", "2"): "level1", ("2", "1"): "level2", ("2", "2"): "level2/version2",
    ("2", "3"): "level2/version3", ("2", "4"): "level2/version4", ("2", "5"): "level2/version5",
    ("3", "1"): "level3/version1/core", ("3", "2"): "level3/version2/core",
}  # fmt: skip
SBML_SPACE = "http://www.sbml.org/sbml/level"
MATHML = "http://www.w3.org/1998/Math/MathML"
_PIECE = 2**16
_MATH = ("apply", "piecewise", "lambda")
_DECLARATION = re.compile(r"^\ufeff?\s*<\?xml[^>]*\?>")


def scanned(path: Path) -> str:
    """Return the text of an XML file that is safe to hand on, without its XML declaration.

    **Raises:** `InputError` for a file that is missing, too large, too deep, not well formed, of unknown encoding, or
    that
    declares a document type.
    """
    file = str(path)
    content = read_bytes(path, MOST_BYTES, "leave out annotations, or split the model")
    _Scan(file).run(content)
    return _text(content, file)


class _Scan:
    """Limits held while a file streams by; the first fault is kept and raised outside the parser."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.depth = self.elements = 0
        self.spaces: list[str] = []  # that the element to come declares
        self.level = ""
        self.above: list[str] = []  # the namespaces of the elements that are open
        self.kinds = dict.fromkeys(MOST_OF, 0)
        self.root: str | None = None
        self.terms: list[int] = []  # of each apply that is open
        self.parser = parser = expat.ParserCreate(namespace_separator=" ")
        parser.StartNamespaceDeclHandler = self.namespace
        parser.StartElementHandler = self.start
        parser.EndElementHandler = self.end
        parser.StartDoctypeDeclHandler = self.doctype

    def run(self, content: bytes) -> None:
        """Go through the whole file."""
        try:
            for first in range(0, max(1, len(content)), _PIECE):
                self.parser.Parse(content[first : first + _PIECE], first + _PIECE >= len(content))
        except (expat.ExpatError, LookupError, ValueError) as error:
            line = getattr(error, "lineno", None)
            what = expat.ErrorString(error.code) if isinstance(error, expat.ExpatError) else str(error)
            raise InputError(
                f"is not well-formed XML: {what}", file=self.file, line=line, mend="give a whole SBML file"
            ) from None

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """Count an element and how deep it lies."""
        space, _, word = name.rpartition(" ")
        if self.root is None:
            self.root = word
            self._begin(space, attributes)
        self._look_at(space, word, attributes)
        if self.terms:
            self.terms[-1] += 1
            if self.terms[-1] > MOST_TERMS:
                self._refuse(f"an operation has more than {MOST_TERMS} arguments", "split it into parameters")
        self.above.append(space)
        self.terms.append(0 if word in _MATH else -MOST_ELEMENTS)
        self.depth += 1
        self.elements += 1
        if self.depth > MOST_DEPTH:
            self._refuse(f"elements are nested more than {MOST_DEPTH} deep", "write the formulas flatter")
        if self.elements > MOST_ELEMENTS:
            self._refuse(f"has more than {MOST_ELEMENTS:,} elements", "split the model")

    def _look_at(self, space: str, word: str, attributes: dict[str, str]) -> None:
        """Refuse an element for what it is by itself, or for being one of too many."""
        if len(attributes) + len(self.spaces) > MOST_ATTRIBUTES:
            self._refuse(f"an element has more than {MOST_ATTRIBUTES} attributes", "leave some out")
        if any(len(value) > LONGEST_VALUE for value in attributes.values()):
            self._refuse(f"an attribute has more than {LONGEST_VALUE:,} characters", "shorten it")
        for used in (space, *self.spaces):
            self._require_fitting(used)
        self.spaces = []
        if space == MATHML and word != "math" and self.above and self.above[-1].startswith(SBML_SPACE):
            self._refuse(f"{word!r} of MathML stands outside a 'math' element", "put it into one")
        if word in MOST_OF:
            self.kinds[word] += 1
            if self.kinds[word] > MOST_OF[word]:
                self._refuse(
                    f"has more than {MOST_OF[word]:,} elements {word!r}", MENDS.get(word, "split the model")
                )

    def namespace(self, _: str | None, space: str | None) -> None:
        """Note a namespace that the element to come declares."""
        self.spaces.append(space or "")

    def _require_fitting(self, space: str) -> None:
        """Refuse parts of another level of SBML than the file's: libSBML ends the program over packages in Level 2."""
        if space.startswith(SBML_SPACE) and space.split("/")[4] != self.level:
            self._refuse(
                f"holds what is of another level of SBML, {space!r}", "write it in the level of the file"
            )

    def _begin(self, space: str, attributes: dict[str, str]) -> None:
        """Refuse a level and version that is none: libSBML ends the program over some."""
        if self.root != "sbml":
            self._refuse(f"is XML, but its first element is {self.root!r}, not 'sbml'", "give an SBML file")
        known = KNOWN.get((attributes.get("level", ""), attributes.get("version", "")))
        if known is None or space != f"http://www.sbml.org/sbml/{known}":
            given = (
                f"level {attributes.get('level')!r}, version {attributes.get('version')!r}, xmlns {space!r}"
            )
            self._refuse(f"is no SBML that there is: {given}", "correct level, version and xmlns")
        self.level = f"level{attributes['level']}"

    def end(self, name: str) -> None:
        """Leave an element."""
        self.depth -= 1
        self.terms.pop()
        self.above.pop()

    def doctype(self, *_: object) -> None:
        """Refuse a document type: it can declare entities that grow without limit or open other files."""
        self._refuse("declares a document type (DOCTYPE), which SBML does not have", "remove it")

    def _refuse(self, what: str, mend: str) -> None:
        raise InputError(what, file=self.file, line=self.parser.CurrentLineNumber, mend=mend)


def _text(content: bytes, file: str) -> str:
    """The file as text in the encoding it declares, without the declaration, whose lines are kept."""
    encoding = "utf-8"
    for mark, name in ((codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16")):
        if content.startswith(mark):
            encoding = name
    declared = re.match(rb"""\s*<\?xml[^>]*encoding\s*=\s*["']([A-Za-z0-9._-]+)["']""", content)
    if encoding == "utf-8" and declared:
        encoding = declared.group(1).decode("ascii")
    try:
        text = content.decode(encoding)
    except (UnicodeDecodeError, LookupError):
        raise InputError(
            f"is not text in {encoding}", file=file, mend="save it as UTF-8 and declare that"
        ) from None
    found = _DECLARATION.match(text)
    return text if found is None else "\n" * found.group(0).count("\n") + text[found.end() :]
