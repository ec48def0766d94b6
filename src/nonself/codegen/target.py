"""Where code runs: target levels, the machine, and compilation of a module in process."""

from __future__ import annotations

import platform
from typing import Any

LEVELS = ("x86-64-v4", "x86-64-v3", "x86-64-v2", "generic")
_V4 = ("avx512f", "avx512bw", "avx512cd", "avx512dq", "avx512vl")
_V3 = ("avx2", "bmi", "bmi2", "fma", "f16c", "lzcnt", "movbe")
_WIDTHS = {"x86-64-v4": 8, "x86-64-v3": 4, "x86-64-v2": 2, "generic": 2}


def host_level() -> str:
    """Return the highest level this machine runs, e.g. "x86-64-v4"."""
    import llvmlite.binding as llvm

    if platform.machine().lower() not in ("x86_64", "amd64"):
        return "generic"
    features = llvm.get_host_cpu_features()
    if all(features.get(name, False) for name in (*_V3, *_V4)):
        return "x86-64-v4"
    return "x86-64-v3" if all(features.get(name, False) for name in _V3) else "x86-64-v2"


def natural_width(level: str) -> int:
    """Return how many patients fit a vector at a level."""
    return _WIDTHS[level]


def machine(level: str) -> Any:
    """Return LLVM's description of a machine of this level."""
    import llvmlite.binding as llvm

    llvm.initialize_native_target()
    llvm.initialize_native_asmprinter()
    target = llvm.Target.from_default_triple()
    features = "-prefer-256-bit" if level == "x86-64-v4" else ""
    return target.create_target_machine(cpu=level, features=features, opt=1, jit=True)


def floating_mode(level: str) -> str | None:
    """Return LLVM's word for saving ("st") and setting ("ld") the floating-point mode; None where there is none."""
    return "x86.sse" if level.startswith("x86") else None


def tuned(text: str) -> str:
    """Return LLVM IR whose functions are scheduled for this machine; which instructions there are stays the level's.

    A schedule orders independent operations and changes no result.
    """
    import llvmlite.binding as llvm

    name = llvm.get_host_cpu_name()
    lines = (
        f'{line} "tune-cpu"="{name}"' if line.startswith("define ") else line for line in text.split("\n")
    )
    return "\n".join(lines)


def optimize(module: Any, target_machine: Any) -> None:
    """Clean the module up without touching any floating-point operation."""
    import llvmlite.binding as llvm

    builder = llvm.create_pass_builder(target_machine, llvm.create_pipeline_tuning_options(speed_level=1))
    manager = llvm.create_new_module_pass_manager()
    manager.add_sroa_pass()
    manager.add_simplify_cfg_pass()
    manager.add_instruction_combine_pass()
    manager.run(module, builder)
