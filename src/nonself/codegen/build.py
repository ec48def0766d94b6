"""Model -> Program: from the cache where it is there and whole, else compiled and kept."""

from __future__ import annotations

import json
import time
from dataclasses import asdict, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from nonself.codegen import cache, target
from nonself.codegen.program import Program
from nonself.codegen.workspace import CloneRow, Happening, Occurrence, Workspace
from nonself.model.ir import Model
from nonself.model.parts import Named

if TYPE_CHECKING:
    from nonself.codegen.lower import Network
    from nonself.codegen.sparse import LuPlan

CODE_VERSION = 32  # raised whenever generated code changes, so that no old object is used
LARGEST_UNROLLED = 10_000  # operations of an LU that is written out: its code then compiles in seconds
ENTRY, PROBE = "nonself_advance", "nonself_probe"


def build(
    model: Model,
    *,
    width: int | None = None,
    level: str | None = None,
    use_cache: bool = True,
    largest_unrolled: int = LARGEST_UNROLLED,
) -> Program:
    """Return the machine code of a model.

    **Arguments:** `width` patients a vector, by default what the machine holds; `level` of the target, by default
    the machine's; `use_cache` false compiles afresh and keeps nothing; `largest_unrolled` operations of an LU that
    is written out, a larger one loops over tables: this changes no bit of a result.

    **Example:** `build(compose([MECHANISM], id="demo", time_unit="day"))`
    """
    began = time.perf_counter()
    level = level or target.host_level()
    width = width or target.natural_width(level)
    key = _key(model, level, width, largest_unrolled)
    entry = cache.load(key) if use_cache else None
    if entry is None:
        code, description = compile_model(model, level, width, largest_unrolled)
        if use_cache:
            cache.store(key, code, json.dumps(description).encode())
    else:
        code, description = entry[0], json.loads(entry[1])
    engine = _link(code, level)
    observed: tuple[Named, ...] = (*model.species, *model.observables)
    return Program(
        model=model,
        parameters=tuple(part.id for part in model.parameters),
        species=tuple(part.id for part in model.species),
        observables=tuple(part.id for part in observed),
        defaults=np.array([part.value for part in model.parameters], dtype=float),
        scales=np.array([part.scale for part in model.species], dtype=float),
        width=width,
        advance=int(engine.get_function_address(ENTRY)),
        probe=int(engine.get_function_address(PROBE)),
        space=Workspace(**description["space"]),
        counts=tuple((str(name), int(number)) for name, number in description["counts"].items()),
        seconds=time.perf_counter() - began,
        cached=entry is not None,
        engine=engine,
    )


def _key(model: Model, level: str, width: int, largest: int) -> str:
    import llvmlite

    form = "" if largest == LARGEST_UNROLLED else f"-{largest}"
    return f"{model.structure_hash[:40]}-{CODE_VERSION}-{llvmlite.__version__}-{level}-{width}{form}"


def compile_model(
    model: Model, level: str, width: int, largest_unrolled: int = LARGEST_UNROLLED
) -> tuple[bytes, dict[str, Any]]:
    """Return the object code of a model and a description of it: workspace rows, operation counts."""
    import llvmlite.binding as llvm

    text, description = write_module(model, width, level, largest_unrolled)
    machine = target.machine(level)
    module = llvm.parse_assembly(target.tuned(text))
    module.verify()
    target.optimize(module, machine)
    return bytes(machine.emit_object(module)), description


def write_module(
    model: Model, width: int, level: str, largest_unrolled: int = LARGEST_UNROLLED
) -> tuple[str, dict[str, Any]]:
    """Return the LLVM IR of a model as text, and its description.

    **Example:** `print(write_module(model, 8, "x86-64-v4")[0])`
    """
    import llvmlite.binding as llvm
    from llvmlite import ir

    from nonself.codegen.kernels import cut_kernels, emit_kernels, hoisted_nodes
    from nonself.codegen.lane_loop import emit_advance, emit_probe
    from nonself.codegen.lower import lower
    from nonself.codegen.methods import RODAS5P
    from nonself.codegen.pieces import rows_carried
    from nonself.codegen.sparse import plan

    network = lower(model)
    lu = plan(len(model.species), network.jacobian, network.solved)
    hoisted = hoisted_nodes(network)
    is_looped = lu.operations > largest_unrolled or bool(network.solved)
    cuts = cut_kernels(network, hoisted, is_looped)
    space = Workspace(
        species=len(model.species),
        parameters=len(model.parameters),
        hoisted=len(hoisted),
        factors=len(lu.slots),
        observables=len(model.observables),
        stages=RODAS5P.stages,
        driven=int(bool(network.drift)),
        timed=int(network.timed),
        rules=len(model.rules),
        hazards=len(model.hazards),
        clones=len(model.clones),
        paces=len(network.clones.pace),
        draws=sum(len(part.founds.draws) for part in model.hazards if part.founds),
        traits=len(network.clones.traits),
        watched=len(network.watched),
        opposed=network.opposed,
        events=len(model.events),
        assigned=sum(len(event.assignments) for event in model.events),
        scaled=sum(len(event.factors) for event in network.events),
        widest=max((len(event.assignments) for event in model.events), default=0),
        looped=int(is_looped),
        carried=max(rows_carried(pieces) for pieces in cuts.values()),
        **network.delays.sizes,
        solved=len(network.solved),
    )
    module = ir.Module("nonself")
    module.triple = llvm.get_default_triple()
    kernels = emit_kernels(module, width, network, lu, space, RODAS5P, cuts)
    mode = target.floating_mode(level)
    rows = watched_rows(network)
    emit_advance(
        module, width, space, kernels, RODAS5P, mode, network, happenings(model), clone_rows(model),
        occurrences(model), rows,
    )  # fmt: skip
    emit_probe(module, width, space, kernels)
    return str(module), {"space": asdict(space), "rows": space.rows, "counts": _counts(network, lu)}


def happenings(model: Model) -> tuple[Happening, ...]:
    """Return the hazards of a model as rows of the state."""
    rows = {part.id: row for row, part in enumerate(model.species)}
    clones = {part.species: number for number, part in enumerate(model.clones)}
    found = []
    drawn = traits = 0
    for hazard in model.hazards:
        change = tuple((rows[name], amount) for name, amount in hazard.change)
        one = Happening(rows[hazard.accumulator], change, hazard.ends)
        if (group := hazard.founds) is not None:
            one = replace(
                one,
                slots=tuple((rows[s], clones[s], 1.0 / model.clones[clones[s]].cells) for s in group.slots),
                traits=tuple(
                    (tuple(rows[name] for name in species), traits + k)
                    for k, (_, _, species) in enumerate(group.traits)
                ),
                draws=(drawn, len(group.draws)),
            )
            drawn, traits = drawn + len(group.draws), traits + len(group.traits)
        found.append(one)
    return tuple(found)


def clone_rows(model: Model) -> tuple[CloneRow, ...]:
    """Return the clones of a model as rows of the state."""
    rows = {part.id: row for row, part in enumerate(model.species)}
    return tuple(CloneRow(rows[clone.species], clone.cells) for clone in model.clones)


def occurrences(model: Model) -> tuple[Occurrence, ...]:
    """Return the events of a model as rows of the state."""
    rows = {part.id: row for row, part in enumerate(model.species)}
    return tuple(
        Occurrence(
            targets=tuple(rows[name] for name, _ in event.assignments),
            priority=event.priority is not None,
            persistent=event.persistent,
            initial_value=event.initial_value,
            values_when_triggered=event.use_values_from_trigger_time,
        )
        for event in model.events
    )


def watched_rows(network: Any) -> tuple[int, ...]:
    """Return the rows of the species that watched comparisons depend on; all where constraints determine some."""
    nodes = (network.tape.nodes[node] for node in network.tape.needed(network.watched.values()))
    rows = tuple(sorted(int(node.value) for node in nodes if node.operation == "state"))
    return tuple(range(len(network.right_hand_side))) if {*rows} & {*network.solved} else rows


def _counts(network: Network, lu: LuPlan) -> dict[str, int]:
    return {
        "right_hand_side": _operations(network, network.right_hand_side),
        "jacobian": _operations(network, [*network.right_hand_side, *network.jacobian.values()]),
        "jacobian_entries": len(network.jacobian),
        "factors": len(lu.slots),
        "lu": lu.operations,
    }


def _operations(network: Any, roots: Any) -> int:
    nodes = network.tape.nodes
    return sum(1 for node in network.tape.needed(roots) if nodes[node].of_state and nodes[node].arguments)


def _link(code: bytes, level: str) -> Any:
    import llvmlite.binding as llvm

    engine = llvm.create_mcjit_compiler(llvm.parse_assembly(""), target.machine(level))
    engine.add_object_file(llvm.ObjectFileRef.from_data(code))
    engine.finalize_object()
    return engine
