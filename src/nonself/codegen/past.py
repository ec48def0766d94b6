"""Reading the past in IR: the value and the slope of what each delay looks back at, one lane after the other."""

from __future__ import annotations

from typing import Any

from llvmlite import ir

from nonself.codegen.cells import Cells
from nonself.codegen.lanes import DOUBLE, INT, VOID, Lanes
from nonself.codegen.looped import constants, entry
from nonself.codegen.workspace import NODES_KEPT, Workspace

START, END, INVERSE, VALUES = 0, 1, 2, 3  # rows of a step that is kept


def emit_recall(lanes: Lanes, space: Workspace, looks_at: tuple[int, ...]) -> ir.Function:
    """Write recall(work, segments): rows `then` and `then_slope` at time `now`, by the step that holds `look`.

    The step is the one that holds a time a little inside the step at hand, so that a jump at a breaking point is seen
    from one side only; the polynomial is taken at the very time.
    """
    kind = ir.FunctionType(VOID, [ir.PointerType(), INT])
    function = ir.Function(lanes.module, kind, "recall")
    function.linkage = "internal"
    function.attributes.add("noinline")
    inside = Lanes(lanes.module, ir.IRBuilder(function.append_basic_block("entry")), lanes.width)
    _Recall(inside, space, function.args, looks_at).write()
    inside.builder.ret_void()
    return function


class _Recall:
    def __init__(self, lanes: Lanes, space: Workspace, arguments: Any, looks_at: tuple[int, ...]) -> None:
        self.lanes = lanes
        self.b = lanes.builder
        self.space = space
        work, self.segments = arguments
        self.cells = Cells(lanes, space, {"work": work})
        self.cursor = self.b.alloca(INT, name="cursor")
        self.table = constants(lanes.module, "delay_track", looks_at)

    def write(self) -> None:
        """Write the whole function."""
        with self.cells.each_lane() as lane, self.lanes.count(self.space.delays, "delay") as number:
            lag = self._get("lag", lane, number)
            with self.b.if_then(self.b.fcmp_ordered(">", lag, ir.Constant(DOUBLE, 0.0))):
                self._one(lane, number, lag)

    def _place(self, name: str, lane: Any, number: Any, kind: ir.Type = DOUBLE) -> Any:
        row = ir.Constant(INT, self.space.delay(name))
        return self.cells.place(row if number is None else self.b.add(row, number), lane, kind)

    def _get(self, name: str, lane: Any, number: Any = None, kind: ir.Type = DOUBLE) -> Any:
        return self.b.load(self._place(name, lane, number, kind), align=8, typ=kind)

    def _one(self, lane: Any, number: Any, lag: Any) -> None:
        b = self.b
        look = b.fsub(self._get("look", lane), lag)
        count = self._get("segment", lane, kind=INT)
        early = b.fcmp_ordered("<", look, self._get("begun_at", lane))
        early = b.or_(early, b.icmp_signed("==", count, ir.Constant(INT, 0)))
        with b.if_else(early) as (before, within):
            with before:
                for target, source in (("then", "before"), ("then_slope", "before_slope")):
                    b.store(self._get(source, lane, number), self._place(target, lane, number), align=8)
            with within:
                self._find(lane, number, look, count)
                time = b.fsub(self.cells.get("now", lane), lag)
                value, slope = self._polynomial(lane, number, time)
                b.store(value, self._place("then", lane, number), align=8)
                b.store(slope, self._place("then_slope", lane, number), align=8)

    def _row(self, lane: Any, segment: Any, part: Any) -> Any:
        """Address of a part of a step that is kept."""
        b = self.b
        within = b.and_(segment, b.sub(self.segments, ir.Constant(INT, 1)))
        row = b.add(b.mul(within, ir.Constant(INT, self.space.record)), ir.Constant(INT, self.space.rows))
        part = ir.Constant(INT, part) if isinstance(part, int) else part
        return self.cells.place(b.add(row, part), lane)

    def _part(self, lane: Any, segment: Any, part: Any) -> Any:
        return self.b.load(self._row(lane, segment, part), align=8, typ=DOUBLE)

    def _find(self, lane: Any, number: Any, look: Any, count: Any) -> None:
        """Move the cursor to the step that holds a time: a little back or forth from where it was."""
        b, one = self.b, ir.Constant(INT, 1)
        last = b.sub(count, one)
        oldest = b.sub(count, self.segments)
        oldest = b.select(b.icmp_signed(">", oldest, ir.Constant(INT, 0)), oldest, ir.Constant(INT, 0))
        at = self._get("cursor", lane, number, INT)
        at = b.select(b.icmp_signed("<", at, oldest), oldest, at)
        b.store(b.select(b.icmp_signed(">", at, last), last, at), self.cursor)
        with self.cells.loop("back") as leave_if:
            at = b.load(self.cursor, typ=INT)
            leave_if(b.icmp_signed("<=", at, oldest))
            leave_if(b.not_(b.fcmp_ordered(">", self._part(lane, at, START), look)))
            b.store(b.sub(at, one), self.cursor)
        with self.cells.loop("forth") as leave_if:
            at = b.load(self.cursor, typ=INT)
            leave_if(b.icmp_signed(">=", at, last))
            leave_if(b.not_(b.fcmp_ordered("<=", self._part(lane, at, END), look)))
            b.store(b.add(at, one), self.cursor)
        b.store(b.load(self.cursor, typ=INT), self._place("cursor", lane, number, INT), align=8)

    def _polynomial(self, lane: Any, number: Any, time: Any) -> tuple[Any, Any]:
        """The value and the slope of a track at a time, by the step at the cursor."""
        b = self.b
        segment = b.load(self.cursor, typ=INT)
        inverse = self._part(lane, segment, INVERSE)
        share = b.fmul(b.fsub(time, self._part(lane, segment, START)), inverse)
        track = entry(self.lanes, self.table, number)
        parts = []
        for power in range(NODES_KEPT):
            row = b.add(track, ir.Constant(INT, VALUES + power * self.space.tracks))
            parts.append(self._part(lane, segment, row))
        value, slope = parts[-1], ir.Constant(DOUBLE, 0.0)
        for part in reversed(parts[:-1]):
            slope = self._fma(slope, share, value)
            value = self._fma(value, share, part)
        return value, b.fmul(slope, inverse)

    def _fma(self, left: Any, right: Any, addend: Any) -> Any:
        name = "llvm.fma.f64"
        found = self.lanes.module.globals.get(name)
        function = found or ir.Function(self.lanes.module, ir.FunctionType(DOUBLE, [DOUBLE] * 3), name)
        return self.b.call(function, [left, right, addend])
