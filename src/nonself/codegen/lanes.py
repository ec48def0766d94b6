"""Writing LLVM IR on vectors of lanes: one lane a patient, the same operations for any width."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from llvmlite import ir

DOUBLE = ir.DoubleType()
INT = ir.IntType(64)
BOOL = ir.IntType(1)
VOID = ir.VoidType()


class Splat(ir.Constant):  # type: ignore[misc]
    """One constant in every lane, written once."""

    def __init__(self, kind: ir.VectorType, scalar: str) -> None:
        super().__init__(kind, ir.Undefined)
        self.text = f"splat ({scalar})"

    def get_reference(self) -> str:
        """How LLVM reads it."""
        return self.text


class Lanes:
    """An IR builder with a fixed number of lanes.

    **Arguments:** `module` the IR module; `builder` where instructions go; `width` lanes a vector.
    """

    def __init__(self, module: ir.Module, builder: ir.IRBuilder, width: int) -> None:
        self.module = module
        self.builder = builder
        self.width = width
        self.vector = ir.VectorType(DOUBLE, width)
        self.integers = ir.VectorType(INT, width)
        self.mask = ir.VectorType(BOOL, width)

    # constants -------------------------------------------------------------------------------------------------
    def number(self, value: float) -> Splat:
        """A number in every lane."""
        return Splat(self.vector, f"double {ir.Constant(DOUBLE, float(value)).get_reference()}")

    def whole(self, value: int) -> Splat:
        """A 64-bit integer in every lane."""
        return Splat(self.integers, f"i64 {value}")

    def flags(self, value: bool) -> Splat:
        """A truth value in every lane."""
        return Splat(self.mask, f"i1 {int(value)}")

    def spread(self, scalar: Any) -> Any:
        """One scalar in every lane."""
        single = self.builder.insert_element(
            ir.Constant(self.vector, ir.Undefined), scalar, ir.Constant(INT, 0)
        )
        zeros = ir.Constant(ir.VectorType(ir.IntType(32), self.width), [0] * self.width)
        return self.builder.shuffle_vector(single, ir.Constant(self.vector, ir.Undefined), zeros)

    # arithmetic ------------------------------------------------------------------------------------------------
    def intrinsic(self, name: str, *arguments: Any) -> Any:
        """Call llvm.<name> on whole vectors."""
        kind = arguments[0].type
        full = f"llvm.{name}.v{self.width}f64"
        function = self.module.globals.get(full) or ir.Function(
            self.module, ir.FunctionType(kind, [kind] * len(arguments)), full
        )
        return self.builder.call(function, arguments)

    def shared(
        self,
        name: str,
        arguments: Sequence[Any],
        body: Callable[[Lanes, Sequence[Any]], Sequence[Any]],
        results: int = 1,
    ) -> list[Any]:
        """Call a function of vectors, written at its first use: `body` gives its results from its arguments.

        One module has lanes of several widths: draws are done for one patient at a time.
        """
        name = f"{name}_by_{self.width}"
        function = self.module.globals.get(name)
        if function is None:
            several = ir.LiteralStructType([self.vector] * results)
            kind = ir.FunctionType(several, [argument.type for argument in arguments])
            function = ir.Function(self.module, kind, name)
            function.linkage = "internal"
            function.attributes.add("noinline")
            inner = Lanes(self.module, ir.IRBuilder(function.append_basic_block("entry")), self.width)
            answer = ir.Constant(several, ir.Undefined)
            for number, value in enumerate(body(inner, function.args)):
                answer = inner.builder.insert_value(answer, value, number)
            inner.builder.ret(answer)
        answer = self.builder.call(function, arguments)
        return [self.builder.extract_value(answer, number) for number in range(results)]

    def fma(self, left: Any, right: Any, addend: Any) -> Any:
        """left * right + addend, rounded once."""
        return self.intrinsic("fma", left, right, addend)

    def fnma(self, left: Any, right: Any, addend: Any) -> Any:
        """addend - left * right, rounded once."""
        return self.fma(self.builder.fneg(left), right, addend)

    def add(self, left: Any, right: Any) -> Any:
        """left + right."""
        return self.builder.fadd(left, right)

    def sub(self, left: Any, right: Any) -> Any:
        """left - right."""
        return self.builder.fsub(left, right)

    def mul(self, left: Any, right: Any) -> Any:
        """left * right."""
        return self.builder.fmul(left, right)

    def div(self, left: Any, right: Any) -> Any:
        """left / right."""
        return self.builder.fdiv(left, right)

    def absolute(self, value: Any) -> Any:
        """The value without its sign."""
        return self.intrinsic("fabs", value)

    def compare(self, relation: str, left: Any, right: Any) -> Any:
        """An ordered comparison: false wherever a NaN is involved."""
        return self.builder.fcmp_ordered(relation, left, right)

    def select(self, mask: Any, yes: Any, no: Any) -> Any:
        """yes where the mask is set, else no."""
        return self.builder.select(mask, yes, no)

    def larger(self, left: Any, right: Any) -> Any:
        """The larger; `right` where either is NaN."""
        return self.select(self.compare(">", left, right), left, right)

    def smaller(self, left: Any, right: Any) -> Any:
        """The smaller; `right` where either is NaN."""
        return self.select(self.compare("<", left, right), left, right)

    def any(self, mask: Any) -> Any:
        """True when the mask is set in some lane."""
        bits = self.builder.bitcast(mask, ir.IntType(self.width)) if self.width > 1 else self.lane_of(mask, 0)
        zero = ir.Constant(bits.type, 0)
        return self.builder.icmp_unsigned("!=", bits, zero)

    def all(self, mask: Any) -> Any:
        """True when the mask is set in every lane."""
        return self.builder.not_(self.any(self.builder.not_(mask)))

    def lane_of(self, vector: Any, lane: int) -> Any:
        """One lane of a vector."""
        return self.builder.extract_element(vector, ir.Constant(ir.IntType(32), lane))

    # memory ----------------------------------------------------------------------------------------------------
    def address(self, base: Any, offset: int, row: Any = 0) -> Any:
        """Address of vector row `row` (a number or an IR integer) of the block that starts `offset` rows after base."""
        index = ir.Constant(INT, offset + row) if isinstance(row, int) else None
        if index is None:
            index = self.builder.add(row, ir.Constant(INT, offset)) if offset else row
        return self.builder.gep(base, [index], inbounds=True, source_etype=self.vector)

    def load(self, base: Any, offset: int, row: Any = 0) -> Any:
        """A vector row from memory."""
        return self.builder.load(self.address(base, offset, row), align=8 * self.width, typ=self.vector)

    def store(self, value: Any, base: Any, offset: int, row: Any = 0) -> None:
        """A vector row to memory."""
        self.builder.store(value, self.address(base, offset, row), align=8 * self.width)

    # control ---------------------------------------------------------------------------------------------------
    @contextmanager
    def count(self, stop: Any, name: str = "i") -> Iterator[Any]:
        """A loop over 0 .. stop-1; yields the IR counter. Needs stop >= 1."""
        builder = self.builder
        limit = ir.Constant(INT, stop) if isinstance(stop, int) else stop
        before = builder.block
        body = builder.append_basic_block(f"{name}.body")
        after = builder.append_basic_block(f"{name}.after")
        builder.branch(body)
        builder.position_at_end(body)
        counter = builder.phi(INT, name)
        counter.add_incoming(ir.Constant(INT, 0), before)
        yield counter
        following = builder.add(counter, ir.Constant(INT, 1))
        counter.add_incoming(following, builder.block)
        builder.cbranch(builder.icmp_signed("<", following, limit), body, after)
        builder.position_at_end(after)

    def total(self, stop: int, terms: Callable[[Any], Sequence[tuple[Any, Any]]]) -> list[Any]:
        """Sum products over rows 0 .. stop-1: `terms(row)` gives the factors of each sum; returns the sums."""
        builder = self.builder
        before = builder.block
        body = builder.append_basic_block("total.body")
        after = builder.append_basic_block("total.after")
        builder.branch(body)
        builder.position_at_end(body)
        counter = builder.phi(INT, "row")
        counter.add_incoming(ir.Constant(INT, 0), before)
        holder = builder.phi(self.vector), builder.phi(self.vector)
        factors = terms(counter)
        sums = [self.fma(left, right, total) for (left, right), total in zip(factors, holder, strict=False)]
        for number, phi in enumerate(holder):
            phi.add_incoming(self.number(0.0), before)
            phi.add_incoming(sums[number] if number < len(sums) else phi, builder.block)
        following = builder.add(counter, ir.Constant(INT, 1))
        counter.add_incoming(following, builder.block)
        builder.cbranch(builder.icmp_signed("<", following, ir.Constant(INT, stop)), body, after)
        builder.position_at_end(after)
        return sums
