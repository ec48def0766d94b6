"""Finds studies: files by path, and the ones shipped with the program by id."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

from nonself.errors import UnknownName
from nonself.study.source import Study, read_study


def shipped_folder() -> Path:
    """Return the folder of shipped studies: inside the installed package, or `studies/` of a source
    checkout.
    """
    installed = Path(str(files("nonself.catalog"))) / "studies"
    return installed if installed.is_dir() else Path(__file__).resolve().parents[3] / "studies"


def shipped_studies() -> dict[str, Path]:
    """Return the shipped studies, id -> file."""
    return {path.stem: path for path in sorted(shipped_folder().glob("*.yaml"))}


def find_study(name: str) -> Study:
    """Return a study by path, or by the id of a shipped one.

    **Raises:** `UnknownName` when it is neither; `InputError` when the file is wrong.

    **Example:** `find_study("cml-stop")`
    """
    shipped = shipped_studies()
    if name in shipped and not Path(name).is_file():
        return read_study(shipped[name])
    looks_like_path = Path(name).exists() or Path(name).suffix in (".yaml", ".yml") or "/" in name
    if looks_like_path:
        return read_study(Path(name))
    raise UnknownName("study", name, shipped)
