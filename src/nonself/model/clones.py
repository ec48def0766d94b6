"""Clones in composition: groups spread over their slots, the two reactions of each clone, and what is refused."""

from __future__ import annotations

import ast
import copy
from collections.abc import Mapping, Sequence
from dataclasses import replace

from nonself.errors import CompositionError, InputError, UnknownName
from nonself.expr import TIME, names, parse
from nonself.model.ir import FlatClone, FlatGroup, Model
from nonself.model.parts import Clone, CloneGroup, Hazard, Mechanism, Reaction, Species

MOST_CELLS = 10_000  # a clone is small below this at the latest
ONE_CELL = 1.0 + 1e-9  # the largest scale of a clone's species, in cells: a small clone must be resolved


def over_slots(group: CloneGroup, formula: str) -> str:
    """Return the sum of a formula over the slots of a group, in which its names mean those of a slot.

    **Example:** `over_slots(T, "kill*A*T*L")` gives `"kill * A_1 * T_1 * L + kill * A_2 * T_2 * L"` for two slots.
    """
    return " + ".join(_of_slot(group, formula, slot) for slot in range(1, group.slots + 1))


def spread_groups(mechanisms: Sequence[Mechanism]) -> list[Mechanism]:
    """Return mechanisms in which every clone group is species and clones, and every clone has its two reactions."""
    taken: dict[str, str] = {}
    spread = []
    for mechanism in mechanisms:
        for group in mechanism.clone_groups:
            if group.id in taken:
                raise CompositionError(
                    f"clone group {group.id!r} is defined by {taken[group.id]!r} and again by {mechanism.id!r}",
                    mend="rename one",
                )
            taken[group.id] = mechanism.id
            mechanism = _spread(mechanism, group)
        reactions = [reaction for clone in mechanism.clones for reaction in _reactions(clone)]
        spread.append(replace(mechanism, reactions=(*mechanism.reactions, *reactions)))
    return spread


def _spread(mechanism: Mechanism, group: CloneGroup) -> Mechanism:
    """A mechanism with the species and clones of one of its groups."""
    if group.slots < 1:
        raise CompositionError(f"clone group {group.id!r} has no slots", mend="give it at least one")
    slots = range(1, group.slots + 1)
    label, scale = group.label or f"clone of {group.id}", 1.0 / group.cells
    species = [Species(f"{group.id}_{k}", "0", group.unit, group.source, label, scale) for k in slots]
    for trait in group.traits:
        words = trait.label or f"{trait.id} of a clone"
        species += [Species(f"{trait.id}_{k}", "0", trait.unit, group.source, words) for k in slots]
    clones = [
        Clone(
            f"{group.id}_{k}",
            _of_slot(group, group.birth, k),
            _of_slot(group, group.death, k),
            group.threshold,
            group.cells,
            label,
            group.source,
        )
        for k in slots
    ]
    return replace(mechanism, species=(*mechanism.species, *species), clones=(*mechanism.clones, *clones))


def _of_slot(group: CloneGroup, formula: str, slot: int) -> str:
    """A formula in which the group's names are those of a slot."""
    own = {name: f"{name}_{slot}" for name in (group.id, *(trait.id for trait in group.traits))}
    return ast.unparse(_Renamed(own).visit(copy.deepcopy(parse(formula))))


class _Renamed(ast.NodeTransformer):
    """Renames names."""

    def __init__(self, own: Mapping[str, str]) -> None:
        self.own = own

    def visit_Name(self, node: ast.Name) -> ast.AST:
        """A name, or what it is called in the slot."""
        return ast.Name(self.own.get(node.id, node.id), node.ctx)


def _reactions(clone: Clone) -> tuple[Reaction, Reaction]:
    name = clone.species
    label = clone.label or name
    return (
        Reaction(f"{name}_birth", f"({clone.birth})*{name}", {name: 1}, f"division of {label}", clone.source),
        Reaction(f"{name}_death", f"({clone.death})*{name}", {name: -1}, f"death of {label}", clone.source),
    )


def group_of(mechanisms: Sequence[Mechanism], hazard: Hazard) -> FlatGroup:
    """Return the group in which a hazard founds clones.

    **Raises:** `UnknownName` when there is none of that name.
    """
    groups = {group.id: group for mechanism in mechanisms for group in mechanism.clone_groups}
    if hazard.founds not in groups:
        raise UnknownName(f"clone group of hazard {hazard.id!r}", str(hazard.founds), groups)
    group = groups[hazard.founds]
    slots = [str(k) for k in range(1, group.slots + 1)]
    return FlatGroup(
        id=group.id,
        slots=tuple(f"{group.id}_{k}" for k in slots),
        traits=tuple((t.id, t.formula, tuple(f"{t.id}_{k}" for k in slots)) for t in group.traits),
        draws=tuple(group.draws.items()),
    )


def flat_clones(mechanisms: Sequence[Mechanism], record: list[tuple[str, str, str]]) -> tuple[FlatClone, ...]:
    """Return the clones of mechanisms whose groups are spread."""
    found: dict[str, FlatClone] = {}
    for mechanism in mechanisms:
        for part in mechanism.clones:
            threshold = str(part.threshold)
            if not isinstance(part.threshold, str) and not 0 <= part.threshold <= MOST_CELLS:
                raise CompositionError(
                    f"the threshold of clone {part.species!r} is {part.threshold:g} cells",
                    mend=f"give 0 to {MOST_CELLS}: beyond, chance no longer shows and a draw costs more",
                )
            if not part.cells > 0:
                raise CompositionError(
                    f"clone {part.species!r} has {part.cells:g} cells in a unit",
                    mend="give a positive number",
                )
            found[part.species] = FlatClone(part.species, part.birth, part.death, threshold, part.cells)
            record.append(("clone", part.species, mechanism.id))
    return tuple(found.values())


def closed_clones(model: Model) -> None:
    """Refuse clones of unknown species or names, that something else changes, or that are too coarsely resolved.

    **Raises:** `UnknownName`, `CompositionError`.
    """
    species = {part.id: part for part in model.species}
    constants = {part.id for part in (*model.parameters, *model.derived)}
    for clone in model.clones:
        if clone.species not in species:
            raise UnknownName("species of a clone", clone.species, species)
        for name in sorted(names(clone.threshold) - constants):
            raise UnknownName(f"parameter in the threshold of clone {clone.species!r}", name, constants)
        scale = species[clone.species].scale
        if scale * clone.cells > ONE_CELL:
            raise CompositionError(
                f"the scale of {clone.species!r} is {scale * clone.cells:g} cells, more than one",
                mend=f"a small clone must be resolved: give the species scale={1 / clone.cells:g}",
            )
        own = {f"{clone.species}_birth", f"{clone.species}_death"}
        for reaction in model.reactions:
            if clone.species in dict(reaction.change) and reaction.id not in own:
                raise CompositionError(
                    f"reaction {reaction.id!r} changes {clone.species!r}, which is a clone",
                    mend="make it part of the clone's birth or death, or let a hazard add cells one by one",
                )
    _closed_groups(model, constants | set(species))


def _closed_groups(model: Model, states: set[str]) -> None:
    known = states | {part.id for part in model.expressions} | {TIME}
    for hazard in model.hazards:
        if hazard.founds is None:
            continue
        draws = dict(hazard.founds.draws)
        for name, law in draws.items():
            if law not in ("normal", "uniform"):
                raise InputError(
                    f"draw {name!r} of clone group {hazard.founds.id!r} is {law!r}",
                    mend="say 'normal' or 'uniform', and make of it in the trait's formula what you need",
                )
            if name in known:
                raise CompositionError(
                    f"draw {name!r} of clone group {hazard.founds.id!r} has a name that is taken",
                    mend="rename it",
                )
        for trait, formula, _ in hazard.founds.traits:
            for name in sorted(names(formula) - known - set(draws)):
                raise UnknownName(f"name in trait {trait!r}", name, known | set(draws))
