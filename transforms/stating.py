"""How each indicator was stated: in advance or not. Columns of the table Indicators."""

from collections.abc import Mapping
from datetime import date

import polars as pl

from transforms.freezing import definition_hash, frozen_since, outcome_rounds, standing
from transforms.programme import Programme

DTYPES: dict[str, pl.DataType | type[pl.DataType]] = {
    "indicator": pl.String,
    "role": pl.String,
    "standing": pl.String,
    "definition": pl.String,
    "frozen_at": pl.Datetime("us", "UTC"),
}


def first_answers(responses: pl.DataFrame, programme: Programme) -> dict[str, date | None]:
    """By round the first day of an answer; of a follow-up that does not ask the day, the first that it can have been.

    That is the day of the registration and the months until the round.
    """
    registered = pl.col("registered_on")
    answered = pl.col("answered_on") if "answered_on" in responses.columns else pl.lit(None, dtype=pl.Date)
    found: dict[str, date | None] = {}
    for each in programme.rounds:
        due = registered if each == programme.baseline else registered.dt.offset_by(f"{each.months}mo")
        day = due if each == programme.baseline else pl.coalesce(answered, due)
        of_round = responses.filter(pl.col("round").cast(pl.String) == each.id, pl.col("answered") | pl.col("closed"))
        found[each.id] = of_round.select(day.min()).item()
    return found


def statements(programme: Programme, answered: Mapping[str, date | None]) -> pl.DataFrame:
    """One row per indicator: its role, how it was stated, the hash of its definition, since when that is frozen."""
    rows = []
    for name, indicator in programme.indicators.items():
        days = [day for each in outcome_rounds(indicator, programme) if (day := answered.get(each)) is not None]
        since = frozen_since(name, programme)
        rows.append(
            {
                "indicator": name,
                "role": indicator.role,
                "standing": standing(name, programme, min(days, default=None)),
                "definition": definition_hash(name, programme),
                "frozen_at": since.frozen_at if since else None,
            }
        )
    return pl.DataFrame(rows, schema=DTYPES)
