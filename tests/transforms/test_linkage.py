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


def test_a_chain_that_would_join_two_national_ids_waits_for_a_persons_word():
    registrations = pl.DataFrame(
        {"participant": ["a", "b", "c", "d", "e"], "national_id": ["one", None, "two", None, "three"]}
    )
    probable = pl.DataFrame({"participant": ["a", "b", "d"], "other": ["b", "c", "e"]})
    torn = linkage.unlike(registrations, probable.clear(), probable)
    assert torn.rows() == [("a", "b"), ("b", "c")]


def test_two_national_ids_that_a_person_called_one_tear_nothing_else():
    registrations = pl.DataFrame({"participant": ["a", "b", "c"], "national_id": ["one", "two", None]})
    reviewed = pl.DataFrame({"participant": ["a"], "other": ["b"]})
    probable = pl.DataFrame({"participant": ["b"], "other": ["c"]})
    assert linkage.unlike(registrations, reviewed, probable).is_empty()


@pytest.mark.parametrize(
    ("said", "known", "another"),
    [("a", ["b"], True), ("a", ["a", "b"], False), (None, ["b"], False), ("a", [], False), ("a", None, False)],
)
def test_a_national_id_tells_two_people_apart_only_where_both_are_known(said, known, another):
    kinds = {"national_id": pl.String(), "numbers": pl.List(pl.String())}
    frame = pl.DataFrame({"national_id": [said], "numbers": [known]}, schema=kinds)
    found = frame.select(linkage.is_another(pl.col("national_id"), pl.col("numbers")))
    assert found.to_series().to_list() == [another]


def test_a_telephone_links_nobody_who_has_another_national_id():
    known = {"person": "p", "phone": "t", "enterprise": None, "sex": None, "first_key": "k", "birth_year": 1970}
    kinds = dict.fromkeys(("national_id", "enterprise", "sex", "person", "method"), pl.String())
    registrations = pl.DataFrame([known | {"national_id": "one"}], schema_overrides=kinds)
    asked = known | {"round": "m6", "person": None, "method": None}
    follow_ups = pl.DataFrame(
        [asked | {"national_id": "two"}, asked | {"national_id": None, "round": "m12"}], schema_overrides=kinds
    )
    linked = linkage.by_keys(follow_ups, registrations)
    assert linked["method"].to_list() == [None, "phone"]
