"""What a printed number can mean."""

from __future__ import annotations

from decimal import Decimal


def printed(text: str) -> tuple[float, float]:
    """Return the lowest and highest value that rounds to a number as it was printed.

    **Example:** `printed("381.77")` gives `(381.765, 381.775)`.
    """
    value = Decimal(text)
    half = Decimal(5).scaleb(int(value.as_tuple().exponent) - 1)
    return float(value - half), float(value + half)
