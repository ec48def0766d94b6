"""The machine and the versions a timing belongs to."""

from __future__ import annotations

import os
import platform
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

PACKAGES = ("numpy", "scipy", "llvmlite", "libroadrunner", "antimony")


def _cpu() -> str:
    """Return the processor's name as Linux gives it, with its widest vectors."""
    try:
        text = Path("/proc/cpuinfo").read_text(encoding="utf-8")
    except OSError:
        return platform.processor() or platform.machine()
    fields = dict(line.split(":", 1) for line in text.split("\n\n")[0].splitlines() if ":" in line)
    found = {key.strip(): value.strip() for key, value in fields.items()}
    vectors = (
        "AVX-512"
        if "avx512f" in found.get("flags", "")
        else "AVX2"
        if "avx2" in found.get("flags", "")
        else ""
    )
    return f"{found.get('model name', platform.machine())} {found.get('cpu MHz', '?')} MHz {vectors}".strip()


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "not installed"


def describe() -> str:
    """Return machine, load and versions in three lines."""
    load = ", ".join(f"{value:.2f}" for value in os.getloadavg())
    versions = ", ".join(f"{name} {_version(name)}" for name in PACKAGES)
    system = f"{platform.system()} {platform.release()} {platform.machine()}"
    return (
        f"machine: {system}, {os.cpu_count()} cores, load {load}\n"
        f"cpu: {_cpu()}\n"
        f"versions: Python {platform.python_version()}, {versions}"
    )
