"""`read_sbml`: a file -> a Model that computes what the file says, with how its names map and what was found."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from nonself.errors import InputError, UnknownName
from nonself.formats.sbml.algebraic import with_determined
from nonself.formats.sbml.annotation import told, with_sources, without_holder
from nonself.formats.sbml.build import mechanism
from nonself.formats.sbml.clocks import with_clocks
from nonself.formats.sbml.contents import Contents, Quantity
from nonself.formats.sbml.document import load
from nonself.formats.sbml.extract import extract
from nonself.formats.sbml.lengths import refuse_changing_lengths
from nonself.formats.sbml.places import Places, place
from nonself.formats.sbml.rewrite import without_rates
from nonself.formats.sbml.steps import without_equality, without_steps
from nonself.formats.sbml.unset import without_unset
from nonself.model.compose import compose
from nonself.model.ir import Model
from nonself.model.parts import Mechanism, Observable
from nonself.model.turning import turning_points
from nonself.provenance import assumed

As = Literal["as named", "amount", "concentration"]


@dataclass(frozen=True, slots=True)
class SbmlModel:
    """A Model that was read from SBML.

    **Arguments:** `model`, and the `mechanism` it is composed of; `level` as "L3V2"; `names` what each symbol of the
    file is called in formulas (the local parameter k of reaction R is "R.k"); `kinds` symbol -> compartment, species,
    parameter, stoichiometry or reaction;
    `means` species -> "amount" or "concentration", what its name means in formulas and results; `warnings` what a
    person should know, one sentence each; `formulas` (symbol, as what) -> what shows it; `starts` symbol -> the
    parameter that holds its value, at the start where it changes.
    """

    model: Model
    mechanism: Mechanism
    file: str
    level: str
    names: Mapping[str, str]
    kinds: Mapping[str, str]
    means: Mapping[str, str]
    warnings: tuple[str, ...]
    formulas: Mapping[tuple[str, str], str]
    starts: Mapping[str, str]

    def showing(self, wanted: Iterable[tuple[str, As]]) -> tuple[Model, dict[tuple[str, As], str]]:
        """Return the model with an observable for each (symbol, as what), and what these are called.

        **Arguments:** `wanted` symbols of the file, each "as named", as "amount" or as "concentration".

        **Raises:** `UnknownName` for a symbol that is not there.

        **Example:** `read.showing([("S1", "amount")])`
        """
        shown = {part.id for part in self.model.species} | {part.id for part in self.model.observables}
        taken = (
            shown | {name for _, name, _ in self.model.record} | {part.id for part in self.model.parameters}
        )
        added, called = [], {}
        for symbol, what in wanted:
            if symbol not in self.kinds:
                raise UnknownName("symbol", symbol, self.kinds, file=self.file)
            if (symbol, what) not in self.formulas:
                raise InputError(f"{symbol!r} is a {self.kinds[symbol]}: it has no {what}", file=self.file)
            formula = self.formulas[symbol, what]
            called[symbol, what] = formula
            if formula not in shown:
                own = f"{self.names[symbol]}_shown_{what.replace(' ', '_')}"
                while own in taken:
                    own += "_"
                taken.add(own)
                called[symbol, what] = own
                added.append(Observable(own, formula, "1", f"{symbol}, {what}"))
        return replace(self.model, observables=(*self.model.observables, *added)), called


def read_sbml(path: str | Path) -> SbmlModel:
    """Read an SBML file, Level 1 to Level 3 Version 2 core and models within models, exactly or not at all.

    **Returns:** the model and how names map. **Raises:** `InputError` with file, line and what is not supported.

    **Example:** `nonself.simulate(nonself.read_sbml("model.xml").model, until=10)`

    **Reference:** Hucka et al. (2019), The Systems Biology Markup Language: Language Specification for Level 3
    Version 2
    Core, J Integr Bioinform 16:20190021.
    """
    path = Path(path)
    try:
        document, warnings = load(path)
        given = told(document)
        contents = without_holder(extract(document, warnings), given)
        contents = with_determined(without_rates(contents))
        contents = with_clocks(without_equality(without_steps(without_unset(contents))))
        places = place(contents, assumed(f"as in {path.name}"))
        refuse_changing_lengths(contents, places)
        part = with_sources(mechanism(contents, places), places, given)
        model = compose([part], id=part.id, time_unit=contents.time_unit, title=contents.title)
        turning_points(model)
    except InputError as error:
        raise error.at(str(path)) from None
    except RecursionError:
        raise InputError(
            "formulas are nested too deeply", file=str(path), mend="split them with assignment rules"
        ) from None
    return SbmlModel(
        model=model,
        mechanism=part,
        file=str(path),
        level=contents.level,
        names=dict(places.naming.given),
        kinds={key: part.kind for key, part in contents.quantities.items()}
        | {part.id: "reaction" for part in contents.reactions},
        means={
            key: "amount" if part.is_amount else "concentration"
            for key, part in contents.quantities.items()
            if part.kind == "species"
        },
        warnings=contents.warnings,
        formulas=_formulas(contents, places),
        starts=dict(places.first),
    )


def _formulas(contents: Contents, places: Places) -> dict[tuple[str, str], str]:
    """What shows each symbol as what."""
    found: dict[tuple[str, str], str] = {}
    for symbol, quantity in contents.quantities.items():
        own = places.naming.given[symbol]
        found[symbol, "as named"] = own
        if quantity.kind == "species":
            found |= _of_species(quantity, places, own)
    for reaction in contents.reactions:
        found[reaction.id, "as named"] = places.text(places.rates[reaction.id])
    return found


def _of_species(quantity: Quantity, places: Places, own: str) -> dict[tuple[str, str], str]:
    size = places.naming.given.get(quantity.compartment, "1")
    if quantity.is_amount:
        return {(quantity.id, "amount"): own, (quantity.id, "concentration"): f"{own}/{size}"}
    amount = places.held[quantity.id] if quantity.id in places.as_amount else f"{own}*{size}"
    return {(quantity.id, "amount"): amount, (quantity.id, "concentration"): own}
