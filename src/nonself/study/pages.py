"""Results and entries as lines of text for a terminal, and as plain values for machines."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from nonself.study.estimate import Estimate
from nonself.study.prepare import Prepared
from nonself.study.run import StudyResult
from nonself.study.sentences import unfinished
from nonself.study.tracing import course_lines
from nonself.study.write import plain


def run_page(result: StudyResult, most: int) -> list[str]:
    """Return what a study found as lines: answers, warnings, failures (at most `most` patients), what
    verifying found, the traces, where it lies.
    """
    findings = result.findings
    lines = [findings.title, ""]
    lines += [f"  {text}" for text in findings.answers]
    if findings.warnings:
        lines += ["", "Warnings"] + [f"  {text}" for text in findings.warnings]
    if findings.failures:
        one, said = unfinished(result.trials)
        lines += ["", f"The {said}" if one else said]
        for part in findings.failures:
            names = ", ".join(part.patients[:most]) + (" …" if part.count > most else "")
            lines += [f"  {part.cohort}, {part.arm}: {part.count:,} – {part.reason}", f"    {part.remedy}"]
            lines += [f"    Patients: {names}", f"    Replay: {part.replay}"]
    if result.summary["verified"] is not None:
        lines += ["", f"Verified: {result.summary['verified']['sentence']}"]
    for course in result.traces:
        lines += ["", *course_lines(course)]
    if result.out is not None:
        more = ", trace.txt" if result.traces else ""
        lines += [
            "",
            f"Written to {result.out}: report.html, summary.json, patients.parquet, study.yaml{more}",
        ]
    return lines


def plan_summary(prepared: Prepared, needed: Estimate) -> dict[str, Any]:
    """Return what a study would do and take, as plain values."""
    return {
        "valid": True,
        "study": prepared.study.spec.study,
        "model": prepared.model.id,
        "cohorts": {group.cohort.name: len(group.cohort.patients) for group in prepared.groups},
        "arms": [arm.name for arm in prepared.study.spec.arms],
        "readouts": int(prepared.groups[0].grid.size),
        "endpoints": [plan.spec.name for plan in prepared.endpoints],
        "estimate": plain(needed),
        "warnings": list(prepared.warnings),
    }


def plan_page(prepared: Prepared, needed: Estimate) -> list[str]:
    """Return what a study would do and take, as lines."""
    plan = plan_summary(prepared, needed)
    cohorts = ", ".join(f"{name} ({count:,})" for name, count in plan["cohorts"].items())
    lines = [
        f"{prepared.study.file}: the study is right.",
        f"  model {plan['model']}",
        f"  cohorts: {cohorts}",
        f"  arms: {', '.join(plan['arms'])}",
        f"  {plan['readouts']} readouts a patient",
        f"  endpoints: {', '.join(plan['endpoints']) or 'none'}",
        f"  {needed.sentence}",
    ]
    return lines + [f"  Warning: {text}" for text in plan["warnings"]]


def entry_page(found: Mapping[str, Any]) -> list[str]:
    """Return sections of text, mappings and rows as lines, each section under its name."""
    lines: list[str] = []
    for name, value in found.items():
        if isinstance(value, Mapping) and value:
            lines += ["", name] + [f"  {key}: {part}" for key, part in value.items()]
        elif isinstance(value, (list, Mapping)):
            if value:
                lines += ["", name] + [f"  {_row(part)}" for part in value]
        elif isinstance(value, str) and "\n" in value:
            lines += ["", name] + [f"  {line}" for line in value.splitlines()]
        else:
            lines.append(f"{name}: {value}")
    return lines


def _row(part: Any) -> str:
    if not isinstance(part, Mapping):
        return str(part)
    if "value" not in part:
        return "  ".join(str(text) for text in part.values() if text)
    head = f"{part['id']} = {part['value']} {part['unit']}".rstrip()
    tail = "; ".join(text for text in (part["label"], part["source"]) if text)
    return f"{head}   {tail}".rstrip()


def table_page(rows: Sequence[Mapping[str, str]]) -> list[str]:
    """Return rows as lines: the first column as head, the others under it where they say anything."""
    lines: list[str] = []
    for row in rows:
        (_, head), *others = row.items()
        lines.append(head)
        lines += [
            f"    {text}" if name == "title" else f"    {name}: {text}" for name, text in others if text
        ]
    return lines
