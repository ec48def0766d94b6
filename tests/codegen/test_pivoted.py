"""The matrix of models with constraints: what comes last in its plan, and the LU of what is left, lane by lane."""

from __future__ import annotations

import ctypes

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nonself.codegen import probe, target
from nonself.codegen.lower import lower
from nonself.codegen.sparse import plan
from nonself.errors import InputError
from tests.engine.constrained import binding, compiled

WIDTH, SIZE = 8, 6


@settings(max_examples=50, deadline=None)
@given(
    st.sets(st.tuples(st.integers(0, 6), st.integers(0, 6)), max_size=30),
    st.sets(st.integers(0, 6), max_size=4),
)
def test_rows_of_constraints_come_last_and_leave_a_block_that_is_not_planned(
    pattern: set[tuple[int, int]], last: set[int]
) -> None:
    """Eliminating the other rows as planned leaves the matrix that elimination by hand leaves."""
    found = plan(7, pattern, last)
    own = [row for row in range(7) if row not in last]
    assert sorted(found.order[: len(own)]) == own
    assert list(found.order[len(own) :]) == sorted(last)
    assert plan(7, pattern) == plan(7, pattern, ())
    rng = np.random.default_rng(1)
    matrix = np.zeros((7, 7))
    for place in pattern:
        matrix[place] = rng.normal()
    matrix[own, own] += 20.0
    left = matrix.copy()
    for pivot in found.order[: len(own)]:
        for row in range(7):
            if pivot in found.lower[row]:
                left[row] -= left[row, pivot] / left[pivot, pivot] * left[pivot]
    rows = sorted(last)
    wanted = matrix[np.ix_(rows, rows)] - matrix[np.ix_(rows, own)] @ np.linalg.solve(
        matrix[np.ix_(own, own)], matrix[np.ix_(own, rows)]
    )
    assert left[np.ix_(rows, rows)] == pytest.approx(wanted, abs=1e-9)


def block_solver() -> tuple[object, int, int, int]:
    """The machine code of a block alone: factorize and solve; and where block and side stand."""
    import llvmlite.binding as llvm
    from llvmlite import ir

    from nonself.codegen import pivoted
    from nonself.codegen.workspace import Workspace

    sizes = dict.fromkeys(
        ("parameters", "hoisted", "factors", "observables", "stages", "driven", "timed", "rules", "hazards",
         "watched", "events", "assigned", "widest"), 0,
    )  # fmt: skip
    space = Workspace(species=SIZE, solved=SIZE, **sizes)
    module = ir.Module("block")
    for write in (pivoted.emit_pivots, pivoted.emit_block_solve):
        write(module, WIDTH, space).linkage = ""
    machine = target.machine(target.host_level())
    parsed = llvm.parse_assembly(str(module))
    parsed.verify()
    engine = llvm.create_mcjit_compiler(parsed, machine)
    engine.finalize_object()
    calls = [ctypes.CFUNCTYPE(None, ctypes.c_void_p)(engine.get_function_address(name)) for name in
             ("pivots", "solve_block")]  # fmt: skip
    return (engine, calls), space.block, space.side, space.rows


def test_each_lane_solves_its_own_matrix_by_its_own_pivots() -> None:
    """Matrices with zeros on the diagonal, each lane another, rows of sizes that lie 10^12 apart."""
    (engine, (pivots, solve)), block, side, rows = block_solver()  # type: ignore[misc]
    rng = np.random.default_rng(2)
    raw = np.zeros(rows * WIDTH + 8)
    start = (-raw.ctypes.data // 8) % 8
    work = raw[start : start + rows * WIDTH].reshape(rows, WIDTH)
    matrices = rng.normal(size=(WIDTH, SIZE, SIZE)) * 10.0 ** rng.integers(-6, 7, (WIDTH, SIZE, 1))
    for lane, matrix in enumerate(matrices):
        np.fill_diagonal(matrix, 0.0 if lane else np.diagonal(matrix))
    sides = rng.normal(size=(WIDTH, SIZE))
    work[block : block + SIZE * SIZE] = matrices.reshape(WIDTH, -1).T
    work[side : side + SIZE] = sides.T
    pivots(work.ctypes.data)
    solve(work.ctypes.data)
    for lane, matrix in enumerate(matrices):
        wanted = np.linalg.solve(matrix, sides[lane])
        assert work[side : side + SIZE, lane] == pytest.approx(wanted, rel=1e-9)
    assert engine is not None


def test_the_jacobian_is_refused_where_it_is_not_kept() -> None:
    built = compiled(binding())
    assert built.space.looped == 1
    assert lower(built.model).solved == (2, 3, 4)
    with pytest.raises(InputError, match="keeps no Jacobian"):
        probe.jacobian(built, built.defaults[:, None], np.ones((5, 1)))
