"""What `import nonself` gives, and what it does not load."""

import importlib
import subprocess
import sys
from pathlib import Path

import pytest

import nonself

MOST = 40
HEAVY = ["pandas", "scipy", "xarray", "pint", "pyarrow", "llvmlite", "libsbml", "matplotlib"]
HEAVY += ["numpy", "pydantic", "ruamel.yaml", "symengine", "jinja2"]


def test_the_public_list_is_written_out_sorted_and_short():
    assert nonself.__all__ == sorted(nonself.__all__)
    assert len(nonself.__all__) <= MOST
    assert set(dir(nonself)) == {*nonself.__all__, "__version__"}


@pytest.mark.parametrize("name", nonself.__all__)
def test_every_public_name_exists_and_is_documented(name):
    found = getattr(nonself, name)
    assert found.__name__ == name
    assert found.__doc__
    assert getattr(importlib.import_module(found.__module__), name) is found


def test_unknown_names_are_not_there():
    with pytest.raises(AttributeError, match="no attribute 'simulat'"):
        _ = nonself.simulat


def test_no_public_name_is_also_a_subpackage():
    folder = Path(nonself.__file__).parent
    packages = {entry.name for entry in folder.iterdir() if (entry / "__init__.py").exists()}
    assert packages
    assert packages.isdisjoint(nonself.__all__)


def test_importing_the_package_loads_nothing_heavy():
    code = f"import sys, nonself; print([name for name in {HEAVY} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_a_composed_model_can_be_simulated():
    why = nonself.assumed("for the test")
    part = nonself.Mechanism(
        "growth",
        "Growth",
        (),
        species=(nonself.Species("y", 1.0, "1", why),),
        parameters=(nonself.Parameter("k", 0.5, "1/day", why),),
        reactions=(nonself.Reaction("birth", "k*y", {"y": 1}),),
    )
    model = nonself.compose([part], id="growth", time_unit="day")
    result = nonself.simulate(model, until=2.0, points=3, set={"k": "1 1/day"})
    assert result.to_pandas()["y"].tolist() == pytest.approx([1.0, 2.718281828, 7.389056099], rel=1e-5)
    assert result.to_xarray()["y"].shape == (1, 3)
