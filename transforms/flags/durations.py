"""Interviews that were too short, too long, or ended before they began."""

from collections.abc import Iterator

import polars as pl

from transforms.flags.asked import ENDED, STARTED, Asked, marks

WITH_ZONE = ("%Y-%m-%dT%H:%M:%S%.f%#z", "%Y-%m-%dT%H:%M%#z")
LOCAL = ("%Y-%m-%dT%H:%M:%S%.f", "%Y-%m-%dT%H:%M")


def durations(asked: Asked) -> Iterator[pl.DataFrame]:
    """One flag an interview, where the form asks both its beginning and its end."""
    if not {STARTED, ENDED} <= asked.form.questions.keys():
        return
    given = asked.rows.filter(pl.col(STARTED).is_not_null() & pl.col(ENDED).is_not_null())
    begun, ended = (_moment(name, asked.zone) for name in (STARTED, ENDED))
    timed = given.with_columns(minutes=(ended - begun).dt.total_seconds() / 60)
    minutes = pl.col("minutes")
    length = pl.concat_str(minutes.round().cast(pl.Int64).cast(pl.String), pl.lit(" min"))
    judged = {
        "time_unreadable": (minutes.is_null(), pl.lit("")),
        "ends_before_start": (minutes < 0, length),
        "duration_short": (minutes.is_between(0, asked.checks.shortest_minutes, closed="left"), length),
        "duration_long": (minutes > asked.checks.longest_minutes, length),
    }
    for check, (applies, detail) in judged.items():
        yield marks(timed.filter(applies), ENDED, check, detail, asked.enumerator)


def _moment(name: str, zone: str) -> pl.Expr:
    """The moment that a text in ISO 8601 names; without a zone it is the programme's. Null for any other text."""
    text = pl.col(name).str.strip_chars().str.replace(" ", "T", literal=True)
    zoned = [text.str.to_datetime(each, time_unit="us", time_zone="UTC", strict=False) for each in WITH_ZONE]
    local = [
        text.str.to_datetime(each, time_unit="us", strict=False)
        .dt.replace_time_zone(zone, ambiguous="earliest", non_existent="null")
        .dt.convert_time_zone("UTC")
        for each in LOCAL
    ]
    return pl.coalesce(*zoned, *local)
