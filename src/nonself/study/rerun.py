"""A result run again from its own folder, and compared bit by bit."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from nonself.errors import InputError
from nonself.study.run import run
from nonself.study.simulating import Progress
from nonself.study.source import study_from_text

COMPARED = (
    "study file hash",
    "model hash",
    "structure hash",
    "parameter table hash",
    "seed",
    "method",
    "tolerances",
    "versions",
    "machine",
)


@dataclass(frozen=True, slots=True)
class Comparison:
    """What running again gave: `same` bit by bit, the two hashes, and `differences` in what went in, as
    sentences.
    """

    same: bool
    before: str
    after: str
    differences: tuple[str, ...]

    @property
    def sentence(self) -> str:
        """The outcome in words."""
        if self.same:
            return "Same: every course, status and endpoint is reproduced bit for bit."
        why = " ".join(self.differences) or "Nothing that went in differs: this is a fault of the program."
        return f"Different: the results are not reproduced. {why}"


def rerun(folder: str | Path, *, workers: int = 1, progress: Progress | None = None) -> Comparison:
    """Run the study of a result folder again and compare all results bit by bit; writes nothing.

    **Raises:** `InputError` when the folder holds no result, or a file that the study reads has changed or
    gone.

    **Example:** `rerun("nonself-cml-stop").same`
    """
    place = Path(folder)
    summary = _summary(place)
    again = summary["again"]
    text = _read(place / "study.yaml").decode("utf-8")
    study = study_from_text(text, str(place / "study.yaml"), Path(again["folder"]))
    study = replace(study, file=again["file"])
    result = run(
        study,
        patients=again["patients"],
        seed=again["seed"],
        only=again["only"],
        verify=again.get("verify", False),
        workers=workers,
        progress=progress,
        command="nonself rerun",
    )
    before, after = summary["provenance"], result.findings.provenance
    _require_inputs(before, after, place)
    differences = tuple(
        f"{name}: {before.get(name)} then, {after.get(name)} now."
        for name in COMPARED
        if before.get(name) != after.get(name)
    )
    same = summary["results_hash"] == result.digest
    return Comparison(same, summary["results_hash"], result.digest, differences)


def _require_inputs(before: dict[str, str], after: Any, place: Path) -> None:
    for name, digest in before.items():
        if name.startswith("input ") and after.get(name) != digest:
            what = "is no longer there" if name not in after else "has changed since"
            raise InputError(
                f"the file {name.removeprefix('input ')} that the study reads {what}",
                file=str(place / "study.yaml"),
                line=1,
                mend="put the file back as it was, or run the study anew",
            )


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise InputError(
            f"cannot be read: {error.strerror or error}",
            file=str(path),
            mend="give the folder of a result of 'nonself run'",
        ) from None


def _summary(place: Path) -> dict[str, Any]:
    path = place / "summary.json"
    try:
        found = json.loads(_read(path))
    except ValueError as error:
        raise InputError(f"is not JSON: {error}", file=str(path), mend="run the study anew") from None
    if not isinstance(found, dict) or not {"again", "results_hash", "provenance"} <= found.keys():
        raise InputError("is not the summary of a result", file=str(path), mend="run the study anew")
    return found
