"""Money in the prices of one month: by hand, under a known inflation, and where the index does not reach."""

from datetime import date

import polars as pl
import pytest

from tests.transforms.test_estimate import QUESTIONS, _complete, estimated, indicator, programme, responses, text
from transforms import tables
from transforms.errors import UserError
from transforms.measure import measure
from transforms.programme import Prices, Programme

INDEX = {"2026-01": 100.0, "2026-02": 102.0, "2026-03": 105.0, "2026-04": 110.0, "2026-05": 120.0}
PRICES = {"base": "2026-01", "index": INDEX, "source": "Made-up index"}
DAYS = {"start": date(2026, 2, 1), "m3": date(2026, 5, 20), "m6": date(2026, 6, 2)}


def declared(prices: dict[str, object] | None = PRICES, **more: object) -> Programme:
    answered_on = {"path": "answered_on", "type": "date", "title": text("on")}
    follow_up = {"participant_id": QUESTIONS["participant_id"], "answered_on": answered_on}
    shared = {"title": text("form"), "key": ["participant_id"]}
    forms = {
        "registration": {"kind": "registration", "questions": QUESTIONS, **shared},
        "follow_up": {"kind": "follow_up", "questions": follow_up, **shared},
    }
    sales = indicator("money", "sales", shown_as="money", change_as="percent", when_closed=0, recall_months=1)
    return programme(forms=forms, prices=prices, indicators={"sales": sales | more})


def dated(rows: pl.DataFrame) -> pl.DataFrame:
    days = pl.col("round").replace_strict(DAYS, return_dtype=pl.Date)
    return rows.with_columns(answered_on=pl.when(pl.col("round") != "start").then(days))


def measured(rows: pl.DataFrame, of: Programme) -> pl.DataFrame:
    return measure(tables.responses(of).cast(_complete(dated(rows), of)), of)


@pytest.mark.parametrize(
    ("months", "factors"),
    [
        (None, {"2026-01": 1, "2026-02": 100 / 102, "2026-05": 100 / 120}),
        (1, {"2026-02": 1, "2026-03": 100 / 102, "2026-06": 100 / 120}),
        (3, {"2026-04": 300 / 307, "2026-06": 300 / 335}),
    ],
)
def test_an_amount_is_deflated_by_the_months_it_is_about(months: int | None, factors: dict[str, float]) -> None:
    found = Prices.model_validate(PRICES).factors(months)
    assert {month: found[month] for month in factors} == pytest.approx(factors)
    assert len(found) == {None: 5, 1: 5, 3: 3}[months]


def test_the_month_after_december_is_january_of_the_next_year() -> None:
    assert list(Prices(base="2025-12", index={"2025-12": 1.0}).factors(1)) == ["2026-01"]


def test_money_of_each_round_is_told_in_the_prices_of_the_base_month() -> None:
    rows = responses(40)
    nominal, real = (measured(rows, declared(prices)) for prices in (None, PRICES))
    both = (
        nominal.join(real, on=["participant", "round"], suffix="_real").drop_nulls("sales").filter(pl.col("sales") > 0)
    )
    ratio = both.group_by("round").agg((pl.col("sales_real") / pl.col("sales")).mean().alias("ratio"))

    assert dict(ratio.iter_rows()) == pytest.approx({"start": 1.0, "m3": 100 / 110, "m6": 100 / 120})
    assert real["sales"].null_count() == nominal["sales"].null_count()
    assert (real["sales"] == 0).sum() == (nominal["sales"] == 0).sum() > 0  # closed


def test_an_inflation_that_all_money_had_leaves_no_change() -> None:
    rows = responses(200).with_columns(answered=True, closed=False)
    start = rows.filter(pl.col("round") == "start").select("participant", first="sales")
    level = pl.col("round").replace_strict({"start": 1.0, "m3": 1.1, "m6": 1.2}, return_dtype=pl.Float64)
    inflated = rows.join(start, on="participant").with_columns(sales=pl.col("first") * level).drop("first")
    of_round = (
        pl.col("quantity") == "change",
        pl.col("by") == "programme",
        pl.col("term") == "",
        pl.col("round") == "m6",
    )
    real, nominal = (
        estimated(dated(inflated), declared(prices)).filter(*of_round)["value"].to_list() for prices in (PRICES, None)
    )

    assert real == pytest.approx([0, 0], abs=1e-9)
    assert nominal == pytest.approx([0.2, 0.2])


def test_what_is_no_money_stays_as_it_is() -> None:
    rows = responses(40)
    nominal, real = (measured(rows, declared(prices, shown_as="decimal")) for prices in (None, PRICES))
    assert real["sales"].equals(nominal["sales"])


def test_a_month_that_answers_need_and_the_index_lacks_is_named() -> None:
    short = PRICES | {"index": {month: each for month, each in INDEX.items() if month < "2026-05"}}
    with pytest.raises(
        UserError, match=r"indicator 'sales': deflators.csv lacks .* 2026-06 .*the month before"
    ) as raised:
        measured(responses(40), declared(short))
    assert not [name for name in ("P0001", "sales_thb") if name in str(raised.value)]
