"""`petab_files`: a model, conditions, observables and measurements -> the files of a PEtab problem, version 1."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from nonself.formats.petab.tables import Value
from nonself.formats.sbml.sid import Ids
from nonself.formats.sbml.write import ids_of, sbml_text
from nonself.model.ir import Model

MODEL, CONDITIONS, OBSERVABLES = "model.xml", "conditions.tsv", "observables.tsv"
MEASUREMENTS, PARAMETERS = "measurements.tsv", "parameters.tsv"
HOLDER, STAYS = "container", "_stays"  # ids that an SBML file has besides the model's


@dataclass(frozen=True, slots=True)
class Unknown:
    """A row of the parameter table: a parameter of the problem, fixed or to be estimated, in linear space.

    **Arguments:** `scale` "lin", "log" or "log10"; `nominal` its value; `lower`, `upper` bounds of one that is
    `estimated`; `prior` its type with two numbers, as PEtab says them, or None.
    """

    id: str
    label: str
    nominal: float
    scale: str = "lin"
    lower: float | None = None
    upper: float | None = None
    estimated: bool = False
    prior: tuple[str, float, float] | None = None


@dataclass(frozen=True, slots=True)
class Condition:
    """A row of the condition table: `values` parameter of the model -> a number, or the id of an `Unknown`."""

    id: str
    label: str
    values: Mapping[str, Value]


@dataclass(frozen=True, slots=True)
class Watched:
    """A row of the observable table: `of` a species or observable of the model, `noise` the id of an `Unknown`, normal
    on the scale of `transformation` ("lin", "log" or "log10").
    """

    id: str
    label: str
    of: str
    transformation: str
    noise: str


@dataclass(frozen=True, slots=True)
class Point:
    """A row of the measurement table: ids of observable and condition, the value, its time in the model's unit."""

    observable: str
    condition: str
    value: float
    time: float


@dataclass(frozen=True, slots=True)
class Problem:
    """A parameter estimation problem to be written; `remarks` sentences a person should know."""

    name: str
    title: str
    model: Model
    unknowns: tuple[Unknown, ...]
    conditions: tuple[Condition, ...]
    observables: tuple[Watched, ...]
    points: tuple[Point, ...]
    remarks: tuple[str, ...] = ()


def free_ids(model: Model) -> Ids:
    """Return ids for a problem's own parts, none of which is one of the model's file.

    **Example:** `free_ids(model).new("sd_platelets")`
    """
    ids = ids_of(model)
    for name in (HOLDER, *(f"{part.id}{STAYS}" for part in model.species)):
        ids.new(name)
    return ids


def petab_files(problem: Problem) -> tuple[dict[str, bytes], tuple[str, ...]]:
    """Return the files of a problem, the YAML file last, and what SBML cannot say of the model.

    Rows are in the order of the conditions' ids: pyPESTO with libRoadRunner mixes conditions up that are in another.

    **Raises:** `InputError` for what cannot be written without changing what the problem is.

    **Example:** `files, left_out = petab_files(problem)`

    **Reference:** Schmiester et al. (2021), PEtab - Interoperable specification of parameter estimation problems in
    systems biology, PLoS Comput Biol 17:e1008646.
    """
    problem = replace(
        problem,
        conditions=tuple(sorted(problem.conditions, key=lambda part: part.id)),
        points=tuple(sorted(problem.points, key=lambda part: part.condition)),
    )
    model = _with_starts_given(problem)
    text, left_out = sbml_text(model, problem.remarks)
    ids = ids_of(model)
    files = {
        MODEL: text,
        CONDITIONS: _conditions(problem, ids),
        OBSERVABLES: _observables(problem, ids),
        MEASUREMENTS: _measurements(problem),
        PARAMETERS: _parameters(problem, ids),
        "README.md": _readme(problem, left_out),
        f"{problem.name}.yaml": _yaml(problem),
    }
    return {name: content.encode() for name, content in files.items()}, left_out


def _with_starts_given(problem: Problem) -> Model:
    """The model in which what conditions or the parameter table give stays a parameter of its own in the file.

    A parameter that is nothing but the first value of a species is written as that; in brackets it is not, and other
    programs need no rule for what a condition does to a species and what follows from it.
    """
    given = {name for condition in problem.conditions for name in condition.values}
    given |= {part.id for part in problem.unknowns}
    species = tuple(
        replace(part, initial=f"({part.initial})") if part.initial in given else part
        for part in problem.model.species
    )
    return replace(problem.model, species=species)


def _conditions(problem: Problem, ids: Ids) -> str:
    columns = list(dict.fromkeys(name for part in problem.conditions for name in part.values))
    rows = [
        [part.id, part.label, *(_cell(part.values.get(name)) for name in columns)]
        for part in problem.conditions
    ]
    return _table(["conditionId", "conditionName", *(ids[name] for name in columns)], rows)


def _observables(problem: Problem, ids: Ids) -> str:
    head = ["observableId", "observableName", "observableFormula", "observableTransformation"]
    rows = [
        [part.id, part.label, ids[part.of], part.transformation, f"noiseParameter1_{part.id}", "normal"]
        for part in problem.observables
    ]
    return _table([*head, "noiseFormula", "noiseDistribution"], rows)


def _measurements(problem: Problem) -> str:
    noise = {part.id: part.noise for part in problem.observables}
    rows = [
        [part.observable, part.condition, _cell(part.value), _cell(part.time), noise[part.observable]]
        for part in problem.points
    ]
    return _table(["observableId", "simulationConditionId", "measurement", "time", "noiseParameters"], rows)


def _parameters(problem: Problem, ids: Ids) -> str:
    head = [
        "parameterId",
        "parameterName",
        "parameterScale",
        "lowerBound",
        "upperBound",
        "nominalValue",
        "estimate",
    ]
    rows = [
        [
            ids[part.id], part.label, part.scale, _cell(part.lower), _cell(part.upper), _cell(part.nominal),
            "1" if part.estimated else "0",
        ]
        for part in problem.unknowns
    ]  # fmt: skip
    if any(part.prior for part in problem.unknowns):
        head += ["objectivePriorType", "objectivePriorParameters"]
        for row, part in zip(rows, problem.unknowns, strict=True):
            kind, *numbers = part.prior or ("",)
            row += [kind, ";".join(map(_cell, numbers))]
    return _table(head, rows)


def _cell(value: Value | None) -> str:
    return "" if value is None else value if isinstance(value, str) else repr(float(value))


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    return "".join("\t".join(map(_plain, line)) + "\n" for line in [head, *rows])


def _plain(text: str) -> str:
    """A cell on one line, without what would end it."""
    return " ".join(text.replace('"', "'").split())


def _yaml(problem: Problem) -> str:
    said = "".join(f"# - {_plain(sentence)}\n" for sentence in problem.remarks)
    return (
        f"# {_plain(problem.title)}\n{said}"
        f"format_version: 1\nparameter_file: {PARAMETERS}\nproblems:\n- condition_files: [{CONDITIONS}]\n"
        f"  measurement_files: [{MEASUREMENTS}]\n  observable_files: [{OBSERVABLES}]\n  sbml_files: [{MODEL}]\n"
    )


def _readme(problem: Problem, left_out: Sequence[str]) -> str:
    estimated = [part.id for part in problem.unknowns if part.estimated]
    said = [*problem.remarks, *(f"Left out, since SBML cannot say it: {sentence}." for sentence in left_out)]
    return (
        f"# {_plain(problem.title)}\n\n"
        f"A parameter estimation problem in PEtab, version 1; the program reads `{problem.name}.yaml`.\n\n"
        f"- {len(problem.points)} measurements in {len(problem.conditions)} conditions.\n"
        f"- To be estimated: {', '.join(estimated) or 'nothing'}.\n"
        f"- Times are from the start of the model, in its unit ({problem.model.time_unit}).\n"
        + "".join(f"- {_plain(sentence)}\n" for sentence in said)
    )
