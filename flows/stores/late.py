"""Registrations that come when their time is over: whose they are has gone, or would go at once."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from pathlib import Path

import polars as pl

from flows.stores.taking_out import Places, chosen
from transforms.identities import PHONE, columns_for, identifiers, with_origin
from transforms.programme import Form, Period
from transforms.retention import dated_by, days_said, kept_until
from transforms.submissions import by_question

_LONG_AFTER = timedelta(days=50 * 365)

Standing = Callable[[date], pl.DataFrame]
"""The identifiers (`kind`, `value`) of those who stand in the landing with a registration from before a day."""


@dataclass(frozen=True)
class Late:
    """What of a registration form's rows was taken out, by age, on an earlier day.

    `before` is the first day that was kept then, `on` the day itself. `in_force` says whether programme.toml still
    keeps people just as long; else nothing new is late.
    """

    form: Form
    periods: tuple[Period, ...]
    zone: str
    before: date
    on: date
    in_force: bool
    standing: Standing

    def places(self, rows: pl.DataFrame) -> pl.Series:
        """The positions of late rows; none of whoever stands here, kept whole, with a registration as old."""
        if not self.in_force or rows.is_empty():
            return pl.Series("place", [], dtype=pl.UInt32)
        late = (self._until(rows) < self.before).fill_null(False).arg_true().cast(pl.UInt32).rename("place")
        if late.is_empty():
            return late
        named = identifiers(rows[late], self.form).filter(pl.col("kind") != PHONE)
        stays = named.join(self._stand, on=["kind", "value"], how="semi")["place"].unique()
        return late.filter(~pl.int_range(late.len(), dtype=pl.UInt32, eager=True).is_in(stays.implode()))

    def rows(self, parquet: Path, places: Places | None = None) -> pl.DataFrame:
        """The late rows of a Parquet, or those at other places: `_row`, and of a server's `_key` and `_revision`."""
        return chosen(parquet, lambda names: columns_for(names, self.form, dated_by(self.form)), places or self.places)

    def young(self, rows: pl.DataFrame) -> pl.Series:
        """Whether each row is a registration of after then, so that its record counts again."""
        return (self._until(rows) >= self.before).fill_null(False)

    @cached_property
    def _stand(self) -> pl.DataFrame:
        return self.standing(self.before).select("kind", "value").unique()

    def _until(self, rows: pl.DataFrame) -> pl.Series:
        name = dated_by(self.form)
        assert name is not None, "every registration form asks registered_on"
        asked = self.form.model_copy(update={"questions": {name: self.form.questions[name]}})
        latest = self.on + _LONG_AFTER  # what comes now was said after the last run
        said = days_said(by_question(with_origin(rows), asked)[name], self.form, latest, self.zone)
        return said.to_frame("day").select(until=kept_until(pl.col("day"), self.periods))["until"]
