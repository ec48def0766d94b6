"""A study file as text whose every part knows its line, and the study read from it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from nonself.errors import InputError, shortened
from nonself.formats.flat_yaml import require_flat
from nonself.formats.reading import read_text
from nonself.study.complaints import complaint
from nonself.study.spec import StudySpec

MOST_BYTES = 4 * 2**20
Steps = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Study:
    """A study as it was written.

    **Arguments:** `spec` what it says; `text` the file, byte for byte; `file` its name in messages; `folder`
    what its paths are relative to; `lines` path of a part -> its line.

    **Example:** `read_study(Path("studies/cml-stop.yaml")).spec.model` gives `"hahnel2020"`.
    """

    spec: StudySpec
    text: str
    file: str
    folder: Path
    lines: Mapping[Steps, int] = field(default_factory=dict)

    def line(self, *steps: str | int) -> int | None:
        """Return the line of a part, or that of the nearest part around it."""
        for length in range(len(steps), -1, -1):
            if steps[:length] in self.lines:
                return self.lines[steps[:length]]
        return None

    @contextmanager
    def at(self, *steps: str | int) -> Iterator[None]:
        """Give errors raised inside the place of a part of this study, unless they lie in another file's
        line.
        """
        try:
            yield
        except InputError as error:
            if error.file is not None and error.line is None:
                error.what, error.file = f"{error.file}: {error.what}", None
            if error.file is None:
                error.at(self.file, self.line(*steps))
            raise


def read_study(path: Path) -> Study:
    """Read and check a study file; names in it are checked against the catalog only by `prepare`.

    **Raises:** `InputError` with file, line, what, near miss and mend.

    **Example:** `read_study(Path("studies/cml-stop.yaml"))`
    """
    text = read_text(path, MOST_BYTES, "give long lists as tables")
    return study_from_text(text, str(path), path.parent.resolve())


def study_from_text(text: str, file: str, folder: Path) -> Study:
    """Read a study from YAML text.

    **Arguments:** `file` its name in messages; `folder` what paths in it are relative to.
    **Raises:** `InputError` as for `read_study`.
    """
    data, lines = _load(text, file)
    return _validated(data, text, file, folder, lines)


def study_from_mapping(data: Mapping[str, Any], folder: Path) -> Study:
    """Read a study from plain Python values of the same shape as the file.

    **Arguments:** `folder` what paths in it are relative to.
    **Raises:** `InputError` naming the part that is wrong.

    **Example:** `study_from_mapping({"study": "demo", "title": "Demo", "model": "clapp2015"}, Path())`
    """
    import io

    from ruamel.yaml import YAML

    text = io.StringIO()
    YAML(typ="safe", pure=True).dump(_untupled(data), text)
    return study_from_text(text.getvalue(), "study", folder)


def _untupled(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(key): _untupled(part) for key, part in value.items()}
    return [_untupled(part) for part in value] if isinstance(value, (list, tuple)) else value


def _validated(data: Any, text: str, file: str, folder: Path, lines: dict[Steps, int]) -> Study:
    from pydantic import ValidationError

    if not isinstance(data, dict):
        what = "the study is empty" if data is None else "the study is not a mapping of fields"
        raise InputError(what, file=file, line=1, mend="start with 'study: …', 'title: …', 'model: …'")
    try:
        spec = StudySpec.model_validate(data)
    except ValidationError as error:
        raise complaint(error, data, lines, file) from None
    return Study(spec, text, file, folder, lines)


def _load(text: str, file: str) -> tuple[Any, dict[Steps, int]]:
    from ruamel.yaml import YAML
    from ruamel.yaml.constructor import DuplicateKeyError
    from ruamel.yaml.error import MarkedYAMLError, YAMLError

    try:
        require_flat(text, file)
        tree = YAML(typ="rt", pure=True).load(text)
    except DuplicateKeyError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else None
        key = str(error.problem).split('"')[1] if '"' in str(error.problem) else ""
        raise InputError(
            f"key {key!r} is given twice", file=file, line=line, mend="keep one of the two"
        ) from None
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise InputError(
            f"is not YAML: {error.problem or error.context}",
            file=file,
            line=mark.line + 1 if mark else None,
            mend="check indentation, colons, brackets and quotes around this line",
        ) from None
    except RecursionError:
        raise InputError("is nested too deeply", file=file, mend="write it flatter") from None
    except (YAMLError, ValueError, TypeError) as error:
        what = f"is not YAML: {shortened(' '.join(str(error).split()))}"
        raise InputError(what, file=file, line=1, mend="give a YAML file; put dates in quotes") from None
    lines: dict[Steps, int] = {(): 1}
    return _plain(tree, (), lines, file), lines


def _plain(node: Any, steps: Steps, lines: dict[Steps, int], file: str) -> Any:
    """Turn ruamel's nodes into plain values, sequences into tuples, and note the line of each."""
    from ruamel.yaml.comments import CommentedMap, CommentedSeq

    if isinstance(node, CommentedMap):
        for key in node:
            lines[(*steps, str(key))] = node.lc.key(key)[0] + 1 if key in node.lc.data else lines[steps]
        return {str(key): _plain(node[key], (*steps, str(key)), lines, file) for key in node}
    if isinstance(node, CommentedSeq):
        for index in range(len(node)):
            lines[(*steps, index)] = node.lc.item(index)[0] + 1
        return tuple(_plain(part, (*steps, index), lines, file) for index, part in enumerate(node))
    if node is None or isinstance(node, bool):
        return node
    for kind in (int, float, str):
        if isinstance(node, kind):
            return kind(node)
    raise InputError(
        f"{'.'.join(map(str, steps))} holds a {type(node).__name__}, which has no place in a study",
        file=file,
        line=lines[steps],
        mend="give a number or text; put text that looks like a date in quotes",
    )
