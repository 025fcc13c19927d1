"""The numbers that may be published, for a machine."""

import json
from datetime import datetime
from typing import Literal

import polars as pl

from flows.declared import periods_over, programme_named, releases_of, warehouse_of
from flows.releasing import release_of
from flows.stores.releases import Release
from flows.stores.warehouse import reading
from transforms import tables
from transforms.errors import UserError, nearest, numbered
from transforms.programme import Programme

_FORMULA = r"^([=+\-@\t\r\n])"


def results(programme: str, format: Literal["json", "csv"] = "json", as_of: datetime | None = None) -> str:
    """Every estimate of the release of the current warehouse, or of the one that stood at a moment; and what it is of.

    None of a period whose people were taken out: what is left of it are those who registered again.
    Raises UserError where nothing had been released by that moment.
    """
    declared = programme_named(programme)
    over = pl.col("period").cast(pl.String).is_in(list(periods_over(declared)))
    with reading(_release(declared, as_of).figures, "releases") as reader:
        estimates = reader.query("results").filter(~over)
        made_from = {name: reader.table(name).row(0, named=True) for name in ("release", "build")}
    if format == "csv":
        return without_formulas(estimates).write_csv()
    told = made_from | {"estimates": estimates.to_dicts()}
    return json.dumps(told, ensure_ascii=False, indent=1, default=str) + "\n"


def _release(programme: Programme, as_of: datetime | None) -> Release:
    """The release of the current warehouse, or the one that stood at a moment."""
    if as_of is None:
        with warehouse_of(programme).open() as reader:
            return _checked(release_of(reader, programme), programme)
    release = releases_of(programme).at(as_of)
    if release is None:
        raise UserError(
            f"{programme.id}: nothing had been released by then. What had landed by then is another question: "
            f"impact refresh {programme.id} --as-of ..."
        )
    return _checked(release, programme)


def _checked(release: Release, programme: Programme) -> Release:
    """The release, unless its audit failed."""
    if release.about.known_too_well:
        raise UserError(
            f"{programme.id}: release {release.about.number} is not published: "
            f"{numbered(release.about.known_too_well, 'hidden count')} could be worked out of what it shows. "
            f"See which: impact audit-disclosure {programme.id}"
        )
    return release


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
