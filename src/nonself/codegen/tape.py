"""The tape: every operation of a model once, in an order that depends on the formulas alone."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

# operation -> arguments: constants and leaves carry a value, the others the numbers of earlier nodes
LEAVES = ("constant", "parameter", "state")


@dataclass(frozen=True, slots=True)
class Node:
    """One operation: `of_state` false when it depends on parameters alone and is computed once a patient."""

    operation: str
    arguments: tuple[int, ...]
    value: float | int
    of_state: bool
    digest: bytes


@dataclass(slots=True)
class Tape:
    """A growing list of operations in which equal ones are the same node."""

    nodes: list[Node] = field(default_factory=list)
    _known: dict[bytes, int] = field(default_factory=dict)

    def leaf(self, operation: str, value: float | int) -> int:
        """Return the node of a constant's value, or of a parameter's or state's row."""
        return self._add(operation, (), value, operation == "state")

    def constant(self, value: float) -> int:
        """Return the node of a number."""
        return self.leaf("constant", float(value))

    def apply(self, operation: str, *arguments: int) -> int:
        """Return the node of an operation on earlier nodes, simplified where that is exact."""
        simple = _simplify(self, operation, arguments)
        if simple is not None:
            return simple
        if operation in ("add", "mul"):
            arguments = tuple(sorted(arguments, key=lambda node: self.nodes[node].digest))
        return self._add(operation, arguments, 0, any(self.nodes[a].of_state for a in arguments))

    def _add(self, operation: str, arguments: tuple[int, ...], value: float | int, of_state: bool) -> int:
        parts = [operation.encode(), repr(value).encode(), *(self.nodes[a].digest for a in arguments)]
        digest = hashlib.blake2b(b"|".join(parts), digest_size=16).digest()
        if digest not in self._known:
            self._known[digest] = len(self.nodes)
            self.nodes.append(Node(operation, arguments, value, of_state, digest))
        return self._known[digest]

    def is_constant(self, node: int, value: float) -> bool:
        """True when a node is that number."""
        found = self.nodes[node]
        return found.operation == "constant" and found.value == value

    def needed(self, roots: Iterable[int]) -> list[int]:
        """Return the nodes the roots depend on, in an order in which each follows its arguments."""
        seen: set[int] = set()
        order: list[int] = []
        for root in roots:
            stack: list[tuple[int, bool]] = [(root, False)]
            while stack:
                node, ready = stack.pop()
                if ready:
                    order.append(node)
                elif node not in seen:
                    seen.add(node)
                    stack.append((node, True))
                    stack.extend((a, False) for a in reversed(self.nodes[node].arguments) if a not in seen)
        return order


def _simplify(tape: Tape, operation: str, arguments: tuple[int, ...]) -> int | None:
    """Identities that hold for every finite double, signed zeros apart."""
    first = arguments[0]
    if operation == "neg" and tape.nodes[first].operation == "neg":
        return tape.nodes[first].arguments[0]
    if operation == "neg" and tape.nodes[first].operation == "constant":
        return tape.constant(-tape.nodes[first].value)
    if operation == "mul":
        for one, other in ((first, arguments[1]), (arguments[1], first)):
            if tape.is_constant(one, 1.0):
                return other
            if tape.is_constant(one, -1.0):
                return tape.apply("neg", other)
    if operation == "div" and tape.is_constant(arguments[1], 1.0):
        return first
    if operation == "mul" and any(tape.is_constant(a, 0.0) for a in arguments):
        return tape.constant(0.0)
    if operation in ("fma", "fnma"):
        for one, other in ((first, arguments[1]), (arguments[1], first)):
            if tape.is_constant(one, 1.0):
                return tape.apply("add" if operation == "fma" else "sub", arguments[2], other)
    if operation == "add" and tape.nodes[arguments[1]].operation == "neg":
        return tape.apply("sub", first, tape.nodes[arguments[1]].arguments[0])
    if operation == "add" and tape.nodes[first].operation == "neg":
        return tape.apply("sub", arguments[1], tape.nodes[first].arguments[0])
    if operation == "sub" and tape.is_constant(arguments[1], 0.0):
        return first
    if operation == "add":
        for one, other in ((first, arguments[1]), (arguments[1], first)):
            if tape.is_constant(one, 0.0):
                return other
    return None


def describe(tape: Tape, node: int) -> str:
    """Return a node as text, for reading generated code."""
    found = tape.nodes[node]
    if found.operation in LEAVES:
        names: dict[str, Any] = {"constant": found.value, "parameter": f"p[{found.value}]", "state": f"y[{found.value}]"}
        return str(names[found.operation])
    return f"{found.operation}({', '.join(describe(tape, a) for a in found.arguments)})"
