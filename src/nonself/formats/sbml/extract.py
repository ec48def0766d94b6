"""A document of libSBML -> `Contents`: every element by hand, so that what is not understood is not passed over."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from nonself.errors import InputError, UnknownName
from nonself.formats.sbml.contents import (
    Contents,
    Conversion,
    Formula,
    Happening,
    Participant,
    Quantity,
)
from nonself.formats.sbml.mathematics import Mathematics, unsupported
from nonself.formats.sbml.unit import time_unit, unit_of, unit_of_species

MOST_REFUSALS = 10  # said one by one
MOST_LOOKED_FOR = 100


def extract(document: Any, warnings: list[str]) -> Contents:
    """Return what a document says.

    **Raises:** `InputError` naming the line and the feature that is not supported.
    """
    contents = _Extraction(document.getModel(), list(warnings)).contents()
    _require_known(contents)
    return contents


def _require_known(contents: Contents) -> None:
    """Refuse names that are not there where no formula uses them: libSBML does not see all."""
    for kind, symbol, wanted, line in _referred(contents):
        part = contents.quantities.get(symbol)
        if part is None or wanted not in ("", part.kind):
            known = [key for key, one in contents.quantities.items() if wanted in ("", one.kind)]
            raise UnknownName(kind, symbol, known, line=line or None)


def _referred(contents: Contents) -> Iterator[tuple[str, str, str, int]]:
    """What refers to which symbol, of which kind ("" for any), in which line."""
    for part in contents.quantities.values():
        if part.kind == "species":
            yield f"compartment of species {part.id!r}", part.compartment, "compartment", part.line
            if part.factor is not None:
                yield f"conversion factor of species {part.id!r}", part.factor, "parameter", part.line
    for reaction in contents.reactions:
        for one in reaction.participants:
            yield f"species in reaction {reaction.id!r}", one.species, "species", reaction.line
    for symbol in (*contents.assigned, *contents.driven):
        yield "variable of a rule", symbol, "", contents.lines.get(symbol, 0)
    for symbol in contents.initial:
        yield "symbol of an initial assignment", symbol, "", 0
    for event in contents.events:
        for symbol in event.assignments:
            yield f"variable in event {event.id!r}", symbol, "", event.line


class _Extraction:
    def __init__(self, model: Any, warnings: list[str]) -> None:
        self.model = model
        self.level = int(model.getLevel())
        self.warnings = warnings
        self.quantities = {part.id: part for part in _told_apart(list(self._quantities()))}
        reactions = {part.getId() for part in _all(model, "Reaction")}
        functions = {part.getId(): part.getMath() for part in _all(model, "FunctionDefinition")}
        known = set(self.quantities) | reactions
        self.math = Mathematics(
            {key: math for key, math in functions.items() if math is not None}, known, plain=self.level == 1
        )
        self.lines: dict[str, int] = {}
        self.refused: list[InputError] = []

    @contextmanager
    def _at(self, part: Any, what: str) -> Iterator[None]:
        """Keep the refusal of an element, with its line, and go on with the others: all are said at once."""
        try:
            yield
        except InputError as error:
            if error.line is None:
                error.what = f"{what}: {error.what}"
                error.line = part.getLine() or None
            self.refused.append(error)
            if len(self.refused) > MOST_LOOKED_FOR:
                self._raise_refused()

    def _raise_refused(self) -> None:
        if self.refused:
            first, *others = self.refused
            said = dict.fromkeys(f"line {error.line}: {error.what}" for error in others)
            more = [f"\n  and {one}" for one in list(said)[:MOST_REFUSALS]]
            if len(said) > MOST_REFUSALS:
                more.append(f"\n  and {len(said) - MOST_REFUSALS:,} more")
            first.what += "".join(more)
            raise first

    def contents(self) -> Contents:
        """Read everything else."""
        model = self.model
        reactions = [self._reaction(part) for part in _all(model, "Reaction")]
        assigned, driven, algebraic = self._rules()
        initial = self._initial()
        events = tuple(
            event
            for number, part in enumerate(_all(model, "Event"), 1)
            for event in self._event(part, number)
        )
        self._raise_refused()
        if model.getNumConstraints():
            self.warnings.append("constraints are not watched: nothing ends when one is broken")
        return Contents(
            id=model.getId() or "model",
            title=model.getName() or model.getId() or "model",
            level=f"L{model.getLevel()}V{model.getVersion()}",
            time_unit=time_unit(model),
            quantities=self.quantities,
            reactions=tuple(part for part in reactions if part is not None),
            assigned=assigned,
            driven=driven,
            initial=initial,
            events=events,
            warnings=tuple(self.warnings),
            lines=self.lines,
            algebraic=algebraic,
        )

    # what has a value ------------------------------------------------------------------------------------------
    def _quantities(self) -> Iterator[Quantity]:
        model = self.model
        for part in _all(model, "Compartment"):
            value = part.getSize() if part.isSetSize() or self.level == 1 else None
            yield Quantity(
                part.getId(),
                "compartment",
                value,
                self._constant(part),
                unit_of(part, model),
                part.getName(),
                part.getLine(),
            )
        sizeless = {
            part.getId()
            for part in _all(model, "Compartment")
            if self.level > 1 and part.isSetSpatialDimensions() and part.getSpatialDimensionsAsDouble() == 0
        }
        for part in _all(model, "Species"):
            yield self._species(part, sizeless)
        for part in _all(model, "Parameter"):
            value = part.getValue() if part.isSetValue() else None
            yield Quantity(
                part.getId(), "parameter", value, self._constant(part), unit_of(part, model), part.getName(),
                part.getLine(),
            )  # fmt: skip
        for reaction in _all(model, "Reaction"):
            for part in (*_all(reaction, "Reactant"), *_all(reaction, "Product")):
                if part.isSetId():
                    constant = part.getConstant() if self.level == 3 else not part.isSetStoichiometryMath()
                    yield Quantity(
                        part.getId(),
                        "stoichiometry",
                        self._stoichiometry(part),
                        constant,
                        line=part.getLine(),
                    )
            yield from self._local_parameters(reaction)

    def _constant(self, part: Any) -> bool:
        """Whether a part is declared constant: nothing can be in Level 1, so there an algebraic rule may give it."""
        return self.level > 1 and bool(part.getConstant())

    def _species(self, part: Any, sizeless: set[str]) -> Quantity:
        amount, concentration = part.isSetInitialAmount(), part.isSetInitialConcentration()
        value = (
            part.getInitialAmount() if amount else part.getInitialConcentration() if concentration else None
        )
        factor = None
        if self.level == 3:
            factor = part.getConversionFactor() or self.model.getConversionFactor() or None
        is_amount = part.getHasOnlySubstanceUnits() or part.getCompartment() in sizeless
        return Quantity(
            id=part.getId(),
            kind="species",
            value=value,
            constant=self._constant(part),
            unit=unit_of_species(part, self.model, is_amount),
            label=part.getName(),
            line=part.getLine(),
            compartment=part.getCompartment(),
            is_amount=is_amount,
            given="amount" if amount or value is None else "concentration",
            boundary=part.getBoundaryCondition(),
            factor=factor,
        )

    def _local_parameters(self, reaction: Any) -> Iterator[Quantity]:
        law = reaction.getKineticLaw()
        for part in [] if law is None else _local(law, self.level):
            value = part.getValue() if part.isSetValue() else None
            yield Quantity(
                f"{reaction.getId()}.{part.getId()}", "parameter", value, True, unit_of(part, self.model),
                part.getName(), part.getLine(),
            )  # fmt: skip

    def _stoichiometry(self, part: Any) -> float | None:
        if not part.isSetStoichiometry() and self.level == 3:
            return None
        value = float(part.getStoichiometry())
        return value / part.getDenominator() if self.level < 3 else value

    # reactions -------------------------------------------------------------------------------------------------
    def _reaction(self, part: Any) -> Conversion | None:
        with self._at(part, f"reaction {part.getId()!r}"):
            if (self.level < 3 or part.isSetFast()) and part.getFast():
                raise unsupported(
                    "a fast reaction", "equilibria within no time are not supported", "give it a rate"
                )
            law = part.getKineticLaw()
            rate = None
            if law is not None and law.isSetMath():
                if self.level < 3 and (law.isSetTimeUnits() or law.isSetSubstanceUnits()):
                    self.warnings.append(
                        f"line {law.getLine()}: units of the kinetic law of {part.getId()!r} are not converted"
                    )
                local = {p.getId(): f"{part.getId()}.{p.getId()}" for p in _local(law, self.level)}
                rate = self.math.formula(law.getMath(), local)
            elif part.getNumReactants() + part.getNumProducts():
                self.warnings.append(
                    f"line {part.getLine()}: reaction {part.getId()!r} has no rate: it never happens"
                )
            participants = [self._participant(one, -1) for one in _all(part, "Reactant")]
            participants += [self._participant(one, +1) for one in _all(part, "Product")]
            return Conversion(
                part.getId(), rate, tuple(participants), part.getReversible(), part.getName(), part.getLine()
            )

    def _participant(self, part: Any, sign: int) -> Participant:
        formula = None
        if self.level == 2 and part.isSetStoichiometryMath() and part.getStoichiometryMath().isSetMath():
            formula = self.math.formula(part.getStoichiometryMath().getMath())
        return Participant(
            part.getSpecies(),
            sign,
            self._stoichiometry(part),
            part.getId() if part.isSetId() else None,
            formula,
        )

    # rules -----------------------------------------------------------------------------------------------------
    def _rules(self) -> tuple[dict[str, Formula], dict[str, Formula], dict[str, Formula]]:
        assigned: dict[str, Formula] = {}
        driven: dict[str, Formula] = {}
        algebraic: dict[str, Formula] = {}
        for part in _all(self.model, "Rule"):
            what = "a rule" if part.isAlgebraic() else f"the rule of {part.getVariable()!r}"
            with self._at(part, what):
                if not part.isSetMath():
                    self.warnings.append(f"line {part.getLine()}: {what} has no formula and says nothing")
                    continue
                label, target = part.getVariable(), assigned if part.isAssignment() else driven
                if part.isAlgebraic():
                    label, target = f"algebraic rule {len(algebraic) + 1}", algebraic
                target[label] = self.math.formula(part.getMath())
                self.lines[label] = part.getLine()
        return assigned, driven, algebraic

    def _initial(self) -> dict[str, Formula]:
        found = {}
        for part in _all(self.model, "InitialAssignment"):
            with self._at(part, f"the initial assignment of {part.getSymbol()!r}"):
                if part.isSetMath():
                    found[part.getSymbol()] = self.math.formula(part.getMath())
        return found

    # events ----------------------------------------------------------------------------------------------------
    def _event(self, part: Any, number: int) -> Iterator[Happening]:
        label = part.getId() or f"event_{number}"
        with self._at(part, f"event {label!r}"):
            trigger = part.getTrigger()
            if trigger is None or not trigger.isSetMath():
                self.warnings.append(
                    f"line {part.getLine()}: event {label!r} has no trigger: it never happens"
                )
                return
            if self.level == 2 and part.isSetTimeUnits():
                raise unsupported("units of time of an event", "they are not converted", "use the model's")
            assignments = {
                one.getVariable(): self.math.formula(one.getMath())
                for one in _all(part, "EventAssignment")
                if one.isSetMath()
            }
            new = self.level == 3
            yield Happening(
                id=label,
                trigger=self.math.truth(trigger.getMath()),
                assignments=assignments,
                delay=self._inner(part.getDelay()),
                priority=self._inner(part.getPriority()) if new else None,
                persistent=trigger.getPersistent() if new else True,
                initial_value=trigger.getInitialValue() if new else True,
                use_values_from_trigger_time=part.getUseValuesFromTriggerTime(),
                label=part.getName(),
                line=part.getLine(),
            )

    def _inner(self, part: Any) -> Formula | None:
        return None if part is None or not part.isSetMath() else self.math.formula(part.getMath())


def _told_apart(quantities: Sequence[Quantity]) -> Iterator[Quantity]:
    """Quantities, those species that have one name in several compartments as "name{compartment}"."""
    species = [part for part in quantities if part.kind == "species"]
    counts = Counter(part.label for part in species)
    places = {part.id: part.label or part.id for part in quantities if part.kind == "compartment"}
    alike = {part.id for part in species if part.label and counts[part.label] > 1}
    for part in quantities:
        where = places.get(part.compartment, part.compartment)
        yield replace(part, label=f"{part.label}{{{where}}}") if part.id in alike else part


def _all(owner: Any, kind: str) -> list[Any]:
    """Return all elements of a kind that an element holds."""
    count = getattr(owner, "getNumSpecies" if kind == "Species" else f"getNum{kind}s")()
    return [getattr(owner, f"get{kind}")(number) for number in range(count)]


def _local(law: Any, level: int) -> list[Any]:
    return _all(law, "LocalParameter" if level == 3 else "Parameter")
