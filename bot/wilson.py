"""The interval that a sample of its size leaves open around a share."""

import math

Z_95 = 1.959963984540054


def wilson_interval(count: int, total: int) -> tuple[float, float]:
    """The 95 % interval of `count` of `total` (more than 0) by Wilson's score method, lower and upper end, 0 to 1.

    The method keeps its promise for small samples and shares near 0 or 1 (Wilson 1927, without continuity correction;
    Brown, Cai and DasGupta 2001).
    """
    share, z2 = count / total, Z_95**2 / total
    centre = (share + z2 / 2) / (1 + z2)
    half = Z_95 * math.sqrt(share * (1 - share) / total + z2 / total / 4) / (1 + z2)
    return max(0.0, centre - half), min(1.0, centre + half)
