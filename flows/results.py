"""The numbers that may be published, for a machine."""

import json
from datetime import datetime
from typing import Literal

import polars as pl

from flows.declared import periods_over, programme_named, warehouse_of
from flows.disclosed import disclosed
from transforms import tables
from transforms.errors import UserError, nearest, numbered

_FORMULA = r"^([=+\-@\t\r\n])"


def results(programme: str, format: Literal["json", "csv"] = "json", as_of: datetime | None = None) -> str:
    """Every estimate of the current warehouse, or of one as of a moment, as it may be shown; and what it is made from.

    None of a period whose people were taken out: what is left of it are those who registered again.
    Raises UserError where no warehouse was built as of that moment.
    """
    declared = programme_named(programme)
    if as_of is not None and warehouse_of(declared, as_of).current() is None:
        raise UserError(f"{programme}: no warehouse was built as of then. Run: impact refresh {programme} --as-of ...")
    with warehouse_of(declared, as_of).open() as reader:
        over = pl.col("period").cast(pl.String).is_in(list(periods_over(declared)))
        estimates = disclosed("results", reader.query("results").filter(~over), declared)
        build = reader.query("build").row(0, named=True)
    if format == "csv":
        return without_formulas(estimates).write_csv()
    made_from = {name: str(value) for name, value in build.items()}
    return json.dumps({"build": made_from, "estimates": estimates.to_dicts()}, ensure_ascii=False, indent=1) + "\n"


def rejected_rows(programme: str) -> str:
    """As CSV, where each submission that was set aside stands and why; never what was answered."""
    with warehouse_of(programme_named(programme)).open() as reader:
        return without_formulas(reader.query("rejected_rows")).write_csv()


def flagged(programme: str, check: str | None = None, format: Literal["text", "csv"] = "text") -> str:
    """What the checks noticed, or one of them: where it stands and how far it goes; never what was answered.

    As text without what a person has accepted, which is only counted; as CSV with all.
    """
    if check is not None and check not in tables.CHECKS:
        raise UserError(f"--check {check}: there is no such check. {nearest(check, tables.CHECKS)}")
    with warehouse_of(programme_named(programme)).open() as reader:
        found = reader.query("flagged")
    if check is not None:
        found = found.filter(pl.col("check").cast(pl.String) == check)
    if format == "csv":
        return without_formulas(found).write_csv()
    left = found.filter(~pl.col("accepted")).drop("accepted")
    lines = [
        "\t".join(map(str, row))
        for row in left.select("check", "source", "submission", "field", "detail", "group").rows()
    ]
    return "\n".join(
        [*lines, f"{numbered(left.height, 'flag')} to look at; accepted: {found.height - left.height}.", ""]
    )


def without_formulas(frame: pl.DataFrame) -> pl.DataFrame:
    """Text that a spreadsheet would take for a formula gets an apostrophe; numbers stay."""
    text = [name for name, dtype in frame.schema.items() if isinstance(dtype, (pl.String, pl.Enum))]
    return frame.with_columns(pl.col(text).cast(pl.String).str.replace(_FORMULA, "'${1}"))
