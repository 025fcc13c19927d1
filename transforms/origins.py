"""Which submissions a person's rows are made from, and marks of what these say: so that a change has a cause."""

from collections.abc import Mapping
from functools import reduce
from hashlib import sha256
from operator import xor

import polars as pl

from transforms import tables
from transforms.programme import Programme
from transforms.submissions import SAID, reference


def with_said(submissions: pl.DataFrame, secret: str) -> pl.DataFrame:
    """Submissions as received, with a mark of all that each says in `SAID`.

    Columns that are empty or missing make no difference, nor does their order. Marks are made by Polars' own hash, in a
    tenth of the time of SHA-256: another release of Polars may make others. Only rows that differ are asked about them.
    """
    answers = [name for name in submissions.columns if not name.startswith("_")]
    marks = (
        pl.when(pl.col(name).is_not_null())
        .then(pl.col(name).cast(pl.String).hash(_seed(secret, name)))
        .otherwise(pl.lit(0, dtype=pl.UInt64))
        for name in answers
    )
    return submissions.with_columns(reduce(xor, marks, pl.lit(0, dtype=pl.UInt64)).alias(SAID))


def said_anew(asked: pl.DataFrame, places: pl.Series, field: str, answers: pl.Series) -> pl.DataFrame:
    """The submissions; at these places the mark is another one, since a person has put answers there."""
    if SAID not in asked.columns:
        return asked
    marks = answers.fill_null("").hash(_seed("", field))
    return asked.with_columns(asked[SAID].scatter(places, asked[SAID].gather(places) ^ marks))


def origins(named: Mapping[str, pl.DataFrame], programme: Programme, secret: str) -> pl.DataFrame:
    """The table Origins, of accepted submissions under pseudonyms by source."""
    rounds = {each.id: each.round or programme.baseline.id for each in programme.sources}
    rows = [
        frame.select(
            "participant",
            submission=marked(reference(), secret),
            source=pl.lit(source),
            round=pl.lit(rounds[source]),
            said=pl.col(SAID).reinterpret(signed=True),
        )
        for source, frame in named.items()
    ]
    return tables.Origins.cast(pl.concat(rows).select(tables.Origins.column_names()))


def marked(submission: pl.Expr, secret: str) -> pl.Expr:
    """The keyed mark of what a submission is called: a server's key is a device's, and stays out of the table."""
    return submission.hash(_seed(secret, "submission")).reinterpret(signed=True)


def _seed(secret: str, name: str) -> int:
    return int.from_bytes(sha256(f"{secret}|{name}".encode()).digest()[:8], "big")
