"""How large formulas are once functions are written out, counted before anything writes them out.

A function that calls another twice, and so on thirty times, is a small file and a formula without end; libSBML's own
checks would not come to one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from nonself.errors import InputError
from nonself.formats.sbml.contents import MOST_NODES
from nonself.formats.sbml.walk import children, elements, nodes


@dataclass(frozen=True, slots=True)
class Extent:
    """How large a document is: its elements, formulas not counted, and the sum of the squared sizes of its formulas,
    functions written out: what checking their units takes; `rates` how often rateOf stands in them; `meets` whether a
    formula has calls in calls and a name that is an argument of some function, too: libSBML replaces it with that
    argument's value when it derives units, and may come to no end.
    """

    elements: int
    work: float
    rates: int
    meets: bool


def extent(document: Any) -> Extent:
    """Return how large a document is.

    **Raises:** `InputError` for operations without their arguments, functions that call themselves, or for more than
    `MOST_NODES` operations in all.
    """
    import libsbml

    functions: dict[str, Any] = {}
    formulas: list[Any] = []
    count = 0
    for element in elements(document):
        count += 1
        math = element.getMath() if hasattr(element, "getMath") else None
        if math is None:
            continue
        if not math.isWellFormedASTNode():
            raise InputError(
                "a formula has an operation with too few or too many arguments",
                line=element.getLine() or None,
                mend="correct it",
            )
        if element.getTypeCode() == libsbml.SBML_FUNCTION_DEFINITION and element.getPackageName() == "core":
            functions.setdefault(element.getId(), math)
        formulas.append(math)
    sizes = _Sizes(functions, libsbml)
    total = work = 0.0
    for math in formulas:
        size = sizes.of(math).count()
        total, work = total + size, work + size * size
        if total > MOST_NODES:
            raise InputError(
                f"formulas have more than {MOST_NODES:,} operations once functions are written out",
                mend="use assignment rules instead of functions that call functions",
            )
    arguments = {
        str(one.getChild(k).getName()) for one in functions.values() for k in range(one.getNumChildren() - 1)
    }
    meets = bool(arguments) and any(_meets(math, arguments, functions, libsbml) for math in formulas)
    return Extent(count, work, sizes.rates, meets)


def _meets(math: Any, arguments: set[str], functions: Mapping[str, Any], libsbml: Any) -> bool:
    """Whether a formula has calls in calls and one of the arguments' names."""
    nested = named = False
    todo = [(math, False)]
    while todo:
        node, inside = todo.pop()
        called = node.getType() == libsbml.AST_FUNCTION and node.getName() in functions
        nested |= called and inside
        named |= node.getType() == libsbml.AST_NAME and node.getName() in arguments
        if nested and named:
            return True
        todo += [(one, inside or called) for one in children(node)]
    return False


@dataclass(frozen=True, slots=True)
class _Size:
    """How many nodes something is: `own`, and how often each name in it stands, which an argument may replace."""

    own: float
    names: Mapping[str, float]

    def count(self) -> float:
        """The number of nodes."""
        return self.own + sum(self.names.values())


class _Sizes:
    """Sizes of formulas, functions written out: those of functions are worked out when they are first called."""

    def __init__(self, functions: Mapping[str, Any], libsbml: Any) -> None:
        self.functions, self.sbml = functions, libsbml
        self.known: dict[str, tuple[list[str], _Size]] = {}
        self.rates = 0

    def of(self, math: Any) -> _Size:
        """Return the size of a formula."""
        self._work_out(self._called(math))
        return self._size(math)

    def _called(self, math: Any) -> list[str]:
        """The functions that a formula calls and that are defined."""
        found = dict[str, None]()
        for node in nodes(math):
            if node.getType() == self.sbml.AST_FUNCTION and node.getName() in self.functions:
                found[node.getName()] = None
            self.rates += node.getType() == self.sbml.AST_FUNCTION_RATE_OF
        return list(found)

    def _work_out(self, wanted: list[str]) -> None:
        path: dict[str, list[str]] = {}
        todo = list(wanted)
        while todo:
            word = todo[-1]
            if word in self.known:
                todo.pop()
                continue
            if word not in path:
                path[word] = self._called(self.functions[word])
                todo += (missing := [one for one in path[word] if one not in self.known])
                if set(missing) & path.keys():
                    raise InputError(f"function {word!r} calls itself", mend="write it without itself")
                if missing:
                    continue
            math = self.functions[word]
            last = math.getNumChildren() - 1
            arguments = [str(math.getChild(k).getName()) for k in range(last)]
            self.known[word] = arguments, self._size(math.getChild(last)) if last >= 0 else _Size(1.0, {})
            path.pop(word)
            todo.pop()

    def _size(self, math: Any) -> _Size:
        """The size of a formula whose functions are known; without recursion."""
        done: list[_Size] = []
        todo = [(math, False)]
        while todo:
            node, is_left = todo.pop()
            count = node.getNumChildren()
            if not is_left and count:
                todo.append((node, True))
                todo += [(one, False) for one in reversed(children(node))]
                continue
            parts = done[len(done) - count :]
            del done[len(done) - count :]
            done.append(self._joined(node, parts))
        return done[0]

    def _joined(self, node: Any, parts: list[_Size]) -> _Size:
        """The size of a node whose parts have sizes."""
        if not parts and node.getType() == self.sbml.AST_NAME:
            return _Size(0.0, {str(node.getName()): 1.0})
        arguments, body = self.known.get(node.getName() or "", ([], None))
        if node.getType() != self.sbml.AST_FUNCTION or body is None:
            return _sum([(1.0, part) for part in parts], 1.0)
        given = dict(zip(arguments, parts, strict=False))
        return _sum([(body.names.get(word, 0.0), part) for word, part in given.items()], body.own + 1.0)


def _sum(parts: list[tuple[float, _Size]], own: float) -> _Size:
    """Sizes, each some times, and `own` more."""
    names: dict[str, float] = {}
    for times, part in parts:
        own += times * part.own
        for name, often in part.names.items():
            names[name] = names.get(name, 0.0) + times * often
    return _Size(own, names)
