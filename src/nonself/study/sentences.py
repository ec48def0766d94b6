"""Answers and warnings of a study, as sentences with their numbers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

import numpy as np

from nonself.analysis.survival import poisson_interval, wilson
from nonself.cohort.trial import TrialResult
from nonself.engine.result import Status
from nonself.provenance import Assumption
from nonself.study import spec
from nonself.study.deciding import regimen_parameters
from nonself.study.measure import Measurement
from nonself.study.prepare import Group, Prepared
from nonself.study.shown import short_name, written
from nonself.study.tabulate import incidence, measured_unit, range_text

MOST_NAMED = 30  # cohorts up to this size have their patients named

MOST_ASSUMED = 25  # more assumed parameters than this are counted, not named


def answers(prepared: Prepared, measurements: Sequence[Measurement]) -> tuple[str, ...]:
    """Return what the study found, one sentence a cohort and endpoint, arms compared in it."""
    found: list[str] = []
    groups = {group.cohort.name: group for group in prepared.groups}
    shown = (*spec.TIMED, spec.LagSpec, spec.ReferenceSpec)
    times = any(isinstance(part.plan.spec, spec.TIMED) for part in measurements)
    for (cohort, _), parts in groupby(measurements, key=lambda part: (part.cohort, part.plan.spec.name)):
        members = list(parts)
        if times and not isinstance(members[0].plan.spec, shown):
            continue  # what happens to whom is the answer; values stand in the table of outcomes
        if isinstance(members[0].plan.spec, spec.IncidenceSpec):
            said = iter((f"{_incidences(prepared, members)}.",))
        elif isinstance(members[0].plan.spec, spec.TIMED):
            said = _crossings(prepared, groups[cohort], members)
        else:
            said = iter((f"{_values(prepared, members)}.",))
        found.extend(_sentence(cohort if len(groups) > 1 else "", text) for text in said)
    return tuple(found)


def _sentence(cohort: str, text: str) -> str:
    full = f"{cohort}: {text}" if cohort else text
    return full[:1].upper() + full[1:]


def _crossings(prepared: Prepared, group: Group, parts: Sequence[Measurement]) -> Iterator[str]:
    clock = prepared.study.spec.time.unit
    plan = parts[0].plan.spec
    assert isinstance(plan, (spec.CrossingSpec, spec.DiagnosisSpec))
    verb = plan.happened or f"had the event “{parts[0].plan.title}”"
    within = "while followed"
    if not isinstance(plan.from_, str):
        within = f"within {_number(float(group.grid[-1]) - plan.from_)} {clock}s"
    first, *others = parts
    clauses = [f"of {_count(first)} {first.who}, {_events(first)} {verb} {within}{_share(first, clock)}"]
    clauses += [f"of {_count(part)} {part.who}, {_events(part)}{_share(part, clock)}" for part in others]
    yield f"{'; '.join(clauses)}.{_left_out(parts)}"
    if group.cohort.patients and len(group.cohort.patients) <= MOST_NAMED:
        for part in parts:
            if part.happened.any():
                yield f"{_named(group, part, clock, verb, plan.not_happened)}."
    classes = [name for name in dict.fromkeys(sorted(group.cohort.groups)) if name]
    if len(classes) > 1:
        for part in parts:
            if part.happened.any():
                yield f"by group, {part.who}: {_by_class(group, part, classes)} {verb}."


def _incidences(prepared: Prepared, parts: Sequence[Measurement]) -> str:
    plan = parts[0].plan.spec
    assert isinstance(plan, spec.IncidenceSpec)
    clauses = []
    for part in parts:
        events, years = incidence(part, prepared.study.spec.time.unit)
        text = f"{part.who}, {events:,} in {_number(years)} person-years"
        if years:
            low, high = (plan.per * edge / years for edge in poisson_interval(events))
            text += (
                f", {_number(plan.per * events / years)} per {plan.per:,.0f} (95 % interval {_number(low)} to"
            )
            text += f" {_number(high)})"
        clauses.append(text)
    return f"{parts[0].plan.title} – {'; '.join(clauses)}"


def _named(group: Group, part: Measurement, clock: str, happened: str, not_happened: str | None) -> str:
    """Who had the event and when, earliest first, and who did not."""
    names = np.array(group.cohort.patients)[part.rows]
    order = np.argsort(part.values[part.happened], kind="stable")
    when = zip(names[part.happened][order], part.values[part.happened][order], strict=True)
    said = ", ".join(f"{name} ({value:.1f} {clock}s)" for name, value in when)
    rest = ", ".join(names[~part.happened])
    joined = f"{part.who} and" if part.who.startswith("who ") else f"{part.who} who"
    text = f"patients {joined} {happened}: {said}"
    return f"{text}; {not_happened or 'without it'}: {rest}" if rest else text


def _count(part: Measurement) -> str:
    return f"{part.rows.size:,} patients"


def _events(part: Measurement) -> str:
    return f"{int(part.happened.sum()):,}"


def _share(part: Measurement, clock: str) -> str:
    count, total = int(part.happened.sum()), int(part.rows.size)
    if not total or not count:
        return ""
    low, high = wilson(count, total)
    share = f"{_number(100 * count / total)} %, 95 % interval {_number(100 * low)} to {_number(100 * high)} %"
    half = float(np.median(part.values[part.happened]))
    return f" ({share}; half of these within {_number(half)} {clock}s)"


def _left_out(parts: Sequence[Measurement]) -> str:
    counts = [(part.who, part.already) for part in parts if part.already]
    if not counts:
        return ""
    if len(parts) == len(counts) > 1 and len({count for _, count in counts}) == 1:
        return f" Not at risk, because already so at the start, and left out: {counts[0][1]:,} in every arm."
    said = "; ".join(f"{count:,} {who}" for who, count in counts)
    return f" Not at risk, because already so at the start, and left out: {said}."


def _by_class(group: Group, part: Measurement, classes: Sequence[str]) -> str:
    members = np.array(group.cohort.groups)[part.rows]
    parts = []
    for name in classes:
        inside = members == name
        parts.append(f"{name} {int(part.happened[inside].sum()):,} of {int(inside.sum()):,}")
    return ", ".join(parts)


def _values(prepared: Prepared, parts: Sequence[Measurement]) -> str:
    plan = parts[0].plan
    clauses = []
    for part in parts:
        if not part.rows.size:
            clauses.append(f"nobody {part.who} could be evaluated")
            continue
        low, middle, high = np.quantile(part.values, (0.05, 0.5, 0.95))
        text = f"{part.who}, median {_number(middle)} {_unit(prepared, part)}".rstrip()
        text += f" (5th to 95th percentile {_number(low)} to {_number(high)})"
        if plan.ranges is not None:
            text += f", {int(part.happened.sum()):,} of {part.rows.size:,} within {range_text(plan)}"
        if isinstance(plan.spec, spec.LagSpec):
            text += f", in this order in {int(part.happened.sum()):,} of {part.rows.size + part.already:,}"
        if plan.threshold is not None:
            count, total = int(part.happened.sum()), part.rows.size
            side = f"{plan.direction} {_number(plan.threshold)} {written(plan.of.unit)}".rstrip()
            text += f", {count:,} of {total:,} {side}"
        clauses.append(text)
    return f"{plan.title} – {'; '.join(clauses)}"


def _unit(prepared: Prepared, part: Measurement) -> str:
    if isinstance(part.plan.spec, spec.AreaSpec):
        return f"{written(part.plan.of.unit)}·{prepared.study.spec.time.unit}"
    if isinstance(part.plan.spec, spec.LagSpec):
        return f"{part.plan.of.unit}s"
    return written(measured_unit(part.plan, prepared.study.spec.time.unit))


def _number(value: float) -> str:
    """Return a number with three significant digits, plain between 0.001 and a million."""
    if value == 0 or 1e-3 <= abs(value) < 1e6:
        text = f"{float(f'{value:.3g}'):,.6f}"
        return text.rstrip("0").rstrip(".")
    return f"{value:.2e}"


def warnings(prepared: Prepared, trials: Sequence[TrialResult]) -> tuple[str, ...]:
    """Return what a reader must see before believing a number."""
    said = list(prepared.warnings)
    if prepared.entry.review == "provisional":
        said.append(
            f"The model {prepared.entry.id} is provisional: no second writing of it, made from the paper "
            "by someone else, has been found equal to it yet."
        )
    said += _assumptions(prepared)
    if any(arm.failures for trial in trials for arm in trial.arms):
        one, said_so = unfinished(trials)
        said.append(f"The {said_so}; {'it enters' if one else 'they enter'} no estimate.")
    return tuple(said)


def _assumptions(prepared: Prepared) -> list[str]:
    """What is assumed: by name where it is little, else by number, with the table that lists it."""
    drawn = {
        part
        for group in prepared.groups
        for part, origin in group.cohort.origins.items()
        if origin.is_assumed and part in group.cohort.columns
    }
    own = regimen_parameters(prepared.model)
    numbers = [part for part in (*prepared.model.parameters, *prepared.model.derived) if part.id not in own]
    called = {part.id: short_name(part.id, part.label) for part in numbers}
    assumed = [called[part.id] for part in numbers if isinstance(part.source, Assumption)]
    said = []
    if drawn:
        said.append(
            "How these differ between virtual patients is assumed, not published: "
            f"{_few(sorted(called.get(part, part) for part in drawn), len(drawn), 'parameters')}."
        )
    if assumed:
        said.append(
            f"Values assumed in the model, without a source: {_few(assumed, len(numbers), 'parameters')}."
        )
    return said


def _few(names: Sequence[str], total: int, what: str) -> str:
    if len(names) <= MOST_ASSUMED:
        return ", ".join(names)
    share = f"{len(names):,}" if total == len(names) else f"{len(names):,} of {total:,}"
    return f"{share} {what}, marked in the table of parameters"


def unfinished(trials: Sequence[TrialResult]) -> tuple[bool, str]:
    """Return whether it is only one, and how many courses did not finish or are inaccurate, in words."""
    failures = [failure for trial in trials for arm in trial.arms for failure in arm.failures]
    wrong = sum(failure.status is Status.INACCURATE for failure in failures)
    lost = len(failures) - wrong
    parts = [f"{lost:,} did not finish"] if lost else []
    parts += [f"{wrong:,} {'is' if wrong == 1 else 'are'} inaccurate"] if wrong else []
    if len(failures) == 1:
        return True, "course of one patient " + parts[0].removeprefix("1 ")
    if len(parts) == 1:
        number, _, what = parts[0].partition(" ")
        return False, f"{number} courses {what}"
    return False, f"{len(failures):,} courses are not used: {', '.join(parts)}"
