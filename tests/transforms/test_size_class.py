from typing import Any, Literal

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.programme import SizeRule
from transforms.size_class import size_class

SIZES = ["micro", "small", "medium"]
MILLION = 1_000_000.0
# Ministerial Regulation B.E. 2562 and OSMEP's announcement of January B.E. 2563.
LIMITS = [
    ("micro", ["manufacturing", "trade", "services"], 1.8, 5),
    ("small", ["manufacturing"], 100, 50),
    ("small", ["trade", "services"], 50, 30),
    ("medium", ["manufacturing"], 500, 200),
    ("medium", ["trade", "services"], 300, 100),
]


def rule(tie_break: Literal["revenue", "higher"]) -> SizeRule:
    words = {"th": "ขนาด", "en": "size"}
    return SizeRule.model_validate(
        {
            "title": words,
            "revenue": "revenue",
            "workers": "workers",
            "sector": "sector",
            "tie_break": tie_break,
            "sizes": [{"value": size, "title": words} for size in SIZES],
            "limits": [
                {"size": size, "sectors": sectors, "revenue": revenue * MILLION, "workers": workers}
                for size, sectors, revenue, workers in LIMITS
            ],
        }
    )


def classes(rows: list[tuple[Any, Any, Any]], tie_break: Literal["revenue", "higher"]) -> list[str | None]:
    schema = {"revenue": pl.Float64, "workers": pl.Int64, "sector": pl.String}
    frame = pl.DataFrame(rows, schema=schema, orient="row")
    expression = size_class(pl.col("revenue"), pl.col("workers"), pl.col("sector"), rule(tie_break))
    return frame.select(expression.alias("size"))["size"].to_list()


@pytest.mark.parametrize(
    ("revenue_millions", "workers", "sector", "revenue_governs", "higher"),
    [
        (0.9, 12, "manufacturing", "micro", "small"),
        (45, 35, "services", "small", "medium"),
        (2.5, 4, "manufacturing", "small", "small"),
        (120, 40, "manufacturing", "medium", "medium"),
    ],
)
def test_the_published_cases_are_classed_under_both_readings(
    revenue_millions: float, workers: int, sector: str, revenue_governs: str, higher: str
) -> None:
    case = [(revenue_millions * MILLION, workers, sector)]

    assert classes(case, "revenue") == [revenue_governs]
    assert classes(case, "higher") == [higher]


def test_a_limit_belongs_to_the_class_it_bounds() -> None:
    rows = [(1.8 * MILLION, 5, "trade"), (1.8 * MILLION + 1, 6, "trade"), (300 * MILLION, 100, "trade")]

    assert classes(rows, "revenue") == classes(rows, "higher") == ["micro", "small", "medium"]


def test_an_enterprise_above_every_limit_has_no_class() -> None:
    assert classes([(501 * MILLION, 3, "manufacturing")], "revenue") == [None]
    assert classes([(1 * MILLION, 201, "manufacturing")], "higher") == [None]


def test_unknown_workers_matter_only_where_they_could_decide() -> None:
    assert classes([(2 * MILLION, None, "trade")], "revenue") == ["small"]
    assert classes([(2 * MILLION, None, "trade")], "higher") == [None]


def test_an_unknown_revenue_or_sector_leaves_the_class_unknown() -> None:
    rows = [(None, 3, "trade"), (MILLION, 3, None), (MILLION, 3, "fishing")]

    assert classes(rows, "revenue") == [None, None, None]
    assert classes(rows, "higher") == [None, None, None]


@given(
    revenue=st.floats(0, 290 * MILLION),
    workers=st.integers(0, 100),
    sector=st.sampled_from(["manufacturing", "trade", "services"]),
)
def test_whichever_is_higher_never_lowers_a_class(revenue: float, workers: int, sector: str) -> None:
    by_revenue = classes([(revenue, workers, sector)], "revenue")[0]
    by_higher = classes([(revenue, workers, sector)], "higher")[0]

    assert by_revenue is not None
    assert by_higher is not None
    assert SIZES.index(by_higher) >= SIZES.index(by_revenue)
