"""Keyed draws in IR: Philox4x32-10, and whole numbers of the binomial and negative binomial laws by inversion.

One uniform number makes one draw: starting at the mode, the law's probabilities are taken from it, outward on both
sides by their recurrence, until it falls below zero. That is exact up to the rounding of the probabilities (1e-11 of
their sum) and takes about as many turns as the law's standard deviation. The probability of the mode comes
from the saddle point expansion, without a gamma function.

**References:** Salmon, Moraes, Dror, Shaw (2011), Parallel random numbers: as easy as 1, 2, 3. SC11 (the generator).
Kemp CD (1986), A modal method for generating binomial variables. Commun Stat Theory Methods 15:805-813 (inversion).
Loader C (2000), Fast and accurate computation of binomial probabilities (saddle point expansion).
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from llvmlite import ir

from nonself.codegen import functions
from nonself.codegen.lanes import DOUBLE, INT, VOID, Lanes

MULTIPLIERS = 0xD2511F53, 0xCD9E8D57
WEYL = 0x9E3779B9, 0xBB67AE85
ROUNDS = 10
WORD = 0xFFFFFFFF
NOTHING = 1e-30  # probabilities below this end a search; what is left of the uniform by then is rounding
BELOW_ZERO = -1e-6  # an integral of a rate that is lower is no rounding of the course
# ln n! - ((n + 1/2) ln n - n + ln(2 pi)/2) for n = 0 .. 15 (0 is never asked for); beyond, its series
STIRLING = (
    0.0, 0.08106146679532726, 0.0413406959554093, 0.02767792568499834, 0.020790672103765093, 0.016644691189821193,
    0.013876128823070748, 0.01189670994589177, 0.010411265261972096, 0.009255462182712733, 0.00833056343336287,
    0.007573675487951841, 0.00694284010720953, 0.006408994188004207, 0.0059513701127588475, 0.005554733551962801,
)  # fmt: skip
SERIES = (1 / 12, -1 / 360, 1 / 1260, -1 / 1680)


class Draws:
    """Functions of one number each, written into a module when they are first used."""

    def __init__(self, module: ir.Module) -> None:
        self.module = module

    def uniforms(self) -> ir.Function:
        """void (key, digest, draw, replicate, address of two numbers): the first is that of `engine.streams`."""
        return self._function("uniforms", VOID, [INT, INT, INT, INT, ir.PointerType()], _uniforms)

    def count(self) -> ir.Function:
        """double (cells, integral of deaths, integral of births, uniform, uniform): cells at the end, -1 if there is no
        such law.

        Kendall's law: with rho(t) the integral of death - birth, D that of exp(rho) death and B that of exp(rho) birth,
        each cell leaves no descendants with probability D/(1 + D), else 1 + a geometric number of ratio B/(1 + D).
        """
        return self._function("count", DOUBLE, [DOUBLE] * 5, self._count)

    def _function(
        self, name: str, result: ir.Type, arguments: list[ir.Type], write: Callable[[Scalars, Any], None]
    ) -> ir.Function:
        found = self.module.globals.get(f"nonself_{name}")
        if found is None:
            found = ir.Function(self.module, ir.FunctionType(result, arguments), f"nonself_{name}")
            found.attributes.add("noinline")
            write(Scalars(self.module, ir.IRBuilder(found.append_basic_block("entry"))), found.args)
        return found

    def _count(self, s: Scalars, arguments: Any) -> None:
        b = s.b
        cells, deaths, births, first, second = arguments
        below = s.number(BELOW_ZERO)
        lawful = b.and_(b.fcmp_ordered(">", deaths, below), b.fcmp_ordered(">", births, below))
        deaths, births = (b.select(b.fcmp_ordered(">", v, s.zero), v, s.zero) for v in (deaths, births))
        whole = b.fadd(s.one, deaths)
        lawful = b.and_(lawful, b.fcmp_ordered(">", b.fsub(whole, births), s.zero))
        lawful = b.and_(lawful, b.fcmp_ordered("<", whole, s.number(math.inf)))
        with b.if_then(b.not_(lawful)):
            b.ret(s.number(-1.0))
        binomial = self._function("binomial", DOUBLE, [DOUBLE] * 4, self._binomial)
        more = self._function("negative_binomial", DOUBLE, [DOUBLE] * 4, self._negative_binomial)
        survives, dies, last, another = self._chances(s, deaths, births)
        survivors = b.call(binomial, [cells, survives, dies, first])
        b.ret(b.fadd(survivors, b.call(more, [survivors, last, another, second])))

    def _chances(self, s: Scalars, deaths: Any, births: Any) -> tuple[Any, Any, Any, Any]:
        """That a cell leaves descendants or none; that a descendant is the last one or there is another."""
        b = s.b
        whole = b.fadd(s.one, deaths)
        rest = b.fsub(whole, births)
        return b.fdiv(s.one, whole), b.fdiv(deaths, whole), b.fdiv(rest, whole), b.fdiv(births, whole)

    def _binomial(self, s: Scalars, arguments: Any) -> None:
        """How many of `trials` succeed, each with probability p = 1 - q."""
        b = s.b
        trials, p, q, uniform = arguments
        with b.if_then(b.fcmp_ordered("<=", q, s.zero)):
            b.ret(trials)
        with b.if_then(b.or_(b.fcmp_ordered("<=", p, s.zero), b.fcmp_ordered("<", trials, s.one))):
            b.ret(s.zero)
        mode = s.floor(b.fmul(b.fadd(trials, s.one), p))
        mode = s.smaller(mode, trials)
        chance = b.call(self._probability(), [mode, trials, p, q])
        odds, against = b.fdiv(p, q), b.fdiv(q, p)
        b.ret(
            s.search(
                mode, chance, uniform,
                up=lambda k: b.fmul(b.fdiv(b.fsub(trials, k), b.fadd(k, s.one)), odds),
                down=lambda k: b.fmul(b.fdiv(k, b.fadd(b.fsub(trials, k), s.one)), against),
            )
        )  # fmt: skip

    def _negative_binomial(self, s: Scalars, arguments: Any) -> None:
        """How many failures, each of probability q = 1 - p, come before the `wanted` success."""
        b = s.b
        wanted, p, q, uniform = arguments
        with b.if_then(b.or_(b.fcmp_ordered("<=", q, s.zero), b.fcmp_ordered("<", wanted, s.one))):
            b.ret(s.zero)
        before = b.fsub(wanted, s.one)
        mode = s.floor(b.fmul(before, b.fdiv(q, p)))
        trials = b.fadd(wanted, mode)
        chance = b.call(self._probability(), [wanted, trials, p, q])
        chance = b.fmul(chance, b.fdiv(wanted, trials))
        b.ret(
            s.search(
                mode, chance, uniform,
                up=lambda k: b.fmul(b.fdiv(b.fadd(k, wanted), b.fadd(k, s.one)), q),
                down=lambda k: b.select(
                    b.fcmp_ordered(">", k, s.zero), b.fdiv(k, b.fmul(b.fadd(k, before), q)), s.zero
                ),
            )
        )  # fmt: skip

    def _probability(self) -> ir.Function:
        """double (k, n, p, q): the binomial probability of k among n >= 1, for k close to n p."""
        return self._function("probability", DOUBLE, [DOUBLE] * 4, self._write_probability)

    def _write_probability(self, s: Scalars, arguments: Any) -> None:
        b = s.b
        k, n, p, q = arguments
        other = b.fsub(n, k)
        with b.if_then(b.fcmp_ordered("<=", k, s.zero)):
            b.ret(s.exp(b.fmul(n, s.log(q))))
        with b.if_then(b.fcmp_ordered("<=", other, s.zero)):
            b.ret(s.exp(b.fmul(n, s.log(p))))
        rest = self._function("stirling", DOUBLE, [DOUBLE], _stirling)
        power = b.fsub(b.call(rest, [n]), b.fadd(b.call(rest, [k]), b.call(rest, [other])))
        power = b.fsub(power, b.fadd(s.deviance(k, b.fmul(n, p)), s.deviance(other, b.fmul(n, q))))
        width = b.fdiv(n, b.fmul(s.number(2 * math.pi), b.fmul(k, other)))
        b.ret(b.fmul(s.exp(power), s.sqrt(width)))


class Scalars:
    """Writes operations on single numbers."""

    def __init__(self, module: ir.Module, builder: ir.IRBuilder) -> None:
        self.lanes = Lanes(module, builder, 1)
        self.b = builder
        self.zero, self.one = self.number(0.0), self.number(1.0)

    def number(self, value: float) -> ir.Constant:
        """A number."""
        return ir.Constant(DOUBLE, float(value))

    def _one_lane(self, value: Any) -> Any:
        nothing = ir.Constant(self.lanes.vector, ir.Undefined)
        return self.b.insert_element(nothing, value, ir.Constant(ir.IntType(32), 0))

    def exp(self, value: Any) -> Any:
        """exp."""
        return self.lanes.lane_of(functions.batch(self.lanes, "exp", [[self._one_lane(value)]])[0], 0)

    def log(self, value: Any) -> Any:
        """Natural logarithm."""
        return self.lanes.lane_of(functions.batch(self.lanes, "log", [[self._one_lane(value)]])[0], 0)

    def sqrt(self, value: Any) -> Any:
        """Square root."""
        return self.lanes.lane_of(self.lanes.intrinsic("sqrt", self._one_lane(value)), 0)

    def floor(self, value: Any) -> Any:
        """The largest whole number that is not larger."""
        return self.lanes.lane_of(self.lanes.intrinsic("floor", self._one_lane(value)), 0)

    def smaller(self, left: Any, right: Any) -> Any:
        """The smaller of two."""
        return self.b.select(self.b.fcmp_ordered("<", left, right), left, right)

    def deviance(self, k: Any, mean: Any) -> Any:
        """k ln(k/mean) + mean - k."""
        b = self.b
        return b.fadd(b.fmul(k, self.log(b.fdiv(k, mean))), b.fsub(mean, k))

    def search(
        self, mode: Any, chance: Any, uniform: Any, up: Callable[[Any], Any], down: Callable[[Any], Any]
    ) -> Any:
        """Take probabilities from a uniform number, from the mode outward; return where it falls below zero.

        **Arguments:** `chance` of the mode; `up(k)` the ratio of the chances of k + 1 and k, `down(k)` of k - 1 and k.
        """
        b = self.b
        names = ("left", "high", "low", "chance_high", "chance_low")
        with b.goto_entry_block():
            left, high, low, chance_high, chance_low = (b.alloca(DOUBLE, name=name) for name in names)
            found = b.alloca(DOUBLE, name="found")
        for place, value in ((high, mode), (low, mode), (chance_high, chance), (chance_low, chance)):
            b.store(value, place)
        b.store(b.fsub(uniform, chance), left)
        head, outward, ended = (b.append_basic_block(name) for name in ("head", "outward", "ended"))
        b.store(mode, found)
        b.cbranch(b.fcmp_ordered("<", b.load(left, typ=DOUBLE), self.zero), ended, head)
        b.position_at_end(head)
        sides = b.fadd(b.load(chance_high, typ=DOUBLE), b.load(chance_low, typ=DOUBLE))
        b.cbranch(b.fcmp_ordered(">", sides, self.number(NOTHING)), outward, ended)
        b.position_at_end(outward)
        for place, at, ratio, by in ((chance_high, high, up, 1.0), (chance_low, low, down, -1.0)):
            k = b.load(at, typ=DOUBLE)
            following, value = b.fadd(k, self.number(by)), b.fmul(b.load(place, typ=DOUBLE), ratio(k))
            b.store(following, at)
            b.store(value, place)
            rest = b.fsub(b.load(left, typ=DOUBLE), value)
            b.store(rest, left)
            here, go_on = b.append_basic_block("here"), b.append_basic_block("go_on")
            b.cbranch(b.fcmp_ordered("<", rest, self.zero), here, go_on)
            b.position_at_end(here)
            b.store(following, found)
            b.branch(ended)
            b.position_at_end(go_on)
        b.branch(head)
        b.position_at_end(ended)
        return b.load(found, typ=DOUBLE)


def _stirling(s: Scalars, arguments: Any) -> None:
    """What ln n! has beyond (n + 1/2) ln n - n + ln(2 pi)/2."""
    b = s.b
    (n,) = arguments
    kind = ir.ArrayType(DOUBLE, len(STIRLING))
    table = ir.GlobalVariable(s.lanes.module, kind, "nonself_stirling_table")
    table.global_constant, table.linkage = True, "internal"
    table.initializer = ir.Constant(kind, list(STIRLING))
    with b.if_then(b.fcmp_ordered("<", n, s.number(len(STIRLING)))):
        place = b.gep(table, [b.fptosi(n, INT)], source_etype=DOUBLE)
        b.ret(b.load(place, align=8, typ=DOUBLE))
    inverse = b.fdiv(s.one, n)
    square = b.fmul(inverse, inverse)
    total = s.number(SERIES[-1])
    for coefficient in SERIES[-2::-1]:
        total = b.fadd(b.fmul(total, square), s.number(coefficient))
    b.ret(b.fmul(total, inverse))


def _uniforms(s: Scalars, arguments: Any) -> None:
    """Two uniform numbers of 53 bits from the four words of one counter."""
    b = s.b
    key, digest, draw, replicate, result = arguments
    low, shift = ir.Constant(INT, WORD), ir.Constant(INT, 32)
    first, second = b.and_(digest, low), b.lshr(digest, shift)
    third, fourth = b.and_(draw, low), b.and_(replicate, low)
    left, right = b.and_(key, low), b.lshr(key, shift)
    for _ in range(ROUNDS):
        one, other = (
            b.mul(ir.Constant(INT, MULTIPLIERS[0]), first),
            b.mul(ir.Constant(INT, MULTIPLIERS[1]), third),
        )
        first = b.xor(b.xor(b.lshr(other, shift), second), left)
        third = b.xor(b.xor(b.lshr(one, shift), fourth), right)
        second, fourth = b.and_(other, low), b.and_(one, low)
        left = b.and_(b.add(left, ir.Constant(INT, WEYL[0])), low)
        right = b.and_(b.add(right, ir.Constant(INT, WEYL[1])), low)
    for number, (small, large) in enumerate(((first, second), (third, fourth))):
        bits = b.lshr(b.or_(b.shl(large, shift), small), ir.Constant(INT, 11))
        value = b.uitofp(bits, DOUBLE)
        value = b.select(b.fcmp_ordered(">", value, s.number(0.5)), value, s.number(0.5))
        place = b.gep(result, [ir.Constant(INT, number)], inbounds=True, source_etype=DOUBLE)
        b.store(b.fmul(value, s.number(2.0**-53)), place, align=8)
    b.ret_void()
