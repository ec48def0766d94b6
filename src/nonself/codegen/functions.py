"""exp, log and pow on vectors of lanes, our own: the same bits for any width, IEEE special cases kept.

Several are computed at once side by side, so that their waiting is shared, by functions that a module holds once: in
line a model with a hundred powers takes twice as long to compile. Errors are bounded by tests: exp and log within 1
unit in the last place, pow within 2 where |y ln x| <= 32 and within 2 + |y ln x| / 16 beyond.

**References:** reduction and the polynomial of log: FreeBSD msun e_log.c (K.C. Ng, Sun Microsystems, 1993) for its
published coefficients; sums and products with their rounding errors are the textbook ones.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

from llvmlite import ir

from nonself.codegen.derivative import STEEPEST
from nonself.codegen.lanes import Lanes

LN2_HIGH = 0.6931467056274414  # ln 2 with its last 32 bits cleared, so that k * LN2_HIGH is exact
LN2_LOW = 4.7493250390316726e-07
ROUND = 6755399441055744.0  # 1.5 * 2**52: adding it leaves the nearest integer in the low bits
ROUND_BITS = 0x4338000000000000
SMALLEST_NORMAL = 2.0**-1022
SMALLEST_ORDINARY = 2.0**-960  # well inside the numbers whose reciprocals are numbers
LOG_COEFFICIENTS = (
    6.666666666666735130e-01,
    3.999999999940941908e-01,
    2.857142874366239149e-01,
    2.222219843214978396e-01,
    1.818357216161805012e-01,
    1.531383769920937332e-01,
    1.479819860511658591e-01,
)
SPLIT = 0x3FE6A09E00000000  # bits of sqrt(1/2), rounded: mantissas are brought to [sqrt(1/2), sqrt(2))


def batch(lanes: Lanes, name: str, calls: Sequence[Sequence[Any]]) -> list[Any]:
    """Emit exp, log or pow of several vectors at once, interleaved, so that none waits for itself.

    **Arguments:** `calls` the arguments of each call. **Returns:** the results, in order.
    """
    size = len(calls[0])

    def body(inner: Lanes, arguments: Sequence[Any]) -> list[Any]:
        return _side_by_side(inner, name, [arguments[k : k + size] for k in range(0, len(arguments), size)])

    flat = [argument for call in calls for argument in call]
    return lanes.shared(f"nonself_{name}_{len(calls)}", flat, body, len(calls))


def _side_by_side(lanes: Lanes, name: str, calls: Sequence[Sequence[Any]]) -> list[Any]:
    """The same in line."""
    wide = Lanes(lanes.module, lanes.builder, lanes.width * len(calls))
    arguments = [_join(lanes, [call[k] for call in calls]) for k in range(len(calls[0]))]
    if name != "pow":
        return _parts(wide, {"exp": _exp, "log": _log}[name](wide, *arguments), len(calls))
    value, ordinary = _pow(wide, *arguments)
    values, masks = _parts(wide, value, len(calls)), _parts(wide, ordinary, len(calls))
    pairs = list(zip(values, masks, calls, strict=True))
    return _mend(
        lanes, wide.all(ordinary), values,
        lambda: [lanes.select(mask, value, _unusual(lanes, *call)) for value, mask, call in pairs],
    )  # fmt: skip


def pow_slope(v: Lanes, x: Any, y: Any, power: Any) -> Any:
    """Emit the derivative y x ** (y - 1) of power = x ** y, without another power where x and power are ordinary.

    Near zero y / x overflows, and a power that has lost digits or is zero or infinite would take them along. Where the
    slope is without bound, at the zero of a root and next to it, it counts as none: error control sees what that costs.
    """
    value = v.mul(power, v.div(y, x))
    ordinary = v.compare(">", v.absolute(x), v.number(SMALLEST_ORDINARY))
    for compare, bound in ((">", SMALLEST_ORDINARY), ("<", 1.0 / SMALLEST_ORDINARY)):
        ordinary = v.builder.and_(ordinary, v.compare(compare, v.absolute(power), v.number(bound)))

    def at_zero() -> list[Any]:
        slope = v.mul(y, _unusual(v, x, v.sub(y, v.number(1.0))))
        steep = v.compare(">", v.absolute(slope), v.number(STEEPEST))
        return [v.select(ordinary, value, v.select(steep, v.number(0.0), slope))]

    return _mend(v, v.all(ordinary), [value], at_zero)[0]


def fifth_root(v: Lanes, x: Any) -> Any:
    """Emit x ** (1/5) for x > 0, to the few digits that step control needs."""
    return _exp_of_sum(v, v.mul(_log(v, x), v.number(0.2)), None)


def _join(lanes: Lanes, vectors: Sequence[Any]) -> Any:
    """Several vectors as one, side by side; LLVM splits it again without moving anything."""
    joined, width = vectors[0], lanes.width
    for number, vector in enumerate(vectors[1:], start=1):
        size = width * (number + 1)
        places = ir.VectorType(ir.IntType(32), size)
        padded = lanes.builder.shuffle_vector(
            vector, ir.Constant(vector.type, ir.Undefined),
            ir.Constant(places, [min(k, width - 1) for k in range(size)]),
        )  # fmt: skip
        widened = lanes.builder.shuffle_vector(
            joined, ir.Constant(joined.type, ir.Undefined),
            ir.Constant(places, [min(k, size - width - 1) for k in range(size)]),
        )  # fmt: skip
        order = [k if k < size - width else k - (size - width) + size for k in range(size)]
        joined = lanes.builder.shuffle_vector(widened, padded, ir.Constant(places, order))
    return joined


def _parts(wide: Lanes, vector: Any, count: int) -> list[Any]:
    """A joined vector as its parts again."""
    if count == 1:
        return [vector]
    width = wide.width // count
    places = ir.VectorType(ir.IntType(32), width)
    nothing = ir.Constant(vector.type, ir.Undefined)
    return [
        wide.builder.shuffle_vector(
            vector, nothing, ir.Constant(places, [k + width * part for k in range(width)])
        )
        for part in range(count)
    ]


def _mend(v: Lanes, fine: Any, values: list[Any], otherwise: Callable[[], list[Any]]) -> list[Any]:
    """The values where the condition holds for all lanes; else what `otherwise` gives."""
    b = v.builder
    start = b.block
    unusual, after = b.append_basic_block("unusual"), b.append_basic_block("after")
    b.cbranch(fine, after, unusual)
    b.position_at_end(unusual)
    corrected = otherwise()
    b.branch(after)
    b.position_at_end(after)
    results = []
    for value, other in zip(values, corrected, strict=True):
        result = b.phi(v.vector)
        result.add_incoming(value, start)
        result.add_incoming(other, unusual)
        results.append(result)
    return results


def _unusual(lanes: Lanes, x: Any, y: Any) -> Any:
    """Call x ** y for any x and y."""
    return lanes.shared("nonself_pow_unusual", [x, y], lambda v, two: [_pow_unusual(v, *two)])[0]


def _bits(v: Lanes, value: Any) -> Any:
    return v.builder.bitcast(value, v.integers)


def _double(v: Lanes, value: Any) -> Any:
    return v.builder.bitcast(value, v.vector)


def power_of_two(v: Lanes, exponent: Any) -> Any:
    """Emit 2**exponent of integers for which it is a normal number."""
    return _double(v, v.builder.shl(v.builder.add(exponent, v.whole(1023)), v.whole(52)))


def polynomial(v: Lanes, x: Any, coefficients: tuple[float, ...]) -> Any:
    """Emit a polynomial by Estrin's scheme: pairs, then pairs of pairs, so that lanes wait less.

    The highest coefficient comes first.
    """
    terms = [v.number(coefficient) for coefficient in reversed(coefficients)]
    while len(terms) > 1:
        pairs = [v.fma(terms[k + 1], x, terms[k]) for k in range(0, len(terms) - 1, 2)]
        terms = pairs + ([terms[-1]] if len(terms) % 2 else [])
        if len(terms) > 1:
            x = v.mul(x, x)
    return terms[0]


def _exp_of_sum(v: Lanes, high: Any, low: Any | None) -> Any:
    """exp(high + low) for |low| much smaller than |high|; overflow to infinity, underflow to zero, NaN to NaN."""
    b = v.builder
    bounded = v.select(v.compare(">", high, v.number(710.0)), v.number(710.0), high)
    bounded = v.select(v.compare("<", bounded, v.number(-746.0)), v.number(-746.0), bounded)
    value, shifted = _exp_reduced(v, bounded, low)
    whole = b.sub(_bits(v, shifted), _bits(v, v.number(ROUND)))
    half = b.ashr(whole, v.whole(1))
    value = v.mul(value, power_of_two(v, half))
    return v.mul(value, power_of_two(v, b.sub(whole, half)))


def _exp_moderate(v: Lanes, high: Any, low: Any) -> Any:
    """exp(high + low) for |high| < 700, where nothing overflows."""
    value, shifted = _exp_reduced(v, high, low)
    exponent = v.builder.add(_bits(v, shifted), v.whole(1023 - ROUND_BITS))
    return v.mul(value, _double(v, v.builder.shl(exponent, v.whole(52))))


def _exp_reduced(v: Lanes, high: Any, low: Any | None) -> tuple[Any, Any]:
    """exp of what is left when the nearest multiple of ln 2 is taken away, and that multiple plus ROUND."""
    shifted = v.fma(high, v.number(1.0 / math.log(2.0)), v.number(ROUND))
    k = v.sub(shifted, v.number(ROUND))
    rest = v.fnma(k, v.number(LN2_HIGH), high)
    rest = v.fnma(k, v.number(LN2_LOW), rest)
    if low is not None:
        rest = v.add(rest, low)
    tail = polynomial(v, rest, tuple(1.0 / math.factorial(n) for n in range(13, 1, -1)))
    return v.add(v.fma(v.mul(rest, rest), tail, rest), v.number(1.0)), shifted


def _exp(v: Lanes, x: Any) -> Any:
    return _exp_of_sum(v, x, None)


def _split(v: Lanes, x: Any) -> tuple[Any, Any]:
    """x > 0 as mantissa in [sqrt(1/2), sqrt(2)) and exponent as a double; subnormals brought up first."""
    small = v.compare("<", x, v.number(SMALLEST_NORMAL))
    mantissa, k = _split_normal(v, v.select(small, v.mul(x, v.number(2.0**54)), x))
    return mantissa, v.select(small, v.sub(k, v.number(54.0)), k)


def _split_normal(v: Lanes, x: Any) -> tuple[Any, Any]:
    """A normal x > 0 as mantissa in [sqrt(1/2), sqrt(2)) and exponent as a double."""
    b = v.builder
    bits = _bits(v, x)
    exponent = b.ashr(b.sub(bits, v.whole(SPLIT)), v.whole(52))
    mantissa = _double(v, b.sub(bits, b.shl(exponent, v.whole(52))))
    return mantissa, v.sub(_double(v, b.add(exponent, v.whole(ROUND_BITS))), v.number(ROUND))


def _log_edges(v: Lanes, x: Any, value: Any) -> Any:
    """What log gives at zero, below it, at infinity and for NaN."""
    value = v.select(v.compare("==", x, v.number(0.0)), v.number(-math.inf), value)
    value = v.select(v.compare("<", x, v.number(0.0)), v.number(math.nan), value)
    value = v.select(v.compare("==", x, v.number(math.inf)), v.number(math.inf), value)
    return v.select(v.builder.fcmp_unordered("uno", x, x), x, value)


def _log(v: Lanes, x: Any) -> Any:
    mantissa, k = _split(v, x)
    f = v.sub(mantissa, v.number(1.0))
    s = v.div(f, v.add(v.number(2.0), f))
    z = v.mul(s, s)
    series = v.mul(z, polynomial(v, z, tuple(reversed(LOG_COEFFICIENTS))))
    half_square = v.mul(v.mul(v.number(0.5), f), f)
    correction = v.fma(s, v.add(half_square, series), v.mul(k, v.number(LN2_LOW)))
    value = v.fma(k, v.number(LN2_HIGH), v.sub(f, v.sub(half_square, correction)))
    return _log_edges(v, x, value)


def _two_sum(v: Lanes, large: Any, small: Any) -> tuple[Any, Any]:
    """large + small exactly, as a double and its rest (|large| >= |small| or large zero)."""
    total = v.add(large, small)
    return total, v.sub(small, v.sub(total, large))


def _two_product(v: Lanes, left: Any, right: Any) -> tuple[Any, Any]:
    """left * right exactly, as a double and its rest."""
    product = v.mul(left, right)
    return product, v.fma(left, right, v.builder.fneg(product))


def _log_double_double(v: Lanes, mantissa: Any, k: Any) -> tuple[Any, Any]:
    """log(mantissa 2**k) as a double and its rest: 2 atanh(s) + k ln 2 with s = (m - 1) / (m + 1).

    Only 2 s and k ln 2 carry a rest: the series beyond is below 1 % of the whole, so its rounding is below 2**-59.
    k times LN2_HIGH is exact, so that its rest is k LN2_LOW.
    """
    f = v.sub(mantissa, v.number(1.0))
    below, below_rest = _two_sum(v, v.number(2.0), f)
    inverse = v.div(v.number(1.0), below)
    s = v.mul(f, inverse)
    s_rest = v.mul(v.fnma(s, below_rest, v.fnma(s, below, f)), inverse)
    z = v.mul(s, s)
    series = polynomial(v, z, tuple(2.0 / n for n in range(21, 1, -2)))
    total, rest = _two_sum(v, v.add(s, s), v.mul(v.mul(s, z), series))
    rest = v.fma(v.number(2.0), s_rest, rest)
    high, high_rest = _two_sum(v, v.mul(k, v.number(LN2_HIGH)), total)
    return high, v.add(high_rest, v.fma(k, v.number(LN2_LOW), rest))


def _pow(v: Lanes, x: Any, y: Any) -> tuple[Any, Any]:
    """x ** y where x is positive, normal and finite and the result is far from overflow, and where that is."""
    b = v.builder
    bounds = b.and_(v.compare(">=", x, v.number(SMALLEST_NORMAL)), v.compare("<", x, v.number(math.inf)))
    high, low = _log_double_double(v, *_split_normal(v, x))
    product, product_rest = _two_product(v, y, high)
    value = _exp_moderate(v, product, v.fma(y, low, product_rest))
    return value, b.and_(bounds, v.compare("<", v.absolute(product), v.number(700.0)))


def _moderate(v: Lanes, product: Any, rest: Any) -> Any:
    """The rest where it means something: not where the product overflows anyway."""
    return v.select(v.compare("<", v.absolute(product), v.number(1e4)), rest, v.number(0.0))


def _pow_unusual(v: Lanes, x: Any, y: Any) -> Any:
    """x ** y for any x and y; a negative x with a y that is no integer gives NaN."""
    b = v.builder
    size = v.absolute(x)
    finite = b.and_(v.compare(">", size, v.number(0.0)), v.compare("<", size, v.number(math.inf)))
    high, low = _log_double_double(v, *_split(v, v.select(finite, size, v.number(1.0))))
    edge = v.select(v.compare("==", size, v.number(0.0)), v.number(-math.inf), size)
    high = v.select(finite, high, edge)
    low = v.select(finite, low, v.number(0.0))
    product, product_rest = _two_product(v, y, high)
    rest = v.fma(y, low, product_rest)
    value = _exp_of_sum(v, product, _moderate(v, product, rest))
    return _pow_edges(v, x, y, size, value)


def _pow_edges(v: Lanes, x: Any, y: Any, size: Any, value: Any) -> Any:
    b = v.builder
    half = v.mul(y, v.number(0.5))
    integer = v.compare("==", v.intrinsic("rint", y), y)
    odd = b.and_(integer, v.compare("!=", v.intrinsic("rint", half), half))
    negative = b.icmp_signed("<", _bits(v, x), v.whole(0))
    value = v.select(b.and_(negative, odd), b.fneg(value), value)
    below = b.and_(v.compare("<", x, v.number(0.0)), v.compare("<", size, v.number(math.inf)))
    value = v.select(b.and_(below, b.not_(integer)), v.number(math.nan), value)
    both = b.and_(v.compare("==", size, v.number(1.0)), v.compare("==", v.absolute(y), v.number(math.inf)))
    value = v.select(both, v.number(1.0), value)
    value = v.select(b.fcmp_unordered("uno", x, y), v.number(math.nan), value)
    trivial = b.or_(v.compare("==", x, v.number(1.0)), v.compare("==", y, v.number(0.0)))
    return v.select(trivial, v.number(1.0), value)
