"""The report of the main study, opened as a person would: in Chromium, at the width of a desk and of a phone."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.report.browser import open_page, require_browser

from nonself.study.run import run


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    require_browser()
    folder = tmp_path_factory.mktemp("cml") / "out"
    run("cml-stop", folder, patients=300, workers=2)
    return folder / "report.html"


@pytest.mark.parametrize("width", [1400, 390])
def test_the_main_report_opens_and_fits(report: Path, width: int) -> None:
    page = open_page(report, width)
    assert page.scroll_width <= page.inner_width + 1
    assert page.inner_width == width
    assert not page.console
    assert not page.requests
    assert len(page.svgs) > 14
    assert all(w > 0 and h > 0 for w, h in page.svgs)
    assert page.smallest_text >= 9
