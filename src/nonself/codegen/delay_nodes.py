"""Delays as nodes: what is looked back at, how long ago, and what it was before the start."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from nonself.codegen.derivative import TIME_ROW, Derivatives
from nonself.codegen.formula import FormulaLowering
from nonself.codegen.tape import Tape
from nonself.errors import InputError
from nonself.expr import TIME, parse
from nonself.model.ir import Model
from nonself.model.parts import Expression, Observable

MOST_PATHS = 64
MOST_BEFORE = 10_000  # names, each at a time before the start


@dataclass(frozen=True, slots=True)
class DelayNodes:
    """What a model looks back at, as nodes.

    **Arguments:** `tracks` expressions that are remembered, those that others look back at first; of each delay:
    `track` which of them, `lags` how long ago, a node of parameters, `before` what it was before the start and `slopes`
    how fast that changed, where the time before the start is `time - lag`; `depth` how many delays stand in each
    other at most; `bends` of each track that is no straight line in the state its derivatives, row of a state -> node;
    `varying` the delays whose length changes, `passes` how many such stand in each other's length; `paths` the delays
    after which a jump is seen again in a rate: one, or one in another, and so on.
    """

    tracks: tuple[int, ...]
    track: tuple[int, ...]
    lags: tuple[int, ...]
    before: tuple[int, ...]
    slopes: tuple[int, ...]
    depth: int
    bends: dict[int, dict[int, int]]
    varying: tuple[int, ...]
    passes: int
    paths: tuple[tuple[int, ...], ...]

    @property
    def sizes(self) -> dict[str, int]:
        """What the workspace has to hold, by its names."""
        return {
            "delays": len(self.lags), "tracks": len(self.tracks), "depth": self.depth, "paths": len(self.paths),
            "bent": int(bool(self.bends)),
        }  # fmt: skip

    @property
    def roots(self) -> list[int]:
        """Every node that is evaluated as the course goes on."""
        bends = [node for slopes in self.bends.values() for node in slopes.values()]
        return [*self.tracks, *self.before, *self.slopes, *bends, *(self.lags[row] for row in self.varying)]


def delay_nodes(model: Model, lowering: FormulaLowering) -> DelayNodes:
    """Return the delays of all formulas that were lowered so far."""
    tape, written = lowering.tape, lowering.delays
    tracks = tuple(dict.fromkeys(value for value, _ in written))
    clock, past = lowering.names[TIME], _Before(model, lowering)
    before = [past.value(inner, tape.apply("sub", clock, lag)) for (_, lag), inner in written.items()]
    derivatives, zero = Derivatives(tape), tape.constant(0.0)
    varying = tuple(row for row, (_, lag) in enumerate(written) if tape.nodes[lag].of_state)
    return DelayNodes(
        tracks=tracks,
        track=tuple(tracks.index(value) for value, _ in written),
        lags=tuple(lag for _, lag in written),
        before=tuple(before),
        slopes=tuple(derivatives.of(node).get(TIME_ROW, zero) for node in before),
        depth=_depth(tape, [value for value, _ in written]),
        bends=_bends(tape, derivatives, tracks),
        varying=varying,
        passes=_depth(tape, [lag for _, lag in written], varying) if varying else 0,
        paths=_paths(tape, list(written), varying),
    )


def _paths(
    tape: Tape, written: list[tuple[int, int]], varying: tuple[int, ...]
) -> tuple[tuple[int, ...], ...]:
    """The ways a jump takes through delays that stand in each other: each of other lengths once."""
    found: dict[tuple[int, ...], tuple[int, ...]] = {}
    todo: list[tuple[int, ...]] = [(row,) for row in range(len(written)) if row not in varying]
    while todo and len(found) < MOST_PATHS:
        path = todo.pop(0)
        found.setdefault(tuple(sorted(written[row][1] for row in path)), path)
        inner = (tape.nodes[node] for node in tape.needed([written[path[-1]][0]]))
        todo += [(*path, int(node.value)) for node in inner if node.operation == "delayed"]
    return tuple(found.values())


def _depth(tape: Tape, values: list[int], counted: tuple[int, ...] | None = None) -> int:
    """How many delays stand in each other at most: what is looked back at may itself look back, to earlier ones."""
    depths: list[int] = []
    for row, value in enumerate(values):
        parts = (tape.nodes[node] for node in tape.needed([value]))
        inner = (depths[int(part.value)] for part in parts if part.operation == "delayed")
        depths.append(int(counted is None or row in counted) + max(inner, default=0))
    return max(depths, default=0)


def _bends(tape: Tape, derivatives: Derivatives, tracks: tuple[int, ...]) -> dict[int, dict[int, int]]:
    """Of each track that is not linear in the state: d(track)/d(state)."""
    found = {}
    for number, track in enumerate(tracks):
        slopes = derivatives.of(track)
        if TIME_ROW in slopes or any(tape.nodes[node].of_state for node in slopes.values()):
            found[number] = {row: node for row, node in slopes.items() if row != TIME_ROW}
    return found


class _Before:
    """Writes formulas as they were before the start, at a time that is a node."""

    def __init__(self, model: Model, lowering: FormulaLowering) -> None:
        self.tape = lowering.tape
        constants = [part.id for part in (*model.parameters, *model.derived)]
        self.constants = {name: lowering.names[name] for name in constants}
        named: tuple[Observable | Expression, ...] = (*model.observables, *model.expressions)
        self.formulas = {part.id: part.formula for part in named}
        self.formulas |= {part.id: part.history or str(part.initial) for part in model.species}
        self.known: dict[tuple[str, int], int] = {}

    def named(self, name: str, clock: int) -> int:
        """Return the node of a name at a time before the start, written when it is first asked for."""
        if name == TIME:
            return clock
        if name in self.constants:
            return self.constants[name]
        if (name, clock) not in self.known:
            if len(self.known) >= MOST_BEFORE:
                raise InputError(
                    f"delays in delays look back at more than {MOST_BEFORE:,} values before the start",
                    mend="write them flatter, or with lengths that are multiples of one",
                )
            self.known[name, clock] = self.value(parse(self.formulas[name]), clock)
        return self.known[name, clock]

    def value(self, formula: ast.expr, clock: int) -> int:
        """Return the node of a formula at a time before the start."""
        return _Past(self, clock).of(formula)


class _Past(FormulaLowering):
    def __init__(self, before: _Before, clock: int) -> None:
        super().__init__(before.tape, _Names(before, clock))
        self.before, self.clock = before, clock

    def of(self, formula: ast.expr) -> int:
        """Return the node of a formula."""
        return self._of(formula)

    def delayed(self, inner: ast.expr, ago: ast.expr) -> int:
        """Return the node of what a formula was at an even earlier time."""
        return self.before.value(inner, self.tape.apply("sub", self.clock, self._of(ago)))


class _Names(Mapping[str, int]):
    """Every name at a time before the start."""

    def __init__(self, before: _Before, clock: int) -> None:
        self.before, self.clock = before, clock

    def __getitem__(self, name: str) -> int:
        return self.before.named(name, self.clock)

    def __iter__(self) -> Iterator[str]:
        return iter((TIME, *self.before.constants, *self.before.formulas))

    def __len__(self) -> int:
        return 1 + len(self.before.constants) + len(self.before.formulas)
