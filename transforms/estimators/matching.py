"""Whom of a comparison group each treated unit is held against: alike in how likely they were to be treated.

Units without anybody of the other arm within the caliper, 0.2 standard deviations of the log odds (Austin 2011), are
left out; the others fall into up to five strata of about equally many treated (Rosenbaum and Rubin 1984). Strata, not
nearest neighbours: the estimate is then a regression whose errors are known with clusters too, while the errors of
Abadie and Imbens (2006) are for units that are drawn alone, and the bootstrap fails for nearest neighbours (Abadie and
Imbens 2008).
"""

import numpy as np

from transforms.estimators.propensity import Floats, Integers, strata

CALIPER = 0.2
STRATA = 5
FEWEST_TREATED = 10
"""A stratum of fewer treated units lends a large part of the effect to chance."""
LEFT_OUT = -1


def matched_strata(odds: Floats, treated: Floats) -> Integers:
    """The stratum of each unit, `LEFT_OUT` where nobody is alike. `odds`: log odds of treatment; `treated`: 1 or 0."""
    found = np.full(len(odds), LEFT_OUT, dtype=np.int64)
    arms = [odds[treated == each] for each in (0, 1)]
    if min(len(each) for each in arms) < 2:
        return found
    caliper = CALIPER * float(np.sqrt((arms[0].var(ddof=1) + arms[1].var(ddof=1)) / 2))
    nearest = np.where(treated == 1, _distance(odds, arms[0]), _distance(odds, arms[1]))
    kept = nearest <= caliper
    of_kept = treated[kept]
    many = int(np.clip(of_kept.sum() // FEWEST_TREATED, 1, STRATA))
    if 0 < of_kept.sum() < len(of_kept):
        found[kept] = strata(odds[kept], 1 - of_kept, of_kept, many)
    return found


def _distance(odds: Floats, others: Floats) -> Floats:
    """How far each is from the nearest of the others."""
    known = np.sort(others)
    place = np.searchsorted(known, odds)
    below, above = known[np.maximum(place - 1, 0)], known[np.minimum(place, len(known) - 1)]
    return np.asarray(np.minimum(np.abs(odds - below), np.abs(odds - above)), dtype=np.float64)
