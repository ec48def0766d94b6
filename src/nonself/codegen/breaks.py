"""Breaking points in IR: what jumps is seen again a delay later, one derivative smoother, and steps end there.

**Reference:** Bellen and Zennaro (2003), Numerical Methods for Delay Differential Equations, Oxford,
doi:10.1093/acprof:oso/9780198506546.001.0001.
"""

from __future__ import annotations

from math import comb
from typing import Any

from llvmlite import ir

from nonself.codegen.cells import Cells
from nonself.codegen.lanes import DOUBLE, INT
from nonself.codegen.workspace import POINTS

LEVELS = 4  # how often a jump is smoothed until the order of the method no longer suffers from it
MOST_POINTS = 64  # breaking points that one jump may have: with many delays, fewer levels


class Breaks:
    """Writes what keeps the breaking points ahead of each lane.

    **Arguments:** `paths` the delays after which a jump is seen again in a rate; row `reach` has their lengths.
    """

    def __init__(self, cells: Cells, paths: tuple[tuple[int, ...], ...]) -> None:
        self.cells = cells
        self.lanes = cells.lanes
        self.b = cells.b
        self.space = cells.space
        self.paths = paths
        ways = len(paths)
        most = (
            2 * LEVELS if self.space.solved else LEVELS
        )  # a constraint does not smooth what it looks back at
        wanted = range(most, 0, -1)
        self.levels = next((n for n in wanted if comb(ways + n, n) <= MOST_POINTS), min(1, LEVELS))
        self.point, self.found, self.smoothest = (
            self.b.alloca(INT, name=name) for name in ("point", "found", "smoothest")
        )
        self.soonest = self.b.alloca(DOUBLE, name="soonest")

    def _place(self, name: str, lane: Any, number: Any = None, kind: ir.Type = DOUBLE) -> Any:
        row = ir.Constant(INT, self.space.delay(name))
        return self.cells.place(row if number is None else self.b.add(number, row), lane, kind)

    def _get(self, name: str, lane: Any, number: Any = None, kind: ir.Type = DOUBLE) -> Any:
        return self.b.load(self._place(name, lane, number, kind), align=8, typ=kind)

    def _put(self, name: str, lane: Any, value: Any, number: Any = None) -> None:
        self.b.store(value, self._place(name, lane, number, value.type), align=8)

    def sooner(self, lane: Any, stop: Any) -> Any:
        """The time of a lane's next breaking point or of its next stop, whichever comes first.

        What was changed here is seen again a delay later; so are the breaking points that are reached.
        """
        b, cells = self.b, self.cells
        b.store(stop, self.soonest)
        time = cells.get("time", lane)
        jumps = cells.is_("restart", lane, 1)
        if self.space.watched:
            jumps = b.or_(jumps, cells.is_("turns", lane, 1))
        with b.if_then(jumps):
            self._see_again(lane, time, ir.Constant(INT, 1))
        cells.puti("turns", lane, 0)
        b.store(ir.Constant(INT, 0), self.point)
        with cells.loop("point") as leave_if:
            number = b.load(self.point, typ=INT)
            leave_if(b.icmp_signed(">=", number, self._get("marks", lane, kind=INT)))
            when, level = self._get("when", lane, number), self._get("level", lane, number, INT)
            reached = b.fcmp_ordered("<=", when, b.fadd(time, cells.near(time)))
            with b.if_else(reached) as (now, later):
                with now:
                    self._take_out(number, lane)
                    with b.if_then(b.icmp_signed("<", level, ir.Constant(INT, self.levels))):
                        self._see_again(lane, when, b.add(level, ir.Constant(INT, 1)))
                with later:
                    least = b.load(self.soonest, typ=DOUBLE)
                    b.store(b.select(b.fcmp_ordered("<", when, least), when, least), self.soonest)
                    b.store(b.add(number, ir.Constant(INT, 1)), self.point)
        return b.load(self.soonest, typ=DOUBLE)

    def _take_out(self, number: Any, lane: Any) -> None:
        """Remove a breaking point: the last one takes its place."""
        last = self.b.sub(self._get("marks", lane, kind=INT), ir.Constant(INT, 1))
        for name in ("when", "level"):
            self._put(name, lane, self._get(name, lane, last, INT), number)
        self._put("marks", lane, last)

    def _see_again(self, lane: Any, when: Any, level: Any) -> None:
        """Note that what happens at a time is seen by every delay after it."""
        if not self.levels or not self.paths:
            return
        with self.lanes.count(len(self.paths), "path") as number:
            reach = self._get("reach", lane, number)
            seen = self.b.fadd(when, reach)
            some = self.b.fcmp_ordered(">", reach, ir.Constant(DOUBLE, 0.0))
            inside = self.b.fcmp_ordered("<", seen, self.cells.get("horizon", lane))
            with self.b.if_then(self.b.and_(some, inside)):
                self._note(lane, seen, level)

    def _note(self, lane: Any, when: Any, level: Any) -> None:
        """Note a breaking point: by one at that time, at the end, or where that is full in place of the smoothest."""
        b, zero = self.b, ir.Constant(INT, 0)
        marks = self._get("marks", lane, kind=INT)
        for kept in (self.found, self.smoothest):
            b.store(zero, kept)
        with self.cells.loop("known") as leave_if:
            number = b.load(self.found, typ=INT)
            leave_if(b.icmp_signed(">=", number, marks))
            leave_if(self._same(self._get("when", lane, number), when))
            best = b.load(self.smoothest, typ=INT)
            level_here, level_best = (self._get("level", lane, one, INT) for one in (number, best))
            b.store(b.select(b.icmp_signed(">", level_here, level_best), number, best), self.smoothest)
            b.store(b.add(number, ir.Constant(INT, 1)), self.found)
        place = b.load(self.found, typ=INT)
        full = b.icmp_signed("==", place, ir.Constant(INT, POINTS))
        added = b.and_(b.icmp_signed("==", place, marks), b.not_(full))
        place = b.select(full, b.load(self.smoothest, typ=INT), place)
        sharper = b.icmp_signed("<", level, self._get("level", lane, place, INT))
        with b.if_then(b.or_(added, sharper)):
            self._put("level", lane, level, place)
            with b.if_then(b.or_(added, full)):
                self._put("when", lane, when, place)
            self._put("marks", lane, b.select(added, b.add(marks, ir.Constant(INT, 1)), marks))

    def _same(self, one: Any, other: Any) -> Any:
        b = self.b
        apart = b.select(b.fcmp_ordered(">", one, other), b.fsub(one, other), b.fsub(other, one))
        return b.fcmp_ordered("<=", apart, self.cells.near(other))
