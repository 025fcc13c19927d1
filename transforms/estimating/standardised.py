"""How far apart two arms are, in standard deviations.

Of an amount Hedges' g: J (m_T - m_C) / pooled standard deviation, J = 1 - 3 / (4 N - 9) (Hedges 1981). Of a share Cox's
index: J (logit p_T - logit p_C) / 1.65 (What Works Clearinghouse, Procedures Handbook 5.0); where a share is 0 or 1
both arms' counts are taken a half larger.
"""

import polars as pl

from transforms.estimators.between_arms import COMPARISON, TREATED

Places = dict[str, tuple[str, str, bool]]
"""Of each column: the covariate, the category and whether it is a share."""


def differences(people: pl.DataFrame, places: Places, spread: pl.DataFrame | None = None) -> dict[str, pl.DataFrame]:
    """By column one row a period: each arm's mean or share, and the standardised difference.

    `people`: one row a unit with its `period`, `side` and the columns. Means are weighted where people have a `weight`;
    `spread`: whose spread they are held against, these people's else.
    """
    by = ["period", "side"]
    mean = _weighted_mean if "weight" in people.columns else pl.Expr.mean
    means = people.group_by(by).agg(
        *(mean(pl.col(column).cast(pl.Float64)).alias(f"mean|{column}") for column in places),
        *(pl.col(column).count().cast(pl.Float64).alias(f"n|{column}") for column in places),
    )
    of_spread = (people if spread is None else spread).group_by(by)
    variances = of_spread.agg(pl.col(column).cast(pl.Float64).var().alias(f"var|{column}") for column in places)
    statistics = means.join(variances, on=by)
    arms = [statistics.filter(pl.col("side") == each).drop("side") for each in (TREATED, COMPARISON)]
    pair = arms[0].join(arms[1], on="period", suffix="|c").sort("period")
    return {column: _difference(pair, column, *place) for column, place in places.items()}


def _weighted_mean(values: pl.Expr) -> pl.Expr:
    weight = pl.col("weight")
    return ((values * weight).sum() / (values.is_not_null() * weight).sum()).fill_nan(None)  # of nobody none


def _difference(pair: pl.DataFrame, column: str, covariate: str, category: str, is_share: bool) -> pl.DataFrame:
    treated, comparison = (pl.col(f"mean|{column}{suffix}") for suffix in ("", "|c"))
    n, n_c = (pl.col(f"n|{column}{suffix}") for suffix in ("", "|c"))
    small = 1 - 3 / (4 * (n + n_c) - 9)
    if is_share:
        at_an_end = pl.any_horizontal(each.is_in([0.0, 1.0]) for each in (treated, comparison))
        odds = [
            pl.when(at_an_end).then((share * many + 0.5) / (many - share * many + 0.5)).otherwise(share / (1 - share))
            for share, many in ((treated, n), (comparison, n_c))
        ]
        gap = (odds[0].log() - odds[1].log()) / 1.65
    else:
        squares = (n - 1) * pl.col(f"var|{column}") + (n_c - 1) * pl.col(f"var|{column}|c")
        gap = (treated - comparison) / (squares / (n + n_c - 2)).sqrt()
    difference = pl.when(treated == comparison).then(0.0).otherwise(small * gap)
    return pair.select(
        "period",
        pl.lit(covariate).alias("covariate"),
        pl.lit(category).alias("category"),
        n.cast(pl.Int64).alias("n"),
        n_c.cast(pl.Int64).alias("n_comparison"),
        treated.alias("treated"),
        comparison.alias("comparison"),
        pl.when(difference.is_finite()).then(difference).alias("difference"),
    )
