"""Write numbers of any database as PostgreSQL writes its ``integer``, ``numeric`` and ``float8``."""

from __future__ import annotations

import math
from decimal import MAX_EMAX, MIN_EMIN, ROUND_HALF_UP, Context, Decimal

from export_jobs.streaming.csv.short_float import short_float_text

# PostgreSQL's numeric has at most 131,072 digits before the point and 16,383 after it.
_WIDE = Context(prec=150_000, rounding=ROUND_HALF_UP, Emax=MAX_EMAX, Emin=MIN_EMIN)
# From here on neighbouring floats are two or more apart, and a round number can lie exactly half way between them.
_TWO_APART = 2.0**53
_FLOAT_DIGITS = 17
"""This many significant digits distinguish any two floats."""


def number_text(number: float | Decimal, *, is_short: bool = False) -> str:
    """Return a number unchanged: a decimal with its places, a float with the fewest digits that identify it.

    ``is_short``: among floats of 32 bits.
    """
    if not isinstance(number, float):
        return decimal_text(Decimal(number))
    return short_float_text(number) if is_short else float_text(number)


def rounded_text(number: float | Decimal, decimals: int, *, is_short: bool = False) -> str:
    """Return a number rounded half away from zero, with exactly ``decimals`` places."""
    # PostgreSQL converts a float8 to numeric by 15 digits, so that 0.1 + 0.2 becomes 0.3; a float4 by 6.
    exact = Decimal(f"{number:.{6 if is_short else 15}g}") if isinstance(number, float) else Decimal(number)
    return decimal_text(exact.quantize(Decimal(1).scaleb(-decimals), context=_WIDE) if exact.is_finite() else exact)


def decimal_text(number: Decimal) -> str:
    """Return all digits, never an exponent and never a negative zero."""
    if number.is_nan():
        return "NaN"
    if number.is_infinite():
        return "Infinity" if number > 0 else "-Infinity"
    return format(number.copy_abs() if number.is_zero() else number, "f")


def float_text(number: float) -> str:
    """Return the shortest text that reads back as the same number; an exponent below 0.0001 and from 1e+15 on."""
    size = abs(number)
    if not math.isfinite(number):
        return decimal_text(Decimal(number))
    if size < 1e15:
        return repr(number).removesuffix(".0")
    digits = Decimal(_nearest(size) if size >= _TWO_APART else repr(size))
    return f"{'-' if number < 0 else ''}{digits.normalize():e}"


def _nearest(number: float) -> int:
    """Return the number with the fewest digits that is nearer to ``number`` than to any other float: the nearest.

    Python also accepts one that is exactly half way, such as 1e23, since reading rounds it to the even neighbour;
    PostgreSQL does not rely on that.
    """
    exact, gap = int(number), int(math.ulp(number))
    # Below a power of two the floats are twice as dense.
    gap_below = gap // 2 if math.frexp(number)[0] == 0.5 else gap
    for digits in range(1, _FLOAT_DIGITS + 1):
        unit: int = 10 ** max(len(str(exact)) - digits, 0)
        near = sorted((exact // unit * unit, (exact // unit + 1) * unit), key=lambda found: abs(found - exact))
        if -gap_below < 2 * (near[0] - exact) < gap:
            return near[0]
        if -gap_below < 2 * (near[1] - exact) < gap:
            return near[1]
    return exact
