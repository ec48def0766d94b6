"""Hostile files: one clear message in bounded time and memory, never a death of the process."""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import time
from pathlib import Path

import pytest

import nonself
from nonself.cli import main
from nonself.errors import InputError
from nonself.formats.doses import read_doses
from nonself.formats.sbml import size
from nonself.formats.sheet import read_sheet
from nonself.study.source import read_study
from nonself.units import dimension
from tests.formats import fuzzing
from tests.formats.sbml_fuzz import SMALL, damaged
from tests.formats.test_sbml_read import (
    MATH,
    TIME,
    apply,
    ci,
    cn,
    delay,
    event,
    parameters,
    rule,
    rules,
    sbml,
)

# inputs in CI; more by `python -m tests.formats.fuzzing DOOR INPUTS SEED`
FUZZED = {"sbml": 300, "antimony": 10, "petab": 200, "doses": 500, "patients": 500}
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
RATE_OF = '<apply><csymbol encoding="text" definitionURL="http://www.sbml.org/sbml/symbols/rateOf">r</csymbol>{}</apply>'
LATER = apply("gt", ci("x"), TIME)


def driven(formula: str) -> str:
    """A file with one rate rule."""
    return sbml(parameters(x=1.0) + rules(rule("rateRule", "x", formula)))


def triggered(condition: str) -> str:
    """A file with one event."""
    return sbml(parameters(x=1.0) + f"<listOfEvents>{event(condition, 'x', cn(1))}</listOfEvents>")


def around(before: str, inner: str, after: str, depth: int = 50) -> str:
    return before * depth + inner + after * depth


def chained(kind: str, count: int, formula: str, first: str) -> str:
    """Each of many parameters follows the next by a formula in which `{}` stands for it."""
    made = [rule(kind, f"p{k}", formula.replace("{}", ci(f"p{k + 1}"))) for k in range(count)]
    return parameters(**{f"p{k}": 1.0 for k in range(count + 1)}) + rules(
        *made, rule(kind, f"p{count}", first)
    )


def started(count: int) -> str:
    """Initial assignments with time, each of twice the one before, that a delay looks back at."""
    given = "".join(
        f'<initialAssignment symbol="p{k}">{MATH}{apply("plus", ci(f"p{k - 1}"), ci(f"p{k - 1}"), TIME)}</math>'
        "</initialAssignment>"
        for k in range(1, count)
    )
    drive = rules(rule("rateRule", "p0", delay(ci(f"p{count - 1}"), cn(1))))
    listed = f"<listOfInitialAssignments>{given}</listOfInitialAssignments>"
    return sbml(parameters(**{f"p{k}": 1.0 for k in range(count)}) + listed + drive)


def applied(depth: int) -> str:
    """A function of ten times its argument, of itself."""
    body = f"<lambda><bvar><ci>a</ci></bvar>{apply('plus', *[ci('a')] * 10)}</lambda>"
    made = f'<functionDefinition id="f">{MATH}{body}</math></functionDefinition>'
    called = around("<apply><ci>f</ci>", ci("x"), "</apply>", depth)
    listed = f"<listOfFunctionDefinitions>{made}</listOfFunctionDefinitions>"
    return sbml(listed + parameters(x=1.0) + rules(rule("rateRule", "x", called)))


COMP = '<ports xmlns="http://www.sbml.org/sbml/level3/version1/comp/version1"/>'
BARE = (
    '<listOfReactions><reaction id="R" reversible="false"><kineticLaw><pi xmlns="http://www.w3.org/1998/Math/MathML"/>'
    "</kineticLaw></reaction></listOfReactions>"
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
    "a model that holds itself": (
        models(1, 1).replace(
            'id="m0">',
            'id="m0"><comp:listOfSubmodels><comp:submodel '
            'comp:id="a" comp:modelRef="m0"/></comp:listOfSubmodels>',
        ),
        "holds itself",
    ),
    "a model from elsewhere": (outside("../../etc/passwd"), "outside the folder"),
    "a model from the net": (outside("http://example.org/a.xml"), "outside the folder"),
    "a million elements": (sbml("<annotation>" + "<a/>" * 1_000_000 + "</annotation>"), "elements"),
    "half a file": (nested(3)[:300], "well-formed"),
    "nothing": ("", "well-formed"),
    "no XML": ("model: 1\n", "well-formed"),
    "another XML": ("<html></html>", "not 'sbml'"),
    "a level there is not": (nested(3).replace('level="3"', 'level="4"'), "no SBML that there is"),
    "a namespace there is not": (
        nested(3).replace("level3/version2/core", "level7"),
        "no SBML that there is",
    ),
    "no model": (sbml("").replace('<model id="m" >\n\n</model>', ""), "model"),
    "a function without arguments": (
        sbml(
            parameters(x=1.0)
            + rules(
                rule(
                    "rateRule",
                    "x",
                    '<apply><csymbol encoding="text" definitionURL="http://www.sbml.org/sbml/symbols/rateOf">r</csymbol></apply>',
                )
            )
        ),
        "arguments",
    ),
    "a maximum of nothing": (driven("<apply><max/></apply>"), "takes an argument"),
    "a quotient of three": (driven(apply("quotient", cn(5), cn(2), cn(1))), "arguments"),
    "xor in xor": (triggered(around("<apply><xor/>", LATER, f"{LATER}</apply>")), "operations"),
    "equality of truths": (triggered(around("<apply><eq/>", LATER, f"{LATER}</apply>")), "operations"),
    "choices in choices": (
        triggered(
            around("<piecewise><piece><true/>", LATER, f"</piece><otherwise>{LATER}</otherwise></piecewise>")
        ),
        "operations",
    ),
    "quotients in quotients": (
        driven(around("<apply><quotient/>", ci("x"), "<cn>9</cn></apply>")),
        "operations",
    ),
    "remainders in remainders": (
        driven(around("<apply><rem/>", ci("x"), "<cn>9</cn></apply>")),
        "operations",
    ),
    "cube roots in cube roots": (
        driven(around("<apply><root/><degree><cn>3</cn></degree>", ci("x"), "</apply>")),
        "operations",
    ),
    "inverses in inverses": (driven(around("<apply><arccot/>", ci("x"), "</apply>")), "operations"),
    "relations 380 deep": (
        triggered(around("<apply><lt/>", ci("x"), f"{ci('x')}{ci('x')}</apply>", 190)),
        "deep",
    ),
    "rates of rates": (sbml(chained("rateRule", 190, apply("plus", *[RATE_OF] * 2), cn(1))), "operations"),
    "arguments that grow": (applied(20), "operations"),
    "one formula of 100,000": (applied(5), "operations"),
    "starts that double": (started(30), "before the start"),
    "40,000 algebraic rules": (
        sbml(parameters(x=1.0) + rules(*[rule("algebraicRule", "", ci("x"))] * 40_000)),
        "algebraicRule",
    ),
    "10,000 namespaces": (
        sbml(parameters(x=1.0), more=" ".join(f'xmlns:a{k}="http://a/{k}"' for k in range(10_000))),
        "attributes",
    ),
    "a name of a million": (sbml(parameters(**{"x" * 1_000_000: 1.0})), "characters"),
    "MathML without math": (sbml(BARE), "outside a 'math'"),
    "a package in Level 2": (
        sbml(f"<annotation>{COMP}</annotation>", level="2", version="4"),
        "another level",
    ),
    "models of many parts": (
        models(3, 12).replace('id="m0">', 'id="m0">' + parameters(**{f"x{k}": 1.0 for k in range(200)}), 1),
        "written out",
    ),
}


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


@pytest.mark.parametrize("door", FUZZED)
def test_damaged_files_are_read_or_refused_and_never_kill(door: str) -> None:
    if door == "antimony":
        pytest.importorskip("antimony")
    found = fuzzing.fuzz(door, FUZZED[door], 1)
    assert found.faults == ()
    assert found.read + found.refused >= FUZZED[door]
    assert found.read > FUZZED[door] / 20


ENDS = {
    "a death by signal": ("os.kill(os.getpid(), 11)", "exit -11"),
    "a traceback": ("[][0]", "IndexError"),
    "a hang": ("time.sleep(60)", "not done after"),
    "too much memory": ("bytearray(4 * 2**30)", "MemoryError"),
    "a message without end": ("fuzzing.refuse()", "characters"),
}


@pytest.mark.parametrize("end", ENDS)
def test_planted_breach_every_bad_end_is_a_fault(end: str, monkeypatch) -> None:
    what, wanted = ENDS[end]
    child = (
        "import os, sys, time\nfrom pathlib import Path\nfrom tests.formats import fuzzing\n"
        "from nonself.errors import InputError\n"
        "def refuse(*_): raise InputError('x', mend='y' * 20_000)\nfuzzing.refuse = refuse\n"
        f"def end(path): {what}\n"
        "fuzzing.doors = lambda: {'doses': fuzzing.Door(end, None)}\nfuzzing.serve('doses')"
    )
    monkeypatch.setattr(fuzzing, "LONGEST", 8.0)
    found = fuzzing.fuzz("doses", 1, 1, child)
    assert (found.read, found.refused) == (0, 0)
    assert len(found.faults) == 1
    assert wanted in found.faults[0]


def test_what_is_no_plain_file_is_refused_and_not_waited_for(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe.xml"
    os.mkfifo(pipe)
    endless = tmp_path / "endless.xml"
    endless.symlink_to("/dev/zero")
    round_ = tmp_path / "round.xml"
    round_.symlink_to(round_)
    for path in (pipe, endless, round_, tmp_path, tmp_path / ("x" * 5_000), tmp_path / "a\0b"):
        for read in (
            nonself.read_sbml,
            nonself.read_petab,
            nonself.read_antimony,
            read_doses,
            read_sheet,
            read_study,
        ):
            with pytest.raises(InputError, match=r"pipe or a device|cannot be read"):
                read(path)


def test_a_kinetic_law_without_formula_does_not_end_libsbml(tmp_path: Path) -> None:
    law = f"<kineticLaw>{MATH}<apply><times/></apply></math></kineticLaw>"
    text = sbml(
        '<listOfUnitDefinitions><unitDefinition id="u"/></listOfUnitDefinitions><listOfReactions>'
        f'<reaction id="R" reversible="false">{law}</reaction>'
        '<reaction id="Q" reversible="false"><kineticLaw/></reaction></listOfReactions>',
        model='timeUnits="u"',
    )
    path = tmp_path / "empty.xml"
    path.write_text(text)
    assert any("units were not checked" in one for one in nonself.read_sbml(path).warnings)


def _nested_calls(depth: int) -> str:
    """f(y, a) = y/a of itself in both places: libSBML replaces the model's a in the first by the second, too."""
    call = ci("a")
    for _ in range(depth):
        call = f"<apply>{ci('f')}{call}{call}</apply>"
    function = f'<functionDefinition id="f">{MATH}<lambda><bvar>{ci("y")}</bvar><bvar>{ci("a")}</bvar>'
    function += f"{apply('divide', ci('y'), ci('a'))}</lambda></math></functionDefinition>"
    return sbml(
        '<listOfUnitDefinitions><unitDefinition id="u"/></listOfUnitDefinitions>'
        f"<listOfFunctionDefinitions>{function}</listOfFunctionDefinitions>{parameters(a=2.0, r=0.0)}"
        f"{rules(rule('assignmentRule', 'r', call))}"
    )


def test_units_are_not_checked_where_libsbml_would_write_calls_out_without_end(tmp_path: Path) -> None:
    path = tmp_path / "calls.xml"
    for depth, checked in ((1, True), (2, False), (7, False)):
        path.write_text(_nested_calls(depth))
        found = [one for one in nonself.read_sbml(path).warnings if "units were not checked" in one]
        assert found == [] if checked else "calls of functions in calls" in found[0]

    import libsbml

    document = libsbml.readSBMLFromString(_nested_calls(2).replace("<ci>a</ci>", "<ci>b</ci>"))
    assert size.extent(document).meets  # in the function they are both called b
    apart = (
        _nested_calls(2).replace('id="a"', 'id="b"').replace("<ci>a</ci><ci>a</ci>", "<ci>b</ci><ci>b</ci>")
    )
    assert not size.extent(libsbml.readSBMLFromString(apart)).meets


BOMB = "a0: &a0 [x,x,x,x,x,x,x,x,x,x]\n" + "".join(
    f"a{k}: &a{k} [{','.join([f'*a{k - 1}'] * 10)}]\n" for k in range(1, 12)
)
YAML_FILES = {
    "aliases of aliases": (BOMB + "study: *a11\nformat_version: *a11\n", "aliases are written out"),
    "itself": ("study: &a [*a]\n", "for itself"),
    "depth": ("study: " + "[" * 20_000, "too deeply"),
    "a type of Python": ("study: !!python/object/apply:os.system [ls]\n", "a tag"),
    "no day": ("study: 2024-13-45\n", "YAML"),
    "a number of 100,000": (f"study: {'9' * 100_000}\n", "YAML"),
}


@pytest.mark.parametrize("name", YAML_FILES)
def test_hostile_yaml_is_refused_soon(name: str, tmp_path: Path) -> None:
    text, wanted = YAML_FILES[name]
    path = tmp_path / "hostile.yaml"
    path.write_text(text)
    for read in (read_study, nonself.read_petab):
        began = time.monotonic()
        with pytest.raises(InputError, match=wanted):
            read(path)
        assert time.monotonic() - began < LONGEST


@pytest.mark.parametrize(
    "unit", ["9**9**9**9", "9^9^9^9", "10**999999999", "((9**99)**99)**99", "m" * 10_000]
)
def test_units_that_are_towers_of_powers_are_refused(unit: str) -> None:
    with pytest.raises(InputError, match="unit"):
        dimension(unit)


def test_a_chain_of_rules_is_followed_to_the_start_without_recursion(tmp_path: Path) -> None:
    count = 2_000
    formula = apply("plus", "{}", cn(1))
    chain = chained("assignmentRule", count, formula, cn(1)).replace("<listOfRules>", "<!-- -->", 1)
    begin = parameters(y=0.0).replace("</listOfParameters>\n", "")
    text = begin + chain.replace("<listOfParameters>", "", 1)
    given = f'<initialAssignment symbol="y">{MATH}{ci("p0")}</math></initialAssignment>'
    text = text.replace(
        "<!-- -->", f"<listOfInitialAssignments>{given}</listOfInitialAssignments><listOfRules>"
    )
    path = tmp_path / "chain.xml"
    path.write_text(sbml(text))
    read = nonself.read_sbml(path)
    assert len(read.model.expressions) == count + 1


def test_damage_is_the_same_for_a_seed() -> None:
    import random

    assert damaged(SMALL, random.Random(3)) == damaged(SMALL, random.Random(3))


def test_libsbml_is_not_loaded_before_it_is_used() -> None:
    code = "import sys, nonself, nonself.cli; nonself.read_sbml; sys.exit('libsbml' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
