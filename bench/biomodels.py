"""The BioModels at hand: cohorts of virtual patients beside libRoadRunner, at equal error, on one core, in turns.

    python -m bench.biomodels [--only BIOMD0000000289,...] [--write docs/performance.md]

Prints the section, or with `--write` puts it into the document in place of the one there. What is measured is said in
the section. The folder of the files, the span of time and what libRoadRunner needs are those of
`tests.formats.biomodels`.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from tests.formats.biomodels import files

from bench import section
from bench.biomodels_pages import text
from bench.biomodels_race import race


def main(given: Sequence[str] | None = None) -> None:
    """Race the files, then print or write."""
    parser = argparse.ArgumentParser(prog="python -m bench.biomodels", description=__doc__)
    parser.add_argument("--only", default="", help="ids of files, with commas between; by default all")
    parser.add_argument("--write", type=Path, metavar="PATH", help="put the section into this document")
    asked = parser.parse_args(given)
    wanted = [path for path in files() if not asked.only or path.stem in asked.only.split(",")]
    if not wanted:
        raise SystemExit("there is none of these files; they lie in ../shared/biomodels")
    began, load, entries = time.perf_counter(), os.getloadavg()[0], []
    for path in wanted:
        entries.append(race(path))
        found = entries[-1]
        middle = f"{np.median(found.ratios):.1f}" if found.rates else "-"
        print(f"{time.perf_counter() - began:4.0f} s  {path.stem}  {middle}  {found.reason}", file=sys.stderr)
    load = (load + os.getloadavg()[0]) / 2
    command = f"python -m bench.biomodels {' '.join(sys.argv[1:] if given is None else given)}".rstrip()
    body = text(entries, command, time.strftime("%Y-%m-%d"), time.perf_counter() - began, load)
    if asked.write is None:
        print(body)
        return
    asked.write.write_text(section.put(asked.write.read_text("utf-8"), body), encoding="utf-8")


if __name__ == "__main__":
    main()
