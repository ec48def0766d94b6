"""What stands behind a result: who failed and why, every number of the model, its equations and sources."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import numpy as np

from nonself.analysis.findings import Failure, ParameterRow
from nonself.catalog import registry
from nonself.codegen.methods import RODAS5P
from nonself.cohort.population import Cohort
from nonself.cohort.trial import TrialResult
from nonself.engine.result import Status
from nonself.model.ir import right_hand_sides
from nonself.model.parts import Parameter
from nonself.provenance import Assumption
from nonself.study.arms import therapies_used
from nonself.study.deciding import regimen_parameters
from nonself.study.prepare import Prepared
from nonself.study.shown import unit


def failures(
    prepared: Prepared, trials: Sequence[TrialResult], replay: Callable[[str, bool], str]
) -> tuple[Failure, ...]:
    """Return the patients that did not finish or are inaccurate, by cohort, arm and reason.

    **Arguments:** `replay` gives the command that runs one patient alone, from an id and whether to verify.
    """
    found = []
    for trial in trials:
        for arm in trial.arms:
            for status in sorted({failure.status for failure in arm.failures}):
                patients = tuple(part.patient for part in arm.failures if part.status == status)
                one = next(part for part in arm.failures if part.status == status)
                reason = (
                    f"{Status(status).sentence} For example patient {one.patient} at {one.time:.4g} "
                    f"{prepared.model.time_unit}s: {one.species} = {one.value:.4g}."
                )
                found.append(
                    Failure(
                        trial.cohort.name,
                        arm.arm.name,
                        reason,
                        Status(status).remedy,
                        patients,
                        len(patients),
                        replay(patients[0], status == Status.INACCURATE),
                    )
                )
    return tuple(found)


def parameter_rows(prepared: Prepared) -> tuple[ParameterRow, ...]:
    """Return every number of the model as the study used it, one line a cohort where cohorts differ from the
    model.
    """
    rows = []
    brought = regimen_parameters(prepared.model)
    for part in (*prepared.model.parameters, *prepared.model.derived):
        if part.id in brought:
            continue  # what the study's own rules decide is no number of the model
        between = f"{part.range[0]:g} to {part.range[1]:g}" if part.range else ""
        varied = [group.cohort for group in prepared.groups if _differs(group.cohort, part)]
        for cohort in varied:
            origin, values = cohort.origins[part.id], cohort.columns[part.id]
            low, high = float(values.min()), float(values.max())
            shown = f"{low!r}" if low == high else f"{low:.4g} to {high:.4g}"
            label = f"{part.label or part.id} ({cohort.name})"
            rows.append(
                ParameterRow(
                    part.id,
                    label,
                    shown,
                    unit(part.unit),
                    between,
                    origin.kind,
                    origin.text,
                    origin.is_assumed,
                )
            )
        if len(varied) < len(prepared.groups):
            source = part.source.text
            rows.append(
                ParameterRow(
                    part.id,
                    part.label or part.id,
                    str(part.value),
                    unit(part.unit),
                    between,
                    "model",
                    source,
                    isinstance(part.source, Assumption),
                )
            )
    return tuple(rows)


def _differs(cohort: Cohort, part: Parameter) -> bool:
    return part.id in cohort.columns and not np.all(cohort.columns[part.id] == part.value)


def references(prepared: Prepared) -> tuple[str, ...]:
    """Return the sources of the model, its therapies and the method, each once."""
    sources = [citation.reference for citation in prepared.model.references]
    for therapy in therapies_used(prepared.study):
        source = registry.therapy(therapy).source
        sources.append(source.text if isinstance(source, Assumption) else source.reference)
    sources.append(RODAS5P.reference)
    sources.append(
        "Salmon JK, Moraes MA, Dror RO, Shaw DE (2011). Parallel random numbers: as easy as 1, 2, 3. SC11. "
        "doi:10.1145/2063384.2063405"
    )
    return tuple(dict.fromkeys(sources))


def equations(prepared: Prepared) -> Iterator[tuple[str, str]]:
    """Yield (name, formula) of what the model says: named formulas first, then the change of each species."""
    for parameter in prepared.model.derived:
        yield parameter.id, str(parameter.value)
    for expression in prepared.model.expressions:
        yield expression.id, expression.formula
    yield from right_hand_sides(prepared.model).items()
