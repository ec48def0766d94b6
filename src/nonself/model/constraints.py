"""Constraints of a model: gathered, each matched with the species it determines, refused where none or two are left."""

from __future__ import annotations

from collections.abc import Iterable

from nonself.errors import CompositionError, UnknownName
from nonself.expr import TIME, names
from nonself.model.graph import states_in
from nonself.model.ir import FlatConstraint, Model
from nonself.model.matching import matched
from nonself.model.parts import Mechanism, Named

MOST = 500  # constraints: the matrix that is left for them is dense


def flat_constraints(
    mechanisms: Iterable[Mechanism], taken: set[str], record: list[tuple[str, str, str]]
) -> tuple[FlatConstraint, ...]:
    """Return the constraints of mechanisms, not yet matched: each lists what it helps to determine.

    **Raises:** `CompositionError` for a name that is taken.
    """
    found: list[FlatConstraint] = []
    for mechanism in mechanisms:
        for part in mechanism.constraints:
            if part.id in taken:
                raise CompositionError(
                    f"constraint {part.id!r} of {mechanism.id!r} has a name that is taken", mend="rename it"
                )
            taken.add(part.id)
            found.append(
                FlatConstraint(part.id, mechanism.id, part.formula, "", tuple(part.determines), part.label)
            )
            record.append(("constraint", part.id, mechanism.id))
    return tuple(found)


def matched_constraints(model: Model) -> tuple[FlatConstraint, ...]:
    """Return the constraints of a model, each with the one species that is its own in the matrix.

    **Raises:** `UnknownName` for a name that is not there; `CompositionError` for a species that something else
    changes, for constraints that are too many for what they determine, or too few.
    """
    if not model.constraints:
        return ()
    if len(model.constraints) > MOST:
        raise CompositionError(
            f"the model has {len(model.constraints):,} constraints, more than {MOST}",
            mend="write those that can be solved by hand as expressions",
        )
    _closed(model)
    wanted = list(dict.fromkeys(name for part in model.constraints for name in part.among))
    _refuse_changed(model, wanted)
    used = {part.id: states_in(model, part.formula) for part in model.constraints}
    incidence = {key: [name for name in wanted if name in found] for key, found in used.items()}
    pairs = matched(incidence, wanted)
    for name in wanted:
        if name not in pairs:
            _too_few(model, incidence, name)
    own = {constraint: name for name, constraint in pairs.items()}
    for part in model.constraints:
        if part.id not in own:
            _too_many(model, incidence, part, wanted)
    return tuple(
        FlatConstraint(part.id, part.mechanism, part.formula, own[part.id], part.among, part.label)
        for part in model.constraints
    )


def _closed(model: Model) -> None:
    states = {part.id for part in model.species}
    named: tuple[Named, ...] = (*model.parameters, *model.derived, *model.expressions)
    known = states | {part.id for part in named} | {TIME}
    for part in model.constraints:
        for name in sorted(names(part.formula) - known):
            raise UnknownName(f"name in constraint {part.id!r}", name, known)
        for name in part.among:
            if name not in states:
                raise UnknownName(f"species that constraint {part.id!r} determines", name, states)
    if model.clones:
        raise CompositionError(
            f"the model has constraints ({model.constraints[0].id!r}) and clones ({model.clones[0].species!r}): "
            "what constraints determine is not solved again at each draw of a small clone",
            mend="write the constraint as a fast reaction, or the clone as a species with reactions",
        )


def _refuse_changed(model: Model, wanted: list[str]) -> None:
    """Refuse to determine what has an equation of its own."""
    changes = [(f"reaction {part.id!r}", part.change) for part in model.reactions]
    changes += [(f"hazard {part.id!r}", part.change) for part in model.hazards]
    for where, change in changes:
        for name, _ in change:
            if name in wanted:
                constraint = next(part.id for part in model.constraints if name in part.among)
                raise CompositionError(
                    f"{where} changes {name!r}, which constraint {constraint!r} is to determine",
                    mend="let one of the two do it",
                )


def _too_few(model: Model, incidence: dict[str, list[str]], name: str) -> None:
    used = [key for key, stands in incidence.items() if name in stands]
    if not used:
        near = next(part.id for part in model.constraints if name in part.among)
        raise CompositionError(
            f"constraint {near!r} is to determine {name!r}, which stands in no constraint",
            mend="write a constraint in which it stands",
        )
    others = sorted({other for key in used for other in incidence[key]} - {name})
    raise CompositionError(
        f"{name!r} is left undetermined: {_listed(used)} {_are(used)} needed for {_listed(others)}",
        mend=f"give one more constraint in which {name!r} stands, or let fewer be determined",
    )


def _too_many(model: Model, incidence: dict[str, list[str]], part: FlatConstraint, wanted: list[str]) -> None:
    fixed = sorted(states_in(model, part.formula) - set(wanted))
    near = f"; {_listed(fixed)} {_are(fixed)} determined by reactions or events, not by it" if fixed else ""
    stands = incidence[part.id]
    what = f"all it could determine, {_listed(stands)}, others do" if stands else "it determines nothing"
    raise CompositionError(
        f"constraint {part.id!r} is one too many: {what}{near}",
        mend="leave it out, or let it determine a species that no reaction changes",
    )


def _listed(found: list[str]) -> str:
    return ", ".join(repr(one) for one in found)


def _are(found: list[str]) -> str:
    return "is" if len(found) == 1 else "are"
