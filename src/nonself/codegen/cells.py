"""The cells of a lane: its numbers in the workspace, and the tables it reads, as IR."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from llvmlite import ir

from nonself.codegen.lanes import DOUBLE, INT, Lanes
from nonself.codegen.workspace import SAME_TIME, Workspace


class Cells:
    """Reads and writes per-lane numbers by name.

    **Arguments:** `lanes` where to write; `space` the rows; `of` the entry point's arguments by name.
    """

    def __init__(self, lanes: Lanes, space: Workspace, of: dict[str, Any]) -> None:
        self.lanes = lanes
        self.b = lanes.builder
        self.space = space
        self.of = of
        self.work = of["work"]
        self.result = self.b.alloca(DOUBLE, name="result")

    def place(self, row: Any, lane: Any, kind: ir.Type = DOUBLE) -> Any:
        """Address of one lane of a row (a number or an IR integer)."""
        start = (
            ir.Constant(INT, row * self.lanes.width)
            if isinstance(row, int)
            else self.b.mul(row, ir.Constant(INT, self.lanes.width))
        )
        return self.b.gep(self.work, [self.b.add(start, lane)], inbounds=True, source_etype=kind)

    def get(self, name: str, lane: Any) -> Any:
        """A lane's number."""
        return self.b.load(self.place(self.space.scalar(name), lane), align=8, typ=DOUBLE)

    def put(self, name: str, lane: Any, value: Any) -> None:
        """Set a lane's number."""
        self.b.store(value, self.place(self.space.scalar(name), lane), align=8)

    def geti(self, name: str, lane: Any) -> Any:
        """A lane's integer."""
        return self.b.load(self.place(self.space.integer(name), lane, INT), align=8, typ=INT)

    def puti(self, name: str, lane: Any, value: Any) -> None:
        """Set a lane's integer."""
        value = ir.Constant(INT, value) if isinstance(value, int) else value
        self.b.store(value, self.place(self.space.integer(name), lane, INT), align=8)

    def row(self, name: str) -> Any:
        """A scalar of all lanes."""
        return self.lanes.load(self.work, self.space.scalar(name))

    def set_row(self, name: str, value: Any) -> None:
        """Set a scalar of all lanes."""
        self.lanes.store(value, self.work, self.space.scalar(name))

    def integers(self, name: str) -> Any:
        """An integer of all lanes."""
        address = self.lanes.address(self.work, self.space.integer(name))
        return self.b.load(address, align=8 * self.lanes.width, typ=self.lanes.integers)

    def set_integers(self, name: str, value: Any) -> None:
        """Set an integer of all lanes."""
        self.b.store(
            value, self.lanes.address(self.work, self.space.integer(name)), align=8 * self.lanes.width
        )

    def are(self, name: str, value: int) -> Any:
        """Mask of the lanes whose integer has this value."""
        return self.b.icmp_signed("==", self.integers(name), self.lanes.whole(value))

    def is_(self, name: str, lane: Any, value: int) -> Any:
        """True when a lane's integer has this value."""
        return self.b.icmp_signed("==", self.geti(name, lane), ir.Constant(INT, value))

    def element(self, base: Any, index: Any, kind: ir.Type) -> Any:
        """One element of an argument array."""
        return self.b.load(self.b.gep(base, [index], inbounds=True, source_etype=kind), align=8, typ=kind)

    def table(self, name: str, index: Any, rows: str, step: str, lane: Any, kind: ir.Type) -> Any:
        """An entry of a stop or output table, its column the patient's where there is one a patient."""
        column = self.b.mul(self.geti("patient", lane), self.of[step])
        return self.element(self.of[name], self.b.add(self.b.mul(index, self.of[rows]), column), kind)

    def near(self, time: Any) -> Any:
        """How close to a time still counts as that time; for vectors and single numbers alike."""
        if isinstance(time.type, ir.VectorType):
            one, share = self.lanes.number(1.0), self.lanes.number(SAME_TIME)
        else:
            one, share = ir.Constant(DOUBLE, 1.0), ir.Constant(DOUBLE, SAME_TIME)
        return self.b.fmul(share, self.b.select(self.b.fcmp_ordered(">", time, one), time, one))

    @contextmanager
    def each_lane(self) -> Iterator[Any]:
        """A loop over lanes."""
        with self.lanes.count(self.lanes.width, "lane") as lane:
            yield lane

    @contextmanager
    def loop(self, name: str) -> Iterator[Callable[[Any], None]]:
        """A loop left by calling the yielded function with a condition."""
        head = self.b.append_basic_block(f"{name}.head")
        after = self.b.append_basic_block(f"{name}.after")
        self.b.branch(head)
        self.b.position_at_end(head)

        def leave_if(condition: Any) -> None:
            inner = self.b.append_basic_block(f"{name}.body")
            self.b.cbranch(condition, after, inner)
            self.b.position_at_end(inner)

        yield leave_if
        self.b.branch(head)
        self.b.position_at_end(after)
