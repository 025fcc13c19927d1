"""Whole columns: nothing raises, both ways agree, and reading twice changes nothing."""

import random

import polars as pl
import pytest

from transforms.normalise import judged, normalise

KINDS = (
    "text",
    "code",
    "national_id",
    "phone",
    "integer",
    "number",
    "money",
    "year",
    "date",
    "boolean",
    "choice",
    "choices",
    "province",
    "district",
    "subdistrict",
)
PIECES = [
    *"0123456789๐๑๕๙.,-/()+eE #:|;'\"\\\n\t\0",
    *"กนมเแาำิุู่้็์ํๆ",
    *"\u200b\ufeff\u00a0\u202e\u0301é🙂\U0010ffff",
    *("ล้าน", "บาท", "ไม่มี", "ม.ค.", "2569", "1.234", "66", "N/A", "#REF!", "à¸", "E+12", "2026-01-05", "T10:00Z"),
    *("trade", "none", "เมือง", "ต.", "พระนคร", "#FORMULA!"),
    *("31", "02", "٣", "+2026-01-05", "081234567", "ระนอง", "จ.", "true", "nan", "inf", "{", "}", "%s", "$1"),
]


def strings(count: int, seed: int) -> list[str]:
    draw = random.Random(seed)
    return ["".join(draw.choices(PIECES, k=draw.randint(0, 9))) for _ in range(count)]


@pytest.fixture(scope="module")
def odd() -> pl.DataFrame:
    return pl.DataFrame({"q": strings(100_000, seed=7)})


@pytest.mark.parametrize("kind", KINDS)
def test_no_string_raises_and_both_ways_of_reading_agree(kind, odd, rules):
    """Case 26, and the 100,000 random strings of the scoreboard."""
    of = rules(kind)
    whole = normalise(odd, {"q": of})["q"]
    carefully = judged(odd.rename({"q": "text"}), of)
    assert whole.values.equals(carefully["value"].alias(whole.values.name), null_equal=True)
    refused = carefully["refused"].drop_nulls().value_counts()
    assert {code: len(rows) for code, rows in whole.refused.items()} == dict(refused.iter_rows())


@pytest.mark.parametrize("kind", KINDS)
def test_what_was_read_reads_as_itself(kind, odd, rules):
    of = rules(kind)
    once = normalise(odd, {"q": of})["q"].values
    written = once.cast(pl.String) if once.dtype != pl.Date else once.dt.to_string("%Y-%m-%d")
    if kind == "money":
        written = pl.select(
            pl.when(written.str.contains(r"\.\d{3}$")).then(written + "0").otherwise(written)
        ).to_series()
    twice = normalise(written.alias("q").to_frame(), {"q": of})["q"]
    assert twice.values.equals(once.alias(twice.values.name), null_equal=True)
    assert not twice.refused


@pytest.mark.load
@pytest.mark.parametrize("kind", KINDS)
def test_no_string_of_a_million_raises_and_what_is_read_reads_as_itself(kind, rules):
    many = pl.DataFrame({"q": strings(1_000_000, seed=13)})
    test_no_string_raises_and_both_ways_of_reading_agree(kind, many, rules)
    test_what_was_read_reads_as_itself(kind, many, rules)


@pytest.mark.parametrize("kind", KINDS)
def test_an_answer_does_not_depend_on_its_neighbours(kind, rules):
    of = rules(kind)
    answers = strings(2_000, seed=11)
    together = normalise(pl.DataFrame({"q": answers}), {"q": of})["q"].values.to_list()
    backwards = normalise(pl.DataFrame({"q": answers[::-1]}), {"q": of})["q"].values.to_list()
    halves = [
        normalise(pl.DataFrame({"q": half}), {"q": of})["q"].values.to_list() for half in (answers[:999], answers[999:])
    ]
    assert together == backwards[::-1] == [*halves[0], *halves[1]]


def test_an_empty_column_stays_empty_and_typed(rules):
    read = normalise(pl.DataFrame({"q": []}, schema={"q": pl.String}), {"q": rules("date")})["q"]
    assert read.values.dtype == pl.Date
    assert len(read.values) == 0
