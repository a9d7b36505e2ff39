"""Confidence intervals of a mean over independent runs (Student's t).

Source: W. S. Gosset ("Student"), "The probable error of a mean" (Biometrika 6, 1908); the distribution for whole
degrees of freedom by its finite series: M. Abramowitz, I. Stegun, "Handbook of Mathematical Functions", 26.7.3, 26.7.4.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from math import atan, cos, pi, sin, sqrt
from typing import NamedTuple


class Interval(NamedTuple):
    """A mean with half the width of its interval; None for the half-width where one run alone tells nothing of it."""

    mean: float
    half: float | None
    runs: int

    def holds(self, value: float) -> bool:
        """Whether the value lies inside. False where there is no interval."""
        return self.half is not None and abs(self.mean - value) <= self.half


def interval(values: Sequence[float], confidence: float = 0.95) -> Interval:
    """Of the mean of independent values, at least one of them."""
    count = len(values)
    mean = sum(values) / count
    if count < 2:
        return Interval(mean, None, count)
    deviation = sqrt(sum((value - mean) ** 2 for value in values) / (count - 1))
    return Interval(mean, quantile(confidence, count - 1) * deviation / sqrt(count), count)


@cache
def quantile(confidence: float, freedom: int) -> float:
    """The t with P(−t ≤ T ≤ t) = confidence, for so many degrees of freedom."""
    low, high = 0.0, 1.0
    while within(high, freedom) < confidence:
        high *= 2
    for _ in range(200):
        middle = (low + high) / 2
        low, high = (middle, high) if within(middle, freedom) < confidence else (low, middle)
    return high


def within(t: float, freedom: int) -> float:
    """P(−t ≤ T ≤ t)."""
    angle = atan(t / sqrt(freedom))
    if freedom % 2:
        if freedom == 1:
            return 2 * angle / pi
        return 2 / pi * (angle + sin(angle) * _series(cos(angle), 3, freedom, cos(angle)))
    return sin(angle) * _series(cos(angle), 2, freedom, 1.0)


def _series(cosine: float, first: int, freedom: int, term: float) -> float:
    """Sum of the terms of 26.7.3 (odd) or 26.7.4 (even), each got from the one before."""
    total, term_now = term, term
    for k in range(first, freedom - 1, 2):
        term_now *= cosine * cosine * (k - 1) / k
        total += term_now
    return total
