"""The report as a browser shows it, on a desk and on a phone."""

from __future__ import annotations

from pathlib import Path

import pytest

from nonself.report.document import render

from .browser import Measured, open_page, require_browser
from .sample import empty_findings, sample_findings

WIDTHS = (1400, 390)
BROKEN = """<!DOCTYPE html><title>broken</title><div style="width: 3000px">wide</div>
<svg width="0" height="0"></svg><script>console.error("oh")</script><img src="http://localhost:9/x.png">"""


@pytest.fixture(autouse=True)
def _browser() -> None:
    require_browser()


def check(seen: Measured, width: int) -> list[str]:
    """Return what is wrong with a page as seen at `width`."""
    wrong = [f"says {message}" for message in seen.console] + [f"loads {url}" for url in seen.requests]
    if seen.inner_width != width or seen.scroll_width > width + 1:
        wrong.append(f"is {seen.scroll_width} wide in a window of {seen.inner_width}")
    wrong += [f"has an SVG of {across} x {down}" for across, down in seen.svgs if min(across, down) <= 0]
    if seen.smallest_text is not None and seen.smallest_text < 9:
        wrong.append(f"has text of {seen.smallest_text:.1f} pixels in a figure")
    return wrong


@pytest.mark.parametrize("width", WIDTHS)
def test_report_fits(tmp_path: Path, width: int) -> None:
    """Nothing overflows, nothing is loaded, no error, every figure is seen and can be read."""
    path = tmp_path / "report.html"
    path.write_text(render(sample_findings()), encoding="utf-8")
    seen = open_page(path, width)
    assert check(seen, width) == []
    assert len(seen.svgs) > 14
    assert path.with_suffix(f".{width}.png").stat().st_size > 10_000


def test_empty_report_fits(tmp_path: Path) -> None:
    """A report of nothing is a page too."""
    path = tmp_path / "report.html"
    path.write_text(render(empty_findings()), encoding="utf-8")
    assert check(open_page(path, 390), 390) == []


def test_the_check_sees_a_broken_page(tmp_path: Path) -> None:
    """A page that overflows, loads, complains and hides a figure is found out on every count."""
    path = tmp_path / "broken.html"
    path.write_text(BROKEN, encoding="utf-8")
    wrong = " ".join(check(open_page(path, 390), 390))
    assert all(fault in wrong for fault in ("wide in a window", "loads http", "says", "has an SVG of 0"))


def test_without_a_browser(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where there is no browser the tests fail if CI is set, and else say why they are skipped."""
    monkeypatch.setenv("PATH", "")
    monkeypatch.setenv("CI", "1")
    with pytest.raises(pytest.fail.Exception, match="chromium, chromedriver not installed"):
        require_browser()
    monkeypatch.delenv("CI")
    with pytest.raises(pytest.skip.Exception, match="apt-get install chromium"):
        require_browser()
