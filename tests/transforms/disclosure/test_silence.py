import polars as pl
import pytest

from transforms import tables
from transforms.disclosure.silence import disclose_nonresponse

FLOOR = 10


def rows(*people: tuple[int, int], category: str = "group") -> pl.DataFrame:
    """One covariate whose categories have so many who answered, and so many who did not."""
    answered, silent = (sum(each[side] for each in people) for side in (0, 1))
    made = [
        (
            *("y", "m6", "treated", "sex", f"{category}{place}", 0, answered, silent, told, not_told),
            *(told / answered, not_told / silent, 0.123456),
        )
        for place, (told, not_told) in enumerate(people)
    ]
    return pl.DataFrame(made, schema=tables.Nonresponse.create_empty().schema, orient="row")


def shown(*people: tuple[int, int]) -> list[bool]:
    found = disclose_nonresponse(rows(*people), FLOOR).sort("category")
    hidden = found.select(
        pl.all_horizontal(pl.col("of_answered", "of_silent", "difference", "people_silent").is_null())
    )
    told = found.select(pl.all_horizontal(pl.col("of_answered", "of_silent", "difference").is_not_null()))
    assert (hidden.to_series() != told.to_series()).all()
    return told.to_series().to_list()


@pytest.mark.parametrize(
    ("people", "expected"),
    [
        ([(50, 20), (40, 10)], [True, True]),
        ([(50, 20), (40, 9)], [False, False]),
        ([(50, 20), (60, 15), (9, 30)], [True, False, False]),
        ([(50, 20), (60, 25), (70, 3), (30, 8)], [True, True, False, False]),
        ([(90, 20), (80, 25), (70, 0), (60, 12)], [True, True, False, False]),
    ],
)
def test_a_small_category_goes_with_the_next_until_they_are_enough(people, expected) -> None:
    assert shown(*people) == expected


def test_shares_are_whole_per_cent() -> None:
    found = disclose_nonresponse(rows((50, 20), (40, 13)), FLOOR)
    assert found["of_silent"].to_list() == [0.61, 0.39]
    assert found["difference"].to_list() == [0.12, 0.12]


def test_few_who_did_not_answer_are_not_counted() -> None:
    found = disclose_nonresponse(rows((50, 4), (40, 3)), FLOOR)
    assert found["silent"].to_list() == [None, None]
    assert found["answered"].to_list() == [90, 90]
