"""Serving lanes in IR: the next patient, what is scheduled, readouts, and the end of a course."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from llvmlite import ir

from nonself.codegen.cells import Cells
from nonself.codegen.delays import Delays
from nonself.codegen.events import Events
from nonself.codegen.kernels import Kernels
from nonself.codegen.lanes import DOUBLE, INT
from nonself.codegen.status import Status
from nonself.codegen.step import Stepper
from nonself.codegen.workspace import (
    ADD,
    ARRIVED,
    MULTIPLY,
    RENEW,
    RULE,
    RUNNING,
    SET,
    TURN,
    WAITING,
)  # fmt: skip

ENTERED = 2  # a fresh lane whose initial state is set


class Service:
    """Writes what happens to lanes between steps, in the order readout before, actions, events, readout after."""

    def __init__(
        self, cells: Cells, kernels: Kernels, stepper: Stepper, events: Events, delays: Delays
    ) -> None:
        self.cells = cells
        self.lanes = cells.lanes
        self.b = cells.b
        self.space = cells.space
        self.of = cells.of
        self.work = cells.work
        self.kernels = kernels
        self.stepper = stepper
        self.entered: Callable[[Any], None] = lambda lane: None  # what else a new patient needs
        self.settled: Callable[[Any], None] = lambda mask: None  # what they need at a stop, before readouts
        self.solved: Callable[[], None] = lambda: None  # solves constraints
        self.ended: Callable[[Any], None] = lambda lane: None  # what else is recorded at the end
        self.events = events
        self.delays = delays
        self.next = self.b.alloca(INT, name="next_patient")
        self.b.store(ir.Constant(INT, 0), self.next)

    def serve(self) -> None:
        """Serve lanes that wait for a patient or have arrived at a stop, until none does."""
        with self.cells.loop("serve") as leave_if:
            waiting, arrived = self.cells.are("flag", WAITING), self.cells.are("flag", ARRIVED)
            leave_if(self.b.not_(self.lanes.any(self.b.or_(waiting, arrived))))
            with self.cells.each_lane() as lane, self.b.if_then(self.cells.is_("flag", lane, WAITING)):
                self.load_patient(lane)
            self.enter()
            self.solved()
            self.settled(self.cells.are("flag", ARRIVED))
            self.events.arrive(self.end)
            before = self.b.icmp_signed("!=", self.of["before"], ir.Constant(INT, 0))
            with self.b.if_then(before):
                self.read_here("before")
            with self.cells.each_lane() as lane, self.b.if_then(self.cells.is_("flag", lane, ARRIVED)):
                self.act(lane)
            self.solved()
            self.settled(self.cells.are("flag", ARRIVED))
            self.events.settle(self.end)
            self.settled(self.cells.are("flag", ARRIVED))
            self.read_here()
            with self.cells.each_lane() as lane, self.b.if_then(self.cells.is_("flag", lane, ARRIVED)):
                self.depart(lane)

    def load_patient(self, lane: Any) -> None:
        """Give a lane the next patient, or retire it."""
        patient = self.b.load(self.next, typ=INT)
        with self.b.if_else(self.b.icmp_signed("<", patient, self.of["patients"])) as (there_is, none_left):
            with there_is:
                self.b.store(self.b.add(patient, ir.Constant(INT, 1)), self.next)
                for name, value in (
                    ("patient", patient),
                    ("flag", ARRIVED),
                    ("active", 1),
                    ("fresh", 1),
                    ("restart", 1),
                ):
                    self.cells.puti(name, lane, value)
                for name in ("stop", "output", "steps", "rejected", "refused"):
                    self.cells.puti(name, lane, 0)
                self.cells.put("time", lane, self.cells.element(self.of["begin_time"], patient, DOUBLE))
                self.cells.put("proposed", lane, ir.Constant(DOUBLE, 0.0))
                self.cells.put("settled", lane, ir.Constant(DOUBLE, 0.0))
                self.cells.put("horizon", lane, self.cells.element(self.of["horizon"], patient, DOUBLE))
                self.cells.put("output_time", lane, self.output_time(lane))
                self.events.enter(lane)
                for hazard in range(self.space.hazards):
                    self.first_level(hazard, lane)
                self.entered(lane)
                if self.space.parameters:
                    with self.lanes.count(self.space.parameters, "parameter") as row:
                        index = self.b.add(self.b.mul(row, self.of["patients"]), patient)
                        value = self.cells.element(self.of["parameters"], index, DOUBLE)
                        target = self.b.add(row, ir.Constant(INT, self.space.parameter))
                        self.b.store(value, self.cells.place(target, lane), align=8)
            with none_left:
                for name in ("flag", "active", "fresh", "restart"):
                    self.cells.puti(name, lane, 0)

    def first_level(self, hazard: int, lane: Any) -> None:
        """Set what a hazard of a new patient has to reach first."""
        count = self.b.load(self.fired(hazard, lane), align=8, typ=INT)
        self.b.store(count, self.cells.place(self.space.fired + hazard, lane, INT), align=8)
        self.set_level(hazard, lane, count)

    def fired(self, column: Any, lane: Any) -> Any:
        """Address of how often a hazard of a lane's patient has happened, or of what a clone goes on by."""
        column = ir.Constant(INT, column) if isinstance(column, int) else column
        row = self.b.mul(self.cells.geti("patient", lane), ir.Constant(INT, self.space.counts))
        index = self.b.add(row, column)
        return self.b.gep(self.of["fired"], [index], inbounds=True, source_etype=INT)

    def set_level(self, hazard: int, lane: Any, number: Any) -> None:
        """Set what a hazard has to reach for its happening `number`."""
        first = self.b.mul(ir.Constant(INT, hazard), self.of["levels"])
        row = self.b.mul(self.b.add(first, number), self.of["patients"])
        level = self.cells.element(
            self.of["hazard_levels"], self.b.add(row, self.cells.geti("patient", lane)), DOUBLE
        )
        self.b.store(level, self.cells.place(self.space.threshold + hazard, lane), align=8)

    def enter(self) -> None:
        """Compute the initial state of fresh lanes."""
        with self.b.if_then(self.lanes.any(self.cells.are("fresh", 1))):
            self.b.call(self.kernels.hoist, [self.work])
            self.b.call(self.kernels.initial, [self.work])
            fresh = self.cells.are("fresh", 1)
            with self.lanes.count(self.space.species, "row") as row:
                first = self.lanes.load(self.work, self.space.argument, row)
                now = self.lanes.load(self.work, self.space.state, row)
                self.lanes.store(self.lanes.select(fresh, first, now), self.work, self.space.state, row)
            with self.b.if_then(self.b.icmp_signed("!=", self.of["begun"], ir.Constant(INT, 0))):
                self._begin()
            self.cells.set_integers(
                "fresh", self.lanes.select(fresh, self.lanes.whole(ENTERED), self.cells.integers("fresh"))
            )
            self.delays.begin(fresh, self.end)

    def _begin(self) -> None:
        """Give fresh lanes the state their course goes on from."""
        with self.cells.each_lane() as lane, self.b.if_then(self.cells.is_("fresh", lane, 1)):
            patient = self.cells.geti("patient", lane)
            with self.lanes.count(self.space.species, "row") as row:
                index = self.b.add(self.b.mul(row, self.of["patients"]), patient)
                value = self.cells.element(self.of["begin_state"], index, DOUBLE)
                place = self.cells.place(self.b.add(row, ir.Constant(INT, self.space.state)), lane)
                self.b.store(value, place, align=8)

    def output_time(self, lane: Any) -> Any:
        """The time of a lane's next readout; infinity when there is none."""
        self.b.store(ir.Constant(DOUBLE, float("inf")), self.cells.result)
        index = self.cells.geti("output", lane)
        with self.b.if_then(self.b.icmp_signed("<", index, self.of["outputs"])):
            self.b.store(
                self.cells.table("output_time", index, "output_rows", "output_step", lane, DOUBLE),
                self.cells.result,
            )
        return self.b.load(self.cells.result, typ=DOUBLE)

    def read_here(self, side: str = "after") -> None:
        """Read out lanes that have arrived and whose readout falls on this time."""
        with self.cells.loop("read") as leave_if:
            time = self.cells.row("time")
            due = self.lanes.compare(
                "<=", self.cells.row("output_time"), self.lanes.add(time, self.cells.near(time))
            )
            due = self.b.and_(due, self.cells.are("flag", ARRIVED))
            leave_if(self.b.not_(self.lanes.any(due)))
            self.stepper.here(side)
            self.write_out(due)
        self.delays.end_lost(self.end)

    def write_out(self, due: Any) -> None:
        """Store the kept rows of the lanes in a mask and move them to their next readout."""
        self.delays.check_shown(due)
        self.cells.set_integers("due", self.b.zext(due, self.lanes.integers))
        with self.cells.each_lane() as lane, self.b.if_then(self.cells.is_("due", lane, 1)):
            index = self.cells.geti("output", lane)
            first = self.b.add(self.b.mul(self.cells.geti("patient", lane), self.of["outputs"]), index)
            first = self.b.mul(first, self.of["kept"])
            with self.lanes.count(self.of["kept"], "kept") as column:
                row = self.cells.element(self.of["kept_rows"], column, INT)
                source = self.cells.place(self.b.add(row, ir.Constant(INT, self.space.argument)), lane)
                value = self.b.load(source, align=8, typ=DOUBLE)
                target = self.b.gep(
                    self.of["values"], [self.b.add(first, column)], inbounds=True, source_etype=DOUBLE
                )
                self.b.store(value, target, align=8)
            self.cells.puti("output", lane, self.b.add(index, ir.Constant(INT, 1)))
            self.cells.put("output_time", lane, self.output_time(lane))

    def act(self, lane: Any) -> None:
        """Do what is scheduled for a lane now: all stops at this time, in order."""
        with self.cells.loop("act") as leave_if:
            index = self.cells.geti("stop", lane)
            leave_if(self.b.icmp_signed(">=", index, self.of["stops"]))
            time = self.cells.get("time", lane)
            when = self.cells.table("stop_time", index, "stop_rows", "stop_step", lane, DOUBLE)
            leave_if(self.b.fcmp_unordered(">", when, self.b.fadd(time, self.cells.near(time))))
            kind = self.cells.table("stop_kind", index, "stop_rows", "stop_step", lane, INT)
            target = self.cells.table("stop_target", index, "stop_rows", "stop_step", lane, INT)
            value = self.cells.table("stop_value", index, "stop_rows", "stop_step", lane, DOUBLE)
            self._when(kind, ADD, lambda: self._add(index, target, value, lane))
            self._when(kind, SET, lambda: self._set(target, value, lane))
            self._when(kind, TURN, lambda: self.cells.puti("restart", lane, 1))
            self._when(kind, MULTIPLY, lambda: self._multiply(target, value, lane))
            self._when(kind, RENEW, lambda: self._renew(lane))
            if self.space.rules:
                self._when(kind, RULE, lambda: self._decide(target, lane))
            self.cells.puti("stop", lane, self.b.add(index, ir.Constant(INT, 1)))

    def _when(self, kind: Any, wanted: int, write: Callable[[], None]) -> None:
        with self.b.if_then(self.b.icmp_signed("==", kind, ir.Constant(INT, wanted))):
            write()

    def _parameter(self, row: Any, lane: Any) -> Any:
        """Address of a lane's parameter."""
        return self.cells.place(self.b.add(row, ir.Constant(INT, self.space.parameter)), lane)

    def _add(self, index: Any, target: Any, value: Any, lane: Any) -> None:
        """Add an amount to a species, times the parameter that scales it where there is one."""
        scale = self.cells.table("stop_scale", index, "stop_rows", "stop_step", lane, INT)
        self.b.store(value, self.cells.result)
        with self.b.if_then(self.b.icmp_signed(">=", scale, ir.Constant(INT, 0))):
            share = self.b.load(self._parameter(scale, lane), align=8, typ=DOUBLE)
            self.b.store(self.b.fmul(value, share), self.cells.result)
        amount = self.b.load(self.cells.result, typ=DOUBLE)
        place = self.cells.place(self.b.add(target, ir.Constant(INT, self.space.state)), lane)
        self.b.store(self.b.fadd(self.b.load(place, align=8, typ=DOUBLE), amount), place, align=8)
        self.cells.puti("restart", lane, 1)

    def _multiply(self, target: Any, share: Any, lane: Any) -> None:
        """Leave a share of a species."""
        place = self.cells.place(self.b.add(target, ir.Constant(INT, self.space.state)), lane)
        self.b.store(self.b.fmul(self.b.load(place, align=8, typ=DOUBLE), share), place, align=8)
        self.cells.puti("restart", lane, 1)

    def _renew(self, lane: Any) -> None:
        """Choose the next step as if the course began here."""
        self.cells.put("settled", lane, ir.Constant(DOUBLE, 0.0))
        self.cells.puti("restart", lane, 1)

    def _set(self, row: Any, value: Any, lane: Any) -> None:
        """Set a parameter, and what is computed from parameters with it."""
        self.b.store(value, self._parameter(row, lane), align=8)
        self.b.call(self.kernels.hoist, [self.work])
        self.cells.puti("restart", lane, 1)

    def _decide(self, rule: Any, lane: Any) -> None:
        """Set the parameter of a rule to what the rule says now; nothing restarts when that changes nothing."""
        self.stepper.at(self.cells.row("time"))
        self.b.call(self.kernels.decide, [self.work])
        place = self.cells.place(self.b.add(rule, ir.Constant(INT, self.space.decided)), lane)
        decided = self.b.load(place, align=8, typ=DOUBLE)
        row = self.cells.element(self.of["rule_target"], rule, INT)
        held = self.b.load(self._parameter(row, lane), align=8, typ=DOUBLE)
        with self.b.if_then(self.b.fcmp_unordered("!=", decided, held)):
            self._set(row, decided, lane)

    def depart(self, lane: Any) -> None:
        """Send a lane on to its next stop, or end it at its horizon."""
        time, horizon = self.cells.get("time", lane), self.cells.get("horizon", lane)
        over = self.b.fcmp_ordered(">=", time, self.b.fsub(horizon, self.cells.near(horizon)))
        with self.b.if_else(over) as (ended, going):
            with ended:
                self.end(lane, Status.FINISHED)
            with going:
                self.b.store(horizon, self.cells.result)
                index = self.cells.geti("stop", lane)
                with self.b.if_then(self.b.icmp_signed("<", index, self.of["stops"])):
                    when = self.cells.table("stop_time", index, "stop_rows", "stop_step", lane, DOUBLE)
                    sooner = self.b.fcmp_ordered("<", when, self.b.fsub(horizon, self.cells.near(horizon)))
                    self.b.store(self.b.select(sooner, when, horizon), self.cells.result)
                stop = self.events.sooner(lane, self.b.load(self.cells.result, typ=DOUBLE))
                stop = self.delays.sooner(lane, stop)
                self.cells.put("stop_time", lane, stop)
                self.cells.puti("flag", lane, RUNNING)

    def end(self, lane: Any, status: Any) -> None:
        """Record how a lane's patient ended, and free the lane."""
        status = ir.Constant(INT, int(status)) if isinstance(status, int) else status
        patient = self.cells.geti("patient", lane)
        records = (
            ("status", status, INT),
            ("reached", self.cells.get("time", lane), DOUBLE),
            ("steps", self.cells.geti("steps", lane), INT),
            ("rejected", self.cells.geti("rejected", lane), INT),
        )
        for name, value, kind in records:
            self.b.store(
                value, self.b.gep(self.of[name], [patient], inbounds=True, source_etype=kind), align=8
            )
        for hazard in range(self.space.hazards):
            count = self.b.load(self.cells.place(self.space.fired + hazard, lane, INT), align=8, typ=INT)
            self.b.store(count, self.fired(hazard, lane), align=8)
        self.ended(lane)
        self.events.leave(lane)
        first = self.b.mul(patient, ir.Constant(INT, self.space.species))
        with self.lanes.count(self.space.species, "row") as row:
            value = self.b.load(
                self.cells.place(self.b.add(row, ir.Constant(INT, self.space.state)), lane),
                align=8,
                typ=DOUBLE,
            )
            target = self.b.gep(
                self.of["final"], [self.b.add(first, row)], inbounds=True, source_etype=DOUBLE
            )
            self.b.store(value, target, align=8)
        self.cells.puti("flag", lane, WAITING)
