"""Amounts that look like thousands of baht for baht, or the other way round, beside the same person's other rounds."""

import polars as pl

from transforms.programme import Programme

RATIO = (300.0, 3000.0)
"""Between two rounds an amount hardly grows or shrinks so much; one in another unit is a thousandfold."""


def comparable(programme: Programme) -> tuple[str, ...]:
    """The amounts that the registration and a follow-up ask alike.

    Profits are none: where an amount may be negative it may also be near nothing, and a ratio to that says little.
    """
    asked = programme.registration.questions
    followed = {name for form in programme.follow_ups for name in form.questions}
    return tuple(
        name
        for name, question in asked.items()
        if name in followed
        and question.type == "money"
        and not question.identity
        and not question.may_leap
        and question.minimum is not None
        and question.minimum >= 0
    )


def slipped(submissions: pl.DataFrame, person: pl.Series, known: pl.DataFrame) -> pl.Series:
    """For each submission the first question whose amount is in doubt, else null.

    `person` is the row of `known` that a submission belongs to; `known` has a column for each comparable question.
    """
    asked = [name for name in known.columns if name in submissions.columns]
    if not asked:
        return pl.repeat(None, submissions.height, dtype=pl.String, eager=True).alias("slipped")
    before = known.select(pl.col(asked).gather(person).name.prefix("before_"))
    beside = pl.concat([submissions.select(asked), before], how="horizontal")
    return beside.select(slipped=pl.coalesce(_if_in_doubt(name) for name in asked))["slipped"]


def _if_in_doubt(name: str) -> pl.Expr:
    now, before = pl.col(name), pl.col(f"before_{name}")
    ratio = pl.max_horizontal(now, before) / pl.min_horizontal(now, before)
    both = (now > 0) & (before > 0)
    return pl.when(both & ratio.is_between(*RATIO)).then(pl.lit(name))
