"""Write floats of 32 bits as PostgreSQL's ``float4``: the fewest digits that distinguish one from its neighbours."""

from __future__ import annotations

import math
import struct
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache

_BITS = 24
_LEAST_EXPONENT = -149
_SMALLEST_NORMAL = 2.0**-126
_SURE_DIGITS, _ALL_DIGITS = 6, 9
"""Every float keeps this many digits; and this many distinguish any two."""


def short_float_text(number: float) -> str:
    """Return the shortest text that reads back as the same float; an exponent below 0.0001 and from 1e+06 on.

    Raises ``OverflowError`` for a number that is beyond the floats of 32 bits.
    """
    number = struct.unpack("<f", struct.pack("<f", number))[0]
    if not math.isfinite(number):
        return "NaN" if math.isnan(number) else "Infinity" if number > 0 else "-Infinity"
    return ("-" if math.copysign(1, number) < 0 else "") + _size_text(abs(number))


@lru_cache(maxsize=4096)
def _size_text(size: float) -> str:
    if not size:
        return "0"
    digits = _nearest(size).normalize()
    if -4 <= digits.adjusted() < _SURE_DIGITS:
        return f"{digits:f}"
    mantissa = f"{digits.scaleb(-digits.adjusted()):f}"
    return f"{mantissa}e{'-' if digits.adjusted() < 0 else '+'}{abs(digits.adjusted()):02d}"


def _nearest(size: float) -> Decimal:
    """Return the number with the fewest digits that is nearer to ``size`` than to any other float, never half way."""
    mantissa, exponent = math.frexp(size)
    gap = math.ldexp(1, max(exponent - _BITS, _LEAST_EXPONENT))
    # Below a power of two the floats are twice as dense.
    is_power = mantissa == 0.5 and size > _SMALLEST_NORMAL
    least = _SURE_DIGITS if size >= _SMALLEST_NORMAL else 1
    found = None if is_power else _nearest_in_doubles(size, gap / 2, least)
    return found or _nearest_in_fractions(size, gap, gap / 2 if is_power else gap, least)


def _nearest_in_doubles(size: float, half: float, least: int) -> Decimal | None:
    """Do the same thirty times as fast; None if 64 bits do not show on which side of the middle a text is."""
    for digits in range(least, _ALL_DIGITS + 1):
        text = f"{size:.{digits - 1}e}"
        distance = abs(float(text) - size)
        if distance < half:
            return Decimal(text)
        if distance == half:
            break
    return None


def _nearest_in_fractions(size: float, gap: float, gap_below: float, least: int) -> Decimal:
    exact = Fraction(size)
    for digits in range(least, _ALL_DIGITS + 1):
        unit = Fraction(10) ** (Decimal(size).adjusted() - digits + 1)
        below = math.floor(exact / unit)
        # Of two that are as near, the even one.
        for whole in sorted((below, below + 1), key=lambda found: (abs(found * unit - exact), found % 2)):
            if -gap_below < 2 * (whole * unit - exact) < gap:
                return Decimal(whole).scaleb(Decimal(size).adjusted() - digits + 1)
    return Decimal(size)
