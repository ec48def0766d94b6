"""Nodes of a tape as values of generated code, each emitted once and where it is first asked for."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from nonself.codegen import functions, trigonometry
from nonself.codegen.lanes import Lanes
from nonself.codegen.tape import LEAVES, Tape

RELATIONS = {"lt": "<", "le": "<=", "gt": ">", "ge": ">=", "eq": "==", "ne": "!="}
SIDES = {"lt": "<", "ge": ">=", "gt": "<", "le": ">=", "eq": "==", "ne": "!="}  # of a gap and zero
BATCHED = ("exp", "log", "pow")
SIDE_BY_SIDE = 4  # how many of them are computed at once
Leaf = Callable[[str, int], Any]


class Values:
    """Emits tape nodes into a function on demand, each once."""

    def __init__(
        self,
        lanes: Lanes,
        tape: Tape,
        leaf: Leaf,
        kept: Mapping[int, tuple[str, int]],
        held: Mapping[int, int] | None = None,
    ) -> None:
        self.lanes = lanes
        self.tape = tape
        self.leaf = leaf
        self.kept = kept  # nodes that are in memory: where, and in which row
        self.held = held or {}  # comparisons that a step keeps to, and the rows of their gaps
        self.known: dict[int, Any] = {}

    def of(self, root: int) -> Any:
        """Return the IR value of a node."""
        stack = [root]
        while stack:
            node = stack[-1]
            if node in self.known:
                stack.pop()
                continue
            found = self.tape.nodes[node]
            missing = [] if node in self.kept else [a for a in found.arguments if a not in self.known]
            if missing:
                stack.extend(reversed(missing))
            else:
                self.known[node] = self._emit(node)
                stack.pop()
        return self.known[root]

    def calls_first(self, roots: Sequence[int]) -> None:
        """Emit exp, log and pow before anything else, those that do not wait for each other side by side."""
        depth: dict[int, int] = {}
        waves: dict[tuple[int, str], list[int]] = {}
        for node in self.tape.needed(roots, self.kept):
            found = self.tape.nodes[node]
            depth[node] = max((depth.get(a, 0) for a in found.arguments), default=0)
            if node not in self.kept and found.operation in BATCHED and found.of_state:
                depth[node] += 1
                waves.setdefault((depth[node], found.operation), []).append(node)
        for (_, operation), nodes in sorted(waves.items()):
            for first in range(0, len(nodes), SIDE_BY_SIDE):
                group = nodes[first : first + SIDE_BY_SIDE]
                calls = [[self.of(a) for a in self.tape.nodes[node].arguments] for node in group]
                self.known.update(zip(group, functions.batch(self.lanes, operation, calls), strict=True))

    def _emit(self, node: int) -> Any:
        found, lanes = self.tape.nodes[node], self.lanes
        if node in self.kept:
            return self.leaf(*self.kept[node])
        if found.operation == "constant":
            return lanes.number(found.value)
        if found.operation in LEAVES:
            return self.leaf(found.operation, int(found.value))
        arguments = [self.known[a] for a in found.arguments]
        if found.operation in BATCHED:
            return functions.batch(lanes, found.operation, [arguments])[0]
        if found.operation == "pow_slope":
            return functions.pow_slope(lanes, *arguments)
        if found.operation in trigonometry.FUNCTIONS:
            return trigonometry.call(lanes, found.operation, arguments[0])
        if found.operation == "neg":
            return lanes.builder.fneg(arguments[0])
        if found.operation == "sqrt":
            return lanes.intrinsic("sqrt", arguments[0])
        if found.operation in RELATIONS:
            now = lanes.compare(RELATIONS[found.operation], *arguments)
            return self._comparison(node, found.operation, now)
        plain: dict[str, Callable[..., Any]] = {
            "select": lanes.select, "and": lanes.builder.and_, "or": lanes.builder.or_, "not": lanes.builder.not_,
            "add": lanes.add, "sub": lanes.sub, "mul": lanes.mul, "div": lanes.div,
            "fma": lanes.fma, "fnma": lanes.fnma,
        }  # fmt: skip
        return plain[found.operation](*arguments)

    def _comparison(self, node: int, operation: str, now: Any) -> Any:
        """A comparison, or what it was at the start of the step where it is held and its lane does not free it."""
        if node not in self.held:
            return now
        zero, gap = self.lanes.number(0.0), self.leaf("gap", self.held[node])
        then = self.lanes.compare(SIDES[operation], gap, zero)
        return self.lanes.select(self.leaf("free", 0), now, then)
