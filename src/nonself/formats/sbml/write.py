"""`write_sbml`: a Model -> SBML with units, notes and sources; what SBML cannot say is refused or told.

Species are amounts in one compartment that only holds them, reactions stay reactions, parameters that follow from
others have initial assignments, expressions and observables are assignment rules.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import fields, replace
from pathlib import Path
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from nonself.errors import InputError
from nonself.expr import names, solvable_order
from nonself.formats.sbml.annotation import Sources
from nonself.formats.sbml.mathml import math_of, math_of_condition, plain_number, require_readable
from nonself.formats.sbml.sid import Ids
from nonself.formats.sbml.unit_out import NAMESPACE, Units
from nonself.formats.writing import write_text
from nonself.model.compose import INITIAL_SUFFIX
from nonself.model.events import event_formulas
from nonself.model.graph import states_in
from nonself.model.ir import FlatConstraint, FlatEvent, FlatReaction, Model
from nonself.model.parts import Expression, Named, Observable, Parameter, Species

CORE = "http://www.sbml.org/sbml/level3/version2/core"
XHTML = "http://www.w3.org/1999/xhtml"
WRITTEN = frozenset({
    "id", "title", "time_unit", "species", "parameters", "derived", "expressions", "reactions", "observables",
    "conserved", "references", "record", "rules", "hazards", "clones", "events", "constraints",
})  # fmt: skip
WRITTEN_OF_PARTS = frozenset({
    "id", "initial", "unit", "source", "label", "scale", "value", "range", "formula", "log_axis", "mechanism", "rate",
    "change", "signed", "trigger", "assignments", "delay", "priority", "persistent", "initial_value",
    "use_values_from_trigger_time", "size", "factors",
})  # fmt: skip
Chosen = Parameter | float | str | None


def write_sbml(model: Model, path: str | Path, notes: tuple[str, ...] = ()) -> tuple[str, ...]:
    """Write a model as an SBML file, Level 3 Version 2 core, that other programs run to the same courses.

    **Arguments:** `notes` sentences for its notes, such as caveats.

    **Returns:** what is left out because SBML cannot say it, one sentence each: chance, decisions at visits.
    **Raises:** `InputError` naming what cannot be left out without changing what the model is.

    **Example:** `nonself.write_sbml(model, "model.xml")`

    **Reference:** Hucka et al. (2019), The Systems Biology Markup Language: Language Specification for Level 3
    Version 2 Core, J Integr Bioinform 16:20190021.
    """
    text, left_out = sbml_text(model, notes)
    write_text(Path(path), text)
    return left_out


def sbml_text(
    model: Model, notes: tuple[str, ...] = (), plain_numbers: bool = False
) -> tuple[str, tuple[str, ...]]:
    """Return the SBML file of a model, and what is left out.

    **Arguments:** `plain_numbers` says of numbers in formulas no unit; else they are dimensionless where the model has
    units.
    """
    left_out = _left_out(model)
    return _Document(model, plain_numbers).text((*notes, *left_out)), left_out


def ids_of(model: Model) -> Ids:
    """Return what the names of a model are called in its file, and which ids are taken.

    **Example:** `ids_of(model)["k_kill"]` gives `"k_kill"`.
    """
    return Ids(
        [
            *(part.id for part in _named(model)),
            *(one.id for one in model.reactions),
            *(one.id for one in model.events),
        ]
    )


def _named(model: Model) -> tuple[Named, ...]:
    return (*model.species, *model.parameters, *model.derived, *model.expressions, *model.observables)


def _left_out(model: Model) -> tuple[str, ...]:
    """What SBML cannot say, in sentences.

    **Raises:** `InputError` for what the course is not the same without even on average.
    """
    _require_known(model, WRITTEN, f"model {model.id!r}")
    parts: tuple[Species | FlatReaction | FlatEvent, ...] = (*model.species, *model.reactions, *model.events)
    for part in parts:
        _require_known(part, WRITTEN_OF_PARTS, repr(part.id))
    groups = [hazard.founds.id for hazard in model.hazards if hazard.founds is not None]
    if groups:
        raise InputError(
            f"clone groups ({', '.join(groups)}) cannot be said in SBML: their clones are founded by chance",
            mend="export a model without them",
        )
    changing = [hazard.id for hazard in model.hazards if hazard.change]
    if changing:
        raise InputError(
            f"hazards that change species ({', '.join(changing)}) cannot be said in SBML: they happen by chance",
            mend="export a model in which reactions say what happens on average",
        )
    said = [
        f"that {hazard.id!r} happens, by chance, and ends the course; its accumulated rate is in "
        f"{hazard.accumulator!r}"
        for hazard in model.hazards
    ]
    small = ", ".join(repr(clone.species) for clone in model.clones)
    if small:
        said.append(f"chance in small clones ({small}): they follow their mean, and never die out")
    if model.rules:
        rules = ", ".join(repr(rule.id) for rule in model.rules)
        said.append(f"decisions at visits ({rules}): they belong to a study's regimen")
    return tuple(said)


def _require_known(
    part: Model | Species | FlatReaction | FlatEvent, known: frozenset[str], name: str
) -> None:
    """Refuse what is said of a part and would not stand in the file."""
    for one in fields(part):
        if one.name not in known and getattr(part, one.name) not in (None, (), "", False):
            raise InputError(
                f"{name} has {one.name.replace('_', ' ')}, which cannot be written as SBML yet",
                mend="leave it out of the model",
            )


class _Document:
    """One file being written."""

    def __init__(self, model: Model, plain_numbers: bool) -> None:
        self.model = model
        named = _named(model)
        self.units = Units(any(part.unit != "1" for part in named))
        self.are_pure = self.units.are_said and not plain_numbers
        self.ids = ids_of(model)
        self.sources = Sources()
        self.starts = _starts(model)
        self.firsts = {start.id: name for name, start in self.starts.items() if isinstance(start, Parameter)}
        self.constants = _constants(model, self.starts)

    def text(self, notes: tuple[str, ...]) -> str:
        """Return the whole file."""
        model, root = self.model, Element("sbml", {"xmlns": CORE, "level": "3", "version": "2"})
        root.set("xmlns:sbml", CORE)
        given = {"id": Ids([]).new(model.id), "name": _clean(model.title)}
        given |= self.units.attribute(model.time_unit, "timeUnits")
        species = {part.unit for part in model.species}
        if self.units.are_said and len(species) == 1 and self.units.is_substance(*species):
            usual = self.units.id(*species)
            given |= {"extentUnits": usual, "substanceUnits": usual}
        whole = SubElement(root, "model", given)
        holder = self._holder()
        lists = [
            ("listOfCompartments", [holder]),
            ("listOfSpecies", [self._species(part, str(holder.get("id"))) for part in model.species]),
            ("listOfParameters", self._parameters()),
            ("listOfInitialAssignments", self._initial()),
            ("listOfRules", [*map(self._rule, self._ruled()), *map(self._constraint, model.constraints)]),
            ("listOfReactions", self._reactions()),
            ("listOfEvents", [self._event(part) for part in model.events]),
        ]
        whole.append(_notes(model, notes))
        self.sources.annotate_model(whole, model.references)
        for name, elements in [("listOfUnitDefinitions", self.units.definitions), *lists]:
            if elements:
                SubElement(whole, name).extend(elements)
        indent(root, "  ")
        return '<?xml version="1.0" encoding="UTF-8"?>\n' + tostring(root, encoding="unicode") + "\n"

    def _at_start(self, name: str) -> str:
        """What a name is called in what holds at the start: first values are those of their species."""
        return self.ids[self.firsts.get(name, name)]

    def _math(self, formula: str) -> Element:
        return math_of(formula, self.ids.__getitem__, self.are_pure)

    def _holder(self) -> Element:
        """The compartment that SBML wants species to be in: of size 1, and no formula uses it."""
        given = {"id": self.ids.new("container"), "spatialDimensions": "3", "size": "1", "constant": "true"}
        holder = Element("compartment", given | self.units.attribute("1", "units"))
        SubElement(SubElement(holder, "annotation"), "nonself:holder", {"xmlns:nonself": NAMESPACE})
        return holder

    def _species(self, part: Species, holder: str) -> Element:
        given = {"id": self.ids[part.id], "compartment": holder}
        start = self.starts[part.id]
        value = start.value if isinstance(start, Parameter) else start
        if isinstance(value, float):
            given["initialAmount"] = _number(value)
        given |= self.units.attribute(part.unit, "substanceUnits")
        given |= {"hasOnlySubstanceUnits": "true", "boundaryCondition": "false", "constant": "false"}
        element = Element("species", _titled(given, part.label))
        range_ = start.range if isinstance(start, Parameter) else None
        low, high = range_ or (None, None)
        size = None if part.size is None else self.ids[part.size]
        self.sources.annotate(element, part.source, size, scale=part.scale, low=low, high=high)
        return element

    def _parameters(self) -> list[Element]:
        found = []
        for part in self.constants:
            given = {"id": self.ids[part.id], "constant": "true"}
            if isinstance(part.value, float):
                given["value"] = _number(part.value)
            given |= self.units.attribute(part.unit, "units")
            found.append(Element("parameter", _titled(given, part.label)))
            low, high = part.range or (None, None)
            self.sources.annotate(found[-1], part.source, low=low, high=high)
        for ruled in self._ruled():
            given = {"id": self.ids[ruled.id], "constant": "false"} | self.units.attribute(
                ruled.unit, "units"
            )
            found.append(Element("parameter", _titled(given, ruled.label)))
        return found

    def _initial(self) -> list[Element]:
        """What follows from parameters at the start."""
        found = []
        wanted: list[tuple[str, Chosen]] = [(part.id, self.starts[part.id]) for part in self.model.species]
        wanted += [(part.id, part.value) for part in self.constants]
        for symbol, start in wanted:
            value = start.value if isinstance(start, Parameter) else start
            if isinstance(value, str):
                found.append(Element("initialAssignment", {"symbol": self.ids[symbol]}))
                found[-1].append(math_of(value, self._at_start, self.are_pure))
        return found

    def _ruled(self) -> list[Expression | Observable]:
        """What assignment rules give: expressions, and the observables that are not just one of them by its name."""
        known = {part.id for part in self.model.expressions}
        return [*self.model.expressions, *(part for part in self.model.observables if part.id not in known)]

    def _rule(self, part: Expression | Observable) -> Element:
        rule = Element("assignmentRule", {"variable": self.ids[part.id]})
        rule.append(self._math(part.formula))
        return rule

    def _constraint(self, part: FlatConstraint) -> Element:
        rule = Element("algebraicRule", {"name": _clean(part.label or part.id)})
        rule.append(self._math(part.formula))
        return rule

    def _reactions(self) -> list[Element]:
        """The reactions that change something, and one without a rate for species that nothing changes but doses."""
        found = [self._reaction(part) for part in self.model.reactions if part.change]
        changed = {name for part in self.model.reactions for name, _ in part.change}
        changed |= {name for event in self.model.events for name, _ in event.assignments}
        changed |= {part.species for part in self.model.constraints}
        for part in self.model.species:
            if part.id not in changed:
                own = self.ids.new(f"{part.id}_stays")
                label = "nothing changes it but doses"
                found.append(self._reaction(FlatReaction(own, "", "0", ((part.id, 1.0),), label, False)))
        return found

    def _reaction(self, part: FlatReaction) -> Element:
        given = {"id": self.ids[part.id], "reversible": "true" if part.signed else "false"}
        label = part.label or (part.id if self.ids[part.id] != part.id else "")
        element = Element("reaction", _titled(given, label))
        for name, sign in (("listOfReactants", -1), ("listOfProducts", 1)):
            parts = [(species, amount) for species, amount in part.change if amount * sign > 0]
            inner = SubElement(element, name) if parts else element
            for species, amount in parts:
                given = {
                    "species": self.ids[species],
                    "stoichiometry": _number(abs(amount)),
                    "constant": "true",
                }
                SubElement(inner, "speciesReference", given)
        used = names(part.rate) - {species for species, _ in part.change}
        modifiers = [self.ids[one.id] for one in self.model.species if one.id in used]
        inner = SubElement(element, "listOfModifiers") if modifiers else element
        for own in modifiers:
            SubElement(inner, "modifierSpeciesReference", {"species": own})
        SubElement(element, "kineticLaw").append(self._math(part.rate))
        return element

    def _event(self, part: FlatEvent) -> Element:
        part = _multiplied(part, self.model)
        after = "true" if part.use_values_from_trigger_time else "false"
        given = {"id": self.ids[part.id], "useValuesFromTriggerTime": after}
        label = part.label or (part.id if self.ids[part.id] != part.id else "")
        element = Element("event", _titled(given, label))
        kind = {
            "initialValue": "true" if part.initial_value else "false",
            "persistent": "true" if part.persistent else "false",
        }
        trigger = SubElement(element, "trigger", kind)
        trigger.append(math_of_condition(part.trigger, self.ids.__getitem__, self.are_pure))
        if part.priority is not None:
            SubElement(element, "priority").append(self._math(part.priority))
        if plain_number(part.delay) != 0.0:
            SubElement(element, "delay").append(self._math(part.delay))
        if part.assignments:
            inner = SubElement(element, "listOfEventAssignments")
            for species, formula in part.assignments:
                one = SubElement(inner, "eventAssignment", {"variable": self.ids[species]})
                one.append(self._math(formula))
        return element


def _multiplied(event: FlatEvent, model: Model) -> FlatEvent:
    """The same event with products for new values and factors, computed at one time.

    **Raises:** `InputError` where a factor may change after the new values are computed.
    """
    if not event.factors:
        return event
    whole = replace(event, assignments=event.products, factors=())
    is_alone = not any(one.assignments for one in model.events if one.id != event.id)
    jumping = set() if is_alone else {name for one in model.events for name, _ in one.assignments}
    jumping |= {part.species for part in model.constraints}
    stays = not any(states_in(model, formula) & jumping for _, formula in event.factors)
    if not event.use_values_from_trigger_time or (plain_number(event.delay) == 0.0 and stays):
        return whole
    constants = {part.id for part in (*model.parameters, *model.derived)}
    if all(names(formula) <= constants for _, formula in event.assignments):
        return replace(whole, use_values_from_trigger_time=False)
    raise InputError(
        f"event {event.id!r} computes new values when it fires and multiplies them at its execution, "
        "which SBML cannot say of an amount",
        mend="let it compute them at the execution (use_values_from_trigger_time=False)",
    )


def _starts(model: Model) -> dict[str, Chosen]:
    """What each species is at the start: a parameter that only other starts use, a number, or a formula."""
    parameters = {part.id: part for part in (*model.parameters, *model.derived)}
    used = {name for formula in _formulas(model) for name in names(formula)}
    at_start = [str(part.initial) for part in model.species] + [str(part.value) for part in model.derived]
    uses = Counter(name for formula in at_start for name in names(formula))
    used |= {
        str(part.initial) for part in model.species if uses[str(part.initial)] > 1 and _is_solved(part, model)
    }
    found: dict[str, Chosen] = {}
    for part in model.species:
        initial = str(part.initial)
        own = initial.rstrip("_") == f"{part.id}{INITIAL_SUFFIX}" and initial in parameters
        number = plain_number(initial)
        found[part.id] = (
            parameters[initial] if own and initial not in used else initial if number is None else number
        )
    return found


def _is_solved(part: Species, model: Model) -> bool:
    """Whether the first value of a species is only where the search for it begins."""
    return any(one.species == part.id for one in model.constraints)


def _constants(model: Model, starts: Mapping[str, Chosen]) -> list[Parameter]:
    """The parameters that stay parameters: numbers, then what follows from them, in the order that reading gives."""
    inside = {start.id for start in starts.values() if isinstance(start, Parameter)}
    own = {name: (start.id, start.value) for name, start in starts.items() if isinstance(start, Parameter)}
    first = dict(own.get(name, (name, start)) for name, start in starts.items())
    derived = {part.id: part for part in model.derived if part.id not in inside}
    values = [*first.items(), *((key, part.value) for key, part in derived.items())]
    order = solvable_order({key: value for key, value in values if isinstance(value, str)}, "parameters")
    plain = [part for part in model.parameters if part.id not in inside]
    numbers = {key: plain_number(str(part.value)) for key, part in derived.items()}
    plain += [replace(derived[key], value=value) for key, value in numbers.items() if value is not None]
    return [*plain, *(derived[key] for key in order if key in derived and numbers[key] is None)]


def _formulas(model: Model) -> list[str]:
    """Every formula that holds at all times."""
    found = [part.formula for part in model.expressions] + [part.formula for part in model.observables]
    found += [part.rate for part in model.reactions] + [part.formula for part in model.constraints]
    return found + [formula for event in model.events for formula in event_formulas(event)]


def _notes(model: Model, notes: tuple[str, ...]) -> Element:
    """What a person should know, in words."""
    element = Element("notes")
    body = SubElement(element, "body", {"xmlns": XHTML})
    SubElement(body, "p").text = _clean(model.title)
    if notes:
        points = SubElement(body, "ul")
        for sentence in notes:
            SubElement(points, "li").text = _clean(sentence)
    return element


def _titled(given: dict[str, str], label: str) -> dict[str, str]:
    """Attributes with a name in words behind the id, where there is one."""
    words = _clean(label)
    return {"id": given["id"], **({"name": words} if words else {}), **given}


def _clean(text: str) -> str:
    """Words on one line, without what XML cannot hold."""
    return " ".join("".join(one if one.isprintable() else " " for one in text).split())


def _number(value: float) -> str:
    require_readable(value)
    return repr(value).removesuffix(".0") if value == value and abs(value) != float("inf") else _unreal(value)


def _unreal(value: float) -> str:
    return "NaN" if value != value else "INF" if value > 0 else "-INF"
