"""How large formulas are once functions are written out, counted before anything writes them out.

A function that calls another twice, and so on thirty times, is a small file and a formula without end; libSBML's own
checks would not come to one.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from nonself.errors import InputError

MOST_NODES = 300_000  # of all formulas together, functions written out


def work_of_formulas(document: Any) -> float:
    """Return the sum of the squared sizes of a document's formulas: what checking their units takes.

    **Raises:** `InputError` for operations without their arguments, functions that call themselves, or for more than
    `MOST_NODES` operations in all.
    """
    import libsbml

    functions: dict[str, list[Any]] = {}
    formulas: list[Any] = []
    for element in _elements(document):
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
            functions.setdefault(element.getId(), []).append(math)
        formulas.append(math)
    counted = {word: [_count(math, libsbml) for math in bodies] for word, bodies in functions.items()}
    sizes: dict[str, float] = {}
    for word in counted:
        _measure(word, counted, sizes)
    total = work = 0.0
    for math in formulas:
        own, called = _count(math, libsbml)
        size = own + sum(times * sizes.get(word, 1.0) for word, times in called.items())
        total, work = total + size, work + size * size
        if total > MOST_NODES:
            raise InputError(
                f"formulas have more than {MOST_NODES:,} operations once functions are written out",
                mend="use assignment rules instead of functions that call functions",
            )
    return work


def _elements(document: Any) -> Iterator[Any]:
    found = document.getListOfAllElements()
    for number in range(found.getSize()):
        yield found.get(number)


def _count(math: Any, libsbml: Any) -> tuple[int, dict[str, int]]:
    """The number of nodes of a formula, and how often it calls which function."""
    count, called, stack = 0, dict[str, int](), [math]
    while stack:
        node = stack.pop()
        count += 1
        if node.getType() == libsbml.AST_FUNCTION:
            called[node.getName()] = called.get(node.getName(), 0) + 1
        stack += [node.getChild(k) for k in range(node.getNumChildren())]
    return count, called


def _measure(
    first: str, counted: dict[str, list[tuple[int, dict[str, int]]]], sizes: dict[str, float]
) -> None:
    """Work out the size of a function and of all it calls, without recursion."""
    path: list[str] = []
    todo = [first]
    while todo:
        top = todo[-1]
        if top in sizes:
            todo.pop()
            continue
        missing = [
            word for _, called in counted[top] for word in called if word in counted and word not in sizes
        ]
        if missing:
            if top not in path:
                path.append(top)
            if set(missing) & set(path):
                raise InputError(f"function {top!r} calls itself", mend="write it without itself")
            todo += missing
            continue
        sizes[top] = float(
            max(
                own + sum(n * sizes.get(word, 1.0) for word, n in called.items())
                for own, called in counted[top]
            )
        )
        if top in path:
            path.remove(top)
        todo.pop()
