"""The report as text: everything is in it, nothing is loaded, nothing escapes."""

from __future__ import annotations

import itertools
import os
import subprocess
import sys
from collections import Counter
from dataclasses import fields, replace
from pathlib import Path

import pytest

import nonself.report
from nonself.analysis.findings import Findings
from nonself.report.document import contents, doi_parts, render

from .reader import Page
from .sample import KEEP, LONG, NASTY, STOP, TAPER, empty_findings, sample_findings

LOADING = {"script", "link", "img", "iframe", "object", "embed", "source", "video", "audio", "image", "base"}


@pytest.fixture(scope="module")
def html() -> str:
    """The report of the sample."""
    return render(sample_findings())


@pytest.fixture(scope="module")
def page(html: str) -> Page:
    """The same, read."""
    return Page(html)


def test_sample_fills_every_field() -> None:
    """A section the sample leaves empty would not be tested."""
    sample = sample_findings()
    assert all(getattr(sample, field.name) for field in fields(Findings))


def test_everything_is_shown(page: Page) -> None:
    """Each name, sentence and number of the findings can be read."""
    sample = sample_findings()
    said = [
        sample.title,
        sample.question,
        sample.model,
        sample.model_title,
        *sample.answers,
        *sample.warnings,
    ]
    said += [text for row in sample.outcomes for text in (row.label, row.arm, row.measure, row.cohort)]
    said += [text for curve in sample.survival for text in (curve.label, curve.arm, curve.cohort)]
    said += [text for band in sample.bands for text in (band.observable, band.arm, band.unit)]
    for panel in sample.panels:
        said += [panel.patient, panel.group, *panel.marks, *panel.lines, *panel.verdict.values()]
    said += [text for failure in sample.failures for text in (failure.reason, failure.remedy, failure.replay)]
    said += [text for row in sample.parameters for text in (row.id, row.label, row.origin)]
    said += [text for pair in sample.equations for text in pair]
    said += [*sample.references, *sample.provenance, *sample.provenance.values()]
    assert [text for text in said if text not in page.text] == []


@pytest.mark.parametrize(
    "shown",
    [
        "46.2\u00a0%",
        "45.2\u00a0to 47.2",
        "9.05\u00a0months",
        "1.23 \u00d7 10⁹\u00a0cells",
        "9,988",
        "742,834",
        "1.5 \u00d7 10⁻⁷ to 53,800",
        "6,172 of 10,000 patients",
        "median not reached",
        "and 29 more",
        "1 assumed",
    ],
)
def test_numbers_are_set_for_people(page: Page, shown: str) -> None:
    """Digits, separators, units and counts as a reader expects them."""
    assert shown in page.text


def test_sections_come_in_order(page: Page) -> None:
    """The order of the page is the order of its table of contents, and each link leads somewhere."""
    anchors = list(contents(sample_findings()))
    ids = list(page.values("id"))
    assert [name for name in ids if name in anchors] == anchors
    assert len(anchors) == 10
    targets = [link.removeprefix("#") for link in page.values("href") if link.startswith("#")]
    assert set(targets) <= set(ids)


def test_nothing_is_loaded(html: str, page: Page) -> None:
    """No tag fetches anything, no style imports anything; links are for the reader to follow."""
    assert {tag for tag, _ in page.tags} & LOADING == set()
    assert list(page.values("src")) == []
    outside = [tag for tag, attributes in page.tags if (attributes.get("href") or "#")[0] != "#"]
    assert set(outside) == {"a"}
    assert "@import" not in html
    assert "url(http" not in html


def test_text_is_escaped(html: str, page: Page) -> None:
    """What looks like a tag in a name is text, in the page and in its figures."""
    assert NASTY not in html
    assert KEEP not in html
    assert page.text.count(NASTY) >= 2
    assert not any("onclick" in attributes for _, attributes in page.tags)


def test_ids_are_unique(page: Page) -> None:
    """Figures in one page share no id, and what they refer to is there."""
    ids = Counter(page.values("id"))
    assert [name for name, count in ids.items() if count > 1] == []
    used = [value.partition("url(#")[2].rstrip(")") for value in page.values("clip-path")]
    used += [value.removeprefix("#") for value in page.values("href") if value.startswith("#")]
    assert len(used) > 20
    assert set(used) <= set(ids)


def test_figures_and_tables_speak(page: Page) -> None:
    """Each drawing has a label in words; each head of a table says what it heads."""
    drawings = [attributes for tag, attributes in page.tags if tag == "svg"]
    assert len([attributes for attributes in drawings if attributes.get("role") == "img"]) == 14
    assert all(attributes.get("aria-label") or attributes.get("aria-hidden") for attributes in drawings)
    assert all(attributes.get("scope") for tag, attributes in page.tags if tag == "th")
    levels = [int(tag[1]) for tag, _ in page.tags if tag in ("h1", "h2", "h3", "h4")]
    assert all(after - before <= 1 for before, after in itertools.pairwise(levels))


def test_same_findings_same_bytes(html: str, tmp_path: Path) -> None:
    """Neither a second run nor another process nor the reader's own settings for figures change a byte."""
    assert render(sample_findings()) == html
    (tmp_path / "matplotlibrc").write_text("font.size: 30\naxes.grid: True\nsvg.fonttype: path\n")
    code = (
        "import sys; from tests.report.sample import sample_findings as sample; "
        "from nonself.report.document import render; sys.stdout.buffer.write(render(sample()).encode())"
    )
    root = str(Path(__file__).parents[2])
    where = {"PYTHONPATH": os.pathsep.join([root, *sys.path]), "PYTHONHASHSEED": "7"}
    environment = {**os.environ, **where, "MATPLOTLIBRC": str(tmp_path)}
    again = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, check=True)
    assert again.stdout.decode() == html


def test_empty_findings() -> None:
    """What has no content has no section; that nobody failed is said all the same."""
    page = Page(render(empty_findings()))
    assert list(contents(empty_findings())) == ["failures", "rerun"]
    assert "Every patient finished." in page.text
    assert "nonself rerun DIR" in page.text
    assert not any(tag in ("table", "figure", "svg") for tag, _ in page.tags)


def test_each_section_can_be_missing(page: Page) -> None:
    """Any one field may be empty."""
    whole = sample_findings()
    fewer = [replace(whole, outcomes=()), replace(whole, survival=()), replace(whole, bands=())]
    fewer += [replace(whole, panels=()), replace(whole, failures=()), replace(whole, parameters=())]
    for findings in (*fewer, replace(whole, references=()), replace(whole, provenance={})):
        assert len(Page(render(findings)).text) < len(page.text)


def test_arms_look_the_same_everywhere(html: str) -> None:
    """An arm keeps its color and dashes from figure to figure."""
    for arm, color in ((STOP, "#0072b2"), (TAPER, "#d55e00")):
        entries = [item for item in html.split("<li>") if f"<b>{arm}</b>" in item and "swatch" in item]
        assert len(entries) > 3
        assert all(f'stroke="{color}"' in item for item in entries)


def test_long_names_are_kept_whole(page: Page) -> None:
    """A patient's name is never cut."""
    assert LONG in page.text


def test_doi_parts() -> None:
    """A DOI ends before the full stop that follows it."""
    assert doi_parts("A. doi:10.1000/a.1.") == [("A. doi:", False), ("10.1000/a.1", True), (".", False)]
    assert doi_parts("none") == [("none", False)]


def test_only_figures_draw() -> None:
    """One module knows the plotting library, and it is not loaded before a figure is drawn."""
    room = Path(nonself.report.__path__[0])
    drawing = [
        path.name for path in room.iterdir() if path.is_file() and "matplotlib" in path.read_text("utf-8")
    ]
    assert drawing == ["figures.py"]
    code = "import sys, nonself.report.document; print({'matplotlib', 'jinja2'} & set(sys.modules))"
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    loaded = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, check=True)
    assert loaded.stdout.decode().strip() == "set()"
