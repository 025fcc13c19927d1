"""Registrations of one person under several ids."""

import polars as pl
import pytest

from transforms import linkage
from transforms.programme import Linking

PROVED = {"probability": 0.999, "named": True, "phone": "t", "phone_other": "t"}
PROVED |= {"birth_year": 1970, "birth_year_other": 1970, "national_id": None, "national_id_other": None}
SCHEMA = dict.fromkeys(("phone", "phone_other", "national_id", "national_id_other"), pl.String())


@pytest.mark.parametrize(
    ("otherwise", "one"),
    [
        ({}, True),
        ({"national_id": "a"}, True),
        ({"national_id": "a", "national_id_other": "b"}, False),
        ({"phone": None}, False),
        ({"phone": None, "phone_other": None}, False),
        ({"phone_other": "u"}, False),
        ({"birth_year": 1971}, False),
        ({"birth_year_other": None}, False),
        ({"named": False}, False),
        ({"probability": 0.98}, False),
    ],
)
def test_two_registrations_are_joined_only_where_all_that_tells_people_apart_agrees(otherwise, one):
    pair = pl.DataFrame([PROVED | otherwise], schema_overrides=SCHEMA)
    linking = Linking(name=["name"], sure=0.99)
    assert pair.select(linkage.surely_one(linking)).to_series().to_list() == [one]


def test_each_merge_is_told_by_the_surest_that_joins_it_to_an_earlier_registration():
    registrations = pl.DataFrame({"participant": ["a", "b", "c", "d", "e"]})
    pairs = pl.DataFrame({"participant": ["a", "a", "b"], "other": ["b", "c", "c"]})
    same = {"national_id": pairs.head(1), "reviewed": pairs.slice(1, 1), "probable": pairs.tail(2)}
    same["probable"] = pl.concat([same["probable"], pl.DataFrame({"participant": ["e"], "other": ["d"]})])
    of = linkage.merged(registrations, same)
    assert of["person"].to_list() == ["a", "a", "a", "d", "d"]
    assert of["merged_by"].to_list() == [None, "national_id", "reviewed", None, "probable"]
