"""Anderson's (2008) sharpened q-values: Benjamini, Krieger and Yekutieli's (2006) two stages, for every threshold.

A test's q-value is the least false discovery rate at which it is rejected. Stage one rejects by Benjamini and Hochberg
at q' = q / (1 + q), with c rejections; stage two at q' * m / (m - c). Thresholds are tried from 1 down to 0.001 in
steps of 0.001, as in the published code, so a q-value has three digits.
"""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

STEPS = 1000


def sharpened(p_values: Floats) -> Floats:
    """The q-value of each p-value of one family (no NaN), in the same order; 1 where none rejects."""
    m = len(p_values)
    order = np.argsort(p_values, kind="stable")
    ordered = p_values[order]
    ranks = np.arange(1, m + 1)
    found = np.ones(m)
    for step in range(STEPS, 0, -1):
        q = step / STEPS
        first = q / (1 + q)
        rejected = _largest(ordered <= first * ranks / m)
        second = first * m / (m - rejected) if rejected < m else 1.0
        found[: _largest(ordered <= second * ranks / m)] = q
    result = np.empty(m)
    result[order] = found
    return result


def _largest(holds: NDArray[np.bool_]) -> int:
    """The largest rank at which it holds."""
    places = np.flatnonzero(holds)
    return int(places[-1]) + 1 if len(places) else 0
