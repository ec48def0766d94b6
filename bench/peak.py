"""The core's multiply-adds a second, measured, and how many of them our engine's arithmetic would fill.

The peak is measured by a loop of independent fused multiply-adds on full vectors, held in registers, written in
LLVM IR like the engine's own code. The engine's work is counted, not measured: operations of one step by its own
counts, every operation (also a division, an exponential or a power) as one multiply-add. Step control, masks, error
norms and readouts are not counted. The fraction is therefore an estimate.
"""

from __future__ import annotations

import ctypes
import time

from bench.curve import spread
from nonself.codegen import target
from nonself.codegen.methods import RODAS5P
from nonself.codegen.program import Program

CHAINS = 24
"""Independent sums: more than the longest pipeline holds, fewer than there are registers."""


def _loop(width: int) -> str:
    """Return IR of `peak(times)`: `CHAINS` vectors of `width` doubles, one multiply-add each a turn."""
    kind = f"<{width} x double>"
    value = f"<{', '.join(['double 0.999'] * width)}>"
    first = "\n".join(f"  %s{k} = phi {kind} [ {value}, %entry ], [ %n{k}, %turn ]" for k in range(CHAINS))
    each = "\n".join(
        f"  %n{k} = call {kind} @llvm.fma.v{width}f64({kind} %s{k}, {kind} {value}, {kind} {value})"
        for k in range(CHAINS)
    )
    names = [f"%n{k}" for k in range(CHAINS)]
    sums = [f"  %t0 = fadd {kind} {names[0]}, {names[1]}"]
    sums += [f"  %t{k - 1} = fadd {kind} %t{k - 2}, {names[k]}" for k in range(2, CHAINS)]
    return f"""
declare {kind} @llvm.fma.v{width}f64({kind}, {kind}, {kind})
define double @peak(i64 %times) {{
entry:
  br label %turn
turn:
  %i = phi i64 [ 0, %entry ], [ %next, %turn ]
{first}
{each}
  %next = add i64 %i, 1
  %more = icmp slt i64 %next, %times
  br i1 %more, label %turn, label %done
done:
{chr(10).join(sums)}
  %sum = extractelement {kind} %t{CHAINS - 2}, i32 0
  ret double %sum
}}
"""


def measured(rounds: int = 7, turns: int = 4_000_000) -> tuple[float, float, float]:
    """Return multiply-adds a second of one core: median, least and most over rounds."""
    import llvmlite.binding as llvm

    level = target.host_level()
    width = target.natural_width(level)
    machine = target.machine(level)
    engine = llvm.create_mcjit_compiler(llvm.parse_assembly(_loop(width)), machine)
    engine.finalize_object()
    run = ctypes.CFUNCTYPE(ctypes.c_double, ctypes.c_int64)(engine.get_function_address("peak"))
    run(turns)
    rates = []
    for _ in range(rounds):
        began = time.process_time()
        run(turns)
        rates.append(CHAINS * width * turns / (time.process_time() - began))
    return spread(rates)


def operations(program: Program) -> int:
    """Return the arithmetic of one lane-step by the engine's own counts, each operation as one multiply-add."""
    counts, size, stages = dict(program.counts), len(program.species), RODAS5P.stages
    later = (stages - 1) * (counts["right_hand_side"] + counts["factors"])
    joining = 0
    for stage in range(1, stages):
        before = RODAS5P.a[stage - 1]
        extends = stage > 1 and RODAS5P.a[stage] == (*before, 1.0)
        joining += (1 if extends else stage) + stage + 1
    return counts["jacobian"] + counts["lu"] + later + size * joining
