"""Our engine beside other people's, at equal error, in one process, one core each, in turns.

    python -m bench.run [--models dosed30,kimmel2021] [--peers roadrunner,numbalsoda] [--write docs/performance.md]

Prints the tables, or with `--write` writes them as a document, with plots in a folder beside it and with what
only concerns our engine: growth, steps, workers. Seconds are CPU seconds of the process, all threads, but for workers,
which are timed by the clock. What is measured and how is said in the document.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from bench import document, growth, machine, models, peak, peers, plots, section
from bench.race import Effort, race
from bench.results import Results

WORKER_ROUNDS = 10


_BEGAN = time.perf_counter()


def _say(text: str) -> None:
    print(f"{time.perf_counter() - _BEGAN:4.0f} s  {text}", file=sys.stderr, flush=True)


def _names(text: str, known: Sequence[str], what: str) -> list[str]:
    """Return comma-separated names, all of which must be known."""
    names = list(known) if text == "all" else text.split(",")
    for name in names:
        if name not in known:
            raise SystemExit(f"there is no {what} {name!r}; there are {', '.join(known)}")
    return names


def _arguments(given: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m bench.run", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    usual = Effort()
    parser.add_argument("--models", default="all", help=f"all, or some of {','.join(models.IDS)}")
    parser.add_argument("--peers", default="all", help=f"all, or some of {','.join(peers.IDS)}")
    parser.add_argument("--rounds", type=int, default=usual.rounds, help="rounds of the race")
    parser.add_argument("--patients", type=int, default=usual.patients, help="patients whose error is known")
    parser.add_argument("--batch", type=int, default=usual.batch, help="patients ours is timed on")
    parser.add_argument(
        "--seconds", type=float, default=usual.seconds, help="time a solver may take, roughly"
    )
    parser.add_argument("--seed", type=int, default=usual.seed, help="seed of the patients")
    parser.add_argument("--write", type=Path, metavar="PATH", help="write the document here")
    return parser.parse_args(given)


def run(asked: argparse.Namespace, command: str) -> Results:
    """Run the races and, for a document, the rest."""
    began = time.perf_counter()
    names = _names(asked.models, models.IDS, "model")
    rivals = _names(asked.peers, peers.IDS, "peer")
    effort = Effort(asked.rounds, asked.patients, asked.batch, asked.seconds, asked.seed)
    found = Results(command, time.strftime("%Y-%m-%d"), machine.describe(), [])
    found.races = [race(models.load(name), rivals, effort, _say) for name in names]
    if asked.write:
        found.growth = growth.tables(_say)
        found.steps = growth.steps(names)
        found.peak = peak.measured()
        found.load = os.getloadavg()[0]
        found.workers = growth.workers(WORKER_ROUNDS)
        found.load_after = os.getloadavg()[0]
    found.seconds = time.perf_counter() - began
    return found


def main(given: Sequence[str] | None = None) -> None:
    """Run, then print or write."""
    asked = _arguments(given)
    typed = " ".join(sys.argv[1:] if given is None else given)
    found = run(asked, f"python -m bench.run {typed}".rstrip())
    if asked.write is None:
        print(document.text(found, None))
        return
    for entry in found.races:
        plots.draw(entry, asked.write.with_suffix("") / f"{entry.case.id}.svg")
    before = asked.write.read_text("utf-8") if asked.write.exists() else ""
    written = section.carried(before, document.text(found, asked.write.stem))
    asked.write.write_text(written, encoding="utf-8")
    _say(f"wrote {asked.write} in {found.seconds:.0f} s")


if __name__ == "__main__":
    main()
