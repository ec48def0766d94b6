"""A page as a browser shows it, measured. Needs Debian's chromium and chromium-driver, and selenium."""

from __future__ import annotations

import base64
import importlib.util
import json
import os
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from selenium.webdriver import Chrome

FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--hide-scrollbars",
)
OWN = ("data:", "chrome:", "about:")
MEASURE = """
const root = document.documentElement, shown = [...document.querySelectorAll("svg")];
const text = [...document.querySelectorAll("figure svg text")].map(element =>
  parseFloat(getComputedStyle(element).fontSize) * element.ownerSVGElement.getScreenCTM().a);
return {scroll: root.scrollWidth, inner: innerWidth, height: root.scrollHeight,
  svgs: shown.map(svg => svg.getBoundingClientRect()).map(box => [box.width, box.height]),
  text: text.length ? Math.min(...text) : null};
"""


@dataclass(frozen=True, slots=True)
class Measured:
    """What a browser made of a page.

    **Arguments:** `scroll_width`, `inner_width`, `height` of the page in CSS pixels; `svgs` width and height
    of every SVG as shown; `smallest_text` in figures, in CSS pixels (None: there is none); `console`
    messages; `requests` addresses asked for beside the page itself.
    """

    scroll_width: int
    inner_width: int
    height: int
    svgs: tuple[tuple[float, float], ...]
    smallest_text: float | None
    console: tuple[str, ...]
    requests: tuple[str, ...]


def require_browser() -> None:
    """Go on only where there is a browser: without one fail when CI is set, else skip with the reason."""
    lacking = [name for name in ("chromium", "chromedriver") if shutil.which(name) is None]
    lacking += [] if importlib.util.find_spec("selenium") else ["selenium"]
    if not lacking:
        return
    remedy = "apt-get install chromium chromium-driver; pip install selenium"
    reason = f"no browser to look at pages with: {', '.join(lacking)} not installed ({remedy})"
    if os.environ.get("CI"):
        pytest.fail(reason)
    pytest.skip(reason)


def open_page(path: Path, width: int, screenshot: Path | None = None) -> Measured:
    """Open a file in headless Chromium and measure it.

    **Arguments:** `path` of an HTML file; `width` of the window in CSS pixels; `screenshot` where to save a
    PNG of the whole page (None: beside `path`, as `NAME.WIDTH.png`).

    **Returns:** what was measured.
    """
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        driver = _start(profile)
        try:
            return _measure(driver, path, width, screenshot or path.with_suffix(f".{width}.png"))
        finally:
            driver.quit()


def _start(profile: str) -> Chrome:
    from selenium import webdriver
    from selenium.webdriver.chrome.service import Service

    options = webdriver.ChromeOptions()
    options.binary_location = str(shutil.which("chromium"))
    for flag in (*FLAGS, f"--user-data-dir={profile}"):
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    return webdriver.Chrome(
        options=options, service=Service(executable_path=str(shutil.which("chromedriver")))
    )


def _measure(driver: Chrome, path: Path, width: int, screenshot: Path) -> Measured:
    screen = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": False}
    driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", screen)
    address = path.resolve().as_uri()
    for kind in ("performance", "browser"):
        _log(driver, kind)  # what the empty first tab did
    driver.get(address)
    seen: dict[str, Any] = driver.execute_script(MEASURE)
    clip = {"x": 0, "y": 0, "width": width, "height": seen["height"], "scale": 1}
    shot = driver.execute_cdp_cmd("Page.captureScreenshot", {"captureBeyondViewport": True, "clip": clip})
    screenshot.write_bytes(base64.b64decode(shot["data"]))
    asked = [_requested(entry["message"]) for entry in _log(driver, "performance")]
    return Measured(
        scroll_width=seen["scroll"],
        inner_width=seen["inner"],
        height=seen["height"],
        svgs=tuple((float(across), float(down)) for across, down in seen["svgs"]),
        smallest_text=seen["text"],
        console=tuple(entry["message"] for entry in _log(driver, "browser")),
        requests=tuple(url for url in asked if url and url != address and not url.startswith(OWN)),
    )


def _log(driver: Chrome, kind: str) -> list[dict[str, Any]]:
    get_log: Any = driver.get_log  # selenium leaves this one without types
    entries: list[dict[str, Any]] = get_log(kind)
    return entries


def _requested(message: str) -> str | None:
    event = json.loads(message)["message"]
    if event["method"] != "Network.requestWillBeSent":
        return None
    return str(event["params"]["request"]["url"])
