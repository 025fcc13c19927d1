"""What a result cost: the period's budget over what an indicator found, with the range that its interval leaves."""

from collections.abc import Iterator

import polars as pl

from transforms import tables
from transforms.estimating.work import Work
from transforms.estimators.cohort import PROGRAMME
from transforms.estimators.sums import WEIGHT, grows
from transforms.programme import BUDGET, Indicator, Quantity

ENDS = ("value", "low", "high")
BASES = ("period", "round", "n", "n_comparison", "clusters", "clusters_comparison", "df", "population", "response")
"""What a cost rests on: all that its result does."""
OPEN = "open"
"""How the method of a cost ends whose result may be nothing: it has a lower end only."""


def costs(work: Work, found: list[pl.DataFrame]) -> Iterator[pl.DataFrame]:
    """The costs of one programme. `found`: the whole programme's estimates, with the columns that each knows."""
    for name, indicator in work.programme.indicators.items():
        if indicator.costed is not None:
            for frame in found:
                yield from _of_frame(name, indicator, indicator.costed, frame, work)


def _of_frame(name: str, indicator: Indicator, result: str, frame: pl.DataFrame, work: Work) -> Iterator[pl.DataFrame]:
    arm = _arm(indicator.of, work)
    wanted = {"indicator": result, "quantity": indicator.of, "by": PROGRAMME, "group": tables.EVERYONE, "arm": arm}
    if not set(wanted) <= set(frame.columns):
        return
    rows = frame.filter(pl.all_horizontal(pl.col(key).cast(pl.String) == value for key, value in wanted.items()))
    baseline = pl.col("round") == work.programme.baseline.id
    if indicator.of == "level" and not rows.filter(~baseline).is_empty():
        rows = rows.filter(~baseline)  # what was so at the registration cost nothing
    for period, budget in work.programme.budget.items():
        for row in rows.filter(pl.col("period") == period).to_dicts():
            amounts = _amounts(result, indicator.of, row, work)
            yield _cost(name, indicator, result, row, amounts, budget)


def _arm(of: Quantity | None, work: Work) -> str:
    """Of whom the result is paid for: everybody counted, and of the rest those who were treated."""
    if of == "effect":
        return "both"
    return "treated" if of != "count" and work.programme.design.treatment is not None else tables.EVERYONE


def _amounts(result: str, of: Quantity | None, row: dict[str, object], work: Work) -> dict[str, float | None]:
    """How much was achieved in all, at the value and at the ends of its interval.

    An effect in per cent is of what those treated would have had without it: e / (1 + e) of what they have.
    """
    many, each = _times(result, row, of, work), 1.0
    grown = of == "effect" and grows(work.programme.indicators[result])
    if grown:
        each = _mean_of_treated(result, row, work)
    found: dict[str, float | None] = {}
    for end in ENDS:
        amount = row.get(end)
        known = float(amount) if isinstance(amount, int | float) else None
        if known is not None and grown:
            known = known / (1 + known) if known > -1 else None
        found[end] = None if known is None else known * many * each
    if of == "count":
        found["low"] = found["high"] = None
    return found


def _mean_of_treated(result: str, row: dict[str, object], work: Work) -> float:
    now, people = work.cohort.rounds[str(row["round"])], work.cohort.people
    own = (people["arm"] == "treated") & (people["period"] == row["period"])
    told = now.filter(own & now[f"{result}__asked"]).drop_nulls(result)
    weights = told[WEIGHT] if WEIGHT in told.columns else pl.repeat(1.0, told.height, eager=True)
    total = float(weights.sum())
    return float((told[result] * weights).sum()) / total if total else float("nan")


def _times(result: str, row: dict[str, object], of: Quantity | None, work: Work) -> float:
    """How many units a level, change or effect is of: the treated whom the indicator is about at the registration.

    One that is asked in follow-ups only is about all who were due.
    """
    if of == "count":
        return 1.0
    treated = work.cohort.people["arm"].is_in(["treated", tables.EVERYONE])
    own = treated & (work.cohort.people["period"] == row["period"])
    now = work.cohort.rounds[str(row["round"])]
    asked = work.cohort.rounds[work.programme.baseline.id][f"{result}__asked"] & own
    return float((asked if asked.any() else now["due"] & own).sum())


def _cost(
    name: str,
    indicator: Indicator,
    result: str,
    row: dict[str, object],
    amounts: dict[str, float | None],
    budget: float,
) -> pl.DataFrame:
    """One row. The most results cost the least each; where there may be none, or fewer, there is no upper end."""
    low, high = (_price(indicator, result, amounts[end], budget) for end in ("high", "low"))
    return pl.DataFrame(
        {key: [row.get(key)] for key in BASES}
        | {
            "indicator": [name],
            "quantity": ["level"],
            "arm": [tables.EVERYONE if row["arm"] == tables.EVERYONE else "treated"],
            "by": [PROGRAMME],
            "group": [tables.EVERYONE],
            "value": [_price(indicator, result, amounts["value"], budget)],
            "low": [low],
            "high": [high],
            "method": [_method(indicator, is_open=amounts["low"] is not None and high is None)],
        },
        infer_schema_length=None,
    )


def _method(indicator: Indicator, *, is_open: bool) -> str:
    if indicator.of == "count":
        return "cost_of_count"
    return f"cost_of_{indicator.of}_{OPEN if is_open else 'ends'}"


def _price(indicator: Indicator, result: str, amount: float | None, budget: float) -> float | None:
    if amount is None or amount <= 0:
        return None
    return float(pl.DataFrame({BUDGET: budget, result: amount}).select(pl.sql_expr(indicator.value)).item())
