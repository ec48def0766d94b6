"""What holds the code together: lint, types, import contracts, sizes; each guard sees its planted breach."""

from __future__ import annotations

import ast
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "src" / "nonself"
FILES = sorted(SOURCE.rglob("*.py"))


def run(*command: str, folder: Path = ROOT, path: Path = ROOT / "src") -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(path)}
    return subprocess.run(
        [sys.executable, "-m", *command],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


def test_ruff() -> None:
    done = run("ruff", "check", "--no-cache", "src", "tests", "bench", "experiments")
    assert done.returncode == 0, done.stdout


def test_ruff_format() -> None:
    done = run("ruff", "format", "--check", "--no-cache", "src", "tests", "bench", "experiments")
    assert done.returncode == 0, done.stdout


def test_types() -> None:
    done = run("mypy", "--cache-dir", os.devnull)
    assert done.returncode == 0, done.stdout


def imports_kept(folder: Path) -> bool:
    script = shutil.which("lint-imports", path=str(Path(sys.executable).parent))
    assert script, "import-linter is not installed: pip install '.[test]'"
    environment = {**os.environ, "PYTHONPATH": str(folder / "src")}
    done = subprocess.run(
        [script, "--no-cache"], cwd=folder, env=environment, capture_output=True, text=True, check=False
    )
    return done.returncode == 0


def copy_of_source(folder: Path) -> Path:
    shutil.copytree(ROOT / "src", folder / "src", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", folder)
    return folder


def test_import_contracts() -> None:
    assert imports_kept(ROOT)


@pytest.mark.parametrize(
    ("file", "line"),
    [
        ("model/ir.py", "import nonself.engine.loop"),
        ("engine/loop.py", "import nonself.catalog.registry"),
        ("catalog/registry.py", "import numpy"),
        ("catalog/registry.py", "import nonself.codegen.build"),
        ("cli.py", "import numpy"),
        ("cli.py", "import nonself.engine.loop"),
        ("study/run.py", "def late():\n    import matplotlib"),
        ("units.py", "import nonself"),
        ("report/document.py", "import nonself.formats.tables"),
    ],
)
def test_planted_breaches_of_the_contracts_are_seen(file: str, line: str, tmp_path: Path) -> None:
    folder = copy_of_source(tmp_path)
    with (folder / "src" / "nonself" / file).open("a") as source:
        source.write(f"\n{line}\n")
    assert not imports_kept(folder)


def test_the_engine_works_with_the_catalog_deleted(tmp_path: Path) -> None:
    folder = copy_of_source(tmp_path)
    for gone in ("catalog", "study", "report", "cli.py"):
        target = folder / "src" / "nonself" / gone
        shutil.rmtree(target) if target.is_dir() else target.unlink()
    (folder / "tests").mkdir()
    shutil.copy(ROOT / "tests" / "models.py", folder / "tests")
    (folder / "tests" / "__init__.py").touch()
    script = (
        f"sys_path = {str(tmp_path)!r};"
        "import nonself, numpy as np; from tests.models import program;"
        "from nonself.engine.loop import solve; from nonself.engine.problem import Problem, parameter_table;"
        "import nonself.formats.tables, nonself.cohort.trial, nonself.analysis.endpoints;"
        "p = program('decay'); o = solve(Problem(p, ('a',), parameter_table(p, 1), 1.0, np.array([1.0])));"
        "assert 'nonself.catalog' not in __import__('sys').modules; assert str(nonself.__path__).count(sys_path);"
        "print(o.values[0, 0, 0])"
    )
    environment = {
        **os.environ,
        "PYTHONPATH": f"{folder / 'src'}{os.pathsep}{folder}",
        "NONSELF_CACHE": "off",
    }
    done = subprocess.run(
        [sys.executable, "-c", script],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert abs(float(done.stdout) - 0.36788) < 1e-4


def functions_of(file: Path) -> list[tuple[str, int]]:
    nodes = (
        n
        for n in ast.walk(ast.parse(file.read_text()))
        if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef)
    )
    return [(node.name, (node.end_lineno or 0) - node.lineno + 1) for node in nodes]


def test_files_and_functions_stay_short() -> None:
    sizes = {file: len(file.read_text().splitlines()) for file in FILES}
    assert sorted(sizes.values())[len(sizes) // 2] <= 150
    assert max(sizes.values()) <= 600
    long = [(file.name, name, size) for file in FILES for name, size in functions_of(file) if size > 60]
    assert long == []


def test_no_failure_is_turned_into_a_number() -> None:
    """Where results are made and measured, nothing drops or replaces what is missing."""
    forbidden = ("nanmean", "nanmedian", "dropna", "nan_to_num", "fillna")
    rooms = [
        file for room in ("engine", "cohort", "analysis", "study") for file in (SOURCE / room).rglob("*.py")
    ]
    found = [(file.name, word) for file in rooms for word in forbidden if word in file.read_text()]
    assert rooms
    assert found == []
    assert any(word in "values = np.nanmean(x)" for word in forbidden)


def test_one_command_line_in_readme_and_ci() -> None:
    readme = (ROOT / "README.md").read_text()
    script = (ROOT / ".ci" / "run").read_text()
    command = next(line.strip() for line in readme.splitlines() if "pytest" in line and "&&" in line)
    assert command in script


def test_nothing_of_this_machine_or_a_registry_is_written_down() -> None:
    tracked = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False
    ).stdout
    names = [
        name
        for name in tracked.split("\0")
        if name and (ROOT / name).is_file() and not name.endswith((".xml", ".png"))
    ]
    if not names:
        pytest.skip("not a git checkout")
    hosts = ("pypi" + ".org", "files.python" + "hosted", "/ro" + "ot/", str(Path.home()) + "/")
    found = [(n, host) for n in names for host in hosts if host in (ROOT / n).read_text(errors="ignore")]
    assert found == []
    locks = ("uv.lock", "package-lock.json", "poetry.lock")
    assert not [name for name in names if name.endswith(locks)]
