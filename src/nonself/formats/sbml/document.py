"""An SBML file by libSBML: scanned first, checked, composed models made flat; what is not supported refused by name."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nonself.errors import InputError
from nonself.formats.sbml.composed import with_rates_in_own_time
from nonself.formats.sbml.mathematics import unsupported
from nonself.formats.sbml.scan import scanned
from nonself.formats.sbml.size import Extent, extent

MOST_INSTANCES = 2_000  # of models within models
MOST_INSTANTIATED = 200_000  # elements once models within models are written out
MOST_CHECKED = 250  # rules, together with initial assignments
MOST_RATES = 100  # rateOf in formulas: they too are looked at for circles
MOST_CHECKED_ELEMENTS = 40_000  # by libSBML: its time grows with the square
MOST_UNIT_ELEMENTS = 20_000
MOST_UNIT_WORK = 5e6  # squared lengths of formulas: some seconds
MOST_LINES = 5  # named in a warning
# packages that say nothing about a simulation in time, and the one that is made flat
HARMLESS = ("layout", "render", "groups", "l3v2extendedmath")
WHY = {
    "fbc": (
        "flux balance",
        "there is no optimization of fluxes",
        "give kinetic laws and drop the package fbc",
    ),
    "distrib": ("distributions", "draws in formulas are not supported", "give numbers, and vary parameters"),
    "qual": ("qualitative models", "states are amounts, not levels", "give kinetic laws"),
    "multi": ("multistate species", "species have no states", "write the species out"),
    "spatial": ("space", "compartments are well mixed", "give compartments and transport between them"),
}


def load(path: Path) -> tuple[Any, list[str]]:
    """Return a document that can be read exactly, composed models made flat, and what libSBML warns of.

    **Raises:** `InputError` naming file, line and what is wrong or not supported.
    """
    import libsbml

    document, size = _parsed(path)
    if document.getModel() is None:
        raise InputError("holds no model", mend="give a file with a model")
    composed = document.getPlugin("comp") is not None
    others = _check_composition(document, path) if composed else []
    _require_valid(document, _unasked_yet(libsbml, document.getModel(), size))
    if composed:
        with_rates_in_own_time(document, others)
        _flatten(document)
        size = extent(document)
    _refuse_packages(document)
    if (why := _why_units_are_not_checked(document.getModel(), size)) is not None:
        return document, [f"units were not checked: {why}"]
    return document, _unit_findings(document)


def _why_units_are_not_checked(model: Any, size: Extent) -> str | None:
    """What libSBML would not survive, or not soon, when it checks units; None where it may be asked."""
    if size.work > MOST_UNIT_WORK or size.elements > MOST_UNIT_ELEMENTS:
        return "the file is too large for libSBML to do so soon"
    if size.meets:
        return "libSBML may come to no end over calls of functions in calls"
    if _has_empty_law(model):
        return "libSBML ends over a kinetic law without a formula"
    if _has_stoichiometry_formulas(model):
        return "with formulas for stoichiometries libSBML may not survive it"
    return None


def _has_empty_law(model: Any) -> bool:
    laws = (model.getReaction(number).getKineticLaw() for number in range(model.getNumReactions()))
    return any(law is not None and not law.isSetMath() for law in laws)


def _checked_soon(model: Any, size: Extent) -> bool:
    """Whether libSBML's general checks end soon: the time to find circles grows with a high power of their number.

    What they would say is also seen here: names that are not there when formulas and reactions are read, circles when
    rules are put in order.
    """
    rules = int(model.getNumRules() + model.getNumInitialAssignments())
    return rules <= MOST_CHECKED and size.rates <= MOST_RATES and size.elements <= MOST_CHECKED_ELEMENTS


def _unasked(libsbml: Any) -> tuple[int, ...]:
    """What is not asked of a file: annotation, style, and what only algebraic rules need."""
    return (
        libsbml.LIBSBML_CAT_SBO_CONSISTENCY,
        libsbml.LIBSBML_CAT_MODELING_PRACTICE,
        libsbml.LIBSBML_CAT_OVERDETERMINED_MODEL,
    )


def _unasked_yet(libsbml: Any, model: Any, size: Extent) -> tuple[int, ...]:
    """What is not asked at first: units, which come later, and of a large file also what would take long."""
    found = [libsbml.LIBSBML_CAT_UNITS_CONSISTENCY, *_unasked(libsbml)]
    if not _checked_soon(model, size):
        found.append(libsbml.LIBSBML_CAT_GENERAL_CONSISTENCY)
    if size.elements > MOST_CHECKED_ELEMENTS:
        found.append(libsbml.LIBSBML_CAT_MATHML_CONSISTENCY)
    return tuple(found)


def _parsed(path: Path) -> tuple[Any, Extent]:
    import libsbml

    text = scanned(path)
    document = libsbml.readSBMLFromString(text)
    document.setLocationURI(str(path))
    _raise_first(document)
    return document, extent(document)


def _raise_first(document: Any, least: int | None = None) -> None:
    """Raise libSBML's first error, by line."""
    import libsbml

    log = document.getErrorLog()
    for number in range(document.getNumErrors()):
        error = log.getError(number)
        if error.getSeverity() >= (libsbml.LIBSBML_SEV_ERROR if least is None else least):
            message = " ".join(error.getMessage().split())
            raise InputError(
                f"is not valid SBML: {error.getShortMessage()}: {message[:600]}",
                line=error.getLine() or None,
                mend="correct the file, for example with the online SBML validator",
            )


def _require_valid(document: Any, without: tuple[int, ...]) -> None:
    for category in without:
        document.setConsistencyChecks(category, False)
    document.checkConsistency()
    _raise_first(document)
    document.getErrorLog().clearLog()


def _unit_findings(document: Any) -> list[str]:
    """What libSBML finds about units; it changes nothing, so it is only said."""
    import libsbml

    if _declares_no_units(document.getModel()):
        return ["units: the file declares none, so none were checked"]

    for category in _all_categories(libsbml):
        document.setConsistencyChecks(category, category == libsbml.LIBSBML_CAT_UNITS_CONSISTENCY)
    document.checkConsistency()
    log = document.getErrorLog()
    lines: dict[str, list[int]] = {}
    for number in range(document.getNumErrors()):
        error = log.getError(number)
        lines.setdefault(" ".join(error.getShortMessage().split()), []).append(error.getLine())
    log.clearLog()
    return [
        f"units: {what} ({'line' if len(places) == 1 else 'lines'} {_listed(places)})"
        for what, places in lines.items()
    ]


def _declares_no_units(model: Any) -> bool:
    """Whether a Level 3 file names no unit anywhere; Level 2 has units that go without saying."""
    if model is None or model.getLevel() < 3 or model.getNumUnitDefinitions():
        return False
    of_model = ("Substance", "Time", "Volume", "Area", "Length", "Extent")
    if any(getattr(model, f"isSet{kind}Units")() for kind in of_model):
        return False
    species = (model.getSpecies(number) for number in range(model.getNumSpecies()))
    parts = [model.getCompartment(number) for number in range(model.getNumCompartments())]
    parts += [model.getParameter(number) for number in range(model.getNumParameters())]
    return not any(part.isSetUnits() for part in parts) and not any(
        one.isSetSubstanceUnits() for one in species
    )


def _has_stoichiometry_formulas(model: Any) -> bool:
    """Whether Level 2 gives a stoichiometry by a formula: libSBML can go round in circles over its units and die."""
    if model.getLevel() != 2:
        return False
    reactions = [model.getReaction(k) for k in range(model.getNumReactions())]
    parts = [one.getReactant(k) for one in reactions for k in range(one.getNumReactants())]
    parts += [one.getProduct(k) for one in reactions for k in range(one.getNumProducts())]
    return any(part.isSetStoichiometryMath() for part in parts)


def _listed(lines: list[int]) -> str:
    more = f" and {len(lines) - MOST_LINES:,} more" if len(lines) > MOST_LINES else ""
    return ", ".join(map(str, lines[:MOST_LINES])) + more


def _all_categories(libsbml: Any) -> tuple[int, ...]:
    return (
        libsbml.LIBSBML_CAT_GENERAL_CONSISTENCY, libsbml.LIBSBML_CAT_IDENTIFIER_CONSISTENCY,
        libsbml.LIBSBML_CAT_UNITS_CONSISTENCY, libsbml.LIBSBML_CAT_MATHML_CONSISTENCY, *_unasked(libsbml),
    )  # fmt: skip


def _refuse_packages(document: Any) -> None:
    for number in range(document.getNumPlugins()):
        package = document.getPlugin(number).getPackageName()
        if package in HARMLESS or package == "comp":
            continue
        needed = document.getPackageRequired(package)
        model = document.getModel().getPlugin(package)
        used = package == "fbc" and model is not None and model.getNumObjectives() + _bounds(model) > 0
        if needed or used:
            raise unsupported(f"the package {package!r} ({WHY[package][0]})", *WHY[package][1:])
    for number in range(document.getNumUnknownPackages()):
        prefix = document.getUnknownPackagePrefix(number)
        if document.getPackageRequired(document.getUnknownPackageURI(number)):
            raise unsupported(
                f"the package {prefix!r}", "it is not known here", "write the model in SBML core"
            )


def _bounds(model: Any) -> int:
    return int(model.getNumFluxBounds()) if hasattr(model, "getNumFluxBounds") else 0


# models within models ------------------------------------------------------------------------------------------------
def _check_composition(document: Any, path: Path) -> list[Any]:
    """Refuse models that hold themselves, too many of them, and files from elsewhere; scan the files they name.

    Return the documents of these files.
    """
    known: dict[Key, Held] = {}
    others: dict[Path, Any] = {path.resolve(): document}
    _collect(document, path, known, others)
    _instances((path, ""), known, (), [0, 0])
    return list(others.values())[1:]


Key = tuple[Path, str]


@dataclass(frozen=True, slots=True)
class Held:
    """Which models a model holds, and how many elements are its own."""

    models: list[Key]
    elements: int


def _collect(document: Any, path: Path, known: dict[Key, Held], seen: dict[Path, Any]) -> None:
    """Note for each model of a document, and of those it names, which models it holds."""
    plugin = document.getPlugin("comp")
    outside = [
        plugin.getExternalModelDefinition(k) for k in range(plugin.getNumExternalModelDefinitions())
    ] if plugin is not None else []  # fmt: skip
    inside = (
        [plugin.getModelDefinition(k) for k in range(plugin.getNumModelDefinitions())]
        if plugin is not None
        else []
    )
    for one in outside:
        source = _inside_folder(path, one.getSource(), one.getLine())
        known[path, one.getId()] = Held([(source, one.getModelRef() if one.isSetModelRef() else "")], 0)
        if source not in seen:
            seen[source] = _parsed(source)[0]
            _collect(seen[source], source, known, seen)
    top = document.getModel()
    for model in [*inside, *([top] if top is not None else [])]:
        part = model.getPlugin("comp")
        count = part.getNumSubmodels() if part is not None else 0
        inner = [(path, part.getSubmodel(k).getModelRef()) for k in range(count)]
        held = Held(inner, int(model.getListOfAllElements().getSize()))
        known[path, model.getId()] = held
        if model is top:
            known[path, ""] = held


def _inside_folder(path: Path, source: str, line: int) -> Path:
    """Return the file an external model lies in: beside the first or below, nowhere else."""
    folder = path.resolve().parent
    found = (folder / source.removeprefix("file:")).resolve()
    if "://" in source or not found.is_relative_to(folder):
        raise InputError(
            f"names a model in {source!r}, outside the folder of the file",
            line=line,
            mend="put it beside the file",
        )
    return found


def _instances(key: Key, known: dict[Key, Held], above: tuple[Key, ...], count: list[int]) -> None:
    if key in above:
        raise InputError(f"model {key[1]!r} holds itself", mend="take it out of itself")
    own = known.get(key, Held([], 0))
    count[0] += 1
    count[1] += own.elements
    if count[1] > MOST_INSTANTIATED:
        what = f"holds more than {MOST_INSTANTIATED:,} elements once models within models are written out"
        raise InputError(what, mend="split it")
    if count[0] > MOST_INSTANCES:
        raise InputError(f"holds more than {MOST_INSTANCES:,} models within models", mend="split it")
    for inner in own.models:
        _instances(inner, known, (*above, key), count)


def _flatten(document: Any) -> None:
    import libsbml

    options = libsbml.ConversionProperties()
    options.addOption("flatten comp", True)
    options.addOption("performValidation", False)
    options.addOption("abortIfUnflattenable", "none")
    if document.convert(options) != libsbml.LIBSBML_OPERATION_SUCCESS:
        _raise_first(document)
        raise InputError(
            "its models within models cannot be put together", mend="check the package comp in it"
        )
    document.getErrorLog().clearLog()
