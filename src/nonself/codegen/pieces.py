"""A long computation cut into pieces of bounded length: the time to compile a function grows faster than it does.

What a later piece needs is carried there in memory. Every value is still computed once, by the same operations.
"""

from __future__ import annotations

from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass

from nonself.codegen.tape import CONDITIONS, Tape

LONGEST = 250  # operations and results of a piece


@dataclass(frozen=True, slots=True)
class Piece:
    """What one piece computes: `nodes` in order; `results`, which of the roots it writes; `carried` node -> number of
    what it takes over from earlier pieces; `leaves` node -> number of what it leaves for later.
    """

    nodes: tuple[int, ...]
    results: tuple[int, ...]
    carried: dict[int, int]
    leaves: dict[int, int]


def cut(
    tape: Tape,
    roots: Sequence[int],
    known: Container[int],
    kept: Container[int] = (),
    longest: int = LONGEST,
) -> tuple[Piece, ...]:
    """Cut what the roots need, and is not known, into pieces.

    Conditions are no numbers and are not carried: they are worked out again where they are used.

    **Arguments:** `kept` roots that are left in memory in any case, for what comes after the last piece.

    **Example:** `cut(network.tape, network.right_hand_side, hoisted)[0].nodes`
    """
    writes: dict[int, list[int]] = {}
    for number, root in enumerate(roots):
        writes.setdefault(root, []).append(number)
    work: list[tuple[int, int | None]] = []  # a node to compute, or a node and the result to write
    for node in tape.needed(roots, known):
        found = tape.nodes[node]
        if node in kept or (found.arguments and node not in known and found.operation not in CONDITIONS):
            work.append((node, None))
        work.extend((node, number) for number in writes.get(node, ()))
    parts = [work[first : first + longest] for first in range(0, len(work), longest)] or [[]]
    place = {node: number for number, part in enumerate(parts) for node, result in part if result is None}
    taken, left = _carried(tape, parts, place, kept)
    return tuple(
        Piece(
            tuple(node for node, result in part if result is None),
            tuple(result for _, result in part if result is not None),
            {node: left[node] for node in sorted(taken[number])},
            {node: left[node] for node, result in part if result is None and node in left},
        )
        for number, part in enumerate(parts)
    )


def rows_carried(pieces: Sequence[Piece]) -> int:
    """Return how many rows of memory the pieces leave for each other."""
    return sum(len(piece.leaves) for piece in pieces)


def _carried(
    tape: Tape, parts: Sequence[list[tuple[int, int | None]]], place: dict[int, int], kept: Container[int]
) -> tuple[list[set[int]], dict[int, int]]:
    """Return what each part takes over, and the numbers of all that is left for others."""
    taken: list[set[int]] = []
    left = {node: number for number, node in enumerate(node for node in place if node in kept)}
    for number, part in enumerate(parts):
        used = [node for node, result in part if result is not None]
        used += _numbers_used(tape, [node for node, result in part if result is None])
        taken.append({node for node in used if place.get(node, number) < number})
        for node in sorted(taken[-1]):
            left.setdefault(node, len(left))
    return taken, left


def _numbers_used(tape: Tape, nodes: Sequence[int]) -> Iterator[int]:
    """The arguments of nodes; in a condition's place the numbers it compares."""
    stack = [argument for node in nodes for argument in tape.nodes[node].arguments]
    while stack:
        node = stack.pop()
        if tape.nodes[node].operation in CONDITIONS:
            stack.extend(tape.nodes[node].arguments)
        else:
            yield node
