"""Damaged files by the hundred, read in a child process: `python -m tests.formats.fuzzing DOOR [inputs] [seed]`.

Doors: sbml, antimony, petab, doses, patients. Each input must be read or refused with one `InputError` that says what
to mend, within `LONGEST` seconds and `MOST_MEMORY`. Any other exception, a death by signal, a hang or more memory is a
failure; what did it is kept. Of every `SIMULATED` small SBML files that are read, one is compiled and run.
"""

from __future__ import annotations

import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
LONGEST = 30.0  # seconds for one input
MOST_MEMORY = 3 * 2**30  # of the child, addresses included
SIMULATED = 50
CHILD = """
import sys
from tests.formats.fuzzing import serve
serve(sys.argv[1])
"""


@dataclass(frozen=True, slots=True)
class Door:
    """A way into the program.

    **Arguments:** `read` reads a path; `write` writes a damaged input into a new folder and returns what is to be read;
    `runs` whether what is read can be simulated.
    """

    read: Callable[[Path], object]
    write: Callable[[Path, random.Random], Path]
    runs: bool = False


@dataclass(frozen=True, slots=True)
class Tally:
    """How many inputs were read, refused and run, and what went wrong with which file."""

    read: int
    refused: int
    run: int
    faults: tuple[str, ...]


def doors() -> dict[str, Door]:
    """Return the doors by name."""
    from tests.formats import fuzz_tables, sbml_fuzz

    return {"sbml": sbml_fuzz.door(), **fuzz_tables.doors()}


def serve(name: str) -> None:
    """Read the paths that come in by line, and say of each what became of it."""
    import resource
    import warnings

    from nonself import simulate
    from nonself.errors import InputError

    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
    warnings.simplefilter("ignore")
    door, found = doors()[name], 0
    for line in sys.stdin:
        path = Path(line.strip())
        print("begin", path, flush=True)
        try:
            read = door.read(path)
            found += 1
            print("read", flush=True)
            if door.runs and found % SIMULATED == 0 and path.stat().st_size < 20_000:
                simulate(read.model, until=1.0, points=2)  # type: ignore[attr-defined]
                print("run", flush=True)
        except InputError as error:
            assert error.what and len(str(error)) < 10_000, f"a message of {len(str(error))} characters"
            assert error.file or error.line is None, "a message without its file"
            print("refused", flush=True)


def fuzz(name: str, inputs: int, seed: int, child: str = CHILD) -> Tally:
    """Return what became of `inputs` damaged inputs of a door; the same for a seed."""
    chance, door = random.Random(seed), doors()[name]
    folder = Path(tempfile.mkdtemp(prefix="nonself-fuzz-"))
    paths = []
    for number in range(inputs):
        place = folder / f"{number:06d}"
        place.mkdir()
        paths.append(door.write(place, chance))
    said: list[str] = []
    faults: list[str] = []
    while paths:
        lines, last, why = _watched(name, paths, child)
        said += lines
        if why:
            faults.append(f"{last}: {why}")
        paths = paths[paths.index(Path(last)) + 1 :] if why and last else []
    return Tally(said.count("read"), said.count("refused"), said.count("run"), tuple(faults))


def _watched(name: str, paths: list[Path], code: str) -> tuple[list[str], str, str]:
    """Read files in a child: what it said, and the file at which it ended too soon and why."""
    with tempfile.TemporaryDirectory() as folder:
        names, said, moaned = (Path(folder) / word for word in ("names", "said", "moaned"))
        names.write_text("\n".join(map(str, paths)))
        # The child writes into files of its own: one that both had open would have one place for both to go on at.
        with names.open() as given, said.open("wb") as out, moaned.open("wb") as err:
            child = subprocess.Popen(
                [sys.executable, "-c", code, name], stdin=given, stdout=out, stderr=err, cwd=ROOT
            )
        last, since = "", time.monotonic()
        while child.poll() is None and time.monotonic() - since < LONGEST:
            time.sleep(0.1)
            now = _last(_lines(said))
            last, since = (last, since) if now == last else (now, time.monotonic())
        if child.poll() is None:
            child.kill()
            child.wait()
            return _lines(said), last, f"not done after {LONGEST:g} s"
        why = "" if child.returncode == 0 else f"exit {child.returncode}: {' '.join(_lines(moaned)[-3:])}"
        return _lines(said), _last(_lines(said)), why[:400]


def _lines(path: Path) -> list[str]:
    return path.read_text(errors="replace").splitlines()


def _last(lines: list[str]) -> str:
    return next((line.removeprefix("begin ") for line in reversed(lines) if line.startswith("begin")), "")


def main(given: list[str]) -> int:
    """Fuzz and print what happened."""
    name = given[0] if given else "sbml"
    inputs, seed = (int(given[1]) if len(given) > 1 else 1000), (int(given[2]) if len(given) > 2 else 1)
    began = time.monotonic()
    found = fuzz(name, inputs, seed)
    for fault in found.faults:
        print(fault)
    print(
        f"{name}, seed {seed}: {inputs} inputs: {found.read} read ({found.run} of them run), {found.refused} refused, "
        f"{len(found.faults)} faults; {time.monotonic() - began:.0f} s"
    )
    return 1 if found.faults else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
