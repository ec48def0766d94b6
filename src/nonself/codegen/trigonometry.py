"""Circular and hyperbolic functions, their inverses and factorials on vectors of lanes, our own like exp, log and pow.

The same bits for any width, IEEE special cases kept. Errors are bounded by tests, in units in the last place: sin, cos
1; tan, atan, expm1, log1p 2; asin, acos, sinh, cosh, tanh 3; asinh, acosh, atanh 4. Beyond 2**40, where a double hardly
tells where on the circle it is, sin, cos and tan are NaN.

**Reference:** series are Taylor's; sums and products with their rounding errors are the textbook ones (Muller et al.,
Handbook of Floating-Point Arithmetic, 2018, chapters 4 and 5).
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from llvmlite import ir

from nonself.codegen import functions
from nonself.codegen.lanes import INT, Lanes
from nonself.expr import LARGEST_FACTORIAL

# pi / 2 as a sum of doubles, each the nearest to what the ones before leave
HALF_PI = (1.5707963267948966, 6.123233995736766e-17, -1.4973849048591698e-33, 5.562271104316826e-50)
LARGEST_ANGLE = 2.0**40
CENTERS = (0.5, 1.0, 1.5)  # around which atan is expanded


def call(lanes: Lanes, name: str, x: Any) -> Any:
    """Emit one of `FUNCTIONS` of a vector; its code is written once a module.

    **Example:** `call(lanes, "sin", angle)`
    """
    return lanes.shared(f"nonself_{name}", [x], lambda v, one: [FUNCTIONS[name](v, *one)])[0]


# circular ----------------------------------------------------------------------------------------------------------
def _sum(v: Lanes, left: Any, right: Any) -> tuple[Any, Any]:
    """left + right exactly, as a double and its rest, whichever is larger."""
    total = v.add(left, right)
    back = v.sub(total, left)
    return total, v.add(v.sub(left, v.sub(total, back)), v.sub(right, back))


def _reduced(v: Lanes, x: Any) -> tuple[Any, Any, Any]:
    """x less the nearest multiple of pi / 2, as a double and its rest; and that multiple, in its low bits."""
    shifted = v.fma(x, v.number(2.0 / math.pi), v.number(functions.ROUND))
    k = v.sub(shifted, v.number(functions.ROUND))
    minus = v.builder.fneg(k)
    total, rest = x, v.number(0.0)
    for part in HALF_PI[:2]:
        product = v.mul(minus, v.number(part))
        lost = v.fma(minus, v.number(part), v.builder.fneg(product))
        total, first = _sum(v, total, product)
        total, second = _sum(v, total, lost)
        rest = v.add(rest, v.add(first, second))
    for part in HALF_PI[2:]:
        rest = v.fma(minus, v.number(part), rest)
    return *_sum(v, total, rest), v.builder.bitcast(shifted, v.integers)


def _short_sin(v: Lanes, x: Any, low: Any) -> Any:
    """sin(x + low) for |x| <= pi / 4."""
    square = v.mul(x, x)
    series = [(-1.0) ** n / math.factorial(2 * n + 1) for n in range(1, 9)]
    tail = v.mul(v.mul(square, x), _polynomial(v, square, series))
    slope = v.fnma(v.number(0.5), square, v.number(1.0))
    return v.add(x, v.fma(low, slope, tail))


def _short_cos(v: Lanes, x: Any, low: Any) -> Any:
    """cos(x + low) for |x| <= pi / 4."""
    square = v.mul(x, x)
    series = [(-1.0) ** n / math.factorial(2 * n) for n in range(2, 10)]
    half = v.mul(v.number(0.5), square)
    most = v.sub(v.number(1.0), half)
    left = v.sub(v.sub(v.number(1.0), most), half)
    lost = v.fma(v.number(0.5), square, v.builder.fneg(half))
    tail = v.fma(v.mul(square, square), _polynomial(v, square, series), left)
    square_lost = v.mul(v.number(0.5), v.fma(x, x, v.builder.fneg(square)))
    return v.add(most, v.sub(v.fnma(x, low, tail), v.add(lost, square_lost)))


def _polynomial(v: Lanes, x: Any, rising: list[float]) -> Any:
    return functions.polynomial(v, x, tuple(reversed(rising)))


def _turned(v: Lanes, x: Any) -> tuple[Any, Any, Any, Any]:
    """sin and cos of x less a multiple of pi / 2; where that multiple is odd; the multiple."""
    high, low, k = _reduced(v, x)
    odd = v.builder.icmp_signed("!=", v.builder.and_(k, v.whole(1)), v.whole(0))
    return _short_sin(v, high, low), _short_cos(v, high, low), odd, k


def _negative(v: Lanes, k: Any) -> Any:
    return v.builder.icmp_signed("!=", v.builder.and_(k, v.whole(2)), v.whole(0))


def _within(v: Lanes, x: Any, value: Any) -> Any:
    """The value where the angle is not too large; NaN for what is none, or infinite, or too large."""
    fine = v.compare("<=", v.absolute(x), v.number(LARGEST_ANGLE))
    return v.select(fine, value, v.number(math.nan))


def _sin(v: Lanes, x: Any) -> Any:
    sine, cosine, odd, k = _turned(v, x)
    value = v.select(odd, cosine, sine)
    value = v.select(_negative(v, k), v.builder.fneg(value), value)
    return _within(v, x, v.select(v.compare("==", x, v.number(0.0)), x, value))


def _cos(v: Lanes, x: Any) -> Any:
    sine, cosine, odd, k = _turned(v, x)
    value = v.select(odd, sine, cosine)
    return _within(
        v,
        x,
        v.select(_negative(v, v.builder.add(k, v.whole(1))), v.builder.fneg(value), value),
    )


def _tan(v: Lanes, x: Any) -> Any:
    sine, cosine, odd, _ = _turned(v, x)
    value = v.div(
        v.select(odd, v.builder.fneg(cosine), sine),
        v.select(odd, sine, cosine),
    )
    return _within(v, x, v.select(v.compare("==", x, v.number(0.0)), x, value))


# inverse circular --------------------------------------------------------------------------------------------------
def _signed(v: Lanes, value: Any, x: Any) -> Any:
    """The value with the sign of x."""
    return v.intrinsic("copysign", value, x)


def _atan(v: Lanes, x: Any) -> Any:
    """atan by its series about 0, 1/2, 1, 3/2 or infinity, whichever is nearest."""
    size = v.absolute(x)
    above, below = size, v.number(1.0)
    high, low = v.number(0.0), v.number(0.0)
    bounds = (7 / 16, 11 / 16, 19 / 16)
    for bound, center in zip(bounds, CENTERS, strict=True):
        beyond = v.compare(">", size, v.number(bound))
        c = v.number(center)
        above = v.select(beyond, v.sub(size, c), above)
        below = v.select(beyond, v.fma(size, c, v.number(1.0)), below)
        value, rest = _ATAN[center]
        high, low = v.select(beyond, v.number(value), high), v.select(beyond, v.number(rest), low)
    beyond = v.compare(">", size, v.number(39 / 16))
    above, below = v.select(beyond, v.number(-1.0), above), v.select(beyond, size, below)
    high = v.select(beyond, v.number(HALF_PI[0]), high)
    low = v.select(beyond, v.number(HALF_PI[1]), low)
    t = v.div(above, below)
    square = v.mul(t, t)
    series = [(-1.0) ** n / (2 * n + 1) for n in range(1, 24)]
    tail = v.mul(v.mul(square, t), _polynomial(v, square, series))
    value = v.add(high, v.add(t, v.add(tail, low)))
    value = v.select(v.compare("==", size, v.number(math.inf)), v.number(HALF_PI[0]), value)
    return _signed(v, value, x)


def _asin(v: Lanes, x: Any) -> Any:
    one = v.number(1.0)
    size = v.absolute(x)
    rest = v.intrinsic("sqrt", v.mul(v.sub(one, size), v.add(one, size)))
    return _signed(v, call(v, "atan", v.div(size, rest)), x)


def _acos(v: Lanes, x: Any) -> Any:
    one = v.number(1.0)
    ratio = v.div(v.sub(one, x), v.add(one, x))
    return v.mul(v.number(2.0), call(v, "atan", v.intrinsic("sqrt", ratio)))


# hyperbolic --------------------------------------------------------------------------------------------------------
def _exp(v: Lanes, x: Any) -> Any:
    return functions.batch(v, "exp", [[x]])[0]


def _log(v: Lanes, x: Any) -> Any:
    return functions.batch(v, "log", [[x]])[0]


def _expm1(v: Lanes, x: Any) -> Any:
    """exp(x) - 1: 2**k (exp(r) - 1) + (2**k - 1) with the rest r of ln 2, and exp itself far from zero."""
    bounded = v.smaller(v.larger(x, v.number(-40.0)), v.number(40.0))
    shifted = v.fma(bounded, v.number(1.0 / math.log(2.0)), v.number(functions.ROUND))
    k = v.sub(shifted, v.number(functions.ROUND))
    rest = v.fnma(k, v.number(functions.LN2_HIGH), bounded)
    low = v.mul(k, v.number(-functions.LN2_LOW))
    high, low = _sum(v, rest, low)
    series = [1.0 / math.factorial(n) for n in range(2, 15)]
    less = v.add(high, v.fma(v.mul(high, high), _polynomial(v, high, series), v.fma(low, high, low)))
    whole = v.builder.sub(v.builder.bitcast(shifted, v.integers), v.whole(functions.ROUND_BITS))
    scale = functions.power_of_two(v, whole)
    near = v.fma(less, scale, v.sub(scale, v.number(1.0)))
    near = v.select(v.compare("==", k, v.number(0.0)), less, near)
    value = v.select(v.compare("<", v.absolute(x), v.number(38.0)), near, v.sub(_exp(v, x), v.number(1.0)))
    return v.select(v.compare("==", x, v.number(0.0)), x, value)


def _log1p(v: Lanes, x: Any) -> Any:
    """log(1 + x), with what the sum has lost."""
    total, lost = _sum(v, v.number(1.0), x)
    value = v.add(_log(v, total), v.div(lost, total))
    plain = v.builder.or_(
        v.compare(">", total, v.number(1e300)), v.builder.not_(v.compare(">", total, v.number(0.0)))
    )
    value = v.select(plain, _log(v, total), value)
    return v.select(v.compare("<", v.absolute(x), v.number(1e-20)), x, value)


def _large_half(v: Lanes, size: Any) -> Any:
    """exp(size) / 2 where exp may overflow and this does not."""
    root = _exp(v, v.mul(v.number(0.5), size))
    return v.mul(v.mul(v.number(0.5), root), root)


def _sinh(v: Lanes, x: Any) -> Any:
    size = v.absolute(x)
    less = call(v, "expm1", size)
    value = v.mul(v.number(0.5), v.add(less, v.div(less, v.add(less, v.number(1.0)))))
    value = v.select(v.compare(">", size, v.number(22.0)), _large_half(v, size), value)
    return _signed(v, value, x)


def _cosh(v: Lanes, x: Any) -> Any:
    size = v.absolute(x)
    power = _exp(v, size)
    value = v.mul(v.number(0.5), v.add(power, v.div(v.number(1.0), power)))
    return v.select(v.compare(">", size, v.number(22.0)), _large_half(v, size), value)


def _tanh(v: Lanes, x: Any) -> Any:
    size = v.absolute(x)
    less = call(v, "expm1", v.mul(v.number(2.0), size))
    value = v.div(less, v.add(less, v.number(2.0)))
    return _signed(v, v.select(v.compare(">", size, v.number(22.0)), v.number(1.0), value), x)


def _asinh(v: Lanes, x: Any) -> Any:
    size = v.absolute(x)
    square = v.mul(size, size)
    below = v.add(v.number(1.0), v.intrinsic("sqrt", v.add(v.number(1.0), square)))
    value = call(v, "log1p", v.add(size, v.div(square, below)))
    far = v.add(_log(v, size), v.number(math.log(2.0)))
    return _signed(v, v.select(v.compare(">", size, v.number(2.0**28)), far, value), x)


def _acosh(v: Lanes, x: Any) -> Any:
    more = v.sub(x, v.number(1.0))
    root = v.intrinsic("sqrt", v.mul(more, v.add(more, v.number(2.0))))
    value = call(v, "log1p", v.add(more, root))
    far = v.add(_log(v, x), v.number(math.log(2.0)))
    value = v.select(v.compare(">", x, v.number(2.0**28)), far, value)
    return v.select(v.compare(">=", x, v.number(1.0)), value, v.number(math.nan))


def _atanh(v: Lanes, x: Any) -> Any:
    size = v.absolute(x)
    left = v.sub(v.number(1.0), size)
    ratio = v.div(v.mul(v.number(2.0), size), left)
    value = v.mul(v.number(0.5), call(v, "log1p", ratio))
    return _signed(v, v.select(v.compare("<=", size, v.number(1.0)), value, v.number(math.nan)), x)


# whole numbers -----------------------------------------------------------------------------------------------------
def _factorial(v: Lanes, x: Any) -> Any:
    """x! from a table; infinity past the largest that is a double, NaN for what is no whole number from 0 up."""
    b, module = v.builder, v.module
    table = module.globals.get("nonself_factorials")
    if table is None:
        numbers = [float(math.factorial(n)) for n in range(LARGEST_FACTORIAL + 1)]
        kind = ir.ArrayType(ir.DoubleType(), len(numbers))
        table = ir.GlobalVariable(module, kind, "nonself_factorials")
        table.linkage, table.global_constant = "internal", True
        table.initializer = ir.Constant(kind, numbers)
    whole = b.and_(v.compare("==", v.intrinsic("floor", x), x), v.compare(">=", x, v.number(0.0)))
    there = b.and_(whole, v.compare("<=", x, v.number(LARGEST_FACTORIAL)))
    rows = b.fptosi(v.select(there, x, v.number(0.0)), v.integers)
    value = v.number(0.0)
    for lane in range(v.width):
        place = b.gep(table, [v.lane_of(rows, lane)], inbounds=True, source_etype=ir.DoubleType())
        entry = b.load(place, align=8, typ=ir.DoubleType())
        value = b.insert_element(value, entry, ir.Constant(INT, lane))
    value = v.select(there, value, v.number(math.inf))
    return v.select(whole, value, v.number(math.nan))


def _rounded(name: str) -> Callable[[Lanes, Any], Any]:
    return lambda v, x: v.intrinsic(name, x)


_ATAN = {
    0.5: (0.4636476090008061, 2.2698777452961687e-17),
    1.0: (0.7853981633974483, 3.061616997868383e-17),
    1.5: (0.982793723247329, 1.3903311031230998e-17),
}
FUNCTIONS: dict[str, Callable[[Lanes, Any], Any]] = {
    "sin": _sin, "cos": _cos, "tan": _tan, "asin": _asin, "acos": _acos, "atan": _atan,
    "sinh": _sinh, "cosh": _cosh, "tanh": _tanh, "asinh": _asinh, "acosh": _acosh, "atanh": _atanh,
    "expm1": _expm1, "log1p": _log1p, "factorial": _factorial, "floor": _rounded("floor"), "ceil": _rounded("ceil"),
}  # fmt: skip
