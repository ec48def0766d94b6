"""Reads an SBML file of BioModels once and prints the data file that `bench.models.biomodels` loads.

    python -m bench.models.read_sbml PATH UNTIL [SPECIES AMOUNT TIME ...] > bench/models/ID.yaml

State is concentration, as in the files read here; every compartment must have size 1. Function definitions are
written out, constants computed from others become numbers, what no formula uses is left out, names become those
the file shows to people. Events are left out: they are doses of the case. The typical amount of a species is its
largest until `UNTIL` in libRoadRunner, with the file's events and the given doses. What is not understood is refused.
"""

from __future__ import annotations

import os
import re
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import libsbml
import numpy as np

from nonself.expr import solvable_order

Doses = tuple[str, float, tuple[float, ...]]

os.environ.setdefault("SUNLOGGER_WARNING_FILENAME", os.devnull)
WORD = r"(?<![\w.])[A-Za-z_]\w*"
_TAKEN = {"lambda", "in", "is", "if", "for", "exp", "log", "sqrt", "log10"}


def _names(model: Any) -> dict[str, str]:
    """Return a plain, unique name for every id."""
    things = [*model.getListOfSpecies(), *model.getListOfParameters()]
    shown = {
        thing.getId(): re.sub(r"\W+", "_", thing.getName() or thing.getId()).strip("_") for thing in things
    }
    count = Counter(shown.values())
    places = {place.getId(): place.getName() for place in model.getListOfCompartments()}
    for species in model.getListOfSpecies():
        name = shown[species.getId()]
        if count[name] > 1 or name in _TAKEN:
            shown[species.getId()] = f"{name}_{places[species.getCompartment()]}"
    if len(set(shown.values())) < len(shown):
        raise ValueError("names are not unique")
    return shown


def _formula(node: Any, names: dict[str, str], places: set[str]) -> str:
    """Return a formula as Python text."""
    text = libsbml.formulaToL3String(node).replace("^", "**")
    for word in re.findall(WORD, text):
        if word not in names and word not in places:
            raise ValueError(f"{word!r} in {text!r} is not understood")
    return re.sub(WORD, lambda m: names.get(m[0], "1"), text)


def _constants(model: Any, path: str, names: dict[str, str]) -> dict[str, float]:
    """Return the numbers of constants as libRoadRunner computes them."""
    import roadrunner

    runner: Any = roadrunner.RoadRunner(path)
    fixed = [p.getId() for p in model.getListOfParameters() if not model.getAssignmentRule(p.getId())]
    return {names[key]: float(runner[key]) for key in fixed}


def _typical(model: Any, path: str, until: float, doses: Doses) -> dict[str, float]:
    """Return the largest amount of each species over the course."""
    import roadrunner

    runner: Any = roadrunner.RoadRunner(path)
    runner.integrator.setValue("relative_tolerance", 1e-8)
    keys = [species.getId() for species in model.getListOfSpecies()]
    runner.timeCourseSelections = [f"[{key}]" for key in keys]
    species, amount, times = doses
    courses, now = [], 0.0
    for time in (*times, until):
        if time > now:
            courses.append(runner.simulate(now, time, 501).max(axis=0))
        if time < until:
            runner[f"[{species}]"] += amount
        now = time
    return dict(zip(keys, np.max(courses, axis=0), strict=True))


def _change(model: Any, reaction: Any, names: dict[str, str]) -> dict[str, float]:
    """Return what one occurrence adds to each species that moves."""
    change: Counter[str] = Counter()
    for sign, side in ((-1.0, reaction.getListOfReactants()), (1.0, reaction.getListOfProducts())):
        for entry in side:
            if not model.getSpecies(entry.getSpecies()).getBoundaryCondition():
                change[names[entry.getSpecies()]] += sign * entry.getStoichiometry()
    return {name: float(amount) for name, amount in change.items() if amount}


def _used(rates: list[str], rules: dict[str, str]) -> set[str]:
    """Return every name the rates use, by way of rules too."""
    found: set[str] = set()
    new = {word for rate in rates for word in re.findall(WORD, rate)}
    while new:
        found |= new
        new = {word for name in new & rules.keys() for word in re.findall(WORD, rules[name])} - found
    return found


def read(path: str, until: float, doses: Doses) -> dict[str, dict[str, Any]]:
    """Return species, parameters, expressions and reactions of a file."""
    document = libsbml.readSBMLFromFile(path)
    options = libsbml.ConversionProperties()
    options.addOption("expandFunctionDefinitions", True)
    document.convert(options)
    model = document.getModel()
    names, places = _names(model), {place.getId() for place in model.getListOfCompartments()}
    if any(place.getSize() != 1 for place in model.getListOfCompartments()):
        raise ValueError("a compartment is not of size 1")
    if any(rule.getElementName() != "assignmentRule" for rule in model.getListOfRules()):
        raise ValueError("only assignment rules are understood")
    rules = {
        names[rule.getVariable()]: _formula(rule.getMath(), names, places) for rule in model.getListOfRules()
    }
    rates = [
        _formula(reaction.getKineticLaw().getMath(), names, places) for reaction in model.getListOfReactions()
    ]
    changes = [_change(model, reaction, names) for reaction in model.getListOfReactions()]
    typical = _typical(model, path, until, doses)
    moving = [species for species in model.getListOfSpecies() if names[species.getId()] not in rules]
    rules = {name: rules[name] for name in solvable_order(rules, "rules") if name in _used(rates, rules)}
    used = _used(rates, rules)
    return {
        "species": {
            names[s.getId()]: [s.getInitialConcentration(), float(f"{typical[s.getId()]:.2g}")]
            for s in moving
        },
        "parameters": {name: value for name, value in _constants(model, path, names).items() if name in used},
        "expressions": rules,
        "reactions": {
            f"rate_{number}": [rate, change]
            for number, (rate, change) in enumerate(zip(rates, changes, strict=True))
            if change
        },
    }


def main(write: Callable[[str], object] = sys.stdout.write) -> None:
    """Print the data file."""
    path, until, *given = sys.argv[1:]
    doses = (given[0], float(given[1]), tuple(map(float, given[2:]))) if given else ("", 0.0, ())
    write(f"# {Path(path).name} (BioModels, CC0), as bench.models.read_sbml prints it\n")
    for part, entries in read(path, float(until), doses).items():
        write(f"{part}:\n")
        for key, value in entries.items():
            match value:
                case [str() as rate, dict() as change]:
                    text = f'["{rate}", {{{", ".join(f"{k}: {v!r}" for k, v in change.items())}}}]'
                case str():
                    text = f'"{value}"'
                case _:
                    text = repr(value)
            write(f"  {key}: {text}\n")


if __name__ == "__main__":
    main()
