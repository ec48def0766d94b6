"""PEtab in: log-likelihoods of published problems, small problems worked out by hand, and what is refused."""

from __future__ import annotations

import math
import random
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import nonself
from nonself.errors import InputError, UnknownName
from nonself.formats.petab.noise import log_density
from tests.formats.test_sbml_read import apply, ci, sbml

FOLDER = Path(__file__).parents[3] / "shared" / "data" / "petab-immune"
at_hand = pytest.mark.skipif(not FOLDER.is_dir(), reason="the PEtab problems are not at hand")

# problem, by AMICI, how far from ours, and ours at a tolerance of 1e-12, as by libRoadRunner for Crauste:
# AMICI integrated more coarsely
PUBLISHED = [
    ("Boehm_JProteomeRes2014", -138.22199693517703, 1e-8, -138.2219977416),
    ("Crauste_CellSystems2017", -190.96521897435176, 7e-6, -190.9639775758),
    ("Bachmann_MSB2011", 418.40573341425295, 4e-8, 418.4057205101),
]


def published(name: str) -> nonself.PetabProblem:
    return nonself.read_petab(FOLDER / name / f"{name}.yaml")


@at_hand
@pytest.mark.parametrize(("name", "amici", "near", "exact"), PUBLISHED)
def test_published_problems_have_their_log_likelihood(name, amici, near, exact) -> None:
    problem = published(name)
    assert problem.log_likelihood() == pytest.approx(amici, rel=near)
    assert problem.log_likelihood() == pytest.approx(exact, rel=3e-9)


@at_hand
def test_planted_breach_other_parameters_and_noise_give_another_likelihood() -> None:
    problem = published("Boehm_JProteomeRes2014")
    best = problem.log_likelihood()
    assert problem.log_likelihood({"k_phos": 1.01 * problem.nominal["k_phos"]}) < best - 1e-3
    assert problem.log_likelihood({"sd_pSTAT5A_rel": 2 * problem.nominal["sd_pSTAT5A_rel"]}) < best - 0.1
    logs = {name: math.log10(problem.nominal[name]) for name in problem.estimated}
    assert all(problem.tables.parameters[name].scale == "log10" for name in logs)
    assert problem.log_likelihood(logs, scaled=True) == pytest.approx(best, rel=1e-9)
    assert len(problem.estimated) == 9


@at_hand
def test_simulated_values_are_those_that_came_with_the_problem() -> None:
    import csv

    name = "Bachmann_MSB2011"
    with (FOLDER / name / f"simulatedData_{name}.tsv").open() as file:
        theirs = np.array([float(row["simulation"]) for row in csv.DictReader(file, delimiter="\t")])
    assert published(name).simulated() == pytest.approx(theirs, rel=5e-5)


# small problems ------------------------------------------------------------------------------------------------
# A -> nothing at rate k A; A(0) = a0 by an initial assignment; B is made at rate s and lost at rate d
MODEL = sbml(
    '<listOfCompartments><compartment id="c" size="2" constant="true" spatialDimensions="3"/></listOfCompartments>'
    '<listOfSpecies><species id="A" compartment="c" initialConcentration="3" hasOnlySubstanceUnits="false" '
    'boundaryCondition="false" constant="false"/><species id="B" compartment="c" initialConcentration="0" '
    'hasOnlySubstanceUnits="false" boundaryCondition="false" constant="false"/></listOfSpecies>'
    '<listOfParameters><parameter id="k" value="0.5" constant="true"/><parameter id="a0" value="7" constant="true"/>'
    '<parameter id="s" value="2" constant="true"/><parameter id="d" value="0.25" constant="true"/>'
    '<parameter id="lambda" constant="false"/></listOfParameters>'
    '<listOfInitialAssignments><initialAssignment symbol="A"><math xmlns="http://www.w3.org/1998/Math/MathML">'
    "<ci>a0</ci></math></initialAssignment></listOfInitialAssignments>"
    '<listOfRules><assignmentRule variable="lambda"><math xmlns="http://www.w3.org/1998/Math/MathML">'
    + apply("times", ci("A"), "<cn>10</cn>")
    + "</math></assignmentRule></listOfRules><listOfReactions>"
    + "".join(
        f'<reaction id="{name}" reversible="false"><listOf{side}><speciesReference species="{species}" '
        f'stoichiometry="1" constant="true"/></listOf{side}><kineticLaw><math xmlns="http://www.w3.org/1998/Math/MathML">{rate}</math>'
        "</kineticLaw></reaction>"
        for name, side, species, rate in (
            ("loss", "Reactants", "A", apply("times", ci("k"), ci("A"), ci("c"))),
            ("make", "Products", "B", apply("times", ci("s"), ci("c"))),
            ("end", "Reactants", "B", apply("times", ci("d"), ci("B"), ci("c"))),
        )
    )
    + "</listOfReactions>"
)
YAML = (
    "format_version: 1\nparameter_file: p.tsv\nproblems:\n- condition_files: [c.tsv]\n  measurement_files: [m.tsv]\n"
    "  observable_files: [o.tsv]\n  sbml_files: [model.xml]\n"
)
TABLES = {
    "p.tsv": "parameterId parameterScale lowerBound upperBound nominalValue estimate\nk log10 1e-3 10 0.4 1\n"
    "scale lin 0 10 2.5 1\nsd log 0.1 10 0.3 0\nbig lin 0 100 20 1",
    "c.tsv": "conditionId a0\nlow 4\nhigh big",
    "o.tsv": "observableId observableFormula noiseFormula observableTransformation noiseDistribution\n"
    "seen observableParameter1_seen*A+1 noiseParameter1_seen+0.1*seen lin normal\nlogged lambda^2 0.2 log10 laplace",
    "m.tsv": "observableId simulationConditionId measurement time observableParameters noiseParameters\n"
    "seen low 5.5 1.5 scale sd\nseen high 20 1.5 1.5 0.7\nlogged low 300 2 - -\nseen low 5.1 1.5 scale sd",
}  # fmt: skip


def problem(folder: Path, **changed: str) -> nonself.PetabProblem:
    """A small problem, written with spaces for tabs and - for empty cells; other tables where changed."""
    (folder / "model.xml").write_text(changed.pop("model", MODEL))
    (folder / "problem.yaml").write_text(changed.pop("yaml", YAML))
    for name, text in TABLES.items():
        lines = changed.get(name[0], text).split("\n")
        cells = ["\t".join("" if cell == "-" else cell for cell in line.split(" ")) for line in lines]
        (folder / name).write_text("\n".join(cells) + "\n")
    return nonself.read_petab(folder / "problem.yaml")


def normal(measured: float, simulated: float, sigma: float) -> float:
    return -0.5 * ((measured - simulated) / sigma) ** 2 - math.log(sigma * math.sqrt(2 * math.pi))


def test_overrides_placeholders_scales_and_noise_are_what_the_tables_say(tmp_path) -> None:
    found = problem(tmp_path)
    low, high = 4 * math.exp(-0.4 * 1.5), 20 * math.exp(-0.4 * 1.5)
    seen = [2.5 * low + 1, 1.5 * high + 1]
    logged = (10 * 4 * math.exp(-0.8)) ** 2
    laplace = -abs(math.log10(300) - math.log10(logged)) / 0.2 - math.log(2 * 0.2 * 300 * math.log(10))
    wanted = normal(5.5, seen[0], 0.3 + 0.1 * seen[0]) + normal(20, seen[1], 0.7 + 0.1 * seen[1]) + laplace
    wanted += normal(5.1, seen[0], 0.3 + 0.1 * seen[0])
    assert found.log_likelihood() == pytest.approx(wanted, rel=1e-7)
    assert found.simulated() == pytest.approx([seen[0], seen[1], logged, seen[0]], rel=1e-7)
    assert found.estimated == ("k", "scale", "big")
    changed = {"k": math.log10(0.8), "big": 5.0}
    ours = found.simulated(changed, scaled=True)[1]
    assert ours == pytest.approx(1.5 * 5 * math.exp(-1.2) + 1, rel=1e-7)


def test_a_condition_gives_a_species_its_start_even_where_a_formula_does(tmp_path) -> None:
    both = problem(tmp_path, c="conditionId A\nlow 4\nhigh 8")
    assert both.simulated()[1] == pytest.approx(1.5 * 8 * math.exp(-0.6) + 1, rel=1e-7)
    some = problem(tmp_path, c="conditionId A\nlow -\nhigh 8")
    assert some.simulated()[:2] == pytest.approx(
        [2.5 * 7 * math.exp(-0.6) + 1, 1.5 * 8 * math.exp(-0.6) + 1], rel=1e-7
    )


REST = {
    "c": "conditionId s B\nrest 3 -\nnext 1 -\nreset 1 5",
    "m": "observableId preequilibrationConditionId simulationConditionId measurement time\nb rest next 1 2\n"
    "b rest reset 1 2\nb - next 1 2\nb rest next 1 inf\nb - next 1 inf\nb rest next 1 0",
    "o": "observableId observableFormula noiseFormula\nb B 1",
}  # fmt: skip


def test_conditions_follow_a_rest_and_are_measured_at_one(tmp_path) -> None:
    found = problem(tmp_path, **REST).simulated()
    fade = math.exp(-0.25 * 2)
    assert found == pytest.approx(
        [4 + 8 * fade, 4 + 1 * fade, 4 - 4 * fade, 4.0, 4.0, 12.0], rel=1e-6
    )  # s/d: at rest 12, then 4


def test_what_does_not_come_to_rest_is_refused(tmp_path) -> None:
    endless = MODEL.replace("<ci>d</ci>", "<cn>0</cn>")
    with pytest.raises(InputError, match="does not come to rest: 'B' still changes"):
        problem(tmp_path, model=endless, **REST).simulated()


def test_densities_are_those_of_scipy() -> None:
    from scipy import stats

    assert log_density(1.3, 0.9, 0.4, "lin", "normal") == pytest.approx(stats.norm.logpdf(1.3, 0.9, 0.4))
    assert log_density(1.3, 0.9, 0.4, "lin", "laplace") == pytest.approx(stats.laplace.logpdf(1.3, 0.9, 0.4))
    assert log_density(1.3, 0.9, 0.4, "log", "normal") == pytest.approx(
        stats.lognorm.logpdf(1.3, 0.4, scale=0.9)
    )
    sigma = 0.4 * math.log(10)
    assert log_density(1.3, 0.9, 0.4, "log10", "normal") == pytest.approx(
        stats.lognorm.logpdf(1.3, sigma, scale=0.9)
    )
    assert math.isnan(log_density(1.0, 1.0, 0.0, "lin", "normal"))
    assert math.isnan(log_density(-1.0, 1.0, 1.0, "log", "normal"))


@settings(max_examples=30, deadline=None)
@given(st.sampled_from(("lin", "log", "log10")), st.sampled_from(("normal", "laplace")), st.floats(0.1, 2))
def test_densities_integrate_to_one(transformation, distribution, sigma) -> None:
    grid = np.linspace(-30, 30, 4001) if transformation == "lin" else np.exp(np.linspace(-60, 60, 8001))
    density = [math.exp(log_density(float(x), 1.5, sigma, transformation, distribution)) for x in grid]
    assert np.trapezoid(density, grid) == pytest.approx(1.0, abs=2e-2)


# what is refused -----------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("changed", "said", "where"),
    [
        ({"yaml": YAML.replace("version: 1", "version: 2.0.0")}, "version '2.0.0'; version 1 is read", "problem.yaml"),
        ({"yaml": YAML.replace("p.tsv", "../p.tsv")}, "outside the folder", "problem.yaml"),
        ({"yaml": YAML.replace("model.xml", "/etc/passwd")}, "outside the folder", "problem.yaml"),
        ({"yaml": YAML.replace("model.xml", "http://x/y.xml")}, "outside the folder", "problem.yaml"),
        ({"yaml": YAML.replace("model.xml", "none.xml")}, "cannot be read", "none.xml"),
        ({"yaml": YAML.replace("p.tsv", "q.tsv")}, "cannot be read", "q.tsv"),
        ({"yaml": YAML + "  mapping_file: x\n"}, "unknown key of a problem 'mapping_file'", "problem.yaml"),
        ({"yaml": "[" * 100_000}, r"nested too deeply|cannot be read as YAML", "problem.yaml"),
        ({"yaml": "a: !!python/object/apply:os.system [ls]"}, "cannot be read as YAML", "problem.yaml"),
        ({"yaml": "just text"}, "is not keys with values", "problem.yaml"),
        ({"yaml": "x" * 2_000_000}, "at most 1 are read", "problem.yaml"),
        ({"p": TABLES["p.tsv"].replace("k log10", "k log2")}, "unknown parameterScale 'log2'", "p.tsv:2"),
        ({"p": TABLES["p.tsv"] + "\nk lin 0 1 1 1"}, "'k' is there twice", "p.tsv:6"),
        ({"p": TABLES["p.tsv"].replace("0.4 1", "zwei 1")}, "holds 'zwei', which is not a number", "p.tsv:2"),
        ({"c": "conditionId a1\nlow 4\nhigh big"}, "unknown column 'a1'", "c.tsv:2"),
        ({"c": "conditionId lambda\nlow 4\nhigh big"}, "gives 'lambda' a value, but a rule", "problem.yaml"),
        ({"c": "conditionId a0\nlow 4\nhigh biggest"}, "unknown parameter in 'a0' 'biggest'", "c.tsv:3"),
        ({"o": TABLES["o.tsv"].replace("lambda^2", "lambd^2")}, "unknown name in a formula 'lambd'", "o.tsv:3"),
        ({"o": TABLES["o.tsv"].replace("lambda^2", "lambda^^")}, "cannot be read", "o.tsv:3"),
        ({"o": TABLES["o.tsv"].replace("lambda^2", "(" * 3000 + "A" + ")" * 3000)}, "nested more than 100", "o.tsv:3"),
        ({"o": TABLES["o.tsv"].replace("lambda^2", "-" * 5000 + "A")}, "nested more than 100", "o.tsv:3"),
        ({"o": TABLES["o.tsv"].replace("lambda^2", "A+" * 6000 + "A")}, "at most 10,000", "o.tsv:3"),
        ({"o": TABLES["o.tsv"].replace("Parameter1_seen*", "Parameter99999999_seen*")}, "more than 1000", "o.tsv:2"),
        ({"o": TABLES["o.tsv"].replace("lambda^2", "rateOf(A)")}, "uses 'rateOf'", "o.tsv:3"),
        ({"o": TABLES["o.tsv"].replace("lambda^2", "delay(A,1)")}, "delay", "o.tsv:3"),
        ({"o": TABLES["o.tsv"].replace("laplace", "cauchy")}, "unknown noiseDistribution 'cauchy'", "o.tsv:3"),
        ({"m": TABLES["m.tsv"].replace("seen low 5.5", "sean low 5.5")}, "unknown observable 'sean'", "m.tsv:2"),
        ({"m": TABLES["m.tsv"].replace("seen high", "seen hi")}, "unknown condition 'hi'", "m.tsv:3"),
        ({"m": TABLES["m.tsv"].replace("scale sd\nseen h", "scale;2 sd\nseen h")}, "gives 2 values", "m.tsv:2"),
        ({"m": TABLES["m.tsv"].replace("5.5 1.5", "5.5 -1")}, "the time is -1", "m.tsv:2"),
        ({"m": TABLES["m.tsv"].replace("low 5.5", "low nan")}, "the measurement is nan", "m.tsv:2"),
        ({"model": MODEL[:-40]}, "is not well-formed XML", "model.xml"),
        ({"model": '<!DOCTYPE s [<!ENTITY a "aa">]>' + MODEL.partition("?>\n")[2]}, "document type", "model.xml"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_with_its_place(changed, said, where, tmp_path) -> None:
    with pytest.raises(InputError, match=said) as refused:
        problem(tmp_path, **changed)
    assert where in str(refused.value)
    assert len(str(refused.value)) < 2000


def test_aliases_that_would_grow_are_refused(tmp_path) -> None:
    bomb = "a: &a [x,x,x,x,x,x,x,x,x]\n" + "".join(
        f"b{k}: &b{k} [{','.join([f'*b{k - 1}' if k else '*a'] * 9)}]\n" for k in range(30)
    )
    with pytest.raises(InputError, match="aliases are written out"):
        problem(tmp_path, yaml=bomb)


def test_what_cannot_be_computed_is_no_number(tmp_path) -> None:
    found = problem(tmp_path, o=TABLES["o.tsv"].replace("lambda^2", "-lambda"))
    with pytest.raises(
        InputError, match=r"measurement of 300 has no likelihood: simulated -17\.97"
    ) as refused:
        found.log_likelihood()
    assert "m.tsv:4" in str(refused.value)
    with pytest.raises(UnknownName, match="parameter 'kk'"):
        problem(tmp_path).log_likelihood({"kk": 1.0})
    with pytest.raises(InputError, match="parameter 'k' is nan"):
        problem(tmp_path).log_likelihood({"k": math.nan})
    blown = problem(tmp_path).log_likelihood
    with pytest.raises(InputError, match=r"did not finish|no likelihood"):
        blown({"k": -1e6})


def test_the_tolerance_of_the_courses_is_a_field(tmp_path) -> None:
    found = problem(tmp_path)
    rough = replace(found, rtol=1e-3).log_likelihood()
    assert rough != found.log_likelihood()
    assert rough == pytest.approx(found.log_likelihood(), rel=1e-2)


def test_damaged_problems_are_read_or_refused(tmp_path) -> None:
    chance = random.Random(3)
    for _ in range(60):
        which = chance.choice(("p", "c", "o", "m", "yaml"))
        text = YAML if which == "yaml" else TABLES[f"{which}.tsv"]
        words = text.split(" ")
        for _ in range(chance.randint(1, 3)):
            words[chance.randrange(len(words))] = chance.choice(
                [*words, "", "inf", "-1", "é", "((", "1e999", "\n", "a;b"]
            )
        try:
            problem(tmp_path, **{which: " ".join(words)}).log_likelihood()
        except InputError as error:
            assert error.what
            assert len(str(error)) < 2000
