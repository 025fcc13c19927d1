"""Money in the prices of one month: value x index of the base month / mean index of the months it is about.

So are nominal series deflated (ILO, IMF, OECD, Eurostat, UN and World Bank, Consumer Price Index Manual 2020). A
business that has closed has nothing to deflate. What has a limit in law, such as a size class, stays in the prices of
its day.
"""

import polars as pl

from transforms.errors import UserError, listed
from transforms.programme import Indicator, Programme


def is_money(indicator: Indicator) -> bool:
    """Whether an indicator's values are amounts of money of single units."""
    return indicator.shown_as == "money" and indicator.statistic not in ("count", "cost", "transition")


def in_base_prices(value: pl.Expr, indicator: Indicator, programme: Programme) -> pl.Expr:
    """The value, of money in the prices of the base month; as it is where there is no index. Over Responses."""
    if programme.prices is None or not is_money(indicator):
        return value
    factors = programme.prices.factors(indicator.recall_months)
    return value * _month(programme).replace_strict(factors, default=None, return_dtype=pl.Float64)


def check_index(responses: pl.DataFrame, programme: Programme) -> None:
    """Raises UserError with the months of answers whose amounts the index does not reach. Quotes no answer."""
    if programme.prices is None:
        return
    for name, indicator in programme.indicators.items():
        if not is_money(indicator):
            continue
        told = pl.col("answered") & pl.sql_expr(indicator.value).is_not_null()
        months = responses.lazy().filter(told).select(month=_month(programme)).unique().collect()["month"].drop_nulls()
        lacking = sorted(set(months) - set(programme.prices.factors(indicator.recall_months)))
        if lacking:
            about = {None: "that month", 1: "the month before"}.get(indicator.recall_months, _before(indicator))
            raise UserError(
                f"{programme.id}: indicator '{name}': deflators.csv lacks months that answers of {listed(lacking)} "
                f"need, which are about {about}. Add a row for each month (month, index, source), or take prices out "
                "of programme.toml."
            )


def _before(indicator: Indicator) -> str:
    return f"the {indicator.recall_months} months before"


def _month(programme: Programme) -> pl.Expr:
    """The month in which a response was given, as text: of the baseline that of the registration."""
    if not any("answered_on" in form.questions for form in programme.follow_ups):
        return pl.col("registered_on").dt.strftime("%Y-%m")
    at_baseline = pl.col("round") == programme.baseline.id
    day = pl.when(at_baseline).then("registered_on").otherwise("answered_on")
    return day.dt.strftime("%Y-%m")
