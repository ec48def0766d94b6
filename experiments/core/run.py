"""The core's experiments: which laws of suppression and of division fit health, chance, depletion and leukemia at once.

    python -m experiments.core.run --write docs/core.md        (some minutes on two cores)
    python -m experiments.core.run --quick                     (seconds; coarse, to standard output)

Seeds are fixed and the engine gives the same bits on any number of workers: the document comes out the same.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from experiments.core import document, results


def main(given: Sequence[str] | None = None) -> None:
    """Run, then print or write."""
    parser = argparse.ArgumentParser(
        prog="python -m experiments.core.run",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--quick", action="store_true", help="few sets and cells")
    parser.add_argument(
        "--write", type=Path, metavar="PATH", help="write the document here, its figures beside it"
    )
    asked = parser.parse_args(given)
    began = time.perf_counter()
    found = results.find(results.QUICK if asked.quick else results.Effort())
    folder = asked.write.with_suffix("") if asked.write else None
    text = document.text(found, folder)
    if asked.write is None:
        print(text)
    else:
        asked.write.write_text(text, encoding="utf-8")
    print(f"{time.perf_counter() - began:.0f} s", file=sys.stderr)


if __name__ == "__main__":
    main()
