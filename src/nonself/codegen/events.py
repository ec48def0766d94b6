"""Events in IR: what fires when a trigger becomes true waits in a queue of its lane, and is executed in SBML's order.

**Reference:** SBML Level 3 Version 2 Core, section 4.11.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from llvmlite import ir

from nonself.codegen.cells import Cells
from nonself.codegen.draws import Draws
from nonself.codegen.kernels import Kernels
from nonself.codegen.lanes import DOUBLE, INT
from nonself.codegen.status import Status
from nonself.codegen.step import Stepper
from nonself.codegen.workspace import ARRIVED, Occurrence

MOST_AT_ONCE = 10_000  # events executed and turns met at one time, before they are said to have no end
EVENT, DUE, RANK, VALUES = 0, 1, 2, 3  # rows of an execution that waits
Ending = Callable[[Any, Status], None]


class Events:
    """Writes what events do at stops and turns; nothing at all for a model without any."""

    def __init__(
        self, cells: Cells, kernels: Kernels, stepper: Stepper, events: tuple[Occurrence, ...]
    ) -> None:
        self.cells = cells
        self.lanes = cells.lanes
        self.b = cells.b
        self.space = cells.space
        self.of = cells.of
        self.work = cells.work
        self.kernels = kernels
        self.stepper = stepper
        starts = [sum(len(e.targets) for e in events[:k]) for k in range(len(events))]
        self.table = {
            "start": self._constants("start", starts),
            "count": self._constants("count", [len(e.targets) for e in events]),
            "target": self._constants("target", [row for e in events for row in e.targets]),
            "priority": self._constants("priority", [e.priority for e in events]),
            "persistent": self._constants("persistent", [e.persistent for e in events]),
            "early": self._constants("early", [e.values_when_triggered for e in events]),
            "first": self._constants("first", [e.initial_value for e in events]),
        }
        self.solved: Callable[[], None] = lambda: None  # solves constraints, before triggers are looked at
        self.slot = self.b.alloca(INT, name="slot")
        self.best = self.b.alloca(INT, name="best")
        self.highest = self.b.alloca(DOUBLE, name="highest")
        self.rank = self.b.alloca(DOUBLE, name="rank")
        self.uniforms = self.b.alloca(DOUBLE, 2, name="lots")

    def enter(self, lane: Any) -> None:
        """Start a patient without anything waiting, every trigger as it was before the start; or go on from an end."""
        for name in ("queued", "drawn", "cascade", "free"):
            self.cells.puti(name, lane, 0)
        self.cells.put("counted_from", lane, ir.Constant(DOUBLE, -1.0))
        if self.space.events:
            with self.lanes.count(self.space.events, "event") as event:
                self._put(self.space.was, event, lane, self._constant("first", event), INT)
            with self.b.if_then(self.b.icmp_signed("!=", self.of["begun"], self._whole(0))):
                self._open(lane, read=True)

    def leave(self, lane: Any) -> None:
        """Write down what a patient's events leave open."""
        if self.space.events:
            self._open(lane, read=False)

    def _open(self, lane: Any, read: bool) -> None:
        """Read or write what is open: lots drawn, executions that wait, triggers, and the executions themselves."""
        b, space = self.b, self.space
        base = b.mul(self.cells.geti("patient", lane), self.of["words"])

        def move(index: Any, place: Any) -> None:
            word = b.gep(self.of["pending"], [b.add(base, index)], inbounds=True, source_etype=INT)
            source, target = (word, place) if read else (place, word)
            b.store(b.load(source, align=8, typ=INT), target, align=8)

        for number, name in enumerate(("drawn", "queued")):
            move(self._whole(number), self.cells.place(space.integer(name), lane, INT))
        with self.lanes.count(space.events, "event") as event:
            move(b.add(event, self._whole(2)), self._place(space.was, event, lane, INT))
        size = b.mul(self.cells.geti("queued", lane), self._whole(space.slot))
        with b.if_then(b.icmp_signed(">", size, self._whole(0))), self.lanes.count(size, "word") as part:
            move(b.add(part, self._whole(2 + space.events)), self._place(space.waiting, part, lane, INT))

    def arrive(self, end: Ending) -> None:
        """Note what has turned where lanes are, before anything is done there."""
        if not self.space.watched and not self.space.events:
            return
        self._compute()
        with self.cells.each_lane() as lane, self.b.if_then(self.cells.is_("flag", lane, ARRIVED)):
            self._count(lane, end)
            self._note(lane, end)

    def settle(self, end: Ending) -> None:
        """Execute what is due where lanes are, one after the other, looking at all triggers after each."""
        if not self.space.events:
            return
        arrived = self.cells.are("flag", ARRIVED)
        self.cells.set_integers("open", self.b.zext(arrived, self.lanes.integers))
        with self.cells.loop("settle") as leave_if:
            leave_if(self.b.not_(self.lanes.any(self.cells.are("open", 1))))
            self.solved()
            self._compute()
            with self.cells.each_lane() as lane, self.b.if_then(self.cells.is_("open", lane, 1)):
                self._note(lane, end)
                self._choose(lane)
                best = self.b.load(self.best, typ=INT)
                there_is = self.b.and_(
                    self.b.icmp_signed(">=", best, self._whole(0)), self.cells.is_("flag", lane, ARRIVED)
                )
                with self.b.if_else(there_is) as (some, none):
                    with some:
                        self._execute(best, lane)
                        self._count(lane, end)
                    with none:
                        self.cells.puti("open", lane, 0)

    def sooner(self, lane: Any, stop: Any) -> Any:
        """The time of the next execution of a lane, or that of its next stop, whichever comes first."""
        if not self.space.events:
            return stop
        self.b.store(stop, self.highest)
        with self._queue(lane, advance=True) as slot:
            due = self._get(slot, DUE, lane)
            least = self.b.load(self.highest, typ=DOUBLE)
            self.b.store(self.b.select(self.b.fcmp_ordered("<", due, least), due, least), self.highest)
        return self.b.load(self.highest, typ=DOUBLE)

    # cells ---------------------------------------------------------------------------------------------------
    def _whole(self, value: int) -> Any:
        return ir.Constant(INT, value)

    def _constants(self, name: str, values: Sequence[int]) -> Any:
        """A table of the model's events in the module."""
        kind = ir.ArrayType(INT, max(1, len(values)))
        table = ir.GlobalVariable(self.lanes.module, kind, f"nonself_event_{name}")
        table.linkage = "internal"
        table.global_constant = True
        table.initializer = ir.Constant(kind, [int(value) for value in values] or [0])
        return table

    def _constant(self, name: str, index: Any) -> Any:
        return self.cells.element(self.table[name], index, INT)

    def _place(self, start: int, row: Any, lane: Any, kind: ir.Type = DOUBLE) -> Any:
        return self.cells.place(self.b.add(row, self._whole(start)), lane, kind)

    def _row(self, start: int, row: Any, lane: Any, kind: ir.Type = DOUBLE) -> Any:
        return self.b.load(self._place(start, row, lane, kind), align=8, typ=kind)

    def _put(self, start: int, row: Any, lane: Any, value: Any, kind: ir.Type = DOUBLE) -> None:
        self.b.store(value, self._place(start, row, lane, kind), align=8)

    def _in_slot(self, slot: Any, part: int) -> Any:
        """Row of a part of an execution that waits, counted from the first."""
        return self.b.add(self.b.mul(slot, self._whole(self.space.slot)), self._whole(part))

    def _get(self, slot: Any, part: int, lane: Any, kind: ir.Type = DOUBLE) -> Any:
        return self._row(self.space.waiting, self._in_slot(slot, part), lane, kind)

    @contextmanager
    def _queue(self, lane: Any, advance: bool) -> Iterator[Any]:
        """A loop over the executions that wait; without `advance` the body moves on itself."""
        self.b.store(self._whole(0), self.slot)
        with self.cells.loop("queue") as leave_if:
            slot = self.b.load(self.slot, typ=INT)
            leave_if(self.b.icmp_signed(">=", slot, self.cells.geti("queued", lane)))
            yield slot
            if advance:
                self.b.store(self.b.add(slot, self._whole(1)), self.slot)

    @contextmanager
    def _assignments(self, event: Any) -> Iterator[tuple[Any, Any]]:
        """A loop over an event's assignments: their numbers, and their rows among those of all events."""
        count, start = self._constant("count", event), self._constant("start", event)
        some = self.b.icmp_signed(">", count, self._whole(0))
        with self.b.if_then(some), self.lanes.count(count, "assignment") as number:
            yield number, self.b.add(start, number)

    # what happens --------------------------------------------------------------------------------------------
    def _compute(self) -> None:
        """Compute triggers, delays, priorities, new values and their factors at the state."""
        if self.space.events:
            self.stepper.at(self.cells.row("time"))
            self.b.call(self.kernels.happen, [self.work])

    def _count(self, lane: Any, end: Ending) -> None:
        """Count what happens at one time, and end what has no end."""
        time, begun = self.cells.get("time", lane), self.cells.get("counted_from", lane)
        later = self.b.fcmp_ordered(">", time, self.b.fadd(begun, self.cells.near(begun)))
        with self.b.if_then(later):
            self.cells.put("counted_from", lane, time)
            self.cells.puti("cascade", lane, 0)
        count = self.b.add(self.cells.geti("cascade", lane), self._whole(1))
        self.cells.puti("cascade", lane, count)
        with self.b.if_then(self.b.icmp_signed(">", count, self._whole(MOST_AT_ONCE))):
            end(lane, Status.TOO_MANY_EVENTS)

    def _note(self, lane: Any, end: Ending) -> None:
        """Let events fire whose trigger has become true; call off those that do not persist where it became false."""
        if not self.space.events:
            return
        with self.lanes.count(self.space.events, "event") as event:
            value = self._row(self.space.triggered, event, lane)
            now = self.b.fcmp_ordered(">", value, ir.Constant(DOUBLE, 0.5))
            was = self.b.icmp_signed("!=", self._row(self.space.was, event, lane, INT), self._whole(0))
            self._put(self.space.was, event, lane, self.b.zext(now, INT), INT)
            with self.b.if_then(self.b.and_(now, self.b.not_(was))):
                self._fire(event, lane, end)
            passing = self.b.icmp_signed("==", self._constant("persistent", event), self._whole(0))
            with self.b.if_then(self.b.and_(self.b.and_(was, self.b.not_(now)), passing)):
                self._call_off(event, lane)

    def _fire(self, event: Any, lane: Any, end: Ending) -> None:
        """Put an execution into the queue; one that never comes is left out."""
        b = self.b
        delay = self._row(self.space.delayed, event, lane)
        with b.if_then(b.not_(b.fcmp_ordered(">=", delay, ir.Constant(DOUBLE, 0.0)))):
            end(lane, Status.BAD_DELAY)
        queued = self.cells.geti("queued", lane)
        full = b.icmp_signed(">=", queued, self._whole(self.space.queue))
        comes = b.fcmp_ordered("<", delay, ir.Constant(DOUBLE, float("inf")))
        with b.if_then(b.and_(comes, full)):
            end(lane, Status.QUEUE_FULL)
        with b.if_then(b.and_(comes, b.not_(full))):
            due = b.fadd(self.cells.get("time", lane), delay)
            for part, value, kind in ((EVENT, event, INT), (DUE, due, DOUBLE)):
                self._put(self.space.waiting, self._in_slot(queued, part), lane, value, kind)
            self._put(self.space.waiting, self._in_slot(queued, RANK), lane, self._draw(event, lane))
            with self._assignments(event) as (number, row):
                value = self._row(self.space.assignment, row, lane)
                self._put(self.space.waiting, b.add(self._in_slot(queued, VALUES), number), lane, value)
            self.cells.puti("queued", lane, b.add(queued, self._whole(1)))

    def _draw(self, event: Any, lane: Any) -> Any:
        """The rank of an execution among those of its priority: by lot, or in order where there is no priority."""
        b = self.b
        number = self.cells.geti("drawn", lane)
        self.cells.puti("drawn", lane, b.add(number, self._whole(1)))
        b.store(b.fneg(b.sitofp(number, DOUBLE)), self.rank)
        with b.if_then(b.icmp_signed("!=", self._constant("priority", event), self._whole(0))):
            digest = self.cells.element(self.of["digests"], self.cells.geti("patient", lane), INT)
            drawn = [self.of["lots"], digest, number, self.of["replicate"], self.uniforms]
            b.call(Draws(self.lanes.module).uniforms(), drawn)
            first = b.gep(self.uniforms, [self._whole(0)], inbounds=True, source_etype=DOUBLE)
            b.store(b.load(first, align=8, typ=DOUBLE), self.rank)
        return b.load(self.rank, typ=DOUBLE)

    def _call_off(self, event: Any, lane: Any) -> None:
        """Take all executions of an event out of the queue."""
        with self._queue(lane, advance=False) as slot:
            same = self.b.icmp_signed("==", self._get(slot, EVENT, lane, INT), event)
            with self.b.if_else(same) as (gone, kept):
                with gone:
                    self._take_out(slot, lane)
                with kept:
                    self.b.store(self.b.add(slot, self._whole(1)), self.slot)

    def _take_out(self, slot: Any, lane: Any) -> None:
        """Remove an execution: the last one takes its place."""
        last = self.b.sub(self.cells.geti("queued", lane), self._whole(1))
        with self.lanes.count(self.space.slot, "part") as part:
            source, target = (self.b.add(self._in_slot(s, 0), part) for s in (last, slot))
            value = self._row(self.space.waiting, source, lane, INT)
            self._put(self.space.waiting, target, lane, value, INT)
        self.cells.puti("queued", lane, last)

    def _choose(self, lane: Any) -> None:
        """Find the execution to do next: due, of the highest priority, of the highest rank; -1 for none."""
        b = self.b
        b.store(self._whole(-1), self.best)
        time = self.cells.get("time", lane)
        limit = b.fadd(time, self.cells.near(time))
        with self._queue(lane, advance=True) as slot:
            event, rank = self._get(slot, EVENT, lane, INT), self._get(slot, RANK, lane)
            lowest = ir.Constant(DOUBLE, float("-inf"))
            given = self._row(self.space.urgent, event, lane)
            has = b.icmp_signed("!=", self._constant("priority", event), self._whole(0))
            has = b.and_(has, b.fcmp_ordered(">", given, lowest))  # not a number counts as none
            priority = b.select(has, given, lowest)
            highest, before = b.load(self.highest, typ=DOUBLE), b.load(self.rank, typ=DOUBLE)
            first = b.icmp_signed("<", b.load(self.best, typ=INT), self._whole(0))
            equal = b.and_(b.fcmp_ordered("==", priority, highest), b.fcmp_ordered(">", rank, before))
            better = b.or_(first, b.or_(b.fcmp_ordered(">", priority, highest), equal))
            with b.if_then(b.and_(better, b.fcmp_ordered("<=", self._get(slot, DUE, lane), limit))):
                b.store(slot, self.best)
                b.store(priority, self.highest)
                b.store(rank, self.rank)

    def _execute(self, slot: Any, lane: Any) -> None:
        """Give species their new values, and take the execution out of the queue."""
        b = self.b
        event = self._get(slot, EVENT, lane, INT)
        early = b.icmp_signed("!=", self._constant("early", event), self._whole(0))
        with self._assignments(event) as (number, row):
            then = self._row(self.space.waiting, b.add(self._in_slot(slot, VALUES), number), lane)
            value = b.select(early, then, self._row(self.space.assignment, row, lane))
            if self.space.scaled:
                value = b.fmul(value, self._row(self.space.scale, row, lane))
            target = self._constant("target", row)
            self._put(self.space.state, target, lane, value)
            self._log(event, target, value, lane)
            self.cells.puti("restart", lane, 1)
        self._take_out(slot, lane)

    def _log(self, event: Any, target: Any, value: Any, lane: Any) -> None:
        """Write down an assignment, where that is asked for."""
        b = self.b
        count = b.load(self.of["logged"], align=8, typ=INT)
        with b.if_then(b.icmp_signed("<", count, self.of["log_size"])):
            first = b.mul(count, self._whole(4))
            record = (self.cells.get("time", lane), b.sitofp(event, DOUBLE), b.sitofp(target, DOUBLE), value)
            for part, entry in enumerate(record):
                place = b.gep(
                    self.of["log"], [b.add(first, self._whole(part))], inbounds=True, source_etype=DOUBLE
                )
                b.store(entry, place, align=8)
            b.store(b.add(count, self._whole(1)), self.of["logged"], align=8)
