"""The course sessions: where and when each is held, what it teaches, and whether it was trained."""

from datetime import date
from functools import lru_cache

import geothai
import numpy as np
import polars as pl

from transforms.synthetic.model import Integers, Spec
from transforms.synthetic.outcomes import stream

PROVINCES = {
    "86": "CP",  # Chumphon
    "85": "RN",  # Ranong
    "84": "SR",  # Surat Thani
    "80": "NS",  # Nakhon Si Thammarat
    "82": "PN",  # Phang-nga
    "81": "KB",  # Krabi
    "92": "TR",  # Trang
    "93": "PT",  # Phatthalung
}
"""Eight southern provinces by code, with the letters of their sessions' codes; the first four are the corridor."""
COURSES = {
    "cold_tie_dye": 18,
    "synthetic_rattan": 24,
    "batik": 24,
    "sedge_weaving": 30,
    "pandanus_weaving": 30,
    "coconut_craft": 18,
}
"""The courses and their hours."""
FIRST_DAY = date(2024, 11, 4)
LAST_START = 105
"""Sessions start on days spread over fifteen weeks, so all lie in one fiscal year."""


def sessions(spec: Spec) -> pl.DataFrame:
    """One row per session: code, whether trained, province, course, its hours and its first day."""
    number = np.arange(spec.sessions)
    trained = number < spec.trained_sessions
    turn = np.where(trained, number, number - spec.trained_sessions)
    provinces = np.array(list(PROVINCES))[turn % len(PROVINCES)]
    courses = np.array(list(COURSES))[(number * 5 + number // len(PROVINCES)) % len(COURSES)]
    start = FIRST_DAY.toordinal() - date(1970, 1, 1).toordinal() + number * 37 % (LAST_START + 1)
    frame = pl.DataFrame(
        {"number": number, "trained": trained, "province": provinces, "course": courses, "starts_on": start}
    )
    place = pl.int_range(1, pl.len() + 1).over("province").cast(pl.String).str.zfill(2)
    return frame.with_columns(
        session=pl.col("province").replace_strict(PROVINCES) + "68-" + place,
        hours_required=pl.col("course").replace_strict(COURSES, return_dtype=pl.Int64),
        starts_on=pl.col("starts_on").cast(pl.Int32).cast(pl.Date),
    )


def seats(spec: Spec) -> Integers:
    """The session of each participant; sessions are of uneven size, and trained ones not larger than others."""
    weights = stream(spec.seed, "seats").uniform(0.8, 1.2, spec.sessions)
    ends = np.rint(np.cumsum(weights / weights.sum()) * spec.participants).astype(np.int64)
    return np.repeat(np.arange(spec.sessions), np.diff(ends, prepend=0))


@lru_cache(maxsize=1)
def districts() -> dict[str, list[str]]:
    """The districts' codes of each province."""
    return {code: [each.code for each in geothai.districts(code)] for code in PROVINCES}
