"""Every check of one source's accepted submissions, as the table Flags."""

import polars as pl

from transforms import tables
from transforms.flags.amounts import outliers
from transforms.flags.asked import Asked
from transforms.flags.durations import durations
from transforms.flags.enumerators import enumerators
from transforms.flags.logic import logic
from transforms.flags.missing import missing
from transforms.flags.same import same_answers, same_place
from transforms.programme import Form, Programme
from transforms.submissions import reference

KINDS = (missing, outliers, logic, durations, same_place, same_answers, enumerators)
"""Each takes what was asked and yields frames with `_at` (null where it is about many), and the columns below."""

COLUMNS = ("field", "check", "detail", "group")


def flags(accepted: pl.DataFrame, source: str, form: Form, programme: Programme) -> pl.DataFrame:
    """The flags of one source's accepted submissions, of which those that nobody answered are left alone."""
    asked = Asked.of(accepted, form, programme)
    found = [frame.select(pl.col("_at").cast(pl.UInt32), *COLUMNS) for kind in KINDS for frame in kind(asked)]
    if not found:
        return tables.Flags.create_empty()
    marked = pl.concat(found, how="vertical_relaxed").join(
        asked.rows.select("_at", reference()), on="_at", how="left", maintain_order="left"
    )
    table = marked.select(pl.col("submission").fill_null(""), *COLUMNS, source=pl.lit(source), accepted=pl.lit(False))
    return tables.Flags.validate(table.sort("check", "field", "submission", "group"), cast=True)


def accepting(found: pl.DataFrame, accepts: pl.DataFrame) -> pl.DataFrame:
    """The flags, with those as accepted that a person has looked at: `accepts` has `submission` and `field`.

    An empty field stands for all of a submission's.
    """
    whole = pl.col("submission").is_in(accepts.filter(pl.col("field") == "")["submission"].implode())
    single = pl.struct("submission", "field").is_in(
        accepts.select(pl.struct("submission", "field")).to_series().implode()
    )
    looked_at = (pl.col("submission") != "") & (whole | single)
    return found.with_columns(accepted=pl.col("accepted") | looked_at)
