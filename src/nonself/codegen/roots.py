"""Turns in IR: where in a step a comparison of the watched ones changes sides, found on the dense output.

A step is looked at in `SAMPLES` places and, where a comparison comes close to turning between them, at the lowest point
of the parabola through three. So one that turns twice within a quarter of a step can be missed when it goes less far
beyond than the parabola is wrong: the step's error control does not see it.

**Reference:** the bracketing method: Oliveira and Takahashi (2021), An enhancement of the bisection method average
performance preserving minmax optimality, ACM Transactions on Mathematical Software 47:5, doi:10.1145/3423597.
"""

from __future__ import annotations

from typing import Any

from llvmlite import ir

from nonself.codegen.cells import Cells
from nonself.codegen.kernels import Kernels
from nonself.codegen.lanes import INT
from nonself.codegen.step import Stepper
from nonself.codegen.workspace import HIGH, LOW, SAMPLES, TRIAL

NARROW = 2.0**-51  # of the step: how closely the moment of a turn is bracketed
TRUNCATION = 0.2 * SAMPLES  # of the bracketing method: 0.2 over the first width
CLOSE = 0.25  # what is expected between two samples, relative to the nearer one, that is worth a look
MOST_HALVINGS = 120


class Roots:
    """Writes the search for turns in the step just taken; nothing at all for a model that watches none.

    **Arguments:** `rows` of the species that the watched comparisons depend on.
    """

    def __init__(self, cells: Cells, kernels: Kernels, stepper: Stepper, rows: tuple[int, ...]) -> None:
        self.cells = cells
        self.lanes = cells.lanes
        self.b = cells.b
        self.space = cells.space
        self.work = cells.work
        self.kernels = kernels
        self.stepper = stepper
        self.rows = rows
        self.tried = self.b.alloca(INT, name="tried")

    def begin(self) -> None:
        """Keep which side each comparison is on: rates keep to it until the step has ended."""
        if not self.space.watched:
            return
        lanes = self.lanes
        for row in self.rows:
            lanes.store(lanes.load(self.work, self.space.state, row), self.work, self.space.argument, row)
        self.stepper.at(self.cells.row("time"))
        self.b.call(self.kernels.watch, [self.work, self._gaps(0)])

    def learn(self, error: Any, running: Any, good: Any) -> None:
        """Let conditions in rates be what they are in the next try, where holding them led to no number."""
        if not self.space.watched:
            return
        lanes = self.lanes
        lost = self.b.and_(running, self.b.not_(lanes.compare("<", error, lanes.number(float("inf")))))
        free = self.b.or_(lost, self.b.and_(self.cells.are("free", 1), self.b.not_(good)))
        self.cells.set_integers("free", self.b.zext(free, lanes.integers))

    def locate(self, good: Any, time: Any, size: Any, end: Any) -> Any:
        """Find the first turn inside the step: row `high` is its share of the step; return where there is one.

        **Arguments:** `good` lanes whose step counts; `time` and `size` of the step, `end` the time it leads to.
        """
        if not self.space.watched:
            return None
        self.span = time, size, end
        for sample in range(1, SAMPLES + 1):
            self._watch(sample / SAMPLES, sample)
        seen = self._seen()
        worth = self.b.and_(good, self.b.icmp_signed("!=", seen, self.lanes.whole(0)))
        self.cells.set_integers("turns", self.lanes.whole(0))
        with self.b.if_then(self.lanes.any(worth)):
            self._first_sample(good, seen)
            self._look_between(worth)
            with self.b.if_then(self.lanes.any(self.cells.are("turns", 1))):
                self._bracket()
        return self.cells.are("turns", 1)

    def _gaps(self, sample: int) -> Any:
        """Address of the gaps of a sample: 0 the start, SAMPLES the end, then further places."""
        return self.lanes.address(self.work, self.space.gaps + sample * self.space.watched)

    def _watch(self, share: Any, sample: int) -> None:
        """Compute the gaps at a share of the step, a number or one a lane."""
        lanes, (time, size, end) = self.lanes, self.span
        if isinstance(share, float):
            share = lanes.number(share)
        inside = lanes.smaller(lanes.fma(share, size, time), end)
        self.stepper.at(lanes.select(lanes.compare("==", share, lanes.number(1.0)), end, inside), "inside")
        self.stepper.rows_inside(self.rows, share)
        self.b.call(self.kernels.watch, [self.work, self._gaps(sample)])

    def _seen(self) -> Any:
        """What the samples show, one bit each: 1 that a look between them is worth it, 2, 4, ... what turned there."""
        lanes, b, zero = self.lanes, self.b, self.lanes.number(0.0)
        self.cells.set_integers("other", lanes.whole(0))
        with lanes.count(self.space.watched, "comparison") as row:
            gaps = [lanes.load(self._gaps(sample), 0, row) for sample in range(SAMPLES + 1)]
            sides = [lanes.compare(">=", gap, zero) for gap in gaps]
            seen = self.cells.integers("other")
            for sample in range(1, SAMPLES + 1):
                turned = b.zext(self._beyond(row, sides[0], sides[sample], gaps[sample]), lanes.integers)
                seen = b.or_(seen, b.shl(turned, lanes.whole(sample)))
            for three in zip(gaps, gaps[1:], gaps[2:], strict=False):
                seen = b.or_(seen, b.zext(self._near(*three), lanes.integers))
            self.cells.set_integers("other", seen)
        return self.cells.integers("other")

    def _near(self, before: Any, middle: Any, after: Any) -> Any:
        """Whether the lowest point of the parabola through three gaps lies among them, close to zero or beyond."""
        lanes, b = self.lanes, self.b
        slope = lanes.sub(after, before)
        bend = lanes.add(lanes.sub(before, middle), lanes.sub(after, middle))
        inside = lanes.compare("<", lanes.absolute(slope), lanes.mul(lanes.number(2.0), lanes.absolute(bend)))
        fall = lanes.mul(lanes.mul(lanes.number(8.0 * (1.0 - CLOSE)), bend), middle)
        falls = b.and_(
            lanes.compare(">", fall, lanes.number(0.0)), lanes.compare(">", lanes.mul(slope, slope), fall)
        )
        return b.and_(inside, falls)

    def _turned(self, sample: int, towards: int | None = None) -> Any:
        """Where some comparison is on another side than at the start, on the way to another place in the step."""
        lanes, zero = self.lanes, self.lanes.number(0.0)
        self.cells.set_integers("other", lanes.whole(0))
        with lanes.count(self.space.watched, "comparison") as row:
            before = lanes.compare(">=", lanes.load(self._gaps(0), 0, row), zero)
            gap = lanes.load(self._gaps(sample), 0, row)
            other = self._beyond(row, before, lanes.compare(">=", gap, zero), gap)
            if towards is not None and self.space.opposed:
                other = self.b.and_(other, self._leads(row, towards))
            other = self.b.zext(other, lanes.integers)
            self.cells.set_integers("other", self.b.or_(self.cells.integers("other"), other))
        return self.cells.are("other", 1)

    def _beyond(self, row: Any, before: Any, now: Any, gap: Any) -> Any:
        """Where a comparison has turned; of opposed ones (x > y and x >= y) neither turns before the other.

        At x == y the one has turned, the other has not: a step that began there would look for that turn at its very
        start, where rounding moves x back and forth, and so would turn the first one again.
        """
        lanes, b = self.lanes, self.b
        turned = b.xor(before, now)
        if not self.space.opposed:
            return turned
        apart = b.not_(lanes.compare("==", gap, lanes.number(0.0)))
        return b.and_(turned, b.select(self._is_alone(row), lanes.flags(True), apart))

    def _leads(self, row: Any, place: int) -> Any:
        """Where a comparison may turn: of two opposed ones that begin at x == y, the one that has turned at a place."""
        lanes, b, zero = self.lanes, self.b, self.lanes.number(0.0)
        start, there = (lanes.load(self._gaps(sample), 0, row) for sample in (0, place))
        leads = b.not_(b.and_(lanes.compare("==", start, zero), lanes.compare(">=", there, zero)))
        return b.select(self._is_alone(row), lanes.flags(True), leads)

    def _is_alone(self, row: Any) -> Any:
        return self.b.icmp_signed(">=", row, ir.Constant(INT, self.space.opposed))

    def _first_sample(self, good: Any, seen: Any) -> None:
        """Bracket the first turn between two samples."""
        lanes, b = self.lanes, self.b
        for sample in reversed(range(1, SAMPLES + 1)):
            bit = b.and_(seen, lanes.whole(1 << sample))
            turned = b.and_(good, b.icmp_signed("!=", bit, lanes.whole(0)))
            low, high = ((sample - 1) / SAMPLES, sample / SAMPLES)
            self._bracketed(turned, lanes.number(low), lanes.number(high))

    def _bracketed(self, found: Any, low: Any, high: Any) -> None:
        lanes, cells = self.lanes, self.cells
        cells.set_row("low", lanes.select(found, low, cells.row("low")))
        cells.set_row("high", lanes.select(found, high, cells.row("high")))
        cells.set_integers("turns", lanes.select(found, lanes.whole(1), cells.integers("turns")))

    def _look_between(self, worth: Any) -> None:
        """Look once more where a parabola through three samples says that a comparison may turn and turn back."""
        lanes, cells = self.lanes, self.cells
        cells.set_row("closest", lanes.number(CLOSE))
        with lanes.count(self.space.watched, "comparison") as row:
            for sample in range(1, SAMPLES):
                self._expect(row, sample)
        near = lanes.compare("<", cells.row("closest"), lanes.number(CLOSE))
        near = self.b.and_(self.b.and_(near, worth), cells.are("turns", 0))
        with self.b.if_then(lanes.any(near)):
            self._watch(cells.row("trial"), TRIAL)
            found = self.b.and_(near, self._turned(TRIAL))
            self._bracketed(found, cells.row("trial_from"), cells.row("trial"))

    def _expect(self, row: Any, sample: int) -> None:
        """Keep the lowest point of a comparison's parabola, relative to the middle sample, where it is the closest."""
        lanes, cells = self.lanes, self.cells
        before, middle, after = (lanes.load(self._gaps(sample + k), 0, row) for k in (-1, 0, 1))
        slope = lanes.sub(after, before)
        bend = lanes.add(lanes.sub(before, middle), lanes.sub(after, middle))
        shift = lanes.div(lanes.mul(slope, lanes.number(-0.5)), bend)
        lowest = lanes.fma(lanes.mul(slope, lanes.number(0.25)), shift, middle)
        ratio = lanes.div(lowest, middle)
        inside = lanes.compare("<", lanes.absolute(shift), lanes.number(1.0))
        closer = self.b.and_(inside, lanes.compare("<", ratio, cells.row("closest")))
        place = lanes.mul(lanes.add(shift, lanes.number(sample)), lanes.number(1 / SAMPLES))
        start = lanes.number((sample - 1) / SAMPLES)
        for name, value in (("closest", ratio), ("trial", place), ("trial_from", start)):
            cells.set_row(name, lanes.select(closer, value, cells.row(name)))

    def _bracket(self) -> None:
        """Draw the brackets together until nothing is left between them."""
        lanes, cells = self.lanes, self.cells
        self._watch(cells.row("low"), LOW)
        self._watch(cells.row("high"), HIGH)
        self._try_end("high", HIGH, -1.0)
        self._try_end("low", LOW, 1.0)
        cells.set_row("radius", lanes.sub(cells.row("high"), cells.row("low")))
        self.b.store(ir.Constant(INT, 0), self.tried)
        with cells.loop("bracket") as leave_if:
            low, high = cells.row("low"), cells.row("high")
            wide = lanes.compare(">", lanes.sub(high, low), lanes.number(NARROW))
            wide = self.b.and_(wide, cells.are("turns", 1))
            leave_if(self.b.not_(lanes.any(wide)))
            tried = self.b.load(self.tried, typ=INT)
            leave_if(self.b.icmp_signed(">=", tried, ir.Constant(INT, MOST_HALVINGS)))
            self.b.store(self.b.add(tried, ir.Constant(INT, 1)), self.tried)
            self._try(wide, lanes.select(wide, self._guess(low, high), high))
            cells.set_row("radius", lanes.mul(cells.row("radius"), lanes.number(0.5)))

    def _try(self, mask: Any, share: Any) -> None:
        """Move the end of the bracket that the comparisons at a share of the step say."""
        self._watch(share, TRIAL)
        turned = self._turned(TRIAL, towards=HIGH)
        self._replace("high", HIGH, self.b.and_(mask, turned), share)
        self._replace("low", LOW, self.b.and_(mask, self.b.not_(turned)), share)

    def _try_end(self, name: str, place: int, inward: float) -> None:
        """Look first beside an end of the bracket where a gap is zero: a turn at a stop, known beforehand, is there."""
        lanes, cells, b = self.lanes, self.cells, self.b
        _, size, end = self.span
        cells.set_integers("other", lanes.whole(0))
        with lanes.count(self.space.watched, "comparison") as row:
            zero = lanes.compare("==", lanes.load(self._gaps(place), 0, row), lanes.number(0.0))
            cells.set_integers("other", b.or_(cells.integers("other"), b.zext(zero, lanes.integers)))
        touching = b.and_(cells.are("turns", 1), cells.are("other", 1))
        with b.if_then(lanes.any(touching)):
            half = lanes.mul(lanes.sub(cells.row("high"), cells.row("low")), lanes.number(0.5))
            rounding = lanes.absolute(lanes.div(end, size))  # of a time, as a share of the step
            near = lanes.smaller(half, lanes.fma(rounding, lanes.number(4.0 * NARROW), lanes.number(NARROW)))
            share = lanes.fma(near, lanes.number(inward), cells.row(name))
            self._try(touching, lanes.select(touching, share, cells.row(name)))

    def _replace(self, name: str, place: int, mask: Any, share: Any) -> None:
        """Move one end of the bracket to the trial."""
        lanes, cells = self.lanes, self.cells
        cells.set_row(name, lanes.select(mask, share, cells.row(name)))
        with self.b.if_then(lanes.any(mask)), lanes.count(self.space.watched, "comparison") as row:
            trial, end = (lanes.load(self._gaps(k), 0, row) for k in (TRIAL, place))
            lanes.store(lanes.select(mask, trial, end), self._gaps(place), 0, row)

    def _nearest(self) -> Any:
        """The smallest share of the bracket at which a comparison that turns in it is expected to."""
        lanes, cells, zero = self.lanes, self.cells, self.lanes.number(0.0)
        cells.set_row("nearest", lanes.number(1.0))
        with lanes.count(self.space.watched, "comparison") as row:
            low, high = (lanes.load(self._gaps(place), 0, row) for place in (LOW, HIGH))
            turns = self.b.xor(lanes.compare(">=", low, zero), lanes.compare(">=", high, zero))
            with self.b.if_then(lanes.any(turns)):  # few of many turn at once, and to divide takes long
                share = lanes.div(low, lanes.sub(low, high))
                nearer = self.b.and_(turns, lanes.compare("<", share, cells.row("nearest")))
                cells.set_row("nearest", lanes.select(nearer, share, cells.row("nearest")))
        return cells.row("nearest")

    def _guess(self, low: Any, high: Any) -> Any:
        """Where to look next: by the secant, a little towards the middle, never worse than halving."""
        lanes, cells = self.lanes, self.cells
        middle = lanes.mul(lanes.add(low, high), lanes.number(0.5))
        width = lanes.sub(high, low)
        secant = lanes.fma(self._nearest(), width, low)
        away = lanes.sub(middle, secant)
        sign = lanes.select(
            lanes.compare("<", away, lanes.number(0.0)), lanes.number(-1.0), lanes.number(1.0)
        )
        step = lanes.mul(lanes.mul(width, width), lanes.number(TRUNCATION))
        far = lanes.compare(">=", lanes.absolute(away), step)
        better = lanes.select(far, lanes.fma(sign, step, secant), middle)
        radius = lanes.fnma(lanes.number(0.5), width, cells.row("radius"))
        radius = lanes.larger(radius, lanes.number(0.0))
        kept = lanes.compare("<=", lanes.absolute(lanes.sub(better, middle)), radius)
        return lanes.select(kept, better, lanes.fnma(sign, radius, middle))
