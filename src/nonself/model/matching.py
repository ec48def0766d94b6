"""Which equation determines which variable: a maximum matching of the graph of what stands in what."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence


def matched(incidence: Mapping[str, Collection[str]], variables: Sequence[str]) -> dict[str, str]:
    """Return variable -> the equation it is matched with, as many as can be; those first in `variables` go first.

    Each variable in turn enters if some way of pairing pairs all that entered before and it too; so what is left out
    could only take the place of one that is as late or later.

    **Arguments:** `incidence` equation -> the variables that stand in it.

    **Example:** `matched({"sum": ["x", "y"], "ratio": ["x"]}, ["x", "y"])` gives `{"x": "ratio", "y": "sum"}`.

    **Reference:** Kuhn HW (1955), The Hungarian method for the assignment problem. Nav Res Logist Q 2:83-97.
    """
    stands_in: dict[str, list[str]] = {name: [] for name in variables}
    for equation, names in incidence.items():
        for name in names:
            if name in stands_in:
                stands_in[name].append(equation)
    pairs: dict[str, str] = {}
    taken: dict[str, str] = {}
    for name in variables:
        came_from = _reached(name, stands_in, taken)
        free = next((equation for equation in came_from if equation not in taken), None)
        while free is not None:
            owner = came_from[free]
            before = pairs.get(owner)
            pairs[owner], taken[free] = free, owner
            free = before
    return pairs


def rivals(
    name: str, incidence: Mapping[str, Collection[str]], variables: Sequence[str], pairs: Mapping[str, str]
) -> set[str]:
    """Return the matched variables in whose place an unmatched one could stand, the others paired anew.

    **Example:** `rivals("y", {"sum": ["x", "y"]}, ["x", "y"], {"x": "sum"})` gives `{"x"}`.
    """
    stands_in = {one: [key for key, names in incidence.items() if one in names] for one in variables}
    taken = {equation: one for one, equation in pairs.items()}
    return {taken[equation] for equation in _reached(name, stands_in, taken) if equation in taken}


def _reached(name: str, stands_in: Mapping[str, list[str]], taken: Mapping[str, str]) -> dict[str, str]:
    """The equations that a variable reaches over others that give theirs up, each with whom it was reached from.

    The walk ends at the first that is free.
    """
    came_from: dict[str, str] = {}
    waiting = [name]
    while waiting:
        here = waiting.pop(0)
        for equation in stands_in[here]:
            if equation not in came_from:
                came_from[equation] = here
                if equation not in taken:
                    return came_from
                waiting.append(taken[equation])
    return came_from
