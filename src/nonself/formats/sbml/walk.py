"""Walks through what libSBML holds: elements of a document or model, nodes of a formula."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any


def elements(holder: Any) -> Iterator[Any]:
    """Give all elements in a document or model."""
    found = holder.getListOfAllElements()
    while found.getSize():  # by taking the first: to get one by its number walks through all before it
        yield found.remove(0)


def children(node: Any) -> list[Any]:
    """Return the operands of a node of a formula."""
    return [node.getChild(k) for k in range(node.getNumChildren())]


def nodes(math: Any) -> Iterator[Any]:
    """Give all nodes of a formula, the last operand first."""
    todo = [math]
    while todo:
        node = todo.pop()
        yield node
        todo += children(node)
