"""A study's findings as one page that needs nothing but itself."""

from __future__ import annotations

import re
from collections.abc import Sequence

from nonself.analysis.findings import Findings
from nonself.report import numerals, sections

_DOI = re.compile(r"\b10\.\d{4,9}/[^\s\"<>]+[^\s\"<>.,;)\]]")
_SHOWN = 12
_RERUN = "nonself rerun DIR"


def render(findings: Findings) -> str:
    """Return the report of a study as one HTML page.

    The page loads nothing: styles and figures are inside it. The same findings give the same bytes.

    **Arguments:** `findings` what the study found; sections without content do not appear.

    **Returns:** a complete HTML document.

    **Example:** `Path("report.html").write_text(render(findings), encoding="utf-8")`
    """
    import jinja2

    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("nonself.report", "."),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(
        number=numerals.number,
        quantity=numerals.quantity,
        exact=numerals.exact,
        unit=lambda unit: unit if numerals.has_unit(unit) else numerals.MISSING,
        doi_parts=doi_parts,
    )
    lines = sections.all_arm_lines(findings)
    return environment.get_template("template.html").render(
        findings=findings,
        contents=contents(findings),
        interval=numerals.interval,
        outcomes=sections.outcome_groups(findings.outcomes),
        survival=sections.survival_chapters(findings, lines),
        courses=sections.band_chapters(findings, lines),
        patients=sections.panel_chapters(findings, lines),
        failed=sum(failure.count for failure in findings.failures),
        shown=_SHOWN,
        assumed=sum(row.is_assumed for row in findings.parameters),
        rerun=rerun_commands(findings),
    )


def contents(findings: Findings) -> dict[str, str]:
    """Return the sections that have something to show, in order: anchor -> heading."""
    listed: Sequence[tuple[str, str, object]] = (
        ("outcomes", "Key outcomes", findings.outcomes),
        ("survival", "Time to event", findings.survival),
        ("courses", "Courses", findings.bands),
        ("patients", "Single patients", findings.panels),
        ("failures", "Patients that could not be evaluated", True),
        ("parameters", "Parameters", findings.parameters),
        ("equations", "Equations", findings.equations),
        ("references", "References", findings.references),
        ("provenance", "Provenance", findings.provenance),
        ("rerun", "How to run this again", True),
    )
    return {anchor: heading for anchor, heading, content in listed if content}


def rerun_commands(findings: Findings) -> list[str]:
    """Return the commands that reproduce the study, from its provenance; a general one where it has none."""
    named = findings.provenance.items()
    return [text for name, text in named if "rerun" in name.lower()] or [_RERUN]


def doi_parts(reference: str) -> list[tuple[str, bool]]:
    """Split a reference into pieces of text, each with whether it is a DOI.

    **Example:** `doi_parts("A. doi:10.1000/1.")` gives the pieces `"A. doi:"`, `"10.1000/1"`, `"."`.
    """
    parts: list[tuple[str, bool]] = []
    end = 0
    for match in _DOI.finditer(reference):
        parts += [(reference[end : match.start()], False), (match[0], True)]
        end = match.end()
    return [part for part in [*parts, (reference[end:], False)] if part[0]]
