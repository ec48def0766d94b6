"""What constraints determine, solved for in IR at starts, stops and events: damped Newton's method, each lane its own.

The first values are those that are there. A correction counts by the tolerances, as an error does; a trial is kept when
the correction it asks for is smaller than that before, else half as much is tried. What is `CLOSE` already is left as
it is to the bit, so that solving twice is solving once.

**Reference:** Deuflhard P (2011), Newton Methods for Nonlinear Problems, chapter 3 (damping by corrections).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from llvmlite import ir

from nonself.codegen.cells import Cells
from nonself.codegen.kernels import Kernels
from nonself.codegen.lanes import INT
from nonself.codegen.looped import solved_row
from nonself.codegen.status import Status
from nonself.codegen.step import Stepper
from nonself.codegen.workspace import ARRIVED

CLOSE = 1e-4  # of what error control allows a step: a correction that need not be made
ROUNDING = 1.0  # a correction of no more than this that does not get smaller is rounding
SMALLEST_SHARE = 2.0**-30
MOST = 200  # trials
SIZE, SHARE, OPEN = 1, 2, 3  # rows after `space.largest`


class Constraints:
    """Writes how constraints are solved for; nothing at all for a model without any."""

    def __init__(self, cells: Cells, kernels: Kernels, stepper: Stepper, end: Callable[[Any, Status], None]) -> None:
        self.cells = cells
        self.lanes = cells.lanes
        self.b = cells.b
        self.space = cells.space
        self.work = cells.work
        self.kernels = kernels
        self.stepper = stepper
        self.end = end
        if self.space.solved:
            self.tried = self.b.alloca(INT, name="newton")

    def solve(self) -> None:
        """Solve constraints in the lanes that are at a stop; end those in which they have no solution nearby."""
        if not self.space.solved:
            return
        lanes, b = self.lanes, self.b
        mask = self.cells.are("flag", ARRIVED)
        with b.if_then(lanes.any(mask)):
            self._begin(mask)
            with self.cells.loop("newton") as leave_if:
                leave_if(b.not_(lanes.any(self._open())))
                tried = b.load(self.tried, typ=INT)
                leave_if(b.icmp_signed(">=", tried, ir.Constant(INT, MOST)))
                b.store(b.add(tried, ir.Constant(INT, 1)), self.tried)
                self._try()
            self._finish(mask)

    def _row(self, part: int) -> Any:
        return self.lanes.load(self.work, self.space.largest, part)

    def _set(self, part: int, value: Any) -> None:
        self.lanes.store(value, self.work, self.space.largest, part)

    def _open(self) -> Any:
        return self.lanes.compare("==", self._row(OPEN), self.lanes.number(1.0))

    def _begin(self, mask: Any) -> None:
        """Try the values that are there first."""
        lanes, space = self.lanes, self.space
        self.stepper.at(self.cells.row("time"))
        with lanes.count(space.species, "row") as row:
            lanes.store(lanes.load(self.work, space.state, row), self.work, space.argument, row)
        with lanes.count(space.solved, "number") as number:
            value = lanes.load(self.work, space.state, solved_row(lanes, number))
            lanes.store(value, self.work, space.kept, number)
            lanes.store(lanes.number(0.0), self.work, space.correction, number)
        self._set(SIZE, lanes.number(float("inf")))
        self._set(SHARE, lanes.number(1.0))
        self._set(OPEN, lanes.select(mask, lanes.number(1.0), lanes.number(0.0)))
        self.b.store(ir.Constant(INT, 0), self.tried)

    def _try(self) -> None:
        """Keep a trial that is better than what was kept, and set the next."""
        lanes, b, one = self.lanes, self.b, self.lanes.number(1.0)
        b.call(self.kernels.correct, [self.work])
        size, before, share = self._size(), self._row(SIZE), self._row(SHARE)
        better = lanes.compare("<", size, before)
        kept = b.and_(better, self._open())
        close = b.and_(better, lanes.compare("<=", size, lanes.number(CLOSE)))
        stuck = b.and_(b.not_(better), lanes.compare("<=", before, lanes.number(ROUNDING)))
        self._set(SIZE, lanes.select(kept, size, before))
        share = lanes.select(
            better,
            lanes.smaller(lanes.mul(share, lanes.number(2.0)), one),
            lanes.mul(share, lanes.number(0.5)),
        )
        self._set(SHARE, share)
        lost = lanes.compare("<", share, lanes.number(SMALLEST_SHARE))
        over = b.or_(b.or_(close, stuck), lost)
        self._set(OPEN, lanes.select(over, lanes.number(0.0), self._row(OPEN)))
        with lanes.count(self.space.solved, "number") as number:
            self._move(number, kept, share)

    def _move(self, number: Any, kept: Any, share: Any) -> None:
        lanes, space = self.lanes, self.space
        row = solved_row(lanes, number)
        value, correction = (lanes.load(self.work, start, number) for start in (space.kept, space.correction))
        value = lanes.select(kept, lanes.load(self.work, space.argument, row), value)
        correction = lanes.select(kept, lanes.load(self.work, space.side, number), correction)
        lanes.store(value, self.work, space.kept, number)
        lanes.store(correction, self.work, space.correction, number)
        moved = lanes.fma(share, correction, value)
        lanes.store(lanes.select(self._open(), moved, value), self.work, space.argument, row)

    def _size(self) -> Any:
        """The root mean square of the correction, relative to what the tolerances allow."""
        lanes, space, stepper = self.lanes, self.space, self.stepper

        def squares(number: Any) -> list[tuple[Any, Any]]:
            row = solved_row(lanes, number)
            size = lanes.absolute(lanes.load(self.work, space.argument, row))
            allowed = lanes.fma(stepper.rtol, size, stepper.tolerance(row))
            scaled = lanes.div(lanes.load(self.work, space.side, number), allowed)
            return [(scaled, scaled)]

        (total,) = lanes.total(space.solved, squares)
        return lanes.intrinsic("sqrt", lanes.mul(total, lanes.number(1.0 / space.solved)))

    def _finish(self, mask: Any) -> None:
        """Give lanes what was found, and end those in which nothing was."""
        lanes, space, b = self.lanes, self.space, self.b
        found = lanes.compare("<=", self._row(SIZE), lanes.number(ROUNDING))
        with lanes.count(space.solved, "number") as number:
            row = solved_row(lanes, number)
            before, value = lanes.load(self.work, space.state, row), lanes.load(self.work, space.kept, number)
            value = lanes.select(b.and_(mask, found), value, before)
            lanes.store(value, self.work, space.state, row)
        lost = b.and_(mask, b.not_(found))
        self.cells.set_integers("due", b.zext(lost, lanes.integers))
        with self.cells.each_lane() as lane, b.if_then(self.cells.is_("due", lane, 1)):
            self.end(lane, Status.NOT_SOLVED)
