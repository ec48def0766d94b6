"""What PEtab's specification of version 1 asks of a problem's files, read without our reader: a list of what is wrong.

From the specification's tables (doc/v1/documentation_data_format.rst of PEtab-dev/PEtab) and its YAML schema.
"""

from __future__ import annotations

import csv
import math
import re
from pathlib import Path
from xml.etree import ElementTree

from ruamel.yaml import YAML

SBML = "http://www.sbml.org/sbml/"
ID = re.compile(r"[A-Za-z_][A-Za-z0-9_]*\Z", re.ASCII)
NEEDED = {
    "condition_files": {"conditionId"},
    "measurement_files": {"observableId", "simulationConditionId", "measurement", "time"},
    "observable_files": {"observableId", "observableFormula", "noiseFormula"},
    "parameter_file": {
        "parameterId",
        "parameterScale",
        "lowerBound",
        "upperBound",
        "nominalValue",
        "estimate",
    },
}
PRIORS = {
    "uniform", "normal", "laplace", "logNormal", "logLaplace", "parameterScaleUniform", "parameterScaleNormal",
    "parameterScaleLaplace",
}  # fmt: skip
Rows = list[dict[str, str]]


def wrong_with(path: Path) -> list[str]:
    """Return what is wrong with the problem of a YAML file, in sentences."""
    whole = YAML(typ="safe").load(path)
    (problem,) = whole["problems"]
    if whole["format_version"] != 1:
        return ["not version 1"]
    tables, wrong = {}, []
    for kind, needed in NEEDED.items():
        names = problem[kind] if kind in problem else [whole[kind]]
        tables[kind] = [row for name in names for row in rows(path.parent / name)]
        missing = needed - set(tables[kind][0] if tables[kind] else needed)
        wrong += [f"{kind} lacks {name}" for name in missing]
    (model,) = problem["sbml_files"]
    if wrong:
        return wrong
    entities, ruled = of_model(path.parent / model)
    return [
        *about_ids(tables, entities),
        *about_conditions(tables, entities, ruled),
        *about_measurements(tables),
        *about_parameters(tables, entities, ruled),
    ]


def rows(path: Path) -> Rows:
    """The rows of a table, cells separated by tabs."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))


def of_model(path: Path) -> tuple[dict[str, str], set[str]]:
    """The ids of a model, id -> element, and those that assignment rules give."""
    tree = ElementTree.parse(path).getroot()
    inside = [one for one in tree.iter() if one.tag.startswith("{" + SBML)]
    kinds = [(one.tag.rpartition("}")[2], one) for one in inside]
    entities = {str(one.get("id")): kind for kind, one in kinds if one.get("id")}
    return entities, {str(one.get("variable")) for kind, one in kinds if kind == "assignmentRule"}


def about_ids(tables: dict[str, Rows], entities: dict[str, str]) -> list[str]:
    wrong = []
    for kind, column in (("condition_files", "conditionId"), ("observable_files", "observableId"),
                         ("parameter_file", "parameterId")):  # fmt: skip
        given = [row[column] for row in tables[kind]]
        wrong += [f"{column} {one!r} is no id" for one in given if not ID.match(one)]
        wrong += [f"{column} {one!r} is there twice" for one in set(given) if given.count(one) > 1]
    wrong += [
        f"{row['observableId']!r} hides a part of the model"
        for row in tables["observable_files"]
        if row["observableId"] in entities
    ]
    return wrong


def about_conditions(tables: dict[str, Rows], entities: dict[str, str], ruled: set[str]) -> list[str]:
    wrong = []
    listed = {row["parameterId"] for row in tables["parameter_file"]}
    for row in tables["condition_files"]:
        for column, cell in row.items():
            if column in ("conditionId", "conditionName"):
                continue
            if entities.get(column) not in ("parameter", "species", "compartment") or column in ruled:
                wrong.append(f"column {column!r} is nothing of the model that can be given")
            if not is_number(cell) and cell not in listed:
                wrong.append(f"{cell!r} in {column!r} is no number and no parameter")
            if is_number(cell) and not math.isfinite(float(cell)):
                wrong.append(f"{cell!r} in {column!r} is not finite")
    return wrong


def about_measurements(tables: dict[str, Rows]) -> list[str]:
    wrong = []
    observables = {row["observableId"]: row for row in tables["observable_files"]}
    conditions = {row["conditionId"] for row in tables["condition_files"]}
    listed = {row["parameterId"] for row in tables["parameter_file"]}
    for row in tables["measurement_files"]:
        own = observables.get(row["observableId"])
        if own is None:
            wrong.append(f"unknown observable {row['observableId']!r}")
            continue
        if row["simulationConditionId"] not in conditions:
            wrong.append(f"unknown condition {row['simulationConditionId']!r}")
        if not (is_number(row["time"]) and float(row["time"]) >= 0):
            wrong.append(f"the time {row['time']!r}")
        if not (is_number(row["measurement"]) and math.isfinite(float(row["measurement"]))):
            wrong.append(f"the measurement {row['measurement']!r}")
        elif own.get("observableTransformation", "lin") != "lin" and float(row["measurement"]) <= 0:
            wrong.append("a measurement without a logarithm")
        for kind, formula in (("observable", "observableFormula"), ("noise", "noiseFormula")):
            places = set(
                re.findall(
                    rf"{kind}Parameter\d+_{row['observableId']}\b", f"{own[formula]} {own['noiseFormula']}"
                )
            )
            given = [cell for cell in row.get(f"{kind}Parameters", "").split(";") if cell]
            if len(given) != len(places):
                wrong.append(f"{len(given)} {kind}Parameters where the formulas have {len(places)}")
            wrong += [f"unknown {one!r}" for one in given if not is_number(one) and one not in listed]
    return wrong


def about_parameters(tables: dict[str, Rows], entities: dict[str, str], ruled: set[str]) -> list[str]:
    wrong = []
    columns = set(tables["condition_files"][0])
    used = {cell for row in tables["condition_files"] for cell in row.values()}
    columns_of_names = ("noiseParameters", "observableParameters")
    used |= {
        cell
        for row in tables["measurement_files"]
        for column in columns_of_names
        for cell in row.get(column, "").split(";")
    }
    for row in tables["parameter_file"]:
        own = row["parameterId"]
        if own in columns or own in ruled:
            wrong.append(f"{own!r} is given by a condition or a rule")
        if own not in used and entities.get(own) != "parameter":
            wrong.append(f"{own!r} is used nowhere")
        if row["parameterScale"] not in ("lin", "log", "log10") or row["estimate"] not in ("0", "1"):
            wrong.append(f"scale or estimate of {own!r}")
        if not is_number(row["nominalValue"]):
            wrong.append(f"{own!r} has no nominal value")
        wrong += about_bounds(row)
    return wrong


def about_bounds(row: dict[str, str]) -> list[str]:
    own, wrong = row["parameterId"], []
    if row["estimate"] == "1":
        low, high = float(row["lowerBound"]), float(row["upperBound"])
        if not (math.isfinite(low) and math.isfinite(high) and low < high):
            wrong.append(f"bounds of {own!r}")
        if row["parameterScale"] != "lin" and low <= 0:
            wrong.append(f"the lower bound of {own!r} has no logarithm")
        if not low <= float(row["nominalValue"]) <= high:
            wrong.append(f"the nominal value of {own!r} lies outside its bounds")
    prior, numbers = row.get("objectivePriorType", ""), row.get("objectivePriorParameters", "")
    if prior and (prior not in PRIORS or [is_number(one) for one in numbers.split(";")] != [True, True]):
        wrong.append(f"prior of {own!r}")
    return wrong


def is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return "_" not in text
