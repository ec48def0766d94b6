"""The machine and the versions a timing belongs to."""

from __future__ import annotations

import os
import platform
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from bench.peers import NEEDS

PACKAGES = ("numpy", "scipy", "llvmlite", *dict.fromkeys(p for need in NEEDS.values() for p in need.values()))


def _cpu() -> str:
    """Return the processor's name as Linux gives it, with its widest vectors."""
    try:
        text = Path("/proc/cpuinfo").read_text(encoding="utf-8")
    except OSError:
        return platform.processor() or platform.machine()
    fields = dict(line.split(":", 1) for line in text.split("\n\n")[0].splitlines() if ":" in line)
    found = {key.strip(): value.strip() for key, value in fields.items()}
    flags = found.get("flags", "").split()
    vectors = next((name for flag, name in (("avx512f", "AVX-512"), ("avx2", "AVX2")) if flag in flags), "")
    family = f"family {found.get('cpu family', '?')} model {found.get('model', '?')}"
    return f"{found.get('model name', platform.machine())}, {family}, {vectors}".rstrip(", ")


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "not installed"


def describe() -> dict[str, str]:
    """Return machine, processor, load and versions, in words."""
    load = ", ".join(f"{value:.2f}" for value in os.getloadavg())
    return {
        "Machine": f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores",
        "Processor": _cpu(),
        "Load when the run began": f"{load} (averages of 1, 5 and 15 minutes)",
        "Python": platform.python_version(),
        "Packages": ", ".join(f"{name} {_version(name)}" for name in PACKAGES),
    }
