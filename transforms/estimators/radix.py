"""The order of numbers from the smallest, by radix: several times faster than by comparison, and stable."""

import numpy as np
from numpy.typing import NDArray

DIGIT = 16
"""NumPy sorts numbers of up to so many bits by radix."""


def order(values: NDArray[np.float64]) -> NDArray[np.integer]:
    """The places of the known values, from the smallest; NaN is unknown, and left out."""
    unknown = np.isnan(values)
    keys = _keys(values, unknown)
    places = np.arange(values.size)
    for digit in keys.view(np.uint16).reshape(-1, keys.itemsize * 8 // DIGIT).T:
        here = np.ascontiguousarray(digit)
        if values.size and (here != here[0]).any():
            places = places[np.argsort(here[places], kind="stable")]
    return places[: values.size - np.count_nonzero(unknown)]


def _keys(values: NDArray[np.float64], unknown: NDArray[np.bool]) -> NDArray[np.unsignedinteger]:
    """Whole numbers of 32 or 64 bits in the values' order, the unknown last; their lowest digit comes first."""
    bounds = (np.nanmin(values), np.nanmax(values)) if not unknown.all() else (0.0, 0.0)
    low, above = bounds[0], bounds[1] + 1
    known = np.where(unknown, above, values) if unknown.any() else values
    if above - low < 2**32 and np.array_equal(np.rint(known), known):  # amounts of money mostly are whole
        return (known - low).astype("<u4")
    bits = np.ascontiguousarray(values).view(np.uint64)
    # As whole numbers, floats of one sign stand in their order; negative ones are turned, and come first.
    turned = np.where(bits >> np.uint64(63), ~bits, bits | np.uint64(1 << 63))
    return np.where(unknown, np.uint64(2**64 - 1), turned).astype("<u8")
