"""What a result carries with it: hashes, seed, method, tolerances, versions, machine, and how to run it
again.
"""

from __future__ import annotations

import hashlib
import json
import platform
from collections.abc import Sequence
from importlib import metadata
from pathlib import Path

import numpy as np

from nonself.codegen import target
from nonself.codegen.methods import RODAS5P
from nonself.cohort.trial import TrialResult
from nonself.study.measure import Measurement, columns
from nonself.study.prepare import Prepared

SHOWN_VERSIONS = ("nonself", "numpy", "scipy", "llvmlite")


def version(package: str) -> str:
    """Return the version of an installed package, or "not installed".

    **Example:** `version("numpy")`
    """
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return "not installed"


def parameter_hash(prepared: Prepared) -> str:
    """Return the digest of every patient's parameters: ids and numbers, by cohort."""
    digest = hashlib.sha256()
    for group in prepared.groups:
        digest.update(json.dumps([group.cohort.name, group.cohort.patients]).encode())
        for name in sorted(group.cohort.columns):
            digest.update(
                name.encode() + np.ascontiguousarray(group.cohort.columns[name], dtype="<f8").tobytes()
            )
    return digest.hexdigest()


def results_hash(trials: Sequence[TrialResult], measurements: Sequence[Measurement]) -> str:
    """Return the digest of all results, bit by bit: every course that was read out, every status, every endpoint."""
    digest = hashlib.sha256()
    sizes = {trial.cohort.name: len(trial.cohort.patients) for trial in trials}
    for trial in trials:
        for arm in trial.arms:
            digest.update(json.dumps([trial.cohort.name, arm.arm.name, arm.observables]).encode())
            digest.update(np.ascontiguousarray(arm.prints, dtype="<u8").tobytes())
            digest.update(np.ascontiguousarray(arm.status, dtype="<i8").tobytes())
    for part in measurements:
        digest.update(json.dumps([part.cohort, part.arm]).encode())
        for name, values in columns(part, sizes[part.cohort]).items():
            digest.update(name.encode() + np.ascontiguousarray(values, dtype="<f8").tobytes())
    return digest.hexdigest()


def provenance(
    prepared: Prepared, digest: str, verified: str, command: str, out: Path | None
) -> dict[str, str]:
    """Return what identifies a result, name -> text, as reports show it.

    **Arguments:** `digest` of the results; `verified` what verifying found; `command` that was given; `out`
    where the result lies.
    """
    study = prepared.study
    rtol = study.spec.rtol
    return {
        "study": study.spec.study,
        "study file hash": hashlib.sha256(study.text.encode()).hexdigest(),
        "model": prepared.model.id,
        "model hash": prepared.model.model_hash,
        "structure hash": prepared.model.structure_hash,
        "parameter table hash": parameter_hash(prepared),
        **{f"input {name}": value for name, value in prepared.inputs.items()},
        **prepared.arrived,
        "results hash": digest,
        "seed": str(study.spec.seed),
        "random numbers": "Philox4x32-10, keyed by seed, purpose and patient",
        "method": f"{RODAS5P.name}, order {RODAS5P.order}",
        "tolerances": f"relative {rtol:g}, absolute {rtol:g} times the scale of each species",
        "verified": verified,
        "versions": ", ".join(f"{name} {version(name)}" for name in SHOWN_VERSIONS),
        "Python": platform.python_version(),
        "machine": f"{platform.system()} {platform.machine()}, code for {target.host_level()}",
        "command": command,
        **({"rerun": f"nonself rerun {out}"} if out is not None else {}),
    }
