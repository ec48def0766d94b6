"""The kernels that delays need: what is remembered, how long ago is looked, and what was before the start."""

from __future__ import annotations

from collections.abc import Callable, Container, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from llvmlite import ir

from nonself.codegen.lanes import DOUBLE, INT, Lanes
from nonself.codegen.lower import Network
from nonself.codegen.pieces import Piece, cut
from nonself.codegen.workspace import Workspace

Write = Callable[[Lanes, Sequence[Any], Any], None]


class Maker(Protocol):
    """What writes kernels of a network."""

    network: Network
    space: Workspace

    def function(self, name: str, extra: Sequence[ir.Type] = ()) -> tuple[ir.Function, Lanes]:
        """Open a new internal function of the workspace."""
        ...

    def write(
        self, function: ir.Function, lanes: Lanes, puts: Sequence[tuple[int, Write]], state: str
    ) -> None:
        """Write nodes as `puts` say into a function at hand."""
        ...

    def assignments(self, name: str, roots: Sequence[int], target: int, state: str) -> ir.Function:
        """Write a kernel that stores one node a row from `target` on."""
        ...


@dataclass(frozen=True, slots=True)
class DelayKernels:
    """The kernels of delays as IR functions of the workspace's address.

    **Arguments:** `track` what is remembered, into rows given; `tolerance` how far it moves by what matters;
    `lags` how long ago each delay looks, `before` what it sees before the start where that varies, `lengths` how long
    ago where that changes; `looks_at` which track each delay looks back at.
    """

    track: ir.Function
    tolerance: ir.Function
    lags: ir.Function
    before: ir.Function
    lengths: ir.Function
    looks_at: tuple[int, ...]


def cut_delays(network: Network, hoisted: Container[int]) -> dict[str, tuple[Piece, ...]]:
    """Return how each of the kernels is cut."""
    tape, delays = network.tape, network.delays
    return {
        "track": cut(tape, delays.tracks, hoisted),
        "tolerance": cut(tape, [node for node, _, _ in bends(network)], hoisted),
        "lags": cut(tape, lags_and_constants(network), ()),
        "before": cut(tape, [node for node, _ in varying_before(network)], hoisted),
        "lengths": cut(tape, [delays.lags[row] for row in delays.varying], hoisted),
    }


def emit_delays(make: Maker, emit_into: Callable[[str, Sequence[int]], ir.Function]) -> DelayKernels:
    """Write the kernels; `emit_into` writes one that puts nodes at the argument into rows given."""
    network, space = make.network, make.space
    return DelayKernels(
        track=emit_into("track", network.delays.tracks),
        tolerance=_emit_tolerance(make),
        lags=make.assignments("lags", lags_and_constants(network), space.delay("then"), "none"),
        before=_emit_rows(make, "before", space.delay("before"), varying_before(network)),
        lengths=_emit_rows(
            make,
            "lengths",
            space.delay("lag"),
            [(network.delays.lags[row], row) for row in network.delays.varying],
        ),
        looks_at=network.delays.track,
    )


def lags_and_constants(network: Network) -> list[int]:
    """Return how long ago each delay looks, and what it sees before the start; 0 for what varies with time."""
    tape, zero, delays = network.tape, network.tape.constant(0.0), network.delays
    return [zero if tape.nodes[node].of_state else node for node in (*delays.lags, *delays.before)]


def varying_before(network: Network) -> list[tuple[int, int]]:
    """Return what delays see before the start and how fast it changes, where it does: nodes, with their rows from
    `before` on.
    """
    delays, count = network.delays, len(network.delays.before)
    moving = [row for row, node in enumerate(delays.before) if network.tape.nodes[node].of_state]
    return [(delays.before[row], row) for row in moving] + [
        (delays.slopes[row], count + row) for row in moving
    ]


def bends(network: Network) -> list[tuple[int, int, int]]:
    """Return the derivatives of what delays look back at and is not linear: node, track, row of the state."""
    return [
        (node, track, row) for track, slopes in network.delays.bends.items() for row, node in slopes.items()
    ]


def _emit_rows(make: Maker, name: str, first: int, nodes: Sequence[tuple[int, int]]) -> ir.Function:
    """name(work): nodes at the argument, into rows from `first` on."""
    function, lanes = make.function(name)

    def put(row: int) -> Write:
        return lambda lanes, arguments, value: lanes.store(value, arguments[0], row)

    make.write(function, lanes, [(node, put(first + row)) for node, row in nodes], "argument")
    lanes.builder.ret_void()
    return function


def _emit_tolerance(make: Maker) -> ir.Function:
    """tolerance(work, rows, atol): add to the row of each track how far the smallest amounts that matter move it."""
    function, lanes = make.function("tolerance", [ir.PointerType(), ir.PointerType()])

    def add(track: int, row: int) -> Write:
        def put(lanes: Lanes, arguments: Sequence[Any], value: Any) -> None:
            b, (_, rows, smallest) = lanes.builder, arguments
            place = b.gep(smallest, [ir.Constant(INT, row)], inbounds=True, source_etype=DOUBLE)
            amount = lanes.spread(b.load(place, align=8, typ=DOUBLE))
            total = lanes.fma(lanes.absolute(value), amount, lanes.load(rows, 0, track))
            lanes.store(total, rows, 0, track)

        return put

    puts = [(node, add(track, row)) for node, track, row in bends(make.network)]
    make.write(function, lanes, puts, "argument")
    lanes.builder.ret_void()
    return function
