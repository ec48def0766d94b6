"""Nonself: leukemia and autoimmunity as two errors of one simulated immune system.

Every public name is written out below and loaded when it is first used, so that `import nonself` is fast.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from nonself.errors import InputError, NonselfError, UnitError, UnknownName
    from nonself.formats.antimony import read_antimony, write_antimony
    from nonself.formats.petab.read import PetabProblem, read_petab
    from nonself.formats.sbml.read import read_sbml
    from nonself.formats.sbml.write import write_sbml
    from nonself.model.compose import compose
    from nonself.model.ir import Model
    from nonself.model.parts import Conserved, Expression, Mechanism, Observable, Parameter, Reaction, Species
    from nonself.provenance import Assumption, Citation, assumed
    from nonself.study.library import find_study
    from nonself.study.petab import write_petab
    from nonself.study.rerun import Comparison, rerun
    from nonself.study.run import StudyResult, run
    from nonself.study.single import Simulation, simulate
    from nonself.study.source import Study, read_study, study_from_mapping
    from nonself.study.view import describe, listing

_HOMES = {
    "run": "nonself.study.run",
    "rerun": "nonself.study.rerun",
    "simulate": "nonself.study.single",
    "read_sbml": "nonself.formats.sbml.read",
    "write_sbml": "nonself.formats.sbml.write",
    "PetabProblem": "nonself.formats.petab.read",
    "write_petab": "nonself.study.petab",
    "read_petab": "nonself.formats.petab.read",
    "read_antimony": "nonself.formats.antimony",
    "write_antimony": "nonself.formats.antimony",
    "compose": "nonself.model.compose",
    "Study": "nonself.study.source",
    "read_study": "nonself.study.source",
    "study_from_mapping": "nonself.study.source",
    "find_study": "nonself.study.library",
    "StudyResult": "nonself.study.run",
    "Simulation": "nonself.study.single",
    "Comparison": "nonself.study.rerun",
    "listing": "nonself.study.view",
    "describe": "nonself.study.view",
    "Mechanism": "nonself.model.parts",
    "Species": "nonself.model.parts",
    "Parameter": "nonself.model.parts",
    "Reaction": "nonself.model.parts",
    "Expression": "nonself.model.parts",
    "Observable": "nonself.model.parts",
    "Conserved": "nonself.model.parts",
    "Model": "nonself.model.ir",
    "Citation": "nonself.provenance",
    "Assumption": "nonself.provenance",
    "assumed": "nonself.provenance",
    "NonselfError": "nonself.errors",
    "InputError": "nonself.errors",
    "UnknownName": "nonself.errors",
    "UnitError": "nonself.errors",
}

__all__ = [
    "Assumption",
    "Citation",
    "Comparison",
    "Conserved",
    "Expression",
    "InputError",
    "Mechanism",
    "Model",
    "NonselfError",
    "Observable",
    "Parameter",
    "PetabProblem",
    "Reaction",
    "Simulation",
    "Species",
    "Study",
    "StudyResult",
    "UnitError",
    "UnknownName",
    "assumed",
    "compose",
    "describe",
    "find_study",
    "listing",
    "read_antimony",
    "read_petab",
    "read_sbml",
    "read_study",
    "rerun",
    "run",
    "simulate",
    "study_from_mapping",
    "write_antimony",
    "write_petab",
    "write_sbml",
]


def __getattr__(name: str) -> Any:
    if name == "__version__":
        from importlib.metadata import version

        return version("nonself")
    if name not in _HOMES:
        raise AttributeError(f"module 'nonself' has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return sorted([*__all__, "__version__"])
