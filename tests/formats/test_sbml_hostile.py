"""Hostile files: one clear message in bounded time and memory, never a death of the process."""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import time
from pathlib import Path

import pytest

import nonself
from nonself.cli import main
from nonself.errors import InputError
from tests.formats.sbml_fuzz import SMALL, damaged, fuzz
from tests.formats.test_sbml_read import MATH, apply, ci, cn, parameters, rule, rules, sbml

FUZZED = 400  # inputs in CI; more by `python -m tests.formats.sbml_fuzz`
LONGEST = 20.0


def nested(depth: int) -> str:
    return sbml(
        parameters(x=1.0)
        + rules(rule("rateRule", "x", "<apply><sin/>" * depth + ci("x") + "</apply>" * depth))
    )


def annotated(depth: int) -> str:
    return sbml("<annotation>" + '<a xmlns="http://a.b">' * depth + "</a>" * depth + "</annotation>")


def functions(count: int) -> str:
    """Functions that call the one before twice: 2 ** count operations."""
    made = []
    for k in range(count):
        inner = ci("a") if k == 0 else f"<apply><ci>f{k - 1}</ci><ci>a</ci></apply>"
        body = f"<lambda><bvar><ci>a</ci></bvar>{apply('plus', inner, inner)}</lambda>"
        made.append(f'<functionDefinition id="f{k}">{MATH}{body}</math></functionDefinition>')
    called = f"<apply><ci>f{count - 1}</ci><ci>x</ci></apply>"
    listed = f"<listOfFunctionDefinitions>{''.join(made)}</listOfFunctionDefinitions>"
    return sbml(listed + parameters(x=1.0) + rules(rule("rateRule", "x", called)))


def models(depth: int, each: int) -> str:
    """Models that hold the one before several times."""
    comp = 'xmlns:comp="http://www.sbml.org/sbml/level3/version1/comp/version1" comp:required="true"'

    def held(number: int) -> str:
        rows = "".join(f'<comp:submodel comp:id="s{k}" comp:modelRef="m{number}"/>' for k in range(each))
        return f"<comp:listOfSubmodels>{rows}</comp:listOfSubmodels>"

    inner = "".join(
        f'<comp:modelDefinition id="m{k}">{held(k - 1) if k else ""}</comp:modelDefinition>'
        for k in range(depth)
    )
    return (
        '<?xml version="1.0"?>\n<sbml xmlns="http://www.sbml.org/sbml/level3/version1/core" level="3" version="1" '
        f"{comp}>"
        f"\n<model>{held(depth - 1)}</model>\n<comp:listOfModelDefinitions>{inner}</comp:listOfModelDefinitions></sbml>"
    )


def outside(source: str) -> str:
    text = models(0, 1).replace('comp:modelRef="m-1"', 'comp:modelRef="e"')
    row = f'<comp:externalModelDefinition comp:id="e" comp:source="{source}"/>'
    listed = f"<comp:listOfExternalModelDefinitions>{row}</comp:listOfExternalModelDefinitions>"
    return text.replace("<comp:listOfModelDefinitions></comp:listOfModelDefinitions>", listed)


ENTITIES = (
    '<?xml version="1.0"?>\n<!DOCTYPE sbml [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>\n'
    '<sbml xmlns="http://www.sbml.org/sbml/level3/version2/core" level="3" version="2"><model id="&b;"/></sbml>'
)
WIDE = sbml(parameters(x=1.0) + rules(rule("rateRule", "x", apply("plus", *[ci("x")] * 100_000))))
FILES = {
    "a bomb of entities": (ENTITIES, "DOCTYPE"),
    "formulas 6,000 deep": (nested(6_000), "deep"),
    "formulas a million deep": (nested(1_000_000), "deep"),
    "annotations 15,000 deep": (annotated(15_000), "deep"),
    "a sum of 100,000": (WIDE, "arguments"),
    "functions that double": (functions(60), "operations"),
    "models that double": (models(20, 2), "models within models"),
    "a model that holds itself": (models(1, 1).replace('id="m0">', 'id="m0"><comp:listOfSubmodels><comp:submodel '
                                  'comp:id="a" comp:modelRef="m0"/></comp:listOfSubmodels>'), "holds itself"),
    "a model from elsewhere": (outside("../../etc/passwd"), "outside the folder"),
    "a model from the net": (outside("http://example.org/a.xml"), "outside the folder"),
    "a million elements": (sbml("<annotation>" + "<a/>" * 1_000_000 + "</annotation>"), "elements"),
    "half a file": (nested(3)[:300], "well-formed"),
    "nothing": ("", "well-formed"),
    "no XML": ("model: 1\n", "well-formed"),
    "another XML": ("<html></html>", "not 'sbml'"),
    "a level there is not": (nested(3).replace('level="3"', 'level="4"'), "no SBML that there is"),
    "a namespace there is not": (nested(3).replace("level3/version2/core", "level7"), "no SBML that there is"),
    "no model": (sbml("").replace("<model id=\"m\" >\n\n</model>", ""), "model"),
    "a function without arguments": (sbml(parameters(x=1.0) + rules(rule("rateRule", "x",
        '<apply><csymbol encoding="text" definitionURL="http://www.sbml.org/sbml/symbols/rateOf">r</csymbol></apply>'))),
        "arguments"),
}  # fmt: skip


@pytest.mark.parametrize("name", FILES)
def test_hostile_files_are_refused_soon_with_one_message(name: str, tmp_path: Path) -> None:
    text, wanted = FILES[name]
    path = tmp_path / "hostile.xml"
    path.write_text(text)
    before, began = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.monotonic()
    with pytest.raises(InputError, match=wanted) as refused:
        nonself.read_sbml(path)
    assert time.monotonic() - began < LONGEST
    assert (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024 < 500
    assert refused.value.file == str(path)
    assert refused.value.mend


def test_long_but_honest_files_are_read(tmp_path: Path) -> None:
    chain = rules(
        *(rule("assignmentRule", f"p{k}", apply("plus", ci(f"p{k - 1}"), cn(1))) for k in range(1, 2_000))
    )
    path = tmp_path / "long.xml"
    path.write_text(sbml(parameters(**{f"p{k}": 1.0 for k in range(2_000)}) + chain))
    began = time.monotonic()
    assert len(nonself.read_sbml(path).model.expressions) == 1_999
    assert time.monotonic() - began < LONGEST


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "iso-8859-1", "utf-8-sig"])
def test_encodings_are_read_as_declared(encoding: str, tmp_path: Path) -> None:
    declared = encoding.removesuffix("-sig")
    text = sbml(parameters(x=1.0), model='name="na\u00efve"').replace(
        'encoding="UTF-8"', f'encoding="{declared}"'
    )
    path = tmp_path / "model.xml"
    path.write_bytes(text.encode(encoding))
    assert nonself.read_sbml(path).model.title == "na\u00efve"


@pytest.mark.parametrize(
    ("declared", "written"), [("utf-8", "iso-8859-1"), ("klingon", "utf-8"), ("utf-16", "utf-8")]
)
def test_wrong_encodings_are_refused(declared: str, written: str, tmp_path: Path) -> None:
    text = sbml(parameters(x=1.0), model='name="na\u00efve"').replace(
        'encoding="UTF-8"', f'encoding="{declared}"'
    )
    path = tmp_path / "model.xml"
    path.write_bytes(text.encode(written))
    with pytest.raises(InputError):
        nonself.read_sbml(path)


def test_the_command_exits_with_2_and_one_message(tmp_path: Path, capsys) -> None:
    path = tmp_path / "hostile.xml"
    path.write_text(ENTITIES)
    for given in (["import", str(path)], ["simulate", str(path)], ["import", str(tmp_path / "gone.xml")]):
        assert main([*given, "--json"]) == 2
        said = capsys.readouterr()
        assert said.out == ""
        assert json.loads(said.err)["error"]["file"]


def test_damaged_files_are_read_or_refused_and_never_kill() -> None:
    read, refused, faults = fuzz(FUZZED, 1)
    assert faults == []
    assert read + refused == FUZZED
    assert read > FUZZED / 20


def test_planted_breach_a_death_by_signal_is_a_fault(monkeypatch) -> None:
    from tests.formats import sbml_fuzz

    child = "import os, sys\nfor line in sys.stdin: print('begin', line.strip(), flush=True); os.kill(os.getpid(), 11)"
    monkeypatch.setattr(sbml_fuzz, "_CHILD", child)
    read, refused, faults = sbml_fuzz.fuzz(2, 1)
    assert (read, refused) == (0, 0)
    assert len(faults) == 2
    assert "exit -11" in faults[0]


def test_damage_is_the_same_for_a_seed() -> None:
    import random

    assert damaged(SMALL, random.Random(3)) == damaged(SMALL, random.Random(3))


def test_libsbml_is_not_loaded_before_it_is_used() -> None:
    code = "import sys, nonself, nonself.cli; nonself.read_sbml; sys.exit('libsbml' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
