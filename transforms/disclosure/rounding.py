"""To how many digits figures are published."""

import dataframely as dy
import polars as pl

from transforms import tables
from transforms.beside import BESIDE, HOMOGENEITY, WINSORISED
from transforms.disclosure.primary import LOSSES
from transforms.programme import Programme


def rounded_for_publication(
    published: dy.DataFrame[tables.PublishedEstimates], programme: Programme
) -> dy.DataFrame[tables.PublishedEstimates]:
    """The estimates to the digits that policy allows.

    Shares to whole per cent; their changes, and changes in per cent, to a tenth of one; money to 3 significant
    digits; other numbers to 3 significant digits or 3 decimals, whichever keeps more; p and q to 3 significant.
    """
    figures = pl.col("value", "standard_error", "low", "high", "smallest_detectable")
    rounded = published.with_columns(
        _of_term(figures, digits(figures, programme)),
        pl.col("p_value", "q_value").round_sig_figs(3),
        pl.col("df").round(1),
        pl.col("response", *LOSSES).round(2),
    )
    return tables.PublishedEstimates.validate(rounded, cast=True)


def _of_term(figures: pl.Expr, lead: pl.Expr) -> pl.Expr:
    """What stands beside a lead figure, in money, as a test or as a share: to the digits of that; else the lead's."""
    share = pl.when(pl.col("quantity").cast(pl.String) == "level").then(figures.round(2)).otherwise(figures.round(3))
    return (
        pl.when(pl.col("term") == WINSORISED)
        .then(figures.round_sig_figs(3))
        .when(pl.col("term") == HOMOGENEITY)
        .then(figures.round(2))
        .when(pl.col("term").is_in(BESIDE))
        .then(share)
        .otherwise(lead)
    )


def digits(figures: pl.Expr, programme: Programme) -> pl.Expr:
    """The figures of rows with `indicator` and `quantity`, rounded."""
    shown_as = {name: each.shown_as for name, each in programme.indicators.items()}
    in_percent = [name for name, each in programme.indicators.items() if each.change_as == "percent"]
    contrast = pl.col("quantity").cast(pl.String).is_in(["change", "effect"])
    kind = (
        pl.when(contrast & pl.col("indicator").is_in(in_percent))
        .then(pl.lit("percent"))
        .otherwise(pl.col("indicator").replace_strict(shown_as, default="decimal", return_dtype=pl.String))
    )
    return (
        pl.when((kind == "percent") & contrast)
        .then(figures.round(3))
        .when(kind == "percent")
        .then(figures.round(2))
        .when(kind == "money")
        .then(figures.round_sig_figs(3))
        .when(figures.abs() < 0.1)
        .then(figures.round_sig_figs(3))
        .otherwise(figures.round(3))
    )
