"""Questions that many leave without an answer."""

from collections.abc import Iterator

import polars as pl

from transforms.flags.asked import Asked


def missing(asked: Asked) -> Iterator[pl.DataFrame]:
    """One flag a question whose share of missing answers is above the limit.

    A question that only those answer who answer nothing else, such as when a business closed, is for them alone.
    """
    total = asked.rows.height
    names = [name for name in asked.open if not _is_for_others(name, asked)]
    if total < asked.checks.fewest or not names:
        return
    counted = (
        asked.rows.select(names)
        .null_count()
        .transpose(include_header=True, header_name="field", column_names=["missing"])
    )
    share = pl.col("missing") / total
    yield counted.filter(share > asked.checks.missing_share).select(
        "field",
        _at=pl.lit(None, dtype=pl.UInt32),
        check=pl.lit("missing"),
        detail=pl.concat_str((share * 100).round().cast(pl.Int64).cast(pl.String), pl.lit(" %")),
        group=pl.lit(""),
    )


def _is_for_others(name: str, asked: Asked) -> bool:
    return not asked.rows[name].count() and bool(asked.others[name].count())
