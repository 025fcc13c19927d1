"""What is hidden so that subtraction gives nothing away: by hand, and of many tables made up at random."""

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.disclosure import suppression
from transforms.disclosure.bounds import bounds
from transforms.disclosure.margins import COLUMNS, inside, memberships
from transforms.disclosure.suppression import complementary

FLOOR = 10
NOWHERE = inside(pl.DataFrame(), {}, "by.")
DISTRICTS = pl.DataFrame(
    {"by": "district", "group": [f"d{n}" for n in range(6)], "whole_by": "province", "whole_group": list("aaabbb")}
)


def cells(numbers: dict[tuple[str, str], int], table: str = "t", arm: str = "") -> pl.DataFrame:
    rows = [
        (f"{table}.{arm}.{by}.{group}", table, arm, by, group, number, number < FLOOR, False, None)
        for (by, group), number in numbers.items()
    ]
    frame = pl.DataFrame(rows, [*COLUMNS, "asked"], orient="row", infer_schema_length=None).cast({"asked": pl.String})
    return frame.with_columns(same="row")


def total(number: int) -> dict[tuple[str, str], int]:
    return {("programme", "all"): number}


def of_sexes(**numbers: int) -> dict[tuple[str, str], int]:
    return {("sex", name): number for name, number in numbers.items()}


def hidden_beside(frame: pl.DataFrame, lies_in: pl.DataFrame = NOWHERE) -> list[str]:
    return complementary(frame, lies_in, FLOOR).to_list()


def known_too_well(frame: pl.DataFrame, lies_in: pl.DataFrame, more: pl.Series) -> list[str]:
    """The counts under the floor of which subtraction leaves fewer than five values apart."""
    hidden = frame.with_columns(pl.col("hidden") | pl.col("row").is_in(more.implode()), place=pl.lit(""))
    found = bounds(memberships(hidden.with_row_index("cell"), lies_in, FLOOR))
    return found.filter(pl.col("number") < FLOOR, pl.col("most") - pl.col("least") < 5)["row"].to_list()


def test_beside_one_hidden_group_the_smallest_other_is_hidden():
    frame = cells(total(104) | of_sexes(women=60, men=40, other=4))

    assert hidden_beside(frame) == ["t..sex.men"]


def test_groups_that_are_hidden_already_and_enough_together_need_no_other():
    frame = cells(total(111) | of_sexes(women=60, men=40, other=5, unsaid=6))

    assert hidden_beside(frame) == []


def test_hidden_groups_of_too_few_together_take_in_another():
    frame = cells(total(109) | of_sexes(women=60, men=40, other=5, unsaid=4))

    assert hidden_beside(frame) == ["t..sex.men"]


def test_few_people_in_the_total_and_in_no_group_are_hidden_like_a_group():
    frame = cells(total(103) | of_sexes(women=60, men=40))

    assert hidden_beside(frame) == ["t..sex.men"]


def test_where_enough_people_are_in_no_group_the_total_tells_of_no_group():
    assert hidden_beside(cells(total(60) | of_sexes(f=0))) == []


def test_what_an_earlier_release_showed_is_hidden_last():
    frame = cells(total(104) | of_sexes(women=60, men=40, other=4))
    frame = frame.with_columns(known=pl.col("group") == "men")

    assert hidden_beside(frame) == ["t..sex.women"]


def test_a_hidden_area_is_not_told_by_what_lies_in_it():
    provinces = {("province", "a"): 34, ("province", "b"): 4, ("province", "c"): 90}
    districts = {("district", "d0"): 12, ("district", "d1"): 22}
    frame = cells(total(128) | provinces | districts).with_columns(known=pl.col("group") == "c")

    hidden = complementary(frame, DISTRICTS, FLOOR)

    assert "t..province.a" in hidden.to_list()
    assert known_too_well(frame, DISTRICTS, hidden) == []


def test_an_arm_is_not_told_by_all_less_the_other_arm():
    arms = {"treated": (40, 30, 10), "comparison": (44, 40, 4), "all": (84, 70, 14)}
    frame = pl.concat(
        cells(total(whole) | of_sexes(women=women, men=men), arm=arm) for arm, (whole, women, men) in arms.items()
    )

    hidden = complementary(frame, NOWHERE, FLOOR)

    assert known_too_well(frame, NOWHERE, pl.Series([], dtype=pl.String)) == ["t.comparison.sex.men"]
    assert known_too_well(frame, NOWHERE, hidden) == []


def test_the_same_people_are_hidden_in_every_table():
    one, other = (cells(total(104) | of_sexes(women=60, men=40, other=4), table) for table in "tu")
    shown = other.with_columns(pl.lit(False).alias("hidden")).filter(pl.col("group") != "other")
    shown = shown.with_columns(number=pl.when(pl.col("by") == "programme").then(100).otherwise("number"))
    alike = pl.concat([one, shown]).with_columns(asked=pl.lit("everybody"))

    assert "u..sex.men" in hidden_beside(alike)


@pytest.mark.parametrize("seed", range(8))
def test_no_small_count_can_be_worked_out_of_tables_made_up_at_random(seed: int):
    frame, lies_in = made_up(seed)

    hidden = complementary(frame, lies_in, FLOOR)

    assert known_too_well(frame, lies_in, hidden) == []
    assert known_too_well(frame, lies_in, hidden[:0]), "primary suppression alone leaves something to be worked out"


def made_up(seed: int) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Counts of 1,500 people by arm, province, district and sex."""
    people = pl.DataFrame({"person": range(1500)}).select(
        arm=pl.when(pl.col("person").hash(seed) % 3 == 0).then(pl.lit("comparison")).otherwise(pl.lit("treated")),
        place=(pl.col("person").hash(seed + 100) % 1000 / 1000) ** 2,
        draw=pl.col("person").hash(seed + 200) % 100,
    )
    people = people.with_columns(
        district=(pl.col("place") * 24).cast(pl.Int64).cast(pl.String),
        province=(pl.col("place") * 24).cast(pl.Int64) // 4,
        sex=pl.when(pl.col("draw") < 2)
        .then(pl.lit("other"))
        .when(pl.col("draw") < 60)
        .then(pl.lit("w"))
        .otherwise(pl.lit("m")),
        programme=pl.lit("all"),
    ).with_columns(pl.col("province").cast(pl.String))
    found = []
    for arm in ("all", "treated", "comparison"):
        here = people if arm == "all" else people.filter(pl.col("arm") == arm)
        for by in ("programme", "province", "district", "sex"):
            for group, number in here.group_by(by).len().sort(by).iter_rows():
                found.append(cells({(by, group): number}, arm=arm))
    pairs = people.select("district", "province").unique().sort("district")
    lies_in = pairs.select(by=pl.lit("district"), group="district", whole_by=pl.lit("province"), whole_group="province")
    return pl.concat(found), lies_in


def test_what_several_sums_tell_together_is_hidden_too(monkeypatch: pytest.MonkeyPatch):
    seeds = range(12)
    assert [known_too_well(*release, complementary(*release, FLOOR)) for release in map(crossed, seeds)] == [[]] * 12

    monkeypatch.setattr(suppression, "_ATTEMPTS", 0)
    naive = [known_too_well(*release, complementary(*release, FLOOR)) for release in map(crossed, seeds)]
    assert sum(map(len, naive)) > 0, "two hidden parts in every sum are not enough"


def crossed(seed: int) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Counts of sessions that lie in a province and in a course, by arm."""
    random = np.random.default_rng(seed)
    sessions = pl.DataFrame(
        {
            "session": [f"s{n}" for n in range(12)],
            "province": [f"p{n // 3}" for n in range(12)],
            "course": [f"c{n}" for n in random.integers(0, 4, 12)],
            "treated": random.integers(5, 20, 12),
            "comparison": random.choice([0, 0, 7, 12, 30], 12),
        }
    ).with_columns(all=pl.col("treated") + pl.col("comparison"), programme=pl.lit("all"))
    found = [
        cells({(by, group): number}, arm=arm)
        for arm in ("all", "treated", "comparison")
        for by in ("programme", "province", "course", "session")
        for group, number in sessions.group_by(by, maintain_order=True).agg(pl.col(arm).sum()).iter_rows()
        if number > 0
    ]
    lies_in = pl.concat(
        sessions.select(by=pl.lit("session"), group="session", whole_by=pl.lit(by), whole_group=by)
        for by in ("province", "course")
    )
    return pl.concat(found), lies_in


def test_the_same_place_is_hidden_in_both_where_a_group_is_small_in_both():
    shown = {"women": 60, "men": 40, "other": 9}
    one = cells(total(106) | of_sexes(**shown | {"other": 6}), "t")
    other = cells(total(109) | of_sexes(**shown), "u").with_columns(known=pl.col("group") == "men")
    both = pl.concat([one, other]).with_columns(asked=pl.lit("everybody"))

    hidden = set(hidden_beside(both))

    assert {"t..sex.men", "u..sex.men"} <= hidden or {"t..sex.women", "u..sex.women"} <= hidden


def test_a_table_that_shows_the_group_need_not_hide_the_place():
    one = cells(total(106) | of_sexes(women=60, men=40, other=6), "t")
    other = cells(total(112) | of_sexes(women=60, men=40, other=12), "u")

    assert hidden_beside(pl.concat([one, other]).with_columns(asked=pl.lit("everybody"))) == ["t..sex.men"]


@given(st.lists(st.integers(0, 40), min_size=2, max_size=6), st.integers(0, 15))
def test_no_group_of_one_whole_is_known_too_well(numbers: list[int], unsaid: int):
    groups = {f"g{n}": number for n, number in enumerate(numbers)}
    frame = cells(total(sum(numbers) + unsaid) | of_sexes(**groups))

    hidden = complementary(frame, NOWHERE, FLOOR)

    assert known_too_well(frame, NOWHERE, hidden) == []
