"""An enterprise's size class from a year's revenue, its workers and its sector.

The limits are the programme's (`SizeRule`). Two published readings disagree on what decides when revenue and
workers point to different classes: the Thai text lets revenue govern, OSMEP's English page takes the higher.
A survey's revenue is not the statutory figure: say "survey-based class". Closed businesses are not sized here.
"""

import polars as pl

from transforms.programme import SizeLimit, SizeRule


def size_class(revenue: pl.Expr, workers: pl.Expr, sector: pl.Expr, rule: SizeRule) -> pl.Expr:
    """The class as a value of `rule.sizes`; null above the largest limits, and where it cannot be decided.

    Under `revenue` an unknown revenue leaves the class unknown, whatever the workers; unknown workers do not
    matter. Under `higher` both must be known: the unknown one could lie above the other.
    """
    sizes = [choice.value for choice in rule.sizes]
    rank = _rank(revenue, sector, "revenue", rule)
    if rule.tie_break == "higher":
        by_workers = _rank(workers, sector, "workers", rule)
        both_known = rank.is_not_null() & by_workers.is_not_null()
        rank = pl.when(both_known).then(pl.max_horizontal(rank, by_workers))
    return rank.replace_strict(dict(enumerate(sizes)), default=None, return_dtype=pl.String)


def _rank(amount: pl.Expr, sector: pl.Expr, by: str, rule: SizeRule) -> pl.Expr:
    """The class's place in `rule.sizes`; one more than the last above every limit; null when unknown."""
    sizes = [choice.value for choice in rule.sizes]
    rank: pl.Expr = pl.when(amount.is_not_null() & sector.is_in(_sectors(rule))).then(len(sizes))
    # From the largest class down, so that the smallest limit that holds is the one that stays.
    for limit in sorted(rule.limits, key=lambda each: -sizes.index(each.size)):
        rank = pl.when(_within(amount, sector, by, limit)).then(sizes.index(limit.size)).otherwise(rank)
    return rank


def _within(amount: pl.Expr, sector: pl.Expr, by: str, limit: SizeLimit) -> pl.Expr:
    most = limit.revenue if by == "revenue" else limit.workers
    return sector.is_in(list(limit.sectors)) & (amount <= most)


def _sectors(rule: SizeRule) -> list[str]:
    return sorted({sector for limit in rule.limits for sector in limit.sectors})
