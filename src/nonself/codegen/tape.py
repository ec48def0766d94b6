"""The tape: every operation of a model once, in an order that depends on the formulas alone."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Container, Iterable
from dataclasses import dataclass, field
from typing import Any

# operation -> arguments: constants and leaves carry a value, the others the numbers of earlier nodes
LEAVES = ("constant", "parameter", "state", "time", "draw", "delayed", "delayed_slope")
MOVING = ("state", "time", "draw", "delayed", "delayed_slope")
CONDITIONS = ("lt", "le", "gt", "ge", "eq", "ne", "and", "or", "not")


@dataclass(frozen=True, slots=True)
class Node:
    """One operation: `of_state` false when it depends on parameters alone and is computed once a patient.

    Conditions are not numbers and are never kept: they count as of the state.
    """

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
        """Return the node of a constant's value, of a parameter's, state's, draw's or delay's row, or of the time."""
        return self._add(operation, (), value, operation in MOVING)

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
        moving = operation in CONDITIONS or any(self.nodes[a].of_state for a in arguments)
        return self._add(operation, arguments, 0, moving)

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

    def needed(self, roots: Iterable[int], known: Container[int] = ()) -> list[int]:
        """Return the nodes the roots depend on, in an order in which each follows its arguments.

        What stands behind `known` nodes is left out.
        """
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
                    behind = () if node in known else reversed(self.nodes[node].arguments)
                    stack.extend((a, False) for a in behind if a not in seen)
        return order


def _simplify(tape: Tape, operation: str, arguments: tuple[int, ...]) -> int | None:
    """Identities that hold for every finite double, signed zeros apart."""
    rule = _RULES.get(operation)
    return None if rule is None else rule(tape, arguments)


def _neg(tape: Tape, arguments: tuple[int, ...]) -> int | None:
    found = tape.nodes[arguments[0]]
    if found.operation == "neg":
        return found.arguments[0]
    return tape.constant(-found.value) if found.operation == "constant" else None


def _mul(tape: Tape, arguments: tuple[int, ...]) -> int | None:
    for one, other in (arguments, arguments[::-1]):
        if tape.is_constant(one, 0.0):
            return one
        if tape.is_constant(one, 1.0):
            return other
        if tape.is_constant(one, -1.0):
            return tape.apply("neg", other)
    return None


def _add(tape: Tape, arguments: tuple[int, ...]) -> int | None:
    for one, other in (arguments, arguments[::-1]):
        if tape.is_constant(one, 0.0):
            return other
        if tape.nodes[one].operation == "neg":
            return tape.apply("sub", other, tape.nodes[one].arguments[0])
    return None


def _sub(tape: Tape, arguments: tuple[int, ...]) -> int | None:
    return arguments[0] if tape.is_constant(arguments[1], 0.0) else None


def _div(tape: Tape, arguments: tuple[int, ...]) -> int | None:
    return arguments[0] if tape.is_constant(arguments[1], 1.0) else None


def _fused(operation: str) -> Callable[[Tape, tuple[int, ...]], int | None]:
    def rule(tape: Tape, arguments: tuple[int, ...]) -> int | None:
        left, right, addend = arguments
        for one, other in ((left, right), (right, left)):
            if tape.is_constant(one, 1.0):
                return tape.apply(operation, addend, other)
        return None

    return rule


_RULES: dict[str, Callable[[Tape, tuple[int, ...]], int | None]] = {
    "neg": _neg, "mul": _mul, "add": _add, "sub": _sub, "div": _div, "fma": _fused("add"), "fnma": _fused("sub"),
}  # fmt: skip


def describe(tape: Tape, node: int) -> str:
    """Return a node as text, for reading generated code."""
    found = tape.nodes[node]
    if found.operation in LEAVES:
        names: dict[str, Any] = {
            "constant": found.value,
            "parameter": f"p[{found.value}]",
            "state": f"y[{found.value}]",
            "time": "t",
            "draw": f"z[{found.value}]",
            "delayed": f"d[{found.value}]",
            "delayed_slope": f"dd[{found.value}]",
        }
        return str(names[found.operation])
    return f"{found.operation}({', '.join(describe(tape, a) for a in found.arguments)})"
